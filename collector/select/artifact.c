#include "collector/select/artifact.h"

#include <string.h>

#define KIB(n) ((uint64_t)(n) << 10)
#define MIB(n) ((uint64_t)(n) << 20)
#define GIB(n) ((uint64_t)(n) << 30)
#define NOCAP UINT64_MAX		/* metadata has no bytes to limit */
#define SCRIPTS ARTIFACT_SCRIPTS

#define ARTIFACT(id, category, depth, glob, cap, flags, reason) \
	{ #id, CATEGORY_##category, DEPTH_##depth, glob, cap, flags, reason },
const struct artifact artifact_rows[] = {
#include "collector/select/catalogue.def"
};
#undef ARTIFACT

const size_t artifact_count = sizeof(artifact_rows) / sizeof(artifact_rows[0]);

static const struct {
	const char *word, *reason;
} categories[] = {
#define CATEGORY(id, word, reason) { word, reason },
#include "collector/select/category.def"
#undef CATEGORY
};

_Static_assert(sizeof(categories) / sizeof(categories[0]) == CATEGORY_COUNT, "one row each");
_Static_assert(CATEGORY_COUNT <= 64, "a set of categories is a uint64_t");

const char *artifact_category_word(enum category c)
{
	return (unsigned)c < CATEGORY_COUNT ? categories[c].word : "unknown";
}

const char *artifact_category_reason(enum category c)
{
	return (unsigned)c < CATEGORY_COUNT ? categories[c].reason : "unknown";
}

enum category artifact_category_by_word(const char *word)
{
	unsigned c = 0;

	while (c < CATEGORY_COUNT && strcmp(categories[c].word, word) != 0)
		c++;
	return (enum category)c;
}

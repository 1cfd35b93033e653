#include "collector/select/plan.h"

#define C(id) (UINT64_C(1) << CATEGORY_##id)
#define PROFILE(name, categories, reason) { name, (categories) | C(FACTS) | C(EXTRA), reason },
static const struct {
	const char *name;
	uint64_t categories;
	const char *reason;
} profiles[] = {
#include "collector/select/profile.def"
};
#undef PROFILE
#undef C

#define PROFILE_COUNT (sizeof(profiles) / sizeof(profiles[0]))

const char *plan_profile_name(size_t i)
{
	return i < PROFILE_COUNT ? profiles[i].name : NULL;
}

const char *plan_profile_reason(size_t i)
{
	return i < PROFILE_COUNT ? profiles[i].reason : NULL;
}

bool plan_profile_has(size_t i, enum category c)
{
	return i < PROFILE_COUNT && (unsigned)c < CATEGORY_COUNT &&
	       (profiles[i].categories >> c & 1);
}

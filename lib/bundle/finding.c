#include "lib/bundle/finding.h"

static const struct row {
	const char *word;
	const char *text;
	enum finding_severity severity;
} rows[] = {
#define FINDING(id, word, severity, text) [FINDING_##id] = { word, text, FINDING_##severity },
#include "lib/bundle/finding.def"
#undef FINDING
	[FINDING_NONE] = { "none", "", FINDING_NOTE },
};

_Static_assert(sizeof(rows) / sizeof(rows[0]) == FINDING_COUNT + 1, "one row for each finding");

static const struct row *row_of(enum finding_id id)
{
	return (unsigned)id < FINDING_COUNT ? &rows[id] : &rows[FINDING_NONE];
}

const char *finding_word(enum finding_id id)
{
	return row_of(id)->word;
}

const char *finding_text(enum finding_id id)
{
	return row_of(id)->text;
}

enum finding_severity finding_severity(enum finding_id id)
{
	return row_of(id)->severity;
}

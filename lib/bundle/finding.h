/*
 * finding: something that is wrong with an archive.  The closed list, its words
 * and severities are in finding.def.  A finding is a statement about evidence,
 * not an error of ours (struct err).
 */
#ifndef EXHIBIT_BUNDLE_FINDING_H
#define EXHIBIT_BUNDLE_FINDING_H

#include <stddef.h>
#include <stdint.h>

#include "lib/item/item.h"

enum finding_id {
#define FINDING(id, word, severity, text) FINDING_##id,
#include "lib/bundle/finding.def"
#undef FINDING
	FINDING_COUNT,
	FINDING_NONE = FINDING_COUNT
};

enum finding_severity { FINDING_NOTE, FINDING_STOPPED, FINDING_ALTERED };

#define FINDING_DETAIL_LEN 160u

struct finding {
	enum finding_id id;
	uint64_t segment;		/* number of the segment that was being read */
	uint64_t offset;		/* tar bytes before the member, or before what is wrong */
	struct bytes member;		/* raw name; empty: no single member is meant */
	char detail[FINDING_DETAIL_LEN]; /* more, printable ASCII; may be empty */
};

/* Word, sentence and severity of a finding; static strings.  FINDING_NONE gives
 * "none", "" and FINDING_NOTE. */
const char *finding_word(enum finding_id id);
const char *finding_text(enum finding_id id);
enum finding_severity finding_severity(enum finding_id id);

#endif

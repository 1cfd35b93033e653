/*
 * Startup files of shells: lines that switch the history off, or move it, become notes.
 */
#include "workstation/case/loaders.h"
#include "workstation/parse/histset.h"

#define QUOTE 160u /* bytes of the statement that the note has */

int load_histset(struct loading *l, const char *s, size_t n, uint64_t pos, uint64_t line)
{
	static const char *const kinds[] = {
		[HISTSET_OFF] = "history-off",
		[HISTSET_MOVED] = "history-moved",
	};
	struct bytes what;
	enum histset_kind kind = histset_line(s, n, &what);

	if (kind == HISTSET_NONE)
		return 0;
	return case_note(l, (int64_t)(pos + (size_t)((const char *)what.p - s)), (int64_t)line,
			 kinds[kind], "%.*s", (int)(what.len < QUOTE ? what.len : QUOTE),
			 (const char *)what.p);
}

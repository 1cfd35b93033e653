/*
 * Scripts of web sites: lines that have the idioms of a shell become notes.
 */
#include "workstation/case/loaders.h"
#include "workstation/parse/idiom.h"

#define QUOTE 160u /* bytes of the line that the note has */

int load_idiom(struct loading *l, const char *s, size_t n, uint64_t pos, uint64_t line)
{
	struct idiom found;
	size_t from, len;

	if (idiom_find(s, n, &found) == 0)
		return 0;
	from = found.pos > 16 ? found.pos - 16 : 0;
	len = n - from < QUOTE ? n - from : QUOTE;
	return case_note(l, (int64_t)(pos + found.pos), (int64_t)line, "shell-idiom", "%.*s",
			 (int)len, s + from);
}

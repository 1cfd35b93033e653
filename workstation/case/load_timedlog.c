/*
 * Logs of lines that begin with a time: of package managers and of what else writes its own
 * file.
 */
#include "workstation/case/load_message.h"
#include "workstation/case/loaders.h"
#include "workstation/parse/timedlog.h"

int load_timedlog(struct loading *l, const char *s, size_t n, uint64_t pos, uint64_t line)
{
	struct datetime when;
	struct bytes text;

	if (n == 0)
		return 0;
	if (timedlog_parse(s, n, &when, &text))
		return load_message_timed(l, (int64_t)pos, (int64_t)line, &when, text);
	return load_message_timed(l, (int64_t)pos, (int64_t)line, NULL, (struct bytes){ s, n });
}

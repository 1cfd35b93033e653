/*
 * Histories of every kind (the first byte picks one), line by line: commands stand in the
 * order of the file, are not empty and not longer than the limit.  The lines as those of a
 * startup file, too: what is found lies in the line.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "workstation/parse/history.h"
#include "workstation/parse/histset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int emit(void *ctx, const struct history_row *row)
{
	uint64_t *last = ctx;

	if (row->text.len == 0 || row->text.len > HISTORY_TEXT_MAX || row->line <= *last)
		abort();
	*last = row->line;
	return 0;
}

/* The same line, if it stands in a startup file. */
static void check_setting(const char *text, size_t n)
{
	struct bytes what;

	if (histset_line(text, n, &what) == HISTSET_NONE)
		return;
	if ((const char *)what.p < text || what.len == 0 ||
	    (const char *)what.p + what.len > text + n)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *text = (const char *)data + 1;
	uint64_t line = 0, last = 0;
	struct history h;

	if (n == 0)
		return 0;
	n--;
	history_begin(&h, data[0] % (HISTORY_HSTS + 1), emit, &last);
	for (size_t at = 0; at < n;) {
		const char *end = memchr(text + at, '\n', n - at);
		size_t len = end == NULL ? n - at : (size_t)(end - (text + at));

		history_line(&h, text + at, len, at, ++line);
		check_setting(text + at, len);
		at += len + 1;
	}
	history_finish(&h);
	history_release(&h);
	return 0;
}

/* journal_read: what it accepts is a chain whose lines can be shown, and stays one when its
 * last line goes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "workstation/receive/journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int look(void *ctx, const struct journal_line *l)
{
	uint64_t *lines = ctx;

	if (l->n != (*lines)++ || l->event.len == 0 ||
	    journal_get_number(l, "n", -1) != (int64_t)l->n)
		abort();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *text = (const char *)data;
	uint64_t seen = 0, lines, fewer;
	enum journal_fault f = journal_read(text, n, look, &seen, &lines);

	if (seen != lines || *journal_fault_text(f) == '\0')
		abort();
	if (f != JOURNAL_GOOD || lines == 0)
		return 0;
	if (!text_is_shown(text, strcspn(text, "\n")))
		abort();
	do {
		n--;
	} while (n > 0 && text[n - 1] != '\n');
	if (journal_read(text, n, NULL, NULL, &fewer) != JOURNAL_GOOD || fewer != lines - 1)
		abort();
	return 0;
}

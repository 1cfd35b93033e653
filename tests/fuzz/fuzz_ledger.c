/* ledger: whatever a custody record holds, findings name lines that are there, and a line
 * that was accepted can be shown. */
#include <stdint.h>
#include <stdlib.h>

#include "lib/base/text.h"
#include "workstation/custody/ledger_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void look(const struct ledger_check *c)
{
	struct buf b;

	buf_init(&b, 65536);
	for (size_t i = 0; i < c->flaw_count && i < LEDGER_CHECK_FLAWS; i++) {
		if (c->flaws[i].place > c->count + 1)
			abort();
		ledger_check_sentence(&b, &c->flaws[i]);
	}
	for (size_t i = 0; i < c->count; i++) {
		if (c->rows[i].readable && !text_is_shown(c->rows[i].text, c->rows[i].len))
			abort();
	}
	buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct ledger_check c;

	if (ledger_check_run(&c, (const char *)data, n, NULL) == 0)
		look(&c);
	ledger_check_release(&c);
	return 0;
}

/* ledger, sign: whatever a custody record holds, findings name lines that are there, a line
 * that was accepted can be shown, and keys and signatures in it are only looked at. */
#include <stdint.h>
#include <stdlib.h>

#include "lib/base/text.h"
#include "workstation/custody/sign.h"

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

static void look_at_signatures(const struct ledger *l)
{
	uint8_t print[DIGEST_LEN];

	for (size_t i = 0; i < l->check.count; i++) {
		const struct ledger_row *row = &l->check.rows[i];

		if (row->readable && row->t.line.event == LEDGER_EVENT_SIGNED)
			sign_check(l, i, NULL, 0, print);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct ledger l = { 0 };

	if (ledger_check_run(&l.check, (const char *)data, n, NULL) == 0) {
		look(&l.check);
		look_at_signatures(&l);
	}
	ledger_check_release(&l.check);
	return 0;
}

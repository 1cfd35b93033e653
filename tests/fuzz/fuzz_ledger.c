/* ledger, sign, form: whatever a custody record holds, findings name lines that are there, a line
 * that was accepted can be shown, and keys and signatures in it are only looked at. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "workstation/custody/form.h"
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

/* The form: of any record a page without an element that we did not write. */
static void print(const struct ledger *l)
{
	struct buf page;

	buf_init(&page, FORM_MAX);
	form_write(&page, l, FORM_A4, (struct instant){ 0, 0 });
	if (!page.failed && strstr(buf_cstr(&page), "<script") != NULL)
		abort();
	buf_release(&page);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct ledger l = { 0 };
	uint64_t hold;

	if (ledger_check_run(&l.check, (const char *)data, n, NULL) == 0) {
		look(&l.check);
		if (sign_check_all(&l.check, NULL, 0, &hold, NULL) == 0 && hold > l.check.count)
			abort();
		print(&l);
	}
	ledger_check_release(&l.check);
	return 0;
}

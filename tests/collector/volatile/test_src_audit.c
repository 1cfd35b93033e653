#include <check.h>
#include <linux/audit.h>

#include "collector/volatile/netlink.h"
#include "tests/support/live_box.h"

Suite *suite_src_audit(void);

static struct live_box *box;

static void set_up(void)
{
	box = live_box_new();
}

static void tear_down(void)
{
	live_box_free(box);
}

START_TEST(test_the_state_of_audit_is_taken_or_its_refusal)
{
	const struct live_item *i;
	struct netlink_message m;
	size_t at = 0;

	ck_assert_int_eq(audit_run(&box->env), 0);
	if (!symbols_has(&box->env.symbols, SYMBOL_AUDIT))
		return;
	i = live_box_get(box, "audit/status");
	if (i->how.gap != GAP_NONE)
		return;		/* no right, or not the first namespace */
	ck_assert(netlink_next(i->data.p, i->data.len, &at, &m));
	ck_assert_uint_eq(m.type, AUDIT_GET);
	ck_assert_int_eq(live_box_get(box, "audit/rules")->how.gap, GAP_NONE);
}
END_TEST

START_TEST(test_without_audit_in_the_kernel_nothing_is_asked)
{
	box->env.symbols.state = SYMBOLS_READ;
	ck_assert_int_eq(audit_run(&box->env), 0);
	ck_assert_uint_eq(box->count, 1);
	ck_assert_int_eq(live_box_get(box, "audit")->how.gap, GAP_UNSUPPORTED);
}
END_TEST

Suite *suite_src_audit(void)
{
	Suite *s = suite_create("collector/volatile/src_audit");
	TCase *t = tcase_create("audit");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, test_the_state_of_audit_is_taken_or_its_refusal);
	tcase_add_test(t, test_without_audit_in_the_kernel_nothing_is_asked);
	suite_add_tcase(s, t);
	return s;
}

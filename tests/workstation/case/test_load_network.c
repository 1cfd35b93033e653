#include <check.h>
#include <string.h>

#include "tests/support/case_box.h"
#include "tests/support/nlwrite.h"

Suite *suite_load_network(void);

static struct case_box box;
static struct nlwrite a;

static void setup(void)
{
	case_box_open(&box);
}

static void teardown(void)
{
	case_box_close(&box);
}

START_TEST(test_lists_are_told_apart_by_their_names)
{
	size_t at;

	nlwrite_begin(&a, true);
	at = nlwrite_open(&a, 20);
	nlwrite_bytes(&a, "\2\x18\0\0", 4);
	nlwrite_number(&a, 2, 4);
	nlwrite_attribute(&a, 2, "\xc0\0\2\2", 4);
	nlwrite_close(&a, at);
	nlwrite_close(&a, nlwrite_open(&a, 3));
	ck_assert(case_box_give(&box, "live/net/4026531840/route/address", a.p, a.n) > 0);
	case_box_give(&box, "live/net/4026531840/route/address.json", "{}", 2);
	case_box_give(&box, "live/net/4026531840/route/address.1", a.p, a.n);
	case_box_give(&box, "live/net/4026531840/route/link", a.p, a.n);
	case_box_give(&box, "live/net/4026531840/route/address.2", a.p, a.n - 1);
	ck_assert_str_eq(case_box_text(&box, "SELECT count(*) || address || prefix || interface || netns "
				       "|| pos FROM address"), "3192.0.2.224240265318400");
	ck_assert_str_eq(case_box_text(&box, "SELECT group_concat(text, '; ') FROM note"),
			 "no message about an interface; what comes is no netlink message");
}
END_TEST

Suite *suite_load_network(void)
{
	Suite *s = suite_create("workstation/case/load_network");
	TCase *t = tcase_create("load_network");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_lists_are_told_apart_by_their_names);
	suite_add_tcase(s, t);
	return s;
}

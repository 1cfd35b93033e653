#include "workstation/receive/offset.h"

#include <check.h>
#include <string.h>

Suite *suite_offset(void);

#define AT(s) ((struct instant){ (s), 0 })

START_TEST(test_the_interval_holds_the_true_offset)
{
	/* The host is 100 s ahead; issued at 1000, stamped at true 1003, here at 1004. */
	struct offset o = { 0 };

	offset_arrived(&o, AT(1103), AT(1004));
	offset_answered(&o, AT(1103), AT(1000));
	ck_assert_int_eq(o.low, INT64_C(99000000000));
	ck_assert_int_eq(o.high, INT64_C(103000000000));
	ck_assert(!offset_is_broken(&o));
}
END_TEST

START_TEST(test_only_the_tighter_bound_counts)
{
	struct offset o = { 0 };

	offset_arrived(&o, AT(1103), AT(1004));
	offset_arrived(&o, AT(1110), AT(1010));
	offset_arrived(&o, AT(1110), AT(1020));
	ck_assert_int_eq(o.low, INT64_C(100000000000));
	offset_answered(&o, AT(1103), AT(1000));
	offset_answered(&o, AT(1103), AT(900));
	ck_assert_int_eq(o.high, INT64_C(103000000000));
}
END_TEST

START_TEST(test_a_clock_that_was_set_meanwhile_contradicts)
{
	struct offset o = { 0 };
	struct buf b;

	offset_answered(&o, AT(1000), AT(1000));
	offset_arrived(&o, AT(5000), AT(1010));
	ck_assert(offset_is_broken(&o));
	buf_init(&b, 1024);
	offset_sentence(&b, &o);
	ck_assert_ptr_nonnull(strstr(buf_cstr(&b), "CONTRADICTORY"));
	buf_release(&b);
}
END_TEST

START_TEST(test_no_time_overflows)
{
	ck_assert_int_eq(offset_between(AT(INT64_MAX), AT(INT64_MIN)), INT64_MAX);
	ck_assert_int_eq(offset_between(AT(INT64_MIN), AT(INT64_MAX)), INT64_MIN);
	ck_assert_int_eq(offset_between((struct instant){ 5, 1 }, (struct instant){ 4, 2 }),
			 999999999);
}
END_TEST

static const struct {
	int64_t ns;
	const char *text;
} written[] = {
	{ 0, "+0.000 s" }, { -1500000, "-0.001 s" }, { INT64_C(61000000000), "+61.000 s" },
	{ INT64_MIN, "-9223372036.854 s" },
};

START_TEST(test_seconds_are_written_with_their_sign)
{
	struct buf b;

	buf_init(&b, 1024);
	offset_seconds(&b, written[_i].ns);
	ck_assert_str_eq(buf_cstr(&b), written[_i].text);
	buf_release(&b);
}
END_TEST

START_TEST(test_without_a_nonce_there_is_no_upper_bound)
{
	struct offset o = { 0 };
	struct buf b;

	buf_init(&b, 1024);
	offset_sentence(&b, &o);
	ck_assert_ptr_nonnull(strstr(buf_cstr(&b), "not known"));
	buf_clear(&b);
	offset_arrived(&o, AT(5), AT(6));
	offset_sentence(&b, &o);
	ck_assert_ptr_nonnull(strstr(buf_cstr(&b), "at least -1.000 s"));
	buf_release(&b);
}
END_TEST

Suite *suite_offset(void)
{
	Suite *s = suite_create("workstation/receive/offset");
	TCase *t = tcase_create("offset");

	tcase_add_test(t, test_the_interval_holds_the_true_offset);
	tcase_add_test(t, test_only_the_tighter_bound_counts);
	tcase_add_test(t, test_a_clock_that_was_set_meanwhile_contradicts);
	tcase_add_test(t, test_no_time_overflows);
	tcase_add_loop_test(t, test_seconds_are_written_with_their_sign, 0,
			    (int)(sizeof(written) / sizeof(written[0])));
	tcase_add_test(t, test_without_a_nonce_there_is_no_upper_bound);
	suite_add_tcase(s, t);
	return s;
}

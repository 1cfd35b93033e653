#include "lib/custody/summary.h"

#include <check.h>
#include <string.h>

Suite *suite_summary(void);

static struct summary example(const uint64_t *by_result, const uint64_t *by_gap)
{
	return (struct summary){
		.session = "3f9a", .complete = true, .objects = 12, .members = 10,
		.begin = { .realtime = { 1795431180, 0 }, .monotonic = { 100, 0 } },
		.end = { .realtime = { 1795431190, 0 }, .monotonic = { 165, 0 } },
		.bytes_read = 1536, .bytes_stored = 1024, .seals = 3,
		.by_result = by_result, .by_gap = by_gap,
	};
}

START_TEST(test_counts_gaps_and_limits_are_on_the_page)
{
	uint64_t by_result[RESULT_COUNT] = { [RESULT_OK] = 9, [RESULT_ERROR] = 3 };
	uint64_t by_gap[GAP_COUNT] = { [GAP_NONE] = 9, [GAP_VANISHED] = 3 };
	struct summary s = example(by_result, by_gap);
	struct buf b;
	const char *text;

	buf_init(&b, 65536);
	summary_text(&b, &s);
	text = buf_cstr(&b);
	ck_assert_ptr_nonnull(strstr(text, "begin   2026-11-23T10:53:00.000000000Z"));
	ck_assert_ptr_nonnull(strstr(text, "took    65 s"));
	ck_assert_ptr_nonnull(strstr(text, "complete: everything"));
	ck_assert_ptr_nonnull(strstr(text, "attempted              12\n"));
	ck_assert_ptr_nonnull(strstr(text, "vanished               3\n"));
	ck_assert_ptr_null(strstr(text, "shrank"));
	ck_assert_ptr_nonnull(strstr(text, "1536 (1.5 KiB)"));
	ck_assert_ptr_nonnull(strstr(text, summary_limits()));
	buf_release(&b);
}
END_TEST

START_TEST(test_reason_of_an_incomplete_run_is_told_escaped)
{
	uint64_t by_result[RESULT_COUNT] = { 0 }, by_gap[GAP_COUNT] = { 0 };
	struct summary s = example(by_result, by_gap);
	struct buf b;

	s.complete = false;
	s.reason = "stopped by \x1b signal";
	s.objects = 0;
	buf_init(&b, 65536);
	summary_text(&b, &s);
	ck_assert_ptr_nonnull(strstr(buf_cstr(&b), "incomplete: stopped by \\x1b signal\n"));
	ck_assert_ptr_nonnull(strstr(buf_cstr(&b), "Gaps\n  none\n"));
	buf_release(&b);
}
END_TEST

START_TEST(test_limits_name_what_cannot_be_proved)
{
	static const char *const needed[] = {
		"kernel", "read(2)", "one instant", "clocks of this host", "before it was sealed",
		"as they were read at that time", "cut short", "Absence",
	};
	const char *text = summary_limits();
	size_t column = 0;

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		ck_assert_msg(strstr(text, needed[i]) != NULL, "%s", needed[i]);
	ck_assert_ptr_null(strstr(text, "hash of the original"));
	for (; *text != '\0'; text++) {
		column = *text == '\n' ? 0 : column + 1;
		ck_assert_uint_le(column, 100);
	}
}
END_TEST

Suite *suite_summary(void)
{
	Suite *s = suite_create("lib/custody/summary");
	TCase *tc = tcase_create("summary");

	tcase_add_test(tc, test_counts_gaps_and_limits_are_on_the_page);
	tcase_add_test(tc, test_reason_of_an_incomplete_run_is_told_escaped);
	tcase_add_test(tc, test_limits_name_what_cannot_be_proved);
	suite_add_tcase(s, tc);
	return s;
}

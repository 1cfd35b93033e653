#include "lib/custody/session_read.h"

#include <check.h>
#include <string.h>

#include "lib/custody/record.h"

Suite *suite_session_read(void);

#define BEGIN "exhibit-session-v1\n"

static const struct {
	const char *text;
	int begins;
	size_t pairs;
	bool broken;
} rows[] = {
	{ BEGIN, 0, 0, false },
	{ BEGIN "a: 1\nb: 2\n", 0, 2, false },
	{ BEGIN "a: x: y\n", 0, 1, false },
	{ BEGIN "a: \\x1b[31m \\\\ gr\xc3\xbcn\n", 0, 1, false },
	{ BEGIN "a: 1\nb: 2", 0, 1, true },
	{ BEGIN "a: 1\nb 2\nc: 3\n", 0, 1, true },
	{ BEGIN ": 1\n", 0, 0, true },
	{ BEGIN "\n", 0, 0, true },
	{ BEGIN "a: \x1b[31m\n", 0, 0, true },
	{ BEGIN "a: \xff\n", 0, 0, true },
	{ BEGIN "a: \xe2\x80\xae\n", 0, 0, true },
	{ BEGIN "a: 1\r\n", 0, 0, true },
	{ "exhibit-session-v2\na: 1\n", -1, 0, false },
	{ "exhibit-session-v1", -1, 0, false },
	{ "", -1, 0, false },
};

START_TEST(test_pairs_are_read_up_to_a_line_of_another_form)
{
	struct session_read r;
	size_t pairs = 0;

	ck_assert_int_eq(session_read_begin(&r, rows[_i].text, strlen(rows[_i].text)),
			 rows[_i].begins);
	while (session_read_next(&r))
		pairs++;
	ck_assert_uint_eq(pairs, rows[_i].pairs);
	ck_assert_int_eq(r.broken, rows[_i].broken);
	ck_assert(!session_read_next(&r));
}
END_TEST

START_TEST(test_what_record_wrote_is_found_again)
{
	struct buf b;
	struct bytes v;

	buf_init(&b, 65536);
	record_begin(&b, "exhibit-session-v1");
	record_text(&b, "case", "2026: 1");
	record_bytes(&b, "odd", "\x1b\n\\", 3);
	record_text(&b, "case", "second");
	v = session_read_find(b.p, b.len, "case");
	ck_assert_uint_eq(v.len, 7);
	ck_assert_mem_eq(v.p, "2026: 1", 7);
	v = session_read_find(b.p, b.len, "odd");
	ck_assert_mem_eq(v.p, "\\x1b\\x0a\\\\", v.len);
	ck_assert_uint_eq(session_read_find(b.p, b.len, "cas").len, 0);
	ck_assert_uint_eq(session_read_find(b.p, b.len, "cases").len, 0);
	buf_release(&b);
}
END_TEST

Suite *suite_session_read(void)
{
	Suite *s = suite_create("lib/custody/session_read");
	TCase *t = tcase_create("session_read");

	tcase_add_loop_test(t, test_pairs_are_read_up_to_a_line_of_another_form, 0,
			    (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_test(t, test_what_record_wrote_is_found_again);
	suite_add_tcase(s, t);
	return s;
}

#include "lib/custody/record.h"

#include <check.h>
#include <string.h>

#include "lib/custody/session_read.h"

Suite *suite_record(void);

START_TEST(test_lines_have_their_form)
{
	struct buf b;

	buf_init(&b, 4096);
	record_begin(&b, "exhibit-session-v1");
	record_text(&b, "case", "2026-11");
	record_text(&b, "notes", "two\nlines \x1b[31m \\ \xff");
	record_text(&b, "witness", NULL);
	record_text(&b, "location", "");
	record_bytes(&b, "argv", "a\0b", 3);
	record_u64(&b, "pid", 18446744073709551615u);
	record_flag(&b, "seal-key-locked", true);
	record_time(&b, "time-realtime", (struct instant){ 0, 5 });
	record_time(&b, "time-tai", (struct instant){ 0, 0 });
	record_hex(&b, "session", "\x01\xfe", 2);
	ck_assert_str_eq(buf_cstr(&b),
			 "exhibit-session-v1\n"
			 "case: 2026-11\n"
			 "notes: two\\x0alines \\x1b[31m \\\\ \\xff\n"
			 "witness: -\n"
			 "location: -\n"
			 "argv: a\\x00b\n"
			 "pid: 18446744073709551615\n"
			 "seal-key-locked: yes\n"
			 "time-realtime: 1970-01-01T00:00:00.000000005Z\n"
			 "time-tai: -\n"
			 "session: 01fe\n");
	buf_release(&b);
}
END_TEST

/* No value can begin a line of its own or end the record early. */
START_TEST(test_hostile_value_is_read_back_as_one_value)
{
	static const char evil[] = "x\nseal-key: 00\r\n\xe2\x80\xa8 \xc2\x85 end";
	struct session_read r;
	struct buf b;

	buf_init(&b, 4096);
	record_begin(&b, "exhibit-session-v1");
	record_text(&b, "notes", evil);
	record_text(&b, "seal-key", "ff");
	ck_assert_int_eq(session_read_begin(&r, b.p, b.len), 0);
	ck_assert(session_read_next(&r));
	ck_assert_mem_eq(r.name.p, "notes", 5);
	ck_assert(session_read_next(&r));
	ck_assert_mem_eq(r.name.p, "seal-key", 8);
	ck_assert_uint_eq(r.value.len, 2);
	ck_assert(!session_read_next(&r));
	ck_assert(!r.broken);
	buf_release(&b);
}
END_TEST

Suite *suite_record(void)
{
	Suite *s = suite_create("lib/custody/record");
	TCase *tc = tcase_create("record");

	tcase_add_test(tc, test_lines_have_their_form);
	tcase_add_test(tc, test_hostile_value_is_read_back_as_one_value);
	suite_add_tcase(s, tc);
	return s;
}

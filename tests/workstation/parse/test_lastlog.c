#include "workstation/parse/lastlog.h"

#include <check.h>
#include <string.h>

#include "tests/support/samples.h"
#include "workstation/parse/scan.h"

Suite *suite_lastlog(void);

static char file[296 * 20 + 5];

static void put(size_t at, unsigned width, bool big, uint64_t v)
{
	for (unsigned i = 0; i < width; i++)
		file[at + (big ? width - 1 - i : i)] = (char)(v >> 8 * i);
}

START_TEST(test_every_layout_is_told_from_the_content)
{
	bool wide = _i & 1, big = _i >> 1 & 1;
	struct utmp_layout hint = { _i >> 2 & 1, _i >> 3 & 1 };
	unsigned width = wide ? 8 : 4;
	size_t size = width + 288;
	struct lastlog_record r;
	struct lastlog l;

	memset(file, 0, sizeof(file));
	for (size_t uid = 3; uid < 20; uid += 5) {
		put(uid * size, width, big, 1700000000 + uid);
		strcpy(file + uid * size + width, "pts/0");
		strcpy(file + uid * size + width + 32, "host.example");
		strcpy(file + uid * size + width + 60, "residue");
	}
	lastlog_begin(&l, file, size * 20 + 5, hint);
	for (size_t uid = 3; uid < 20; uid += 5) {
		ck_assert(lastlog_next(&l, &r));
		ck_assert_uint_eq(r.uid, uid);
		ck_assert_uint_eq(r.pos, uid * size);
		ck_assert_int_eq(r.time, 1700000000 + (int64_t)uid);
		ck_assert(scan_is(r.line, "pts/0") && scan_is(r.host, "host.example"));
	}
	ck_assert(!lastlog_next(&l, &r));
	ck_assert_uint_eq(lastlog_left(&l), 5);
}
END_TEST

START_TEST(test_an_empty_file_has_no_record)
{
	struct lastlog_record r;
	struct lastlog l;

	lastlog_begin(&l, "", 0, (struct utmp_layout){ false, false });
	ck_assert(!lastlog_next(&l, &r));
}
END_TEST

START_TEST(test_the_sample_has_one_login)
{
	struct buf sample;
	struct lastlog_record r;
	struct lastlog l;

	if (!samples_read("lastlog/raspim-lastlog", &sample))
		return;
	lastlog_begin(&l, sample.p, sample.len, (struct utmp_layout){ true, true });
	ck_assert(lastlog_next(&l, &r));
	ck_assert_uint_eq(r.uid, 0);
	ck_assert_int_eq(r.time, 1396724742);
	ck_assert(scan_is(r.line, "ttyAMA0"));
	ck_assert_uint_eq(r.host.len, 0);
	ck_assert(!lastlog_next(&l, &r));
	ck_assert_uint_eq(lastlog_left(&l), 0);
	buf_release(&sample);
}
END_TEST

Suite *suite_lastlog(void)
{
	Suite *s = suite_create("workstation/parse/lastlog");
	TCase *tc = tcase_create("lastlog");

	tcase_add_loop_test(tc, test_every_layout_is_told_from_the_content, 0, 16);
	tcase_add_test(tc, test_an_empty_file_has_no_record);
	tcase_add_test(tc, test_the_sample_has_one_login);
	suite_add_tcase(s, tc);
	return s;
}

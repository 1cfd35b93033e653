#include "workstation/parse/utmp.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "tests/support/samples.h"
#include "workstation/parse/scan.h"

Suite *suite_utmp(void);

#define NS 1000000000

static const struct utmp_layout usual = { false, false };
static struct buf file;

static void setup(void)
{
	buf_init(&file, 4u << 20);
}

static void teardown(void)
{
	buf_release(&file);
}

/* A number of ${width} bytes at ${at} of the record that was added last. */
static void put(struct utmp_layout l, size_t at, unsigned width, uint64_t v)
{
	char *p = file.p + file.len - utmp_size(l) + at;

	for (unsigned i = 0; i < width; i++)
		p[l.big ? width - 1 - i : i] = (char)(v >> 8 * i);
}

static void put_record(struct utmp_layout l, unsigned type, const char *user, int64_t sec)
{
	size_t n = utmp_size(l);

	memset(buf_room(&file, n), 0, n);
	file.len += n;
	put(l, 0, 2, type);
	put(l, 4, 4, 4711);
	strcpy(file.p + file.len - n + 8, "pts/3");
	strcpy(file.p + file.len - n + 40, "ts/3");
	strcpy(file.p + file.len - n + 44, user);
	strcpy(file.p + file.len - n + 76, "10.1.2.3");
	put(l, 336, l.wide ? 8 : 4, 99);
	put(l, l.wide ? 344 : 340, l.wide ? 8 : 4, (uint64_t)sec);
	put(l, l.wide ? 352 : 344, l.wide ? 8 : 4, 250000);
	put((struct utmp_layout){ l.wide, true }, l.wide ? 360 : 348, 4, 0x0a010203);
}

START_TEST(test_every_layout_is_told_from_the_content)
{
	struct utmp_layout l = { _i & 1, _i >> 1 & 1 };
	struct utmp_layout hint = { _i >> 2 & 1, _i >> 3 & 1 };
	struct utmp_record r;
	struct utmp u;
	char address[UTMP_ADDRESS_LEN];

	for (unsigned i = 0; i < 5; i++)
		put_record(l, UTMP_USER_PROCESS, "alice", 1700000000 + i);
	utmp_begin(&u, file.p, file.len, hint);
	for (unsigned i = 0; i < 5; i++) {
		ck_assert(utmp_next(&u, &r));
		ck_assert_uint_eq(r.pos, i * utmp_size(l));
		ck_assert_int_eq(r.type, UTMP_USER_PROCESS);
		ck_assert_int_eq(r.pid, 4711);
		ck_assert_int_eq(r.session, 99);
		ck_assert(scan_is(r.line, "pts/3") && scan_is(r.id, "ts/3") &&
			  scan_is(r.user, "alice"));
		ck_assert(scan_is(r.host, "10.1.2.3"));
		ck_assert_int_eq(r.time_ns, ((int64_t)1700000000 + i) * NS + 250000000);
		ck_assert(utmp_address(address, &r));
		ck_assert_str_eq(address, "10.1.2.3");
		ck_assert_uint_eq(r.flags, 0);
	}
	ck_assert(!utmp_next(&u, &r));
	ck_assert_uint_eq(utmp_left(&u), 0);
}
END_TEST

START_TEST(test_what_deserves_a_look_is_flagged)
{
	struct utmp_record r;
	struct utmp u;

	put_record(usual, UTMP_USER_PROCESS, "alice", 1700000000);
	put_record(usual, UTMP_USER_PROCESS, "bob", 1600000000);
	put_record(usual, UTMP_BOOT_TIME, "reboot", 14);
	put_record(usual, 77, "x", 1600000000);
	put_record(usual, UTMP_DEAD_PROCESS, "", 1600000001);
	put(usual, 344, 4, 1000000);
	put_record(usual, UTMP_USER_PROCESS, "", 1700000000);
	file.p[file.len - 384 + 44 + 3] = 'x';
	buf_add(&file, "partial", 7);
	utmp_begin(&u, file.p, file.len, usual);
	ck_assert(utmp_next(&u, &r) && r.flags == 0);
	ck_assert(utmp_next(&u, &r) && r.flags == UTMP_TIME_BACK);
	ck_assert(utmp_next(&u, &r) && r.flags == (UTMP_TIME_BACK | UTMP_CLOCK_UNSET));
	ck_assert(utmp_next(&u, &r) && r.flags == UTMP_UNKNOWN_TYPE && r.type == 77);
	ck_assert(utmp_next(&u, &r) && r.flags == UTMP_BAD_FRACTION);
	ck_assert_int_eq(r.time_ns, (int64_t)1600000001 * NS);
	ck_assert(utmp_next(&u, &r) && r.flags == UTMP_RESIDUE);
	ck_assert(!utmp_next(&u, &r));
	ck_assert_uint_eq(utmp_left(&u), 7);
}
END_TEST

START_TEST(test_zeros_are_stepped_over)
{
	static const char hole[384 * 3];
	struct utmp_record r;
	struct utmp u;

	buf_add(&file, hole, sizeof(hole));
	put_record(usual, UTMP_USER_PROCESS, "alice", 1700000000);
	buf_add(&file, hole, sizeof(hole));
	utmp_begin(&u, file.p, file.len, usual);
	ck_assert(utmp_next(&u, &r));
	ck_assert_uint_eq(r.pos, sizeof(hole));
	ck_assert(!utmp_next(&u, &r));
	ck_assert_uint_eq(utmp_left(&u), 0);
	utmp_begin(&u, "", 0, usual);
	ck_assert(!utmp_next(&u, &r));
}
END_TEST

/* One line of utmpdump(1). */
static void dump(const struct utmp_record *r, char *out, size_t n)
{
	char address[UTMP_ADDRESS_LEN] = "0.0.0.0", utc[CLOCK_UTC_LEN];
	struct instant t = { r->time_ns / NS, (uint32_t)(r->time_ns % NS) };

	utmp_address(address, r);
	clock_utc(utc, t);
	snprintf(out, n,
		 "[%d] [%05d] [%-4.*s] [%-8.*s] [%-12.*s] [%-20.*s] [%-15s] [%.19s,%06u+00:00]\n",
		 r->type, r->pid, (int)r->id.len, (const char *)r->id.p, (int)r->user.len,
		 (const char *)r->user.p, (int)r->line.len, (const char *)r->line.p,
		 (int)r->host.len, (const char *)r->host.p, address, utc, t.nsec / 1000);
}

static const struct {
	const char *sample, *dump;
	struct utmp_layout hint;
	unsigned skipped; /* records of unknown type, which utmpdump shows too */
	size_t left;
} rows[] = {
	{ "utmp/plaso-utmp", "oracle/plaso-utmp.utmpdump", { false, false }, 0, 0 },
	{ "utmp/plaso-wtmp.1", "oracle/plaso-wtmp.1.utmpdump", { false, false }, 0, 1 },
	{ "utmp/plaso-utmp_corrupted",
	  "oracle/plaso-utmp_corrupted.utmpdump",
	  { true, true },
	  2,
	  50 },
	{ "utmp/raspim-wtmp", "oracle/raspim-wtmp.utmpdump", { true, false }, 0, 0 },
	{ "utmp/utillinux-wtmp-a.LE",
	  "oracle/utillinux-wtmp-a.LE.utmpdump",
	  { false, true },
	  0,
	  0 },
	{ "utmp/utillinux-wtmp-b.LE",
	  "utmp/utillinux-expected-utmpdump-totxt",
	  { false, true },
	  0,
	  0 },
	{ "utmp/utillinux-wtmp-b.BE",
	  "utmp/utillinux-expected-utmpdump-totxt",
	  { false, false },
	  0,
	  0 },
};

START_TEST(test_samples_read_as_utmpdump_reads_them)
{
	struct buf sample, oracle, said;
	struct utmp_record r;
	struct utmp u;
	unsigned unknown = 0;
	char text[1024], *zeros;

	if (!samples_read(rows[_i].sample, &sample) || !samples_read(rows[_i].dump, &oracle))
		return;
	buf_init(&said, 1u << 20);
	utmp_begin(&u, sample.p, sample.len, rows[_i].hint);
	while (utmp_next(&u, &r)) {
		unknown += (r.flags & UTMP_UNKNOWN_TYPE) != 0;
		dump(&r, text, sizeof(text));
		buf_puts(&said, text);
	}
	ck_assert_uint_eq(utmp_left(&u), rows[_i].left);
	ck_assert_uint_eq(unknown, rows[_i].skipped);
	/* utmpdump shows the records of zeros, which are at the end */
	zeros = strstr(buf_cstr(&oracle), "[0] [00000] [    ]");
	if (zeros != NULL)
		*zeros = '\0';
	if (unknown == 0)
		ck_assert_str_eq(buf_cstr(&said), buf_cstr(&oracle));
	buf_release(&said);
	buf_release(&oracle);
	buf_release(&sample);
}
END_TEST

START_TEST(test_the_sample_of_aarch64_has_wide_records)
{
	struct buf sample;
	struct utmp_record r[7];
	struct utmp u;
	unsigned n = 0;

	if (!samples_read("utmp/plaso-utmp_aarch64", &sample))
		return;
	utmp_begin(&u, sample.p, sample.len, usual);
	ck_assert(u.layout.wide && !u.layout.big);
	while (n < 7 && utmp_next(&u, &r[n]))
		n++;
	ck_assert_uint_eq(n, 6);
	ck_assert(r[1].pos == 400 && r[1].type == 8 && r[1].pid == 18 &&
		  scan_is(r[1].line, "tty2"));
	ck_assert_int_eq(r[1].time_ns / NS, 1783090678);
	ck_assert(r[2].type == UTMP_BOOT_TIME && scan_is(r[2].user, "reboot"));
	ck_assert(r[5].pos == 2000 && r[5].type == UTMP_NEW_TIME);
	ck_assert_int_eq(r[5].time_ns / NS, 1783090978);
	buf_release(&sample);
}
END_TEST

START_TEST(test_a_host_without_a_clock_steps_back_22_times)
{
	struct buf sample;
	struct utmp_record r;
	struct utmp u;
	unsigned n = 0, back = 0, unset = 0;

	if (!samples_read("utmp/raspim-wtmp", &sample))
		return;
	utmp_begin(&u, sample.p, sample.len, usual);
	for (; utmp_next(&u, &r); n++) {
		back += (r.flags & UTMP_TIME_BACK) != 0;
		unset += (r.flags & UTMP_CLOCK_UNSET) != 0;
	}
	ck_assert_uint_eq(n, 530);
	ck_assert_uint_eq(back, 22);
	ck_assert_uint_eq(unset, 22);
	buf_release(&sample);
}
END_TEST

Suite *suite_utmp(void)
{
	Suite *s = suite_create("workstation/parse/utmp");
	TCase *tc = tcase_create("utmp");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, test_every_layout_is_told_from_the_content, 0, 16);
	tcase_add_test(tc, test_what_deserves_a_look_is_flagged);
	tcase_add_test(tc, test_zeros_are_stepped_over);
	tcase_add_loop_test(tc, test_samples_read_as_utmpdump_reads_them, 0,
			    sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(tc, test_the_sample_of_aarch64_has_wide_records);
	tcase_add_test(tc, test_a_host_without_a_clock_steps_back_22_times);
	suite_add_tcase(s, tc);
	return s;
}

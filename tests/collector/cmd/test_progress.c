#include "collector/cmd/progress.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define SECOND UINT64_C(1000000000)

static struct progress progress;
static struct bundle_counts counts;
static int reading_end;
static char got[65536];

static void setup(void)
{
	counts = (struct bundle_counts){
		.objects = 120, .bytes_read = 3 << 20, .bytes_out = 1 << 20, .seals = 4,
	};
	counts.by_gap[GAP_NONE] = 100;
	counts.by_gap[GAP_VANISHED] = 15;
	counts.by_gap[GAP_PERMISSION] = 3;
	counts.by_gap[GAP_GREW] = 2;
}

/* Progress into a pipe. */
static void start(enum args_progress mode, bool quiet)
{
	struct args a = { .progress = mode, .quiet = quiet };
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
	reading_end = ends[0];
	progress_start(&progress, ends[1], &a, SECOND);
}

static const char *shown(void)
{
	ssize_t n = read(reading_end, got, sizeof(got) - 1);

	got[n > 0 ? n : 0] = '\0';
	return got;
}

static void tick(const char *path, uint64_t now)
{
	struct progress_now n = {
		.category = "logs", .category_number = 3, .category_count = 16, .counts = &counts,
		.reading = { path, strlen(path) },
	};

	progress_tick(&progress, &n, now);
}

static const struct progress_begin beginning = {
	.fingerprint = { 0xab, 0xcd, 0xef, 0x01 }, .session = "3f9a12cc", .output = "/mnt/\x1b" "b",
	.profile = "triage", .missing = "CAP_X: a \\x1b thing\nCAP_Y: another\n",
};

START_TEST(test_the_beginning_shows_the_fingerprint_to_be_written_down)
{
	static const char want[] =
		"exhibit-collect: session 3f9a12cc, profile triage\n"
		"Archive: /mnt/\\x1bb\n"
		"Write down the fingerprint of the seal key now:\n"
		"    %s\n"
		"    abcd ef01 0000 0000 0000 0000 0000 0000\n"
		"    0000 0000 0000 0000 0000 0000 0000 0000\n"
		"This run lacks:\n"
		"    CAP_X: a \\x1b thing\n"
		"    CAP_Y: another\n";
	char line[KEY_SHORT_LEN], text[1024];

	snprintf(text, sizeof(text), want, key_short_form(line, beginning.fingerprint));
	start(ARGS_PROGRESS_AUTO, _i != 0);
	progress_begin(&progress, &beginning);
	ck_assert_str_eq(shown(), text);
}
END_TEST

START_TEST(test_the_beginning_names_the_recipients)
{
	struct age_recipient r[2];
	struct progress_begin b = beginning;
	char text[256];

	age_recipient_of(&r[0], (const uint8_t[PRIM_KEY_LEN]){ 9 });
	age_recipient_of(&r[1], (const uint8_t[PRIM_KEY_LEN]){ 10 });
	b.recipients = r;
	b.recipient_count = 2;
	snprintf(text, sizeof(text), "Encrypted to %s\n         and %s\nWrite down ", r[0].text,
		 r[1].text);
	start(ARGS_PROGRESS_AUTO, false);
	progress_begin(&progress, &b);
	ck_assert_ptr_nonnull(strstr(shown(), text));
	snprintf(text, sizeof(text), "\"recipients\":[\"%s\",\"%s\"]", r[0].text, r[1].text);
	start(ARGS_PROGRESS_JSON, false);
	progress_begin(&progress, &b);
	ck_assert_ptr_nonnull(strstr(shown(), text));
}
END_TEST

START_TEST(test_without_a_terminal_there_is_a_line_every_ten_seconds)
{
	start(ARGS_PROGRESS_AUTO, false);
	tick("/a", SECOND + 1);
	tick("/a", 10 * SECOND);
	ck_assert_str_eq(shown(), "");
	tick("/var/log/\x1b[31m\n", 11 * SECOND);
	ck_assert_str_eq(shown(), "[3/16 logs] 120 items  3.0 MiB  307.1 KiB/s  20 gaps  0:10  "
				  "/var/log/\\x1b[31m\\x0a\n");
	tick("/a", 12 * SECOND);
	ck_assert_str_eq(shown(), "");
	counts.bytes_read += 20 << 20;
	tick("/a", 3731 * SECOND);
	ck_assert_ptr_nonnull(strstr(shown(), "  1:02:10  /a\n"));
}
END_TEST

START_TEST(test_quiet_or_none_is_silent_between_begin_and_end)
{
	start(_i == 0 ? ARGS_PROGRESS_NONE : ARGS_PROGRESS_AUTO, _i != 0);
	tick("/a", 60 * SECOND);
	ck_assert_str_eq(shown(), "");
	progress_say(&progress, "reader 1 does not answer");
	ck_assert_str_eq(shown(), _i == 0 ? "exhibit-collect: reader 1 does not answer\n" : "");
}
END_TEST

START_TEST(test_json_lines_carry_the_same)
{
	start(ARGS_PROGRESS_JSON, false);
	tick("/\"\x1b\\", 2 * SECOND);
	ck_assert_str_eq(shown(),
			 "{\"event\":\"progress\",\"category\":\"logs\",\"category_number\":3,"
			 "\"category_count\":16,\"objects\":120,\"bytes_read\":3145728,"
			 "\"bytes_out\":1048576,\"gaps\":20,\"seals\":4,\"elapsed_ms\":1000,"
			 "\"reading\":\"/\\\"\\\\x1b\\\\\\\\\"}\n");
	progress_begin(&progress, &beginning);
	ck_assert_int_eq(strncmp(shown(), "{\"event\":\"begin\",\"session\":\"3f9a12cc\",", 38), 0);
	ck_assert_ptr_nonnull(strstr(got, "\"output\":\"/mnt/\\\\x1bb\""));
	ck_assert_ptr_nonnull(strstr(got, "\"missing\":[\"CAP_X: a \\\\x1b thing\",\"CAP_Y: another\"]}\n"));
	progress_say(&progress, "a\nb");
	ck_assert_str_eq(shown(), "{\"event\":\"message\",\"text\":\"a\\\\x0ab\"}\n");
}
END_TEST

START_TEST(test_an_error_is_one_harmless_line_even_when_quiet)
{
	struct err e = { 1, ENOSPC, "/x\\x1b: \x1b[31m no space" };

	start(ARGS_PROGRESS_AUTO, true);
	progress_error(&progress, &e);
	ck_assert_str_eq(shown(), "exhibit-collect: /x\\x1b: \\x1b[31m no space (ENOSPC)\n");
	e.oserr = 0;
	progress_error(&progress, &e);
	ck_assert_str_eq(shown(), "exhibit-collect: /x\\x1b: \\x1b[31m no space\n");
	start(ARGS_PROGRESS_JSON, true);
	progress_error(&progress, &e);
	ck_assert_str_eq(shown(), "{\"event\":\"error\",\"text\":\"/x\\\\x1b: \\\\x1b[31m no space\","
				  "\"errname\":null}\n");
}
END_TEST

START_TEST(test_the_end_shows_the_root_and_what_is_missing)
{
	struct progress_end end = {
		.code = ARGS_EXIT_INCOMPLETE, .has_root = true, .root = { 0x12, 0x34 },
		.output = "/mnt/x.tar", .reason = "interrupted by SIGINT", .counts = &counts,
	};
	static const char want[] =
		"exhibit-collect: sealed, but the plan was not completed\n"
		"Reason:  interrupted by SIGINT\n"
		"Archive: /mnt/x.tar, 1.0 MiB, 4 seals\n"
		"Taken:   120 objects, 3.0 MiB read in 1:01\n"
		"Gaps:    20: 15 vanished, 3 permission, 2 grew\n"
		"Write down the root:\n"
		"    %s\n"
		"    1234 0000 0000 0000 0000 0000 0000 0000\n"
		"    0000 0000 0000 0000 0000 0000 0000 0000\n";
	char line[KEY_SHORT_LEN], text[1024];

	snprintf(text, sizeof(text), want, key_short_form(line, end.root));
	start(ARGS_PROGRESS_AUTO, true);
	progress_end(&progress, &end, 62 * SECOND);
	ck_assert_str_eq(shown(), text);
	start(ARGS_PROGRESS_JSON, false);
	progress_end(&progress, &end, 62 * SECOND);
	ck_assert_ptr_nonnull(strstr(shown(), "{\"event\":\"end\",\"code\":1,\"root\":\"12340000"));
	ck_assert_ptr_nonnull(strstr(got, "\"gaps\":{\"grew\":2,\"vanished\":15,\"permission\":3}}\n"));
}
END_TEST

START_TEST(test_a_broken_promise_names_the_error_and_no_root)
{
	struct err e = { 1, EPIPE, "standard output: nobody reads it any more" };
	struct progress_end end = {
		.code = ARGS_EXIT_BROKEN, .output = "standard output", .failure = &e,
		.counts = &counts,
	};

	start(ARGS_PROGRESS_AUTO, true);
	progress_end(&progress, &end, 62 * SECOND);
	shown();
	ck_assert_int_eq(strncmp(got, "exhibit-collect: standard output: nobody reads it any more "
				      "(EPIPE)\nexhibit-collect: FAILED", 80), 0);
	ck_assert_ptr_nonnull(strstr(got, "There is no root"));
}
END_TEST

/* Counts of many kinds, and how the line of gaps sums them up. */
static const struct {
	uint64_t objects, by_gap[8];	/* of the kinds after none, in order of the list */
	const char *want;
} sums[] = {
	{ 5, { 0 }, "Gaps:    0\n" },
	{ 5, { 1 }, "Gaps:    1: 1 shrank\n" },
	{ 30, { 1, 1, 1, 1, 1, 1, 1, 2 },
	  "Gaps:    9: 2 incomplete, 1 shrank, 1 grew, 1 time-limit, 1 io-error, 1 spool-limit, 2 others\n" },
};

START_TEST(test_gaps_are_named_by_number)
{
	struct progress_end end = { .code = ARGS_EXIT_DONE, .output = "x", .counts = &counts };

	counts = (struct bundle_counts){ .objects = sums[_i].objects };
	counts.by_gap[GAP_NONE] = sums[_i].objects;
	for (unsigned g = 0; g < 8; g++) {
		counts.by_gap[g + 1] = sums[_i].by_gap[g];
		counts.by_gap[GAP_NONE] -= sums[_i].by_gap[g];
	}
	start(ARGS_PROGRESS_AUTO, true);
	progress_end(&progress, &end, 62 * SECOND);
	ck_assert_msg(strstr(shown(), sums[_i].want) != NULL, "%s", got);
}
END_TEST

/* On a terminal: a master from which the test reads what is shown. */
static bool start_terminal(unsigned short columns)
{
	struct winsize w = { .ws_col = columns, .ws_row = 24 };
	struct args a = { .progress = ARGS_PROGRESS_AUTO };
	int slave;

	reading_end = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
	if (reading_end < 0 || grantpt(reading_end) != 0 || unlockpt(reading_end) != 0)
		return false;
	slave = open(ptsname(reading_end), O_RDWR | O_NOCTTY);
	if (slave < 0 || ioctl(slave, TIOCSWINSZ, &w) != 0)
		return false;
	progress_start(&progress, slave, &a, SECOND);
	return true;
}

/* What came up to and with ${end}: a terminal hands it on when it gets to it. */
static const char *shown_with(const char *end)
{
	struct pollfd p = { reading_end, POLLIN, 0 };
	size_t n = 0;

	got[0] = '\0';
	while (strstr(got, end) == NULL && n < sizeof(got) - 1) {
		ssize_t more;

		ck_assert_int_eq(poll(&p, 1, 60000), 1);
		more = read(reading_end, got + n, sizeof(got) - 1 - n);
		ck_assert_int_gt(more, 0);
		n += (size_t)more;
		got[n] = '\0';
	}
	return got;
}

static const struct {
	unsigned short columns;
	const char *path, *want;
} live[] = {
	{ 80, "/a", "[3/16 logs] 120 items  3.0 MiB  15.0 MiB/s  20 gaps  0:00  /a\x1b[K\r" },
	{ 80, "/0123456789/0123456789/0123456789",
	  "[3/16 logs] 120 items  3.0 MiB  15.0 MiB/s  20 gaps  0:00  ...456789/0123456789\x1b[K\r" },
	{ 80, "/0123456789/012345678901\xc3\xa4" "0123456789012345",
	  "[3/16 logs] 120 items  3.0 MiB  15.0 MiB/s  20 gaps  0:00  ...0123456789012345\x1b[K\r" },
	{ 40, "/a", "[3/16 logs] 120 items  3.0 MiB  15.0 Mi\x1b[K\r" },
};

START_TEST(test_a_terminal_gets_one_live_line_within_its_width)
{
	const char *end;

	if (!start_terminal(live[_i].columns))
		return;
	tick(live[_i].path, SECOND + SECOND / 10);
	ck_assert_str_eq(shown(), "");
	tick(live[_i].path, SECOND + SECOND / 5);
	end = strstr(shown_with("\x1b[K\r"), "\x1b[K\r");
	ck_assert_ptr_nonnull(end);
	ck_assert_int_lt(end - got, live[_i].columns);
	ck_assert_str_eq(got, live[_i].want);
	/* every character is whole */
	for (const char *p = got; p < end; p++)
		ck_assert(((unsigned char)*p & 0xc0) != 0x80 || (unsigned char)p[-1] >= 0xc0);
	progress_say(&progress, "text");
	ck_assert_str_eq(shown_with("\n"), "\r\x1b[Kexhibit-collect: text\r\n");
	progress_say(&progress, "text");
	ck_assert_str_eq(shown_with("\n"), "exhibit-collect: text\r\n");
}
END_TEST

#define ROWS(a) ((int)(sizeof(a) / sizeof((a)[0])))

Suite *suite_progress(void);

Suite *suite_progress(void)
{
	Suite *s = suite_create("collector/cmd/progress");
	TCase *t = tcase_create("progress");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_loop_test(t, test_the_beginning_shows_the_fingerprint_to_be_written_down, 0, 2);
	tcase_add_test(t, test_without_a_terminal_there_is_a_line_every_ten_seconds);
	tcase_add_loop_test(t, test_quiet_or_none_is_silent_between_begin_and_end, 0, 2);
	tcase_add_test(t, test_json_lines_carry_the_same);
	tcase_add_test(t, test_an_error_is_one_harmless_line_even_when_quiet);
	tcase_add_test(t, test_the_beginning_names_the_recipients);
	tcase_add_test(t, test_the_end_shows_the_root_and_what_is_missing);
	tcase_add_test(t, test_a_broken_promise_names_the_error_and_no_root);
	tcase_add_loop_test(t, test_gaps_are_named_by_number, 0, ROWS(sums));
	tcase_add_loop_test(t, test_a_terminal_gets_one_live_line_within_its_width, 0, ROWS(live));
	suite_add_tcase(s, t);
	return s;
}

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collector/volatile/symbols.h"
#include "tests/support/leftover.h"

Suite *suite_symbols(void);

static const struct {
	const char *line;
	bool counts;
} lines[] = {
	{ "ffffffff82099ca0 t tcp_diag_dump", true },
	{ "0000000000000000 t tcp_diag_dump\t[tcp_diag]", true },
	{ "0000000000000000 t tcp_diag_dump.llvm.1234", true },
	{ "0000000000000000 t tcp_diag_dump_one", false },
	{ "0000000000000000 t xtcp_diag_dump", false },
	{ "0000000000000000 t tcp_diag_dum", false },
	{ "0000000000000000 t other\t[tcp_diag_dump]", false },
	{ "0000000000000000 t ", false },
	{ "0000000000000000 t", false },
	{ "tcp_diag_dump", false },
	{ "", false },
};

START_TEST(test_only_the_whole_name_counts)
{
	struct symbols s = { .state = SYMBOLS_READ };

	symbols_line(&s, lines[_i].line, strlen(lines[_i].line));
	ck_assert_int_eq(symbols_has(&s, SYMBOL_TCP_DIAG), lines[_i].counts);
	ck_assert_int_eq(symbols_has(&s, SYMBOL_UDP_DIAG), false);
}
END_TEST

static char dir[64];
static struct pulse pulse;

static void make_dir(void)
{
	strcpy(dir, "/tmp/exhibit-test-XXXXXX");
	leftover_dir(dir);
}

static void remove_dir(void)
{
	char path[80];

	snprintf(path, sizeof(path), "%s/kallsyms", dir);
	unlink(path);
	rmdir(dir);
}

static void load(struct symbols *s)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY);

	symbols_load(s, fd, &pulse);
	close(fd);
}

/* A name that lies across the end of what is read at once, wherever that is. */
START_TEST(test_a_name_cut_between_two_reads_is_seen)
{
	struct symbols s = { .state = SYMBOLS_UNREAD };
	char path[80];
	FILE *f;

	snprintf(path, sizeof(path), "%s/kallsyms", dir);
	f = fopen(path, "w");
	for (long at = 0; at < 200000; at = ftell(f)) {
		bool near = at % 65536 > 65536 - 60;

		fprintf(f, "0000000000000000 t %s\n", near ? "unix_diag_dump" : "somebody_else");
	}
	fprintf(f, "0000000000000000 t packet_diag_dump");
	fclose(f);
	load(&s);
	ck_assert_int_eq(s.state, SYMBOLS_READ);
	ck_assert(symbols_has(&s, SYMBOL_UNIX_DIAG));
	ck_assert(!symbols_has(&s, SYMBOL_TCP_DIAG));
}
END_TEST

START_TEST(test_without_a_list_nothing_is_there)
{
	struct symbols s = { .state = SYMBOLS_UNREAD, .seen = UINT64_MAX };

	load(&s);
	ck_assert_int_eq(s.state, SYMBOLS_ABSENT);
	ck_assert_int_eq(s.oserr, ENOENT);
	ck_assert_uint_eq(s.seen, 0);
}
END_TEST

START_TEST(test_the_list_of_this_kernel_is_read_once)
{
	struct symbols s = { .state = SYMBOLS_UNREAD };
	int fd = open("/proc", O_RDONLY | O_DIRECTORY);

	symbols_load(&s, fd, &pulse);
	close(fd);
	if (s.state == SYMBOLS_READ)	/* a kernel without kallsyms has none */
		s.seen = 1;
	load(&s);
	ck_assert_uint_eq(s.seen, s.state == SYMBOLS_READ ? 1 : 0);
}
END_TEST

Suite *suite_symbols(void)
{
	Suite *s = suite_create("collector/volatile/symbols");
	TCase *t = tcase_create("symbols");

	tcase_add_checked_fixture(t, make_dir, remove_dir);
	tcase_add_loop_test(t, test_only_the_whole_name_counts, 0, sizeof(lines) / sizeof(lines[0]));
	tcase_add_test(t, test_a_name_cut_between_two_reads_is_seen);
	tcase_add_test(t, test_without_a_list_nothing_is_there);
	tcase_add_test(t, test_the_list_of_this_kernel_is_read_once);
	suite_add_tcase(s, t);
	return s;
}

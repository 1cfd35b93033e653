#include "workstation/parse/history.h"

#include <check.h>
#include <string.h>

#include "tests/support/samples.h"
#include "workstation/parse/userpath.h"

Suite *suite_history(void);

#define NS 1000000000

static struct buf said;
static unsigned rows;

static void setup(void)
{
	buf_init(&said, 1u << 20);
	rows = 0;
}

static void teardown(void)
{
	buf_release(&said);
}

static int emit(void *ctx, const struct history_row *row)
{
	(void)ctx;
	rows++;
	buf_printf(&said, "%llu@%llu ", (unsigned long long)row->line,
		   (unsigned long long)row->pos);
	if (row->time_ns != HISTORY_NO_TIME)
		buf_printf(&said, "%lld ", (long long)(row->time_ns / NS));
	buf_add(&said, row->text.p, row->text.len);
	buf_putc(&said, '\n');
	return 0;
}

static void read_all(enum history_kind kind, const char *text, size_t n)
{
	struct history h;
	uint64_t line = 0;

	history_begin(&h, kind, emit, NULL);
	for (size_t at = 0; at < n;) {
		const char *end = memchr(text + at, '\n', n - at);
		size_t len = end == NULL ? n - at : (size_t)(end - (text + at));

		ck_assert_int_eq(history_line(&h, text + at, len, at, ++line), 0);
		at += len + 1;
	}
	ck_assert_int_eq(history_finish(&h), 0);
	history_release(&h);
}

static const struct {
	enum history_kind kind;
	const char *text, *rows;
} cases[] = {
	{ HISTORY_BASH, "id\n#1700000000\nls -l\n#1700000001\nuname -a\nwget x\n",
	  "1@0 id\n3@15 1700000000 ls -l\n5@33 1700000001 uname -a\n6@42 wget x\n" },
	{ HISTORY_BASH, "#1700000000\necho 'a\nb' c\nls\n#7",
	  "2@12 1700000000 echo 'a\nb' c\n4@25 ls\n" },
	{ HISTORY_BASH, "echo \"open\nls\n# no time\n",
	  "1@0 echo \"open\n2@11 ls\n3@14 # no time\n" },
	{ HISTORY_ZSH, ": 1700000000:5;ls\nbare\n: 1700000001:0;a\\\nb\n",
	  "1@0 1700000000 ls\n2@18 bare\n3@23 1700000001 a\nb\n" },
	{ HISTORY_ZSH, "caf\x83\xe3\x83\x89", "1@0 caf\xc3\xa9\n" },
	{ HISTORY_ZSH, ": 1700000000:5;", "" },
	{ HISTORY_ZSH, ": 1700000000:5;\\", "" },
	{ HISTORY_FISH, "- cmd: a\\nb\\\\c\n  when: 1700000000\n  paths:\n    - x\n- cmd: ls\n",
	  "1@0 1700000000 a\nb\\c\n5@51 ls\n" },
	{ HISTORY_PLAIN, "_HiStOrY_V2_\nselect\\0401;\n", "2@13 select 1;\n" },
	{ HISTORY_PLAIN, "select\\0401;\n\nx\n", "1@0 select\\0401;\n3@14 x\n" },
	{ HISTORY_LESS, ".less-history-file:\n.search\n\"pass\n.shell\n\"id\n.mark\n\"q\n",
	  "3@28 /pass\n5@41 !id\n" },
	{ HISTORY_VIM,
	  "# comment\n:wq\n|2,0,1700000000,,\"wq\"\n:q!\n/x\n> /etc/passwd\n\t*\t1700000001\t0\n",
	  "2@10 1700000000 :wq\n4@36 :q!\n5@40 /x\n6@43 1700000001 > /etc/passwd\n" },
	{ HISTORY_HSTS, "# HSTS\nevil.example\t0\t1\t1700000000\t63072000\nbroken\t0\n",
	  "2@7 1700000000 https://evil.example\n" },
	{ HISTORY_BASH, "", "" },
};

START_TEST(test_commands_come_with_their_time_and_place)
{
	read_all(cases[_i].kind, cases[_i].text, strlen(cases[_i].text));
	ck_assert_str_eq(buf_cstr(&said), cases[_i].rows);
}
END_TEST

START_TEST(test_a_command_without_end_is_cut)
{
	static char line[HISTORY_TEXT_MAX];
	struct history h;

	memset(line, 'x', sizeof(line));
	line[0] = '\'';
	history_begin(&h, HISTORY_BASH, emit, NULL);
	history_line(&h, "#1700000000", 11, 0, 1);
	for (unsigned i = 0; i < 3; i++)
		ck_assert_int_eq(history_line(&h, line, sizeof(line), 12, 2), 0);
	ck_assert_int_eq(history_finish(&h), 0);
	ck_assert_uint_eq(h.text.len, HISTORY_TEXT_MAX);
	ck_assert_uint_eq(rows, 3);
	history_release(&h);
}
END_TEST

static const struct {
	const char *sample;
	enum history_kind kind;
	unsigned rows;
	const char *has;
} samples[] = {
	{ "history/bash_history", HISTORY_BASH, 4, "2@12 1380630977 /usr/lib/plaso\n" },
	{ "history/zsh_extended_history.txt", HISTORY_ZSH, 4, "1@0 1457771210 cd plaso\n" },
	{ "history/fish_history", HISTORY_FISH, 10, "1@0 1619736780 ll\n" },
};

START_TEST(test_samples_have_the_commands_that_are_known)
{
	struct buf sample;

	if (!samples_read(samples[_i].sample, &sample))
		return;
	read_all(samples[_i].kind, sample.p, sample.len);
	ck_assert_uint_eq(rows, samples[_i].rows);
	ck_assert_ptr_nonnull(strstr(buf_cstr(&said), samples[_i].has));
	buf_release(&sample);
}
END_TEST

START_TEST(test_a_history_is_known_by_its_name)
{
	enum history_kind kind;
	struct bytes bash = { "/home/a/.bash_history", 21 }, other = { "/home/a/history", 15 };

	ck_assert_str_eq(history_kind_of(bash, &kind), "bash");
	ck_assert_int_eq(kind, HISTORY_BASH);
	ck_assert_ptr_null(history_kind_of(other, &kind));
}
END_TEST

static const struct {
	const char *path, *user;
} paths[] = {
	{ "/root/.bash_history", "root" },
	{ "/home/bob/.bash_history", "bob" },
	{ "/proc/4711/root/home/bob/x", "bob" },
	{ "/proc/4711/root/root/x", "root" },
	{ "/var/spool/cron/crontabs/eve", "eve" },
	{ "/var/spool/cron/eve", "eve" },
	{ "/home/bob", NULL },
	{ "/etc/passwd", NULL },
	{ "", NULL },
};

START_TEST(test_a_path_tells_its_user)
{
	struct bytes user = userpath_user((struct bytes){ paths[_i].path, strlen(paths[_i].path) });

	if (paths[_i].user == NULL) {
		ck_assert_ptr_null(user.p);
		return;
	}
	ck_assert_uint_eq(user.len, strlen(paths[_i].user));
	ck_assert_mem_eq(user.p, paths[_i].user, user.len);
}
END_TEST

Suite *suite_history(void)
{
	Suite *s = suite_create("workstation/parse/history");
	TCase *tc = tcase_create("history");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, test_commands_come_with_their_time_and_place, 0,
			    sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(tc, test_a_command_without_end_is_cut);
	tcase_add_loop_test(tc, test_samples_have_the_commands_that_are_known, 0,
			    sizeof(samples) / sizeof(samples[0]));
	tcase_add_test(tc, test_a_history_is_known_by_its_name);
	tcase_add_loop_test(tc, test_a_path_tells_its_user, 0, sizeof(paths) / sizeof(paths[0]));
	suite_add_tcase(s, tc);
	return s;
}

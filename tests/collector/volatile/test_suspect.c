#include "collector/volatile/suspect.h"

#include <check.h>
#include <string.h>

Suite *suite_suspect(void);

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define F(id) (1u << SUSPECT_##id)

static const struct {
	const char *link;
	unsigned facts;
} links[] = {
	{ "/usr/bin/cat", 0 }, { "/usr/lib/jvm/bin/java", 0 }, { "/bin/sh", 0 },
	{ "/opt/app/run", 0 }, { "/snap/core/1/x", 0 }, { "/lib/systemd/systemd", 0 },
	{ "/usr/local/bin/x", F(EXE_ELSEWHERE) }, { "/home/a/x", F(EXE_ELSEWHERE) },
	{ "/tmp/x", F(EXE_ELSEWHERE) }, { "/x", F(EXE_ELSEWHERE) }, { "", F(EXE_ELSEWHERE) },
	{ "/usrx/bin/a", F(EXE_ELSEWHERE) },
	{ "/memfd:x (deleted)", F(EXE_MEMORY) }, { "/dev/shm/x", F(EXE_MEMORY) },
	{ "/dev/shm/x (deleted)", F(EXE_MEMORY) | F(EXE_DELETED) },
	{ "/usr/bin/cat (deleted)", F(EXE_DELETED) },
	{ "/tmp/x (deleted)", F(EXE_ELSEWHERE) | F(EXE_DELETED) },
	{ "/usr/bin/x (deleted) ", 0 },
};

START_TEST(test_the_place_of_an_executable_is_a_fact)
{
	ck_assert_uint_eq(suspect_executable(links[_i].link, strlen(links[_i].link)),
			  links[_i].facts);
}
END_TEST

static const struct {
	const char *line;
	unsigned facts;
} maps[] = {
	{ "1000-2000 r-xp 00000000 08:01 7 /usr/bin/cat", 0 },
	{ "1000-2000 rw-p 00000000 00:00 0 [heap]", 0 },
	{ "1000-2000 r-xp 00000000 00:00 0 [vdso]", 0 },
	{ "1000-2000 --xp 00000000 00:00 0 [uprobes]", 0 },
	{ "1000-2000 rwxp 00000000 00:00 0 [stack]", F(WRITE_EXECUTE) | F(ANONYMOUS_CODE) },
	{ "1000-2000 r-xp 00000000 00:00 0 ", F(ANONYMOUS_CODE) },
	{ "1000-2000 rwxs 00000000 00:05 9 /dev/zero (deleted)", 0 },
	{ "1000-2000 rwxs 00000000 00:05 9 /SYSV00000000 (deleted)", 0 },
	{ "1000-2000 r-xs 00000000 00:05 9 /memfd:a (deleted)", F(DELETED_CODE) },
	{ "1000-2000 r-xs 00000000 08:01 9 /tmp/a (deleted)", F(DELETED_CODE) },
	{ "1000-2000 r-xs 00000000 08:01 9 /tmp/a", 0 },
	{ "1000-2000 r-xp 00000000 00:05 9 /memfd:a (deleted)", F(DELETED_CODE) },
	{ "1000-2000 r--p 00000000 00:05 9 /memfd:a (deleted)", 0 },
	{ "1000-2000 r-xp 00000000 08:01 9 /tmp/a.so (deleted)", F(DELETED_CODE) },
};

START_TEST(test_code_where_none_is_expected_is_a_fact)
{
	struct region r;

	ck_assert(region_begin(maps[_i].line, strlen(maps[_i].line), &r));
	ck_assert_uint_eq(suspect_region(&r), maps[_i].facts);
}
END_TEST

START_TEST(test_a_command_line_in_brackets_is_a_fact)
{
	ck_assert_uint_eq(suspect_command("[kworker/0:0]", 13), F(KERNEL_NAME));
	ck_assert_uint_eq(suspect_command("sh", 2), 0);
	ck_assert_uint_eq(suspect_command("[", 0), 0);
}
END_TEST

START_TEST(test_every_fact_has_a_word_of_its_own)
{
	for (unsigned i = 0; i < SUSPECT_COUNT; i++) {
		ck_assert_uint_gt(strlen(suspect_word(i)), 3);
		for (unsigned k = 0; k < i; k++)
			ck_assert_str_ne(suspect_word(i), suspect_word(k));
	}
	ck_assert_str_eq(suspect_word(SUSPECT_COUNT), "");
}
END_TEST

Suite *suite_suspect(void)
{
	Suite *s = suite_create("collector/volatile/suspect");
	TCase *t = tcase_create("suspect");

	tcase_add_loop_test(t, test_the_place_of_an_executable_is_a_fact, 0, COUNT(links));
	tcase_add_loop_test(t, test_code_where_none_is_expected_is_a_fact, 0, COUNT(maps));
	tcase_add_test(t, test_a_command_line_in_brackets_is_a_fact);
	tcase_add_test(t, test_every_fact_has_a_word_of_its_own);
	suite_add_tcase(s, t);
	return s;
}

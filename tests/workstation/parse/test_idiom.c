#include "workstation/parse/idiom.h"

#include <check.h>
#include <string.h>

static const struct sample {
	const char *line, *runs, *given;
	size_t pos;
} samples[] = {
	{ "<?php @eval(base64_decode($_POST['c']));", "eval", "base64_decode", 7 },
	{ "$x = $_GET['c']; echo shell_exec ($x);", "shell_exec", "$_GET", 5 },
	{ "SYSTEM($_REQUEST[0]);", "system", "$_REQUEST", 0 },
	{ "Runtime.getRuntime().exec(request.getParameter(\"c\"))", "getRuntime", "getParameter",
	  8 },
	{ "/* FilesMan */", "FilesMan", NULL, 3 },
};

static const char *const look_alikes[] = {
	"",
	"$name = htmlspecialchars($_POST['name']);",
	"exec('/usr/bin/convert ' . escapeshellarg($file));",
	"$image = base64_decode($data);",
	"// a retrieval (of) $_GETTER and my_eval($_GETS)",
	"function evaluate($_POSTAL) {",
	"$filesystem($_GET['x']);",
};

START_TEST(test_what_runs_and_what_was_sent_are_found_in_one_line)
{
	const struct sample *s = &samples[_i];
	struct idiom got;

	ck_assert_int_eq(idiom_find(s->line, strlen(s->line), &got), 1);
	ck_assert_str_eq(got.runs, s->runs);
	ck_assert_pstr_eq(got.given, s->given);
	ck_assert_uint_eq(got.pos, s->pos);
	ck_assert_uint_le(got.pos + got.len, strlen(s->line));
}
END_TEST

START_TEST(test_everyday_lines_are_left)
{
	struct idiom got;

	ck_assert_int_eq(idiom_find(look_alikes[_i], strlen(look_alikes[_i]), &got), 0);
}
END_TEST

START_TEST(test_no_byte_beyond_the_line_is_looked_at)
{
	struct idiom got;

	/* The bracket and the name that would make it lie behind the end. */
	ck_assert_int_eq(idiom_find("eval($_POST", 4, &got), 0);
	ck_assert_int_eq(idiom_find("eval($_POST", 10, &got), 0);
	ck_assert_int_eq(idiom_find("eval($_POST", 11, &got), 1);
}
END_TEST

Suite *suite_idiom(void);
Suite *suite_idiom(void)
{
	Suite *s = suite_create("workstation/parse/idiom");
	TCase *tc = tcase_create("idiom");

	tcase_add_loop_test(tc, test_what_runs_and_what_was_sent_are_found_in_one_line, 0,
			    (int)(sizeof(samples) / sizeof(samples[0])));
	tcase_add_loop_test(tc, test_everyday_lines_are_left, 0,
			    (int)(sizeof(look_alikes) / sizeof(look_alikes[0])));
	tcase_add_test(tc, test_no_byte_beyond_the_line_is_looked_at);
	suite_add_tcase(s, tc);
	return s;
}

#include "lib/base/option.h"

#include <check.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct args {
	bool quiet;
	bool verbose;
	const char *out;
	uint64_t bytes;
	uint64_t seconds;
	uint64_t number;
	struct option_list include;
};

#define FIELD(f) offsetof(struct args, f)

static const struct option_row rows[] = {
	{ NULL, 0, NULL, OPTION_HEADING, 0, "Output" },
	{ "out", 'o', "DEST", OPTION_STRING, FIELD(out), "write the archive there" },
	{ "quiet", 'q', NULL, OPTION_FLAG, FIELD(quiet), "say nothing" },
	{ "verbose", 'v', NULL, OPTION_FLAG, FIELD(verbose), "say more" },
	{ NULL, 0, NULL, OPTION_HEADING, 0, "Limits" },
	{ "bytes", 0, "SIZE", OPTION_SIZE, FIELD(bytes),
	  "stop after SIZE bytes of content, which is a sentence so long that the help must "
	  "continue it on another line" },
	{ "deadline-of-the-whole-run", 0, "TIME", OPTION_SECONDS, FIELD(seconds), "stop then" },
	{ "number", 'n', "N", OPTION_UNSIGNED, FIELD(number), "how many" },
	{ "include", 'i', "GLOB", OPTION_LIST, FIELD(include), "take these too" },
	{ 0 }
};

/* Each row is one command line; "error" is a part of the message, or NULL. */
static const struct {
	const char *argv[8];
	const char *error;
	struct args want;
	size_t includes, operands;
} lines[] = {
	{ { NULL }, NULL, { 0 }, 0, 0 },
	{ { "--out", "x", "--quiet" }, NULL, { .out = "x", .quiet = true }, 0, 0 },
	{ { "--out=x=y" }, NULL, { .out = "x=y" }, 0, 0 },
	{ { "--out=" }, NULL, { .out = "" }, 0, 0 },
	{ { "-qvo", "x" }, NULL, { .out = "x", .quiet = true, .verbose = true }, 0, 0 },
	{ { "-ox", "-n7" }, NULL, { .out = "x", .number = 7 }, 0, 0 },
	{ { "--out", "-" }, NULL, { .out = "-" }, 0, 0 },
	{ { "a", "-q", "-", "b" }, NULL, { .quiet = true }, 0, 3 },
	{ { "--", "-q", "--out" }, NULL, { 0 }, 0, 2 },
	{ { "-i", "a", "--include=b", "-ic" }, NULL, { 0 }, 3, 0 },
	{ { "--bytes", "64M" }, NULL, { .bytes = 64u << 20 }, 0, 0 },
	{ { "--deadline-of-the-whole-run", "2m" }, NULL, { .seconds = 120 }, 0, 0 },
	{ { "-n", "18446744073709551615" }, NULL, { .number = UINT64_MAX }, 0, 0 },
	{ { "-n", "18446744073709551616" }, "--number needs a whole number", { 0 }, 0, 0 },
	{ { "-n", "" }, "--number needs a whole number", { 0 }, 0, 0 },
	{ { "-n", "7x" }, "not '7x'", { 0 }, 0, 0 },
	{ { "--bytes=lots" }, "--bytes needs a size such as 64M, not 'lots'", { 0 }, 0, 0 },
	{ { "--deadline-of-the-whole-run=x" }, "needs a time", { 0 }, 0, 0 },
	{ { "--out" }, "--out needs a value: --out DEST", { 0 }, 0, 0 },
	{ { "-o" }, "--out needs a value", { 0 }, 0, 0 },
	{ { "--out", "--quiet" }, "write --out=--quiet if that is meant", { 0 }, 0, 0 },
	{ { "--out=a", "--out=b" }, "--out is given twice", { 0 }, 0, 0 },
	{ { "--quiet=yes" }, "--quiet takes no value", { 0 }, 0, 0 },
	{ { "--qui" }, "there is no option --qui", { 0 }, 0, 0 },
	{ { "-x" }, "there is no option -x", { 0 }, 0, 0 },
};

START_TEST(test_a_command_line_becomes_the_struct_or_a_sentence)
{
	struct args got = { 0 };
	struct option_list operands = { 0 };
	struct err e = { 0 };
	int r = option_parse(rows, &got, (char *const *)(uintptr_t)lines[_i].argv, &operands, &e);

	if (lines[_i].error != NULL) {
		ck_assert_int_eq(r, -1);
		ck_assert_ptr_nonnull(strstr(e.what, lines[_i].error));
	} else {
		ck_assert_msg(r == 0, "%s", e.what);
		ck_assert_pstr_eq(got.out, lines[_i].want.out);
		ck_assert_int_eq(got.quiet, lines[_i].want.quiet);
		ck_assert_int_eq(got.verbose, lines[_i].want.verbose);
		ck_assert_uint_eq(got.bytes, lines[_i].want.bytes);
		ck_assert_uint_eq(got.seconds, lines[_i].want.seconds);
		ck_assert_uint_eq(got.number, lines[_i].want.number);
		ck_assert_uint_eq(got.include.n, lines[_i].includes);
		ck_assert_uint_eq(operands.n, lines[_i].operands);
	}
	option_list_release(&got.include);
	option_list_release(&operands);
}
END_TEST

START_TEST(test_a_list_keeps_the_order_of_its_many_values)
{
	struct option_list l = { 0 };
	static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";

	for (size_t i = 0; i + 1 < sizeof(digits); i++)
		ck_assert_int_eq(option_list_add(&l, digits + i), 0);
	ck_assert_uint_eq(l.n, sizeof(digits) - 1);
	for (size_t i = 0; i < l.n; i++)
		ck_assert_ptr_eq(l.p[i], digits + i);
	option_list_release(&l);
	ck_assert_ptr_null(l.p);
}
END_TEST

START_TEST(test_help_shows_every_row_within_79_columns)
{
	struct buf b;
	const char *line, *end;

	buf_init(&b, 65536);
	option_help(&b, rows);
	ck_assert(!b.failed);
	line = buf_cstr(&b);
	ck_assert_ptr_nonnull(strstr(line, "Output:\n  -o, --out DEST"));
	ck_assert_ptr_nonnull(strstr(line, "\n\nLimits:\n      --bytes SIZE"));
	ck_assert_ptr_nonnull(strstr(line, "  -i, --include GLOB"));
	ck_assert_ptr_nonnull(strstr(line, "--deadline-of-the-whole-run TIME\n      "));
	for (; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		ck_assert_int_le(end - line, 79);
		ck_assert(end == line || end[-1] != ' ');
	}
	ck_assert_str_eq(line, "");
	buf_release(&b);
}
END_TEST

Suite *suite_option(void);

Suite *suite_option(void)
{
	Suite *s = suite_create("lib/base/option");
	TCase *t = tcase_create("option");

	tcase_add_loop_test(t, test_a_command_line_becomes_the_struct_or_a_sentence, 0,
			    (int)(sizeof(lines) / sizeof(lines[0])));
	tcase_add_test(t, test_a_list_keeps_the_order_of_its_many_values);
	tcase_add_test(t, test_help_shows_every_row_within_79_columns);
	suite_add_tcase(s, t);
	return s;
}

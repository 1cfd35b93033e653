#include "workstation/cmd/cat_out.h"

#include <check.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

Suite *suite_cat_out(void);

static const struct {
	struct cat_out_how how;
	const char *out;
} rows[] = {
	{ { .unpacked = true }, "one\n\x1b[2Jtwo\xc3\xa9\nthree\n" },
	{ { .escaped = true }, "one\n\x1b[2Jtwo\xc3\xa9\nthree\n" },
	{ { .line = true, .at = 4 }, "\x1b[2Jtwo\xc3\xa9\n" },
	{ { .line = true, .at = 4, .escaped = true }, "\\x1b[2Jtwo\xc3\xa9\n" },
	{ { .line = true, .at = 0, .escaped = true }, "one\n" },
};

/* In pieces, the second of which begins inside the line. */
START_TEST(test_what_is_wanted_of_a_member_comes_out)
{
	static const char content[] = "one\n\x1b[2Jtwo\xc3\xa9\nthree\n";
	struct err e = { 0 };
	struct cat_out o;
	char got[100] = "";
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(cat_out_begin(&o, fds[1], &rows[_i].how, &e), 0);
	ck_assert_int_eq(cat_out_add(&o, content, 6), 0);
	ck_assert_int_eq(cat_out_add(&o, content + 6, sizeof(content) - 1 - 6), 0);
	ck_assert_int_eq(cat_out_end(&o), 0);
	cat_out_release(&o);
	close(fds[1]);
	ck_assert_int_ge(read(fds[0], got, sizeof(got) - 1), 0);
	close(fds[0]);
	ck_assert_str_eq(got, rows[_i].out);
}
END_TEST

/* The largest number there is asks for a line too, not for everything. */
START_TEST(test_an_offset_behind_the_end_writes_nothing)
{
	const struct cat_out_how how = { .line = true, .at = UINT64_MAX };
	struct err e = { 0 };
	struct cat_out o;

	ck_assert_int_eq(cat_out_begin(&o, -1, &how, &e), 0);
	ck_assert_int_eq(cat_out_add(&o, "web\n", 4), 0);
	ck_assert_int_eq(cat_out_end(&o), -1);
	ck_assert_ptr_nonnull(strstr(e.what, "none at offset"));
	cat_out_release(&o);
}
END_TEST

/* Also if the line feed is the first byte too many. */
static const struct {
	size_t line, out;
	bool escaped, cut;
} longs[] = {
	{ CAT_OUT_LINE_MAX - 1, CAT_OUT_LINE_MAX, false, false },
	{ CAT_OUT_LINE_MAX, CAT_OUT_LINE_MAX, false, true },
	{ CAT_OUT_LINE_MAX, CAT_OUT_LINE_MAX + 1, true, true },
	{ 3 * CAT_OUT_LINE_MAX, CAT_OUT_LINE_MAX, false, true },
	{ 3 * CAT_OUT_LINE_MAX, CAT_OUT_LINE_MAX + 1, true, true },
};

START_TEST(test_a_line_without_end_is_cut_and_that_is_said)
{
	const struct cat_out_how how = { .line = true, .at = 1, .escaped = longs[_i].escaped };
	char path[] = "/tmp/exhibit-cat-XXXXXX", piece[1000];
	int fd = mkstemp(path);
	struct err e = { 0 };
	struct cat_out o;

	ck_assert_int_ge(fd, 0);
	unlink(path);
	memset(piece, 'x', sizeof(piece));
	ck_assert_int_eq(cat_out_begin(&o, fd, &how, &e), 0);
	ck_assert_int_eq(cat_out_add(&o, "-", 1), 0);
	for (size_t left = longs[_i].line, n; left > 0; left -= n) {
		n = left < sizeof(piece) ? left : sizeof(piece);
		ck_assert_int_eq(cat_out_add(&o, piece, n), 0);
	}
	ck_assert_int_eq(cat_out_add(&o, "\nmore\n", 6), 0);
	ck_assert_int_eq(cat_out_end(&o), 0);
	ck_assert_int_eq(o.cut, longs[_i].cut);
	cat_out_release(&o);
	ck_assert_int_eq(lseek(fd, 0, SEEK_END), (off_t)longs[_i].out);
	close(fd);
}
END_TEST

Suite *suite_cat_out(void)
{
	Suite *s = suite_create("workstation/cmd/cat_out");
	TCase *tc = tcase_create("cat_out");

	tcase_add_loop_test(tc, test_what_is_wanted_of_a_member_comes_out, 0,
			    (int)(sizeof(rows) / sizeof(rows[0])));
	tcase_add_loop_test(tc, test_a_line_without_end_is_cut_and_that_is_said, 0,
			    (int)(sizeof(longs) / sizeof(longs[0])));
	tcase_add_test(tc, test_an_offset_behind_the_end_writes_nothing);
	suite_add_tcase(s, tc);
	return s;
}

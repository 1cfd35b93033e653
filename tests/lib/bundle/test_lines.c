#include "lib/bundle/lines.h"

#include <check.h>
#include <string.h>

Suite *suite_lines(void);

static int take(void *ctx, const char *line, size_t n)
{
	struct buf *b = ctx;

	buf_putc(b, '<');
	buf_add(b, line, n);
	buf_putc(b, '>');
	return n == 4 && memcmp(line, "stop", 4) == 0 ? 1 : 0;
}

static const struct {
	const char *text, *want;
	int r;
	size_t left;
} rows[] = {
	{ "", "", 0, 0 },
	{ "a\nbb\n\nccc\n", "<a><bb><><ccc>", 0, 0 },
	{ "a\nbb", "<a>", 0, 2 },
	{ "12345678\n", "<12345678>", 0, 0 },
	{ "a\n123456789\nb\n", "<a>", LINES_TOO_LONG, 0 },
	{ "a\n123456789", "<a>", LINES_TOO_LONG, 0 },
	{ "a\nstop\nb\n", "<a><stop>", 1, 0 },
};

START_TEST(test_lines_come_whole_whatever_the_pieces)
{
	size_t n = strlen(rows[_i].text);

	for (size_t piece = 1; piece <= n + 1; piece++) {
		struct lines l;
		struct buf b;
		int r = 0;

		lines_init(&l, 8);
		buf_init(&b, 1000);
		for (size_t at = 0; at < n && r == 0; at += piece)
			r = lines_feed(&l, rows[_i].text + at, piece < n - at ? piece : n - at, take,
				       &b);
		ck_assert_int_eq(r, rows[_i].r);
		ck_assert_str_eq(buf_cstr(&b), rows[_i].want);
		if (r == 0)
			ck_assert_uint_eq(lines_end(&l), rows[_i].left);
		ck_assert_int_eq(r == 0 && lines_end(&l) != 0, 0);
		buf_release(&b);
		lines_release(&l);
	}
}
END_TEST

Suite *suite_lines(void)
{
	Suite *s = suite_create("lib/bundle/lines");
	TCase *t = tcase_create("lines");

	tcase_add_loop_test(t, test_lines_come_whole_whatever_the_pieces, 0,
			    (int)(sizeof(rows) / sizeof(rows[0])));
	suite_add_tcase(s, t);
	return s;
}

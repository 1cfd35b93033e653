#include "workstation/case/loader.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/case_box.h"
#include "workstation/case/reading.h"

Suite *suite_loader(void);

static struct case_box box;

static void setup(void)
{
	case_box_open(&box);
}

static void teardown(void)
{
	case_box_close(&box);
}

static const struct {
	const char *pattern, *name;
	bool fits;
} fits[] = {
	{ "/etc/passwd", "/etc/passwd", true },
	{ "/etc/passwd", "/etc/passwd-", false },
	{ "/etc/passwd*", "/etc/passwd-", true },
	{ "/home/*/.bash_history", "/home/a/.bash_history", true },
	{ "/home/*/.bash_history", "/home/a/b/.bash_history", false },
	{ "/home/**/.bash_history", "/home/a/b/.bash_history", true },
	{ "/home/**", "/home/", true },
	{ "**/*.log", "/a/b.x/c.log", true },
	{ "**/*.log", "/a/b.log/c", false },
	{ "**/x*/y", "/x1/z/x2/y", true },
	{ "/proc/[0-9]*/stat", "/proc/17/stat", true },
	{ "/proc/[0-9]*/stat", "/proc/self/stat", false },
	{ "/proc/[0-9]*/stat", "/proc/17/task/17/stat", false },
	{ "live/task/first.[0-9]", "live/task/first.1", true },
	{ "a[", "a[", false },
	{ "?", "/", false },
	{ "?", "\xff", true },
	{ "*", "", true },
	{ "", "", true },
	{ "", "a", false },
	{ "*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false },
};

START_TEST(test_a_pattern_fits_a_path)
{
	struct bytes p = { fits[_i].pattern, strlen(fits[_i].pattern) };
	struct bytes n = { fits[_i].name, strlen(fits[_i].name) };

	ck_assert_msg(loader_matches(p, n) == fits[_i].fits, "%s %s", fits[_i].pattern,
		      fits[_i].name);
}
END_TEST

START_TEST(test_a_container_is_looked_into_behind_its_root)
{
	static const char *const names[][2] = {
		{ "/proc/17/root/etc/passwd", "/etc/passwd" },
		{ "/proc/17/root", "/proc/17/root" },
		{ "/proc/17/root/", "/" },
		{ "/proc//root/x", "/proc//root/x" },
		{ "/proc/1x/root/x", "/proc/1x/root/x" },
		{ "/etc", "/etc" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct bytes got = loader_name((struct bytes){ names[i][0], strlen(names[i][0]) });

		ck_assert_uint_eq(got.len, strlen(names[i][1]));
		ck_assert_mem_eq(got.p, names[i][1], got.len);
	}
}
END_TEST

START_TEST(test_every_row_has_a_function_and_a_limit)
{
	const struct loader *r;

	for (size_t i = 0; (r = loader_at(i)) != NULL; i++) {
		ck_assert_int_eq((r->whole != NULL) + (r->line != NULL) + (r->stream != NULL), 1);
		ck_assert_int_eq(r->begin != NULL, r->end != NULL);
		ck_assert_uint_gt(r->max, 0);
		ck_assert_uint_gt(strlen(r->patterns), 0);
	}
}
END_TEST

/* Lines as they came. */
static char seen[65536 * 3];

static int keep(struct loading *l, const char *s, size_t n, uint64_t pos, uint64_t line)
{
	(void)l;
	sprintf(seen + strlen(seen), "%d@%d:%.*s|", (int)line, (int)pos, (int)(n < 40 ? n : 40), s);
	return 0;
}

static void read_in_pieces(uint64_t max, const char *text, size_t n, size_t piece)
{
	struct loader row = {
		.id = "test", .patterns = "x", .form = LOADER_LINES, .max = max, .line = keep
	};
	struct reading r = { .row = &row, .l = { .db = box.db, .object = CASE_NULL, .e = &box.e } };

	seen[0] = '\0';
	ck_assert_int_eq(reading_begin(&r), 0);
	for (size_t at = 0; at < n; at += piece)
		ck_assert_int_eq(reading_add(&r, text + at, n - at < piece ? n - at : piece), 0);
	ck_assert_int_eq(reading_end(&r, true), 0);
}

START_TEST(test_lines_are_the_same_in_pieces_of_any_length)
{
	static const char text[] = "one\n\nthree 3\nlast";

	for (size_t piece = 1; piece < sizeof(text); piece++) {
		read_in_pieces(100, text, sizeof(text) - 1, piece);
		ck_assert_str_eq(seen, "1@0:one|2@4:|3@5:three 3|4@13:last|");
	}
	ck_assert_int_eq(case_box_int(&box, "SELECT count(*) FROM note"), 0);
}
END_TEST

START_TEST(test_a_line_that_is_too_long_is_cut_with_a_note)
{
	static char text[LOADER_LINE_MAX * 2 + 10];

	memset(text, 'x', sizeof(text));
	memcpy(text + sizeof(text) - 5, "\nend\n", 5);
	for (size_t piece = 1000; piece <= sizeof(text); piece += sizeof(text) - 1000) {
		read_in_pieces(sizeof(text), text, sizeof(text), piece);
		ck_assert_str_eq(seen,
				 "1@0:xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx|2@131078:end|");
	}
	ck_assert_int_eq(case_box_int(&box, "SELECT count(*) FROM note WHERE kind = 'too-large' "
					    "AND pos = 0 AND line = 1"),
			 2);
}
END_TEST

START_TEST(test_what_is_beyond_the_limit_is_a_note)
{
	read_in_pieces(5, "ab\ncdef\n", 8, 3);
	ck_assert_str_eq(seen, "1@0:ab|2@3:cd|");
	ck_assert_int_eq(case_box_int(&box, "SELECT count(*) FROM note WHERE pos = 5"), 1);
}
END_TEST

START_TEST(test_notes_have_an_end)
{
	struct loading l = { .db = box.db, .object = 1, .e = &box.e, .id = "test" };

	for (unsigned i = 0; i < LOADER_NOTES_MAX + 7; i++)
		ck_assert_int_eq(case_note(&l, 0, 1, "unreadable", "%s", "a\nb"), 0);
	ck_assert_int_eq(loader_notes_end(&l), 0);
	ck_assert_int_eq(case_box_int(&box, "SELECT count(*) FROM note"), LOADER_NOTES_MAX + 1);
	ck_assert_str_eq(case_box_text(&box, "SELECT text FROM note"), "a\\x0ab");
	ck_assert_str_eq(case_box_text(&box, "SELECT text FROM note WHERE kind = 'more'"),
			 "7 notes more of this kind are left out");
}
END_TEST

Suite *suite_loader(void)
{
	Suite *s = suite_create("workstation/case/loader");
	TCase *t = tcase_create("loader");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, test_a_pattern_fits_a_path, 0, sizeof(fits) / sizeof(fits[0]));
	tcase_add_test(t, test_a_container_is_looked_into_behind_its_root);
	tcase_add_test(t, test_every_row_has_a_function_and_a_limit);
	tcase_add_test(t, test_lines_are_the_same_in_pieces_of_any_length);
	tcase_add_test(t, test_a_line_that_is_too_long_is_cut_with_a_note);
	tcase_add_test(t, test_what_is_beyond_the_limit_is_a_note);
	tcase_add_test(t, test_notes_have_an_end);
	suite_add_tcase(s, t);
	return s;
}

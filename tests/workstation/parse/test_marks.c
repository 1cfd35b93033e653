#include "workstation/parse/marks.h"

#include <check.h>
#include <string.h>

Suite *suite_marks(void);

#define DIGEST(text) ((struct bytes){ text, sizeof(text) - 1 })
#define ROOT .uid = 0, .gid = 0

static const struct marks_file plain = {
	.mode = 0100755, .size = 4, ROOT, .mtime = 7, .digest = { "abcd", 4 }
};

static const struct {
	struct marks_rules rules;
	struct marks_file said, found;
	const char *marks;
	enum marks_verdict verdict;
} rows[] = {
	{ { .said = MARKS_ALL, .wanted = MARKS_ALL },
	  { .mode = 0100755, .size = 4, ROOT, .mtime = 7, .digest = { "abcd", 4 } },
	  { .mode = 0100755, .size = 4, ROOT, .mtime = 7, .digest = { "abcd", 4 } },
	  ".........",
	  MARKS_AGREE },
	/* everything is another */
	{ { .said = MARKS_ALL, .wanted = MARKS_ALL },
	  { .mode = 0100755, .size = 4, ROOT, .mtime = 7, .digest = { "abcd", 4 } },
	  { .mode = 0104755,
	    .size = 5,
	    .uid = 1,
	    .gid = 2,
	    .mtime = 8,
	    .digest = { "abce", 4 },
	    .caps = true },
	  "SM5..UGTP",
	  MARKS_DIFFER },
	/* nobody hashed it, or by another algorithm */
	{ { .said = MARKS_ALL, .wanted = MARKS_ALL },
	  { .mode = 0100755, .size = 4, ROOT, .mtime = 7, .digest = { "abcd", 4 } },
	  { .mode = 0100755, .size = 4, ROOT, .mtime = 7 },
	  "..?......",
	  MARKS_NOT_COMPARED },
	{ { .said = MARKS_ALL, .wanted = MARKS_ALL },
	  { .mode = 0100755, .size = 4, ROOT, .mtime = 7, .digest = { "abcd", 4 } },
	  { .mode = 0100755, .size = 4, ROOT, .mtime = 7, .digest = { "abcdef", 6 } },
	  "..?......",
	  MARKS_NOT_COMPARED },
	/* what does not count, and what dpkg does not say */
	{ { .said = MARKS_ALL, .wanted = MARKS_ALL & ~(MARKS_SIZE | MARKS_DIGEST) },
	  { .mode = 0100755, .size = 4, ROOT, .mtime = 7, .digest = { "abcd", 4 } },
	  { .mode = 0100755, .size = 5, ROOT, .mtime = 8, .digest = { "x", 1 } },
	  ".......T.",
	  MARKS_DIFFER },
	{ { .said = MARKS_DIGEST, .wanted = MARKS_ALL },
	  { .mode = MARKS_NOT_KNOWN, .digest = { "abcd", 4 } },
	  { .mode = 0104755, .size = 9, .digest = { "abce", 4 } },
	  "??5??????",
	  MARKS_DIFFER },
	{ { .said = MARKS_DIGEST | MARKS_MODE, .wanted = MARKS_ALL },
	  { .mode = 0750, .digest = { "abcd", 4 } },
	  { .mode = 0100755, .digest = { "abcd", 4 } },
	  "?M.??????",
	  MARKS_DIFFER },
	/* a program became a link, a link leads elsewhere, a directory has an owner */
	{ { .said = MARKS_ALL, .wanted = MARKS_ALL },
	  { .mode = 0100755, .size = 4, ROOT, .mtime = 7, .digest = { "abcd", 4 } },
	  { .mode = 0120777, ROOT, .link = { "/tmp/x", 6 } },
	  ".M..L....",
	  MARKS_DIFFER },
	{ { .said = MARKS_DIGEST, .wanted = MARKS_ALL },
	  { .mode = 0100000, .digest = { "abcd", 4 } },
	  { .mode = 0120777, ROOT, .link = { "/tmp/x", 6 } },
	  "?M.??????",
	  MARKS_DIFFER },
	{ { .said = MARKS_ALL, .wanted = MARKS_ALL },
	  { .mode = 0120777, .size = 2, ROOT, .mtime = 1, .link = { "ls", 2 } },
	  { .mode = 0120777, .size = 3, .uid = 0, .gid = 9, .mtime = 3, .link = { "id", 2 } },
	  "....L.G..",
	  MARKS_DIFFER },
	{ { .said = MARKS_ALL, .wanted = MARKS_ALL },
	  { .mode = 040755, .size = 2, ROOT, .mtime = 1 },
	  { .mode = 040777, .size = 4096, ROOT, .mtime = 3 },
	  ".M.......",
	  MARKS_DIFFER },
	/* a ghost's content and type are its own affair, its rights and owner are not */
	{ { .said = MARKS_ALL, .wanted = MARKS_ALL, .ghost = true },
	  { .mode = 0100644, .size = 0, ROOT, .mtime = 1, .digest = { "abcd", 4 } },
	  { .mode = 0100600, .size = 9, .uid = 0, .gid = 1, .mtime = 2 },
	  ".M....G..",
	  MARKS_DIFFER },
	{ { .said = MARKS_ALL, .wanted = MARKS_ALL, .ghost = true },
	  { .mode = 0100644, ROOT },
	  { .mode = 040644, ROOT },
	  ".........",
	  MARKS_AGREE },
	/* apk knows a link by the digest of its target */
	{ { .said = MARKS_DIGEST, .wanted = MARKS_ALL, .link_digest = true },
	  { .mode = 0777, .digest = { "abcd", 4 } },
	  { .mode = 0120777, .link = { "x", 1 }, .digest = { "abce", 4 } },
	  "??5??????",
	  MARKS_DIFFER },
	/* a user that this host does not know */
	{ { .said = MARKS_ALL, .wanted = MARKS_ALL },
	  { .mode = 040755, .uid = MARKS_NOT_KNOWN, .gid = 0 },
	  { .mode = 040755, ROOT },
	  ".....?...",
	  MARKS_AGREE },
	{ { .said = MARKS_ALL, .wanted = MARKS_ALL },
	  { .mode = 0100755, .size = 4, ROOT, .mtime = 7, .digest = { "abcd", 4 }, .caps = true },
	  { .mode = 0100755, .size = 4, ROOT, .mtime = 7, .digest = { "abcd", 4 }, .caps = true },
	  "........?",
	  MARKS_AGREE },
	/* a package without digests: of rpm, of dpkg; where they do not count; a folder of it */
	{ { .said = MARKS_ALL, .wanted = MARKS_ALL },
	  { .mode = 0100755, .size = 4, ROOT, .mtime = 7 },
	  { .mode = 0100755, .size = 4, ROOT, .mtime = 7, .digest = { "abcd", 4 } },
	  "..?......",
	  MARKS_NOT_COMPARED },
	{ { .said = 0, .wanted = MARKS_ALL },
	  { .mode = MARKS_NOT_KNOWN },
	  { .mode = 0100755, .digest = { "abcd", 4 } },
	  "?????????",
	  MARKS_NOT_COMPARED },
	{ { .said = MARKS_ALL, .wanted = MARKS_ALL & ~MARKS_DIGEST },
	  { .mode = 0100755, .size = 4, ROOT, .mtime = 7 },
	  { .mode = 0100755, .size = 4, ROOT, .mtime = 7, .digest = { "abcd", 4 } },
	  ".........",
	  MARKS_AGREE },
	{ { .said = 0, .wanted = MARKS_ALL },
	  { .mode = MARKS_NOT_KNOWN },
	  { .mode = 040755 },
	  "?????????",
	  MARKS_AGREE },
};

START_TEST(test_marks_are_those_of_rpm)
{
	char marks[MARKS_LEN];
	enum marks_verdict v =
		marks_compare(&rows[_i].rules, &rows[_i].said, &rows[_i].found, marks);

	ck_assert_str_eq(marks, rows[_i].marks);
	ck_assert_int_eq(v, rows[_i].verdict);
}
END_TEST

START_TEST(test_the_same_on_both_sides_agrees)
{
	struct marks_rules rules = { .said = MARKS_ALL, .wanted = MARKS_ALL };
	char marks[MARKS_LEN];

	ck_assert_int_eq(marks_compare(&rules, &plain, &plain, marks), MARKS_AGREE);
}
END_TEST

Suite *suite_marks(void)
{
	Suite *s = suite_create("workstation/parse/marks");
	TCase *t = tcase_create("marks");

	tcase_add_loop_test(t, test_marks_are_those_of_rpm, 0, sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(t, test_the_same_on_both_sides_agrees);
	suite_add_tcase(s, t);
	return s;
}

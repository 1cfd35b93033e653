#include "workstation/extract/place.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/hash/digest.h"
#include "tests/support/emulator.h"
#include "tests/support/leftover.h"

Suite *suite_place(void);

static char top_name[] = "/tmp/exhibit-place-XXXXXX";
static int top = -1;

static void setup(void)
{
	strcpy(top_name + sizeof(top_name) - 7, "XXXXXX");
	leftover_dir(top_name);
	top = open(top_name, O_RDONLY | O_DIRECTORY);
	ck_assert_int_ge(top, 0);
	ck_assert_int_eq(digest_start(), 0);
}

static void teardown(void)
{
	char command[64];

	close(top);
	snprintf(command, sizeof(command), "rm -rf %s", top_name);
	ck_assert_int_eq(system(command), 0);
}

static struct bytes bytes_of(const char *s)
{
	return (struct bytes){ s, strlen(s) };
}

static const struct {
	const char *in, *escaped, *raw;
} components[] = {
	{ "passwd", "passwd", "passwd" },
	{ ".", "\\x2e", "\\x2e" },
	{ "..", "\\x2e\\x2e", "\\x2e\\x2e" },
	{ "...", "...", "..." },
	{ "a\nb", "a\\x0ab", "a\nb" },
	{ "\x1b[31m", "\\x1b[31m", "\x1b[31m" },
	{ "a\\b", "a\\\\b", "a\\b" },
	{ "\xff", "\\xff", "\xff" },
	{ "gr\xc3\xbcn", "gr\xc3\xbcn", "gr\xc3\xbcn" },
};

START_TEST(test_a_component_becomes_harmless)
{
	const char *in = components[_i].in;
	char out[PLACE_NAME_MAX + 1];

	ck_assert_int_eq(place_component(out, in, strlen(in), false),
			 strcmp(in, components[_i].escaped) != 0);
	ck_assert_str_eq(out, components[_i].escaped);
	ck_assert_int_eq(place_component(out, in, strlen(in), true),
			 strcmp(in, components[_i].raw) != 0);
	ck_assert_str_eq(out, components[_i].raw);
}
END_TEST

START_TEST(test_names_too_long_for_a_disk_stay_apart)
{
	char a[300], b[300], one[PLACE_NAME_MAX + 1], two[PLACE_NAME_MAX + 1];

	memset(a, 'n', sizeof(a));
	memset(b, 'n', sizeof(b));
	b[299] = 'm';
	ck_assert(place_component(one, a, sizeof(a), false));
	ck_assert(place_component(two, b, sizeof(b), false));
	ck_assert_uint_eq(strlen(one), PLACE_NAME_MAX);
	ck_assert_str_ne(one, two);
	ck_assert(!place_component(one, a, PLACE_NAME_MAX, false));
}
END_TEST

/* Everything is made below the top, whatever the name says. */
static const struct {
	const char *member, *made;
	size_t depth;
} places[] = {
	{ "[root]/etc/passwd", "[root]/etc/passwd", 2 },
	{ "[root]/../../x", "[root]/\\x2e\\x2e/\\x2e\\x2e/x", 3 },
	{ "/etc/passwd", "etc/passwd", 1 },
	{ "../x", "\\x2e\\x2e/x", 1 },
	{ "a//b/", "a/b", 1 },
	{ "x", "x", 0 },
	{ "..", "\\x2e\\x2e", 0 },
};

START_TEST(test_a_member_is_placed_below_the_top)
{
	struct place p;
	struct stat st;
	int fd;

	place_init(&p, top, false);
	/* Twice: the second time with the directory at hand. */
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(place_find(&p, bytes_of(places[_i].member), true), 0);
		ck_assert_uint_eq(p.depth, places[_i].depth);
	}
	fd = openat(p.parent, p.name, O_WRONLY | O_CREAT | O_EXCL, 0600);
	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert_int_eq(fstatat(top, places[_i].made, &st, AT_SYMLINK_NOFOLLOW), 0);
	place_release(&p);
}
END_TEST

START_TEST(test_a_link_or_file_in_the_way_is_never_followed)
{
	struct place p;

	place_init(&p, top, false);
	ck_assert_int_eq(symlinkat("/tmp", top, "link"), 0);
	ck_assert_int_eq(place_find(&p, bytes_of("link/x"), true), -1);
	ck_assert(errno == ENOTDIR || errno == ELOOP);
	close(openat(top, "file", O_WRONLY | O_CREAT, 0600));
	ck_assert_int_eq(place_find(&p, bytes_of("file/x"), true), -1);
	ck_assert_int_eq(errno, ENOTDIR);
	ck_assert_int_eq(place_find(&p, bytes_of("absent/x"), false), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(place_find(&p, bytes_of("///"), true), -1);
	ck_assert_int_eq(errno, EINVAL);
	place_release(&p);
}
END_TEST

START_TEST(test_a_path_longer_than_the_kernel_takes_is_no_obstacle)
{
	size_t n = 3 * 4096;
	char *name = malloc(n);
	struct place p;

	for (size_t i = 0; i < n; i++)
		name[i] = i % 100 == 99 ? '/' : 'd';
	place_init(&p, top, false);
	ck_assert_int_eq(place_find(&p, (struct bytes){ name, n - 1 }, true), 0);
	ck_assert_uint_gt(p.depth, 100);
	place_release(&p);
	free(name);
}
END_TEST

START_TEST(test_times_of_a_directory_survive_what_is_made_in_it)
{
	struct timespec old[2] = { { .tv_sec = 1000, .tv_nsec = 7 }, { .tv_sec = 2000, .tv_nsec = 9 } };
	struct timespec t[2];
	struct place p;
	struct stat st;
	bool whole;

	place_init(&p, top, false);
	ck_assert_int_eq(place_find(&p, bytes_of("a/b/first"), true), 0);
	ck_assert_int_eq(utimensat(top, "a", old, 0), 0);
	ck_assert_int_eq(utimensat(top, "a/b", old, 0), 0);
	ck_assert_int_eq(place_find(&p, bytes_of("a/c/second"), true), 0);
	ck_assert_int_eq(fstatat(top, "a", &st, 0), 0);
	ck_assert_int_eq(st.st_mtim.tv_sec, 2000);
	ck_assert_int_eq(place_find(&p, bytes_of("a/b/third"), true), 0);
	place_times(&p, t);
	whole = t[1].tv_nsec == 9 || !emulator_lacks("nanoseconds of fstat");
	close(openat(p.parent, p.name, O_WRONLY | O_CREAT, 0600));
	place_restore(&p, t);
	ck_assert_int_eq(fstatat(top, "a/b", &st, 0), 0);
	ck_assert_int_eq(st.st_mtim.tv_sec, 2000);
	ck_assert_int_eq(st.st_mtim.tv_nsec, whole ? 9 : 0);
	place_release(&p);
}
END_TEST

Suite *suite_place(void)
{
	Suite *s = suite_create("workstation/extract/place");
	TCase *t = tcase_create("place");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, test_a_component_becomes_harmless, 0,
			    (int)(sizeof(components) / sizeof(components[0])));
	tcase_add_test(t, test_names_too_long_for_a_disk_stay_apart);
	tcase_add_loop_test(t, test_a_member_is_placed_below_the_top, 0,
			    (int)(sizeof(places) / sizeof(places[0])));
	tcase_add_test(t, test_a_link_or_file_in_the_way_is_never_followed);
	tcase_add_test(t, test_a_path_longer_than_the_kernel_takes_is_no_obstacle);
	tcase_add_test(t, test_times_of_a_directory_survive_what_is_made_in_it);
	suite_add_tcase(s, t);
	return s;
}

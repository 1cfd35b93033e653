#include "collector/facts.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/hash/checksum.h"

static struct plan_facts *homes;
static struct facts *facts;

static void setup(void)
{
	struct err e = { 0 };

	homes = calloc(1, sizeof(*homes));
	facts = facts_new(homes, &e);
	ck_assert_ptr_nonnull(facts);
}

static void teardown(void)
{
	facts_free(facts);
	free(homes);
}

static struct bytes bytes_of(const char *s)
{
	return (struct bytes){ s, strlen(s) };
}

/* One item, its content in two pieces. */
static void give(const struct item *it, const char *data, size_t n, enum gap gap)
{
	struct sink *to = facts_sink(facts);
	struct item_end end = { .gap = gap };

	ck_assert_int_eq(to->begin(to, it), 0);
	if (n > 0) {
		ck_assert_int_eq(to->write(to, data, n / 2), 0);
		ck_assert_int_eq(to->write(to, data + n / 2, n - n / 2), 0);
	}
	ck_assert_int_eq(to->end(to, &end), 0);
}

static void give_file(const char *path, const char *data, size_t n)
{
	struct item it = { .path = bytes_of(path), .type = ITEM_FILE, .depth = DEPTH_CONTENT };

	give(&it, data, n, GAP_NONE);
}

static void give_other(const char *path, enum item_type type, enum depth depth, const char *link)
{
	struct item it = { .path = bytes_of(path), .type = type, .depth = depth };

	it.link = bytes_of(link);
	give(&it, NULL, 0, GAP_NONE);
}

static bool has_home(const char *path)
{
	for (size_t i = 0; i < homes->homes_len; i += strlen(homes->homes + i) + 1) {
		if (strcmp(homes->homes + i, path) == 0)
			return true;
	}
	return false;
}

static unsigned count_homes(void)
{
	unsigned n = 0;

	for (size_t i = 0; i < homes->homes_len; i += strlen(homes->homes + i) + 1)
		n++;
	return n;
}

START_TEST(test_a_small_file_is_kept_by_its_path)
{
	struct bytes got;

	give_file("/etc/machine-id", "0123\n", 5);
	give_file("/empty", NULL, 0);
	got = facts_get(facts, "/etc/machine-id");
	ck_assert_uint_eq(got.len, 5);
	ck_assert_mem_eq(got.p, "0123\n", 5);
	ck_assert_ptr_nonnull(facts_get(facts, "/empty").p);
	ck_assert_ptr_null(facts_get(facts, "/etc/machine").p);
	ck_assert_ptr_null(facts_get(facts, "/etc/machine-idx").p);
	ck_assert(!facts_full(facts));
}
END_TEST

START_TEST(test_only_the_beginning_of_a_long_file_is_kept)
{
	static char big[FACTS_CONTENT_MAX + 10000];

	memset(big, 'x', sizeof(big));
	give_file("/big", big, sizeof(big));
	ck_assert_uint_eq(facts_get(facts, "/big").len, FACTS_CONTENT_MAX);
}
END_TEST

START_TEST(test_a_file_that_was_refused_is_no_fact)
{
	struct item it = { .path = bytes_of("/x"), .type = ITEM_FILE, .depth = DEPTH_CONTENT };

	give(&it, NULL, 0, GAP_PERMISSION);
	ck_assert_ptr_null(facts_get(facts, "/x").p);
	give(&it, "part", 4, GAP_IO_ERROR);
	ck_assert_uint_eq(facts_get(facts, "/x").len, 4);
}
END_TEST

START_TEST(test_homes_come_from_whole_lines_of_passwd)
{
	static const char passwd[] =
		"root:x:0:0:root:/root:/bin/sh\n"
		"a:x:1:1:,,,:/srv/a:/bin/sh\n"
		"short:x:1\n"
		"\n:::::\n"
		"+@nis::::::\n"
		"b:x:1:1::/srv/b\n"
		"c:x:1:1::relative:/bin/sh\n"
		"d:x:1:1::/srv/\xff d:/bin/sh";

	give_file("/etc/passwd", passwd, sizeof(passwd) - 1);
	ck_assert(has_home("/root") && has_home("/srv/a") && has_home("/srv/b"));
	ck_assert(has_home("/srv/\xff d"));
	ck_assert_uint_eq(count_homes(), 4);
}
END_TEST

START_TEST(test_a_passwd_without_end_gives_what_fits)
{
	size_t n = FACTS_PASSWD_MAX + 1000, len = 0;
	char *text = malloc(n + 256);

	while (len < n)
		len += (size_t)sprintf(text + len, "u:x:1:1:%0100d:/srv/u:/bin/sh\n", 0);
	give_file("/etc/passwd", text, n);
	ck_assert(has_home("/srv/u"));
	ck_assert_uint_eq(count_homes(), 1);
	ck_assert(facts_full(facts));
	free(text);
}
END_TEST

START_TEST(test_homes_come_from_environments_which_are_not_kept)
{
	static const char environ[] = "PATH=/bin\0HOME=/srv/p\0XHOME=/no\0HOME=\0HOME=/cut";

	give_file("/proc/17/environ", environ, sizeof(environ) - 1);
	ck_assert(has_home("/srv/p"));
	ck_assert_uint_eq(count_homes(), 1);
	ck_assert_ptr_null(facts_get(facts, "/proc/17/environ").p);
}
END_TEST

START_TEST(test_homes_come_from_what_lies_in_home)
{
	give_other("/home/u", ITEM_DIR, DEPTH_META, "");
	give_other("/home/l", ITEM_SYMLINK, DEPTH_META, "/data/l");
	give_other("/home/file", ITEM_FILE, DEPTH_META, "");
	give_other("/home/u/x", ITEM_DIR, DEPTH_META, "");
	give_other("/root", ITEM_DIR, DEPTH_META, "");
	give_other("/homes", ITEM_DIR, DEPTH_META, "");
	ck_assert_ptr_nonnull(facts_get(facts, "/home/file").p);
	ck_assert(has_home("/home/u") && has_home("/home/l") && has_home("/root"));
	ck_assert_uint_eq(count_homes(), 3);
}
END_TEST

START_TEST(test_a_linked_directory_is_an_alias_a_linked_file_is_not)
{
	struct bytes got;

	give_other("/var/log", ITEM_SYMLINK, DEPTH_META, "../data/log");
	give_other("/etc/localtime", ITEM_SYMLINK, DEPTH_CONTENT, "/usr/share/zoneinfo/UTC");
	ck_assert_uint_eq(homes->aliases_len, sizeof("/var/log") + sizeof("/data/log"));
	ck_assert_mem_eq(homes->aliases, "/var/log\0/data/log", 19);
	got = facts_get(facts, "/etc/localtime");
	ck_assert_uint_eq(got.len, 23);
	ck_assert_mem_eq(got.p, "/usr/share/zoneinfo/UTC", 23);
}
END_TEST

START_TEST(test_facts_are_found_by_both_ends_of_their_path)
{
	size_t from = 0;
	struct bytes path;

	give_file("/sys/devices/pci0/net/eth0/address", "aa\n", 3);
	give_file("/sys/devices/virtual/net/lo/address", "00\n", 3);
	give_file("/sys/devices/virtual/net/lo/flags", "1\n", 2);
	ck_assert_mem_eq(facts_next(facts, &from, "/sys/", "/address", &path).p, "aa", 2);
	ck_assert_mem_eq(facts_next(facts, &from, "/sys/", "/address", &path).p, "00", 2);
	ck_assert_uint_eq(path.len, 35);
	ck_assert_ptr_null(facts_next(facts, &from, "/sys/", "/address", NULL).p);
}
END_TEST

START_TEST(test_checksums_are_those_of_the_databases_that_are_there)
{
	ck_assert_uint_eq(facts_checksums(facts), 0);
	give_other("/usr/lib/apk/db/installed", ITEM_DIR, DEPTH_META, "");
	ck_assert_uint_eq(facts_checksums(facts), 0);
	give_other("/var/lib/dpkg/status", ITEM_FILE, DEPTH_META, "");
	ck_assert_uint_eq(facts_checksums(facts), CHECKSUM_BIT(CHECKSUM_MD5));
	give_other("/lib/apk/db/installed", ITEM_FILE, DEPTH_META, "");
	ck_assert_uint_eq(facts_checksums(facts),
			  CHECKSUM_BIT(CHECKSUM_MD5) | CHECKSUM_BIT(CHECKSUM_SHA1));
}
END_TEST

START_TEST(test_memory_has_an_end_and_says_so)
{
	static char big[FACTS_CONTENT_MAX];
	char path[32];

	for (int i = 0; i < 10; i++) {
		sprintf(path, "/f%d", i);
		give_file(path, big, sizeof(big));
	}
	ck_assert(facts_full(facts));
	ck_assert_ptr_nonnull(facts_get(facts, "/f0").p);
	ck_assert_ptr_null(facts_get(facts, "/f9").p);
	/* something smaller still fits */
	give_file("/small", "x", 1);
	ck_assert_ptr_nonnull(facts_get(facts, "/small").p);
}
END_TEST

START_TEST(test_a_path_beyond_reason_is_left_out)
{
	char *path = malloc(ITEM_PATH_MAX);
	struct item it = { .path = { path, ITEM_PATH_MAX }, .type = ITEM_FILE,
			   .depth = DEPTH_CONTENT };

	memset(path, '/', ITEM_PATH_MAX);
	give(&it, "x", 1, GAP_NONE);
	ck_assert(facts_full(facts));
	free(path);
}
END_TEST

Suite *suite_facts(void);

Suite *suite_facts(void)
{
	Suite *s = suite_create("collector/facts");
	TCase *t = tcase_create("facts");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_a_small_file_is_kept_by_its_path);
	tcase_add_test(t, test_only_the_beginning_of_a_long_file_is_kept);
	tcase_add_test(t, test_a_file_that_was_refused_is_no_fact);
	tcase_add_test(t, test_homes_come_from_whole_lines_of_passwd);
	tcase_add_test(t, test_a_passwd_without_end_gives_what_fits);
	tcase_add_test(t, test_homes_come_from_environments_which_are_not_kept);
	tcase_add_test(t, test_homes_come_from_what_lies_in_home);
	tcase_add_test(t, test_a_linked_directory_is_an_alias_a_linked_file_is_not);
	tcase_add_test(t, test_facts_are_found_by_both_ends_of_their_path);
	tcase_add_test(t, test_checksums_are_those_of_the_databases_that_are_there);
	tcase_add_test(t, test_memory_has_an_end_and_says_so);
	tcase_add_test(t, test_a_path_beyond_reason_is_left_out);
	suite_add_tcase(s, t);
	return s;
}

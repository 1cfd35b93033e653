#include "workstation/receipt/bag.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "tests/support/leftover.h"

Suite *suite_bag(void);

static char folder[PATH_MAX], bag[PATH_MAX + 16], command[2 * PATH_MAX];

static void setup(void)
{
	strcpy(folder, "/tmp/exhibit-bag.XXXXXX");
	leftover_dir(folder);
	snprintf(bag, sizeof(bag), "%s/bag", folder);
}

static void teardown(void)
{
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	ck_assert_int_eq(system(command), 0);
}

/* A bag with two files; returns its folder's descriptor. */
static int make(void)
{
	struct bag_maker m;
	struct err e = { 0 };
	struct buf info;

	buf_init(&info, 4096);
	buf_puts(&info, "Exhibit-Archive: first.tar\nContact-Name: N. N.\n");
	ck_assert_int_eq(bag_begin(&m, bag, &e), 0);
	ck_assert_int_eq(bag_put(&m, "one\n", 4, "first.tar", &e), 0);
	ck_assert_int_eq(bag_put(&m, "", 0, "second", &e), 0);
	ck_assert_int_eq(bag_list(&m, &info, &e), 0);
	ck_assert_int_eq(bag_end(&m, &e), 0);
	bag_abandon(&m);
	buf_release(&info);
	return open(bag, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void look(int dir, struct bag_look *l)
{
	bag_look(dir, l);
	close(dir);
}

/* Runs a line of shell inside the bag. */
static void in_bag(const char *line)
{
	snprintf(command, sizeof(command), "cd '%s' && %s", bag, line);
	ck_assert_int_eq(system(command), 0);
}

START_TEST(test_what_we_make_is_valid_for_us_and_for_sha256sum)
{
	struct bag_look l;

	look(make(), &l);
	ck_assert_int_eq(l.fault, BAG_GOOD);
	ck_assert_uint_eq(l.files, 2);
	ck_assert_uint_eq(l.bytes, 4);
	in_bag("sha256sum --strict --quiet -c manifest-sha256.txt tagmanifest-sha256.txt");
	in_bag("sha512sum --strict --quiet -c manifest-sha512.txt");
	in_bag("grep -qx 'Payload-Oxum: 4.2' bag-info.txt");
}
END_TEST

/* What is done to the bag, and what must be said. */
static const struct {
	const char *line;
	enum bag_fault fault;
	const char *detail;
} lies[] = {
	{ "printf two >data/first.tar", BAG_CHANGED, "data/first.tar" },
	{ "rm data/second", BAG_MISSING, "data/second" },
	{ "touch data/third", BAG_EXTRA, "data/third" },
	{ "mkdir data/folder && touch data/folder/x", BAG_EXTRA, "data/folder/x" },
	{ "mv data/second ../x && ln -s ../../x data/second", BAG_EXTRA, "data/second" },
	{ "rm data/second && mkfifo data/second", BAG_EXTRA, "data/second" },
	{ "mv data ../data && ln -s ../data data", BAG_NO_FORM, "data" },
	{ "echo x >>bag-info.txt", BAG_TAG_CHANGED, "bag-info.txt" },
	{ "rm bagit.txt", BAG_NO_FORM, "bagit.txt" },
	{ "printf 'BagIt-Version: 0.97\\nTag-File-Character-Encoding: UTF-8\\n' >bagit.txt",
	  BAG_NO_FORM, "bagit.txt" },
	{ "rm tagmanifest-sha256.txt", BAG_NO_FORM, "tagmanifest-sha256.txt" },
	{ "sed -i /manifest-sha256/d tagmanifest-sha256.txt", BAG_TAG_CHANGED, "every manifest" },
	{ "sed -i /manifest-sha512/d tagmanifest-sha256.txt", BAG_TAG_CHANGED, "every manifest" },
	{ "rm manifest-sha512.txt", BAG_TAG_CHANGED, "manifest-sha512.txt" },
	{ "sed -i 's/^Payload-Oxum.*/Payload-Oxum: 4.3/' bag-info.txt && "
	  "sha256sum bag-info.txt bagit.txt manifest-*.txt >tagmanifest-sha256.txt",
	  BAG_OXUM, "4.3" },
	{ "printf two >data/first.tar && sha256sum data/* >manifest-sha256.txt && "
	  "sha256sum bag-info.txt bagit.txt manifest-*.txt >tagmanifest-sha256.txt",
	  BAG_CHANGED, "data/first.tar" },
	{ "printf '%s 1 data/third\\n' http://192.0.2.1/ >fetch.txt", BAG_FETCH, "fetch.txt" },
	{ "md5sum data/* >manifest-md5.txt", BAG_OTHER_LIST, "manifest-md5.txt" },
	{ "sha512sum bag*.txt >tagmanifest-sha512.txt", BAG_OTHER_LIST, "tagmanifest-sha512.txt" },
	{ "md5sum data/* >manifest-md5.txt && sha256sum manifest-md5.txt >>tagmanifest-sha256.txt",
	  BAG_OTHER_LIST, "manifest-md5.txt" },
	{ "echo PROVEN >verdict.txt", BAG_UNLISTED, "verdict.txt" },
	{ "touch .hidden", BAG_UNLISTED, ".hidden" },
	{ "mkdir -p more/deep && touch more/deep/x", BAG_UNLISTED, "more/deep/x" },
	{ "ln -s data/second alias", BAG_UNLISTED, "alias" },
	{ "mkdir notes && touch notes/a tagmanifest-sha256.txt.p7s trust/x && "
	  "sha256sum notes/a >>tagmanifest-sha256.txt", BAG_GOOD, "" },
	{ "touch \"data/$(printf 'x\\033[31m')\"", BAG_EXTRA, "data/x\\x1b[31m" },
};

START_TEST(test_each_change_is_named)
{
	struct bag_look l;
	int dir = make();

	in_bag(lies[_i].line);
	look(dir, &l);
	ck_assert_int_eq(l.fault, lies[_i].fault);
	ck_assert_msg(strstr(l.detail, lies[_i].detail) != NULL, "%s", l.detail);
}
END_TEST

START_TEST(test_names_are_decoded_as_the_rfc_says)
{
	struct bag_look l;
	int dir = make();

	in_bag("printf x >'data/100% a\nb' && cat manifest-sha256.txt >m && "
	       "printf '%s  data/100%%25 a%%0ab\\n' $(printf x | sha256sum | cut -d ' ' -f 1) >>m && "
	       "mv m manifest-sha256.txt && rm manifest-sha512.txt && "
	       "sed -i s/4.2/5.3/ bag-info.txt && "
	       "sha256sum bag-info.txt bagit.txt manifest-*.txt >tagmanifest-sha256.txt");
	look(dir, &l);
	ck_assert_msg(l.fault == BAG_GOOD, "%s", l.detail);
	ck_assert_uint_eq(l.files, 3);
}
END_TEST

START_TEST(test_what_cannot_be_finished_leaves_nothing)
{
	struct bag_maker m;
	struct err e = { 0 };
	struct stat st;

	ck_assert_int_eq(bag_begin(&m, bag, &e), 0);
	ck_assert_int_eq(bag_put(&m, "x", 1, "a", &e), 0);
	ck_assert_int_eq(file_make(m.dir, "trust/root.pem", "x", 1, &e), 0);
	ck_assert_int_eq(file_make(m.dir, BAG_SIGNATURE, "x", 1, &e), 0);
	ck_assert_int_eq(bag_put(&m, "x", 1, "../a", &e), -1);
	ck_assert_ptr_nonnull(strstr(e.what, "name"));
	bag_abandon(&m);
	ck_assert_int_ne(stat(bag, &st), 0);
	ck_assert_int_ne(stat(m.partial, &st), 0);
}
END_TEST

START_TEST(test_a_bag_never_takes_the_place_of_something)
{
	struct bag_maker m;
	struct err e = { 0 };

	close(make());
	ck_assert_int_eq(bag_begin(&m, bag, &e), -1);
	ck_assert_int_eq(e.oserr, EEXIST);
}
END_TEST

static const struct {
	const char *name;
	bool good;
} names[] = {
	{ "17-A_web01.tar.zst.age", true }, { "a", true }, { "", false }, { ".a", false },
	{ "-a", false }, { "a b", false }, { "a/b", false }, { "a%b", false }, { "\xc3\xa4", false },
};

START_TEST(test_names_of_ours_need_no_encoding)
{
	ck_assert(bag_is_name(names[_i].name) == names[_i].good);
}
END_TEST

#define H "0000000000000000000000000000000000000000000000000000000000000000"

static const struct {
	const char *text;
	long line;		/* what bag_list_parse returns */
} lists[] = {
	{ H "  data/a\n" H " *data/b\r\n" H "\tdata/c", 0 },
	{ "", 0 },
	{ H "  data/a\n\n", 2 },
	{ H "\n", 1 },
	{ H "data/a\n", 1 },
	{ "0" H "  data/a\n", 1 },
	{ "x" H "  data/a\n", 1 },
	{ H "  data/a\n" H "  data/a\n", 2 },
};

START_TEST(test_a_list_is_taken_only_whole)
{
	struct bag_list l;

	ck_assert_int_eq(bag_list_parse(&l, lists[_i].text, strlen(lists[_i].text), 32),
			 lists[_i].line);
	bag_list_release(&l);
}
END_TEST

START_TEST(test_labels_are_found_in_any_case_and_without_blanks)
{
	static const char text[] = "Other: x\npayload-OXUM: \t5.1 \r\nPayload-Oxum: 6.1";
	struct buf b;

	buf_init(&b, 100);
	ck_assert(bag_info_find(text, sizeof(text) - 1, "Payload-Oxum", &b));
	ck_assert_str_eq(buf_cstr(&b), "5.1");
	ck_assert(!bag_info_find(text, sizeof(text) - 1, "Payload", &b));
	buf_release(&b);
}
END_TEST

Suite *suite_bag(void)
{
	Suite *s = suite_create("workstation/receipt/bag");
	TCase *t = tcase_create("bag");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_what_we_make_is_valid_for_us_and_for_sha256sum);
	tcase_add_loop_test(t, test_each_change_is_named, 0, (int)(sizeof(lies) / sizeof(lies[0])));
	tcase_add_test(t, test_names_are_decoded_as_the_rfc_says);
	tcase_add_test(t, test_what_cannot_be_finished_leaves_nothing);
	tcase_add_test(t, test_a_bag_never_takes_the_place_of_something);
	tcase_add_loop_test(t, test_names_of_ours_need_no_encoding, 0,
			    (int)(sizeof(names) / sizeof(names[0])));
	tcase_add_loop_test(t, test_a_list_is_taken_only_whole, 0,
			    (int)(sizeof(lists) / sizeof(lists[0])));
	tcase_add_test(t, test_labels_are_found_in_any_case_and_without_blanks);
	suite_add_tcase(s, t);
	return s;
}

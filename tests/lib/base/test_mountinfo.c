#include "lib/base/mountinfo.h"

#include <check.h>
#include <string.h>

/* One line each; "got" is what mountinfo_next says, the rest is compared if 1. */
static const struct {
	const char *line;
	int got;
	struct mountinfo want;
} lines[] = {
	{ "27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard\n", 1,
	  { 27, 1, 254, 0, "/", "/", "rw,relatime", "shared:1", "ext4", "/dev/vda", "rw,discard" } },
	{ "22 27 0:21 / /proc rw - proc proc rw\n", 1,
	  { 22, 27, 0, 21, "/", "/proc", "rw", "", "proc", "proc", "rw" } },
	{ "1 2 3:4 /a /b ro shared:5 master:6 propagate_from:2 - t s o", 1,
	  { 1, 2, 3, 4, "/a", "/b", "ro", "shared:5 master:6 propagate_from:2", "t", "s", "o" } },
	{ "1 2 3:4 / /a\\040b\\012c\\134d rw - t s\\011 o", 1,
	  { 1, 2, 3, 4, "/", "/a b\nc\\d", "rw", "", "t", "s\t", "o" } },
	{ "1 2 3:4 / /a\\04 rw - t \\000 \\777", 1,
	  { 1, 2, 3, 4, "/", "/a\\04", "rw", "", "t", "\\000", "\\777" } },
	{ "1 2 3:4 / /\xff\x1b rw - t  o", 1,
	  { 1, 2, 3, 4, "/", "/\xff\x1b", "rw", "", "t", "", "o" } },
	{ "1 2 3:4 / relative rw - t s o", -1, { 0 } },
	{ "1 2 3:4 / /a rw shared:1 t s o", -1, { 0 } },
	{ "1 2 3:4 / /a rw - t s", -1, { 0 } },
	{ "1 2 3:4 / /a rw", -1, { 0 } },
	{ "1 2 3 / /a rw - t s o", -1, { 0 } },
	{ "1 2 3:4x / /a rw - t s o", -1, { 0 } },
	{ "1 2 99999999999:4 / /a rw - t s o", -1, { 0 } },
	{ "x 2 3:4 / /a rw - t s o", -1, { 0 } },
	{ "99999999999999999999 2 3:4 / /a rw - t s o", -1, { 0 } },
	{ "\n", -1, { 0 } },
	{ "", 0, { 0 } },
};

START_TEST(test_a_line_becomes_its_fields)
{
	char text[256], *p = text;
	struct mountinfo m;
	const struct mountinfo *w = &lines[_i].want;

	strcpy(text, lines[_i].line);
	ck_assert_int_eq(mountinfo_next(&p, &m), lines[_i].got);
	ck_assert_ptr_eq(p, text + strlen(lines[_i].line));
	if (lines[_i].got != 1)
		return;
	ck_assert_uint_eq(m.id, w->id);
	ck_assert_uint_eq(m.parent, w->parent);
	ck_assert_uint_eq(m.dev_major, w->dev_major);
	ck_assert_uint_eq(m.dev_minor, w->dev_minor);
	ck_assert_str_eq(m.root, w->root);
	ck_assert_str_eq(m.path, w->path);
	ck_assert_str_eq(m.options, w->options);
	ck_assert_str_eq(m.tags, w->tags);
	ck_assert_str_eq(m.fstype, w->fstype);
	ck_assert_str_eq(m.source, w->source);
	ck_assert_str_eq(m.super_options, w->super_options);
}
END_TEST

START_TEST(test_a_bad_line_does_not_spoil_the_next)
{
	char text[] = "1 2 3:4 / /a rw - t s o\nnonsense\n5 2 3:4 / /b rw - t s o\n", *p = text;
	struct mountinfo m;

	ck_assert_int_eq(mountinfo_next(&p, &m), 1);
	ck_assert_int_eq(mountinfo_next(&p, &m), -1);
	ck_assert_int_eq(mountinfo_next(&p, &m), 1);
	ck_assert_uint_eq(m.id, 5);
	ck_assert_str_eq(m.path, "/b");
	ck_assert_int_eq(mountinfo_next(&p, &m), 0);
}
END_TEST

static const struct {
	const char *list, *word;
	bool has;
} options[] = {
	{ "ro,noatime", "ro", true },	  { "ro,noatime", "noatime", true },
	{ "rw,errors=ro", "ro", false },  { "rw,norox", "ro", false },
	{ "a,ro,b", "ro", true },	  { "", "ro", false },
	{ ",,ro", "ro", true },		  { "r", "ro", false },
};

START_TEST(test_an_option_counts_only_as_a_whole_word)
{
	ck_assert_int_eq(mountinfo_has(options[_i].list, options[_i].word), options[_i].has);
}
END_TEST

static const struct {
	const char *fstype;
	bool remote;
} types[] = {
	{ "ext4", false },   { "xfs", false },	    { "btrfs", false },	   { "tmpfs", false },
	{ "overlay", false }, { "nfsd", false },    { "fusectl", false },  { "proc", false },
	{ "zfs", false },    { "binfmt_misc", false }, { "", false },	   { "nfs", true },
	{ "nfs4", true },    { "cifs", true },	    { "smb3", true },	   { "fuse", true },
	{ "fuse.sshfs", true }, { "fuseblk", true }, { "autofs", true },   { "9p", true },
	{ "virtiofs", true }, { "ceph", true },	    { "ocfs2", true },	   { "gfs2", true },
	{ "lustre", true },  { "vboxsf", true },
};

START_TEST(test_a_type_is_remote_if_its_answers_may_never_come)
{
	ck_assert_int_eq(mountinfo_is_remote(types[_i].fstype), types[_i].remote);
}
END_TEST

static const struct {
	const char *path, *dir;
	bool below;
} places[] = {
	{ "/a/b", "/a", true }, { "/a", "/a", true }, { "/ab", "/a", false }, { "/a", "/a/b", false },
	{ "/a", "/", true },	{ "/", "/", true },   { "/", "/a", false },   { "/a/b", "/a/", true },
};

START_TEST(test_below_goes_by_whole_components)
{
	ck_assert_int_eq(mountinfo_below(places[_i].path, places[_i].dir), places[_i].below);
}
END_TEST

#define ROWS(a) ((int)(sizeof(a) / sizeof((a)[0])))

Suite *suite_mountinfo(void);

Suite *suite_mountinfo(void)
{
	Suite *s = suite_create("lib/base/mountinfo");
	TCase *t = tcase_create("mountinfo");

	tcase_add_loop_test(t, test_a_line_becomes_its_fields, 0, ROWS(lines));
	tcase_add_test(t, test_a_bad_line_does_not_spoil_the_next);
	tcase_add_loop_test(t, test_an_option_counts_only_as_a_whole_word, 0, ROWS(options));
	tcase_add_loop_test(t, test_a_type_is_remote_if_its_answers_may_never_come, 0, ROWS(types));
	tcase_add_loop_test(t, test_below_goes_by_whole_components, 0, ROWS(places));
	suite_add_tcase(s, t);
	return s;
}

#include "workstation/parse/dpkg.h"

#include <check.h>
#include <string.h>

Suite *suite_dpkg(void);

#define SUM "0123456789abcdef0123456789ABCDEF"

static struct dpkg begin(const char *text)
{
	return dpkg_begin(text, strlen(text));
}

static void assert_is(struct bytes b, const char *text)
{
	ck_assert_msg(scan_is(b, text), "%.*s is not %s", (int)b.len, (const char *)b.p, text);
}

static const char status[] =
	"Package: a\n"
	"status: install ok installed\n"
	"Architecture: amd64\n"
	"Version:  1:2-3 \n"
	"Conffiles:\n"
	" /etc/with blank " SUM "\n"
	" /etc/old " SUM " obsolete\n"
	" /etc/new newconffile\n"
	" nonsense\n"
	"Maintainer: M <m@x>\n"
	"Description: first\n"
	" Package: not a field\n"
	" .\n"
	"\n"
	"\n"
	"Version: of nothing\n"
	"\n"
	"Package: b\nno colon\nStatus: deinstall ok config-files";

START_TEST(test_a_stanza_gives_its_fields_and_its_place)
{
	struct dpkg d = begin(status);
	struct dpkg_package p;

	ck_assert(dpkg_package(&d, &p));
	assert_is(p.name, "a");
	assert_is(p.version, "1:2-3");
	assert_is(p.arch, "amd64");
	assert_is(p.state, "installed");
	assert_is(p.maintainer, "M <m@x>");
	assert_is(p.summary, "first");
	ck_assert_uint_eq(p.pos, 0);
	ck_assert_uint_eq(p.line, 1);
	ck_assert_uint_eq(p.conffiles_line, 6);
	ck_assert(dpkg_package(&d, &p));
	assert_is(p.name, "b");
	assert_is(p.state, "config-files");
	assert_is(p.version, "");
	ck_assert_uint_eq(p.line, 18);
	ck_assert_mem_eq(status + p.pos, "Package: b", 10);
	ck_assert(!dpkg_package(&d, &p));
	ck_assert_uint_eq(d.bad, 1);
}
END_TEST

START_TEST(test_conffiles_have_blanks_in_their_paths_and_words_behind_their_sum)
{
	struct dpkg d = begin(status), c;
	struct dpkg_package p;
	struct dpkg_file f;

	ck_assert(dpkg_package(&d, &p));
	c = dpkg_begin(p.conffiles.p, p.conffiles.len);
	ck_assert(dpkg_conffile(&c, &f));
	assert_is(f.path, "/etc/with blank");
	assert_is(f.md5, SUM);
	ck_assert(!f.obsolete);
	ck_assert(dpkg_conffile(&c, &f));
	assert_is(f.path, "/etc/old");
	assert_is(f.md5, SUM);
	ck_assert(f.obsolete);
	ck_assert_uint_eq(f.line, 2);
	ck_assert(dpkg_conffile(&c, &f));
	assert_is(f.path, "/etc/new");
	assert_is(f.md5, "");
	ck_assert(!dpkg_conffile(&c, &f));
	ck_assert_uint_eq(c.bad, 1);
}
END_TEST

START_TEST(test_sums_and_lists_give_paths_as_they_are)
{
	struct dpkg d = begin(SUM "  usr/bin/a b\n0123  usr/x\n" SUM "\n" SUM " *usr/c\n"
			      "0123456789abcdef0123456789abcdeg  usr/d\n");
	struct dpkg_file f;

	ck_assert(dpkg_sum(&d, &f));
	assert_is(f.path, "usr/bin/a b");
	ck_assert(dpkg_sum(&d, &f));
	assert_is(f.path, "usr/c");
	ck_assert_uint_eq(f.line, 4);
	ck_assert(!dpkg_sum(&d, &f));
	ck_assert_uint_eq(d.bad, 3);
	d = begin("/.\n/usr\nrelative\n/usr/bin/a b");
	ck_assert(dpkg_listed(&d, &f));
	assert_is(f.path, "/.");
	ck_assert(dpkg_listed(&d, &f) && dpkg_listed(&d, &f));
	assert_is(f.path, "/usr/bin/a b");
	ck_assert_uint_eq(f.pos, 17);
	ck_assert(!dpkg_listed(&d, &f));
	ck_assert_uint_eq(d.bad, 1);
}
END_TEST

START_TEST(test_diversions_are_three_lines)
{
	struct dpkg d = begin("/bin/sh\n/bin/sh.distrib\ndash\n/a\n/b\n:\n/cut\n");
	struct dpkg_diversion v;

	ck_assert(dpkg_diversion(&d, &v));
	assert_is(v.from, "/bin/sh");
	assert_is(v.to, "/bin/sh.distrib");
	assert_is(v.package, "dash");
	ck_assert(dpkg_diversion(&d, &v));
	assert_is(v.package, ":");
	ck_assert(!dpkg_diversion(&d, &v));
	ck_assert_uint_eq(d.bad, 1);
}
END_TEST

START_TEST(test_overrides_have_names_a_mode_and_a_path)
{
	struct dpkg d = begin("root mail 2755 /usr/bin/mail lock\n#0 #1 99 /x\nroot root 10000 /x\n");
	struct dpkg_override o;

	ck_assert(dpkg_override(&d, &o));
	assert_is(o.user, "root");
	assert_is(o.group, "mail");
	assert_is(o.path, "/usr/bin/mail lock");
	ck_assert_uint_eq(o.mode, 02755);
	ck_assert(!dpkg_override(&d, &o));
	ck_assert_uint_eq(d.bad, 2);
}
END_TEST

static const struct {
	const char *file, *package, *arch, *kind;
} infos[] = {
	{ "libc6:amd64.md5sums", "libc6", "amd64", "md5sums" },
	{ "libpython3.11.list", "libpython3.11", "", "list" },
	{ "format", NULL, NULL, NULL },
	{ ".list", NULL, NULL, NULL },
	{ ":amd64.list", NULL, NULL, NULL },
	{ "a.", NULL, NULL, NULL },
};

START_TEST(test_names_of_info_are_package_architecture_and_kind)
{
	struct bytes file = { infos[_i].file, strlen(infos[_i].file) }, package, arch, kind;
	bool good = dpkg_info(file, &package, &arch, &kind);

	ck_assert_int_eq(good, infos[_i].package != NULL);
	if (!good)
		return;
	assert_is(package, infos[_i].package);
	assert_is(arch, infos[_i].arch);
	assert_is(kind, infos[_i].kind);
}
END_TEST

Suite *suite_dpkg(void)
{
	Suite *s = suite_create("workstation/parse/dpkg");
	TCase *t = tcase_create("dpkg");

	tcase_add_test(t, test_a_stanza_gives_its_fields_and_its_place);
	tcase_add_test(t, test_conffiles_have_blanks_in_their_paths_and_words_behind_their_sum);
	tcase_add_test(t, test_sums_and_lists_give_paths_as_they_are);
	tcase_add_test(t, test_diversions_are_three_lines);
	tcase_add_test(t, test_overrides_have_names_a_mode_and_a_path);
	tcase_add_loop_test(t, test_names_of_info_are_package_architecture_and_kind, 0,
			    sizeof(infos) / sizeof(infos[0]));
	suite_add_tcase(s, t);
	return s;
}

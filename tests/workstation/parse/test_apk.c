#include "workstation/parse/apk.h"

#include <check.h>
#include <string.h>

Suite *suite_apk(void);

/* printf abc | openssl sha1 -binary | base64 */
#define ABC "qZk+NkcGgWq6PiVxeFDCbJzQ2J0="

static const char installed[] =
	"C:Q1" ABC "\nP:musl\nV:1.2.4-r2\nA:x86_64\nT:the C library\nm:M <m@x>\n"
	"F:lib\nR:ld-musl-x86_64.so.1\na:0:0:755\nZ:Q1" ABC "\n"
	"F:var/tmp\nM:0:0:1777\nF:etc\nR:plain\nR:bad\na:0:0:99\nZ:Q1short\n\n"
	"F:orphan\nR:orphan\n\n"
	"P:empty\nV:2\n\n"
	"P:last\nno letter\nR:top\nZ:Q2ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";

static void assert_is(struct bytes b, const char *text)
{
	ck_assert_msg(scan_is(b, text), "%.*s is not %s", (int)b.len, (const char *)b.p, text);
}

static void assert_row(struct apk *a, struct apk_row *r, enum apk_kind kind, const char *dir,
		       const char *base)
{
	ck_assert(apk_next(a, r));
	ck_assert_int_eq(r->kind, kind);
	assert_is(r->dir, dir);
	assert_is(r->base, base);
}

START_TEST(test_packages_come_before_their_directories_and_files)
{
	struct apk a = apk_begin(installed, strlen(installed));
	struct apk_row r;

	assert_row(&a, &r, APK_PACKAGE, "", "");
	assert_is(r.package.name, "musl");
	assert_is(r.package.version, "1.2.4-r2");
	assert_is(r.package.arch, "x86_64");
	assert_is(r.package.summary, "the C library");
	assert_is(r.package.maintainer, "M <m@x>");
	ck_assert_uint_eq(r.line, 1);
	assert_row(&a, &r, APK_DIRECTORY, "lib", "");
	ck_assert_uint_eq(r.mode, 0755);
	assert_row(&a, &r, APK_FILE, "lib", "ld-musl-x86_64.so.1");
	ck_assert_uint_eq(r.mode, 0755);
	ck_assert_uint_eq(r.digest_len, 20);
	ck_assert_mem_eq(r.digest, "\xa9\x99\x3e\x36\x47\x06\x81\x6a\xba\x3e\x25\x71\x78\x50\xc2\x6c"
				   "\x9c\xd0\xd8\x9d", 20);
	ck_assert_uint_eq(r.line, 8);
	ck_assert_mem_eq(installed + r.pos, "R:ld-musl", 9);
	assert_row(&a, &r, APK_DIRECTORY, "var/tmp", "");
	ck_assert_uint_eq(r.mode, 01777);
	assert_row(&a, &r, APK_DIRECTORY, "etc", "");
	assert_row(&a, &r, APK_FILE, "etc", "plain");
	ck_assert_uint_eq(r.mode, 0644);
	ck_assert_uint_eq(r.digest_len, 0);
	assert_row(&a, &r, APK_FILE, "etc", "bad");
	ck_assert_uint_eq(r.mode, 0644);
	ck_assert_uint_eq(r.digest_len, 0);
	ck_assert_uint_eq(a.bad, 2);
}
END_TEST

START_TEST(test_files_without_a_package_are_nobodys)
{
	struct apk a = apk_begin(installed, strlen(installed));
	struct apk_row r;

	do
		ck_assert(apk_next(&a, &r));
	while (!scan_is(r.package.name, "empty"));
	ck_assert_int_eq(r.kind, APK_PACKAGE);
	assert_row(&a, &r, APK_PACKAGE, "", "");
	assert_is(r.package.name, "last");
	assert_is(r.package.version, "");
	assert_row(&a, &r, APK_FILE, "", "top");
	ck_assert_uint_eq(r.digest_len, 32);
	ck_assert_uint_eq(r.digest[0], 0xba);
	ck_assert_uint_eq(r.digest[31], 0xad);
	ck_assert(!apk_next(&a, &r));
}
END_TEST

START_TEST(test_every_cut_ends)
{
	for (size_t n = 0; n < strlen(installed); n++) {
		struct apk a = apk_begin(installed, n);
		struct apk_row r;
		size_t rows = 0;

		while (apk_next(&a, &r))
			ck_assert_uint_lt(++rows, 20);
	}
}
END_TEST

Suite *suite_apk(void)
{
	Suite *s = suite_create("workstation/parse/apk");
	TCase *t = tcase_create("apk");

	tcase_add_test(t, test_packages_come_before_their_directories_and_files);
	tcase_add_test(t, test_files_without_a_package_are_nobodys);
	tcase_add_test(t, test_every_cut_ends);
	suite_add_tcase(s, t);
	return s;
}

#include "lib/crypt/age_identity.h"

#include <check.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/crypt/age_recipient.h"

Suite *suite_age_identity(void);

/* Made by age-keygen 1.1.1. */
#define KEY "AGE-SECRET-KEY-1E55A4R2867RZU65EL56GY9W7M03RY9UPEDSLRLQMW2MW6V07EGWSG8W75F"
#define PUBLIC "age1fmwlzlqnm6jlu9jwyq7eghcvsxweyr5vscefy9lfxautskpumugs4vkpqy"
#define OTHER "AGE-SECRET-KEY-1XMWWC06LY3EE5RYTXM9MFLAZ2U56JJJ36S0MYPDRWSVLUL66MV4QX3S7F6"

static struct age_identities *parse(const char *text, struct err *e)
{
	return age_identity_parse(text, strlen(text), e);
}

START_TEST(test_key_of_age_keygen_has_its_public_half)
{
	struct err e = { 0 };
	struct age_identities *ids = parse("# created: now\n# public key: " PUBLIC "\n" KEY "\n", &e);
	struct age_recipient r;

	ck_assert_ptr_nonnull(ids);
	ck_assert_uint_eq(ids->count, 1);
	age_recipient_of(&r, ids->p[0].public);
	ck_assert_str_eq(r.text, PUBLIC);
	age_identity_free(ids);
	age_identity_free(NULL);
}
END_TEST

START_TEST(test_several_keys_comments_and_line_ends)
{
	struct err e = { 0 };
	struct age_identities *ids = parse("\r\n" KEY "\r\n\n#x\n" OTHER, &e);

	ck_assert_ptr_nonnull(ids);
	ck_assert_uint_eq(ids->count, 2);
	age_identity_free(ids);
}
END_TEST

static const struct {
	const char *text, *says;
} refused[] = {
	{ "", "no key" },
	{ "# only a comment\n", "no key" },
	{ KEY "\nAGE-SECRET-KEY-1E55A4R\n", "line 2" },
	{ " " KEY "\n", "line 1" },
	{ "AGE-SECRET-KEY-1E55A4R2867RZU65EL56GY9W7M03RY9UPEDSLRLQMW2MW6V07EGWSG8W75G", "line 1" },
	{ "AGE-SECRET-KEY-1e55A4R2867RZU65EL56GY9W7M03RY9UPEDSLRLQMW2MW6V07EGWSG8W75F", "line 1" },
	{ PUBLIC "\n", "not a recipient" },
	{ "AGE-PLUGIN-YUBIKEY-1ABC\n", "plugins" },
	{ "-----BEGIN OPENSSH PRIVATE KEY-----\n", "ssh" },
	{ "-----BEGIN AGE ENCRYPTED FILE-----\n", "encrypted" },
	{ "age-encryption.org/v1\n", "encrypted" },
};

START_TEST(test_what_is_no_key_is_named_but_not_shown)
{
	struct err e = { 0 };

	ck_assert_ptr_null(parse(refused[_i].text, &e));
	ck_assert_msg(strstr(e.what, refused[_i].says) != NULL, "%s", e.what);
	ck_assert_ptr_null(strstr(e.what, "E55A4R"));
}
END_TEST

START_TEST(test_nul_and_too_many_keys_are_refused)
{
	char text[(AGE_IDENTITY_MAX + 1) * sizeof(KEY)];
	struct err e = { 0 };

	for (size_t i = 0; i <= AGE_IDENTITY_MAX; i++)
		memcpy(text + i * sizeof(KEY), KEY "\n", sizeof(KEY));
	ck_assert_ptr_null(age_identity_parse(text, sizeof(text), &e));
	ck_assert_ptr_nonnull(strstr(e.what, "more than"));
	text[20] = '\0';
	ck_assert_ptr_null(age_identity_parse(text, sizeof(KEY), &e));
}
END_TEST

static struct age_identities *read_of(size_t n, struct err *e)
{
	struct age_identities *ids;
	int fd = memfd_create("keys", MFD_CLOEXEC);

	for (size_t i = 0; i < n; i++)
		ck_assert_int_eq(write(fd, i % 64 == 0 ? "#" : i % 64 == 63 ? "\n" : "x", 1), 1);
	ck_assert_int_eq(write(fd, "\n" KEY "\n", sizeof(KEY) + 1), sizeof(KEY) + 1);
	lseek(fd, 0, SEEK_SET);
	ids = age_identity_read(fd, e);
	close(fd);
	return ids;
}

START_TEST(test_file_is_read_to_its_end_and_not_without_bounds)
{
	struct err e = { 0 };
	struct age_identities *ids = read_of(10000, &e);

	ck_assert_ptr_nonnull(ids);
	age_identity_free(ids);
	ck_assert_ptr_null(read_of(AGE_IDENTITY_FILE_MAX, &e));
	ck_assert_ptr_nonnull(strstr(e.what, "64 KiB"));
	e = (struct err){ 0 };
	ck_assert_ptr_null(age_identity_read(-1, &e));
	ck_assert_int_ne(e.oserr, 0);
}
END_TEST

Suite *suite_age_identity(void)
{
	Suite *s = suite_create("lib/crypt/age_identity");
	TCase *t = tcase_create("age_identity");

	tcase_add_test(t, test_key_of_age_keygen_has_its_public_half);
	tcase_add_test(t, test_several_keys_comments_and_line_ends);
	tcase_add_loop_test(t, test_what_is_no_key_is_named_but_not_shown, 0,
			    sizeof(refused) / sizeof(refused[0]));
	tcase_add_test(t, test_nul_and_too_many_keys_are_refused);
	tcase_add_test(t, test_file_is_read_to_its_end_and_not_without_bounds);
	suite_add_tcase(s, t);
	return s;
}

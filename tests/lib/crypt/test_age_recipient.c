#include "lib/crypt/age_recipient.h"

#include <check.h>
#include <ctype.h>
#include <string.h>

Suite *suite_age_recipient(void);

/* Made by age-keygen 1.1.1. */
#define ONE "age1fmwlzlqnm6jlu9jwyq7eghcvsxweyr5vscefy9lfxautskpumugs4vkpqy"

START_TEST(test_recipient_of_age_keygen_is_read_and_written)
{
	struct age_recipient r, again;
	struct err e = { 0 };

	ck_assert_int_eq(age_recipient_parse(&r, ONE, &e), 0);
	ck_assert_str_eq(r.text, ONE);
	age_recipient_of(&again, r.public);
	ck_assert_str_eq(again.text, ONE);
}
END_TEST

START_TEST(test_upper_case_is_the_same_recipient)
{
	struct err e = { 0 };
	struct age_recipient r;
	char upper[] = ONE;

	for (char *p = upper; *p != '\0'; p++)
		*p = (char)toupper((unsigned char)*p);
	ck_assert_int_eq(age_recipient_parse(&r, upper, &e), 0);
	ck_assert_str_eq(r.text, ONE);
	upper[10] = (char)tolower((unsigned char)upper[10]);
	upper[11] = (char)tolower((unsigned char)upper[11]);
	ck_assert_int_eq(age_recipient_parse(&r, upper, &e), -1);
	ck_assert_ptr_nonnull(strstr(e.what, "case"));
}
END_TEST

static const struct {
	const char *text, *says;
} refused[] = {
	{ "", "no recipient" },
	{ "age1", "no recipient" },
	{ "age1fmwlzlqnm6jlu9jwyq7eghcvsxweyr5vscefy9lfxautskpumugs4vkpqz", "checksum" },
	{ "age1fmwlzlqnm6jlu9jwyq7eghcvsxweyr5vscefy9lfxautskpumugs4vkpq", "checksum" },
	{ "a12uel5l", "58 letters" },
	{ "AGE-SECRET-KEY-1E55A4R2867RZU65EL56GY9W7M03RY9UPEDSLRLQMW2MW6V07EGWSG8W75F", "secret" },
	{ "age1pq1abc", "post-quantum" },
	{ "ssh-ed25519 AAAA", "ssh" },
	{ "root@host", "no recipient" },
};

START_TEST(test_what_is_no_recipient_is_named)
{
	struct err e = { 0 };
	struct age_recipient r;

	ck_assert_int_eq(age_recipient_parse(&r, refused[_i].text, &e), -1);
	ck_assert_msg(strstr(e.what, refused[_i].says) != NULL, "%s", e.what);
}
END_TEST

START_TEST(test_secret_key_is_not_repeated_in_the_complaint)
{
	struct err e = { 0 };
	struct age_recipient r;

	age_recipient_parse(&r, refused[5].text, &e);
	ck_assert_ptr_null(strstr(e.what, "E55A4R"));
}
END_TEST

START_TEST(test_points_of_low_order_are_no_recipients)
{
	const uint8_t points[][PRIM_KEY_LEN] = { { 0 }, { 1 } };
	struct err e = { 0 };
	struct age_recipient bad, r;

	age_recipient_of(&bad, points[_i]);
	ck_assert_int_eq(age_recipient_parse(&r, bad.text, &e), -1);
	ck_assert_ptr_nonnull(strstr(e.what, "everybody"));
}
END_TEST

START_TEST(test_list_refuses_the_same_twice_and_too_many)
{
	struct age_recipient r[AGE_RECIPIENT_MAX], two;
	const char *texts[AGE_RECIPIENT_MAX + 1];
	struct err e = { 0 };

	age_recipient_of(&two, (const uint8_t[PRIM_KEY_LEN]){ 9 });
	texts[0] = ONE;
	texts[1] = two.text;
	ck_assert_int_eq(age_recipient_list(r, texts, 2, &e), 0);
	ck_assert_str_eq(r[1].text, two.text);
	texts[1] = ONE;
	ck_assert_int_eq(age_recipient_list(r, texts, 2, &e), -1);
	ck_assert_ptr_nonnull(strstr(e.what, "twice"));
	ck_assert_int_eq(age_recipient_list(r, texts, AGE_RECIPIENT_MAX + 1, &e), -1);
}
END_TEST

Suite *suite_age_recipient(void)
{
	Suite *s = suite_create("lib/crypt/age_recipient");
	TCase *t = tcase_create("age_recipient");

	tcase_add_test(t, test_recipient_of_age_keygen_is_read_and_written);
	tcase_add_test(t, test_upper_case_is_the_same_recipient);
	tcase_add_loop_test(t, test_what_is_no_recipient_is_named, 0,
			    sizeof(refused) / sizeof(refused[0]));
	tcase_add_test(t, test_secret_key_is_not_repeated_in_the_complaint);
	tcase_add_loop_test(t, test_points_of_low_order_are_no_recipients, 0, 2);
	tcase_add_test(t, test_list_refuses_the_same_twice_and_too_many);
	suite_add_tcase(s, t);
	return s;
}

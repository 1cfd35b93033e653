#include "workstation/custody/sign.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "tests/support/leftover.h"

Suite *suite_sign(void);

/* RFC 8032 section 7.1, test 1, as PEM. */
#define PRIVATE "-----BEGIN PRIVATE KEY-----\n" \
	"MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n" \
	"-----END PRIVATE KEY-----\n"
#define PUBLIC "-----BEGIN PUBLIC KEY-----\n" \
	"MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n" \
	"-----END PUBLIC KEY-----\n"
#define PRINT "06e3fd8fda29bb60ab59557de61edb0aecdb231134be30e75b455f8e1b792fa9"

static char folder[64], path[96];
static struct err e;

static void setup(void)
{
	strcpy(folder, "/tmp/exhibit-sign.XXXXXX");
	leftover_dir(folder);
	snprintf(path, sizeof(path), "%s/key.pem", folder);
	e = (struct err){ 0 };
}

static void teardown(void)
{
	unlink(path);
	rmdir(folder);
}

static const char *file_of(const char *text)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
	return path;
}

static struct ledger_line sample(void)
{
	return (struct ledger_line){ .record = { 1 }, .n = 5, .sha256 = { 0xab } };
}

START_TEST(test_what_is_signed_names_record_line_and_role)
{
	struct ledger_line l = sample();
	struct buf b;

	buf_init(&b, 1024);
	sign_message(&b, &l, "received_by");
	ck_assert_str_eq(buf_cstr(&b), "exhibit-custody-signature-v1\n"
			 "record: 01000000000000000000000000000000\n"
			 "line: 5\n"
			 "sha256: ab00000000000000000000000000000000000000000000000000000000000000\n"
			 "role: received_by\n");
	buf_release(&b);
}
END_TEST

START_TEST(test_signature_holds_for_its_text_alone)
{
	struct sign_key *private = sign_key_private(file_of(PRIVATE), &e);
	struct sign_key *public = sign_key_public(file_of(PUBLIC), &e);
	struct ledger_line l = sample();
	struct buf message, other, sig;

	ck_assert_msg(private != NULL && public != NULL, "%s", e.what);
	buf_init(&message, 1024);
	buf_init(&other, 1024);
	buf_init(&sig, 1024);
	sign_message(&message, &l, "received_by");
	sign_message(&other, &l, "released_by");
	ck_assert_int_eq(sign_make(private, &message, &sig, &e), 0);
	ck_assert_uint_eq(sig.len, 64);
	ck_assert(sign_holds(public, &message, &sig));
	ck_assert(!sign_holds(public, &other, &sig));
	sig.p[0] ^= 1;
	ck_assert(!sign_holds(public, &message, &sig));
	buf_clear(&sig);
	ck_assert(!sign_holds(public, &message, &sig));
	buf_release(&message);
	buf_release(&other);
	buf_release(&sig);
	sign_key_free(private);
	sign_key_free(public);
}
END_TEST

START_TEST(test_fingerprint_is_of_the_public_half)
{
	struct sign_key *k = sign_key_private(file_of(PRIVATE), &e);
	uint8_t print[DIGEST_LEN];
	char hex[DIGEST_HEX_LEN];

	ck_assert_ptr_nonnull(k);
	sign_key_print(k, print);
	ck_assert_str_eq(digest_hex(hex, print), PRINT);
	sign_key_free(k);
}
END_TEST

START_TEST(test_what_is_no_key_is_refused)
{
	static const char *const bad[] = {
		"", "x", PUBLIC, "-----BEGIN PRIVATE KEY-----\n",
		"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
		"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		e = (struct err){ 0 };
		ck_assert_ptr_null(sign_key_private(file_of(bad[i]), &e));
		ck_assert(e.set);
	}
	ck_assert_ptr_null(sign_key_public(file_of(PRIVATE), &e));
	ck_assert_ptr_null(sign_key_public("/nonexistent/key", &e));
}
END_TEST

Suite *suite_sign(void)
{
	Suite *s = suite_create("workstation/custody/sign");
	TCase *tc = tcase_create("sign");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_what_is_signed_names_record_line_and_role);
	tcase_add_test(tc, test_signature_holds_for_its_text_alone);
	tcase_add_test(tc, test_fingerprint_is_of_the_public_half);
	tcase_add_test(tc, test_what_is_no_key_is_refused);
	suite_add_tcase(s, tc);
	return s;
}

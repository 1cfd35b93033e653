#include "lib/crypt/age_header.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Suite *suite_age_header(void);

/* The X25519 vector of the test suite of age-encryption.org/v1: its file key is
 * "YELLOW SUBMARINE". */
#define KEY "AGE-SECRET-KEY-1XMWWC06LY3EE5RYTXM9MFLAZ2U56JJJ36S0MYPDRWSVLUL66MV4QX3S7F6"
#define INTRO "age-encryption.org/v1\n"
#define SHARE "TEiF0ypqr+bpvcqXNyCVJpL7OuwPdVwPL7KQEbFDOCc"
#define BODY "EmECAEcKN+n/Vs9SbWiV+Hu0r+E8R77DdWYyd83nw7U"
#define STANZA "-> X25519 " SHARE "\n" BODY "\n"
#define MAC "--- Vn+54jqiiUCE+WZcEVY3f1sqHjlu/z1LCQ/T7Xm7qI0\n"

static struct age_header h;
static struct age_identities *ids;

static void make_key(void)
{
	ids = age_identity_parse(KEY, strlen(KEY), NULL);
	ck_assert_ptr_nonnull(ids);
}

static void forget_key(void)
{
	age_identity_free(ids);
}

static enum age_header_end parse(const char *text)
{
	return age_header_parse(&h, text, strlen(text));
}

START_TEST(test_vector_of_the_specification_opens)
{
	const char *text = INTRO STANZA MAC "payload";
	uint8_t file_key[AGE_HEADER_FILE_KEY];

	ck_assert_int_eq(parse(text), AGE_HEADER_WHOLE);
	ck_assert_uint_eq(h.length, strlen(text) - strlen("payload"));
	ck_assert_uint_eq(h.count, 1);
	ck_assert_ptr_eq(age_header_unwrap(&h, ids, file_key), &ids->p[0]);
	ck_assert_mem_eq(file_key, "YELLOW SUBMARINE", sizeof(file_key));
	ck_assert(age_header_holds(&h, text, file_key));
	file_key[0] ^= 1;
	ck_assert(!age_header_holds(&h, text, file_key));
}
END_TEST

START_TEST(test_every_cut_header_is_short_and_every_flip_shows)
{
	char text[] = INTRO STANZA MAC;
	size_t n = strlen(text);
	uint8_t file_key[AGE_HEADER_FILE_KEY];

	for (size_t i = 0; i < n; i++)
		ck_assert_int_eq(age_header_parse(&h, text, i), AGE_HEADER_SHORT);
	for (size_t i = 0; i < n; i++) {
		text[i] ^= 0x01;
		ck_assert(age_header_parse(&h, text, n) != AGE_HEADER_WHOLE ||
			  age_header_unwrap(&h, ids, file_key) == NULL ||
			  !age_header_holds(&h, text, file_key));
		text[i] ^= 0x01;
	}
}
END_TEST

#define FULL "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static const struct {
	const char *text;
	size_t x25519, others;
} whole[] = {
	{ INTRO STANZA "-> grease a b\n\n" MAC, 1, 1 },
	{ INTRO "-> scrypt c2FsdA 18\n" BODY "\n" MAC, 0, 1 },
	{ INTRO "-> long\n" FULL "\n" FULL "\n\n" STANZA MAC, 1, 1 },
	{ INTRO "-> long\n" FULL "\nAA\n" STANZA STANZA MAC, 2, 1 },
	{ INTRO "-> X25519x " SHARE "\n" BODY "\n" MAC, 0, 1 },
};

START_TEST(test_stanzas_of_other_types_are_passed_over)
{
	ck_assert_int_eq(parse(whole[_i].text), AGE_HEADER_WHOLE);
	ck_assert_uint_eq(h.count, whole[_i].x25519);
	ck_assert_uint_eq(h.others, whole[_i].others);
	ck_assert_int_eq(h.passphrase, _i == 1);
}
END_TEST

static const char *const bad[] = {
	"age-encryption.org/v2\n" STANZA MAC,
	"age-encryption.org/v1\r\n" STANZA MAC,
	INTRO MAC,					/* nobody can open it */
	INTRO STANZA "---\n",
	INTRO STANZA "--- \n",
	INTRO STANZA "---  " SHARE "\n",
	INTRO STANZA "--- " SHARE " \n",
	INTRO STANZA "--- AAAA\n",
	INTRO STANZA "--- " SHARE "AA\n",
	INTRO STANZA "--- TEiF0ypqr+bpvcqXNyCVJpL7OuwPdVwPL7KQEbFDOCd\n",	/* left-over bits */
	INTRO "->X25519 " SHARE "\n" BODY "\n" MAC,
	INTRO "-> X25519\n" BODY "\n" MAC,
	INTRO "-> X25519 \n" BODY "\n" MAC,
	INTRO "-> X25519  " SHARE "\n" BODY "\n" MAC,
	INTRO "-> X25519 " SHARE " x\n" BODY "\n" MAC,
	INTRO "-> X25519 " SHARE "=\n" BODY "\n" MAC,
	INTRO "-> X25519 AAAA\n" BODY "\n" MAC,
	INTRO "-> X25519 " SHARE "\nAAAA\n" MAC,
	INTRO "-> X25519 " SHARE "\n\n" MAC,
	INTRO "-> X25519 " SHARE "\n" FULL "\n\n" MAC,
	INTRO "-> X25519 " SHARE "\n" BODY "\r\n" MAC,
	INTRO "-> X25519 " SHARE "\n" BODY "=\n" MAC,
	INTRO "-> \n\n" STANZA MAC,
	INTRO "-> tab\there\n\n" STANZA MAC,
	INTRO "-> umlaut\xc3\xa4\n\n" STANZA MAC,
	INTRO "-> long\n" FULL "A\n\n" STANZA MAC,
	INTRO "-> long\n" FULL "\n" STANZA MAC,		/* the short line is missing */
	INTRO "\n" STANZA MAC,
};

START_TEST(test_any_other_form_is_refused)
{
	ck_assert_int_eq(parse(bad[_i]), AGE_HEADER_BAD);
}
END_TEST

START_TEST(test_size_and_number_of_stanzas_are_bounded)
{
	struct buf b;

	buf_init(&b, 2u << 20);
	buf_puts(&b, INTRO);
	for (unsigned i = 0; i < AGE_HEADER_STANZAS; i++)
		buf_puts(&b, STANZA);
	buf_puts(&b, MAC);
	ck_assert_int_eq(age_header_parse(&h, b.p, b.len), AGE_HEADER_WHOLE);
	ck_assert_uint_eq(h.count, AGE_HEADER_STANZAS);
	b.len -= strlen(MAC);
	buf_puts(&b, STANZA MAC);
	ck_assert_int_eq(age_header_parse(&h, b.p, b.len), AGE_HEADER_BAD);

	/* one line, or one body, that does not end */
	buf_clear(&b);
	buf_puts(&b, INTRO "-> ");
	while (b.len < AGE_HEADER_MAX)
		buf_putc(&b, 'x');
	ck_assert_int_eq(age_header_parse(&h, b.p, AGE_HEADER_MAX - 1), AGE_HEADER_SHORT);
	ck_assert_int_eq(age_header_parse(&h, b.p, b.len), AGE_HEADER_BAD);
	buf_clear(&b);
	buf_puts(&b, INTRO "-> x\n");
	while (b.len < AGE_HEADER_MAX)
		buf_puts(&b, FULL "\n");
	ck_assert_int_eq(age_header_parse(&h, b.p, b.len), AGE_HEADER_BAD);
	buf_release(&b);
}
END_TEST

START_TEST(test_share_of_low_order_opens_for_nobody)
{
	const char *text = INTRO "-> X25519 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n" BODY "\n" MAC;
	uint8_t file_key[AGE_HEADER_FILE_KEY];

	ck_assert_int_eq(parse(text), AGE_HEADER_WHOLE);
	ck_assert_ptr_null(age_header_unwrap(&h, ids, file_key));
}
END_TEST

START_TEST(test_own_header_opens_for_each_recipient_alone)
{
	const uint8_t file_key[AGE_HEADER_FILE_KEY] = "sixteen bytes..";
	uint8_t got[AGE_HEADER_FILE_KEY];
	struct age_recipient r[2];
	struct buf b;

	buf_init(&b, 4096);
	age_recipient_of(&r[0], (const uint8_t[PRIM_KEY_LEN]){ 9 });
	age_recipient_of(&r[1], ids->p[0].public);
	ck_assert_int_eq(age_header_add(&b, r, 2, file_key), 0);
	ck_assert_int_eq(age_header_parse(&h, b.p, b.len), AGE_HEADER_WHOLE);
	ck_assert_uint_eq(h.length, b.len);
	ck_assert_uint_eq(h.count, 2);
	ck_assert_mem_ne(h.x25519[0].share, h.x25519[1].share, PRIM_KEY_LEN);
	ck_assert_ptr_nonnull(age_header_unwrap(&h, ids, got));
	ck_assert_mem_eq(got, file_key, sizeof(got));
	ck_assert(age_header_holds(&h, b.p, got));

	buf_clear(&b);
	ck_assert_int_eq(age_header_add(&b, r, 1, file_key), 0);
	ck_assert_int_eq(age_header_parse(&h, b.p, b.len), AGE_HEADER_WHOLE);
	ck_assert_ptr_null(age_header_unwrap(&h, ids, got));
	buf_release(&b);
}
END_TEST

Suite *suite_age_header(void)
{
	Suite *s = suite_create("lib/crypt/age_header");
	TCase *t = tcase_create("age_header");

	tcase_add_checked_fixture(t, make_key, forget_key);
	tcase_add_test(t, test_vector_of_the_specification_opens);
	tcase_add_test(t, test_every_cut_header_is_short_and_every_flip_shows);
	tcase_add_loop_test(t, test_stanzas_of_other_types_are_passed_over, 0,
			    sizeof(whole) / sizeof(whole[0]));
	tcase_add_loop_test(t, test_any_other_form_is_refused, 0, sizeof(bad) / sizeof(bad[0]));
	tcase_add_test(t, test_size_and_number_of_stanzas_are_bounded);
	tcase_add_test(t, test_share_of_low_order_opens_for_nobody);
	tcase_add_test(t, test_own_header_opens_for_each_recipient_alone);
	suite_add_tcase(s, t);
	return s;
}

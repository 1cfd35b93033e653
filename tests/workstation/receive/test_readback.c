#include "workstation/receive/readback.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "lib/seal/key.h"

Suite *suite_readback(void);

static const uint8_t hash[32] = { 1, 2, 3 };

/* Types ${s} at the question; what was shown is put into ${shown}. */
static bool typing(const char *s, struct buf *typed, char shown[2048])
{
	int in[2], out[2];
	ssize_t n;
	bool got;

	ck_assert_int_eq(pipe2(in, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
	ck_assert_int_eq(fd_write_all(in[1], s, strlen(s)), 0);
	close(in[1]);
	got = readback_ask(in[0], out[1], "the root", typed);
	close(out[1]);
	n = fd_read_full(out[0], shown, 2047);
	ck_assert_int_ge(n, 0);
	shown[n] = '\0';
	close(in[0]);
	close(out[0]);
	return got;
}

START_TEST(test_a_hash_in_short_form_is_taken_as_typed)
{
	char brief[KEY_SHORT_LEN], line[KEY_SHORT_LEN + 2], shown[2048];
	struct buf typed;

	snprintf(line, sizeof(line), "%s\r\n", key_short_form(brief, hash));
	ck_assert(typing(line, &typed, shown));
	ck_assert_str_eq(buf_cstr(&typed), brief);
	ck_assert_ptr_nonnull(strstr(shown, "the root"));
	buf_release(&typed);
}
END_TEST

START_TEST(test_a_typing_error_is_asked_again)
{
	char brief[KEY_SHORT_LEN], line[3 * KEY_SHORT_LEN], shown[2048];
	struct buf typed;

	key_short_form(brief, hash);
	snprintf(line, sizeof(line), "%.38sx\nabc\n%s\n", brief, brief);
	ck_assert(typing(line, &typed, shown));
	ck_assert_str_eq(buf_cstr(&typed), brief);
	ck_assert_ptr_nonnull(strstr(shown, "mistyped"));
	buf_release(&typed);
}
END_TEST

static const char *const nothing[] = { "", "\n", " \t\n", "a\nb\nc\nd\ne\nf\ng\n" };

START_TEST(test_who_has_it_not_at_hand_is_not_kept)
{
	char shown[2048];
	struct buf typed;

	ck_assert(!typing(nothing[_i], &typed, shown));
}
END_TEST

Suite *suite_readback(void)
{
	Suite *s = suite_create("workstation/receive/readback");
	TCase *t = tcase_create("readback");

	tcase_add_test(t, test_a_hash_in_short_form_is_taken_as_typed);
	tcase_add_test(t, test_a_typing_error_is_asked_again);
	tcase_add_loop_test(t, test_who_has_it_not_at_hand_is_not_kept, 0,
			    (int)(sizeof(nothing) / sizeof(nothing[0])));
	suite_add_tcase(s, t);
	return s;
}

#include "workstation/verify/verify.h"

#include <check.h>
#include <string.h>

#include "lib/seal/key.h"
#include "tests/support/bundle_box.h"
#include "workstation/verify/verify_show.h"

Suite *suite_verify(void);

static struct bundle_box box;
static char key_hex[DIGEST_HEX_LEN], root_hex[DIGEST_HEX_LEN], key_brief[KEY_SHORT_LEN];

static void setup(void)
{
	struct item it = bundle_box_item("/etc/motd", ITEM_FILE, 3);

	memset(&box, 0, sizeof(box));
	bundle_box_open(&box, (struct compress_options){ .kind = COMPRESS_NONE }, 64u << 20);
	ck_assert_int_eq(bundle_box_put(&box, &it, "hi\n", 3, GAP_GREW), 0);
	bundle_box_close(&box);
	digest_hex(key_hex, box.fingerprint);
	digest_hex(root_hex, box.root);
	key_short_form(key_brief, box.fingerprint);
}

static void teardown(void)
{
	bundle_box_release(&box);
}

static ssize_t give(void *ctx, void *data, size_t n)
{
	struct bytes *left = ctx;

	if (n > left->len)
		n = left->len;
	memcpy(data, left->p, n);
	left->p = (const char *)left->p + n;
	left->len -= n;
	return (ssize_t)n;
}

static void run(struct verify *v, const struct verify_expect *x, size_t n)
{
	struct bytes left = { box.out.p, n };
	struct err e = { 0 };

	ck_assert_int_eq(verify_check_expect(x, &e), 0);
	ck_assert_int_eq(verify_run(v, give, &left, x, &e), 0);
}

START_TEST(test_what_was_written_down_is_compared)
{
	struct verify_expect x = { .key = key_brief, .root = root_hex,
				   .session = "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf" };
	struct verify v;

	run(&v, &x, box.out.len);
	ck_assert_int_eq(v.verdict, BUNDLE_COMPLETE);
	ck_assert_int_eq(v.key, VERIFY_HOLDS);
	ck_assert_int_eq(v.root, VERIFY_HOLDS);
	ck_assert_int_eq(v.session_id, VERIFY_HOLDS);
	ck_assert_int_eq(v.nonce, VERIFY_NOT_GIVEN);
	verify_release(&v);
}
END_TEST

static const enum finding_id differences[] = {
	FINDING_KEY, FINDING_ROOT, FINDING_OTHER_SESSION, FINDING_NONCE,
};

START_TEST(test_anything_else_than_what_was_written_down_is_altered)
{
	struct verify_expect x = { 0 };
	const char **given[] = { &x.key, &x.root, &x.session, &x.nonce };
	static const char zeros[] =
		"0000000000000000000000000000000000000000000000000000000000000000";
	struct verify v;

	*given[_i] = _i == 2 ? zeros + 32 : zeros;
	run(&v, &x, box.out.len);
	ck_assert_int_eq(v.facts.verdict, BUNDLE_COMPLETE);
	ck_assert_int_eq(v.verdict, BUNDLE_ALTERED);
	ck_assert_int_eq(v.first.id, differences[_i]);
	verify_release(&v);
}
END_TEST

START_TEST(test_a_root_cannot_be_compared_with_a_cut_archive)
{
	struct verify_expect x = { .root = root_hex, .key = key_hex };
	struct verify v;

	run(&v, &x, box.out.len - 4000);
	ck_assert_int_eq(v.verdict, BUNDLE_TRUNCATED);
	ck_assert_int_eq(v.root, VERIFY_NOT_COMPARED);
	ck_assert_int_eq(v.key, VERIFY_HOLDS);
	verify_release(&v);
}
END_TEST

static const struct verify_expect mistyped[] = {
	{ .key = "abc" },
	{ .root = "" },
	{ .key = "aaa-aaa-aaa-aaa-aaa-aaa-aaa-aaa-aab" },
	{ .session = "abc" },
};

START_TEST(test_a_typing_error_is_told_before_anything_is_read)
{
	struct err e = { 0 };

	ck_assert_int_eq(verify_check_expect(&mistyped[_i], &e), -1);
	ck_assert(e.set);
}
END_TEST

START_TEST(test_the_verdict_is_the_last_line_and_json_is_one_line)
{
	struct verify_expect x = { 0 };
	struct verify v;
	struct buf b;

	box.out.p[box.out.len - 1] = 'x';
	run(&v, &x, box.out.len);
	buf_init(&b, 1 << 20);
	verify_show_text(&b, &v, "name\x1b[31m");
	ck_assert_ptr_null(memchr(buf_cstr(&b), '\x1b', b.len));
	ck_assert_ptr_nonnull(strstr(buf_cstr(&b), "\nALTERED in segment 1\n"));
	ck_assert_ptr_nonnull(strstr(buf_cstr(&b), " grew "));
	buf_clear(&b);
	verify_show_json(&b, &v, "name");
	ck_assert_ptr_eq(strchr(buf_cstr(&b), '\n'), b.p + b.len - 1);
	ck_assert_ptr_nonnull(strstr(b.p, "\"gaps\":{\"grew\":1}"));
	ck_assert_ptr_nonnull(strstr(b.p, "\"finding\":\"after-final-seal\""));
	buf_release(&b);
	verify_release(&v);
}
END_TEST

Suite *suite_verify(void)
{
	Suite *s = suite_create("workstation/verify/verify");
	TCase *t = tcase_create("verify");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_what_was_written_down_is_compared);
	tcase_add_loop_test(t, test_anything_else_than_what_was_written_down_is_altered, 0, 4);
	tcase_add_test(t, test_a_root_cannot_be_compared_with_a_cut_archive);
	tcase_add_loop_test(t, test_a_typing_error_is_told_before_anything_is_read, 0,
			    (int)(sizeof(mistyped) / sizeof(mistyped[0])));
	tcase_add_test(t, test_the_verdict_is_the_last_line_and_json_is_one_line);
	suite_add_tcase(s, t);
	return s;
}

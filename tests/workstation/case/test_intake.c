#include "workstation/case/intake.h"

#include <check.h>
#include <string.h>

#include "tests/support/bundle_box.h"
#include "tests/support/case_box.h"

Suite *suite_intake(void);

/* An archive in memory, read as a file is. */
struct source {
	const struct buf *archive;
	size_t at;
	int passes;
	bool changes; /* the second pass gets other bytes */
	bool entered; /* before the first byte */
};

static struct bundle_box box;
static struct case_box cases;
static struct source source;
static struct intake_result result;
static struct err failure;

static ssize_t give(void *ctx, void *data, size_t n)
{
	struct source *s = ctx;
	size_t left = s->archive->len - s->at;

	ck_assert(s->entered);
	if (s->changes && s->passes == 1 && left > 20000)
		left -= 20000;
	else if (s->changes && s->passes == 1)
		left = 0;
	n = n < left ? n : left;
	memcpy(data, s->archive->p + s->at, n);
	s->at += n;
	return (ssize_t)n;
}

static int sum(void *ctx, uint8_t sha256[DIGEST_LEN], uint64_t *bytes, bool *encrypted,
	       struct err *e)
{
	struct source *s = ctx;

	(void)e;
	digest_of(s->archive->p, s->archive->len, sha256);
	*bytes = s->archive->len;
	*encrypted = false;
	return 0;
}

static int again(void *ctx, struct err *e)
{
	struct source *s = ctx;

	(void)e;
	s->at = 0;
	s->passes++;
	return 0;
}

static void enter(void *ctx)
{
	((struct source *)ctx)->entered = true;
}

static int load(bool force)
{
	const struct intake_source from = { give, &source, sum, again };
	const struct intake_options options = {
		.archive = "x.tar", .force = force, .enter = enter, .ctx = &source
	};

	source.archive = &box.out;
	failure = (struct err){ 0 };
	return intake_run(cases.db, &from, &options, &result, &failure);
}

static void setup(void)
{
	struct compress_options plain = { .kind = COMPRESS_NONE };

	source = (struct source){ .passes = 0 };
	bundle_box_open(&box, plain, 1 << 20);
	case_box_open(&cases);
	case_box_sql(&cases, "DELETE FROM host");
}

static void teardown(void)
{
	case_box_close(&cases);
	bundle_box_release(&box);
}

static void put(const char *path, const char *text, size_t n)
{
	struct item it = bundle_box_item(path, ITEM_FILE, n);

	ck_assert_int_eq(bundle_box_put(&box, &it, text, n, GAP_NONE), 0);
}

static void put_text(const char *path, const char *text)
{
	put(path, text, strlen(text));
}

#define ROOT "root:x:0:0:root:/root:/bin/sh\n"

START_TEST(test_members_become_rows_that_say_where_they_stand)
{
	put_text("/etc/passwd", "#\n" ROOT);
	put_text("/opt/plain", "web01\n");
	bundle_box_close(&box);
	ck_assert_msg(load(false) == 0, "%s", failure.what);
	ck_assert_int_eq(result.end, INTAKE_LOADED);
	ck_assert_uint_ge(result.read, 1);
	ck_assert_int_eq(case_box_int(&cases, "SELECT count(*) FROM object"), 2);
	ck_assert_str_eq(case_box_text(&cases,
				       "SELECT path || line || '@' || pos FROM account, object "
				       "WHERE object.id = account.object"),
			 "/etc/passwd2@2");
	ck_assert_str_eq(case_box_text(&cases, "SELECT verdict FROM host"), "COMPLETE");
	ck_assert_int_eq(case_box_int(&cases, "SELECT count(*) FROM object WHERE segment IS NULL"),
			 0);
}
END_TEST

START_TEST(test_a_packed_member_is_unpacked_and_a_container_is_read_as_a_host)
{
	/* printf ROOT | gzip -9n: of any name, by its first bytes */
	static const char packed[] =
		"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\x2b\xca\xcf\x2f\xb1\xaa\xb0\x32\x00\xc2"
		"\x22\x10"
		"\x53\x1f\x42\x26\x65\xe6\xe9\x17\x67\x70\x01\x00\x92\x86\x95\x68\x1e\x00\x00\x00";
	struct item it = bundle_box_item("/proc/7/root/etc/passwd", ITEM_FILE, sizeof(packed) - 1);

	it.container =
		(struct item_container){ .mnt = 5, .pid = 7, .runtime = "docker", .id = "abc" };
	ck_assert_int_eq(bundle_box_put(&box, &it, packed, sizeof(packed) - 1, GAP_NONE), 0);
	bundle_box_close(&box);
	ck_assert_int_eq(load(false), 0);
	ck_assert_uint_ge(result.read, 1);
	ck_assert_str_eq(case_box_text(&cases, "SELECT container FROM object"), "docker:abc");
	ck_assert_str_eq(case_box_text(&cases, "SELECT container || name || pos FROM account"),
			 "docker:abcroot0");
	ck_assert_int_eq(case_box_int(&cases, "SELECT count(*) FROM note"), 0);
}
END_TEST

START_TEST(test_a_file_that_is_a_hard_link_is_read_under_its_own_name)
{
	struct item it = bundle_box_item("/etc/passwd", ITEM_FILE, 0);

	put_text("/aaa", ROOT);
	it.hardlink = (struct bytes){ "/aaa", 4 };
	ck_assert_int_eq(bundle_box_put(&box, &it, "", 0, GAP_NONE), 0);
	bundle_box_close(&box);
	ck_assert_int_eq(load(false), 0);
	ck_assert_str_eq(
		case_box_text(&cases,
			      "SELECT path FROM object, account WHERE object.id = account.object"),
		"/etc/passwd");
}
END_TEST

START_TEST(test_an_altered_archive_leaves_nothing_unless_it_is_forced)
{
	put_text("/etc/passwd", ROOT);
	bundle_box_close(&box);
	char *at = memmem(box.out.p, box.out.len, ROOT, strlen(ROOT));
	at[0] = 't';
	ck_assert_int_eq(load(false), 0);
	ck_assert_int_eq(result.end, INTAKE_REFUSED);
	ck_assert_int_eq(case_box_int(&cases, "SELECT count(*) FROM host"), 0);
	ck_assert_int_eq(case_box_int(&cases, "SELECT count(*) FROM object"), 0);
	again(&source, NULL);
	ck_assert_int_eq(load(true), 0);
	ck_assert_int_eq(result.end, INTAKE_LOADED);
	ck_assert_int_eq(case_box_int(&cases, "SELECT forced FROM host WHERE verdict = 'ALTERED'"),
			 1);
	ck_assert_str_eq(case_box_text(&cases, "SELECT name FROM account"), "toot");
	ck_assert_int_gt(
		case_box_int(&cases, "SELECT count(*) FROM finding WHERE severity = 'ALTERED'"), 0);
}
END_TEST

START_TEST(test_an_archive_that_ends_anywhere_gives_what_its_seals_prove)
{
	put_text("/etc/passwd", ROOT);
	put_text("/etc/group", "root:x:0:\n");
	bundle_box_close(&box);
	size_t whole = box.out.len;

	for (size_t n = 0; n <= whole; n += 512) {
		box.out.len = n;
		source.at = 0;
		source.passes = 0;
		ck_assert_msg(load(false) == 0, "%zu: %s", n, failure.what);
		if (result.end == INTAKE_LOADED && result.facts.verdict != BUNDLE_COMPLETE)
			ck_assert_int_eq(
				case_box_int(
					&cases,
					"SELECT count(*) FROM object WHERE segment IS NOT NULL"),
				(int64_t)(result.facts.has_seal ? result.facts.last_seal.objects
								: 0));
	}
	ck_assert_int_eq(result.facts.verdict, BUNDLE_COMPLETE);
	ck_assert_int_eq(case_box_int(&cases, "SELECT count(*) FROM host"), 1);
	ck_assert_int_eq(case_box_int(&cases, "SELECT count(*) FROM account"), 1);
	box.out.len = whole;
}
END_TEST

START_TEST(test_an_archive_that_changes_between_the_passes_is_no_archive)
{
	put_text("/etc/passwd", ROOT);
	bundle_box_close(&box);
	source.changes = true;
	ck_assert_int_eq(load(false), -1);
	ck_assert_ptr_nonnull(strstr(failure.what, "changed while it was read"));
	ck_assert_int_eq(case_box_int(&cases, "SELECT count(*) FROM host"), 0);
}
END_TEST

START_TEST(test_the_same_session_is_loaded_in_place_of_itself)
{
	put_text("/etc/passwd", ROOT);
	bundle_box_close(&box);
	ck_assert_int_eq(load(false), 0);
	ck_assert(!result.replaced);
	again(&source, NULL);
	ck_assert_int_eq(load(false), 0);
	ck_assert(result.replaced);
	ck_assert_int_eq(case_box_int(&cases, "SELECT count(*) FROM host"), 1);
	ck_assert_int_eq(case_box_int(&cases, "SELECT count(*) FROM object"), 1);
}
END_TEST

START_TEST(test_what_is_no_archive_is_none)
{
	put_text("/etc/passwd", ROOT);
	bundle_box_close(&box);
	memset(box.out.p, 'x', box.out.len);
	ck_assert_int_eq(load(true), 0);
	ck_assert_int_eq(result.end, INTAKE_NOT_OURS);
	ck_assert_int_eq(case_box_int(&cases, "SELECT count(*) FROM host"), 0);
}
END_TEST

/* Whoever forges an archive of a session has none of its keys. */
START_TEST(test_the_archive_of_another_key_does_not_take_the_place_of_a_session)
{
	put_text("/etc/passwd", ROOT);
	bundle_box_close(&box);
	ck_assert_int_eq(load(false), 0);
	case_box_sql(&cases, "UPDATE host SET fingerprint = x'aa'");
	source = (struct source){ .passes = 0 };
	ck_assert_msg(load(false) == 0, "%s", failure.what);
	ck_assert_int_eq(result.end, INTAKE_WORSE);
	ck_assert(result.less == INTAKE_OTHER_KEY && !result.replaced);
	ck_assert_int_eq(
		case_box_int(&cases, "SELECT count(*) FROM host WHERE fingerprint = x'aa'"), 1);
	source = (struct source){ .passes = 0 };
	ck_assert_int_eq(load(true), 0);
	ck_assert_int_eq(result.end, INTAKE_LOADED);
	ck_assert(result.replaced && result.less == INTAKE_OTHER_KEY);
	ck_assert_int_eq(case_box_int(&cases, "SELECT count(*) FROM host"), 1);
}
END_TEST

Suite *suite_intake(void)
{
	Suite *s = suite_create("workstation/case/intake");
	TCase *t = tcase_create("intake");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_members_become_rows_that_say_where_they_stand);
	tcase_add_test(t, test_the_archive_of_another_key_does_not_take_the_place_of_a_session);
	tcase_add_test(t, test_a_packed_member_is_unpacked_and_a_container_is_read_as_a_host);
	tcase_add_test(t, test_a_file_that_is_a_hard_link_is_read_under_its_own_name);
	tcase_add_test(t, test_an_altered_archive_leaves_nothing_unless_it_is_forced);
	tcase_add_test(t, test_an_archive_that_ends_anywhere_gives_what_its_seals_prove);
	tcase_add_test(t, test_an_archive_that_changes_between_the_passes_is_no_archive);
	tcase_add_test(t, test_the_same_session_is_loaded_in_place_of_itself);
	tcase_add_test(t, test_what_is_no_archive_is_none);
	suite_add_tcase(s, t);
	return s;
}

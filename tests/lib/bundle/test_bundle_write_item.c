#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "tests/support/bundle_expect.h"

Suite *suite_bundle_write_item(void);

#define NO_COMPRESSION ((struct compress_options){ COMPRESS_NONE, 0, 0 })
#define MANY (64u << 20)

static struct bundle_box box;
static struct bundle_box_back back;

static void open_box(void)
{
	memset(&box, 0, sizeof(box));
	bundle_box_open(&box, NO_COMPRESSION, MANY);
}

static void release(void)
{
	bundle_box_back_release(&back);
	bundle_box_release(&box);
	memset(&back, 0, sizeof(back));
	/* Results name the file of a test's last assertion (scripts/validation.sh). */
	ck_assert_uint_eq(back.count, 0);
}

START_TEST(test_whole_file_is_kept_hashed_and_recorded)
{
	struct item it = bundle_box_item("/var/log/auth.log", ITEM_FILE, 11);

	open_box();
	ck_assert_int_eq(bundle_box_put(&box, &it, "hello world", 11, GAP_NONE), 0);
	bundle_expect_whole(&box, &back);
	bundle_expect_content(&back, "[root]/var/log/auth.log", "hello world", 11);
	bundle_expect_hash(&back, "/var/log/auth.log", "sha256", "hello world", 11);
	bundle_expect_line(&back, "/var/log/auth.log", "\"read\":11,\"stored\":11,");
	bundle_expect_no_key(&back, "/var/log/auth.log", "sha256_stored");
	ck_assert(bundle_expect_summed(&back, "[root]/var/log/auth.log"));
	ck_assert_uint_eq(back.facts.objects, 1);
	ck_assert_uint_eq(bundle_write_counts(box.b)->bytes_stored, 11);
	release();
}
END_TEST

START_TEST(test_short_file_is_filled_with_zeros_and_says_from_where)
{
	struct item it = bundle_box_item("/s", ITEM_FILE, 700);
	char want[700] = "begin";

	open_box();
	ck_assert_int_eq(bundle_box_put(&box, &it, "begin", 5, GAP_SHRANK), 0);
	bundle_expect_whole(&box, &back);
	bundle_expect_content(&back, "[root]/s", want, sizeof(want));
	bundle_expect_hash(&back, "/s", "sha256", "begin", 5);
	bundle_expect_hash(&back, "/s", "sha256_stored", want, sizeof(want));
	bundle_expect_line(&back, "/s", "\"result\":\"partial\",\"gap\":\"shrank\"");
	bundle_expect_line(&back, "/s", "\"read\":5,\"stored\":700,\"pad_from\":5,");
	bundle_expect_line(&back, "/s", "\"changed\":\"shrank\"");
	ck_assert_uint_eq(back.facts.by_gap[GAP_SHRANK], 1);
	release();
}
END_TEST

/* Promised much, delivered nothing: no gigabytes of zeros. */
static const struct {
	enum gap gap;
	bool member;
} nothing[] = {
	{ GAP_IO_ERROR, true }, { GAP_SHRANK, true },	  { GAP_TIME_LIMIT, true },
	{ GAP_HUNG, false },	{ GAP_PERMISSION, false }, { GAP_SIZE_LIMIT, false },
	{ GAP_VANISHED, false }, { GAP_INCOMPLETE, true },
};

START_TEST(test_file_of_which_nothing_came_is_empty_or_has_no_member)
{
	struct item it = bundle_box_item("/n", ITEM_FILE, UINT64_C(1) << 40);

	open_box();
	ck_assert_int_eq(bundle_box_put(&box, &it, NULL, 0, nothing[_i].gap), 0);
	bundle_expect_whole(&box, &back);
	ck_assert_int_eq(bundle_box_find(&back, "[root]/n") != NULL, nothing[_i].member);
	ck_assert_uint_lt(box.out.len, 65536);
	if (nothing[_i].member) {
		bundle_expect_line(&back, "/n", "\"read\":0,\"stored\":0,");
		bundle_expect_hash(&back, "/n", "sha256", "", 0);
	} else {
		bundle_expect_no_key(&back, "/n", "\"read\"");
		bundle_expect_no_key(&back, "/n", "\"sha256\"");
		bundle_expect_no_key(&back, "/n", "\"member\"");
	}
	bundle_expect_no_key(&back, "/n", "pad_from");
	release();
}
END_TEST

START_TEST(test_file_cut_short_by_a_lost_reader_keeps_what_came)
{
	struct item it = bundle_box_item("/h", ITEM_FILE, 20);

	open_box();
	ck_assert_int_eq(bundle_box_put(&box, &it, "twelve bytes", 12, GAP_HUNG), 0);
	bundle_expect_whole(&box, &back);
	bundle_expect_content(&back, "[root]/h", "twelve bytes\0\0\0\0\0\0\0", 20);
	bundle_expect_line(&back, "/h", "\"result\":\"error\",\"gap\":\"no-answer\"");
	bundle_expect_line(&back, "/h", "\"read\":12,\"stored\":20,\"pad_from\":12");
	release();
}
END_TEST

START_TEST(test_file_of_unknown_size_is_kept_as_it_came)
{
	struct item it = bundle_box_item("/proc/version", ITEM_FILE, 0);

	it.promise = ITEM_SIZE_UNKNOWN;
	it.cap = 4096;
	open_box();
	ck_assert_int_eq(bundle_box_put(&box, &it, "Linux version 6\n", 16, GAP_NONE), 0);
	bundle_expect_whole(&box, &back);
	bundle_expect_content(&back, "[root]/proc/version", "Linux version 6\n", 16);
	bundle_expect_hash(&back, "/proc/version", "sha256", "Linux version 6\n", 16);
	bundle_expect_line(&back, "/proc/version", "\"gap\":\"none\"");
	bundle_expect_line(&back, "/proc/version", "\"size\":0,\"blocks\":0,\"read\":16,\"stored\":16,");
	release();
}
END_TEST

static const struct {
	uint64_t cap;
	size_t written;
	enum gap given, want;
	size_t kept;
} spools[] = {
	{ 100, 100, GAP_NONE, GAP_NONE, 100 },
	{ 100, 101, GAP_NONE, GAP_SPOOL_LIMIT, 100 },
	{ 100, 500, GAP_TIME_LIMIT, GAP_TIME_LIMIT, 100 },
	{ 100, 60, GAP_IO_ERROR, GAP_IO_ERROR, 60 },
	{ 0, BUNDLE_SPOOL_MAX + 1, GAP_NONE, GAP_SPOOL_LIMIT, BUNDLE_SPOOL_MAX },
	{ UINT64_MAX, BUNDLE_SPOOL_MAX + 1, GAP_NONE, GAP_SPOOL_LIMIT, BUNDLE_SPOOL_MAX },
};

START_TEST(test_unknown_size_is_bounded_by_its_cap)
{
	struct item it = bundle_box_item("/proc/x", ITEM_FILE, 0);
	char *data = malloc(spools[_i].written);
	char part[64];

	memset(data, 'p', spools[_i].written);
	it.promise = ITEM_SIZE_UNKNOWN;
	it.cap = spools[_i].cap;
	open_box();
	ck_assert_int_eq(bundle_box_put(&box, &it, data, spools[_i].written, spools[_i].given), 0);
	back.content_max = 32u << 20;
	bundle_expect_whole(&box, &back);
	bundle_expect_content(&back, "[root]/proc/x", data, spools[_i].kept);
	snprintf(part, sizeof(part), "\"gap\":\"%s\"", gap_word(spools[_i].want));
	bundle_expect_line(&back, "/proc/x", part);
	bundle_expect_hash(&back, "/proc/x", "sha256", data, spools[_i].kept);
	release();
	free(data);
}
END_TEST

/* The spool of one item must not shine through into the next. */
START_TEST(test_spool_starts_empty_for_each_item)
{
	struct item big = bundle_box_item("/proc/big", ITEM_FILE, 0);
	struct item small = bundle_box_item("/proc/small", ITEM_FILE, 0);
	char *data = malloc(3u << 20);

	memset(data, 'B', 3u << 20);
	big.promise = small.promise = ITEM_SIZE_UNKNOWN;
	open_box();
	ck_assert_int_eq(bundle_box_put(&box, &big, data, 3u << 20, GAP_NONE), 0);
	ck_assert_int_eq(bundle_box_put(&box, &small, "tiny", 4, GAP_NONE), 0);
	bundle_expect_whole(&box, &back);
	bundle_expect_content(&back, "[root]/proc/big", data, 3u << 20);
	bundle_expect_content(&back, "[root]/proc/small", "tiny", 4);
	release();
	free(data);
}
END_TEST

START_TEST(test_digest_depth_hashes_and_keeps_no_member)
{
	struct item it = bundle_box_item("/usr/bin/su", ITEM_FILE, 4);
	struct item unknown = bundle_box_item("/proc/self/exe", ITEM_FILE, 0);

	it.depth = unknown.depth = DEPTH_DIGEST;
	unknown.promise = ITEM_SIZE_UNKNOWN;
	open_box();
	ck_assert_int_eq(bundle_box_put(&box, &it, "\x7f""ELF", 4, GAP_NONE), 0);
	ck_assert_int_eq(bundle_box_put(&box, &unknown, "xy", 2, GAP_NONE), 0);
	bundle_expect_whole(&box, &back);
	ck_assert_ptr_null(bundle_box_find(&back, "[root]/usr/bin/su"));
	bundle_expect_hash(&back, "/usr/bin/su", "sha256", "\x7f""ELF", 4);
	bundle_expect_hash(&back, "/proc/self/exe", "sha256", "xy", 2);
	bundle_expect_no_key(&back, "/usr/bin/su", "stored");
	bundle_expect_line(&back, "/usr/bin/su", "\"read\":4,");
	ck_assert_uint_eq(bundle_write_counts(box.b)->members, 0);
	release();
}
END_TEST

START_TEST(test_digest_of_a_file_that_shrank_is_of_what_was_read)
{
	struct item it = bundle_box_item("/usr/bin/d", ITEM_FILE, 10);

	it.depth = DEPTH_DIGEST;
	open_box();
	ck_assert_int_eq(bundle_box_put(&box, &it, "abc", 3, GAP_SHRANK), 0);
	bundle_expect_whole(&box, &back);
	bundle_expect_hash(&back, "/usr/bin/d", "sha256", "abc", 3);
	bundle_expect_no_key(&back, "/usr/bin/d", "pad_from");
	release();
}
END_TEST

START_TEST(test_every_other_kind_has_its_form)
{
	struct item dir = bundle_box_item("/etc", ITEM_DIR, 0);
	struct item top = bundle_box_item("/", ITEM_DIR, 0);
	struct item link = bundle_box_item("/etc/link", ITEM_SYMLINK, 0);
	struct item first = bundle_box_item("/etc/first", ITEM_FILE, 3);
	struct item hard = bundle_box_item("/etc/hard", ITEM_FILE, 0);
	struct item fifo = bundle_box_item("/run/fifo", ITEM_FIFO, 0);
	struct item sock = bundle_box_item("/run/sock", ITEM_SOCKET, 0);
	struct item device = bundle_box_item("/dev/null", ITEM_CHARDEV, 0);
	struct item meta = bundle_box_item("/etc/meta", ITEM_FILE, 0);
	struct item gone = bundle_box_item("/gone", ITEM_UNKNOWN, 0);

	link.link = (struct bytes){ "../target", 9 };
	hard.hardlink = (struct bytes){ "/etc/first", 10 };
	device.st.rdev_major = 1;
	device.st.rdev_minor = 3;
	meta.depth = DEPTH_META;
	gone.has_stat = false;
	open_box();
	ck_assert_int_eq(bundle_box_put(&box, &top, NULL, 0, GAP_NONE), 0);
	ck_assert_int_eq(bundle_box_put(&box, &dir, NULL, 0, GAP_PERMISSION), 0);
	ck_assert_int_eq(bundle_box_put(&box, &link, NULL, 0, GAP_NONE), 0);
	ck_assert_int_eq(bundle_box_put(&box, &first, "one", 3, GAP_NONE), 0);
	ck_assert_int_eq(bundle_box_put(&box, &hard, NULL, 0, GAP_NONE), 0);
	ck_assert_int_eq(bundle_box_put(&box, &fifo, NULL, 0, GAP_SPECIAL), 0);
	ck_assert_int_eq(bundle_box_put(&box, &sock, NULL, 0, GAP_SPECIAL), 0);
	ck_assert_int_eq(bundle_box_put(&box, &device, NULL, 0, GAP_SPECIAL), 0);
	ck_assert_int_eq(bundle_box_put(&box, &meta, NULL, 0, GAP_NONE), 0);
	ck_assert_int_eq(bundle_box_put(&box, &gone, NULL, 0, GAP_VANISHED), 0);
	bundle_expect_whole(&box, &back);
	ck_assert_int_eq(bundle_box_find(&back, "[root]/")->m.type, ITEM_DIR);
	ck_assert_int_eq(bundle_box_find(&back, "[root]/etc/")->m.type, ITEM_DIR);
	ck_assert_str_eq(bundle_box_find(&back, "[root]/etc/link")->link.p,
			 "../target");
	ck_assert(bundle_box_find(&back, "[root]/etc/hard")->m.hardlink);
	ck_assert_str_eq(bundle_box_find(&back, "[root]/etc/hard")->link.p,
			 "[root]/etc/first");
	ck_assert_int_eq(bundle_box_find(&back, "[root]/run/fifo")->m.type, ITEM_FIFO);
	ck_assert_uint_eq(bundle_box_find(&back, "[root]/dev/null")->m.rdev_minor, 3);
	ck_assert_ptr_null(bundle_box_find(&back, "[root]/run/sock"));
	ck_assert_ptr_null(bundle_box_find(&back, "[root]/etc/meta"));
	ck_assert_ptr_null(bundle_box_find(&back, "[root]/gone"));
	bundle_expect_line(&back, "/", "\"member\":\"[root]\",\"type\":\"directory\"");
	bundle_expect_line(&back, "/etc", "\"member\":\"[root]/etc\"");
	bundle_expect_line(&back, "/etc/hard", "\"hardlink_of\":\"/etc/first\"");
	bundle_expect_no_key(&back, "/etc/hard", "\"read\"");
	bundle_expect_line(&back, "/run/sock", "\"type\":\"socket\"");
	ck_assert_uint_eq(back.facts.objects, 10);
	ck_assert_uint_eq(back.facts.members, 7);
	release();
}
END_TEST

START_TEST(test_answer_of_the_kernel_goes_below_live)
{
	struct item it = { .path = { "/net/sock_diag", 14 }, .category = "network",
			   .artifact = "sockets", .type = ITEM_FILE, .depth = DEPTH_CONTENT,
			   .live = true, .promise = 2 };

	open_box();
	ck_assert_int_eq(bundle_box_put(&box, &it, "ok", 2, GAP_NONE), 0);
	bundle_expect_whole(&box, &back);
	bundle_expect_content(&back, "live/net/sock_diag", "ok", 2);
	bundle_expect_line(&back, "live/net/sock_diag", "\"member\":\"live/net/sock_diag\"");
	release();
}
END_TEST

/* A source that lies about its promise costs one item, not the run. */
static const struct {
	size_t given;
	enum gap gap;
	const char *content;
} lies[] = {
	{ 9, GAP_NONE, "01234567" }, { 3, GAP_NONE, "012\0\0\0\0" }, { 9, GAP_GREW, "01234567" },
};

START_TEST(test_broken_promise_of_a_source_is_an_internal_gap)
{
	struct item it = bundle_box_item("/lie", ITEM_FILE, 8);
	struct item next = bundle_box_item("/next", ITEM_FILE, 4);

	open_box();
	ck_assert_int_eq(bundle_box_put(&box, &it, "0123456789", lies[_i].given, lies[_i].gap), 0);
	ck_assert_int_eq(bundle_box_put(&box, &next, "next", 4, GAP_NONE), 0);
	bundle_expect_whole(&box, &back);
	bundle_expect_content(&back, "[root]/lie", lies[_i].content, 8);
	bundle_expect_line(&back, "/lie",
			   "\"gap\":\"internal-error\",\"errno\":71,\"errname\":\"EPROTO\"");
	bundle_expect_content(&back, "[root]/next", "next", 4);
	release();
}
END_TEST

START_TEST(test_impossible_size_is_treated_as_unknown)
{
	struct item it = bundle_box_item("/fuse", ITEM_FILE, UINT64_MAX - 5);

	open_box();
	ck_assert_int_eq(bundle_box_put(&box, &it, "some", 4, GAP_SHRANK), 0);
	bundle_expect_whole(&box, &back);
	bundle_expect_content(&back, "[root]/fuse", "some", 4);
	release();
}
END_TEST

START_TEST(test_names_that_are_not_text_are_kept_exactly)
{
	static const char path[] = "/tmp/\xff\xfe\n\x1b[31m\\ \xe2\x80\xae\"'";
	struct item it = bundle_box_item(path, ITEM_FILE, 1);

	open_box();
	ck_assert_int_eq(bundle_box_put(&box, &it, "x", 1, GAP_NONE), 0);
	bundle_expect_whole(&box, &back);
	ck_assert_ptr_nonnull(bundle_box_find(&back, "[root]/tmp/\xff\xfe\n\x1b[31m\\ \xe2\x80\xae\"'"));
	release();
}
END_TEST

static void begin_twice(struct sink *to, const struct item *it)
{
	ck_assert_int_eq(to->begin(to, it), 0);
	ck_assert_int_eq(to->begin(to, it), -1);
}

static void write_without_begin(struct sink *to, const struct item *it)
{
	(void)it;
	ck_assert_int_eq(to->write(to, "x", 1), -1);
}

static void end_without_begin(struct sink *to, const struct item *it)
{
	struct item_end how = { 0 };

	(void)it;
	ck_assert_int_eq(to->end(to, &how), -1);
}

static void data_for_a_directory(struct sink *to, const struct item *it)
{
	struct item wrong = *it;

	wrong.type = ITEM_DIR;
	ck_assert_int_eq(to->begin(to, &wrong), -1);
}

static void relative_path(struct sink *to, const struct item *it)
{
	struct item wrong = *it;

	wrong.path = (struct bytes){ "CUSTODY/seal.txt", 16 };
	ck_assert_int_eq(to->begin(to, &wrong), -1);
}

/* As a reader that was taken over can: the zeros in its place would take a year. */
static void far_less_than_promised(struct sink *to, const struct item *it)
{
	struct item_end how = { .gap = GAP_SHRANK };
	struct item wrong = *it;

	wrong.live = true;
	wrong.promise = wrong.st.size = UINT64_C(1) << 50;
	ck_assert_int_eq(to->begin(to, &wrong), 0);
	ck_assert_int_eq(to->write(to, "x", 1), 0);
	ck_assert_int_eq(to->end(to, &how), -1);
}

static void (*const misuses[])(struct sink *, const struct item *) = {
	begin_twice, write_without_begin, end_without_begin, data_for_a_directory, relative_path,
	far_less_than_promised,
};

START_TEST(test_use_out_of_order_ends_the_bundle)
{
	struct item it = bundle_box_item("/x", ITEM_FILE, 1);

	open_box();
	misuses[_i](box.to, &it);
	ck_assert_int_eq(box.e.set, 1);
	ck_assert_int_eq(bundle_write_seal(box.b), -1);
	bundle_box_release(&box);
}
END_TEST

#define ROWS(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	size_t n;
	enum gap gap, want;
} endless[] = {
	{ 0, GAP_SHRANK, GAP_SIZE_LIMIT }, { 1, GAP_SHRANK, GAP_SIZE_LIMIT },
	{ 1, GAP_NONE, GAP_SIZE_LIMIT },   { 1, GAP_HUNG, GAP_HUNG },
};

START_TEST(test_a_file_that_promises_too_much_is_a_gap_and_the_next_one_is_taken)
{
	struct item it = bundle_box_item("/huge", ITEM_FILE, ITEM_CONTENT_MAX + 2);
	struct item next = bundle_box_item("/next", ITEM_FILE, 3);
	char gap[64];

	it.st.size = it.promise;
	snprintf(gap, sizeof(gap), "\"gap\":\"%s\"", gap_word(endless[_i].want));
	open_box();
	ck_assert_int_eq(bundle_box_put(&box, &it, "x", endless[_i].n, endless[_i].gap), 0);
	ck_assert_int_eq(bundle_box_put(&box, &next, "abc", 3, GAP_NONE), 0);
	bundle_expect_whole(&box, &back);
	ck_assert_ptr_null(bundle_box_find(&back, "[root]/huge"));
	bundle_expect_line(&back, "/huge", gap);
	bundle_expect_no_key(&back, "/huge", "\"sha256\"");
	bundle_expect_no_key(&back, "/huge", "\"read\"");
	bundle_expect_content(&back, "[root]/next", "abc", 3);
	bundle_expect_hash(&back, "/next", "sha256", "abc", 3);
	release();
}
END_TEST

/* It does what the collector does meanwhile. */
static void note_meanwhile(void *ctx)
{
	ck_assert_int_eq(bundle_write_tick(box.b, clock_monotonic_ns()), 0);
	++*(unsigned *)ctx;
}

START_TEST(test_while_a_file_is_filled_up_the_caller_is_asked_all_the_time)
{
	struct item it = bundle_box_item("/s", ITEM_FILE, MANY);
	char *want = calloc(1, MANY);
	unsigned asked = 0;

	ck_assert_ptr_nonnull(want);
	want[0] = 'x';
	memset(&box, 0, sizeof(box));
	box.meanwhile = note_meanwhile;
	box.meanwhile_ctx = &asked;
	bundle_box_open(&box, (struct compress_options){ COMPRESS_GZIP, 1, 0 }, MANY);
	ck_assert_int_eq(bundle_box_put(&box, &it, "x", 1, GAP_SHRANK), 0);
	ck_assert_uint_ge(asked, 14);	/* every 8 MiB, while hashed and while written */
	bundle_expect_whole(&box, &back);
	bundle_expect_hash(&back, "/s", "sha256", "x", 1);
	bundle_expect_hash(&back, "/s", "sha256_stored", want, MANY);
	free(want);
	release();
}
END_TEST

/* A directory that lists a name twice: the archive stays whole. */
START_TEST(test_a_name_that_comes_twice_has_one_member)
{
	struct item it = bundle_box_item("/var/log/x", ITEM_FILE, 3);
	struct item_end how = { 0 };
	const char *second;

	open_box();
	for (unsigned i = 0; i < 2; i++) {
		ck_assert_int_eq(box.to->begin(box.to, &it), 0);
		ck_assert_int_eq(box.to->write(box.to, "abc", 3), 0);
		ck_assert_int_eq(box.to->end(box.to, &how), 0);
	}
	bundle_expect_whole(&box, &back);
	bundle_expect_line(&back, "/var/log/x", "\"gap\":\"none\"");
	second = strstr(buf_cstr(&back.lines), "{\"seq\":1,");
	ck_assert_ptr_nonnull(second);
	ck_assert_ptr_nonnull(strstr(second, "\"result\":\"skipped\",\"gap\":\"duplicate-name\""));
	ck_assert_ptr_null(strstr(second, "\"member\""));
	ck_assert_ptr_nonnull(strstr(second, "\"sha256\""));
	release();
}
END_TEST

Suite *suite_bundle_write_item(void)
{
	Suite *s = suite_create("lib/bundle/bundle_write_item");
	TCase *tc = tcase_create("bundle_write_item");

	tcase_set_timeout(tc, 30);
	tcase_add_test(tc, test_whole_file_is_kept_hashed_and_recorded);
	tcase_add_test(tc, test_short_file_is_filled_with_zeros_and_says_from_where);
	tcase_add_loop_test(tc, test_file_of_which_nothing_came_is_empty_or_has_no_member, 0,
			    ROWS(nothing));
	tcase_add_test(tc, test_file_cut_short_by_a_lost_reader_keeps_what_came);
	tcase_add_test(tc, test_file_of_unknown_size_is_kept_as_it_came);
	tcase_add_loop_test(tc, test_unknown_size_is_bounded_by_its_cap, 0, ROWS(spools));
	tcase_add_test(tc, test_spool_starts_empty_for_each_item);
	tcase_add_test(tc, test_digest_depth_hashes_and_keeps_no_member);
	tcase_add_test(tc, test_digest_of_a_file_that_shrank_is_of_what_was_read);
	tcase_add_test(tc, test_every_other_kind_has_its_form);
	tcase_add_loop_test(tc,
			    test_a_file_that_promises_too_much_is_a_gap_and_the_next_one_is_taken,
			    0, ROWS(endless));
	tcase_add_test(tc, test_while_a_file_is_filled_up_the_caller_is_asked_all_the_time);
	tcase_add_test(tc, test_a_name_that_comes_twice_has_one_member);
	tcase_add_test(tc, test_answer_of_the_kernel_goes_below_live);
	tcase_add_loop_test(tc, test_broken_promise_of_a_source_is_an_internal_gap, 0, ROWS(lies));
	tcase_add_test(tc, test_impossible_size_is_treated_as_unknown);
	tcase_add_test(tc, test_names_that_are_not_text_are_kept_exactly);
	tcase_add_loop_test(tc, test_use_out_of_order_ends_the_bundle, 0, ROWS(misuses));
	suite_add_tcase(s, tc);
	return s;
}

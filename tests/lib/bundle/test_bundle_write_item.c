#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/bundle_box.h"
#include "tests/support/emulator.h"

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

/* Close, read back and expect an archive without any finding. */
static void close_and_read(void)
{
	bundle_box_close(&box);
	bundle_box_read(&back, box.out.p, box.out.len);
	ck_assert_msg(back.findings.len == 0, "%s", buf_cstr(&back.findings));
	ck_assert_int_eq(back.facts.verdict, BUNDLE_COMPLETE);
	ck_assert_mem_eq(back.facts.root, box.root, DIGEST_LEN);
}

static void release(void)
{
	bundle_box_back_release(&back);
	bundle_box_release(&box);
	memset(&back, 0, sizeof(back));
}

static void assert_line(const char *path, const char *part)
{
	const char *line = bundle_box_line(&back, path);

	ck_assert_msg(line != NULL, "no line for %s in %s", path, buf_cstr(&back.lines));
	ck_assert_msg(strstr(line, part) != NULL, "no %s in %s", part, line);
}

static void assert_no_key(const char *path, const char *key)
{
	const char *line = bundle_box_line(&back, path);

	ck_assert_ptr_nonnull(line);
	ck_assert_msg(strstr(line, key) == NULL, "%s in %s", key, line);
}

static void assert_hash(const char *path, const char *key, const void *data, size_t n)
{
	char part[DIGEST_HEX_LEN + 32], hex[DIGEST_HEX_LEN];
	uint8_t hash[DIGEST_LEN];

	digest_of(data, n, hash);
	snprintf(part, sizeof(part), "\"%s\":\"%s\"", key, digest_hex(hex, hash));
	assert_line(path, part);
}

static void assert_content(const char *member, const void *data, size_t n)
{
	const struct bundle_box_member *m = bundle_box_find(&back, member);

	ck_assert_msg(m != NULL, "no member %s", member);
	ck_assert_uint_eq(m->content.len, n);
	ck_assert(n == 0 || memcmp(m->content.p, data, n) == 0);
}

/* True if a SHA256SUMS of the archive has a line for the member. */
static bool is_summed(const char *member)
{
	char end[256];

	snprintf(end, sizeof(end), "  %s\n", member);
	for (size_t i = 0; i < back.count; i++)
		if (back.members[i].kind == BUNDLE_SUMS &&
		    strstr(buf_cstr(&back.members[i].content), end) != NULL)
			return true;
	return false;
}

START_TEST(test_whole_file_is_kept_hashed_and_recorded)
{
	struct item it = bundle_box_item("/var/log/auth.log", ITEM_FILE, 11);

	open_box();
	ck_assert_int_eq(bundle_box_put(&box, &it, "hello world", 11, GAP_NONE), 0);
	close_and_read();
	assert_content("[root]/var/log/auth.log", "hello world", 11);
	assert_hash("/var/log/auth.log", "sha256", "hello world", 11);
	assert_line("/var/log/auth.log", "\"read\":11,\"stored\":11,");
	assert_no_key("/var/log/auth.log", "sha256_stored");
	ck_assert(is_summed("[root]/var/log/auth.log"));
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
	close_and_read();
	assert_content("[root]/s", want, sizeof(want));
	assert_hash("/s", "sha256", "begin", 5);
	assert_hash("/s", "sha256_stored", want, sizeof(want));
	assert_line("/s", "\"result\":\"partial\",\"gap\":\"shrank\"");
	assert_line("/s", "\"read\":5,\"stored\":700,\"pad_from\":5,");
	assert_line("/s", "\"changed\":\"shrank\"");
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
	{ GAP_VANISHED, false },
};

START_TEST(test_file_of_which_nothing_came_is_empty_or_has_no_member)
{
	struct item it = bundle_box_item("/n", ITEM_FILE, UINT64_C(1) << 40);

	open_box();
	ck_assert_int_eq(bundle_box_put(&box, &it, NULL, 0, nothing[_i].gap), 0);
	close_and_read();
	ck_assert_int_eq(bundle_box_find(&back, "[root]/n") != NULL, nothing[_i].member);
	ck_assert_uint_lt(box.out.len, 65536);
	if (nothing[_i].member) {
		assert_line("/n", "\"read\":0,\"stored\":0,");
		assert_hash("/n", "sha256", "", 0);
	} else {
		assert_no_key("/n", "\"read\"");
		assert_no_key("/n", "\"sha256\"");
		assert_no_key("/n", "\"member\"");
	}
	assert_no_key("/n", "pad_from");
	release();
}
END_TEST

START_TEST(test_file_cut_short_by_a_lost_reader_keeps_what_came)
{
	struct item it = bundle_box_item("/h", ITEM_FILE, 20);

	open_box();
	ck_assert_int_eq(bundle_box_put(&box, &it, "twelve bytes", 12, GAP_HUNG), 0);
	close_and_read();
	assert_content("[root]/h", "twelve bytes\0\0\0\0\0\0\0", 20);
	assert_line("/h", "\"result\":\"error\",\"gap\":\"no-answer\"");
	assert_line("/h", "\"read\":12,\"stored\":20,\"pad_from\":12");
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
	close_and_read();
	assert_content("[root]/proc/version", "Linux version 6\n", 16);
	assert_hash("/proc/version", "sha256", "Linux version 6\n", 16);
	assert_line("/proc/version", "\"gap\":\"none\"");
	assert_line("/proc/version", "\"size\":0,\"blocks\":0,\"read\":16,\"stored\":16,");
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
	close_and_read();
	assert_content("[root]/proc/x", data, spools[_i].kept);
	snprintf(part, sizeof(part), "\"gap\":\"%s\"", gap_word(spools[_i].want));
	assert_line("/proc/x", part);
	assert_hash("/proc/x", "sha256", data, spools[_i].kept);
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
	close_and_read();
	assert_content("[root]/proc/big", data, 3u << 20);
	assert_content("[root]/proc/small", "tiny", 4);
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
	close_and_read();
	ck_assert_ptr_null(bundle_box_find(&back, "[root]/usr/bin/su"));
	assert_hash("/usr/bin/su", "sha256", "\x7f""ELF", 4);
	assert_hash("/proc/self/exe", "sha256", "xy", 2);
	assert_no_key("/usr/bin/su", "stored");
	assert_line("/usr/bin/su", "\"read\":4,");
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
	close_and_read();
	assert_hash("/usr/bin/d", "sha256", "abc", 3);
	assert_no_key("/usr/bin/d", "pad_from");
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
	close_and_read();
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
	assert_line("/", "\"member\":\"[root]\",\"type\":\"directory\"");
	assert_line("/etc", "\"member\":\"[root]/etc\"");
	assert_line("/etc/hard", "\"hardlink_of\":\"/etc/first\"");
	assert_no_key("/etc/hard", "\"read\"");
	assert_line("/run/sock", "\"type\":\"socket\"");
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
	close_and_read();
	assert_content("live/net/sock_diag", "ok", 2);
	assert_line("live/net/sock_diag", "\"member\":\"live/net/sock_diag\"");
	release();
}
END_TEST

static const struct {
	uint64_t size;
	struct extent x[2];
	size_t count;
	size_t given;		/* bytes written of the extents' sum */
	enum gap gap;
	uint64_t pad_from;
} sparse[] = {
	{ 70000, { { 4096, 512 }, { 69900, 100 } }, 2, 612, GAP_NONE, 0 },
	{ 70000, { { 4096, 512 }, { 69900, 100 } }, 2, 600, GAP_SHRANK, 69988 },
	{ 70000, { { 4096, 512 }, { 69900, 100 } }, 2, 512, GAP_IO_ERROR, 69900 },
	{ 70000, { { 4096, 512 }, { 69900, 100 } }, 2, 7, GAP_CUT, 4103 },
	{ 70000, { { 0, 1 } }, 1, 1, GAP_NONE, 0 },
	{ 70000, { { 0, 0 } }, 0, 0, GAP_NONE, 0 },
	{ 70000, { { 0, 70000 } }, 1, 70000, GAP_NONE, 0 },
	{ 70000, { { 100, 100 } }, 1, 0, GAP_IO_ERROR, 0 },
};

START_TEST(test_sparse_file_is_hashed_with_its_holes)
{
	char *logical = calloc(1, 70000), *data = malloc(70000), part[64];
	struct item it = bundle_box_item("/sparse", ITEM_FILE, 0);
	size_t at = 0, want = sparse[_i].given == 0 && sparse[_i].gap != GAP_NONE ? 0 : 70000;

	memset(data, 'd', 70000);
	it.st.size = sparse[_i].size;
	it.extents = sparse[_i].x;
	it.extent_count = sparse[_i].count;
	for (size_t i = 0; i < it.extent_count; i++) {
		for (uint64_t k = 0; k < it.extents[i].length && at < sparse[_i].given; k++, at++)
			logical[it.extents[i].offset + k] = 'd';
		it.promise += it.extents[i].length;
	}
	open_box();
	ck_assert_int_eq(bundle_box_put(&box, &it, data, sparse[_i].given, sparse[_i].gap), 0);
	close_and_read();
	assert_content("[root]/sparse", logical, want);
	ck_assert(is_summed("[root]/sparse"));
	if (sparse[_i].pad_from != 0) {
		snprintf(part, sizeof(part), "\"pad_from\":%llu",
			 (unsigned long long)sparse[_i].pad_from);
		assert_line("/sparse", part);
		assert_hash("/sparse", "sha256", logical, sparse[_i].pad_from);
		assert_hash("/sparse", "sha256_stored", logical, 70000);
	} else {
		assert_hash("/sparse", "sha256", logical, want);
	}
	release();
	free(logical);
	free(data);
}
END_TEST

static const struct {
	uint64_t size;
	size_t given;
	bool summed;
} vast[] = {
	{ (1ull << 30) + 10, 10, true },	/* exactly 1 GiB of holes is hashed */
	{ (1ull << 30) + 11, 10, false },
	{ 1ull << 45, 10, false },
	{ 1ull << 45, 4, false },
	{ UINT64_MAX, 10, true },		/* no sparse member any more */
};

START_TEST(test_vast_sparse_file_is_hashed_without_its_holes)
{
	struct extent x = { 4096, 10 };
	struct item it = bundle_box_item("/vast", ITEM_FILE, 10);
	enum gap gap = vast[_i].given == 10 ? GAP_NONE : GAP_CUT;

	if (_i == 0 && emulator_lacks("the speed to hash a gigabyte"))
		return;
	it.st.size = vast[_i].size;
	it.extents = &x;
	it.extent_count = 1;
	open_box();
	ck_assert_int_eq(bundle_box_put(&box, &it, "0123456789", vast[_i].given, gap), 0);
	close_and_read();
	ck_assert_uint_lt(box.out.len, 65536);
	ck_assert_int_eq(is_summed("[root]/vast"), vast[_i].summed);
	if (vast[_i].size > (1ull << 30) + 10) {
		assert_hash("/vast", "sha256_data", "0123456789", vast[_i].given);
		assert_no_key("/vast", "\"sha256\"");
	}
	if (vast[_i].given != 10)
		assert_hash("/vast", "sha256_stored", "0123\0\0\0\0\0\0", 10);
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
	close_and_read();
	assert_content("[root]/lie", lies[_i].content, 8);
	assert_line("/lie", "\"gap\":\"internal-error\",\"errno\":71,\"errname\":\"EPROTO\"");
	assert_content("[root]/next", "next", 4);
	release();
}
END_TEST

START_TEST(test_impossible_size_is_treated_as_unknown)
{
	struct item it = bundle_box_item("/fuse", ITEM_FILE, UINT64_MAX - 5);

	open_box();
	ck_assert_int_eq(bundle_box_put(&box, &it, "some", 4, GAP_SHRANK), 0);
	close_and_read();
	assert_content("[root]/fuse", "some", 4);
	release();
}
END_TEST

START_TEST(test_names_that_are_not_text_are_kept_exactly)
{
	static const char path[] = "/tmp/\xff\xfe\n\x1b[31m\\ \xe2\x80\xae\"'";
	struct item it = bundle_box_item(path, ITEM_FILE, 1);

	open_box();
	ck_assert_int_eq(bundle_box_put(&box, &it, "x", 1, GAP_NONE), 0);
	close_and_read();
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
	close_and_read();
	assert_line("/var/log/x", "\"gap\":\"none\"");
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
	tcase_add_test(tc, test_a_name_that_comes_twice_has_one_member);
	tcase_add_test(tc, test_answer_of_the_kernel_goes_below_live);
	tcase_add_loop_test(tc, test_sparse_file_is_hashed_with_its_holes, 0, ROWS(sparse));
	tcase_add_loop_test(tc, test_vast_sparse_file_is_hashed_without_its_holes, 0, ROWS(vast));
	tcase_add_loop_test(tc, test_broken_promise_of_a_source_is_an_internal_gap, 0, ROWS(lies));
	tcase_add_test(tc, test_impossible_size_is_treated_as_unknown);
	tcase_add_test(tc, test_names_that_are_not_text_are_kept_exactly);
	tcase_add_loop_test(tc, test_use_out_of_order_ends_the_bundle, 0, ROWS(misuses));
	suite_add_tcase(s, tc);
	return s;
}

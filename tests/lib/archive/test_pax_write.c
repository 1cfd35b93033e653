#include "lib/archive/pax_write.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/archive/pax_read.h"
#include "lib/base/buf.h"
#include "tests/support/order.h"

Suite *suite_pax_write(void);

#define TEXT(s) { s, sizeof(s) - 1 }
#define OUT_MAX (8u << 20)

static int collect(void *ctx, const void *data, size_t n)
{
	buf_add(ctx, data, n);
	return 0;
}

static struct pax_write *open_writer(struct buf *out, struct err *e)
{
	struct pax_write *w;

	buf_init(out, OUT_MAX);
	w = pax_write_new(collect, out, e);
	ck_assert_ptr_nonnull(w);
	return w;
}

struct source {
	const char *p;
	size_t left;
};

static ssize_t give(void *ctx, void *data, size_t n)
{
	struct source *from = ctx;

	if (n > from->left)
		n = from->left;
	memcpy(data, from->p, n);
	from->p += n;
	from->left -= n;
	return (ssize_t)n;
}

static void pass(void *ctx, const void *data, size_t n)
{
	(void)ctx;
	(void)data;
	(void)n;
}

static struct item file_item(uint64_t size)
{
	struct item it = { .type = ITEM_FILE, .depth = DEPTH_CONTENT, .has_stat = true };

	it.st.mode = S_IFREG | 04755;
	it.st.uid = 3000000000u;
	it.st.gid = 42;
	it.st.size = size;
	it.st.mtime = (struct instant){ 1700000000, 123456789 };
	it.st.atime = (struct instant){ 1700000001, 1 };
	it.st.ctime = (struct instant){ 1700000002, 999999999 };
	return it;
}

static bool holds(const struct buf *b, const char *text)
{
	return memmem(b->p, b->len, text, strlen(text)) != NULL;
}

static const struct name_row {
	struct bytes name;
	size_t n;
} names[] = {
	{ TEXT("[root]/etc/hostname"), 6 },
	{ TEXT("[root]/empty"), 0 },
	{ TEXT("[root]/block"), 512 },
	{ TEXT("[root]/tmp/new\nline \x1b[31m"), 513 },
	{ TEXT("[root]/tmp/\xff\xfe not utf-8"), 5000 },
	{ TEXT("[root]/tmp/caf\xc3\xa9 = 100%"), 1 },
	{ TEXT("[root]/ leading and trailing "), 7 },
	{ TEXT("[root]/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/"
	       "0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/"
	       "0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/012345678901"), 3 },
	{ TEXT("live/net/sock_diag"), 100 },
};

START_TEST(test_file_is_read_back_with_name_content_and_times)
{
	const struct name_row *row = &names[_i];
	struct item it = file_item(row->n);
	char *content = malloc(row->n + 1), *back = calloc(1, row->n + 1);
	struct err e = { 0 };
	struct buf out;
	struct pax_write *w = open_writer(&out, &e);
	struct pax_member m;
	struct pax_read *r;
	struct source from;
	const void *data;
	uint64_t offset;
	ssize_t n;

	memset(content, 'c', row->n);
	ck_assert_int_eq(pax_write_item(w, row->name, &it, row->n), 0);
	ck_assert_int_eq(pax_write_data(w, content, row->n / 2), 0);
	ck_assert_int_eq(pax_write_data(w, content, row->n - row->n / 2), 0);
	ck_assert_int_eq(pax_write_end(w), 0);
	ck_assert_uint_eq(out.len % 512, 0);
	ck_assert_int_eq(pax_write_close(w), 0);
	pax_write_free(w);

	from = (struct source){ out.p, out.len };
	r = pax_read_new(give, pass, &from, &e);
	ck_assert_int_eq(pax_read_next(r, &m), PAX_MORE);
	ck_assert_uint_eq(m.name.len, row->name.len);
	ck_assert_mem_eq(m.name.p, row->name.p, m.name.len);
	ck_assert_int_eq(m.type, ITEM_FILE);
	ck_assert_uint_eq(m.size, row->n);
	ck_assert_uint_eq(m.mode, 04755);
	ck_assert_uint_eq(m.uid, 3000000000u);
	ck_assert_int_eq(m.mtime.sec, 1700000000);
	ck_assert_uint_eq(m.mtime.nsec, 123456789);
	ck_assert_uint_eq(m.atime.nsec, 1);
	ck_assert(holds(&out, "ctime=1700000002.999999999\n"));
	ck_assert(holds(&out, "hdrcharset=BINARY\n"));
	while ((n = pax_read_data(r, &data, &offset)) > 0)
		memcpy(back + offset, data, (size_t)n);
	ck_assert(row->n == 0 || memcmp(back, content, row->n) == 0);
	ck_assert_int_eq(pax_read_next(r, &m), PAX_END);
	pax_read_free(r);
	buf_release(&out);
	free(content);
	free(back);
}
END_TEST

START_TEST(test_header_depends_on_its_item_alone)
{
	struct item it = file_item(3);
	struct err e = { 0 };
	struct buf a, b;

	for (struct buf *out = &a; out != NULL; out = out == &a ? &b : NULL) {
		struct pax_write *w = open_writer(out, &e);

		if (out == &b) { /* another member before it leaves no trace */
			struct item other = file_item(9);

			other.xattrs = (struct bytes)TEXT(ORDER_XATTR("\6", "\1") "user.aX");
			other.st.attributes = STATX_ATTR_IMMUTABLE;
			ck_assert_int_eq(pax_write_item(w, (struct bytes)TEXT("x"), &other, 9), 0);
			ck_assert_int_eq(pax_write_end(w), 0);
			buf_clear(out);
		}
		ck_assert_int_eq(pax_write_item(w, (struct bytes)TEXT("live/a"), &it, 3), 0);
		ck_assert_int_eq(pax_write_data(w, "abc", 3), 0);
		ck_assert_int_eq(pax_write_end(w), 0);
		pax_write_free(w);
	}
	ck_assert_uint_eq(a.len, b.len);
	ck_assert_mem_eq(a.p, b.p, a.len);
	buf_release(&a);
	buf_release(&b);
}
END_TEST

START_TEST(test_everything_of_a_member_is_out_at_its_end)
{
	struct item it = file_item(700);
	struct err e = { 0 };
	struct buf out;
	struct pax_write *w = open_writer(&out, &e);
	char content[700] = "x";

	ck_assert_int_eq(pax_write_item(w, (struct bytes)TEXT("a"), &it, 700), 0);
	ck_assert_uint_eq(out.len, 3 * 512);
	ck_assert_int_eq(pax_write_data(w, content, 700), 0);
	ck_assert_int_eq(pax_write_end(w), 0);
	ck_assert_uint_eq(out.len, 5 * 512);
	pax_write_free(w);
	/* freeing an unfinished archive must not end it */
	ck_assert_uint_eq(out.len, 5 * 512);
	buf_release(&out);
}
END_TEST

START_TEST(test_short_member_is_filled_and_long_one_refused)
{
	struct item it = file_item(20000);
	struct err e = { 0 };
	struct buf out;
	struct pax_write *w = open_writer(&out, &e);

	ck_assert_int_eq(pax_write_item(w, (struct bytes)TEXT("a"), &it, 20000), 0);
	ck_assert_int_eq(pax_write_data(w, "begin", 5), 0);
	ck_assert_int_eq(pax_write_end(w), 0);
	ck_assert_uint_eq(out.len, 3 * 512 + 20480);
	for (size_t i = 3 * 512 + 5; i < out.len; i++)
		ck_assert_int_eq(out.p[i], 0);
	ck_assert_int_eq(pax_write_item(w, (struct bytes)TEXT("b"), &it, 3), 0);
	ck_assert_int_eq(pax_write_data(w, "four", 4), -1);
	ck_assert_int_eq(e.set, 1);
	pax_write_free(w);
	buf_release(&out);
}
END_TEST

static const struct {
	enum item_type type;
	uint32_t mode;
	const char *member;
	struct bytes link, hardlink;
	const char *name_back, *link_back;
} specials[] = {
	{ ITEM_DIR, S_IFDIR | 0755, "[root]/etc", { 0 }, { 0 }, "[root]/etc/", NULL },
	{ ITEM_DIR, S_IFDIR | 01777, "[root]/", { 0 }, { 0 }, "[root]/", NULL },
	{ ITEM_SYMLINK, S_IFLNK | 0777, "[root]/l", TEXT("../\xff target"), { 0 }, "[root]/l",
	  "../\xff target" },
	{ ITEM_FILE, S_IFREG | 0644, "[root]/hard", { 0 }, TEXT("[root]/first"), "[root]/hard",
	  "[root]/first" },
	{ ITEM_FIFO, S_IFIFO | 0600, "[root]/pipe", { 0 }, { 0 }, "[root]/pipe", NULL },
	{ ITEM_CHARDEV, S_IFCHR | 0666, "[root]/dev/null", { 0 }, { 0 }, "[root]/dev/null", NULL },
	{ ITEM_BLOCKDEV, S_IFBLK | 0660, "[root]/dev/sda", { 0 }, { 0 }, "[root]/dev/sda", NULL },
};

START_TEST(test_special_member_is_read_back)
{
	struct item it = { .type = specials[_i].type, .depth = DEPTH_CONTENT, .has_stat = true,
			   .link = specials[_i].link, .hardlink = specials[_i].hardlink };
	struct bytes member = { specials[_i].member, strlen(specials[_i].member) };
	struct err e = { 0 };
	struct buf out;
	struct pax_write *w = open_writer(&out, &e);
	struct pax_member m;
	struct pax_read *r;
	struct source from;

	it.st.mode = specials[_i].mode;
	it.st.rdev_major = 259;
	it.st.rdev_minor = 1048575;
	it.st.mtime = (struct instant){ 1, 5 };
	ck_assert_int_eq(pax_write_item(w, member, &it, 0), 0);
	ck_assert_int_eq(pax_write_end(w), 0);
	ck_assert_int_eq(pax_write_close(w), 0);
	pax_write_free(w);
	from = (struct source){ out.p, out.len };
	r = pax_read_new(give, pass, &from, &e);
	ck_assert_int_eq(pax_read_next(r, &m), PAX_MORE);
	ck_assert_int_eq(m.type, specials[_i].type);
	ck_assert_int_eq(m.hardlink, specials[_i].hardlink.len > 0);
	ck_assert_uint_eq(m.name.len, strlen(specials[_i].name_back));
	ck_assert_mem_eq(m.name.p, specials[_i].name_back, m.name.len);
	if (specials[_i].link_back != NULL) {
		ck_assert_uint_eq(m.link.len, strlen(specials[_i].link_back));
		ck_assert_mem_eq(m.link.p, specials[_i].link_back, m.link.len);
	}
	if (m.type == ITEM_CHARDEV || m.type == ITEM_BLOCKDEV) {
		ck_assert_uint_eq(m.rdev_major, 259);
		ck_assert_uint_eq(m.rdev_minor, 1048575);
	}
	ck_assert_int_eq(pax_read_next(r, &m), PAX_END);
	pax_read_free(r);
	buf_release(&out);
}
END_TEST

START_TEST(test_socket_has_no_member)
{
	struct item it = { .type = ITEM_SOCKET };
	struct err e = { 0 };
	struct buf out;
	struct pax_write *w = open_writer(&out, &e);

	ck_assert_int_eq(pax_write_item(w, (struct bytes)TEXT("s"), &it, 0), -1);
	ck_assert_uint_eq(out.len, 0);
	pax_write_free(w);
	buf_release(&out);
}
END_TEST

static const struct {
	struct instant t;
	const char *text;
} times[] = {
	{ { -1, 0 }, "mtime=-1\n" },
	{ { -86400, 5 }, "mtime=-86399.999999995\n" },
	{ { -2, 500000000 }, "mtime=-1.5\n" },
	{ { -1, 500000000 }, "mtime=-1\n" },
	{ { 0, 1 }, "mtime=0.000000001\n" },
	{ { 9000000000, 100000000 }, "mtime=9000000000.1\n" },
	{ { 72057594037927936, 7 }, "mtime=72057594037927936.000000007\n" },
};

START_TEST(test_time_is_a_decimal_number)
{
	struct item it = file_item(0);
	struct err e = { 0 };
	struct buf out;
	struct pax_write *w = open_writer(&out, &e);

	it.st.mtime = times[_i].t;
	ck_assert_int_eq(pax_write_item(w, (struct bytes)TEXT("t"), &it, 0), 0);
	ck_assert(holds(&out, times[_i].text));
	pax_write_free(w);
	buf_release(&out);
}
END_TEST

START_TEST(test_xattrs_flags_and_birth_time_are_in_the_header)
{
	struct item it = file_item(0);
	struct err e = { 0 };
	struct buf out;
	struct pax_write *w = open_writer(&out, &e);

	it.xattrs = (struct bytes)TEXT(ORDER_XATTR("\x0b", "\3") "user.origin\0=\xff"
				       ORDER_XATTR("\6", "\1") "user.aX");
	it.st.attributes = STATX_ATTR_IMMUTABLE | STATX_ATTR_NODUMP;
	it.st.has_btime = true;
	it.st.btime = (struct instant){ 1600000000, 5 };
	ck_assert_int_eq(pax_write_item(w, (struct bytes)TEXT("t"), &it, 0), 0);
	ck_assert(memmem(out.p, out.len, "SCHILY.xattr.user.origin=\0=\xff\n", 29) != NULL);
	ck_assert(holds(&out, "SCHILY.xattr.user.a=X\n"));
	ck_assert(!holds(&out, "LIBARCHIVE.xattr"));
	ck_assert(holds(&out, "SCHILY.fflags=schg,nodump\n"));
	ck_assert(holds(&out, "LIBARCHIVE.creationtime=1600000000.000000005\n"));
	pax_write_free(w);
	buf_release(&out);
}
END_TEST

static const struct {
	uint64_t size;
	struct extent x[3];
	size_t count;
} sparse[] = {
	{ 70000, { { 4096, 512 }, { 69900, 100 } }, 2 },
	{ 1ull << 40, { { 0, 10 }, { 1ull << 39, 600 } }, 2 },
	{ 1ull << 46, { { (1ull << 46) - 5, 5 } }, 1 },
	{ 5000, { { 100, 0 }, { 200, 7 }, { 207, 3 } }, 3 },
	{ 1000000, { { 0, 0 } }, 0 },
	{ 300, { { 0, 300 } }, 1 },
};

START_TEST(test_sparse_file_keeps_its_holes)
{
	struct item it = file_item(sparse[_i].size);
	struct err e = { 0 };
	struct buf out;
	struct pax_write *w = open_writer(&out, &e);
	struct pax_member m;
	struct pax_read *r;
	struct source from;
	const void *data;
	uint64_t offset, total = 0, seen = 0;
	ssize_t n;

	it.extents = sparse[_i].x;
	it.extent_count = sparse[_i].count;
	for (size_t i = 0; i < it.extent_count; i++)
		total += it.extents[i].length;
	ck_assert_int_eq(pax_write_item(w, (struct bytes)TEXT("[root]/s"), &it, total), 0);
	for (uint64_t i = 0; i < total; i++)
		ck_assert_int_eq(pax_write_data(w, &"abcdefg"[i % 7], 1), 0);
	ck_assert_int_eq(pax_write_end(w), 0);
	ck_assert_int_eq(pax_write_close(w), 0);
	pax_write_free(w);
	ck_assert_uint_lt(out.len, 8192);
	from = (struct source){ out.p, out.len };
	r = pax_read_new(give, pass, &from, &e);
	ck_assert_int_eq(pax_read_next(r, &m), PAX_MORE);
	ck_assert_mem_eq(m.name.p, "[root]/s", m.name.len);
	ck_assert_uint_eq(m.size, sparse[_i].size);
	while ((n = pax_read_data(r, &data, &offset)) > 0) {
		for (ssize_t i = 0; i < n; i++)
			ck_assert_int_eq(((const char *)data)[i], "abcdefg"[seen++ % 7]);
	}
	ck_assert_uint_eq(seen, total);
	ck_assert_int_eq(pax_read_next(r, &m), PAX_END);
	pax_read_free(r);
	buf_release(&out);
}
END_TEST

static const struct {
	struct extent x[2];
	size_t count;
	uint64_t size;
} bad_extents[] = {
	{ { { 90, 20 } }, 1, 20 },
	{ { { 50, 10 }, { 55, 10 } }, 2, 20 },
	{ { { 50, 10 }, { 20, 10 } }, 2, 20 },
	{ { { 50, 10 } }, 1, 11 },
	{ { { UINT64_MAX, 2 } }, 1, 2 },
};

START_TEST(test_contradicting_extents_are_refused)
{
	struct item it = file_item(100);
	struct err e = { 0 };
	struct buf out;
	struct pax_write *w = open_writer(&out, &e);

	it.extents = bad_extents[_i].x;
	it.extent_count = bad_extents[_i].count;
	ck_assert_int_eq(pax_write_item(w, (struct bytes)TEXT("s"), &it, bad_extents[_i].size), -1);
	ck_assert_uint_eq(out.len, 0);
	pax_write_free(w);
	buf_release(&out);
}
END_TEST

START_TEST(test_name_of_the_greatest_length_is_written_a_longer_one_refused)
{
	struct item it = file_item(0);
	struct err e = { 0 };
	struct buf out;
	struct pax_write *w = open_writer(&out, &e);
	char *name = malloc(ITEM_PATH_MAX + 100);

	memset(name, 'n', ITEM_PATH_MAX + 100);
	ck_assert_int_eq(pax_write_item(w, (struct bytes){ name, ITEM_PATH_MAX + 6 }, &it, 0), 0);
	ck_assert_int_eq(pax_write_end(w), 0);
	ck_assert_int_eq(pax_write_item(w, (struct bytes){ name, ITEM_PATH_MAX + 99 }, &it, 0), -1);
	pax_write_free(w);
	buf_release(&out);
	free(name);
}
END_TEST

static int refuse(void *ctx, const void *data, size_t n)
{
	(void)data;
	(void)n;
	return err_set(ctx, 28, "output full");
}

START_TEST(test_failure_of_the_output_is_the_one_reported)
{
	struct item it = file_item(0);
	struct err e = { 0 };
	struct pax_write *w = pax_write_new(refuse, &e, &e);

	ck_assert_int_eq(pax_write_item(w, (struct bytes)TEXT("a"), &it, 0), -1);
	ck_assert_str_eq(e.what, "output full");
	pax_write_free(w);
}
END_TEST

#define ROWS(a) (sizeof(a) / sizeof((a)[0]))

Suite *suite_pax_write(void)
{
	Suite *s = suite_create("lib/archive/pax_write");
	TCase *tc = tcase_create("pax_write");

	tcase_add_loop_test(tc, test_file_is_read_back_with_name_content_and_times, 0, ROWS(names));
	tcase_add_test(tc, test_header_depends_on_its_item_alone);
	tcase_add_test(tc, test_everything_of_a_member_is_out_at_its_end);
	tcase_add_test(tc, test_short_member_is_filled_and_long_one_refused);
	tcase_add_loop_test(tc, test_special_member_is_read_back, 0, ROWS(specials));
	tcase_add_test(tc, test_socket_has_no_member);
	tcase_add_loop_test(tc, test_time_is_a_decimal_number, 0, ROWS(times));
	tcase_add_test(tc, test_xattrs_flags_and_birth_time_are_in_the_header);
	tcase_add_loop_test(tc, test_sparse_file_keeps_its_holes, 0, ROWS(sparse));
	tcase_add_loop_test(tc, test_contradicting_extents_are_refused, 0, ROWS(bad_extents));
	tcase_add_test(tc, test_name_of_the_greatest_length_is_written_a_longer_one_refused);
	tcase_add_test(tc, test_failure_of_the_output_is_the_one_reported);
	suite_add_tcase(s, tc);
	return s;
}

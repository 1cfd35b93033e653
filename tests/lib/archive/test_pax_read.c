#include "lib/archive/pax_read.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/archive/pax_write.h"
#include "lib/base/buf.h"

Suite *suite_pax_read(void);

#define TAR_MAX (8u << 20)

/* A tar in memory, and how much of it was passed on. */
struct tape {
	const char *p;
	size_t n, at, piece;
	struct buf passed;
};

static ssize_t give(void *ctx, void *data, size_t n)
{
	struct tape *t = ctx;

	if (n > t->n - t->at)
		n = t->n - t->at;
	if (n > t->piece)
		n = t->piece;
	memcpy(data, t->p + t->at, n);
	t->at += n;
	return (ssize_t)n;
}

static void passed(void *ctx, const void *data, size_t n)
{
	struct tape *t = ctx;

	buf_add(&t->passed, data, n);
}

static struct pax_read *open_tape(struct tape *t, const char *p, size_t n, size_t piece)
{
	struct pax_read *r;

	*t = (struct tape){ .p = p, .n = n, .piece = piece };
	buf_init(&t->passed, TAR_MAX);
	r = pax_read_new(give, passed, t, NULL);
	ck_assert_ptr_nonnull(r);
	return r;
}

static int collect(void *ctx, const void *data, size_t n)
{
	buf_add(ctx, data, n);
	return 0;
}

static struct bytes bytes_of(const char *s)
{
	return (struct bytes){ s, strlen(s) };
}

static const struct extent extents[] = { { 4096, 10 }, { 100000, 5 } };
static char long_name[65000];

/* A file, a directory, a link, a sparse file, and one with a very long name. */
static void make(struct buf *tar)
{
	struct pax_write *w;
	struct item file = { .type = ITEM_FILE, .has_stat = true, .st = { .mode = 0100644,
			     .size = 1000, .mtime = { -1, 5 } } };
	struct item dir = { .type = ITEM_DIR, .has_stat = true, .st = { .mode = 040755 } };
	struct item link = { .type = ITEM_SYMLINK, .has_stat = true, .st = { .mode = 0120777 },
			     .link = { "\xff/target", 8 } };
	struct item sparse = { .type = ITEM_FILE, .has_stat = true, .extents = extents,
			       .extent_count = 2, .st = { .mode = 0100600, .size = 200000 } };
	char data[1000];

	memset(data, 'd', sizeof(data));
	memset(long_name, 'n', sizeof(long_name) - 1);
	memcpy(long_name, "[root]/", 7);
	buf_init(tar, TAR_MAX);
	w = pax_write_new(collect, tar, NULL);
	ck_assert_int_eq(pax_write_item(w, bytes_of("[root]/file"), &file, 1000), 0);
	ck_assert_int_eq(pax_write_data(w, data, 1000), 0);
	ck_assert_int_eq(pax_write_end(w), 0);
	ck_assert_int_eq(pax_write_item(w, bytes_of("[root]/dir"), &dir, 0), 0);
	ck_assert_int_eq(pax_write_end(w), 0);
	ck_assert_int_eq(pax_write_item(w, bytes_of("[root]/\xfe\nlink"), &link, 0), 0);
	ck_assert_int_eq(pax_write_end(w), 0);
	ck_assert_int_eq(pax_write_item(w, bytes_of("[root]/sparse"), &sparse, 15), 0);
	ck_assert_int_eq(pax_write_data(w, data, 15), 0);
	ck_assert_int_eq(pax_write_end(w), 0);
	file.st.size = 3;
	ck_assert_int_eq(pax_write_item(w, bytes_of(long_name), &file, 3), 0);
	ck_assert_int_eq(pax_write_data(w, data, 3), 0);
	ck_assert_int_eq(pax_write_end(w), 0);
	ck_assert_int_eq(pax_write_close(w), 0);
	pax_write_free(w);
	ck_assert(!tar->failed);
}

static const struct {
	const char *name;
	enum item_type type;
	uint64_t size, data;
	size_t extents;
} wanted[] = {
	{ "[root]/file", ITEM_FILE, 1000, 1000, 0 },
	{ "[root]/dir/", ITEM_DIR, 0, 0, 0 },
	{ "[root]/\xfe\nlink", ITEM_SYMLINK, 0, 0, 0 },
	{ "[root]/sparse", ITEM_FILE, 200000, 15, 2 },
	{ long_name, ITEM_FILE, 3, 3, 0 },
};

#define MEMBERS (sizeof(wanted) / sizeof(wanted[0]))

static uint64_t read_all(struct pax_read *r)
{
	const void *data;
	uint64_t offset, sum = 0;
	ssize_t n;

	while ((n = pax_read_data(r, &data, &offset)) > 0)
		sum += (uint64_t)n;
	return n == 0 ? sum : UINT64_MAX;
}

static const size_t pieces[] = { 1, 7, 511, 512, 513, 1000000 };

/* The promise to the seals: what precedes a header was passed, and no byte more. */
START_TEST(test_exactly_the_bytes_before_each_header_are_passed)
{
	struct buf tar;
	struct tape t;
	struct pax_read *r;
	struct pax_member m;
	bool nonzero;

	make(&tar);
	r = open_tape(&t, tar.p, tar.len, pieces[_i]);
	for (size_t i = 0; i < MEMBERS; i++) {
		ck_assert_int_eq(pax_read_next(r, &m), PAX_MORE);
		ck_assert_uint_eq(t.passed.len, m.header);
		ck_assert_uint_eq(m.header % 512, 0);
		ck_assert_int_eq(memcmp(t.passed.len > 0 ? t.passed.p : "", tar.p, m.header), 0);
		ck_assert_uint_eq(m.name.len, strlen(wanted[i].name));
		ck_assert_mem_eq(m.name.p, wanted[i].name, m.name.len);
		ck_assert_int_eq(m.type, wanted[i].type);
		ck_assert_uint_eq(m.size, wanted[i].size);
		ck_assert_uint_eq(m.data, wanted[i].data);
		ck_assert_uint_eq(m.extent_count, wanted[i].extents);
		/* Every second member's content is left to pax_read_next. */
		if (i % 2 == 0)
			ck_assert_uint_eq(read_all(r), wanted[i].data);
	}
	ck_assert_int_eq(pax_read_next(r, &m), PAX_END);
	ck_assert_uint_eq(pax_read_position(r), tar.len - 1024);
	ck_assert_uint_eq(t.passed.len, tar.len - 1024);
	ck_assert_uint_eq(pax_read_rest(r, &nonzero), 1024);
	ck_assert(!nonzero);
	ck_assert_uint_eq(t.passed.len, tar.len);
	ck_assert_int_eq(pax_read_next(r, &m), PAX_END);
	pax_read_free(r);
	buf_release(&t.passed);
	buf_release(&tar);
}
END_TEST

START_TEST(test_metadata_comes_back)
{
	struct buf tar;
	struct tape t;
	struct pax_read *r;
	struct pax_member m;

	make(&tar);
	r = open_tape(&t, tar.p, tar.len, 4096);
	ck_assert_int_eq(pax_read_next(r, &m), PAX_MORE);
	ck_assert_uint_eq(m.mode, 0644);
	ck_assert(m.has_mtime);
	ck_assert_int_eq(pax_read_next(r, &m), PAX_MORE);
	ck_assert_int_eq(pax_read_next(r, &m), PAX_MORE);
	ck_assert_uint_eq(m.link.len, 8);
	ck_assert_mem_eq(m.link.p, "\xff/target", 8);
	ck_assert_int_eq(pax_read_next(r, &m), PAX_MORE);
	ck_assert_uint_eq(m.extents[0].offset, 4096);
	ck_assert_uint_eq(m.extents[1].offset, 100000);
	ck_assert_uint_eq(m.extents[1].length, 5);
	pax_read_free(r);
	buf_release(&t.passed);
	buf_release(&tar);
}
END_TEST

static enum pax_end run_to_end(const char *p, size_t n, size_t *members)
{
	struct tape t;
	struct pax_read *r = open_tape(&t, p, n, 100000);
	struct pax_member m;
	enum pax_end end;

	*members = 0;
	while ((end = pax_read_next(r, &m)) == PAX_MORE) {
		read_all(r);
		(*members)++;
	}
	pax_read_free(r);
	buf_release(&t.passed);
	return end;
}

START_TEST(test_a_tar_that_stops_is_stopped_and_not_damaged)
{
	struct buf tar;
	size_t members;

	make(&tar);
	for (size_t n = 0; n < tar.len - 1024; n += n < 5000 ? 1 : 97)
		ck_assert_msg(run_to_end(tar.p, n, &members) == PAX_STOPPED, "%zu", n);
	/* One of the two zero blocks is enough to know that it ends here. */
	ck_assert_int_eq(run_to_end(tar.p, tar.len - 512, &members), PAX_END);
	ck_assert_uint_eq(members, MEMBERS);
	buf_release(&tar);
}
END_TEST

START_TEST(test_bytes_that_are_no_tar_are_damage)
{
	struct buf tar;
	size_t members;
	char text[2048];

	memset(text, 'x', sizeof(text));
	ck_assert_int_eq(run_to_end(text, sizeof(text), &members), PAX_DAMAGED);
	make(&tar);
	for (size_t at = 0; at < 512; at++) {
		tar.p[at] ^= 1;
		ck_assert_msg(run_to_end(tar.p, tar.len, &members) == PAX_DAMAGED, "%zu", at);
		tar.p[at] ^= 1;
	}
	buf_release(&tar);
}
END_TEST

static void put_octal(char *field, size_t width, unsigned long long v)
{
	char text[16];

	snprintf(text, sizeof(text), "%0*llo", (int)width - 1, v);
	memcpy(field, text, width);
}

static void header(struct buf *b, char type, unsigned long long size)
{
	char h[512] = "x";
	unsigned sum = 0;

	put_octal(h + 100, 8, 0644);
	put_octal(h + 124, 12, size);
	memset(h + 148, ' ', 8);
	h[156] = type;
	memcpy(h + 257, "ustar\00000", 8);
	for (size_t i = 0; i < sizeof(h); i++)
		sum += (unsigned char)h[i];
	put_octal(h + 148, 7, sum);
	buf_add(b, h, sizeof(h));
}

START_TEST(test_headers_without_end_are_refused_in_bounded_memory)
{
	struct buf tar;
	size_t members;
	char block[512] = "20 comment=xxxxxxxx\n";

	buf_init(&tar, 64u << 20);
	/* Five extended headers of half a megabyte, one after the other. */
	for (size_t i = 0; i < 5; i++) {
		header(&tar, 'x', 524288);
		for (size_t k = 0; k < 1024; k++)
			buf_add(&tar, block, sizeof(block));
	}
	ck_assert_int_eq(run_to_end(tar.p, tar.len, &members), PAX_DAMAGED);
	buf_clear(&tar);
	header(&tar, 'x', 077777777777ull);
	buf_add(&tar, block, sizeof(block));
	ck_assert_int_eq(run_to_end(tar.p, tar.len, &members), PAX_DAMAGED);
	ck_assert_uint_eq(members, 0);
	buf_release(&tar);
}
END_TEST

Suite *suite_pax_read(void)
{
	Suite *s = suite_create("lib/archive/pax_read");
	TCase *t = tcase_create("pax_read");

	tcase_add_loop_test(t, test_exactly_the_bytes_before_each_header_are_passed, 0,
			    (int)(sizeof(pieces) / sizeof(pieces[0])));
	tcase_add_test(t, test_metadata_comes_back);
	tcase_add_test(t, test_a_tar_that_stops_is_stopped_and_not_damaged);
	tcase_add_test(t, test_bytes_that_are_no_tar_are_damage);
	tcase_add_test(t, test_headers_without_end_are_refused_in_bounded_memory);
	suite_add_tcase(s, t);
	return s;
}

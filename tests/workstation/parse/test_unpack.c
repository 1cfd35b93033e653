#include "workstation/parse/unpack.h"

#include <check.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "lib/base/buf.h"

Suite *suite_unpack(void);

#define TEXT_LEN 300000u /* more than one buffer of the decoder */

static uint8_t text[TEXT_LEN];
static struct buf packed, plain;

static void setup(void)
{
	/* compresses, but not to nothing */
	for (uint32_t i = 0, v = 1; i < TEXT_LEN; i++) {
		v = v * 1664525u + 1013904223u;
		text[i] = (uint8_t)('a' + (v >> 28));
	}
	buf_init(&packed, 4u << 20);
	buf_init(&plain, 4u << 20);
}

static void teardown(void)
{
	buf_release(&packed);
	buf_release(&plain);
}

static void pack_gzip(const void *data, size_t n)
{
	z_stream z = { 0 };

	ck_assert_int_eq(deflateInit2(&z, 6, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (Bytef *)(uintptr_t)data;
	z.avail_in = (uInt)n;
	z.next_out = (Bytef *)buf_room(&packed, n + 100);
	z.avail_out = (uInt)n + 100;
	ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
	packed.len += z.total_out;
	deflateEnd(&z);
}

static void pack_zstd(const void *data, size_t n)
{
	size_t room = ZSTD_compressBound(n);
	ZSTD_CCtx *c = ZSTD_createCCtx();

	/* as zstd(1) does */
	ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1);
	packed.len += ZSTD_compress2(c, buf_room(&packed, room), room, data, n);
	ZSTD_freeCCtx(c);
}

static void le32(uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		buf_putc(&packed, (char)(v >> 8 * i));
}

/* What stands behind ${from}, with zeros to a multiple of four, and its checksum. */
static void sealed(size_t from)
{
	while ((packed.len - from) % 4 != 0)
		buf_putc(&packed, 0);
	le32((uint32_t)crc32(0, (Bytef *)packed.p + from, (uInt)(packed.len - from)));
}

static void number(uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		buf_putc(&packed, (char)(v | 0x80));
	buf_putc(&packed, (char)v);
}

/* The decoder alone is built: an encoder that stores (the .xz file format 1.1). */
static void pack_xz(const void *data, size_t n)
{
	size_t from, block, index, unpadded;

	buf_add(&packed, "\xfd\x37zXZ\0", 6);
	from = packed.len;
	buf_add(&packed, "\0\1", 2);
	le32((uint32_t)crc32(0, (Bytef *)packed.p + from, 2));
	block = packed.len;
	buf_add(&packed, "\2\0\x21\1\x16\0\0\0", 8);
	sealed(block);
	for (size_t i = 0; i < n; i += 65536) {
		size_t piece = n - i < 65536 ? n - i : 65536;

		buf_putc(&packed, i == 0 ? 1 : 2);
		buf_putc(&packed, (char)((piece - 1) >> 8));
		buf_putc(&packed, (char)(piece - 1));
		buf_add(&packed, (const char *)data + i, piece);
	}
	buf_putc(&packed, 0);
	unpadded = packed.len - block + 4;
	while ((packed.len - block) % 4 != 0)
		buf_putc(&packed, 0);
	le32((uint32_t)crc32(0, data, (uInt)n));
	index = packed.len;
	buf_add(&packed, "\0\1", 2);
	number(unpadded);
	number(n);
	sealed(index);
	from = packed.len + 4;
	index = (packed.len - index) / 4 - 1;
	le32(0);
	le32((uint32_t)index);
	buf_add(&packed, "\0\1", 2);
	buf_puts(&packed, "YZ");
	/* the checksum of the footer stands in front of what it covers */
	block = packed.len;
	le32((uint32_t)crc32(0, (Bytef *)packed.p + from, 6));
	memcpy(packed.p + from - 4, packed.p + block, 4);
	packed.len = block;
}

static void pack_plain(const void *data, size_t n)
{
	buf_add(&packed, data, n);
}

static const struct {
	enum unpack_kind kind;
	void (*pack)(const void *data, size_t n);
} rows[] = {
	{ UNPACK_PLAIN, pack_plain },
	{ UNPACK_GZIP, pack_gzip },
	{ UNPACK_ZSTD, pack_zstd },
	{ UNPACK_XZ, pack_xz },
};
#define ROWS ((int)(sizeof(rows) / sizeof(rows[0])))

static int take(void *ctx, const void *data, size_t n)
{
	buf_add(ctx, data, n);
	return 0;
}

/* Unpack ${n} bytes of what was packed, ${piece} at a time. */
static enum unpack_end unpack(size_t n, size_t piece, uint64_t limit, enum unpack_kind *kind)
{
	struct unpack *u = unpack_new(limit, take, &plain);
	enum unpack_end end;
	int r = 0;

	buf_clear(&plain);
	for (size_t i = 0; i < n && r == 0; i += piece)
		r = unpack_add(u, packed.p + i, n - i < piece ? n - i : piece);
	ck_assert_int_eq(r, 0);
	ck_assert_int_eq(unpack_finish(u, &end), 0);
	ck_assert_uint_eq(unpack_bytes(u), plain.len);
	if (kind != NULL)
		*kind = unpack_kind(u);
	unpack_free(u);
	return end;
}

START_TEST(test_what_was_packed_comes_back_in_pieces_of_any_size)
{
	static const size_t pieces[] = { 1, 7, 4096, SIZE_MAX / 2 };
	enum unpack_kind kind;

	rows[_i].pack(text, TEXT_LEN);
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		ck_assert_int_eq(unpack(packed.len, pieces[i], UINT64_MAX, &kind), UNPACK_WHOLE);
		ck_assert_int_eq(kind, rows[_i].kind);
		ck_assert_uint_eq(plain.len, TEXT_LEN);
		ck_assert_mem_eq(plain.p, text, TEXT_LEN);
	}
}
END_TEST

START_TEST(test_members_behind_each_other_are_one_text)
{
	rows[_i].pack(text, 1000);
	rows[_i].pack(text + 1000, TEXT_LEN - 1000);
	ck_assert_int_eq(unpack(packed.len, 4096, UINT64_MAX, NULL), UNPACK_WHOLE);
	ck_assert_uint_eq(plain.len, TEXT_LEN);
	ck_assert_mem_eq(plain.p, text, TEXT_LEN);
}
END_TEST

START_TEST(test_a_cut_member_gives_what_it_had)
{
	rows[_i].pack(text, TEXT_LEN);
	ck_assert_int_eq(unpack(packed.len * 3 / 4, 4096, UINT64_MAX, NULL),
			 rows[_i].kind == UNPACK_PLAIN ? UNPACK_WHOLE : UNPACK_CUT);
	ck_assert_uint_gt(plain.len, TEXT_LEN / 3);
	ck_assert_uint_lt(plain.len, TEXT_LEN);
	ck_assert_mem_eq(plain.p, text, plain.len);
}
END_TEST

START_TEST(test_the_limit_is_kept)
{
	rows[_i].pack(text, TEXT_LEN);
	ck_assert_int_eq(unpack(packed.len, 4096, 100000, NULL), UNPACK_TOO_MUCH);
	ck_assert_uint_eq(plain.len, 100000);
	ck_assert_mem_eq(plain.p, text, plain.len);
}
END_TEST

START_TEST(test_damage_is_told)
{
	if (rows[_i].kind == UNPACK_PLAIN)
		return;
	rows[_i].pack(text, TEXT_LEN);
	memset(packed.p + packed.len / 2, 0xff, 64);
	ck_assert_int_eq(unpack(packed.len, 4096, UINT64_MAX, NULL), UNPACK_DAMAGED);
	packed.len = 0;
	rows[_i].pack(text, 1000);
	buf_puts(&packed, "what is no member");
	ck_assert_int_eq(unpack(packed.len, 4096, UINT64_MAX, NULL), UNPACK_DAMAGED);
	ck_assert_uint_eq(plain.len, 1000);
}
END_TEST

START_TEST(test_zeros_behind_a_member_are_padding)
{
	static const char zeros[600];

	pack_gzip(text, 1000);
	buf_add(&packed, zeros, sizeof(zeros));
	ck_assert_int_eq(unpack(packed.len, 4096, UINT64_MAX, NULL), UNPACK_WHOLE);
	ck_assert_uint_eq(plain.len, 1000);
}
END_TEST

START_TEST(test_short_and_empty_texts_are_plain)
{
	ck_assert_int_eq(unpack(0, 1, UINT64_MAX, NULL), UNPACK_WHOLE);
	ck_assert_uint_eq(plain.len, 0);
	buf_add(&packed, "\x28\xb5", 2);
	ck_assert_int_eq(unpack(2, 1, UINT64_MAX, NULL), UNPACK_WHOLE);
	ck_assert_uint_eq(plain.len, 2);
}
END_TEST

START_TEST(test_another_packer_is_named_and_not_taken_for_text)
{
	enum unpack_kind kind;

	buf_puts(&packed, "BZh91AY&SY.......");
	ck_assert_int_eq(unpack(packed.len, 3, UINT64_MAX, &kind), UNPACK_UNREAD);
	ck_assert_int_eq(kind, UNPACK_FOREIGN);
	ck_assert_uint_eq(plain.len, 0);
}
END_TEST

START_TEST(test_text_of_xz_comes_back)
{
	/* xz 5.4, as it packs by default */
	static const uint8_t file[] = {
		0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x04, 0xe6, 0xd6, 0xb4, 0x46, 0x02, 0x00,
		0x21, 0x01, 0x16, 0x00, 0x00, 0x00, 0x74, 0x2f, 0xe5, 0xa3, 0xe0, 0x00, 0x47, 0x00,
		0x22, 0x5d, 0x00, 0x30, 0x88, 0x09, 0x86, 0xd4, 0x1f, 0x45, 0xb8, 0x23, 0x8f, 0xf5,
		0x37, 0x79, 0x91, 0x7e, 0x6c, 0xac, 0x12, 0xf2, 0xc6, 0x8a, 0x55, 0x73, 0x6a, 0xe7,
		0x47, 0x75, 0xbd, 0x37, 0x97, 0x81, 0x0e, 0x00, 0x00, 0x00, 0x00, 0x00, 0xbe, 0xbf,
		0x47, 0x4f, 0x6a, 0x1e, 0x47, 0xfc, 0x00, 0x01, 0x3e, 0x48, 0xf4, 0x67, 0x44, 0x19,
		0x1f, 0xb6, 0xf3, 0x7d, 0x01, 0x00, 0x00, 0x00, 0x00, 0x04, 0x59, 0x5a,
	};

	buf_add(&packed, file, sizeof(file));
	ck_assert_int_eq(unpack(packed.len, 5, UINT64_MAX, NULL), UNPACK_WHOLE);
	ck_assert_str_eq(
		buf_cstr(&plain),
		"a line of a log, and again: a line of a log, and again: a line of a log\n");
}
END_TEST

static int stop(void *ctx, const void *data, size_t n)
{
	(void)data;
	(void)n;
	++*(int *)ctx;
	return 7;
}

START_TEST(test_the_taker_can_stop_it)
{
	int calls = 0;
	struct unpack *u = unpack_new(UINT64_MAX, stop, &calls);

	rows[_i].pack(text, TEXT_LEN);
	ck_assert_int_eq(unpack_add(u, packed.p, packed.len), 7);
	ck_assert_int_eq(calls, 1);
	unpack_free(u);
}
END_TEST

Suite *suite_unpack(void)
{
	Suite *s = suite_create("workstation/parse/unpack");
	TCase *tc = tcase_create("unpack");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, test_what_was_packed_comes_back_in_pieces_of_any_size, 0, ROWS);
	tcase_add_loop_test(tc, test_members_behind_each_other_are_one_text, 0, ROWS);
	tcase_add_loop_test(tc, test_a_cut_member_gives_what_it_had, 0, ROWS);
	tcase_add_loop_test(tc, test_the_limit_is_kept, 0, ROWS);
	tcase_add_loop_test(tc, test_damage_is_told, 0, ROWS);
	tcase_add_test(tc, test_zeros_behind_a_member_are_padding);
	tcase_add_test(tc, test_short_and_empty_texts_are_plain);
	tcase_add_test(tc, test_another_packer_is_named_and_not_taken_for_text);
	tcase_add_test(tc, test_text_of_xz_comes_back);
	tcase_add_loop_test(tc, test_the_taker_can_stop_it, 0, ROWS);
	suite_add_tcase(s, tc);
	return s;
}

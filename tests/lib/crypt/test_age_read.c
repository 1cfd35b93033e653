#include "lib/crypt/age_read.h"

#include <check.h>
#include <errno.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/crypt/age_stream.h"
#include "tests/support/age_box.h"

Suite *suite_age_read(void);

#define C AGE_STREAM_CHUNK
#define S ((size_t)AGE_STREAM_SEALED)
#define HEADER (22u + 54u + 44u + 48u + 16u)

static struct age_box x;

static void open_box(void)
{
	age_box_open(&x);
}

static void release_box(void)
{
	age_box_release(&x);
}

/* "hello" by age 1.1.1, and the key to it. */
#define KEY "AGE-SECRET-KEY-1E55A4R2867RZU65EL56GY9W7M03RY9UPEDSLRLQMW2MW6V07EGWSG8W75F"
static const char hello[] =
	"6167652d656e6372797074696f6e2e6f72672f76310a2d3e20583235353139204157335a66557436"
	"3733474965537a75316765556537726a334f6d66725530437463394e4d33594e4e41410a71765941"
	"4e64343931364e4d6678726834586778587a63434130315965654b4a50455238796e6c747051300a"
	"2d2d2d20767665614d2f3753376e6943626862446e7451516459307a36643141387a374637725170"
	"72744538644e6b0abc220bda43de528bb803323ba0541bf50ec049469f919658e6d5d954ad5a0a6f"
	"d724a1015a";

START_TEST(test_file_of_age_is_read)
{
	uint8_t file[sizeof(hello) / 2];

	ck_assert_int_eq(text_unhex(file, sizeof(file), hello), 0);
	age_identity_free(x.ids);
	x.ids = age_identity_parse(KEY, strlen(KEY), NULL);
	ck_assert(age_read_is(file, sizeof(file)));
	ck_assert_int_eq(age_box_read(&x, file, sizeof(file), 1), 0);
	ck_assert_uint_eq(x.plain.len, 5);
	ck_assert_mem_eq(x.plain.p, "hello", 5);
}
END_TEST

START_TEST(test_an_age_file_is_told_by_its_first_line)
{
	ck_assert(age_read_is("age-encryption.org/v1\n->", 24));
	ck_assert(!age_read_is("age-encryption.org/v1\n", 21));
	ck_assert(!age_read_is("age-encryption.org/v2\n", 22));
	ck_assert(!age_read_is("", 0));
}
END_TEST

/* Every length around the edges of header and chunks, of a file of two full chunks and a
 * short one. */
START_TEST(test_cut_is_cut_and_gives_all_whole_chunks)
{
	const size_t edges[] = { 0, 22, HEADER - 16, HEADER, HEADER + S, HEADER + 2 * S };

	age_box_fill(&x, 2 * C + 1000, C);
	for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
		for (size_t n = edges[i] < 20 ? 0 : edges[i] - 20; n <= edges[i] + 20; n++) {
			size_t chunks = n < HEADER ? 0 : (n - HEADER) / S;

			ck_assert_int_eq(age_box_read(&x, x.file.p, n, 1 << 20), AGE_READ_CUT);
			ck_assert_uint_eq(x.plain.len, chunks * C);
			age_box_assert(x.plain.p, x.plain.len);
		}
	}
	ck_assert_int_eq(age_box_read(&x, x.file.p, x.file.len - 1, 1 << 20), AGE_READ_CUT);
	ck_assert_int_eq(age_box_read(&x, x.file.p, x.file.len, 1 << 20), 0);
}
END_TEST

/* A file whose last chunk is full can be cut into one that ends with a chunk. */
START_TEST(test_full_last_chunk_and_cut_before_it)
{
	age_box_fill(&x, 2 * C, C);
	ck_assert_int_eq(age_box_read(&x, x.file.p, x.file.len, 5000), 0);
	ck_assert_uint_eq(x.plain.len, 2 * C);
	ck_assert_int_eq(age_box_read(&x, x.file.p, HEADER + S, 5000), AGE_READ_CUT);
	ck_assert_uint_eq(x.plain.len, C);
}
END_TEST

START_TEST(test_changed_byte_is_altered_and_nothing_of_its_chunk_is_given)
{
	const size_t places[] = { HEADER, HEADER + 100, HEADER + S - 1, HEADER + S + 5,
				  HEADER + 2 * S - 1 };

	age_box_fill(&x, 2 * C + 1000, C);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		x.file.p[places[i]] ^= 4;
		ck_assert_int_eq(age_box_read(&x, x.file.p, x.file.len, 1 << 20), AGE_READ_ALTERED);
		ck_assert_uint_eq(x.plain.len, places[i] < HEADER + S ? 0 : C);
		age_box_assert(x.plain.p, x.plain.len);
		x.file.p[places[i]] ^= 4;
	}
}
END_TEST

START_TEST(test_changed_full_last_chunk_is_altered)
{
	age_box_fill(&x, 2 * C, C);
	x.file.p[x.file.len - 1] ^= 1;
	ck_assert_int_eq(age_box_read(&x, x.file.p, x.file.len, 1 << 20), AGE_READ_ALTERED);
	ck_assert_uint_eq(x.plain.len, C);
}
END_TEST

/* A short last chunk does not say how long it was: a change in it looks like a cut, and
 * so does what is appended to it, as long as a full chunk would hold it. */
START_TEST(test_changed_short_last_chunk_is_cut)
{
	age_box_fill(&x, C + 1000, C);
	x.file.p[x.file.len - 1] ^= 1;
	ck_assert_int_eq(age_box_read(&x, x.file.p, x.file.len, 1 << 20), AGE_READ_CUT);
	ck_assert_uint_eq(x.plain.len, C);
	x.file.p[x.file.len - 1] ^= 1;
	buf_putc(&x.file, 0);
	ck_assert_int_eq(age_box_read(&x, x.file.p, x.file.len, 1 << 20), AGE_READ_CUT);
	ck_assert_uint_eq(x.plain.len, C);
}
END_TEST

START_TEST(test_anything_behind_a_full_last_chunk_is_altered)
{
	age_box_fill(&x, 2 * C, C);
	buf_putc(&x.file, 0);
	ck_assert_int_eq(age_box_read(&x, x.file.p, x.file.len, 1 << 20), AGE_READ_ALTERED);
	ck_assert_uint_eq(x.plain.len, 2 * C);
}
END_TEST

START_TEST(test_removed_and_swapped_chunks_are_altered)
{
	struct buf b;

	age_box_fill(&x, 3 * C + 5, C);
	buf_init(&b, 1 << 20);
	buf_add(&b, x.file.p, HEADER);
	buf_add(&b, x.file.p + HEADER + S, x.file.len - HEADER - S);
	ck_assert_int_eq(age_box_read(&x, b.p, b.len, 1 << 20), AGE_READ_ALTERED);
	ck_assert_uint_eq(x.plain.len, 0);
	buf_clear(&b);
	buf_add(&b, x.file.p, HEADER + S);
	buf_add(&b, x.file.p + HEADER + 2 * S, S);
	buf_add(&b, x.file.p + HEADER + S, S);
	buf_add(&b, x.file.p + HEADER + 3 * S, x.file.len - HEADER - 3 * S);
	ck_assert_int_eq(age_box_read(&x, b.p, b.len, 1 << 20), AGE_READ_ALTERED);
	ck_assert_uint_eq(x.plain.len, C);
	buf_release(&b);
}
END_TEST

/* An empty last chunk behind a full one: no writer makes it. */
START_TEST(test_empty_last_chunk_is_altered_unless_it_is_the_only_one)
{
	static uint8_t sealed[AGE_STREAM_SEALED], plain[AGE_STREAM_CHUNK];
	const uint8_t file_key[AGE_HEADER_FILE_KEY] = { 1 }, nonce[AGE_STREAM_NONCE] = { 2 };
	struct age_stream *s = age_stream_new(file_key, nonce);
	struct buf b;

	buf_init(&b, 1 << 20);
	ck_assert_int_eq(age_header_add(&b, &x.recipient, 1, file_key), 0);
	buf_add(&b, nonce, sizeof(nonce));
	age_stream_seal(s, plain, C, false, sealed);
	buf_add(&b, sealed, S);
	age_stream_seal(s, plain, 0, true, sealed);
	buf_add(&b, sealed, PRIM_TAG_LEN);
	ck_assert_int_eq(age_box_read(&x, b.p, b.len, 1 << 20), AGE_READ_ALTERED);
	ck_assert_uint_eq(x.plain.len, C);
	age_stream_free(s);
	buf_release(&b);
}
END_TEST

START_TEST(test_header_whose_mac_does_not_hold_is_altered)
{
	age_box_fill(&x, 100, 100);
	/* the first digit of the MAC */
	x.file.p[HEADER - 16 - 44] = x.file.p[HEADER - 16 - 44] == 'A' ? 'B' : 'A';
	ck_assert_int_eq(age_box_read(&x, x.file.p, x.file.len, 1 << 20), AGE_READ_ALTERED);
	ck_assert_uint_eq(x.plain.len, 0);
	x.file.p[22] = 'x';
	ck_assert_int_eq(age_box_read(&x, x.file.p, x.file.len, 1 << 20), AGE_READ_ALTERED);
}
END_TEST

static ssize_t give_none(void *ctx, void *data, size_t n)
{
	(void)ctx;
	(void)data;
	(void)n;
	errno = EIO;
	return -1;
}

START_TEST(test_key_that_does_not_fit_and_input_that_fails_are_errors)
{
	struct err e = { 0 };

	age_box_fill(&x, 100, 100);
	age_identity_free(x.ids);
	x.ids = age_identity_parse(KEY, strlen(KEY), NULL);
	ck_assert_int_eq(age_box_read(&x, x.file.p, x.file.len, 1 << 20), -1);
	ck_assert_ptr_null(age_read_new(x.ids, give_none, NULL, &e));
	ck_assert_int_eq(e.oserr, EIO);
}
END_TEST

START_TEST(test_pieces_of_any_size_will_do)
{
	age_box_fill(&x, C + 3, C);
	for (size_t piece = 1; piece < 2 * C; piece = piece * 5 + 1) {
		ck_assert_int_eq(age_box_read(&x, x.file.p, x.file.len, piece), 0);
		ck_assert_uint_eq(x.plain.len, C + 3);
		age_box_assert(x.plain.p, x.plain.len);
	}
}
END_TEST

Suite *suite_age_read(void)
{
	Suite *s = suite_create("lib/crypt/age_read");
	TCase *t = tcase_create("age_read");

	tcase_add_checked_fixture(t, open_box, release_box);
	tcase_add_test(t, test_file_of_age_is_read);
	tcase_add_test(t, test_an_age_file_is_told_by_its_first_line);
	tcase_add_test(t, test_cut_is_cut_and_gives_all_whole_chunks);
	tcase_add_test(t, test_full_last_chunk_and_cut_before_it);
	tcase_add_test(t, test_changed_byte_is_altered_and_nothing_of_its_chunk_is_given);
	tcase_add_test(t, test_changed_full_last_chunk_is_altered);
	tcase_add_test(t, test_changed_short_last_chunk_is_cut);
	tcase_add_test(t, test_anything_behind_a_full_last_chunk_is_altered);
	tcase_add_test(t, test_removed_and_swapped_chunks_are_altered);
	tcase_add_test(t, test_empty_last_chunk_is_altered_unless_it_is_the_only_one);
	tcase_add_test(t, test_header_whose_mac_does_not_hold_is_altered);
	tcase_add_test(t, test_key_that_does_not_fit_and_input_that_fails_are_errors);
	tcase_add_test(t, test_pieces_of_any_size_will_do);
	suite_add_tcase(s, t);
	return s;
}

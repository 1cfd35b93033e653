#include "workstation/parse/sqlite_wal.h"

#include <check.h>
#include <string.h>

Suite *suite_sqlite_wal(void);

#define PAGE 512u
#define FRAME (24u + PAGE)

static uint8_t wal[32 + 4 * FRAME], image[3 * PAGE];
static uint32_t sum_a, sum_b;
static bool big;

static void put(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (24 - 8 * i));
}

static uint32_t get(const uint8_t *p)
{
	return big ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3] :
		     (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

/* As in section 4.2 of the specification. */
static void sum(const uint8_t *p, size_t n)
{
	for (; n >= 8; p += 8, n -= 8) {
		sum_a += get(p) + sum_b;
		sum_b += get(p + 4) + sum_a;
	}
}

static void put_frame(unsigned i, uint32_t page, uint32_t commit, char c)
{
	uint8_t *p = wal + 32 + (size_t)i * FRAME;

	put(p, page);
	put(p + 4, commit);
	memcpy(p + 8, wal + 16, 8);
	memset(p + 24, c, PAGE);
	sum(p, 8);
	sum(p + 24, PAGE);
	put(p + 16, sum_a);
	put(p + 20, sum_b);
}

/* Two transactions, of pages 1 and 2, and of 1; then a frame without a commit. */
static void make(void)
{
	memset(wal, 0, sizeof(wal));
	memset(image, '.', sizeof(image));
	sum_a = sum_b = 0;
	put(wal, 0x377f0682 + big);
	put(wal + 4, 3007000);
	put(wal + 8, PAGE);
	put(wal + 16, 0x11223344);
	put(wal + 20, 0x55667788);
	sum(wal, 24);
	put(wal + 24, sum_a);
	put(wal + 28, sum_b);
	put_frame(0, 1, 0, 'a');
	put_frame(1, 2, 2, 'b');
	put_frame(2, 1, 3, 'c');
	put_frame(3, 2, 0, 'd');
}

static void little(void)
{
	big = false;
	make();
}

START_TEST(test_committed_pages_lie_over_the_file)
{
	struct sqlite_wal w;

	big = _i;
	make();
	ck_assert(sqlite_wal_open(&w, wal, sizeof(wal)));
	ck_assert_uint_eq(w.frames, 3);
	ck_assert_uint_eq(w.pages, 3);
	ck_assert_uint_eq(w.page_size, PAGE);
	sqlite_wal_apply(&w, image, sizeof(image));
	ck_assert_int_eq(image[0], 'c');
	ck_assert_int_eq(image[PAGE], 'b');
	ck_assert_int_eq(image[2 * PAGE], '.');
}
END_TEST

START_TEST(test_what_follows_a_broken_frame_does_not_count)
{
	struct sqlite_wal w;

	wal[32 + 2 * FRAME + 100] ^= 1;
	ck_assert(sqlite_wal_open(&w, wal, sizeof(wal)));
	ck_assert_uint_eq(w.frames, 2);
	little();
	wal[32 + FRAME + 8] ^= 1;	/* of a transaction before the log was begun anew */
	ck_assert(sqlite_wal_open(&w, wal, sizeof(wal)));
	ck_assert_uint_eq(w.frames, 0);
	little();
	ck_assert(sqlite_wal_open(&w, wal, 32 + 2 * FRAME - 1));
	ck_assert_uint_eq(w.frames, 0);
}
END_TEST

START_TEST(test_a_page_outside_of_the_database_is_left_out)
{
	struct sqlite_wal w;

	put_frame(3, 4000000000, 3, 'x');
	put(wal + 32 + 3 * FRAME, 4000000000);
	ck_assert(sqlite_wal_open(&w, wal, sizeof(wal)));
	w.frames = 4;			/* as if its sum held */
	sqlite_wal_apply(&w, image, PAGE);
	ck_assert_int_eq(image[0], 'c');
	ck_assert_int_eq(image[PAGE], '.');
}
END_TEST

START_TEST(test_what_is_no_log_is_refused)
{
	struct sqlite_wal w;

	ck_assert(!sqlite_wal_open(&w, wal, 31));
	wal[31] ^= 1;
	ck_assert(!sqlite_wal_open(&w, wal, sizeof(wal)));
	little();
	put(wal + 8, 513);
	ck_assert(!sqlite_wal_open(&w, wal, sizeof(wal)));
	little();
	wal[0] = 0;
	ck_assert(!sqlite_wal_open(&w, wal, sizeof(wal)));
}
END_TEST

Suite *suite_sqlite_wal(void)
{
	Suite *s = suite_create("workstation/parse/sqlite_wal");
	TCase *t = tcase_create("sqlite_wal");

	tcase_add_checked_fixture(t, little, NULL);
	tcase_add_loop_test(t, test_committed_pages_lie_over_the_file, 0, 2);
	tcase_add_test(t, test_what_follows_a_broken_frame_does_not_count);
	tcase_add_test(t, test_a_page_outside_of_the_database_is_left_out);
	tcase_add_test(t, test_what_is_no_log_is_refused);
	suite_add_tcase(s, t);
	return s;
}

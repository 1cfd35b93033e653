#include "collector/acquire/listing.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/scene.h"

Suite *suite_listing(void);

#define FILES 300

static struct scene s;
static struct pulse pulse;

static void setup(void)
{
	char path[32];

	scene_open(&s);
	for (int i = 0; i < FILES; i++) {
		snprintf(path, sizeof(path), "/f%d", i);
		scene_text(&s, path, "");
	}
}

static void teardown(void)
{
	scene_close(&s);
}

/* Mark what is listed from where ${l} stands; return how many. */
static int drain(struct listing *l, unsigned char seen[FILES])
{
	struct listing_entry e;
	int n = 0, filled = 1;

	while (filled > 0) {
		while (listing_next(l, &e)) {
			ck_assert_uint_eq(e.len, strlen(e.name));
			seen[atoi(e.name + 1)]++;
			n++;
		}
		filled = listing_fill(l, &pulse);
	}
	ck_assert_int_eq(filled, 0);
	return n;
}

START_TEST(test_every_entry_is_told_once_with_a_small_buffer)
{
	_Alignas(8) char buffer[512];
	struct listing l = { .fd = s.fd, .buffer = buffer, .size = sizeof(buffer) };
	unsigned char seen[FILES] = { 0 };

	ck_assert_int_eq(drain(&l, seen), FILES);
	for (int i = 0; i < FILES; i++)
		ck_assert_uint_eq(seen[i], 1);
	ck_assert_uint_eq(l.entries, FILES);
	ck_assert_uint_eq(atomic_load(&pulse.call), PULSE_IDLE);
}
END_TEST

START_TEST(test_the_position_of_an_entry_leads_behind_it)
{
	_Alignas(8) char buffer[4096];
	struct listing l = { .fd = s.fd, .buffer = buffer, .size = sizeof(buffer) };
	unsigned char seen[FILES] = { 0 };
	struct listing_entry e;

	ck_assert_int_eq(listing_fill(&l, &pulse), 1);
	for (int i = 0; i < 20; i++) {
		ck_assert_int_eq(listing_next(&l, &e), 1);
		seen[atoi(e.name + 1)]++;
	}
	ck_assert_int_ne(lseek(s.fd, e.next, SEEK_SET), -1);
	l.used = l.at = 0;
	ck_assert_int_eq(drain(&l, seen), FILES - 20);
	for (int i = 0; i < FILES; i++)
		ck_assert_uint_eq(seen[i], 1);
}
END_TEST

START_TEST(test_what_cannot_be_listed_is_an_errno)
{
	_Alignas(8) char buffer[512];
	struct listing l = { .buffer = buffer, .size = sizeof(buffer) };

	l.fd = openat(s.fd, "f1", O_RDONLY);
	ck_assert_int_eq(listing_fill(&l, &pulse), -1);
	ck_assert_int_eq(errno, ENOTDIR);
	close(l.fd);
}
END_TEST

Suite *suite_listing(void)
{
	Suite *suite = suite_create("collector/acquire/listing");
	TCase *t = tcase_create("listing");

	tcase_add_unchecked_fixture(t, scene_setup, scene_teardown);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_every_entry_is_told_once_with_a_small_buffer);
	tcase_add_test(t, test_the_position_of_an_entry_leads_behind_it);
	tcase_add_test(t, test_what_cannot_be_listed_is_an_errno);
	suite_add_tcase(suite, t);
	return suite;
}

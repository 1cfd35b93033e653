#include "lib/bundle/seen.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "lib/hash/digest.h"
#include "tests/support/emulator.h"

Suite *suite_seen(void);

static struct bytes name(unsigned long i)
{
	static char text[32];

	return (struct bytes){ text, (size_t)snprintf(text, sizeof(text), "[root]/%lu", i) };
}

START_TEST(test_a_name_is_new_once)
{
	struct seen *s;

	ck_assert_int_eq(digest_start(), 0);
	s = seen_new(SEEN_READ);
	for (unsigned long i = 0; i < 100000; i++)
		ck_assert_int_eq(seen_add(s, name(i)), 0);
	for (unsigned long i = 0; i < 100000; i += 7)
		ck_assert_int_eq(seen_add(s, name(i)), 1);
	ck_assert(seen_has(s, name(99999)));
	ck_assert(!seen_has(s, name(100000)));
	ck_assert(!seen_forgot(s));
	seen_free(s);
	seen_free(NULL);
}
END_TEST

/* Forgetting is said, and never reaches the last generation. */
START_TEST(test_the_last_millions_are_remembered)
{
	const size_t memory = emulator_step() == 1 ? SEEN_READ : SEEN_READ / 32;
	const unsigned long n = 2ul * SEEN_GENERATION(memory) + 10;
	struct seen *s;

	ck_assert_int_eq(digest_start(), 0);
	s = seen_new(memory);
	for (unsigned long i = 0; i < n; i++) {
		if (seen_add(s, name(i)) != 0)
			ck_abort_msg("%lu is not new", i);
		if (i == 2ul * SEEN_GENERATION(memory) - 1)
			ck_assert(!seen_forgot(s));
	}
	ck_assert(seen_forgot(s));
	ck_assert(seen_has(s, name(n - 1)));
	ck_assert(seen_has(s, name(n - SEEN_GENERATION(memory))));
	ck_assert(!seen_has(s, name(0)));
	seen_free(s);
}
END_TEST

Suite *suite_seen(void)
{
	Suite *s = suite_create("lib/bundle/seen");
	TCase *t = tcase_create("seen");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, test_a_name_is_new_once);
	tcase_add_test(t, test_the_last_millions_are_remembered);
	suite_add_tcase(s, t);
	return s;
}

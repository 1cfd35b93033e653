#include "workstation/case/keyed.h"

#include <check.h>
#include <string.h>

Suite *suite_keyed(void);

START_TEST(test_a_record_is_found_again_by_its_pair)
{
	struct keyed *k = keyed_new(sizeof(int64_t), 64u << 20);
	int64_t a, b, *v;
	bool made;

	ck_assert_ptr_nonnull(k);
	ck_assert_ptr_null(keyed_find(k, 1, 1));
	for (int64_t i = 0; i < 20000; i++) {
		v = keyed_get(k, i, i % 7 - 3, &made);
		ck_assert(v != NULL && made && *v == 0);
		*v = i;
	}
	for (int64_t i = 0; i < 20000; i++) {
		v = keyed_get(k, i, i % 7 - 3, &made);
		ck_assert(v != NULL && !made && *v == i);
		ck_assert_ptr_null(keyed_find(k, i, i % 7 - 2));
	}
	for (size_t i = 0; i < 20000; i++) {
		v = keyed_at(k, i, &a, &b);
		ck_assert(v != NULL && *v == a && a == (int64_t)i && b == a % 7 - 3);
	}
	ck_assert_ptr_null(keyed_at(k, 20000, &a, &b));
	keyed_free(k);
}
END_TEST

START_TEST(test_memory_has_a_limit)
{
	struct keyed *k = keyed_new(64, 100000);
	static const char long_text[60000];
	struct bytes kept;
	size_t n = 0;
	bool made;

	ck_assert(keyed_keep(k, (struct bytes){ "abc", 3 }, &kept));
	ck_assert(kept.len == 3 && memcmp(kept.p, "abc", 3) == 0);
	ck_assert(keyed_keep(k, (struct bytes){ "", 0 }, &kept) && kept.p != NULL);
	ck_assert(keyed_keep(k, (struct bytes){ long_text, sizeof(long_text) }, &kept));
	ck_assert(!keyed_keep(k, (struct bytes){ long_text, sizeof(long_text) }, &kept));
	ck_assert(kept.p == NULL && kept.len == 0);
	while (keyed_get(k, 1, (int64_t)n, &made) != NULL)
		n++;
	ck_assert(n > 100 && n < 1000);
	ck_assert_ptr_nonnull(keyed_find(k, 1, 0));
	keyed_free(k);
	keyed_free(NULL);
}
END_TEST

Suite *suite_keyed(void)
{
	Suite *s = suite_create("workstation/case/keyed");
	TCase *t = tcase_create("keyed");

	tcase_add_test(t, test_a_record_is_found_again_by_its_pair);
	tcase_add_test(t, test_memory_has_a_limit);
	suite_add_tcase(s, t);
	return s;
}

#include "collector/acquire/pulse.h"

#include <check.h>
#include <string.h>

Suite *suite_pulse(void);

START_TEST(test_each_change_is_a_beat_and_names_the_call)
{
	struct pulse p = { 0 };

	pulse_call(&p, PULSE_READ);
	ck_assert_uint_eq(atomic_load(&p.call), PULSE_READ);
	ck_assert_uint_eq(atomic_load(&p.beats), 1);
	pulse_idle(&p);
	ck_assert_uint_eq(atomic_load(&p.call), PULSE_IDLE);
	ck_assert_uint_eq(atomic_load(&p.beats), 2);
}
END_TEST

START_TEST(test_every_call_has_a_word_of_its_own)
{
	for (int i = 0; i < PULSE_COUNT; i++)
		for (int k = 0; k < i; k++)
			ck_assert_str_ne(pulse_word((enum pulse_call)i), pulse_word((enum pulse_call)k));
	/* shared memory may say anything */
	ck_assert_str_eq(pulse_word((enum pulse_call)12345), pulse_word(PULSE_IDLE));
}
END_TEST

Suite *suite_pulse(void)
{
	Suite *s = suite_create("collector/acquire/pulse");
	TCase *t = tcase_create("pulse");

	tcase_add_test(t, test_each_change_is_a_beat_and_names_the_call);
	tcase_add_test(t, test_every_call_has_a_word_of_its_own);
	suite_add_tcase(s, t);
	return s;
}

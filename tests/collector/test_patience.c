#include "collector/patience.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

Suite *suite_patience(void);

#define SECOND 1000000000ull
#define STEP (SECOND / 50)	/* between two looks of the recorder */

static struct patience p;

static void setup(void)
{
	p = (struct patience){ .limit_ns = 10 * SECOND };
	patience_reset(&p);
}

/* What a silent reader does, seen as often as the recorder wishes. */
struct life {
	bool blind;			/* it cannot be seen */
	bool runs;			/* always runnable */
	uint64_t wake_ns;		/* it is woken each time that so much has passed; 0: never */
};

/* Seconds until the patience with it ends; 0: not within 100. */
static unsigned seconds_of(struct life l, bool calling)
{
	for (uint64_t now = STEP; now < 100 * SECOND; now += STEP) {
		struct patience_sight s = { l.runs, l.wake_ns == 0 ? 7 : now / l.wake_ns };

		patience_wait(&p, STEP);
		if (patience_due(&p))
			patience_see(&p, l.blind ? NULL : &s);
		if (patience_over(&p, calling))
			return (unsigned)(now / SECOND);
	}
	return 0;
}

static const struct {
	const char *what;
	struct life life;
	bool calling;
	unsigned from, to;
} lives[] = {
	{ "sleeps and is never woken", { false, false, 0 }, true, 11, 12 },
	{ "cannot be seen", { true, false, 0 }, true, 10, 10 },
	{ "waits for a processor all the time", { false, true, 0 }, true, 60, 60 },
	{ "is woken now and then", { false, false, SECOND / 2 }, true, 60, 60 },
	{ "is woken once in five seconds", { false, false, 5 * SECOND }, true, 11, 15 },
	{ "sleeps in no call", { false, false, 0 }, false, 60, 60 },
};

START_TEST(test_only_sleep_without_waking_counts_and_there_is_an_end)
{
	unsigned n = seconds_of(lives[_i].life, lives[_i].calling);

	ck_assert_msg(n >= lives[_i].from && n <= lives[_i].to, "%s: %u s", lives[_i].what, n);
}
END_TEST

START_TEST(test_who_is_seen_to_run_once_has_its_time_again)
{
	struct patience_sight asleep = { false, 1 }, runs = { true, 1 };

	for (int i = 0; i < 8; i++) {
		for (uint64_t ns = 0; ns < SECOND; ns += STEP)
			patience_wait(&p, STEP);
		patience_see(&p, i == 4 ? &runs : &asleep);
	}
	/* not before the first sight, nor up to or from the one in which it ran */
	ck_assert_uint_eq(p.asleep_ns, 5 * SECOND);
	ck_assert(!patience_over(&p, true));
}
END_TEST

START_TEST(test_a_late_look_counts_as_little_as_a_timely_one)
{
	patience_wait(&p, 3600 * SECOND);
	ck_assert_uint_eq(p.silence_ns, PATIENCE_STEP_NS);
	ck_assert(!patience_over(&p, true));
}
END_TEST

START_TEST(test_a_beat_forgets_all_but_the_limit)
{
	while (!patience_over(&p, true)) {
		patience_wait(&p, STEP);
		patience_see(&p, NULL);
	}
	patience_reset(&p);
	ck_assert_uint_eq(p.silence_ns, 0);
	ck_assert_uint_eq(p.limit_ns, 10 * SECOND);
	ck_assert(!patience_over(&p, true));
}
END_TEST

START_TEST(test_a_short_silence_is_not_looked_at)
{
	patience_wait(&p, STEP);
	ck_assert(!patience_due(&p));
	for (unsigned looks = 0; p.silence_ns < 10 * SECOND; looks++) {
		ck_assert_uint_le(looks, 1000);
		patience_wait(&p, STEP);
	}
	ck_assert(patience_due(&p));
}
END_TEST

/* proc_pid_status(5) */
#define TEXT(state, parent, more) "Name:\texhibit-reader\nUmask:\t0077\nState:\t" state "\n" \
	"Tgid:\t12\nPid:\t12\nPPid:\t" parent "\n" more
#define TURNS "voluntary_ctxt_switches:\t30\nnonvoluntary_ctxt_switches:\t4\n"

static const struct {
	const char *text;
	bool told, runnable;
} texts[] = {
	{ TEXT("R (running)", "11", TURNS), true, true },
	{ TEXT("D (disk sleep)", "11", TURNS), true, false },
	{ TEXT("S (sleeping)", "11", TURNS), true, false },
	{ TEXT("S (sleeping)", "1", TURNS), false, false },
	{ TEXT("S (sleeping)", "11", ""), false, false },
	{ "Name:\tx\nPPid:\t11\n" TURNS, false, false },
	{ "", false, false },
	{ "\nState:\t", false, false },
};

START_TEST(test_the_kernels_text_is_read_if_it_is_of_our_child)
{
	struct patience_sight s = { false, 0 };

	ck_assert_int_eq(patience_parse(texts[_i].text, 11, &s), texts[_i].told);
	if (!texts[_i].told)
		return;
	ck_assert_int_eq(s.runnable, texts[_i].runnable);
	ck_assert_uint_eq(s.switches, 34);
}
END_TEST

#define COUNT(a) (int)(sizeof(a) / sizeof((a)[0]))

Suite *suite_patience(void)
{
	Suite *s = suite_create("collector/patience");
	TCase *t = tcase_create("patience");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_loop_test(t, test_only_sleep_without_waking_counts_and_there_is_an_end, 0,
			    COUNT(lives));
	tcase_add_test(t, test_who_is_seen_to_run_once_has_its_time_again);
	tcase_add_test(t, test_a_late_look_counts_as_little_as_a_timely_one);
	tcase_add_test(t, test_a_beat_forgets_all_but_the_limit);
	tcase_add_test(t, test_a_short_silence_is_not_looked_at);
	tcase_add_loop_test(t, test_the_kernels_text_is_read_if_it_is_of_our_child, 0, COUNT(texts));
	suite_add_tcase(s, t);
	return s;
}

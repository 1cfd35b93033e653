#include "collector/cmd/screen.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/clock.h"

static char big[1 << 20];

static void setup(void)
{
	signal(SIGPIPE, SIG_IGN);
	memset(big, 'x', sizeof(big));
}

/* Both sides of a terminal; the test ends if this machine has none. */
static bool make_terminal(int *master, int *slave)
{
	*master = posix_openpt(O_RDWR | O_NOCTTY);
	if (*master < 0 || grantpt(*master) != 0 || unlockpt(*master) != 0)
		return false;
	*slave = open(ptsname(*master), O_RDWR | O_NOCTTY);
	return *slave >= 0;
}

START_TEST(test_what_a_full_pipe_does_not_take_is_dropped_in_time)
{
	struct screen s;
	uint64_t begun;
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	screen_open(&s, ends[1]);
	ck_assert(!s.terminal);
	ck_assert(screen_write(&s, "abc", 3, 0));
	begun = clock_monotonic_ns();
	ck_assert(!screen_write(&s, big, sizeof(big), 0));
	ck_assert(!screen_write(&s, big, sizeof(big), 100));
	ck_assert_uint_lt(clock_monotonic_ns() - begun, UINT64_C(3000000000));
	ck_assert(!s.dead);
	ck_assert_int_eq(read(ends[0], big, 70000) > 0, 1);
	ck_assert(screen_write(&s, "abc", 3, 0));
}
END_TEST

START_TEST(test_a_reader_that_left_is_not_written_to_again)
{
	struct screen s;
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	screen_open(&s, ends[1]);
	close(ends[0]);
	ck_assert(!screen_write(&s, "abc", 3, 1000));
	ck_assert(s.dead);
	ck_assert(!screen_write(&s, "abc", 3, 1000));
}
END_TEST

START_TEST(test_a_closed_descriptor_shows_nothing)
{
	struct screen s;

	screen_open(&s, 999);
	ck_assert(!screen_write(&s, "abc", 3, 1000));
	ck_assert_uint_eq(screen_width(&s), 80);
}
END_TEST

START_TEST(test_a_socket_that_nobody_empties_does_not_block)
{
	struct screen s;
	int ends[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	screen_open(&s, ends[1]);
	ck_assert(screen_write(&s, "abc", 3, 0));
	for (int i = 0; i < 20; i++)
		screen_write(&s, big, sizeof(big), 0);
	ck_assert(!screen_write(&s, big, sizeof(big), 0));
}
END_TEST

START_TEST(test_a_terminal_that_nobody_reads_does_not_block_and_keeps_its_mode)
{
	struct screen s;
	int master, slave, flags;

	if (!make_terminal(&master, &slave))
		return;
	flags = fcntl(slave, F_GETFL);
	screen_open(&s, slave);
	ck_assert(s.terminal);
	ck_assert(screen_write(&s, "abc", 3, 0));
	ck_assert(!screen_write(&s, big, sizeof(big), 50));
	ck_assert(!screen_write(&s, big, sizeof(big), 0));
	ck_assert_int_eq(fcntl(slave, F_GETFL), flags);
}
END_TEST

START_TEST(test_the_width_is_that_of_the_terminal)
{
	struct winsize w = { .ws_col = 132, .ws_row = 24 };
	struct screen s;
	int master, slave;

	if (!make_terminal(&master, &slave))
		return;
	screen_open(&s, slave);
	ck_assert_int_eq(ioctl(slave, TIOCSWINSZ, &w), 0);
	ck_assert_uint_eq(screen_width(&s), 132);
	w.ws_col = 3;
	ck_assert_int_eq(ioctl(slave, TIOCSWINSZ, &w), 0);
	ck_assert_uint_eq(screen_width(&s), 20);
	w.ws_col = 0;
	ck_assert_int_eq(ioctl(slave, TIOCSWINSZ, &w), 0);
	ck_assert_uint_eq(screen_width(&s), 80);
}
END_TEST

START_TEST(test_a_sentence_keeps_its_escapes_and_loses_its_commands)
{
	struct buf b;

	buf_init(&b, 1024);
	screen_sentence(&b, "a\\x1b \x1b[31m\n\xff \xc3\xa4\\");
	ck_assert_str_eq(buf_cstr(&b), "a\\x1b \\x1b[31m\\x0a\\xff \xc3\xa4\\");
	buf_release(&b);
}
END_TEST

Suite *suite_screen(void);

Suite *suite_screen(void)
{
	Suite *s = suite_create("collector/cmd/screen");
	TCase *t = tcase_create("screen");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, test_what_a_full_pipe_does_not_take_is_dropped_in_time);
	tcase_add_test(t, test_a_reader_that_left_is_not_written_to_again);
	tcase_add_test(t, test_a_closed_descriptor_shows_nothing);
	tcase_add_test(t, test_a_socket_that_nobody_empties_does_not_block);
	tcase_add_test(t, test_a_terminal_that_nobody_reads_does_not_block_and_keeps_its_mode);
	tcase_add_test(t, test_the_width_is_that_of_the_terminal);
	tcase_add_test(t, test_a_sentence_keeps_its_escapes_and_loses_its_commands);
	suite_add_tcase(s, t);
	return s;
}

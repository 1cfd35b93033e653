#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collector/host/self.h"

/* What a child saw after it was given a bad start and sanitised itself. */
struct after {
	char notes[2048];
	int stdin_got, stdout_errno;	/* read from 0; write to 1 */
	bool high_fd_closed, alarm_left, mask_empty;
	bool pipe_ignored, fsz_ignored, hup_ignored, int_default, chld_default;
	int umask, dumpable, persona;
	char *env;
	struct rlimit core, fsize;
};

static void (*spoil)(void);

static void spoil_descriptors(void)
{
	close(0);
	close(1);
}

static void spoil_stdout(void)
{
	close(1);
}

static void spoil_signals(void)
{
	static const int ignored[] = { SIGHUP, SIGINT, SIGCHLD };
	struct itimerval soon = { .it_value = { 60, 0 } };
	sigset_t all;

	for (size_t i = 0; i < 3; i++)
		signal(ignored[i], SIG_IGN);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
}

/* As if timers had run out on the way: one alone, one that goes on. */
static void spoil_timers(void)
{
	struct itimerval often = { .it_interval = { 60, 0 }, .it_value = { 60, 0 } };
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	setitimer(ITIMER_PROF, &often, NULL);
	raise(SIGALRM);
	raise(SIGPROF);
}

static void spoil_limits(void)
{
	struct rlimit l = { 1000, 1 << 20 };

	setrlimit(RLIMIT_FSIZE, &l);
	personality(UNAME26);
	setenv("LD_PRELOAD", "/tmp/evil.so", 1);
	setenv("LD_\x1b", "x", 1);
	umask(0);
}

static void spoil_nothing(void)
{
}

static bool is(int sig, void (*handler)(int))
{
	struct sigaction a;

	return sigaction(sig, NULL, &a) == 0 && a.sa_handler == handler;
}

static void look(struct after *s)
{
	struct itimerval timer;
	sigset_t mask;
	char c;

	s->stdin_got = (int)read(0, &c, 1);
	s->stdout_errno = write(1, "x", 1) == 1 ? 0 : errno;
	getitimer(ITIMER_REAL, &timer);
	s->alarm_left = timer.it_value.tv_sec != 0;
	sigprocmask(SIG_SETMASK, NULL, &mask);
	s->mask_empty = sigisemptyset(&mask);
	s->pipe_ignored = is(SIGPIPE, SIG_IGN);
	s->fsz_ignored = is(SIGXFSZ, SIG_IGN);
	s->hup_ignored = is(SIGHUP, SIG_IGN);
	s->int_default = is(SIGINT, SIG_DFL);
	s->chld_default = is(SIGCHLD, SIG_DFL);
	s->umask = (int)umask(0);
	s->dumpable = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
	s->persona = personality(0xffffffff);
	s->env = getenv("LD_PRELOAD");
	getrlimit(RLIMIT_CORE, &s->core);
	getrlimit(RLIMIT_FSIZE, &s->fsize);
}

static struct after *sanitised(void (*how)(void))
{
	struct after *s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			       -1, 0);
	int status;
	pid_t child;

	ck_assert_ptr_ne(s, MAP_FAILED);
	spoil = how;
	child = fork();
	if (child == 0) {
		struct buf b;
		int high = fcntl(2, F_DUPFD, 700);

		/* Descriptors of a known kind, whatever the test runner has. */
		dup2(open("/dev/null", O_RDWR), 0);
		dup2(0, 1);
		/* and the usual answer to a terminal that goes, even under nohup(1) */
		signal(SIGHUP, SIG_DFL);
		spoil();
		buf_init(&b, sizeof(s->notes) - 1);
		self_sanitise(&b);
		strcpy(s->notes, buf_cstr(&b));
		s->high_fd_closed = fcntl(high, F_GETFD) < 0;
		look(s);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	return s;
}

START_TEST(test_a_usual_start_keeps_what_it_has)
{
	struct after *s = sanitised(spoil_nothing);

	ck_assert_int_eq(s->stdin_got, 0);
	ck_assert_int_eq(s->stdout_errno, 0);
	ck_assert(s->pipe_ignored && s->fsz_ignored && !s->hup_ignored && s->high_fd_closed);
	ck_assert_int_eq(s->umask, 077);
	ck_assert_int_eq(s->dumpable, 0);
	ck_assert_uint_eq(s->core.rlim_cur, 0);
	ck_assert_ptr_nonnull(strstr(s->notes, " descriptors closed"));
	ck_assert_ptr_nonnull(strstr(s->notes, " environment variables"));
	munmap(s, sizeof(*s));
}
END_TEST

START_TEST(test_a_closed_descriptor_becomes_a_dead_end)
{
	struct after *s = sanitised(_i == 0 ? spoil_descriptors : spoil_stdout);

	ck_assert_int_eq(s->stdin_got, 0);
	ck_assert_int_eq(s->stdout_errno, EPIPE);
	ck_assert_ptr_nonnull(strstr(s->notes, "descriptor 1 was closed"));
	ck_assert((strstr(s->notes, "descriptor 0 was closed") != NULL) == (_i == 0));
	munmap(s, sizeof(*s));
}
END_TEST

START_TEST(test_inherited_signals_and_timers_are_undone_but_nohup_stays)
{
	struct after *s = sanitised(spoil_signals);

	ck_assert(s->hup_ignored && s->int_default && s->chld_default);
	ck_assert(s->mask_empty && !s->alarm_left);
	ck_assert_msg(strstr(s->notes, "ignored signals 1 2") != NULL, "%s", s->notes);
	ck_assert_ptr_nonnull(strstr(s->notes, "signals were blocked; timer 0 was running"));
	munmap(s, sizeof(*s));
}
END_TEST

START_TEST(test_what_an_inherited_timer_has_sent_does_not_end_us)
{
	struct after *s = sanitised(spoil_timers);

	ck_assert(s->mask_empty);
	ck_assert_ptr_nonnull(strstr(s->notes, "signal 14 was waiting; timer 2 was running"));
	munmap(s, sizeof(*s));
}
END_TEST

START_TEST(test_limits_are_raised_and_the_environment_forgotten)
{
	struct after *s = sanitised(spoil_limits);

	ck_assert_uint_eq(s->fsize.rlim_cur, 1 << 20);
	ck_assert_ptr_nonnull(strstr(s->notes, "limit FSIZE 1048576"));
	ck_assert_int_eq(s->persona, 0);
	ck_assert_ptr_nonnull(strstr(s->notes, "personality 0x20000"));
	ck_assert_ptr_null(s->env);
	ck_assert_ptr_nonnull(strstr(s->notes, "environment has LD_PRELOAD;"));
	ck_assert_ptr_nonnull(strstr(s->notes, "environment has LD_\\x1b;"));
	ck_assert_ptr_null(strstr(s->notes, "evil"));
	ck_assert_int_eq(s->umask, 077);
	munmap(s, sizeof(*s));
}
END_TEST

Suite *suite_self_sanitise(void);

Suite *suite_self_sanitise(void)
{
	Suite *s = suite_create("collector/host/self_sanitise");
	TCase *t = tcase_create("self_sanitise");

	tcase_add_test(t, test_a_usual_start_keeps_what_it_has);
	tcase_add_loop_test(t, test_a_closed_descriptor_becomes_a_dead_end, 0, 2);
	tcase_add_test(t, test_inherited_signals_and_timers_are_undone_but_nohup_stays);
	tcase_add_test(t, test_what_an_inherited_timer_has_sent_does_not_end_us);
	tcase_add_test(t, test_limits_are_raised_and_the_environment_forgotten);
	suite_add_tcase(s, t);
	return s;
}

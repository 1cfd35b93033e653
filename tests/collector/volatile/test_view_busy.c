/*
 * A busy host that hides nothing, looked at a hundred times: no check may tell of a difference.
 */
#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collector/volatile/source.h"
#include "tests/support/emulator.h"
#include "tests/support/live_box.h"

Suite *suite_view_busy(void);

#define RUNS 100
#define STORM_SECONDS 600		/* the storms end by themselves, whatever becomes of us */
#define STORMS 4

static pid_t storm[STORMS];

/* Processes that live for a moment, some with a session of their own. */
static void fork_storm(void)
{
	for (unsigned i = 0; ; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			if (i % 4 == 0)
				setsid();
			usleep(i % 3 * 500);
			_exit(0);
		}
		waitpid(pid, NULL, 0);
	}
}

static void *end_soon(void *unused)
{
	usleep(300);
	return unused;
}

static void thread_storm(void)
{
	pthread_t t[3];

	for (;;) {
		for (int i = 0; i < 3; i++)
			pthread_create(&t[i], NULL, end_soon, NULL);
		for (int i = 0; i < 3; i++)
			pthread_join(t[i], NULL);
	}
}

/* Listeners that come and go, each with a connection. */
static void listener_storm(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	struct linger at_once = { 1, 0 };

	for (;;) {
		int s = socket(AF_INET, SOCK_STREAM, 0), c = socket(AF_INET, SOCK_STREAM, 0);
		socklen_t n = sizeof(at);
		int d;

		at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		at.sin_port = 0;
		bind(s, (struct sockaddr *)&at, n);
		listen(s, 5);
		getsockname(s, (struct sockaddr *)&at, &n);
		connect(c, (struct sockaddr *)&at, n);
		d = accept(s, NULL, NULL);
		setsockopt(c, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
		close(c);
		close(d);
		close(s);
		usleep(200);
	}
}

static void datagram_storm(void)
{
	struct sockaddr_in6 at = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };

	for (;;) {
		int s = socket(AF_INET6, SOCK_DGRAM, 0);

		bind(s, (struct sockaddr *)&at, sizeof(at));
		usleep(200);
		close(s);
	}
}

static void begin_storms(void)
{
	static void (*const storms[STORMS])(void) = { fork_storm, thread_storm, listener_storm,
						      datagram_storm };

	for (int i = 0; i < STORMS; i++) {
		storm[i] = fork();
		if (storm[i] == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			alarm(STORM_SECONDS);
			storms[i]();
		}
	}
}

static void end_storms(void)
{
	for (int i = 0; i < STORMS; i++)
		live_box_end(storm[i]);
}

static size_t candidates;

static void judge_line(const char *name, const char *line)
{
	size_t n = 0;
	const char *at = strstr(line, "\"candidates\":");

	ck_assert_msg(strstr(line, "\"only\":") == NULL, "%s: %s", name, line);
	ck_assert_msg(strstr(line, "\"outside\":") == NULL || strstr(line, "\"outside\":0,") != NULL,
		      "%s: %s", name, line);
	if (at != NULL)
		sscanf(at, "\"candidates\":%zu", &n);
	candidates += n;
}

static void judge(struct live_box *box)
{
	for (size_t i = 0; i < box->count; i++) {
		struct buf *text = &box->items[i].data;
		char *line, *rest;

		ck_assert_int_ne(box->items[i].how.gap, GAP_INCOMPLETE);
		if (text->len == 0)
			continue;
		buf_putc(text, '\0');
		for (line = strtok_r(text->p, "\n", &rest); line != NULL;
		     line = strtok_r(NULL, "\n", &rest))
			judge_line(box->items[i].name, line);
	}
}

static void look(int (*run)(struct source_env *env))
{
	for (int i = emulator_rounds(RUNS); i > 0; i--) {
		struct live_box *box = live_box_new();

		ck_assert_int_eq(run(&box->env), 0);
		judge(box);
		live_box_free(box);
	}
}

START_TEST(test_a_busy_process_table_is_never_told_to_hide_something)
{
	look(view_count_run);
	look(view_task_run);
	look(view_procfs_run);
	/* Else nothing was busy, and this test proves nothing. */
	ck_assert_uint_gt(candidates, 0);
}
END_TEST

START_TEST(test_busy_sockets_are_never_told_to_be_hidden)
{
	look(view_socket_run);
}
END_TEST

Suite *suite_view_busy(void)
{
	Suite *s = suite_create("collector/volatile/view_busy");
	TCase *t = tcase_create("busy");

	tcase_add_checked_fixture(t, begin_storms, end_storms);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, test_a_busy_process_table_is_never_told_to_hide_something);
	tcase_add_test(t, test_busy_sockets_are_never_told_to_be_hidden);
	suite_add_tcase(s, t);
	return s;
}

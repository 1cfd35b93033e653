#include <arpa/inet.h>
#include <check.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collector/volatile/netns.h"
#include "tests/support/emulator.h"
#include "tests/support/leftover.h"
#include "tests/support/live_box.h"

Suite *suite_src_view_socket(void);

#define HEADING "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
#define MADE_UP "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4242 1\n"
#define CONNECTED "   1: 0100007F:1F91 0100007F:1F92 01 00000000:00000000 00:00000000 00000000     0        0 4243 1\n"

static struct live_box *box;
static char dir[] = "/tmp/exhibit-test-XXXXXX";
static unsigned port;
static int listener;

/* A port of this machine's own choice. */
static void listen_somewhere(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t n = sizeof(at);

	listener = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&at, sizeof(at)), 0);
	ck_assert_int_eq(listen(listener, 1), 0);
	ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&at, &n), 0);
	port = ntohs(at.sin_port);
}

static void write_file(const char *name, const char *text)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/thread-self/net/%s", dir, name);
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

/* A /proc whose tcp says what a test wants.  Made and removed by the process that runs the
 * suite, so that a test that dies leaves nothing behind. */
static void make_dir(void)
{
	char path[128];

	leftover_dir(dir);
	snprintf(path, sizeof(path), "%s/thread-self", dir);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/thread-self/net", dir);
	mkdir(path, 0700);
}

static void remove_dir(void)
{
	static const char *const names[] = { "thread-self/net/tcp", "thread-self/net", "thread-self",
					     "" };
	char path[128];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		remove(path);
	}
}

static void set_up(void)
{
	box = live_box_new();
	symbols_load(&box->env.symbols, box->env.proc_fd, &box->pulse);
	listen_somewhere();
}

static void tear_down(void)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/thread-self/net/tcp", dir);
	unlink(path);
	close(listener);
	live_box_free(box);
}

static bool can_ask(void)
{
	return symbols_has(&box->env.symbols, SYMBOL_TCP_DIAG);
}

static const struct live_item *look(bool made_up)
{
	if (made_up) {
		netns_find(&box->env);
		close(box->env.proc_fd);
		box->env.proc_fd = open(dir, O_RDONLY | O_DIRECTORY);
	}
	ck_assert_int_eq(view_socket_run(&box->env), 0);
	return live_box_get(box, "view/socket/%llu", (unsigned long long)live_box_netns(getpid()));
}

static bool says(const struct live_item *i, const char *text)
{
	return live_item_has(i, text, strlen(text));
}

START_TEST(test_a_listener_that_both_sides_show_is_no_difference)
{
	const struct live_item *i = look(false);

	if (emulator_lacks("netlink of sockets"))
		return;
	if (!can_ask())
		return;
	ck_assert(says(i, "{\"check\":\"tcp4\","));
	ck_assert(!says(i, "\"only\":"));
	ck_assert(!says(i, "{\"check\":\"tcp4\",\"a\":\"tcp\",\"b\":\"sock_diag\",\"count_a\":0,"));
}
END_TEST

START_TEST(test_a_listener_missing_in_proc_is_told)
{
	const struct live_item *i;
	char line[128];

	if (emulator_lacks("netlink of sockets"))
		return;
	if (!can_ask())
		return;
	write_file("tcp", HEADING);
	i = look(true);
	snprintf(line, sizeof(line), "{\"check\":\"tcp4\",\"only\":\"b\",\"local\":\"127.0.0.1\",\"port\":%u,\"inode\":",
		 port);
	ck_assert(says(i, line));
}
END_TEST

START_TEST(test_a_listener_missing_in_sock_diag_is_told_and_a_connection_is_not)
{
	static const char line[] =
		"{\"check\":\"tcp4\",\"only\":\"a\",\"local\":\"127.0.0.1\",\"port\":8080,\"inode\":4242}\n";
	const struct live_item *i;

	if (emulator_lacks("netlink of sockets"))
		return;
	if (!can_ask())
		return;
	write_file("tcp", HEADING MADE_UP CONNECTED);
	i = look(true);
	ck_assert(says(i, line));
	ck_assert(!says(i, "\"inode\":4243"));
}
END_TEST

START_TEST(test_a_protocol_without_its_file_is_an_empty_list_with_the_errno)
{
	const struct live_item *i;

	if (emulator_lacks("netlink of sockets"))
		return;
	if (!can_ask())
		return;
	i = look(true);
	ck_assert(says(i, "{\"check\":\"tcp6\",\"a\":\"tcp6\",\"b\":\"sock_diag\",\"count_a\":0,"));
	ck_assert(says(i, "\"a_errno\":2}"));
}
END_TEST

START_TEST(test_without_the_function_that_answers_nothing_is_asked)
{
	box->env.symbols.seen = 0;
	look(false);
	ck_assert_int_eq(live_box_get(box, "view/socket/tcp4")->how.gap, GAP_UNSUPPORTED);
	ck_assert_uint_eq(live_box_gaps(box, GAP_UNSUPPORTED), 8);
}
END_TEST

Suite *suite_src_view_socket(void)
{
	Suite *s = suite_create("collector/volatile/src_view_socket");
	TCase *t = tcase_create("socket");

	tcase_add_unchecked_fixture(t, make_dir, remove_dir);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, test_a_listener_that_both_sides_show_is_no_difference);
	tcase_add_test(t, test_a_listener_missing_in_proc_is_told);
	tcase_add_test(t, test_a_listener_missing_in_sock_diag_is_told_and_a_connection_is_not);
	tcase_add_test(t, test_a_protocol_without_its_file_is_an_empty_list_with_the_errno);
	tcase_add_test(t, test_without_the_function_that_answers_nothing_is_asked);
	suite_add_tcase(s, t);
	return s;
}

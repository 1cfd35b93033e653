#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collector/volatile/ours.h"
#include "collector/volatile/region.h"
#include "lib/base/fd.h"
#include "tests/support/emulator.h"
#include "tests/support/live_box.h"
#include "tests/support/order.h"
#include "tests/support/settled.h"

Suite *suite_src_process_memory(void);

#define ROOM (UINT64_C(1) << 30)	/* bytes that the target maps; it touches three pages */
#define PAGE 4096u

static const size_t touched[] = { 0, 5 * PAGE, ROOM - PAGE };

/* Written at run time only, so that no program's file holds it. */
static char mark[] = "?ARK-of-the-process-memory-test";

static struct live_box *box;
static pid_t target;
static char *room;			/* where the target has its mapping, */
static uint64_t room_bytes = ROOM;	/* and how long that is */
static char processes[64];

static void play_target(int ready)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	room = mmap(NULL, ROOM, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	madvise(room, ROOM, MADV_NOHUGEPAGE);
	mark[0] = 'M';
	for (size_t i = 0; i < sizeof(touched) / sizeof(touched[0]); i++)
		memcpy(room + touched[i], mark, sizeof(mark));
	if (write(ready, &room, sizeof(room)) == sizeof(room))
		for (;;)
			pause();
	_exit(1);
}

static pid_t start(void (*play)(int))
{
	int ends[2];
	pid_t pid;

	ck_assert_int_eq(pipe(ends), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		play(ends[1]);
	close(ends[1]);
	ck_assert_int_eq(read(ends[0], &room, sizeof(room)), sizeof(room));
	close(ends[0]);
	return pid;
}

static void set_up(void)
{
	box = live_box_new();
	target = start(play_target);
	settled_wait(target, SYS_write);
	snprintf(processes, sizeof(processes), "%d", (int)target);
	box->env.processes = processes;
}

static void tear_down(void)
{
	live_box_end(target);
	live_box_free(box);
}

/* A number of /proc/PID/status, in KiB. */
static long status(const char *field)
{
	char path[64], text[8192];
	const char *at;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)target);
	fd = open(path, O_RDONLY);
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	ck_assert_int_gt(n, 0);
	text[n] = '\0';
	at = strstr(text, field);
	ck_assert_ptr_nonnull(at);
	return strtol(at + strlen(field) + 1, NULL, 10);
}

/* Pages of the target's mapping in the image; all segments must follow each other. */
static size_t pages_of_room(const struct live_item *image, const char *last_mark)
{
	uint64_t before = 0, begin = (uint64_t)(uintptr_t)room;
	size_t found = 0;

	for (size_t at = 0; at < image->data.len;) {
		const char *p = image->data.p + at;
		uint64_t first = order_le64(p + 8), last = order_le64(p + 16);

		ck_assert_mem_eq(p, "EMiL\1\0\0\0", 8);
		ck_assert(first >= before && last > first);
		at += 32 + (last - first + 1);
		before = last + 1;
		if (first < begin || last >= begin + room_bytes)
			continue;
		for (size_t i = 0; i < last - first + 1; i += PAGE)
			ck_assert_str_eq(p + 32 + i, last_mark);
		found += (last - first + 1) / PAGE;
		ck_assert_uint_le(at, image->data.len);
	}
	return found;
}

START_TEST(test_of_a_gigabyte_only_the_touched_pages_come_and_the_process_does_not_grow)
{
	long rss = status("VmRSS"), tables = status("VmPTE");
	const struct live_item *about;
	char want[64];

	if (!ORDER_LITTLE && emulator_lacks("/proc/PID/pagemap in its own order of bytes"))
		return;
	ck_assert_int_eq(process_memory_run(&box->env), 0);
	mark[0] = 'M';
	ck_assert_uint_eq(pages_of_room(live_box_get(box, "memory/process/%d.lime", (int)target),
					mark), 3);
	ck_assert_int_eq(status("VmRSS"), rss);
	ck_assert_int_eq(status("VmPTE"), tables);
	about = live_box_get(box, "memory/process/%d.lime.json", (int)target);
	snprintf(want, sizeof(want), "\"pid\":%d,\"asked\":true", (int)target);
	ck_assert(live_item_has(about, want, strlen(want)));
	ck_assert(live_item_has(about, "\"unreadable_bytes\":0", 20));
	ck_assert(live_item_has(live_box_get(box, "memory/process/%d.smaps", (int)target),
				"VmFlags:", 8));
	ck_assert_int_eq(box->at.step[0], target);
}
END_TEST

static size_t read_status(char *text, size_t room_for)
{
	char path[64];
	int fd CLEANUP(fd_close) = -1;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)target);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = read(fd, text, room_for);
	ck_assert_int_gt(n, 0);
	return (size_t)n;
}

START_TEST(test_the_process_is_not_stopped_or_traced)
{
	char before[4096], after[4096];
	size_t n = read_status(before, sizeof(before)), m;

	if (emulator_lacks("processes that rest"))
		return;
	ck_assert_int_eq(process_memory_run(&box->env), 0);
	m = read_status(after, sizeof(after));
	/* state, tracer, signals, and both counts of context switches */
	ck_assert_uint_eq(n, m);
	ck_assert_mem_eq(before, after, n);
}
END_TEST

static void share(int ready)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	room = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	room[0] = 1;
	if (write(ready, &room, sizeof(room)) == sizeof(room))
		for (;;)
			pause();
	_exit(1);
}

START_TEST(test_shared_memory_is_passed_over)
{
	live_box_end(target);
	target = start(share);
	room_bytes = 2 * PAGE;
	snprintf(processes, sizeof(processes), "%d", (int)target);
	ck_assert_int_eq(process_memory_run(&box->env), 0);
	ck_assert_uint_eq(pages_of_room(live_box_get(box, "memory/process/%d.lime", (int)target),
					""), 0);
}
END_TEST

START_TEST(test_a_process_that_is_not_there_is_a_gap)
{
	snprintf(processes, sizeof(processes), "%d,999999999", (int)target);
	ck_assert_int_eq(process_memory_run(&box->env), 0);
	ck_assert_int_eq(live_box_get(box, "memory/process/999999999.lime")->how.gap, GAP_VANISHED);
	ck_assert_uint_eq(live_box_count(box, "memory/process/"), 4);
}
END_TEST

START_TEST(test_a_process_without_memory_is_a_gap)
{
	siginfo_t info;

	kill(target, SIGKILL);
	waitid(P_PID, (id_t)target, &info, WEXITED | WNOWAIT);
	ck_assert_int_eq(process_memory_run(&box->env), 0);
	ck_assert(!live_box_get(box, "memory/process/%d.lime", (int)target)->has_content);
	ck_assert_int_eq(live_box_get(box, "memory/process/%d.lime", (int)target)->how.gap,
			 GAP_NO_VALUE);
}
END_TEST

START_TEST(test_a_process_asked_for_twice_comes_once)
{
	snprintf(processes, sizeof(processes), "%d,%d", (int)target, (int)target);
	ck_assert_int_eq(process_memory_run(&box->env), 0);
	ck_assert_uint_eq(live_box_count(box, "memory/process/"), 3);
}
END_TEST

START_TEST(test_who_takes_over_goes_on_behind_the_process_that_hung)
{
	box->env.behind[0] = (uint64_t)target;
	ck_assert_int_eq(process_memory_run(&box->env), 0);
	ck_assert_uint_eq(box->count, 0);
	box->env.behind[0] = (uint64_t)target - 1;
	ck_assert_int_eq(process_memory_run(&box->env), 0);
	ck_assert_uint_eq(live_box_count(box, "memory/process/"), 3);
}
END_TEST

/* A child of our parent, as readers are children of the nursery. */
static pid_t start_sibling(void)
{
	pid_t pid = (pid_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	return pid;
}

static pid_t parent_of(pid_t pid)
{
	char path[64];
	int dir CLEANUP(fd_close) = -1;

	snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return (pid_t)ours_field(&box->env, dir, 4);
}

/* For us here: ourselves, another reader, the nursery, the recorder. */
START_TEST(test_our_own_memory_holds_keys_and_is_not_taken)
{
	pid_t recorder = parent_of(getppid()), sibling;

	if (emulator_lacks("clone with CLONE_PARENT"))
		return;
	sibling = start_sibling();
	ck_assert_int_gt(sibling, 0);
	snprintf(processes, sizeof(processes), "%d,%d,%d,%d", (int)getpid(), (int)sibling,
		 (int)getppid(), (int)recorder);
	ck_assert_int_eq(process_memory_run(&box->env), 0);
	kill(sibling, SIGKILL);
	ck_assert_uint_eq(live_box_gaps(box, GAP_OWN_OUTPUT), recorder > 0 ? 4 : 3);
	ck_assert_uint_eq(box->count, recorder > 0 ? 4 : 3);
}
END_TEST

START_TEST(test_more_than_the_budget_is_not_begun)
{
	box->budget = 4096;
	box->env.budget = &box->budget;
	ck_assert_int_eq(process_memory_run(&box->env), 0);
	ck_assert_int_eq(live_box_get(box, "memory/process/%d.lime", (int)target)->how.gap, GAP_BUDGET);
}
END_TEST

/* ===== suspicious ones ===== */

static void write_code(int ready)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	room = mmap(NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
		    -1, 0);
	if (room == MAP_FAILED)
		room = NULL;
	else
		room[0] = 1;
	if (write(ready, &room, sizeof(room)) == sizeof(room))
		for (;;)
			pause();
	_exit(1);
}

/* Of all processes together 16 GiB: a page of that was left by those before. */
START_TEST(test_there_is_a_limit_for_all_processes_together)
{
	const struct live_item *i;

	box->env.behind[0] = (uint64_t)target - 1;
	box->env.behind[1] = (UINT64_C(16) << 30) - PAGE;
	ck_assert_int_eq(process_memory_run(&box->env), 0);
	i = live_box_get(box, "memory/process/%d.lime", (int)target);
	ck_assert_uint_eq(i->data.len, 32 + PAGE);
	ck_assert_int_eq(i->how.gap, GAP_SPOOL_LIMIT);
	ck_assert(live_item_has(live_box_get(box, "memory/process/%d.lime.json", (int)target),
				"\"capped\":true", 13));
}
END_TEST

/* Somebody whose processes are not ours, and no rights. */
static int look_as_nobody(void)
{
	const struct live_item *i;

	if (setgid(65534) < 0 || setuid(65534) < 0)
		return 0;
	live_box_free(box);
	box = live_box_new();
	box->env.processes = "suspicious";
	box->env.behind[0] = (uint64_t)target - 1;
	if (process_memory_run(&box->env) != 0)
		return 1;
	i = live_box_find(box, "memory/process");
	return i != NULL && i->how.gap == GAP_PERMISSION && i->how.oserr == EACCES ? 0 : 2;
}

START_TEST(test_who_may_not_be_judged_is_a_gap)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(look_as_nobody());
	waitpid(pid, &status, 0);
	ck_assert_int_eq(status, 0);
	strcpy(processes, "suspicious");
	box->env.behind[0] = (uint64_t)target - 1;
	ck_assert_int_eq(process_memory_run(&box->env), 0);
	ck_assert(getuid() != 0 || live_box_find(box, "memory/process") == NULL);
}
END_TEST

/* A program of a package, of which no fact holds. */
static pid_t start_plain(void)
{
	int ends[2];
	pid_t pid;
	char byte;

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execl("/bin/sleep", "sleep", "60", (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	ck_assert_int_eq(read(ends[0], &byte, 1), 0);	/* closed by the program's coming */
	close(ends[0]);
	settled_wait(pid, SYS_execve);
	return pid;
}

START_TEST(test_suspicious_takes_who_has_code_in_anonymous_memory_and_says_so)
{
	pid_t writer = start(write_code);
	const struct live_item *about;
	pid_t plain = start_plain();
	char name[64];

	strcpy(processes, "suspicious");
	/* other processes of this machine are not of interest */
	box->env.behind[0] = (uint64_t)writer - 1;
	ck_assert_int_eq(process_memory_run(&box->env), 0);
	about = live_box_get(box, "memory/process/%d.lime.json", (int)writer);
	ck_assert(live_item_has(about, "\"asked\":false", 13));
	ck_assert(live_item_has(about, "\"memory-writable-executable\",\"memory-anonymous-code\"", 52));
	snprintf(name, sizeof(name), "memory/process/%d.lime", (int)plain);
	ck_assert_ptr_null(live_box_find(box, name));
	live_box_end(plain);
	live_box_end(writer);
}
END_TEST

Suite *suite_src_process_memory(void)
{
	Suite *s = suite_create("collector/volatile/src_process_memory");
	TCase *t = tcase_create("process_memory");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 30);
	tcase_add_test(t, test_of_a_gigabyte_only_the_touched_pages_come_and_the_process_does_not_grow);
	tcase_add_test(t, test_the_process_is_not_stopped_or_traced);
	tcase_add_test(t, test_shared_memory_is_passed_over);
	tcase_add_test(t, test_a_process_that_is_not_there_is_a_gap);
	tcase_add_test(t, test_a_process_without_memory_is_a_gap);
	tcase_add_test(t, test_a_process_asked_for_twice_comes_once);
	tcase_add_test(t, test_who_takes_over_goes_on_behind_the_process_that_hung);
	tcase_add_test(t, test_our_own_memory_holds_keys_and_is_not_taken);
	tcase_add_test(t, test_more_than_the_budget_is_not_begun);
	tcase_add_test(t, test_there_is_a_limit_for_all_processes_together);
	tcase_add_test(t, test_who_may_not_be_judged_is_a_gap);
	tcase_add_test(t, test_suspicious_takes_who_has_code_in_anonymous_memory_and_says_so);
	suite_add_tcase(s, t);
	return s;
}

#include <check.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collector/host/self.h"

Suite *suite_self_yield(void);

#define IO_IDLE (3 << 13)
#define MEMORY_LOCAL 4

/* What a child is after it was given a bad start and yielded. */
static struct after {
	char notes[1024];
	int nice, policy, io, slack, memory, parent_signal;
	cpu_set_t processors;
} *after;

static void spoil(void)
{
	const struct sched_param none = { 0 };
	cpu_set_t first;

	CPU_ZERO(&first);
	CPU_SET(0, &first);
	setpriority(PRIO_PROCESS, 0, 19);
	syscall(SYS_sched_setscheduler, 0, SCHED_BATCH, &none);
	syscall(SYS_ioprio_set, 1, 0, IO_IDLE);
	sched_setaffinity(0, sizeof(first), &first);
	prctl(PR_SET_TIMERSLACK, 1000000000ul, 0, 0, 0);
	prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
	syscall(SYS_set_mempolicy, MEMORY_LOCAL, NULL, 0);
}

static void look(void)
{
	after->nice = getpriority(PRIO_PROCESS, 0);
	after->policy = (int)syscall(SYS_sched_getscheduler, 0);
	after->io = (int)syscall(SYS_ioprio_get, 1, 0);
	after->slack = prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0);
	prctl(PR_GET_PDEATHSIG, &after->parent_signal, 0, 0, 0);
	syscall(SYS_get_mempolicy, &after->memory, NULL, 0, NULL, 0);
	sched_getaffinity(0, sizeof(after->processors), &after->processors);
}

static void yield_in_a_child(void (*before)(void))
{
	int status;
	pid_t child;

	after = mmap(NULL, sizeof(*after), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	child = fork();
	if (child == 0) {
		struct buf b;

		if (before != NULL)
			before();
		buf_init(&b, sizeof(after->notes) - 1);
		self_yield(&b);
		strcpy(after->notes, buf_cstr(&b));
		look();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(after->policy, SCHED_OTHER);
	ck_assert_int_eq(after->io, 2 << 13 | 7);
	ck_assert_int_eq(after->slack, 50000);
	ck_assert_int_eq(after->parent_signal, 0);
	ck_assert_int_eq(after->memory, 0);
}

START_TEST(test_whoever_starts_us_we_stand_behind_the_host)
{
	yield_in_a_child(NULL);
	ck_assert_int_ge(after->nice, 10);
}
END_TEST

START_TEST(test_what_was_inherited_is_undone_and_told)
{
	static const char *const told[] = { "scheduling policy 3", "nice 19", "I/O class 3",
					    "timer slack 1000000000", "parent-death signal 15" };
	cpu_set_t mine;

	sched_getaffinity(0, sizeof(mine), &mine);
	yield_in_a_child(spoil);
	ck_assert_int_eq(after->nice, geteuid() == 0 ? 10 : 19);
	ck_assert_int_ge(CPU_COUNT(&after->processors), CPU_COUNT(&mine));
	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++)
		ck_assert_msg(strstr(after->notes, told[i]) != NULL, "%s: %s", told[i], after->notes);
	ck_assert((strstr(after->notes, " processors") != NULL) == (CPU_COUNT(&mine) > 1));
}
END_TEST

START_TEST(test_the_control_group_and_who_traces_us_are_known)
{
	struct self *s = calloc(1, sizeof(*s));

	strcpy(s->inherited, "before");
	self_read(s);
	self_circumstances(s);
	ck_assert_int_eq(strncmp(s->inherited, "before", 6), 0);
	ck_assert_ptr_nonnull(strchr(s->cgroup, ':'));
	ck_assert_int_ne(s->cgroup[strlen(s->cgroup) - 1], '\n');
	self_release(s);
	free(s);
}
END_TEST

Suite *suite_self_yield(void)
{
	Suite *s = suite_create("collector/host/self_yield");
	TCase *t = tcase_create("self_yield");

	tcase_add_test(t, test_whoever_starts_us_we_stand_behind_the_host);
	tcase_add_test(t, test_what_was_inherited_is_undone_and_told);
	tcase_add_test(t, test_the_control_group_and_who_traces_us_are_known);
	suite_add_tcase(s, t);
	return s;
}

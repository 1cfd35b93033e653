#include <errno.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "collector/host/self.h"

/* Behind what the host does for others, but not behind everything: somebody who keeps all
 * processors busy must not be able to make every deadline pass. */
#define NICE 10
/* ioprio_set(2), linux/ioprio.h: the last of the usual class.  Not the idle class: a busy disk
 * serves it never. */
#define IO_PROCESS 1
#define IO_CLASS_SHIFT 13
#define IO_LAST (2 << IO_CLASS_SHIFT | 7)

#define TIMER_SLACK_NS 50000u		/* what the kernel gives to a process without history */
#define PROCESSORS_WORDS 128u		/* 8192 processors */

static void begin_note(struct buf *b)
{
	if (b->len > 0)
		buf_puts(b, "; ");
}

static void note_number(struct buf *b, const char *what, long n)
{
	begin_note(b);
	buf_printf(b, "%s %ld", what, n);
}

/* Not the C library's: musl's only say that they are not there. */
static void set_policy(struct buf *notes)
{
	const struct sched_param usual = { 0 };
	long policy = syscall(SYS_sched_getscheduler, 0);

	if (policy <= 0)
		return;
	note_number(notes, "scheduling policy", policy);
	syscall(SYS_sched_setscheduler, 0, SCHED_OTHER, &usual);
}

static void set_nice(struct buf *notes)
{
	int nice = getpriority(PRIO_PROCESS, 0);
	long io = syscall(SYS_ioprio_get, IO_PROCESS, 0);

	if (nice != 0)
		note_number(notes, "nice", nice);
	if (setpriority(PRIO_PROCESS, 0, NICE) != 0)
		note_number(notes, "nice stays", nice);
	if (io > 0 && io >> IO_CLASS_SHIFT != 0)
		note_number(notes, "I/O class", io >> IO_CLASS_SHIFT);
	syscall(SYS_ioprio_set, IO_PROCESS, 0, IO_LAST);
}

static unsigned processors(void)
{
	unsigned long set[PROCESSORS_WORDS];
	long n = syscall(SYS_sched_getaffinity, 0, sizeof(set), set);
	unsigned count = 0;

	for (long i = 0; i < n / (long)sizeof(set[0]); i++)
		count += (unsigned)__builtin_popcountl(set[i]);
	return count;
}

/* All that our control group lets us have. */
static void set_processors(struct buf *notes)
{
	unsigned long all[PROCESSORS_WORDS];
	unsigned before = processors(), after;

	for (size_t i = 0; i < PROCESSORS_WORDS; i++)
		all[i] = ~0ul;
	syscall(SYS_sched_setaffinity, 0, sizeof(all), all);
	after = processors();
	if (before == after)
		return;
	begin_note(notes);
	buf_printf(notes, "%u of %u processors", before, after);
}

/* A long slack makes every wait with a deadline late; a policy can bind all our memory to a
 * place that is full. */
static void set_waits_and_memory(struct buf *notes)
{
	int slack = prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0), mode = 0;

	if (slack != (int)TIMER_SLACK_NS)
		note_number(notes, "timer slack", slack);
	prctl(PR_SET_TIMERSLACK, (unsigned long)TIMER_SLACK_NS, 0, 0, 0);
	if (syscall(SYS_get_mempolicy, &mode, NULL, 0, NULL, 0) != 0 || mode == 0)
		return;
	note_number(notes, "memory policy", mode);
	syscall(SYS_set_mempolicy, 0, NULL, 0);
}

/* The death of whoever started us, who may be gone by nohup, is no reason to end. */
static void forget_parent(struct buf *notes)
{
	int sig = 0;

	if (prctl(PR_GET_PDEATHSIG, &sig, 0, 0, 0) != 0 || sig == 0)
		return;
	note_number(notes, "parent-death signal", sig);
	prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0);
}

void self_yield(struct buf *inherited)
{
	set_policy(inherited);
	set_nice(inherited);
	set_processors(inherited);
	set_waits_and_memory(inherited);
	forget_parent(inherited);
}

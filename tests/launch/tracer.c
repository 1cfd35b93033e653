#include "tests/launch/tracer.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define LEFT_SECONDS 5u		/* what the program started has this long to end after it */
#define TRACEES_MAX 256u
#define OPTIONS (PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | \
		 PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL)

static volatile sig_atomic_t rang;

static void on_alarm(int sig)
{
	(void)sig;
	rang = 1;
}

/* Threads and processes that have not ended, and who wants to know. */
struct tracees {
	pid_t tid[TRACEES_MAX];
	unsigned n;
	tracer_call call;
	void *ctx;
	struct tracer_end *end;
};

/* ===== the filter ===== */

void tracer_add(struct tracer_filter *f, unsigned short code, unsigned k, unsigned char yes,
		unsigned char no)
{
	if (f->n == TRACER_FILTER_MAX)
		abort();
	f->code[f->n++] = (struct sock_filter){ code, yes, no, k };
}

void tracer_begin(struct tracer_filter *f)
{
	f->n = 0;
	tracer_add(f, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch), 0, 0);
	tracer_add(f, BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0);
	tracer_add(f, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
}

int tracer_install(struct tracer_filter *f)
{
	struct sock_fprog program = { 0, f->code };

	tracer_add(f, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
	program.len = (unsigned short)f->n;
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0)
		return 0;
	if (errno != EACCES || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -1;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

/* ===== the processes ===== */

static unsigned index_of(const struct tracees *t, pid_t tid)
{
	unsigned i = 0;

	while (i < t->n && t->tid[i] != tid)
		i++;
	return i;
}

static void note(struct tracees *t, pid_t tid)
{
	if (index_of(t, tid) == t->n && t->n < TRACEES_MAX)
		t->tid[t->n++] = tid;
}

static void forget(struct tracees *t, pid_t tid)
{
	unsigned i = index_of(t, tid);

	if (i < t->n)
		t->tid[i] = t->tid[--t->n];
}

static void kill_all(const struct tracees *t)
{
	for (unsigned i = 0; i < t->n; i++)
		kill(t->tid[i], SIGKILL);
}

static void at_call(const struct tracees *t, pid_t tid)
{
	struct user_regs_struct regs;

	if (ptrace(PTRACE_GETREGS, tid, NULL, &regs) != 0)
		return;
	if (t->call(t->ctx, tid, &regs))
		ptrace(PTRACE_SETREGS, tid, NULL, &regs);
}

static bool is_crash(int sig)
{
	return sig == SIGSEGV || sig == SIGBUS || sig == SIGILL || sig == SIGFPE ||
	       sig == SIGABRT || sig == SIGSYS || sig == SIGTRAP;
}

/* Where the file that holds ${at} begins in memory; 0: not known. */
static unsigned long base_of(pid_t tid, unsigned long at)
{
	unsigned long from, to, offset, base = 0;
	char path[32], line[512];
	FILE *maps;

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)tid);
	maps = fopen(path, "r");
	if (maps == NULL)
		return 0;
	while (base == 0 && fgets(line, sizeof(line), maps) != NULL)
		if (sscanf(line, "%lx-%lx %*s %lx", &from, &to, &offset) == 3 &&
		    from <= at && at < to)
			base = from - offset;
	fclose(maps);
	return base;
}

/* For addr2line -e exhibit-collect.debug: where it was, and what looks like the way there. */
static void tell_crash(struct tracer_end *end, pid_t tid, int sig)
{
	struct user_regs_struct regs;
	unsigned long base;

	if (end->crashed == 0)
		end->crashed = sig;
	if (ptrace(PTRACE_GETREGS, tid, NULL, &regs) != 0)
		return;
	base = base_of(tid, (unsigned long)regs.rip);
	end->crashed_at = (unsigned long)regs.rip - base;
	fprintf(stderr, "signal %d at %lx of", sig, end->crashed_at);
	for (unsigned long i = 0; i < 256; i++) {
		unsigned long word = (unsigned long)ptrace(PTRACE_PEEKDATA, tid,
							   (void *)(regs.rsp + i * 8), NULL);

		if (word > base && word < base + (4ul << 20))
			fprintf(stderr, " %lx", word - base);
	}
	fprintf(stderr, "\n");
}

/* A tracee has stopped; the signal that it is to get when it goes on. */
static int at_stop(struct tracees *t, pid_t tid, int status)
{
	int event = status >> 16;

	note(t, tid);
	if (event == PTRACE_EVENT_SECCOMP)
		at_call(t, tid);
	if (event == 0 && is_crash(WSTOPSIG(status)))
		tell_crash(t->end, tid, WSTOPSIG(status));
	return event == 0 ? WSTOPSIG(status) : 0;
}

/* It takes too long, or what the program left does. */
static void at_alarm(const struct tracees *t, bool ended)
{
	if (!rang)
		return;
	rang = 0;
	t->end->left = ended ? t->n : 0;
	t->end->timeout = !ended;
	kill_all(t);
	alarm(LEFT_SECONDS);
}

/* Until nobody is left. */
static void watch(struct tracees *t, pid_t program)
{
	struct rusage used;
	bool ended = false;
	int status;

	while (t->n > 0) {
		pid_t tid = wait4(-1, &status, __WALL, &used);

		at_alarm(t, ended);
		if (tid < 0 && errno != EINTR)
			break;
		if (tid < 0)
			continue;
		if (WIFSTOPPED(status)) {
			ptrace(PTRACE_CONT, tid, NULL, at_stop(t, tid, status));
			continue;
		}
		forget(t, tid);
		if (used.ru_maxrss > t->end->rss_kib)
			t->end->rss_kib = used.ru_maxrss;
		if (tid == program) {
			ended = true;
			t->end->status = status;
			alarm(LEFT_SECONDS);
		}
	}
	alarm(0);
}

/* Waits until it is traced, then becomes the program. */
static _Noreturn void become(struct tracer_filter *f, char *argv[], const int ends[2])
{
	char byte;

	close(ends[1]);
	if (read(ends[0], &byte, 1) != 1)
		_exit(126);
	close(ends[0]);
	if (tracer_install(f) == 0)
		execvp(argv[0], argv);
	_exit(127);
}

int tracer_run(struct tracer_filter *f, char *argv[], unsigned seconds, tracer_call call,
	       void *ctx, struct tracer_end *end)
{
	struct tracees t = { .n = 1, .call = call, .ctx = ctx, .end = end };
	struct sigaction ring = { .sa_handler = on_alarm };
	int ends[2];
	pid_t pid;

	*end = (struct tracer_end){ 0 };
	sigaction(SIGALRM, &ring, NULL);
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	if (pipe(ends) != 0)
		return -1;
	pid = fork();
	if (pid < 0)
		return -1;
	if (pid == 0)
		become(f, argv, ends);
	close(ends[0]);
	if (ptrace(PTRACE_SEIZE, pid, NULL, OPTIONS) != 0) {
		kill(pid, SIGKILL);
		return -1;
	}
	if (write(ends[1], "g", 1) != 1)
		kill(pid, SIGKILL);
	close(ends[1]);
	alarm(seconds);
	t.tid[0] = pid;
	watch(&t, pid);
	return 0;
}

#include "collector/host/sandbox_trap.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#ifndef SANDBOX_TRAPS

uint32_t sandbox_trap_action(void)
{
	return SECCOMP_RET_ERRNO | EPERM;
}

void sandbox_trap_begin(struct sandbox *mine)
{
	(void)mine;
}

void sandbox_trap_report(const struct sandbox *s, struct buf *out)
{
	(void)s;
	(void)out;
}

#else

/* The first four arguments, and what the call gives. */
#if defined(__x86_64__)
#define ARGUMENTS { REG_RDI, REG_RSI, REG_RDX, REG_R10 }
#define RESULT REG_RAX
#elif defined(__i386__)
#define ARGUMENTS { REG_EBX, REG_ECX, REG_EDX, REG_ESI }
#define RESULT REG_EAX
#endif

static struct sandbox *noted;

uint32_t sandbox_trap_action(void)
{
	return SECCOMP_RET_TRAP;
}

/* The call gives EPERM, as in other builds; where it is not known how to say so we end. */
static void on_stopped(int sig, siginfo_t *info, void *context)
{
	unsigned nr = (unsigned)info->si_syscall;

	(void)sig;
	if (nr < 32 * SANDBOX_STOPPED_WORDS)
		atomic_fetch_or(&noted->stopped[nr / 32], UINT32_C(1) << nr % 32);
#ifdef RESULT
	{
		static const int arguments[] = ARGUMENTS;
		ucontext_t *u = context;
		greg_t *r = u->uc_mcontext.gregs;

		for (size_t i = 0; i < 4; i++)
			noted->last[i] = (unsigned long)r[arguments[i]];
		r[RESULT] = -EPERM;
	}
#else
	(void)context;
	_exit(128 + SIGSYS);
#endif
}

void sandbox_trap_begin(struct sandbox *mine)
{
	struct sigaction act = { .sa_sigaction = on_stopped, .sa_flags = SA_SIGINFO };

	noted = mine;
	sigaction(SIGSYS, &act, NULL);
}

/* Made from the headers by build.mk. */
static const struct {
	unsigned nr;
	const char *name;
} names[] = {
#define NAME(nr, name) { nr, name },
#include <syscalls.def>
#undef NAME
};

static const char *name_of(unsigned nr)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].nr == nr)
			return names[i].name;
	return "?";
}

static void report_stage(const struct sandbox *s, const char *word, struct buf *out)
{
	for (unsigned nr = 0; nr < 32 * SANDBOX_STOPPED_WORDS; nr++)
		if ((atomic_load(&s->stopped[nr / 32]) >> nr % 32 & 1) != 0)
			buf_printf(out, "stopped: %s: %s; last arguments %llx %llx %llx %llx\n",
				   word, name_of(nr), (unsigned long long)s->last[0],
				   (unsigned long long)s->last[1], (unsigned long long)s->last[2],
				   (unsigned long long)s->last[3]);
}

void sandbox_trap_report(const struct sandbox *s, struct buf *out)
{
	for (unsigned i = 0; i < SANDBOX_STAGES; i++)
		report_stage(&s[i], sandbox_word((enum sandbox_stage)i), out);
}

#endif

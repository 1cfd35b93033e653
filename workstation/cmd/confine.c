#include "workstation/cmd/confine.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/sandbox/sandbox_filter.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* The build under the sanitizers, whose runtime needs what is given up (decision 0027). */
#ifndef SANDBOX_NONE
#define SANDBOX_NONE 0
#endif

#ifndef SYS_landlock_create_ruleset /* the same number everywhere */
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_restrict_self 446
#endif

static int no_privileges(void)
{
	return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) | prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/* struct landlock_ruleset_attr as of ABI 4: all rights handled, none granted. */
static int no_paths(void)
{
	static const uint64_t by_abi[] = { 0x1fff, 0x3fff, 0x7fff, 0x7fff, 0xffff };
	uint64_t rules[2] = { 0, 0 };
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1), fd;
	int r;

	if (abi <= 0)
		return -1;
	rules[0] = by_abi[(size_t)abi < COUNT(by_abi) ? abi - 1 : (long)COUNT(by_abi) - 1];
	rules[1] = abi >= 4 ? 3 : 0;
	fd = syscall(SYS_landlock_create_ruleset, rules, abi >= 4 ? sizeof(rules) : 8, 0);
	if (fd < 0)
		return -1;
	r = (int)syscall(SYS_landlock_restrict_self, fd, 0);
	close((int)fd);
	return r;
}

/* Memory is bounded by what the machine has, so that a mistake ends us and not the machine. */
static int limits(void)
{
	const struct rlimit none = { 0, 0 }, files = { 1, 1 };
	struct rlimit data;
	long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
	int r = setrlimit(RLIMIT_CORE, &none) | setrlimit(RLIMIT_NOFILE, &files);

	if (pages <= 0 || size <= 0 || getrlimit(RLIMIT_DATA, &data) != 0)
		return r;
	if (data.rlim_cur > (rlim_t)pages * (rlim_t)size)
		data.rlim_cur = (rlim_t)pages * (rlim_t)size;
	data.rlim_max = data.rlim_cur;
	return r | setrlimit(RLIMIT_DATA, &data);
}

static int calls(void)
{
	static struct sock_filter code[SANDBOX_FILTER_MAX]; /* too large for the stack */
	struct sock_fprog program = { .filter = code };
	size_t n =
		sandbox_filter_make(SANDBOX_BASE | SANDBOX_KEEP, SECCOMP_RET_ERRNO | EPERM, code);

	if (n == 0) {
		errno = ENOSYS;
		return -1;
	}
	program.len = (unsigned short)n;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}

void confine_enter(void)
{
	/* In this order: the filter would stop what the others need. */
	static const struct {
		int (*enter)(void);
		const char *lacking;
	} layers[] = {
		{ no_privileges, "no no_new_privs" },
		{ no_paths, "no Landlock" },
		{ limits, "limits are not set" },
		{ calls, "system calls are not filtered" },
	};
	static bool entered = SANDBOX_NONE;

	for (size_t i = 0; i < COUNT(layers) && !entered; i++)
		if (layers[i].enter() != 0)
			fprintf(stderr, "exhibit: sandbox: %s (%s)\n", layers[i].lacking,
				err_name(errno));
	entered = true;
}

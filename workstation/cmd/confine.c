#include "workstation/cmd/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/sandbox/sandbox_filter.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* The build under the sanitizers, whose runtime needs what is given up (decision 0027). */
#ifndef SANDBOX_NONE
#define SANDBOX_NONE 0
#endif

#ifndef SYS_landlock_create_ruleset /* the same numbers everywhere */
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

/* LANDLOCK_ACCESS_FS_ of linux/landlock.h. */
#define READ_FILE UINT64_C(4)
#define READ_DIR UINT64_C(8)
/* WRITE_FILE, READ_DIR, MAKE_DIR, MAKE_REG. */
#define BELOW_APPENDS UINT64_C(0x018a)
/* These, MAKE_SYM, REFER (a hard link to another folder), and TRUNCATE, which a size needs. */
#define BELOW_PLACES (BELOW_APPENDS | UINT64_C(0x7000))
#define REFER UINT64_C(0x2000)
#define DESCRIPTORS 64 /* of who opens some, at once */

/* What is left to whom. */
struct task {
	uint32_t rights; /* SANDBOX_ */
	uint64_t below;  /* Landlock's, in the folder */
	rlim_t descriptors;
};

static int no_privileges(const struct task *t, const struct confine_paths *in)
{
	(void)t;
	(void)in;
	return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) | prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/* struct landlock_path_beneath_attr.  A file has no rights of a folder. */
static int allow_below(int rules, int fd, uint64_t rights)
{
	struct {
		uint64_t rights;
		int32_t fd;
	} __attribute__((packed)) below = { rights, fd };
	struct stat st;

	if (fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode))
		below.rights &= READ_FILE;
	/* EBADFD: a pipe, which has no path, and which Landlock lets be opened */
	return syscall(SYS_landlock_add_rule, rules, 1, &below, 0) == 0 || errno == EBADFD ? 0
											   : -1;
}

static int allow_all(int rules, const struct confine_paths *in, uint64_t rights)
{
	int r = 0;

	for (size_t i = 0; i < in->n && r == 0; i++)
		r = allow_below(rules, in->fds[i], rights);
	return r;
}

/* struct landlock_ruleset_attr as of ABI 4: all rights handled, none granted but in the folder.
 * The first ABI refuses every hard link between two folders, whatever is granted: who makes some
 * goes without, or they would be missing from what an examiner looks at. */
static int no_paths(const struct task *t, const struct confine_paths *in)
{
	static const uint64_t by_abi[] = { 0x1fff, 0x3fff, 0x7fff, 0x7fff, 0xffff };
	uint64_t rules[2] = { 0, 0 };
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1), fd;
	int r;

	if (abi <= 0)
		return -1;
	if (abi == 1 && (t->below & REFER) != 0) {
		errno = EOPNOTSUPP;
		return -1;
	}
	rules[0] = by_abi[(size_t)abi < COUNT(by_abi) ? abi - 1 : (long)COUNT(by_abi) - 1];
	rules[1] = abi >= 4 ? 3 : 0;
	fd = syscall(SYS_landlock_create_ruleset, rules, abi >= 4 ? sizeof(rules) : 8, 0);
	if (fd < 0)
		return -1;
	r = allow_all((int)fd, in, t->below & rules[0]);
	if (r == 0)
		r = (int)syscall(SYS_landlock_restrict_self, fd, 0);
	close((int)fd);
	return r;
}

/* Memory is bounded by what the machine has, so that a mistake ends us and not the machine. */
static int limits(const struct task *t, const struct confine_paths *in)
{
	const struct rlimit none = { 0, 0 };
	struct rlimit files = { 0, 0 }, data;
	long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
	int r = setrlimit(RLIMIT_CORE, &none) | getrlimit(RLIMIT_NOFILE, &files);

	files.rlim_max = files.rlim_max < t->descriptors ? files.rlim_max : t->descriptors;
	files.rlim_cur = files.rlim_max;
	r |= setrlimit(RLIMIT_NOFILE, &files);
	(void)in;
	if (pages <= 0 || size <= 0 || getrlimit(RLIMIT_DATA, &data) != 0)
		return r;
	if (data.rlim_cur > (rlim_t)pages * (rlim_t)size)
		data.rlim_cur = (rlim_t)pages * (rlim_t)size;
	data.rlim_max = data.rlim_cur;
	return r | setrlimit(RLIMIT_DATA, &data);
}

static int calls(const struct task *t, const struct confine_paths *in)
{
	static struct sock_filter code[SANDBOX_FILTER_MAX]; /* too large for the stack */
	struct sock_fprog program = { .filter = code };
	size_t n = sandbox_filter_make(SANDBOX_BASE | SANDBOX_KEEP | t->rights,
				       SECCOMP_RET_ERRNO | EPERM, code);

	(void)in;
	if (n == 0) {
		errno = ENOSYS;
		return -1;
	}
	program.len = (unsigned short)n;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}

static bool silent; /* nobody is told what is lacking */

static void enter(const struct task *t, const struct confine_paths *in)
{
	/* In this order: the filter would stop what the others need. */
	static const struct {
		int (*enter)(const struct task *t, const struct confine_paths *in);
		const char *lacking;
	} layers[] = {
		{ no_privileges, "no no_new_privs" },
		{ no_paths, "no Landlock" },
		{ limits, "limits are not set" },
		{ calls, "system calls are not filtered" },
	};
	static bool entered = SANDBOX_NONE;

	for (size_t i = 0; i < COUNT(layers) && !entered; i++)
		if (layers[i].enter(t, in) != 0 && !silent)
			fprintf(stderr, "exhibit: sandbox: %s (%s)\n", layers[i].lacking,
				err_name(errno));
	entered = true;
}

void confine_enter(void)
{
	static const struct task task = { .descriptors = 1 };
	static const struct confine_paths none = { .n = 0 };

	enter(&task, &none);
}

void confine_enter_silently(void)
{
	silent = true;
	confine_enter();
}

void confine_allow(struct confine_paths *paths, const char *path)
{
	int fd = path == NULL || paths->n == COUNT(paths->fds) ? -1 :
		 open(path, O_PATH | O_CLOEXEC);

	if (fd >= 0)
		paths->fds[paths->n++] = fd;
}

void confine_enter_paths(struct confine_paths *paths)
{
	static const struct task task = { SANDBOX_READ, READ_FILE | READ_DIR, DESCRIPTORS };

	silent = true;
	enter(&task, paths);
	while (paths->n > 0)
		close(paths->fds[--paths->n]);
}

void confine_enter_folder(int folder, enum confine_folder how)
{
	static const struct task tasks[] = {
		[CONFINE_APPENDS] = { SANDBOX_APPEND, BELOW_APPENDS, DESCRIPTORS },
		[CONFINE_PLACES] = { SANDBOX_PLACE, BELOW_PLACES, DESCRIPTORS },
	};
	const struct confine_paths in = { .fds = { folder }, .n = 1 };

	enter(&tasks[how], &in);
}

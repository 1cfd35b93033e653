/*
 * Runs a program in which the n-th system call of a class fails.
 *
 *	faulty CLASS ERRNO FIRST LAST SECONDS REPORT PROGRAM [ARGUMENT...]
 *
 * Calls are counted over all processes and threads of the program together, from 1;
 * those from FIRST to LAST are not made and give ERRNO (a number).  FIRST 0: none, to
 * count them.  The program is killed after SECONDS.  REPORT gets a line of "name=value":
 * calls, failed, role (which process the first was), nr (its number), exit or signal,
 * crashed (signal, caught or not) and at (where in the program), left (processes that outlived it), timeout, fds (most descriptors
 * that a process had at such a call), rss (KiB).  Exit code: 0, whatever the program did.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <linux/seccomp.h>

#include "tests/launch/tracer.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define CALLS_MAX 24u

static const struct class {
	const char *name;
	int nr[CALLS_MAX];	/* ended by -1 */
} classes[] = {
	{ "open", { SYS_open, SYS_openat, SYS_openat2, SYS_creat, -1 } },
	{ "read", { SYS_read, SYS_pread64, SYS_readv, SYS_preadv, SYS_preadv2, -1 } },
	{ "write", { SYS_write, SYS_writev, SYS_pwrite64, SYS_pwritev, SYS_fdatasync, SYS_fsync,
		     SYS_sync_file_range, -1 } },
	{ "memory", { SYS_mmap, SYS_brk, SYS_mremap, -1 } },
	{ "fork", { SYS_fork, SYS_vfork, SYS_clone, SYS_clone3, -1 } },
	{ "stat", { SYS_stat, SYS_fstat, SYS_lstat, SYS_newfstatat, SYS_statx, SYS_statfs,
		    SYS_fstatfs, -1 } },
	{ "list", { SYS_getdents64, SYS_lseek, SYS_readlink, SYS_readlinkat, -1 } },
	{ "xattr", { SYS_listxattr, SYS_llistxattr, SYS_flistxattr, SYS_getxattr, SYS_lgetxattr,
		     SYS_fgetxattr, -1 } },
	{ "socket", { SYS_socket, SYS_sendmsg, SYS_recvmsg, SYS_getsockopt, SYS_setsockopt,
		      SYS_bpf, SYS_ioctl, -1 } },
	{ "descriptor", { SYS_fcntl, SYS_dup2, SYS_dup3, SYS_pipe2, SYS_pipe, -1 } },
	{ "self", { SYS_prctl, SYS_getrandom, SYS_mlock, SYS_madvise, SYS_mprotect, SYS_setrlimit,
		    SYS_prlimit64, SYS_capget, SYS_uname, SYS_getcwd, SYS_chdir, SYS_unshare,
		    SYS_mount, SYS_umount2, SYS_setns, SYS_clock_gettime, SYS_sysinfo,
		    SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_mount_setattr, -1 } },
};

/* What is to fail, and what was seen. */
struct fault {
	unsigned long first, last;
	int oserr;
	unsigned long calls, failed;
	long nr;
	char role[32];
	unsigned fds;
};

static unsigned count_fds(pid_t tid)
{
	char path[32];
	unsigned n = 0;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)tid);
	d = opendir(path);
	while (d != NULL && readdir(d) != NULL)
		n++;
	if (d != NULL)
		closedir(d);
	return n;
}

static void read_role(pid_t tid, char *out, size_t n)
{
	char path[32];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)tid);
	f = fopen(path, "r");
	if (f == NULL || fgets(out, (int)n, f) == NULL)
		out[0] = '\0';
	out[strcspn(out, "\n")] = '\0';
	if (f != NULL)
		fclose(f);
}

static bool on_call(void *ctx, pid_t tid, struct user_regs_struct *regs)
{
	struct fault *f = ctx;
	unsigned fds = count_fds(tid);

	if (fds > f->fds)
		f->fds = fds;
	f->calls++;
	if (f->first == 0 || f->calls < f->first || f->calls > f->last)
		return false;
	if (f->failed++ == 0) {
		f->nr = (long)regs->orig_rax;
		read_role(tid, f->role, sizeof(f->role));
	}
	regs->orig_rax = (unsigned long long)-1;
	regs->rax = (unsigned long long)-f->oserr;
	return true;
}

static const struct class *find(const char *name)
{
	for (size_t i = 0; i < COUNT(classes); i++)
		if (strcmp(classes[i].name, name) == 0)
			return &classes[i];
	return NULL;
}

static void mark(struct tracer_filter *f, const struct class *c)
{
	tracer_begin(f);
	tracer_add(f, BPF_LD | BPF_W | BPF_ABS, TRACER_CALL_NR, 0, 0);
	for (size_t i = 0; c->nr[i] >= 0; i++) {
		tracer_add(f, BPF_JMP | BPF_JEQ | BPF_K, (unsigned)c->nr[i], 0, 1);
		tracer_add(f, BPF_RET | BPF_K, SECCOMP_RET_TRACE, 0, 0);
	}
}

static int report(const char *path, const struct fault *f, const struct tracer_end *end)
{
	FILE *out = fopen(path, "w");

	if (out == NULL)
		return 1;
	fprintf(out, "calls=%lu failed=%lu role=%s nr=%ld ", f->calls, f->failed, f->role, f->nr);
	if (WIFEXITED(end->status))
		fprintf(out, "exit=%d signal=0 ", WEXITSTATUS(end->status));
	else
		fprintf(out, "exit=-1 signal=%d ", WTERMSIG(end->status));
	fprintf(out, "crashed=%d at=%lu left=%u timeout=%d fds=%u rss=%ld\n", end->crashed,
		end->crashed_at, end->left, end->timeout, f->fds, end->rss_kib);
	return fclose(out) == 0 ? 0 : 1;
}

int main(int argc, char *argv[])
{
	static struct tracer_filter filter;
	const struct class *c = argc > 7 ? find(argv[1]) : NULL;
	struct fault f = { 0 };
	struct tracer_end end;

	if (c == NULL) {
		fprintf(stderr, "faulty: CLASS ERRNO FIRST LAST SECONDS REPORT PROGRAM...\n");
		return 2;
	}
	f.oserr = atoi(argv[2]);
	f.first = strtoul(argv[3], NULL, 10);
	f.last = strtoul(argv[4], NULL, 10);
	mark(&filter, c);
	if (tracer_run(&filter, argv + 7, (unsigned)atoi(argv[5]), on_call, &f, &end) != 0) {
		fprintf(stderr, "faulty: cannot trace: %s\n", strerror(errno));
		return 77;
	}
	return report(argv[6], &f, &end);
}

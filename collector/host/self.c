#include "collector/host/self.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/timex.h>
#include <unistd.h>

#include "collector/host/ability.h"
#include "lib/base/fd.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void read_exe(struct self *s)
{
	struct stat st;
	ssize_t n = readlink("/proc/self/exe", s->exe_path, sizeof(s->exe_path) - 1);

	s->exe_path[n > 0 ? n : 0] = '\0';
	if (stat("/proc/self/exe", &st) != 0)
		return;
	s->exe_dev_major = major(st.st_dev);
	s->exe_dev_minor = minor(st.st_dev);
	s->exe_ino = st.st_ino;
	s->exe_size = (uint64_t)st.st_size;
}

static uint64_t capabilities(void)
{
	struct __user_cap_header_struct h = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct d[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

	if (syscall(SYS_capget, &h, d) != 0)
		return 0;
	return (uint64_t)d[1].effective << 32 | d[0].effective;
}

/* Appends "mnt:[4026531841] pid:[...] ..." of those that this kernel has. */
static void read_namespaces(struct self *s)
{
	static const char *const names[] = { "mnt", "pid",  "net",    "uts",
					     "ipc", "user", "cgroup", "time" };
	size_t used = 0;

	for (size_t i = 0; i < COUNT(names); i++) {
		char path[32];
		ssize_t n;

		snprintf(path, sizeof(path), "/proc/self/ns/%s", names[i]);
		if (used + 2 >= sizeof(s->namespaces))
			return;
		n = readlink(path, s->namespaces + used + (used > 0),
			     sizeof(s->namespaces) - used - 2);
		if (n <= 0)
			continue;
		if (used > 0)
			s->namespaces[used++] = ' ';
		used += (size_t)n;
		s->namespaces[used] = '\0';
	}
}

static void read_clock_state(struct self *s)
{
	struct timex t = { 0 };

	s->clocks = clock_read();
	s->sync_state = adjtimex(&t);
	if (s->sync_state < 0)
		return;
	s->maxerror_us = t.maxerror;
	s->esterror_us = t.esterror;
}

/* Value of "name: 123" in the text of a file below /proc/self; 0 if it has none. */
static uint64_t number_of(int fd, const char *name)
{
	char text[8192];
	const char *p;
	ssize_t n = fd >= 0 ? pread(fd, text, sizeof(text) - 1, 0) : -1;

	if (n <= 0)
		return 0;
	text[n] = '\0';
	p = strstr(text, name);
	return p != NULL ? strtoull(p + strlen(name), NULL, 10) : 0;
}

static void read_fallbacks(struct self *s)
{
	struct buf lines;

	buf_init(&lines, sizeof(s->fallbacks) - 1);
	ability_missing(&lines);
	strlcpy(s->fallbacks, buf_cstr(&lines), sizeof(s->fallbacks));
	buf_release(&lines);
}

void self_read(struct self *s)
{
	read_clock_state(s);
	s->exe_path[0] = s->cwd[0] = s->namespaces[0] = '\0';
	read_exe(s);
	if (getcwd(s->cwd, sizeof(s->cwd)) == NULL)
		s->cwd[0] = '\0';
	if (uname(&s->uts) != 0)
		s->uts = (struct utsname){ 0 };
	s->uid = getuid();
	s->euid = geteuid();
	s->gid = getgid();
	s->egid = getegid();
	s->pid = getpid();
	s->ppid = getppid();
	s->caps_effective = capabilities();
	read_namespaces(s);
	read_fallbacks(s);
	s->status_fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC | O_NOCTTY);
	s->io_fd = open("/proc/self/io", O_RDONLY | O_CLOEXEC | O_NOCTTY);
}

/* The text of a file below /proc/self; "" if it cannot be read. */
static void read_text(const char *path, char *out, size_t n)
{
	int fd CLEANUP(fd_close) = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t got = fd >= 0 ? fd_read_full(fd, out, n - 1) : -1;

	out[got > 0 ? got : 0] = '\0';
}

void self_circumstances(struct self *s)
{
	size_t used = strlen(s->inherited), room = sizeof(s->inherited) - used;
	uint64_t tracer = number_of(s->status_fd, "\nTracerPid:");
	char score[32];

	read_text("/proc/self/cgroup", s->cgroup, sizeof(s->cgroup));
	if (s->cgroup[0] != '\0')
		s->cgroup[strlen(s->cgroup) - 1] = '\0';
	read_text("/proc/self/oom_score_adj", score, sizeof(score));
	score[strcspn(score, "\n")] = '\0';
	if (tracer != 0)
		snprintf(s->inherited + used, room, "; traced by process %llu",
			 (unsigned long long)tracer);
	used = strlen(s->inherited);
	room = sizeof(s->inherited) - used;
	if (score[0] != '\0' && strcmp(score, "0") != 0)
		snprintf(s->inherited + used, room, "; oom_score_adj %s", score);
}

void self_release(struct self *s)
{
	fd_close(&s->status_fd);
	fd_close(&s->io_fd);
}

#define CAP(c) (UINT64_C(1) << (c))

/* A run lacks the right of a row if it has none of its capabilities. */
static const struct right {
	uint64_t any_of;
	const char *lost;
} rights[] = {
	{ CAP(CAP_DAC_READ_SEARCH) | CAP(CAP_DAC_OVERRIDE),
	  "CAP_DAC_READ_SEARCH: files and directories that are closed to this user" },
	{ CAP(CAP_SYS_PTRACE),
	  "CAP_SYS_PTRACE: environment, memory maps and open files of other users' processes" },
	{ CAP(CAP_SYS_ADMIN),
	  "CAP_SYS_ADMIN: protection by a private read-only mount namespace, trusted.* xattrs" },
	{ CAP(CAP_FOWNER) | CAP(CAP_SYS_ADMIN),
	  "CAP_FOWNER: reading other users' files without changing their access times" },
	{ CAP(CAP_SYSLOG), "CAP_SYSLOG: the kernel's log and the addresses of its symbols" },
};

void self_missing(const struct self *s, struct buf *out)
{
	if (s->euid != 0)
		buf_puts(out, "uid 0: files of the kernel that only root may read\n");
	for (size_t i = 0; i < COUNT(rights); i++) {
		if ((s->caps_effective & rights[i].any_of) == 0)
			buf_printf(out, "%s\n", rights[i].lost);
	}
}

static uint64_t cpu_us(int who)
{
	struct rusage r;

	if (getrusage(who, &r) != 0)
		return 0;
	return (uint64_t)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) * 1000000 +
	       (uint64_t)(r.ru_utime.tv_usec + r.ru_stime.tv_usec);
}

void self_usage(const struct self *s, struct self_usage *u)
{
	/* Not ru_maxrss: it begins with what the shell used before exec. */
	u->peak_rss = number_of(s->status_fd, "\nVmHWM:") * 1024;
	u->cpu_us = cpu_us(RUSAGE_SELF) + cpu_us(RUSAGE_CHILDREN);
	u->read_bytes = number_of(s->io_fd, "\nread_bytes:");
	u->write_bytes = number_of(s->io_fd, "\nwrite_bytes:");
}

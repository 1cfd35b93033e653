#include "collector/volatile/process.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/dir.h"
#include "lib/base/fd.h"

#define STAT_ROOM 4096u
#define STATE_TO_START 19		/* blanks from field 3 to field 22 */

/* The name of a process may hold blanks and parentheses, but nothing behind it does. */
static bool parse_start(const char *text, uint64_t *out)
{
	const char *p = strrchr(text, ')');

	for (int i = 0; p != NULL && i <= STATE_TO_START; i++)
		p = strchr(p + 1, ' ');
	if (p == NULL || !isdigit((unsigned char)p[1]))
		return false;
	*out = strtoull(p + 1, NULL, 10);
	return true;
}

bool process_start(struct pulse *pulse, int fd, uint64_t *out)
{
	int stat CLEANUP(fd_close) = openat(fd, "stat", O_RDONLY | O_CLOEXEC);
	char text[STAT_ROOM];
	ssize_t n;

	if (stat < 0)
		return false;
	pulse_call(pulse, PULSE_READ);
	n = read(stat, text, sizeof(text) - 1);
	pulse_idle(pulse);
	if (n <= 0)
		return false;
	text[n] = '\0';
	return parse_start(text, out);
}

uint64_t process_mount_ns(struct pulse *pulse, int fd)
{
	char text[64];
	ssize_t n;

	pulse_call(pulse, PULSE_READLINK);
	n = readlinkat(fd, "ns/mnt", text, sizeof(text) - 1);
	pulse_idle(pulse);
	if (n <= 5 || memcmp(text, "mnt:[", 5) != 0)
		return 0;
	text[n] = '\0';
	return strtoull(text + 5, NULL, 10);
}

static int visit(struct source_env *env, const char *name, process_work *work, void *ctx)
{
	struct process p = { .pid = (pid_t)strtol(name, NULL, 10) };
	int fd CLEANUP(fd_close) = fd_handle(env->proc_fd, name, O_DIRECTORY);

	if (fd < 0)		/* ended since it was listed */
		return 0;
	p.fd = fd;
	p.has_start = process_start(env->pulse, fd, &p.start);
	return work(env, &p, ctx);
}

int process_each(struct source_env *env, process_work *work, void *ctx, int *oserr)
{
	DIR *d CLEANUP(dir_close) = dir_open(env->proc_fd, ".");
	const char *pid;
	int end = 0;

	*oserr = d == NULL ? errno : 0;
	if (d == NULL)
		return 0;
	while (end == 0 && (pid = dir_next_number(d)) != NULL) {
		if (source_stopped(env))
			return 1;
		end = visit(env, pid, work, ctx);
	}
	return end;
}

int process_threads(struct source_env *env, const struct process *p, process_thread_work *work,
		    void *ctx)
{
	DIR *d CLEANUP(dir_close) = dir_open(p->fd, "task");
	const struct dirent *e;
	int end = 0;

	while (d != NULL && end == 0 && (e = readdir(d)) != NULL) {
		pid_t tid = (pid_t)strtol(e->d_name, NULL, 10);

		if (tid <= 0 || tid == p->pid)
			continue;
		end = source_stopped(env) ? 1 : work(env, p, tid, ctx);
	}
	return end;
}

static int note_first(struct source_env *env, const struct process *p, pid_t tid, void *ctx)
{
	(void)env;
	(void)p;
	*(pid_t *)ctx = tid;
	return 1;
}

pid_t process_other_thread(struct source_env *env, const struct process *p)
{
	pid_t tid = 0;

	process_threads(env, p, note_first, &tid);
	return tid;
}

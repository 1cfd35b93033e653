#include "collector/volatile/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "collector/volatile/answer.h"
#include "lib/base/dir.h"
#include "lib/base/fd.h"
#include "lib/base/mountinfo.h"
#include "lib/base/text.h"

#define MOUNTINFO_MAX (4u << 20)	/* bytes looked at for namespaces */
#define CHUNK 65536u
#define NAME_LEN 600u			/* "PID/task/TID/ns/net" and its kin */

/* ===== finding ===== */


static struct netns *find(struct netns_list *l, uint64_t ino)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->ns[i].ino == ino)
			return &l->ns[i];
	return NULL;
}

static struct netns *add(struct netns_list *l, uint64_t ino)
{
	struct netns *ns = find(l, ino);

	if (ns != NULL)
		return ns;
	if (l->count == NETNS_MAX) {
		l->left_out++;
		return NULL;
	}
	ns = &l->ns[l->count++];
	*ns = (struct netns){ .ino = ino, .fd = -1 };
	return ns;
}

/* "net:[4026531840]": 4026531840, or 0. */
static uint64_t parse_link(const char *s)
{
	static const char before[] = "net:[";

	if (strncmp(s, before, sizeof(before) - 1) != 0)
		return 0;
	return strtoull(s + sizeof(before) - 1, NULL, 10);
}

static uint64_t read_link(int at, const char *name)
{
	char target[64];
	ssize_t n = readlinkat(at, name, target, sizeof(target) - 1);

	if (n < 0)
		return 0;
	target[n] = '\0';
	return parse_link(target);
}

/* The thread may have gone elsewhere since its link was read. */
static int open_link(int at, const char *name, uint64_t ino)
{
	int fd CLEANUP(fd_close) = openat(at, name, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || st.st_ino != ino)
		return -1;
	return fd_take(&fd);
}

static void add_thread(struct netns_list *l, int proc_fd, const char *pid, const char *tid)
{
	char name[NAME_LEN];
	struct netns *ns;
	uint64_t ino;

	snprintf(name, sizeof(name), "%s/task/%s/ns/net", pid, tid);
	ino = read_link(proc_fd, name);
	if (ino == 0 && errno != ENOENT && errno != ESRCH) {
		l->oserr = l->unseen == 0 ? errno : l->oserr;
		l->unseen++;
	}
	ns = ino == 0 ? NULL : add(l, ino);
	if (ns == NULL)
		return;
	ns->threads++;
	if (ns->pid == 0)
		ns->pid = (pid_t)strtol(pid, NULL, 10);
	if (strcmp(pid, "1") == 0 && strcmp(tid, "1") == 0)
		ns->of_init = true;
	if (ns->fd < 0)
		ns->fd = open_link(proc_fd, name, ino);
}

/* Looked at before it is opened: whatever lies there now, only nsfs is opened. */
static int open_nsfs(int at, const char *path, int nofollow, uint64_t ino)
{
	int look CLEANUP(fd_close) = fd_handle(at, path, nofollow);
	char self[64];
	struct statfs fs;
	struct stat st;

	if (look < 0 || fstatfs(look, &fs) < 0 || fs.f_type != NSFS_MAGIC ||
	    fstat(look, &st) < 0 || st.st_ino != ino)
		return -1;
	snprintf(self, sizeof(self), "/proc/self/fd/%d", look);
	return open(self, O_RDONLY | O_CLOEXEC);
}

/* A namespace that a process holds open lives on without anybody in it. */
static void add_descriptors(struct source_env *env, struct netns_list *l, const char *pid)
{
	DIR *fds CLEANUP(dir_close) = NULL;
	char name[NAME_LEN];
	const char *number;

	snprintf(name, sizeof(name), "%s/fd", pid);
	fds = dir_open(env->proc_fd, name);
	while (fds != NULL && (number = dir_next_number(fds)) != NULL) {
		uint64_t ino = read_link(dirfd(fds), number);
		struct netns *ns = ino == 0 ? NULL : add(l, ino);

		if (ns != NULL && ns->fd < 0)
			ns->fd = open_nsfs(dirfd(fds), number, 0, ino);
		if (ns != NULL && ns->threads == 0 && ns->holder == 0)
			ns->holder = (pid_t)strtol(pid, NULL, 10);
	}
}

static void find_by_threads(struct source_env *env, struct netns_list *l)
{
	DIR *all CLEANUP(dir_close) = dir_open(env->proc_fd, ".");
	const char *pid, *tid;
	char name[NAME_LEN];

	while (all != NULL && (pid = dir_next_number(all)) != NULL && !source_stopped(env)) {
		DIR *threads CLEANUP(dir_close) = NULL;

		pulse_call(env->pulse, PULSE_LIST);
		snprintf(name, sizeof(name), "%s/task", pid);
		threads = dir_open(env->proc_fd, name);
		while (threads != NULL && (tid = dir_next_number(threads)) != NULL)
			add_thread(l, env->proc_fd, pid, tid);
		add_descriptors(env, l, pid);
	}
	pulse_idle(env->pulse);
}

static void add_mounts(struct source_env *env, struct netns_list *l, char *text)
{
	struct mountinfo m;
	int got;

	while ((got = mountinfo_next(&text, &m)) != 0) {
		struct netns *ns;
		uint64_t ino;

		if (got < 0 || strcmp(m.fstype, "nsfs") != 0 || (ino = parse_link(m.root)) == 0)
			continue;
		ns = add(l, ino);
		if (ns == NULL || ns->fd >= 0)
			continue;
		pulse_call(env->pulse, PULSE_OPEN);
		ns->fd = open_nsfs(AT_FDCWD, m.path, O_NOFOLLOW, ino);
		pulse_idle(env->pulse);
	}
}

static void find_by_mounts(struct source_env *env, struct netns_list *l)
{
	int fd CLEANUP(fd_close) = openat(env->proc_fd, "self/mountinfo", O_RDONLY | O_CLOEXEC);
	struct buf text;
	ssize_t n = 0;
	char *room;

	buf_init(&text, MOUNTINFO_MAX);
	while (fd >= 0 && (room = buf_room(&text, CHUNK)) != NULL &&
	       (n = read(fd, room, CHUNK)) > 0)
		text.len += (size_t)n;
	text.failed = false;		/* a longer table is looked at as far as it fits */
	if (buf_cstr(&text)[0] != '\0')
		add_mounts(env, l, text.p);
	buf_release(&text);
}

struct netns_list *netns_find(struct source_env *env)
{
	struct netns_list *l = env->netns;
	uint64_t own;

	if (l != NULL)
		return l;
	l = env->netns = calloc(1, sizeof(*l));
	if (l == NULL)
		return NULL;
	l->own_fd = openat(env->proc_fd, "thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (l->own_fd < 0)
		l->own_fd = openat(env->proc_fd, "self/ns/net", O_RDONLY | O_CLOEXEC);
	own = read_link(env->proc_fd, "self/ns/net");
	if (own != 0)
		add(l, own)->own = true;
	find_by_threads(env, l);
	find_by_mounts(env, l);
	return l;
}

void netns_free(struct netns_list *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < l->count; i++)
		fd_close(&l->ns[i].fd);
	fd_close(&l->own_fd);
	free(l);
}

/* ===== working inside ===== */

static int enter_and_work(struct source_env *env, const struct netns_list *l,
			  const struct netns *ns, netns_work *work)
{
	char name[ANSWER_NAME_MAX];
	int end, oserr;

	if (ns->own)
		return work(env, ns);
	if (l->own_fd >= 0 && ns->fd >= 0 && setns(ns->fd, CLONE_NEWNET) == 0) {
		end = work(env, ns);
		return setns(l->own_fd, CLONE_NEWNET) < 0 ? -1 : end;
	}
	oserr = ns->fd < 0 ? EACCES : errno;
	snprintf(name, sizeof(name), "net/%llu/%s", (unsigned long long)ns->ino, env->artifact);
	return answer_gap(env, name, oserr == ENOSYS ? GAP_UNSUPPORTED : GAP_PERMISSION, oserr,
			  "setns");
}

int netns_each(struct source_env *env, netns_work *work)
{
	const struct netns_list *l = netns_find(env);
	int end = 0;

	if (l == NULL)
		return answer_gap(env, env->artifact, GAP_INTERNAL, ENOMEM, NULL);
	for (size_t i = 0; i < l->count && end == 0; i++)
		end = source_stopped(env) ? 1 : enter_and_work(env, l, &l->ns[i], work);
	return end;
}

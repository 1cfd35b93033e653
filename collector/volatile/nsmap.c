#include "collector/volatile/nsmap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collector/acquire/meta.h"
#include "lib/base/dir.h"
#include "lib/base/fd.h"
#include "lib/base/mountinfo.h"

#define SLOTS (2u * NSMAP_CLASSES_MAX)

static const struct {
	const char *name;
	enum nsmap_link type;
} links[NSMAP_LINKS] = {
	[NSMAP_CGROUP] = { "cgroup", NSMAP_CGROUP },
	[NSMAP_IPC] = { "ipc", NSMAP_IPC },
	[NSMAP_MNT] = { "mnt", NSMAP_MNT },
	[NSMAP_NET] = { "net", NSMAP_NET },
	[NSMAP_PID] = { "pid", NSMAP_PID },
	[NSMAP_TIME] = { "time", NSMAP_TIME },
	[NSMAP_USER] = { "user", NSMAP_USER },
	[NSMAP_UTS] = { "uts", NSMAP_UTS },
	[NSMAP_PID_CHILDREN] = { "pid_for_children", NSMAP_PID },
	[NSMAP_TIME_CHILDREN] = { "time_for_children", NSMAP_TIME },
};

const char *nsmap_link_name(enum nsmap_link l)
{
	return links[l].name;
}

enum nsmap_link nsmap_link_type(enum nsmap_link l)
{
	return links[l].type;
}

/* "TYPE:[INODE]": the inode, or 0. */
static uint64_t parse_link(const char *s, enum nsmap_link l)
{
	const char *type = links[links[l].type].name;
	size_t n = strlen(type);

	return strncmp(s, type, n) == 0 && s[n] == ':' && s[n + 1] == '[' ?
	       strtoull(s + n + 2, NULL, 10) : 0;
}

/* ===== classes and members ===== */

/* FNV-1a (Fowler, Noll, Vo), 32 bits. */
static uint32_t hash(const void *data, size_t n)
{
	const unsigned char *p = data;
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ p[i]) * 16777619u;
	return h ^ h >> 15;
}

/* Number of the class, or -1 if there is no room. */
static int64_t class_of(struct nsmap *m, const struct nsmap_class *c)
{
	uint32_t at = hash(c, sizeof(*c)) % SLOTS;

	for (; m->slot[at] != 0; at = (at + 1) % SLOTS)
		if (memcmp(&m->class[m->slot[at] - 1], c, sizeof(*c)) == 0)
			return m->slot[at] - 1;
	if (m->classes == NSMAP_CLASSES_MAX)
		return -1;
	m->class[m->classes++] = *c;
	m->slot[at] = (uint16_t)m->classes;
	return (int64_t)m->classes - 1;
}

static bool make_room(struct nsmap *m)
{
	size_t room = m->member_room == 0 ? 1024 : 2 * m->member_room;
	void *bigger;

	if (m->members < m->member_room)
		return true;
	bigger = room > NSMAP_MEMBERS_MAX ? NULL : realloc(m->member, room * sizeof(*m->member));
	if (bigger == NULL)
		return false;
	m->member = bigger;
	m->member_room = room;
	return true;
}

static void add_member(struct nsmap *m, pid_t pid, pid_t tid, int64_t class)
{
	if (class < 0 || !make_room(m))
		m->left_out++;
	else
		m->member[m->members++] = (struct nsmap_member){ pid, tid, (uint32_t)class };
}

/* ===== looking ===== */

static void look_at_root(int task, struct nsmap_class *c)
{
	int fd CLEANUP(fd_close) = fd_handle(task, "root", O_DIRECTORY);
	struct item_stat st;

	if (fd < 0 || meta_stat(fd, "", &st) < 0)
		return;
	c->root_dev = (uint64_t)st.dev_major << 32 | st.dev_minor;
	c->root_ino = st.ino;
}

/* Everything of the thread whose directory of /proc is open.  False if nothing is known. */
static bool look(struct nsmap *m, int task, struct nsmap_class *c)
{
	int ns CLEANUP(fd_close) = fd_handle(task, "ns", O_DIRECTORY);
	bool any = false, refused = false;

	memset(c, 0, sizeof(*c));
	for (unsigned i = 0; i < NSMAP_LINKS && ns >= 0; i++) {
		char target[64];
		ssize_t n = readlinkat(ns, links[i].name, target, sizeof(target) - 1);

		if (n < 0 && errno != ENOENT && errno != ESRCH) {
			m->oserr = m->unseen == 0 ? errno : m->oserr;
			refused = true;
		}
		target[n < 0 ? 0 : n] = '\0';
		c->ino[i] = parse_link(target, (enum nsmap_link)i);
		any = any || c->ino[i] != 0;
	}
	m->unseen += refused;
	if (any)
		look_at_root(task, c);
	return any;
}

static int64_t look_at(struct nsmap *m, int at, const char *name)
{
	int task CLEANUP(fd_close) = fd_handle(at, name, O_DIRECTORY);
	struct nsmap_class c;

	return task >= 0 && look(m, task, &c) ? class_of(m, &c) : -2;
}

static pid_t number(const char *s)
{
	return (pid_t)strtol(s, NULL, 10);
}

/* A process, and those of its threads that are elsewhere. */
static void look_at_process(struct nsmap *m, int proc_fd, const char *pid)
{
	DIR *threads CLEANUP(dir_close) = NULL;
	int64_t leader = look_at(m, proc_fd, pid);
	char name[300];
	const char *tid;

	if (leader != -2)
		add_member(m, number(pid), 0, leader);
	snprintf(name, sizeof(name), "%s/task", pid);
	threads = dir_open(proc_fd, name);
	while (threads != NULL && (tid = dir_next_number(threads)) != NULL) {
		int64_t class = strcmp(tid, pid) == 0 ? leader : look_at(m, dirfd(threads), tid);

		if (class != leader && class != -2)
			add_member(m, number(pid), number(tid), class);
	}
}

struct nsmap *nsmap_new(struct source_env *env)
{
	struct nsmap *m = calloc(1, sizeof(*m));
	DIR *all CLEANUP(dir_close) = m == NULL ? NULL : dir_open(env->proc_fd, ".");
	const char *pid;

	while (all != NULL && (pid = dir_next_number(all)) != NULL && !source_stopped(env)) {
		pulse_call(env->pulse, PULSE_LIST);
		look_at_process(m, env->proc_fd, pid);
	}
	pulse_idle(env->pulse);
	return m;
}

void nsmap_free(struct nsmap *m)
{
	if (m == NULL)
		return;
	free(m->member);
	free(m);
}

/* ===== what a mount keeps ===== */

static void add_mounted(struct nsmap *m, enum nsmap_link type, uint64_t ino)
{
	for (size_t i = 0; i < m->mounteds; i++)
		if (m->mounted[i].ino == ino && m->mounted[i].type == type)
			return;
	if (m->mounteds == NSMAP_MOUNTED_MAX)
		m->left_out++;
	else
		m->mounted[m->mounteds++] = (struct nsmap_mounted){ type, ino };
}

void nsmap_add_mounts(struct nsmap *m, char *text)
{
	struct mountinfo line;
	int got;

	while ((got = mountinfo_next(&text, &line)) != 0) {
		if (got < 0 || strcmp(line.fstype, "nsfs") != 0)
			continue;
		for (unsigned i = 0; i < NSMAP_PID_CHILDREN; i++) {
			uint64_t ino = parse_link(line.root, (enum nsmap_link)i);

			if (ino != 0)
				add_mounted(m, (enum nsmap_link)i, ino);
		}
	}
}

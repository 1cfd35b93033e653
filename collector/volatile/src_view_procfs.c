/*
 * The processes of the /proc that we read against a procfs that nobody can have prepared
 * (fsopen(2), 5.2), against /proc as it is mounted where we were started and where process 1
 * lives, and against the members of the control groups; and what is mounted over parts of those
 * two.  A mount over /proc/PID hides a process from whoever looks inside; its number stays in the
 * listing.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "collector/volatile/answer.h"
#include "collector/volatile/cgroup.h"
#include "collector/volatile/procfs.h"
#include "collector/volatile/source.h"
#include "collector/volatile/view.h"
#include "lib/base/fd.h"
#include "lib/base/mountinfo.h"
#include "lib/base/text.h"

/* linux/mount.h; the C library need not know them yet. */
#ifndef SYS_fsopen
#define SYS_fsopen 430
#define SYS_fsconfig 431
#define SYS_fsmount 432
#endif
#define FS_CLOEXEC 1u			/* FSOPEN_CLOEXEC, FSMOUNT_CLOEXEC */
#define CONFIG_CREATE 6u		/* FSCONFIG_CMD_CREATE */
#define ATTR_LOCKED 0x1fu		/* MOUNT_ATTR_RDONLY, NOSUID, NODEV, NOEXEC, NOATIME */

#define TABLE_MAX (4u << 20)		/* bytes of mountinfo looked at */
#define ANCESTORS_MAX 16u

/* The other side of a comparison. */
struct other {
	struct source_env *env;
	int proc_fd;			/* another procfs, or what is mounted in its place */
	bool is_procfs;
	struct cgroup_walk groups;
};

/* ===== comparing ===== */

static int list_ours(void *of, struct view_set *out)
{
	const struct other *o = of;

	return procfs_list(o->env->proc_fd, o->env->pulse, false, out, NULL);
}

static int list_threads(void *of, struct view_set *out)
{
	const struct other *o = of;

	return procfs_list(o->env->proc_fd, o->env->pulse, true, out, NULL);
}

static int list_other(void *of, struct view_set *out)
{
	const struct other *o = of;

	return procfs_list(o->proc_fd, o->env->pulse, false, out, NULL);
}

static int list_groups(void *of, struct view_set *out)
{
	struct other *o = of;

	return cgroup_members(&o->groups, o->env, out);
}

static uint64_t start_of(void *of, const void *key)
{
	const struct other *o = of;

	return procfs_start(o->env->proc_fd, view_set_number(key));
}

static void describe(void *of, const void *key, struct buf *out)
{
	const struct other *o = of;

	buf_printf(out, "\"id\":%u,", view_set_number(key));
	procfs_describe(o->env->proc_fd, view_set_number(key), out);
}

static void put_other(void *of, struct buf *out)
{
	const struct other *o = of;

	buf_printf(out, ",\"b_is_procfs\":%s", o->is_procfs ? "true" : "false");
}

static void put_groups(void *of, struct buf *out)
{
	const struct other *o = of;

	buf_printf(out, ",\"version\":%u,\"groups\":%u,\"groups_left_out\":%u", o->groups.version,
		   o->groups.count, o->groups.left_out);
}

static int take_groups(struct source_env *env)
{
	struct other o = { .env = env, .proc_fd = -1 };
	const struct view v = {
		.check = "cgroup", .width = 4, .one_sided = true, .of = &o,
		.a = { "readdir of /proc and /proc/PID/task", list_threads, NULL },
		.b = { "members of control groups", list_groups, NULL },
		.identity = start_of, .describe = describe, .more = put_groups,
	};

	return view_take(env, &v, "procfs");
}

static int take_other(struct source_env *env, const char *check, const char *name, int fd)
{
	struct other o = { .env = env, .proc_fd = fd };
	const struct view v = {
		.check = check, .width = 4, .of = &o,
		.a = { "readdir of our /proc", list_ours, NULL },
		.b = { name, list_other, NULL },
		.identity = start_of, .describe = describe, .more = put_other,
	};
	struct statfs fs;

	o.is_procfs = fstatfs(fd, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC;
	return view_take(env, &v, "procfs");
}

/* ===== a new procfs ===== */

/* An instance of its own since 5.8; the type is there, or we had no /proc at all. */
static int fresh(void)
{
	int fs CLEANUP(fd_close) = (int)syscall(SYS_fsopen, "proc", FS_CLOEXEC);

	if (fs < 0 || syscall(SYS_fsconfig, fs, CONFIG_CREATE, NULL, NULL, 0) < 0)
		return -1;
	return (int)syscall(SYS_fsmount, fs, FS_CLOEXEC, ATTR_LOCKED);
}

static int take_fresh(struct source_env *env)
{
	int fd CLEANUP(fd_close) = fresh();

	if (fd < 0)
		return answer_refused(env, "view/procfs/fresh", errno, "fsopen");
	return take_other(env, "fresh", "readdir of a new procfs", fd);
}

/* ===== /proc as others see it ===== */

/* Where somebody's mounts are looked at from. */
struct place {
	const char *check, *name;
	char pid[24];			/* a process there; "" none but ourselves */
	uint64_t mnt_ns;
};

static uint64_t mount_namespace(struct source_env *env, const char *pid)
{
	char name[80];
	struct stat st;

	snprintf(name, sizeof(name), "%s/ns/mnt", pid);
	return fstatat(env->proc_fd, name, &st, 0) == 0 ? st.st_ino : 0;
}

/* We read from behind mounts of our own: whoever started us does not. */
static void find_start(struct source_env *env, struct place *p)
{
	uint64_t own = mount_namespace(env, "self");
	unsigned long long pid = (unsigned long long)getppid();
	char name[64], text[4096];

	strcpy(p->pid, "self");
	p->mnt_ns = own;
	for (unsigned i = 0; i < ANCESTORS_MAX && pid != 0; i++) {
		snprintf(name, sizeof(name), "%llu", pid);
		p->mnt_ns = mount_namespace(env, name);
		if (p->mnt_ns != 0 && p->mnt_ns != own) {
			snprintf(p->pid, sizeof(p->pid), "%llu", pid);
			return;
		}
		snprintf(name, sizeof(name), "%llu/status", pid);
		procfs_read(env->proc_fd, name, text, sizeof(text));
		pid = procfs_number(text, "PPid:");
	}
	p->mnt_ns = own;
}

/* The last line of the table about /proc itself is what lies on top. */
static bool is_remote(char *table)
{
	struct mountinfo m;
	bool remote = false;
	int got;

	while ((got = mountinfo_next(&table, &m)) != 0)
		if (got > 0 && strcmp(m.path, "/proc") == 0)
			remote = mountinfo_is_remote(m.fstype);
	return remote;
}

static int open_there(struct source_env *env, const struct place *p)
{
	char name[64];
	int root CLEANUP(fd_close) = -1;
	int fd;

	snprintf(name, sizeof(name), "%s/root", p->pid);
	pulse_call(env->pulse, PULSE_OPEN);
	root = fd_handle(env->proc_fd, name, O_DIRECTORY);
	fd = root < 0 ? -1 : procfs_open_fd(root, "proc");
	pulse_idle(env->pulse);
	return fd;
}

/* A procfs of another pid namespace numbers otherwise. */
static bool numbers_as_ours(struct source_env *env, int fd)
{
	char ours[32] = "", theirs[32] = "";
	struct statfs fs;

	if (fstatfs(fd, &fs) < 0 || fs.f_type != PROC_SUPER_MAGIC)
		return true;		/* no procfs at all: to be held against ours */
	return readlinkat(env->proc_fd, "self", ours, sizeof(ours) - 1) > 0 &&
	       readlinkat(fd, "self", theirs, sizeof(theirs) - 1) > 0 && strcmp(ours, theirs) == 0;
}

/* The table is taken apart while it is read, and needed twice. */
static int read_table(struct source_env *env, const struct place *p, struct buf *table)
{
	char name[64];

	buf_init(table, TABLE_MAX);
	snprintf(name, sizeof(name), "%s/mountinfo", p->pid);
	return procfs_mounts(env->proc_fd, name, table);
}

/* Without a table nobody says that it is safe to touch. */
static int take_there(struct source_env *env, const struct place *p)
{
	int oserr, fd CLEANUP(fd_close) = -1;
	struct buf table;
	char name[64];
	bool remote;

	snprintf(name, sizeof(name), "view/procfs/%s", p->check);
	oserr = read_table(env, p, &table);
	remote = oserr == 0 && is_remote(table.p);
	buf_release(&table);
	if (oserr != 0)
		return answer_refused(env, name, oserr, "read");
	if (remote)
		return answer_gap(env, name, GAP_NETWORK_FS, EREMOTE, NULL);
	fd = open_there(env, p);
	if (fd < 0)
		return answer_refused(env, name, errno, "openat");
	if (!numbers_as_ours(env, fd))
		return answer_gap(env, name, GAP_OTHER_FS, ESRCH, NULL);
	return take_other(env, p->check, p->name, fd);
}

/* ===== what is mounted over it ===== */

static void put_text(struct buf *b, const char *key, const char *value)
{
	buf_printf(b, ",\"%s\":", key);
	text_json_escaped(b, value, strlen(value));
}

static int put_mount(struct answer *a, const struct place *p, const struct mountinfo *m)
{
	unsigned long pid = 0;
	struct buf line;
	int end;

	if (strncmp(m->path, "/proc/", 6) == 0 && isdigit((unsigned char)m->path[6]))
		pid = strtoul(m->path + 6, NULL, 10);
	buf_init(&line, 1u << 20);
	buf_printf(&line, "{\"check\":\"mounts\",\"table\":\"%s\",\"mnt_ns\":%llu,\"mnt\":%llu",
		   p->check, (unsigned long long)p->mnt_ns, (unsigned long long)m->id);
	put_text(&line, "path", m->path);
	put_text(&line, "root", m->root);
	put_text(&line, "fstype", m->fstype);
	put_text(&line, "source", m->source);
	put_text(&line, "options", m->options);
	put_text(&line, "super_options", m->super_options);
	if (pid != 0) {
		buf_printf(&line, ",\"id\":%lu,", pid);
		procfs_describe(a->env->proc_fd, (uint32_t)pid, &line);
	}
	buf_puts(&line, "}\n");
	end = line.failed ? answer_fail(a, GAP_INTERNAL, ENOMEM, NULL)
			  : answer_add(a, line.p, line.len);
	buf_release(&line);
	return end;
}

static int put_mounts(struct answer *a, const struct place *p, char *table)
{
	struct mountinfo m;
	int got, end = 0;

	while (end == 0 && (got = mountinfo_next(&table, &m)) != 0)
		if (got > 0 && mountinfo_below(m.path, "/proc"))
			end = put_mount(a, p, &m);
	return end;
}

static int take_mounts(struct source_env *env, const struct place *places, size_t count)
{
	struct answer a;
	int end = 0;

	answer_begin(&a, env, "view/procfs/mounts");
	for (size_t i = 0; i < count && end == 0; i++) {
		struct buf table;
		int oserr = read_table(env, &places[i], &table);

		if (oserr != 0)
			answer_errno(&a, oserr, "read");
		else
			end = put_mounts(&a, &places[i], table.p);
		buf_release(&table);
	}
	return answer_end(&a) < 0 || end < 0 ? -1 : 0;
}

static int take_places(struct source_env *env)
{
	struct place places[2] = {
		{ .check = "started", .name = "readdir of /proc where we were started" },
		{ .check = "init", .name = "readdir of /proc of process 1", .pid = "1" },
	};
	size_t count = 2;
	int end = 0;

	find_start(env, &places[0]);
	places[1].mnt_ns = mount_namespace(env, "1");
	if (places[1].mnt_ns == places[0].mnt_ns)
		count = 1;
	for (size_t i = 0; i < count && end == 0; i++)
		end = take_there(env, &places[i]);
	return end == 0 ? take_mounts(env, places, count) : end;
}

int view_procfs_run(struct source_env *env)
{
	int end = take_groups(env);

	if (end == 0)
		end = take_fresh(env);
	return end == 0 ? take_places(env) : end;
}

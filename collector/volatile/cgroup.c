#include "collector/volatile/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "collector/volatile/procfs.h"
#include "lib/base/fd.h"
#include "lib/base/mountinfo.h"

#define TABLE_MAX (4u << 20)		/* bytes of mountinfo looked at */
#define CHUNK 4096u

/* The files of a group that list its members; the first that is there. */
static const struct version {
	const char *fstype;
	unsigned long magic;
	const char *files[2];
} versions[] = {
	{ "cgroup2", CGROUP2_SUPER_MAGIC, { "cgroup.threads", "cgroup.procs" } },
	{ "cgroup", CGROUP_SUPER_MAGIC, { "tasks", "cgroup.procs" } },
};

/* Numbers, one a line; 0 stands for a member of another pid namespace.  *${number} is what was
 * read so far of one that goes on in the next piece. */
static void add_numbers(const char *text, size_t n, uint32_t *number, struct view_set *out)
{
	for (size_t i = 0; i < n; i++) {
		if (text[i] >= '0' && text[i] <= '9') {
			*number = *number * 10 + (uint32_t)(text[i] - '0');
			continue;
		}
		if (*number != 0)
			view_set_add_number(out, *number);
		*number = 0;
	}
}

static void add_file(int fd, struct pulse *pulse, struct view_set *out)
{
	char text[CHUNK];
	uint32_t number = 0;
	ssize_t n;

	do {
		pulse_call(pulse, PULSE_READ);
		n = read(fd, text, sizeof(text));
		add_numbers(text, n > 0 ? (size_t)n : 0, &number, out);
	} while (n > 0);
	pulse_idle(pulse);
}

static void add_group(const struct version *v, int dir, struct pulse *pulse, struct view_set *out)
{
	int fd CLEANUP(fd_close) = -1;

	for (size_t i = 0; i < 2 && fd < 0; i++)
		fd = openat(dir, v->files[i], O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0)
		add_file(fd, pulse, out);
}

static const char *next_folder(DIR *d)
{
	const struct dirent *e;

	while ((e = readdir(d)) != NULL)
		if (e->d_type == DT_DIR && e->d_name[0] != '.')
			return e->d_name;
	return NULL;
}

static void walk(struct cgroup_walk *w, const struct version *v, struct source_env *env,
		 struct view_set *out, DIR *top)
{
	DIR *level[CGROUP_DEPTH];
	unsigned depth = 1;

	level[0] = top;
	add_group(v, dirfd(top), env->pulse, out);
	w->count = 1;
	while (depth > 0) {
		const char *name = source_stopped(env) ? NULL : next_folder(level[depth - 1]);
		DIR *below;

		if (name == NULL) {
			closedir(level[--depth]);
			continue;
		}
		below = depth == CGROUP_DEPTH || w->count == CGROUP_MAX ? NULL :
			procfs_open(dirfd(level[depth - 1]), name);
		if (below == NULL) {
			w->left_out++;
			continue;
		}
		w->count++;
		add_group(v, dirfd(below), env->pulse, out);
		level[depth++] = below;
	}
}

/* Whatever lies there now, only a hierarchy is read. */
static DIR *open_mount(const struct version *v, const char *path, struct pulse *pulse)
{
	struct statfs fs;
	DIR *d;

	pulse_call(pulse, PULSE_OPEN);
	d = procfs_open(AT_FDCWD, path);
	pulse_idle(pulse);
	if (d == NULL || (fstatfs(dirfd(d), &fs) == 0 && fs.f_type == v->magic))
		return d;
	closedir(d);
	errno = ENOENT;
	return NULL;
}

static int find(const struct version *v, struct source_env *env, DIR **top)
{
	struct mountinfo m;
	struct buf table;
	char *text;
	int got, oserr;

	*top = NULL;
	buf_init(&table, TABLE_MAX);
	oserr = procfs_mounts(env->proc_fd, "self/mountinfo", &table);
	text = table.p;
	while (oserr == 0 && *top == NULL && (got = mountinfo_next(&text, &m)) != 0)
		if (got > 0 && strcmp(m.fstype, v->fstype) == 0)
			*top = open_mount(v, m.path, env->pulse);
	buf_release(&table);
	return oserr != 0 ? oserr : *top == NULL ? ENOENT : 0;
}

int cgroup_members(struct cgroup_walk *w, struct source_env *env, struct view_set *out)
{
	DIR *top = NULL;
	int oserr = ENOENT;

	for (size_t i = 0; i < 2 && oserr != 0; i++) {
		oserr = find(&versions[i], env, &top);
		w->version = 2 - (unsigned)i;
		w->left_out = 0;
		if (oserr == 0)
			walk(w, &versions[i], env, out, top);
	}
	return oserr;
}

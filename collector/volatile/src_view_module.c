/*
 * Modules by /proc/modules, by /sys/module and by the symbols that carry their name.  A module
 * that takes itself off one list is mostly still on another.
 */
#include "collector/volatile/src_view_module.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "collector/volatile/answer.h"
#include "collector/volatile/procfs.h"
#include "collector/volatile/view.h"
#include "lib/base/dir.h"
#include "lib/base/fd.h"
#include "lib/base/text.h"

#define NAME_WIDTH 64u			/* the kernel's names have up to 56, padded with NUL */
#define COUNT_TRIES 5u

struct modules {
	struct source_env *env;
	int sys_fd;
	struct view_set *into;		/* the list that is being made */
	char last[NAME_WIDTH];		/* added to it */
};

/* Once for each run of equal names: of the symbols of a module there are thousands. */
static void add_name(struct modules *m, const char *name, size_t n)
{
	char key[NAME_WIDTH] = { 0 };

	memcpy(key, name, n < NAME_WIDTH ? n : NAME_WIDTH - 1);
	if (memcmp(key, m->last, NAME_WIDTH) == 0)
		return;
	memcpy(m->last, key, NAME_WIDTH);
	view_set_add(m->into, key);
}

static void begin(struct modules *m, struct view_set *out)
{
	m->into = out;
	memset(m->last, 0, sizeof(m->last));
}

/* "ext4 1044480 1 - Live 0x0000000000000000" */
static bool take_module(void *of, const char *line)
{
	add_name(of, line, strcspn(line, " "));
	return true;
}

static int list_proc(void *of, struct view_set *out)
{
	struct modules *m = of;

	begin(m, out);
	return procfs_lines(m->env->proc_fd, "modules", m->env->pulse, take_module, m);
}

/* What is built in has a directory too, if it has parameters, but no state. */
static int list_sys(void *of, struct view_set *out)
{
	struct modules *m = of;
	DIR *d CLEANUP(dir_close) = procfs_open(m->sys_fd, ".");
	const struct dirent *e;
	char name[300];
	struct stat st;

	begin(m, out);
	if (d == NULL)
		return m->sys_fd < 0 ? ENOENT : errno;
	while ((e = readdir(d)) != NULL) {
		snprintf(name, sizeof(name), "%s/initstate", e->d_name);
		if (e->d_name[0] != '.' && fstatat(m->sys_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			add_name(m, e->d_name, strlen(e->d_name));
	}
	return 0;
}

/* "0000000000000000 t name\t[module]"; programs of bpf and the kernel's own trampolines carry
 * names that are no module. */
static bool take_symbol(void *of, const char *line)
{
	const char *tag = strstr(line, "\t[");
	size_t n = tag == NULL ? 0 : strcspn(tag + 2, "]");

	if (n > 0 && strncmp(tag + 2, "__builtin__", 11) != 0 && strcmp(tag + 2, "bpf]") != 0)
		add_name(of, tag + 2, n);
	return true;
}

static int list_symbols(void *of, struct view_set *out)
{
	struct modules *m = of;

	begin(m, out);
	return procfs_lines(m->env->proc_fd, "kallsyms", m->env->pulse, take_symbol, m);
}

static void describe(void *of, const void *key, struct buf *out)
{
	(void)of;
	buf_puts(out, "\"module\":");
	text_json_escaped(out, key, strnlen(key, NAME_WIDTH));
}

static const struct view_side proc_side = { "/proc/modules", list_proc, NULL };

static int take_sys(struct modules *m)
{
	const struct view v = {
		.check = "sysfs", .width = NAME_WIDTH, .of = m, .a = proc_side,
		.b = { "/sys/module with initstate", list_sys, NULL }, .describe = describe,
	};

	return view_take(m->env, &v, "module");
}

static int take_symbols(struct modules *m)
{
	const struct view v = {
		.check = "kallsyms", .width = NAME_WIDTH, .one_sided = true, .of = m,
		.a = proc_side, .b = { "names in /proc/kallsyms", list_symbols, NULL },
		.describe = describe,
	};

	return view_take(m->env, &v, "module");
}

/* ===== links of /sys/module ===== */

struct count {
	int64_t before, listed, after;
};

static int count_once(int sys_fd, struct count *c)
{
	DIR *d CLEANUP(dir_close) = procfs_open(sys_fd, ".");
	const struct dirent *e;
	struct stat st;

	if (d == NULL || fstat(dirfd(d), &st) < 0)
		return sys_fd < 0 ? ENOENT : errno;
	c->before = (int64_t)st.st_nlink - 2;
	c->listed = 0;
	while ((e = readdir(d)) != NULL)
		c->listed += e->d_type == DT_DIR && strcmp(e->d_name, ".") != 0 &&
			     strcmp(e->d_name, "..") != 0;
	if (fstat(dirfd(d), &st) < 0)
		return errno;
	c->after = (int64_t)st.st_nlink - 2;
	return 0;
}

static int take_links(struct modules *m)
{
	struct count c = { 0 };
	struct answer a;
	unsigned tries = 0;
	char line[512];
	int oserr, n, end = 0;

	answer_begin(&a, m->env, "view/module/links");
	do
		oserr = count_once(m->sys_fd, &c);
	while (oserr == 0 && ++tries < COUNT_TRIES &&
	       (c.before != c.listed || c.after != c.listed));
	n = snprintf(line, sizeof(line),
		     "{\"check\":\"links\",\"a\":\"directories listed in /sys/module\","
		     "\"b\":\"links of /sys/module but two\",\"listed\":%lld,"
		     "\"counted_before\":%lld,\"counted_after\":%lld,\"tries\":%u}\n",
		     (long long)c.listed, (long long)c.before, (long long)c.after, tries);
	if (oserr != 0)
		answer_errno(&a, oserr, "getdents64");
	else
		end = answer_add(&a, line, (size_t)n);
	return answer_end(&a) < 0 || end < 0 ? -1 : 0;
}

int view_module_compare(struct source_env *env, int sys_fd)
{
	struct modules m = { .env = env, .sys_fd = sys_fd };
	int end = take_sys(&m);

	if (end == 0)
		end = take_symbols(&m);
	return end == 0 ? take_links(&m) : end;
}

/* Somebody may have mounted something else there. */
int view_module_run(struct source_env *env)
{
	int fd CLEANUP(fd_close) = -1;
	struct statfs fs;

	pulse_call(env->pulse, PULSE_OPEN);
	fd = procfs_open_fd(AT_FDCWD, "/sys/module");
	pulse_idle(env->pulse);
	if (fd >= 0 && (fstatfs(fd, &fs) < 0 || fs.f_type != SYSFS_MAGIC))
		fd_close(&fd);
	return view_module_compare(env, fd);
}

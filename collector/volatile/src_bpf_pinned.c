/*
 * What the files of a bpffs hold: programs, maps and links of bpf that stay without a process.
 *
 * Of each file BPF_OBJ_GET (4.4, bpf(2)) gives a descriptor of the object, whose number is that
 * of bpf_run's.  The file itself is never opened: reading a pinned iterator would run its
 * program.  It is named by way of an O_PATH handle, /proc/self/fd/N, so that what is asked
 * about is what was looked at, and no link is followed.  The kernel touches the access time of
 * what it looks up so, which no flag forbids; a mount with noatime does.
 *
 * Only of our own mount namespace, and not what another mount lies over.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "collector/acquire/listing.h"
#include "collector/acquire/meta.h"
#include "collector/acquire/mounts.h"
#include "collector/volatile/answer.h"
#include "collector/volatile/bpf_query.h"
#include "collector/volatile/procfs.h"
#include "collector/volatile/source.h"
#include "lib/base/fd.h"
#include "lib/base/mountinfo.h"
#include "lib/base/text.h"

#ifndef BPF_FS_MAGIC
#define BPF_FS_MAGIC 0xcafe4a11		/* linux/magic.h, 4.4 */
#endif

#define TABLE_MAX (4u << 20)		/* bytes of mountinfo looked at */
#define TABLE_FULL (TABLE_MAX - (64u << 10))	/* more may be missing: it is read in pieces */
#define ENTRIES_MAX 16384u		/* names looked at, of all mounts */
#define DEPTH_MAX 16u			/* directories in directories */
#define PATH_ROOM 4096u			/* bytes of a path */
#define LINE_MAX_LEN (8u * PATH_ROOM)	/* bytes of one line */
#define LIST_ROOM 2048u			/* bytes of a listing at a time */

/* A directory on the way down. */
struct level {
	char room[LIST_ROOM] __attribute__((aligned(8)));
	struct listing list;
	size_t len;			/* of the path of the directory */
};

struct pinned {
	struct source_env *env;
	struct answer a;
	const struct mount *on;		/* the bpffs that is looked at */
	bool noatime;			/* no access time changes behind it */
	bool full;			/* ENTRIES_MAX was reached */
	uint32_t entries;		/* so far */
	unsigned depth;
	struct level level[DEPTH_MAX];
	char path[PATH_ROOM];
};

/* ===== telling ===== */

/* A line that goes on. */
static void begin_line(struct pinned *p, struct buf *line)
{
	buf_init(line, LINE_MAX_LEN);
	buf_printf(line, "{\"mnt\":%llu,\"path\":", (unsigned long long)p->on->id);
	text_json_escaped(line, p->path, strlen(p->path));
}

static int end_line(struct pinned *p, struct buf *line)
{
	int end;

	buf_puts(line, "}\n");
	if (line->failed)
		end = answer_fail(&p->a, GAP_INTERNAL, ENOMEM, NULL);
	else
		end = answer_add(&p->a, line->p, line->len);
	buf_release(line);
	return end;
}

/* What could not be looked at: the errno stands in the line, the first one in the manifest. */
static int tell_refusal(struct pinned *p, int oserr, const char *syscall)
{
	struct buf line;

	answer_fail(&p->a, oserr == EACCES || oserr == EPERM ? GAP_PERMISSION : GAP_INCOMPLETE,
		    oserr, syscall);
	begin_line(p, &line);
	buf_printf(&line, ",\"errno\":%d", oserr);
	return end_line(p, &line);
}

static void put_stat(struct pinned *p, struct buf *line, const struct item_stat *st)
{
	buf_printf(line, ",\"dev\":\"%u:%u\",\"ino\":%llu,\"mode\":\"%07o\",\"uid\":%u,\"gid\":%u,"
		   "\"mtime\":[%lld,%u],\"noatime\":%s", st->dev_major, st->dev_minor,
		   (unsigned long long)st->ino, st->mode, st->uid, st->gid,
		   (long long)st->mtime.sec, st->mtime.nsec, p->noatime ? "true" : "false");
}

/* ===== one file ===== */

/* What the link of a descriptor calls its object. */
static const struct kind {
	const char *link, *word;
} kinds[] = {
	{ "anon_inode:bpf-prog", "prog" },
	{ "anon_inode:bpf-map", "map" },
	{ "anon_inode:bpf-link", "link" },	/* by BPF_OBJ_GET */
	{ "anon_inode:bpf_link", "link" },	/* by BPF_LINK_CREATE */
};

/* Read-only where that is possible: before 4.15 nothing can be had so, and links never. */
static int get_object(struct source_env *env, int handle)
{
	static const uint32_t flags[] = { BPF_F_RDONLY, 0 };
	union bpf_attr attr;
	char self[40];
	long fd = -1;

	snprintf(self, sizeof(self), "/proc/self/fd/%d", handle);
	errno = EINVAL;
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]) && fd < 0 && errno == EINVAL; i++) {
		memset(&attr, 0, sizeof(attr));
		attr.pathname = (uint64_t)(uintptr_t)self;
		attr.file_flags = flags[i];
		fd = bpf_query_call(env, BPF_OBJ_GET, &attr);
	}
	return (int)fd;
}

static void put_kind(struct pinned *p, struct buf *line, int fd)
{
	char name[40], link[64];
	ssize_t n;

	snprintf(name, sizeof(name), "self/fd/%d", fd);
	n = readlinkat(p->env->proc_fd, name, link, sizeof(link) - 1);
	link[n < 0 ? 0 : n] = '\0';
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(link, kinds[i].link) == 0)
			buf_printf(line, ",\"kind\":\"%s\"", kinds[i].word);
}

/* Type and number are the first two fields of what the kernel says of every kind (4.13). */
static void put_id(struct pinned *p, struct buf *line, int fd)
{
	uint32_t about[2] = { 0, 0 };
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.info.bpf_fd = (uint32_t)fd;
	attr.info.info_len = sizeof(about);
	attr.info.info = (uint64_t)(uintptr_t)about;
	if (bpf_query_call(p->env, BPF_OBJ_GET_INFO_BY_FD, &attr) == 0) {
		buf_printf(line, ",\"id\":%u", about[1]);
		return;
	}
	buf_printf(line, ",\"errno\":%d", errno);
	answer_errno(&p->a, errno, "bpf");
}

static int take_file(struct pinned *p, int handle, const struct item_stat *st)
{
	int fd CLEANUP(fd_close) = get_object(p->env, handle);
	int oserr = fd < 0 ? errno : 0;
	struct buf line;

	begin_line(p, &line);
	put_stat(p, &line, st);
	if (fd >= 0) {
		put_kind(p, &line, fd);
		put_id(p, &line, fd);
	} else {
		buf_printf(&line, ",\"errno\":%d", oserr);
		answer_errno(&p->a, oserr, "bpf");
	}
	return end_line(p, &line);
}

/* ===== the way through ===== */

/* ${handle} is of a directory whose path stands in p->path. */
static int go_in(struct pinned *p, int handle)
{
	struct level *l = &p->level[p->depth];
	int fd;

	if (p->depth == DEPTH_MAX) {
		answer_fail(&p->a, GAP_ENTRY_LIMIT, 0, NULL);
		return 0;
	}
	pulse_call(p->env->pulse, PULSE_OPEN);
	fd = procfs_open_fd(handle, ".");
	pulse_idle(p->env->pulse);
	if (fd < 0)
		return tell_refusal(p, errno, "openat");
	l->list = (struct listing){ .fd = fd, .buffer = l->room, .size = LIST_ROOM };
	l->len = strlen(p->path);
	p->depth++;
	return 0;
}

static void go_out(struct pinned *p)
{
	close(p->level[--p->depth].list.fd);
}

/* What has that name, looked at and not opened; -1 with errno. */
static int look(struct pinned *p, int at, const char *name, struct item_stat *st)
{
	int fd CLEANUP(fd_close) = -1;
	int got;

	pulse_call(p->env->pulse, PULSE_OPEN);
	fd = openat(at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	pulse_idle(p->env->pulse);
	if (fd < 0)
		return -1;
	pulse_call(p->env->pulse, PULSE_STAT);
	got = meta_stat(fd, "", st);
	pulse_idle(p->env->pulse);
	return got < 0 ? -1 : fd_take(&fd);
}

/* By the id of its mount; where statx(2) does not tell that (before 5.8), by its device. */
static bool is_on(const struct mount *m, const struct item_stat *st)
{
	return st->dev_major == m->dev_major && st->dev_minor == m->dev_minor &&
	       (st->mnt_id == 0 || st->mnt_id == m->id);
}

static int take_entry(struct pinned *p, const char *name)
{
	struct level *l = &p->level[p->depth - 1];
	bool fits = l->len + strlen(name) + 2 <= PATH_ROOM;
	int handle CLEANUP(fd_close) = -1;
	struct item_stat st;

	if (!fits)
		return answer_fail(&p->a, GAP_ENTRY_LIMIT, ENAMETOOLONG, NULL);
	snprintf(p->path + l->len, PATH_ROOM - l->len, "/%s", name);
	handle = look(p, l->list.fd, name, &st);
	if (handle < 0)
		return errno == ENOENT ? 0 : tell_refusal(p, errno, "openat");
	if (!is_on(p->on, &st))
		return tell_refusal(p, EBUSY, NULL);
	if (S_ISDIR(st.mode))
		return go_in(p, handle);
	return S_ISREG(st.mode) ? take_file(p, handle, &st) : 0;
}

/* The next thing to do in the last directory. */
static int step(struct pinned *p)
{
	struct level *l = &p->level[p->depth - 1];
	struct listing_entry e;
	int got;

	if (listing_next(&l->list, &e)) {
		p->full = p->entries++ == ENTRIES_MAX;
		return p->full ? answer_fail(&p->a, GAP_ENTRY_LIMIT, 0, NULL) :
				 take_entry(p, e.name);
	}
	got = listing_fill(&l->list, p->env->pulse);
	if (got > 0)
		return 0;
	p->path[l->len] = '\0';
	go_out(p);
	return got < 0 ? tell_refusal(p, errno, "getdents64") : 0;
}

static int walk(struct pinned *p)
{
	int end = 0;

	while (p->depth > 0 && end == 0 && !p->full) {
		if (source_stopped(p->env)) {
			answer_fail(&p->a, GAP_CUT, 0, NULL);
			end = 1;
		} else {
			end = step(p);
		}
	}
	while (p->depth > 0)
		go_out(p);
	return end;
}

/* ===== all of them ===== */

/* Is what has the path the mount of the table?  Its type is asked only then: a word of the
 * table says that it is one of the kernel's own, which answers. */
static bool is_bpffs(struct pinned *p, int fd, const struct item_stat *st)
{
	struct statfs fs;

	if (!is_on(p->on, st) || fstatfs(fd, &fs) < 0 || (uint32_t)fs.f_type != BPF_FS_MAGIC)
		return false;
	p->noatime = (fs.f_flags & ST_NOATIME) != 0;
	return true;
}

static int take_mount(struct pinned *p, const struct mount *m)
{
	int fd CLEANUP(fd_close) = -1;
	struct item_stat st;
	int end;

	p->on = m;
	if (m->path_len >= PATH_ROOM)
		return answer_fail(&p->a, GAP_ENTRY_LIMIT, ENAMETOOLONG, NULL);
	memcpy(p->path, m->path, m->path_len);
	p->path[m->path_len] = '\0';
	if (m->covered)
		return tell_refusal(p, EBUSY, NULL);
	fd = look(p, AT_FDCWD, p->path, &st);
	if (fd < 0)
		return tell_refusal(p, errno, "openat");
	if (!is_bpffs(p, fd, &st))
		return tell_refusal(p, EBUSY, NULL);
	end = S_ISDIR(st.mode) ? go_in(p, fd) : take_file(p, fd, &st);
	return end == 0 ? walk(p) : end;
}

/* Another mount shows the same tree, or more of it, and can be reached. */
static bool is_shown_elsewhere(const struct mounts *table, size_t me)
{
	const struct mount *m = mounts_get(table, me);

	for (size_t i = 0; i < mounts_count(table); i++) {
		const struct mount *k = mounts_get(table, i);

		if (i != me && !k->covered && k->dev_major == m->dev_major &&
		    k->dev_minor == m->dev_minor && mountinfo_below(m->root, k->root) &&
		    (i < me || !mountinfo_below(k->root, m->root)))
			return true;
	}
	return false;
}

static int take_mounts(struct pinned *p, const struct mounts *table)
{
	unsigned looked = 0;
	int end = 0;

	for (size_t i = 0; i < mounts_count(table) && end == 0 && !p->full; i++) {
		const struct mount *m = mounts_get(table, i);

		if (strcmp(m->fstype, "bpf") != 0 || is_shown_elsewhere(table, i))
			continue;
		looked++;
		end = take_mount(p, m);
	}
	answer_note(&p->a, "\"mounts\":%u", looked);
	return end;
}

static struct mounts *read_mounts(struct pinned *p)
{
	struct mounts *m = NULL;
	struct buf text;
	int oserr;

	buf_init(&text, TABLE_MAX);
	oserr = procfs_mounts(p->env->proc_fd, "self/mountinfo", &text);
	if (oserr != 0)
		answer_errno(&p->a, oserr, "openat");
	else
		m = mounts_parse(text.p, text.len, (struct bytes){ NULL, 0 }, NULL, NULL);
	if (oserr == 0 && m == NULL)
		answer_fail(&p->a, GAP_INTERNAL, ENOMEM, NULL);
	if (text.len > TABLE_FULL)
		answer_fail(&p->a, GAP_ENTRY_LIMIT, 0, NULL);
	buf_release(&text);
	return m;
}

int bpf_pinned_run(struct source_env *env)
{
	struct pinned *p = calloc(1, sizeof(*p));
	struct mounts *table;
	int end = 0;

	if (p == NULL)
		return answer_gap(env, "bpf/pinned", GAP_INTERNAL, ENOMEM, NULL);
	p->env = env;
	answer_begin(&p->a, env, "bpf/pinned");
	answer_note(&p->a, "\"request\":\"BPF_OBJ_GET\"");
	table = read_mounts(p);
	if (table != NULL)
		end = take_mounts(p, table);
	mounts_free(table);
	if (answer_end(&p->a) < 0)
		end = -1;
	free(p);
	return end;
}

/*
 * What lies under mount points: whoever mounts something over a directory hides what is in it.
 *
 * Each local mount that others lie on is cloned without them (open_tree(2), 5.2): a mount that is
 * in no table and goes when we close it.  It is as read-only and silent about access times as
 * the one it was cloned from, or is made so (mount_setattr(2), 5.12), or is not read.  Where a
 * directory under a mount point is not empty, what is in it is taken as live/under/PATH.
 * Where mounts lie on mounts, one PATH can have several things under it: names tell them apart.
 *
 * Only of our own mount namespace, and not where one mount lies exactly over the root of another:
 * the lower one cannot be named.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "collector/acquire/listing.h"
#include "collector/acquire/meta.h"
#include "collector/acquire/open.h"
#include "collector/acquire/take.h"
#include "collector/acquire/walk.h"
#include "collector/volatile/answer.h"
#include "collector/volatile/procfs.h"
#include "collector/volatile/source.h"
#include "lib/base/fd.h"
#include "lib/base/mountinfo.h"
#include "lib/base/text.h"

/* linux/mount.h; the C library need not know them yet. */
#ifndef SYS_open_tree
#define SYS_open_tree 428
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif
#define TREE_CLONE 1u			/* OPEN_TREE_CLONE */
#define ATTR_LOCKED 0x1full		/* MOUNT_ATTR_RDONLY, NOSUID, NODEV, NOEXEC, NOATIME */
#define ATTR_ATIME 0x70ull		/* MOUNT_ATTR__ATIME */

#define TABLE_MAX (4u << 20)		/* bytes of mountinfo looked at */
#define TABLE_LINES 32768u		/* mounts looked at */
#define FILE_CAP (1u << 20)		/* bytes of a file whose content is taken */
#define CONTENT_CAP (64u << 20)		/* bytes of content in all */
#define OBJECTS_MAX 10000u		/* objects in all */

/* struct mount_attr of linux/mount.h. */
struct attributes {
	uint64_t set, clear, propagation, userns_fd;
};

/* A sink that gives every object the name it has here. */
struct renamer {
	struct sink sink;
	struct source_env *env;
	struct buf name;		/* "under" and the mount point, then what the walk found */
	size_t prefix;
	uint32_t objects;		/* so far, of all mount points */
	_Atomic uint32_t stop;		/* of the walk */
};

struct under {
	struct source_env *env;
	struct mountinfo *table;
	bool *took;			/* of each line of it: something was taken under it */
	size_t count;
	int clone;			/* of the mount ${cloned}, or -1 */
	uint64_t cloned;
	int clone_oserr;		/* why there is none */
	int oserr;			/* what went wrong under the present mount point */
	int refused;			/* the first of these but EBUSY, which is no refusal */
	struct plan *plan;
	_Atomic uint64_t budget;	/* content that may still be taken */
	struct renamer out;
};

/* ===== the way out ===== */

static int rename_begin(struct sink *to, const struct item *it)
{
	struct renamer *r = (struct renamer *)to;
	struct item renamed = *it;

	if (++r->objects >= OBJECTS_MAX || source_stopped(r->env))
		atomic_store(&r->stop, 1);
	r->name.len = r->prefix;
	if (it->path.len > 1)		/* "/" is the mount point itself */
		buf_add(&r->name, it->path.p, it->path.len);
	renamed.path = (struct bytes){ r->name.p, r->name.len };
	renamed.category = r->env->category;
	renamed.artifact = r->env->artifact;
	renamed.live = true;
	return r->env->to->begin(r->env->to, &renamed);
}

static int rename_write(struct sink *to, const void *data, size_t n)
{
	struct renamer *r = (struct renamer *)to;

	return r->env->to->write(r->env->to, data, n);
}

static int rename_end(struct sink *to, const struct item_end *how)
{
	struct renamer *r = (struct renamer *)to;

	return r->env->to->end(r->env->to, how);
}

/* ===== the clone ===== */

static const struct mountinfo *parent_of(const struct under *u, const struct mountinfo *m)
{
	for (size_t i = 0; i < u->count; i++)
		if (u->table[i].id == m->parent && m->parent != m->id)
			return &u->table[i];
	return NULL;
}

static bool is_silent(const struct mountinfo *m)
{
	return mountinfo_has(m->options, "ro") && mountinfo_has(m->options, "noatime");
}

/* The mount itself, not what lies over it. */
static int open_mount(struct under *u, const struct mountinfo *m)
{
	int fd CLEANUP(fd_close) = -1;
	struct item_stat st;

	pulse_call(u->env->pulse, PULSE_OPEN);
	fd = fd_handle(AT_FDCWD, m->path, O_DIRECTORY | O_NOFOLLOW);
	pulse_idle(u->env->pulse);
	if (fd < 0)
		return -1;
	if (meta_stat(fd, "", &st) == 0 && (st.mnt_id == 0 ? st.dev_major == m->dev_major &&
					    st.dev_minor == m->dev_minor : st.mnt_id == m->id))
		return fd_take(&fd);
	errno = EBUSY;
	return -1;
}

static int make_clone(struct under *u, const struct mountinfo *m)
{
	const struct attributes locked = { .set = ATTR_LOCKED, .clear = ATTR_ATIME };
	int at CLEANUP(fd_close) = open_mount(u, m);
	int fd CLEANUP(fd_close) = -1;

	if (at < 0)
		return -1;
	fd = (int)syscall(SYS_open_tree, at, "", TREE_CLONE | AT_EMPTY_PATH | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (syscall(SYS_mount_setattr, fd, "", AT_EMPTY_PATH, &locked, sizeof(locked)) < 0 &&
	    !is_silent(m))
		return -1;
	return fd_take(&fd);
}

/* One at a time: those who lie on the same mount mostly follow each other. */
static int clone_of(struct under *u, const struct mountinfo *m)
{
	if (u->cloned != m->id) {
		fd_close(&u->clone);
		u->cloned = m->id;
		u->clone = make_clone(u, m);
		u->clone_oserr = u->clone < 0 ? errno : 0;
	}
	u->oserr = u->clone_oserr;
	return u->clone;
}

/* ===== what is there ===== */

static uint32_t count_entries(int fd, struct pulse *pulse)
{
	char room[4096] __attribute__((aligned(8)));
	struct listing l = { .fd = fd, .buffer = room, .size = sizeof(room) };
	struct listing_entry e;

	while (listing_fill(&l, pulse) > 0 && l.entries < OBJECTS_MAX)
		while (listing_next(&l, &e))
			continue;
	return (uint32_t)l.entries;
}

/* All of the directory, by the rules of the walk.  The rows of a plan that were made for
 * other places may match by chance: all of its categories, then. */
static int take_tree(struct under *u, const struct mountinfo *parent, int fd)
{
	struct cursor *at = calloc(1, sizeof(*at));
	char line[128];
	int end = 0;
	struct walk w = {
		.plan = u->plan, .root_fd = fd, .proc_fd = -1, .noatime = true,
		.to = &u->out.sink, .at = at, .pulse = u->env->pulse, .budget = &u->budget,
		.stop = &u->out.stop,
	};

	snprintf(line, sizeof(line), "1 0 0:0 / / ro - %.60s none ro\n", parent->fstype);
	w.mounts = mounts_parse(line, strlen(line), (struct bytes){ NULL, 0 }, NULL, NULL);
	w.own_fds = open_own_fds();
	for (unsigned c = CATEGORY_FACTS + 1; c < CATEGORY_COUNT && end == 0; c++) {
		w.category = (enum category)c;
		if (at != NULL && w.mounts != NULL && plan_has(u->plan, w.category))
			end = walk_run(&w, NULL);
		w.done |= UINT64_C(1) << c;
	}
	if (w.own_fds > 0)
		close(w.own_fds);
	mounts_free((struct mounts *)(uintptr_t)w.mounts);
	free(at);
	return end;
}

/* The path of the mount point in the mount that it lies on; "." for its root. */
static const char *path_below(const struct mountinfo *m, const struct mountinfo *parent)
{
	const char *p = m->path + strlen(parent->path);

	while (*p == '/')
		p++;
	return *p == '\0' ? "." : p;
}

/* What is no directory: a mount over a file hides a file.  ${fd} is a handle of it. */
static int take_one(struct under *u, const struct mountinfo *parent, int fd,
		    const struct item_stat *st)
{
	static const struct artifact row = { "view_under", CATEGORY_INVENTORY, DEPTH_CONTENT, "/**",
					     FILE_CAP, 0, "" };
	const struct mount on = { .path = "/", .path_len = 1, .fstype = parent->fstype,
				  .root = "/", .kind = MOUNT_LOCAL };
	const struct take_at at = { .dirfd = fd, .handle = fd, .name = "", .path = { "/", 1 },
				    .row = &row, .depth = DEPTH_CONTENT, .mount = &on };
	struct take *t = calloc(1, sizeof(*t));
	struct walk w = {
		.category = CATEGORY_INVENTORY, .proc_fd = -1, .noatime = true,
		.own_fds = open_own_fds(), .to = &u->out.sink, .pulse = u->env->pulse,
		.budget = &u->budget, .stop = &u->out.stop,
	};
	int end = 0;

	if (t != NULL) {
		t->w = &w;
		end = take_object(t, &at, st);
	}
	if (w.own_fds > 0)
		close(w.own_fds);
	free(t);
	return end;
}

/* ===== telling ===== */

static void put_text(struct buf *b, const char *key, const char *value)
{
	buf_printf(b, ",\"%s\":", key);
	text_json_escaped(b, value, strlen(value));
}

static void put_mount(struct buf *b, const struct mountinfo *m, const struct mountinfo *parent)
{
	buf_printf(b, "{\"check\":\"under\",\"mnt\":%llu", (unsigned long long)m->id);
	put_text(b, "path", m->path);
	put_text(b, "root", m->root);
	put_text(b, "fstype", m->fstype);
	put_text(b, "source", m->source);
	buf_printf(b, ",\"below\":{\"mnt\":%llu", (unsigned long long)parent->id);
	put_text(b, "path", parent->path);
	put_text(b, "fstype", parent->fstype);
}

static void put_directory(struct buf *b, const struct item_stat *st, uint32_t entries)
{
	buf_printf(b, ",\"ino\":%llu,\"mode\":\"%07o\",\"uid\":%u,\"gid\":%u,\"mtime\":[%lld,%u],"
		   "\"entries\":%u", (unsigned long long)st->ino, st->mode, st->uid, st->gid,
		   (long long)st->mtime.sec, st->mtime.nsec, entries);
}

/* What is under the mount point, to look at.  -1 with u->oserr. */
static int open_under(struct under *u, const struct mountinfo *m, const struct mountinfo *parent,
		      struct item_stat *st)
{
	int clone = clone_of(u, parent);
	int fd CLEANUP(fd_close) = -1;

	if (clone < 0)
		return -1;
	pulse_call(u->env->pulse, PULSE_OPEN);
	fd = fd_handle(clone, path_below(m, parent), O_NOFOLLOW);
	pulse_idle(u->env->pulse);
	if (fd < 0 || meta_stat(fd, "", st) < 0) {
		u->oserr = errno;
		return -1;
	}
	return fd_take(&fd);
}

/* Everything in it, and how many entries it has. */
static int take_under(struct under *u, const struct mountinfo *parent, int fd, uint32_t *entries)
{
	int list CLEANUP(fd_close) = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (list < 0) {
		u->oserr = errno;
		return 0;
	}
	*entries = count_entries(list, u->env->pulse);
	return *entries == 0 ? 0 : take_tree(u, parent, list);
}

static bool is_mounted_in(const struct mountinfo *m, const struct mountinfo *other)
{
	return other->parent == m->parent && mountinfo_below(m->path, other->path);
}

/* It lies in what is taken under another mount of the same one, made after it.  Of two with one
 * path, which old kernels can show, the first stands for both. */
static bool is_taken_by_other(const struct under *u, const struct mountinfo *m)
{
	for (size_t i = 0; i < u->count; i++) {
		const struct mountinfo *other = &u->table[i];

		if (other != m && is_mounted_in(m, other) &&
		    (other < m || !is_mounted_in(other, m)))
			return true;
	}
	return false;
}

/* Something was taken that may have the same names. */
static bool has_namesake(const struct under *u, const struct mountinfo *m)
{
	for (size_t i = 0; i < u->count; i++)
		if (u->took[i] && (mountinfo_below(m->path, u->table[i].path) ||
				   mountinfo_below(u->table[i].path, m->path)))
			return true;
	return false;
}

static void name_point(struct under *u, const struct mountinfo *m, const struct mountinfo *parent)
{
	struct buf *name = &u->out.name;

	name->len = 0;
	buf_puts(name, "under");
	if (has_namesake(u, m))
		buf_printf(name, "-%llu", (unsigned long long)parent->id);
	buf_puts(name, m->path);
	u->out.prefix = name->len;
}

static int take_point(struct under *u, const struct mountinfo *m, const struct mountinfo *parent,
		      struct buf *line)
{
	uint32_t entries = 0, before = u->out.objects;
	int fd CLEANUP(fd_close) = -1;
	struct item_stat st;
	int end = 0;

	u->oserr = 0;
	fd = open_under(u, m, parent, &st);
	if (fd < 0 && u->oserr != EBUSY && u->refused == 0)
		u->refused = u->oserr;
	name_point(u, m, parent);
	if (fd >= 0 && atomic_load(&u->out.stop) == 0 && !is_taken_by_other(u, m))
		end = S_ISDIR(st.mode) ? take_under(u, parent, fd, &entries)
				       : take_one(u, parent, fd, &st);
	u->took[m - u->table] = u->out.objects != before;
	put_mount(line, m, parent);
	if (fd >= 0)
		put_directory(line, &st, entries);
	buf_printf(line, "},\"errno\":%d,\"objects\":%u}\n", u->oserr, u->out.objects - before);
	return end < 0 ? -1 : 0;
}

static bool wanted(const struct mountinfo *m, const struct mountinfo *parent)
{
	return parent != NULL && mounts_kind(parent->fstype) == MOUNT_LOCAL &&
	       mountinfo_below(m->path, parent->path);
}

static int take_points(struct under *u, struct buf *lines)
{
	int end = 0;

	for (size_t i = 0; i < u->count && end == 0; i++) {
		const struct mountinfo *m = &u->table[i], *parent = parent_of(u, m);

		if (source_stopped(u->env))
			return 1;
		if (wanted(m, parent))
			end = take_point(u, m, parent, lines);
	}
	return end;
}

/* ===== all of it ===== */

static int read_table(struct under *u, struct buf *text)
{
	int got, oserr = procfs_mounts(u->env->proc_fd, "self/mountinfo", text);
	char *at = text->p;

	if (oserr != 0)
		return oserr;
	u->table = calloc(TABLE_LINES, sizeof(*u->table));
	u->took = calloc(TABLE_LINES, sizeof(*u->took));
	if (u->table == NULL || u->took == NULL)
		return ENOMEM;
	while (u->count < TABLE_LINES &&
	       (got = mountinfo_next(&at, &u->table[u->count])) != 0)
		u->count += got > 0;
	return 0;
}

static int prepare(struct under *u, struct buf *text)
{
	static const char *const everything[] = { "/**" };
	const struct plan_request req = { .profile = "logs", .include = everything,
					  .include_count = 1, .file_max = FILE_CAP };
	uint64_t left = u->env->budget == NULL ? CONTENT_CAP : atomic_load(u->env->budget);

	atomic_store(&u->budget, left < CONTENT_CAP ? left : CONTENT_CAP);
	u->out.sink = (struct sink){ rename_begin, rename_write, rename_end };
	u->out.env = u->env;
	u->clone = -1;
	buf_init(&u->out.name, 2 * ITEM_PATH_MAX);
	buf_init(text, TABLE_MAX);
	u->plan = plan_new(&req, NULL, NULL);
	return u->plan == NULL ? ENOMEM : read_table(u, text);
}

/* What was taken of ours is taken of the run's. */
static void settle(struct under *u, uint64_t before)
{
	uint64_t used = before - atomic_load(&u->budget);

	if (u->env->budget != NULL)
		atomic_fetch_sub(u->env->budget, used);
}

static int run(struct under *u)
{
	struct buf text, lines;
	struct answer a;
	uint64_t budget;
	int end = 0, oserr = prepare(u, &text);

	buf_init(&lines, TABLE_MAX);
	budget = atomic_load(&u->budget);
	if (oserr == 0)
		end = take_points(u, &lines);
	settle(u, budget);
	answer_begin(&a, u->env, "view/under");
	if (oserr != 0)
		answer_errno(&a, oserr, NULL);
	else if (lines.failed || u->count == TABLE_LINES || atomic_load(&u->out.stop) != 0)
		answer_fail(&a, GAP_INCOMPLETE, 0, NULL);
	else if (u->refused != 0)
		answer_errno(&a, u->refused, "open_tree");
	if (end >= 0 && lines.len > 0)
		end = answer_add(&a, lines.p, lines.len) < 0 ? -1 : end;
	fd_close(&u->clone);
	plan_free(u->plan);
	free(u->table);
	free(u->took);
	buf_release(&u->out.name);
	buf_release(&text);
	buf_release(&lines);
	return answer_end(&a) < 0 ? -1 : end;
}

int view_under_run(struct source_env *env)
{
	struct under *u = calloc(1, sizeof(*u));
	int end;

	if (u == NULL)
		return answer_gap(env, "view/under", GAP_INTERNAL, ENOMEM, NULL);
	u->env = env;
	end = run(u);
	free(u);
	return end;
}

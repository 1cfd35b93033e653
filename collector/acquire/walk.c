#include "collector/acquire/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collector/acquire/listing.h"
#include "collector/acquire/open.h"
#include "collector/acquire/room.h"
#include "collector/acquire/subdirs.h"
#include "collector/acquire/take.h"
#include "lib/base/fd.h"

#define DIR_PATH_MAX (ITEM_PATH_MAX - WALK_PREFIX_MAX - 256u)	/* below it any name fits */

/* A directory on the way from the root to where we are. */
struct level {
	struct listing list;
	const struct artifact *row;	/* that takes it; NULL: it is only passed through */
	enum depth row_depth;
	const struct mount *mount;	/* that holds it, if known */
	uint64_t mnt_id;		/* 0: not known */
	uint32_t dev_major, dev_minor;
	bool mounts_below;		/* there are mount points somewhere below */
	bool counting;			/* its links count its directories, and so do we */
	uint32_t subdirs;		/* listed so far */
	struct plan_dir plan;
};

struct walker {
	struct walk *w;
	uint32_t told;			/* directories whose links disagree with their list */
	uint32_t depth;			/* levels in use */
	struct take take;
	struct level level[CURSOR_DEPTH_MAX];
	char rooms[ROOM_SIZE] __attribute__((aligned(8)));
};

/* What the plan and the table of mounts say of an entry. */
struct visit {
	struct take_at at;
	size_t name_offset;
	struct plan_match match;
	bool enter;			/* something below may match */
	const struct mount *point;	/* mounted exactly here */
	bool was_point;			/* a mount here was detached: this lay under it */
	bool own_proc;
	uint64_t mnt_id;		/* where it must be; 0: not known */
};

/* The procfs of our own is in no table. */
static const struct mount own_proc = {
	.path = "/proc", .path_len = 5, .fstype = "proc", .root = "/", .kind = MOUNT_KERNEL,
};

/* ===== judging an entry ===== */

/* The row that makes this category take the object; -1 if it does not. */
static int row_of(const struct walk *w, const struct plan_match *m)
{
	const struct artifact *row;

	if (w->category == CATEGORY_FACTS || m->owner < 0)
		return m->mine;
	row = plan_row(w->plan, (size_t)m->owner);
	if (row->category == w->category)
		return m->owner;
	/* Its own category was not completed: what little is asked of it here is still due. */
	if (row->category < w->category && !(w->done >> row->category & 1) && m->mine >= 0 &&
	    plan_row(w->plan, (size_t)m->mine)->depth != DEPTH_CONTENT)
		return m->mine;
	return -1;
}

static void set_row(const struct walk *w, struct visit *v)
{
	int row = row_of(w, &v->match);

	v->at.row = NULL;
	v->at.depth = DEPTH_META;
	if (row < 0)
		return;
	v->at.row = plan_row(w->plan, (size_t)row);
	v->at.depth = v->at.row->depth;
	w->at->row = (uint32_t)row;
}

/* Nothing is taken here, but something else may be mounted below. */
static void pass_only(const struct walk *w, struct visit *v)
{
	size_t from = 0;

	v->at.row = NULL;
	v->enter = v->enter && (w->only != 0 ? mounts_lead(w->mounts, v->at.path, w->only) :
				mounts_below(w->mounts, v->at.path, &from) != NULL);
}

/* Fill in what is known of the cursor's entry without touching it. */
static void judge(struct walker *k, const struct level *l, struct visit *v)
{
	const struct walk *w = k->w;
	struct cursor *c = w->at;
	struct bytes path = { c->path, c->path_len };

	*v = (struct visit){ .name_offset = cursor_dir_len(c, k->depth - 1) + 1 };
	v->at.dirfd = l->list.fd;
	v->at.name = c->path + v->name_offset;
	v->at.path = path;
	plan_match(w->plan, &l->plan, path, v->name_offset, w->category, &v->match);
	set_row(w, v);
	v->enter = v->match.below >> w->category & 1;
	if (l->mounts_below) {
		v->point = mounts_at(w->mounts, path);
		v->was_point = mounts_gone(w->mounts, path) != NULL;
	}
	if (k->depth == 1 && w->proc_fd >= 0 && strcmp(v->at.name, "proc") == 0) {
		v->own_proc = true;
		v->point = &own_proc;
		v->at.dirfd = w->proc_fd;
		v->at.name = "";
	}
	v->at.mount = v->point != NULL ? v->point : l->mount;
	v->mnt_id = v->point != NULL ? v->point->id : l->mnt_id;
	if ((v->at.mount != NULL && v->at.mount->passed) || (w->only != 0 &&
	    w->only != v->mnt_id && !mounts_behind(w->mounts, v->at.path, w->only)))
		pass_only(w, v);
	c->mount = v->at.mount != NULL && v->at.mount->kind == MOUNT_KERNEL ? 0 : v->mnt_id;
}

static bool is_hung(const struct walk *w, uint64_t mnt_id)
{
	for (size_t i = 0; i < w->hung_count && mnt_id != 0; i++)
		if (w->hung[i] == mnt_id)
			return true;
	return false;
}

/* Why the object must not be touched at all. */
static enum gap untouchable(const struct walk *w, const struct visit *v)
{
	bool named = v->match.named >> w->category & 1;

	if (v->match.excluded)
		return GAP_EXCLUDED;
	if (is_hung(w, v->mnt_id) ||
	    (w->stuck != NULL && stuck_on(w->stuck, v->at.mount, v->at.path)))
		return GAP_HUNG_MOUNT;
	if (v->point == NULL)
		return GAP_NONE;
	if (v->point->of_host)
		return GAP_SAME_FS;
	switch (v->point->kind) {
	case MOUNT_REMOTE:
		return GAP_NETWORK_FS;
	case MOUNT_OTHER:
		return GAP_OTHER_FS;
	case MOUNT_KERNEL:
		return named || (v->at.row != NULL && !v->enter) ? GAP_NONE : GAP_OTHER_FS;
	default:
		return v->point->duplicate && !named ? GAP_SAME_FS : GAP_NONE;
	}
}

/* Has somebody mounted something there since the table of mounts was read? */
static bool is_elsewhere(const struct level *l, const struct visit *v, const struct item_stat *st)
{
	if (v->own_proc)
		return false;
	if (st->mnt_id != 0 && v->mnt_id != 0)
		return st->mnt_id != v->mnt_id;
	if (v->point != NULL || !S_ISDIR(st->mode) || l == NULL)
		return false;
	/* Old kernels: another device is another mount, or a subvolume. */
	return (st->dev_major != l->dev_major || st->dev_minor != l->dev_minor) &&
	       (l->mount == NULL || strcmp(l->mount->fstype, "btrfs") != 0);
}

/* ===== reporting ===== */

/* Mount points below one that is not entered would otherwise not be mentioned. */
static int report_mounts(struct walker *k, const struct visit *v, struct take_why why)
{
	const struct mount *m;
	size_t from = 0;
	int status = 0;

	while (status == 0 && (m = mounts_below(k->w->mounts, v->at.path, &from)) != NULL) {
		struct take_at at = { .dirfd = -1, .name = "", .row = v->at.row, .mount = m };

		at.path = (struct bytes){ m->path, m->path_len };
		if (m->kind != MOUNT_KERNEL)
			status = take_refused(&k->take, &at, NULL, why);
	}
	return status;
}

/* Something that was not touched: said by the category whose row it has, or, if
 * that is nobody's and no inventory follows, by everyone who wanted to pass. */
static int report_untouched(struct walker *k, const struct visit *v, enum gap gap)
{
	bool mount = gap == GAP_NETWORK_FS || gap == GAP_OTHER_FS || gap == GAP_SAME_FS;
	struct take_why why = { .gap = gap };
	struct take_at at = v->at;

	if (v->at.row == NULL && (!v->enter || plan_has(k->w->plan, CATEGORY_INVENTORY)))
		return 0;
	if (v->at.row == NULL && v->point != NULL && v->point->kind == MOUNT_KERNEL)
		return 0;
	if (mount)
		at.depth = DEPTH_META;
	if (take_refused(&k->take, &at, NULL, why) != 0)
		return -1;
	return mount && v->point->kind != MOUNT_KERNEL ? report_mounts(k, v, why) : 0;
}

static struct take_why why_errno(int oserr, const char *call)
{
	return (struct take_why){ strcmp(call, "statx") == 0 ? gap_from_stat_errno(oserr) :
				  gap_from_errno(oserr), oserr, call };
}

/* ===== directories ===== */

/* Open a directory as the level above the topmost, which is not pushed yet. */
static struct take_why open_level(struct walker *k, const struct visit *v, struct item_stat *st)
{
	const struct walk *w = k->w;
	const struct level *parent = k->depth > 0 ? &k->level[k->depth - 1] : NULL;
	struct level *l = &k->level[k->depth];
	struct open_result opened;
	size_t size, from = 0;

	pulse_call(w->pulse, PULSE_OPEN);
	l->list = (struct listing){ .fd = -1 };
	l->list.fd = open_checked(&(struct open_at){ v->at.dirfd, v->at.name[0] == '\0' ? "." :
						     v->at.name, 0, 0 }, !w->noatime, st, &opened);
	pulse_idle(w->pulse);
	if (l->list.fd < 0)
		return (struct take_why){ opened.gap, opened.oserr, opened.syscall };
	l->list.buffer = room_of(k->rooms, k->depth, &size);
	l->list.size = size;
	l->row = v->at.row;
	l->row_depth = v->at.depth;
	l->mount = v->at.mount;
	l->mnt_id = st->mnt_id != 0 ? st->mnt_id : v->mnt_id;
	l->dev_major = st->dev_major;
	l->dev_minor = st->dev_minor;
	l->counting = w->category == CATEGORY_INVENTORY && !w->dry && l->row != NULL &&
		      l->mount != NULL && subdirs_hold(l->mount->fstype);
	l->subdirs = 0;
	l->mounts_below = !v->own_proc && (parent == NULL || parent->mounts_below) &&
			  mounts_below(w->mounts, v->at.path, &from) != NULL;
	if (parent == NULL)
		plan_root(w->plan, &l->plan);
	else
		plan_enter(w->plan, &parent->plan, v->at.path, v->name_offset, &l->plan);
	return (struct take_why){ .gap = GAP_NONE };
}

static void close_level(struct walker *k, struct level *l)
{
	pulse_call(k->w->pulse, PULSE_CLOSE);
	fd_close(&l->list.fd);
	pulse_idle(k->w->pulse);
}

/* The plan had more patterns alive below than it can follow: said once, where it begins. */
static bool plan_overflows(const struct walker *k)
{
	return k->level[k->depth].plan.overflow &&
	       (k->depth == 0 || !k->level[k->depth - 1].plan.overflow);
}

/* A mount that was detached is said where it was; what lay under it is taken. */
static enum gap mounted_over(const struct walker *k, const struct visit *v)
{
	if (!v->was_point || (v->at.row == NULL && plan_has(k->w->plan, CATEGORY_INVENTORY)))
		return GAP_NONE;
	return GAP_NETWORK_FS;
}

/* Something of the one mount that is to be taken was met. */
static void note_reached(struct walk *w, uint64_t mnt_id)
{
	w->reached |= w->only != 0 && w->only == mnt_id;
}

/* Open and begin to list, so that the directory's own item can say how that went. */
static int enter(struct walker *k, const struct visit *v, struct item_stat *st)
{
	struct level *l = &k->level[k->depth];
	struct take_why why = { .gap = GAP_DEPTH_LIMIT };
	int status, filled = -1;

	if (k->depth == CURSOR_DEPTH_MAX || v->at.path.len >= DIR_PATH_MAX)
		return take_directory(&k->take, &v->at, st, -1, why);
	why = open_level(k, v, st);
	if (why.gap != GAP_NONE)
		return take_directory(&k->take, &v->at, st, -1, why);
	why.gap = mounted_over(k, v);
	filled = listing_fill(&l->list, k->w->pulse);
	if (filled < 0)
		why = why_errno(errno, "getdents64");
	else if (plan_overflows(k))
		why = (struct take_why){ GAP_INTERNAL, EOVERFLOW, NULL };
	if (filled >= 0) {
		note_reached(k->w, l->mnt_id);
		cursor_inside(k->w->at, k->depth);
	}
	status = v->at.row == NULL && why.gap == GAP_NONE ? 0 :
		 take_directory(&k->take, &v->at, st, l->list.fd, why);
	if (filled < 0)
		close_level(k, l);
	else
		k->depth++;
	return status;
}

/* The listing of the topmost directory ended early. */
static int report_listing(struct walker *k, struct take_why why)
{
	const struct level *l = &k->level[k->depth - 1];
	struct take_at at = { .dirfd = l->list.fd, .name = "", .row = l->row, .mount = l->mount };

	at.path = (struct bytes){ k->w->at->path, k->w->at->path_len };
	return take_refused(&k->take, &at, NULL, why);
}

/* The topmost directory was listed from its beginning to its end. */
static int compare_links(struct walker *k)
{
	const struct level *l = &k->level[k->depth - 1];
	const struct subdirs s = {
		.fd = l->list.fd, .path = { k->w->at->path, k->w->at->path_len },
		.fstype = l->mount->fstype, .listed = l->subdirs,
		.category = artifact_category_word(k->w->category), .artifact = l->row->id,
		.pulse = k->w->pulse, .to = k->w->to, .told = &k->told,
	};

	return subdirs_check(&s) < 0 ? -1 : 0;
}

static int leave(struct walker *k)
{
	close_level(k, &k->level[k->depth - 1]);
	k->depth--;
	return 0;
}

/* More entries of the topmost directory, or out of it. */
static int refill(struct walker *k)
{
	struct level *l = &k->level[k->depth - 1];
	struct take_why why = { .gap = GAP_NONE };
	int filled;

	cursor_directory(k->w->at, k->depth);
	filled = l->list.entries < WALK_ENTRIES_MAX ? listing_fill(&l->list, k->w->pulse) : -1;
	if (filled >= 0)
		note_reached(k->w, l->mnt_id);
	if (filled > 0)
		return 0;
	if (l->list.entries >= WALK_ENTRIES_MAX)
		why.gap = GAP_ENTRY_LIMIT;
	else if (filled < 0)
		why = why_errno(errno, "getdents64");
	if (why.gap != GAP_NONE && report_listing(k, why) != 0)
		return -1;
	if (why.gap == GAP_NONE && l->counting && compare_links(k) != 0)
		return -1;
	return leave(k);
}

/* ===== entries ===== */

/* Hold a file whose content is wanted from the first look on: what is opened in the end
 * is what was looked at.  *handle stays -1 where it is looked at by its name instead. */
static void hold(const struct walk *w, unsigned char type, struct visit *v, int *handle)
{
	if (type != DT_REG || w->own_fds <= 0 || w->dry || v->at.depth == DEPTH_META ||
	    take_on_kernel(&v->at))
		return;
	pulse_call(w->pulse, PULSE_OPEN);
	*handle = fd_handle(v->at.dirfd, v->at.name, O_NOFOLLOW);
	pulse_idle(w->pulse);
	v->at.handle = *handle > 0 ? *handle : 0;
}

/* Look at the entry.  True if it is there, and where it should be. */
static bool look(struct walker *k, const struct level *l, const struct visit *v,
		 struct item_stat *st, struct take_why *why)
{
	bool found;

	*why = (struct take_why){ .gap = GAP_NONE };
	pulse_call(k->w->pulse, PULSE_STAT);
	found = v->at.handle > 0 ? meta_stat(v->at.handle, "", st) == 0 :
				   meta_stat(v->at.dirfd, v->at.name, st) == 0;
	pulse_idle(k->w->pulse);
	if (!found)
		*why = why_errno(errno, "statx");
	else if (is_elsewhere(l, v, st))
		why->gap = GAP_OTHER_FS;
	else if (S_ISDIR(st->mode) && (st->attributes & STATX_ATTR_AUTOMOUNT) != 0)
		why->gap = GAP_NETWORK_FS;	/* entering would mount, and leave a trace */
	/* its own directory alone is nothing: what is there is known when that is listed */
	if (why->gap == GAP_NONE && (v->point == NULL || !v->enter || !S_ISDIR(st->mode)))
		note_reached(k->w, v->mnt_id);
	return why->gap == GAP_NONE;
}

static int entry(struct walker *k, const struct listing_entry *e)
{
	const struct level *l = &k->level[k->depth - 1];
	bool maybe_dir = e->type == DT_DIR || e->type == DT_UNKNOWN;
	int handle CLEANUP(fd_close) = -1;
	struct item_stat st;
	struct take_why why;
	struct visit v;
	enum gap gap;

	cursor_entry(k->w->at, k->depth, (struct bytes){ e->name, e->len }, e->next);
	judge(k, l, &v);
	if (v.at.row == NULL && !(v.enter && maybe_dir))
		return 0;
	gap = untouchable(k->w, &v);
	if (gap != GAP_NONE)
		return report_untouched(k, &v, gap);
	hold(k->w, e->type, &v, &handle);
	if (!look(k, l, &v, &st, &why))
		return take_refused(&k->take, &v.at, NULL, why);
	if (S_ISDIR(st.mode) && v.enter)
		return enter(k, &v, &st);
	why.gap = mounted_over(k, &v);
	if (S_ISDIR(st.mode))
		return take_directory(&k->take, &v.at, &st, -1, why);
	if (why.gap != GAP_NONE && v.at.row != NULL)
		return take_refused(&k->take, &v.at, NULL, why);
	return v.at.row == NULL ? 0 : take_object(&k->take, &v.at, &st);
}

static int step(struct walker *k)
{
	struct level *l = &k->level[k->depth - 1];
	struct listing_entry e;

	if (atomic_load_explicit(k->w->stop, memory_order_relaxed) != 0)
		return 1;
	if (!listing_next(&l->list, &e))
		return refill(k);
	l->subdirs += e.type == DT_DIR;
	l->counting = l->counting && e.type != DT_UNKNOWN;
	return entry(k, &e);
}

/* ===== beginning, and beginning in the middle ===== */

static bool judge_root(struct walker *k, struct visit *v, struct item_stat *st,
		       struct take_why *why)
{
	const struct walk *w = k->w;
	struct cursor *c = w->at;
	struct plan_dir root;

	c->row = UINT32_MAX;
	c->mount = 0;
	c->depth = 0;
	c->listed = 0;
	memcpy(c->path, "/", 2);
	c->path_len = 1;
	*v = (struct visit){ .name_offset = 1 };
	v->at.dirfd = w->root_fd;
	v->at.name = "";
	v->at.path = (struct bytes){ c->path, 1 };
	plan_root(w->plan, &root);
	plan_match(w->plan, &root, v->at.path, 1, w->category, &v->match);
	set_row(w, v);
	if (w->only != 0)	/* was told when all of it was walked */
		v->at.row = NULL;
	v->enter = v->match.below >> w->category & 1;
	if (!look(k, NULL, v, st, why))
		return false;
	v->mnt_id = st->mnt_id;
	v->at.mount = mounts_by_id(w->mounts, st->mnt_id);
	if (v->at.mount == NULL)
		v->at.mount = mounts_of(w->mounts, v->at.path);
	return true;
}

static int start(struct walker *k)
{
	struct item_stat st;
	struct take_why why;
	struct visit v;

	if (!judge_root(k, &v, &st, &why))
		return take_refused(&k->take, &v.at, NULL, why);
	if (v.match.excluded)
		return report_untouched(k, &v, GAP_EXCLUDED);
	if (v.enter)
		return enter(k, &v, &st);
	return v.at.row == NULL ? 0 : take_directory(&k->take, &v.at, &st, -1, why);
}

/* Open one more directory of the way back; ${why} says why not. */
static bool reopen(struct walker *k, const struct cursor *from, struct take_why *why)
{
	const struct level *l = &k->level[k->depth - 1];
	uint32_t i = k->depth - 1, begin = cursor_dir_len(from, i) + 1;
	struct bytes name = { from->path + begin, from->end[i] - begin };
	struct item_stat st;
	struct visit v;

	cursor_entry(k->w->at, k->depth, name, from->next[i]);
	judge(k, l, &v);
	why->gap = untouchable(k->w, &v);
	if (why->gap != GAP_NONE || !look(k, l, &v, &st, why))
		return false;
	if (!S_ISDIR(st.mode) || !v.enter) {
		why->gap = GAP_REPLACED;
		return false;
	}
	*why = open_level(k, &v, &st);
	return why->gap == GAP_NONE;
}

/* Go to where the topmost level was. */
static bool seek(struct walker *k, int64_t position, struct take_why *why)
{
	off_t at;

	k->level[k->depth - 1].counting = false;	/* what went before was not counted */
	pulse_call(k->w->pulse, PULSE_SEEK);
	at = lseek(k->level[k->depth - 1].list.fd, position, SEEK_SET);
	pulse_idle(k->w->pulse);
	if (at < 0)
		*why = why_errno(errno, "lseek");
	return at >= 0;
}

/* The levels of ${from} once more; the walk goes on behind what cannot be had again. */
static int resume(struct walker *k, const struct cursor *from)
{
	struct item_stat st;
	struct take_why why;
	struct visit v;

	if (!judge_root(k, &v, &st, &why))
		return take_refused(&k->take, &v.at, NULL, why);
	why = open_level(k, &v, &st);
	if (why.gap != GAP_NONE)
		return take_refused(&k->take, &v.at, NULL, why);
	k->depth = 1;
	for (uint32_t i = 0; seek(k, from->next[i], &why); i++) {
		if (i + 1 == from->depth)
			return 0;
		if (!reopen(k, from, &why)) {
			struct take_at at = { .dirfd = -1, .name = "" };

			at.path = (struct bytes){ k->w->at->path, k->w->at->path_len };
			return take_refused(&k->take, &at, NULL, why);
		}
		k->depth++;
	}
	cursor_directory(k->w->at, k->depth);
	if (report_listing(k, why) != 0)
		return -1;
	return leave(k);
}

static int begin(struct walker *k, const struct cursor *from)
{
	if (from == NULL || from->path_len == 0)
		return start(k);
	/* Behind the root there is nothing. */
	return from->depth == 0 ? 0 : resume(k, from);
}

int walk_run(struct walk *w, const struct cursor *from)
{
	struct walker *k = calloc(1, sizeof(*k));
	int status;

	if (k == NULL)
		return -1;
	k->w = w;
	k->take.w = w;
	status = begin(k, from);
	while (status == 0 && k->depth > 0)
		status = step(k);
	while (k->depth > 0)
		leave(k);
	free(k);
	return status;
}

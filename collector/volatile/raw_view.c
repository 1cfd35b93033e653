#include "collector/volatile/raw_view.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "collector/acquire/meta.h"
#include "collector/select/plan.h"
#include "lib/base/fd.h"

#define SECOND_NS 1000000000ull
#define NAP_NS 20000000			/* between two looks at what differs */

/* What is compared: where intruders come in, stay and hide. What hundreds of thousands of
 * files are metadata of is not. */
#define BIT(c) (UINT64_C(1) << CATEGORY_##c)
#define MISSION (BIT(RUN) | BIT(TEMPORARY) | BIT(LOGIN) | BIT(HISTORY) | BIT(SCHEDULE) | \
		 BIT(LOGS) | BIT(ACCOUNT) | BIT(STARTUP) | BIT(CONFIG) | BIT(PACKAGE) | \
		 BIT(WEB) | BIT(CONTAINER) | BIT(EXTRA) | BIT(BINARY))

/* A file on both sides. */
struct both {
	struct ext4_inode raw;
	struct item_stat live;
};

/* A directory still to be visited, before its path in pending; the last one comes first. */
struct due {
	uint32_t ino;
	uint32_t path_len;
	uint8_t depth;			/* below the first that only the device has */
	uint8_t under;			/* enum under */
};

enum under { UNDER_NOTHING, UNDER_MOUNT, UNDER_DIRECTORY };
static const char *const under_words[] = { NULL, "mount", "directory" };

static bool reached(struct raw_view *v, const char *limit)
{
	if (v->limit == NULL)
		v->limit = limit;
	return true;
}

bool raw_view_over(struct raw_view *v)
{
	if (v->broken || v->limit != NULL)
		return true;
	if (source_stopped(v->env))
		return reached(v, "stopped");
	if (clock_monotonic_ns() > v->until_ns)
		return reached(v, "time");
	if (v->watch->bytes_left == 0)
		return reached(v, "bytes");
	if (v->told >= RAW_TOLD_MAX)
		return reached(v, "lines");
	return v->directories >= RAW_DIRECTORIES_MAX && reached(v, "directories");
}

/* Before every read of the device.  The pulse stays up until the next one, so that a library
 * that went astray without reading is found out as well. */
static int go_on(void *ctx)
{
	struct raw_view *v = ctx;

	pulse_call(v->env->pulse, PULSE_READ);
	return source_stopped(v->env) || clock_monotonic_ns() > v->until_ns;
}

void raw_view_begin(struct raw_view *v)
{
	raw_list_init(&v->live);
	raw_list_init(&v->raw);
	raw_list_odds_init(&v->odd);
	raw_list_odds_init(&v->again);
	buf_init(&v->differ, RAW_ODDS_MAX * sizeof(uint32_t));
	buf_init(&v->pending, RAW_PENDING_MAX);
	v->until_ns = clock_monotonic_ns() + RAW_SECONDS * SECOND_NS;
	*v->watch = (struct ext4_watch){ go_on, v, RAW_READ_MAX, 0 };
}

void raw_view_end(struct raw_view *v)
{
	raw_list_release(&v->live);
	raw_list_release(&v->raw);
	raw_list_odds_release(&v->odd);
	raw_list_odds_release(&v->again);
	buf_release(&v->differ);
	buf_release(&v->pending);
}

/* Note that a directory has to be visited: path, a slash, name. */
static void push(struct raw_view *v, struct bytes path, struct bytes name, struct due due)
{
	size_t was = v->pending.len;

	due.path_len = (uint32_t)(path.len + 1 + name.len);
	if (due.path_len >= PLAN_FACTS_PATH)
		return;
	buf_add(&v->pending, path.p, path.len);
	buf_putc(&v->pending, '/');
	buf_add(&v->pending, name.p, name.len);
	buf_add(&v->pending, &due, sizeof(due));
	if (v->pending.failed) {
		v->pending.len = was;
		v->pending.failed = false;
		reached(v, "memory");
	}
}

/* The last one pushed, its path in ${path} of PLAN_FACTS_PATH bytes, ended by NUL. */
static bool pop(struct raw_view *v, char *path, struct due *due)
{
	if (v->pending.len < sizeof(*due))
		return false;
	v->pending.len -= sizeof(*due);
	memcpy(due, v->pending.p + v->pending.len, sizeof(*due));
	v->pending.len -= due->path_len;
	memcpy(path, v->pending.p + v->pending.len, due->path_len);
	path[due->path_len] = '\0';
	return true;
}

static int add_raw(void *ctx, const struct ext4_entry *e)
{
	struct raw_view *v = ctx;

	raw_list_add(&v->raw, e->name, e->len, e->ino, e->type);
	return v->raw.full;
}

/* Both listings, one directly after the other.  What went wrong, or NULL. */
static const char *list_both(struct raw_view *v, const struct raw_spot *s)
{
	enum ext4_end end;

	raw_list_clear(&v->raw);
	raw_list_clear(&v->live);
	if (s->fd >= 0 && raw_list_live(&v->live, s->fd, v->env->pulse) != 0)
		return "not-listed";
	end = ext4_list(v->fs, s->ino, add_raw, v);
	raw_list_sort(&v->raw);
	if (v->raw.full || v->live.full)
		return "too-many-entries";
	return end == EXT4_DONE ? NULL : ext4_word(end);
}

/* What differs now, and at each of the further looks. */
static const char *compare(struct raw_view *v, const struct raw_spot *s)
{
	const struct timespec nap = { .tv_nsec = NAP_NS };
	const char *wrong = list_both(v, s);

	raw_list_odds_clear(&v->odd);
	if (wrong != NULL)
		return wrong;
	raw_list_compare(&v->live, &v->raw, &v->odd);
	for (unsigned i = 0; i < RAW_CHECKS && v->odd.n > 0 && s->fd >= 0; i++) {
		nanosleep(&nap, NULL);
		wrong = list_both(v, s);
		if (wrong != NULL)
			return wrong;
		raw_list_odds_clear(&v->again);
		raw_list_compare(&v->live, &v->raw, &v->again);
		raw_list_still(&v->odd, &v->again);
	}
	return NULL;
}

/* What differs leaves as lines; what only the device has is gone into. */
static void tell_odds(struct raw_view *v, const struct raw_spot *s, const struct due *from)
{
	uint8_t depth = from->under == UNDER_NOTHING ? 0 : from->depth + 1;

	for (size_t i = 0; i < v->odd.n && !raw_view_over(v); i++) {
		const struct raw_odd *odd = raw_list_odd(&v->odd, i);
		struct bytes name = { raw_list_odd_name(&v->odd, odd), odd->len };

		raw_tell_entry(v, s, name, odd);
		if (odd->live_ino == 0 && odd->raw_type == DT_DIR && depth < RAW_DEPTH_MAX)
			push(v, s->path, name, (struct due){ .ino = odd->raw_ino, .depth = depth,
							     .under = UNDER_DIRECTORY });
	}
}

static bool same_time(struct ext4_time raw, struct instant live, int nanoseconds)
{
	return raw.sec == live.sec && (!nanoseconds || raw.nsec == live.nsec);
}

static bool same_flags(uint32_t flags, const struct item_stat *st)
{
	const uint64_t both = STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND;
	uint64_t raw = (flags & EXT4_FLAG_IMMUTABLE ? STATX_ATTR_IMMUTABLE : 0) |
		       (flags & EXT4_FLAG_APPEND ? STATX_ATTR_APPEND : 0);

	return ((raw ^ st->attributes) & both & st->attributes_mask) == 0;
}

static bool same_inode(const struct ext4_inode *raw, const struct item_stat *st)
{
	return raw->mode == st->mode && raw->uid == st->uid && raw->gid == st->gid &&
	       raw->links == st->nlink && raw->size == st->size &&
	       same_flags(raw->flags, st) &&
	       same_time(raw->mtime, st->mtime, raw->nanoseconds) &&
	       same_time(raw->ctime, st->ctime, raw->nanoseconds);
}

static bool ours(const struct raw_view *v, const struct item_stat *st)
{
	return st->dev_major == v->dev_major && st->dev_minor == v->dev_minor;
}

/* One file by both.  False also if one of them cannot say. */
static bool file_differs(struct raw_view *v, const struct raw_spot *s, const struct raw_name *e,
			 struct both *out)
{
	char text[256];

	memcpy(text, raw_list_name(&v->live, e), e->len);
	text[e->len] = '\0';
	pulse_call(v->env->pulse, PULSE_STAT);
	return meta_stat(s->fd, text, &out->live) == 0 && out->live.ino == e->ino &&
	       ours(v, &out->live) && S_ISREG(out->live.mode) &&
	       ext4_look(v->fs, e->ino, &out->raw) == EXT4_DONE &&
	       !same_inode(&out->raw, &out->live);
}

/* All files, those that differ once more, and again; what is left leaves as lines. */
static void compare_files(struct raw_view *v, const struct raw_spot *s)
{
	const struct timespec nap = { .tv_nsec = NAP_NS };
	uint32_t *left = (uint32_t *)(void *)v->differ.p;
	size_t n = v->differ.len / sizeof(*left), kept;
	struct both both;

	for (unsigned i = 0; i < RAW_CHECKS && n > 0; i++, n = kept) {
		nanosleep(&nap, NULL);
		kept = 0;
		for (size_t k = 0; k < n && !raw_view_over(v); k++)
			if (file_differs(v, s, raw_list_at(&v->live, left[k]), &both))
				left[kept++] = left[k];
	}
	for (size_t k = 0; k < n && !raw_view_over(v); k++) {
		const struct raw_name *e = raw_list_at(&v->live, left[k]);

		if (file_differs(v, s, e, &both))
			raw_tell_file(v, s, (struct bytes){ raw_list_name(&v->live, e), e->len },
				      &both.raw, &both.live);
	}
}

/* State of the plan in a directory; everything is wanted where there is no plan. */
static void plan_at(const struct raw_view *v, struct bytes path, struct plan_dir *out)
{
	struct plan_dir d[2];
	size_t from = 1;
	unsigned which = 0;

	if (v->env->plan == NULL)
		return;
	plan_root(v->env->plan, &d[0]);
	for (size_t i = 1; i <= path.len; i++) {
		if (i < path.len && ((const char *)path.p)[i] != '/')
			continue;
		plan_enter(v->env->plan, &d[which], (struct bytes){ path.p, i }, from, &d[!which]);
		which = !which;
		from = i + 1;
	}
	*out = d[which];
}

static bool wanted(const struct raw_view *v, const struct plan_dir *d, struct bytes path,
		   struct bytes name)
{
	char whole[PLAN_FACTS_PATH];
	struct plan_match m = { 0 };

	if (v->env->plan == NULL)
		return true;
	if (path.len + 1 + name.len > sizeof(whole))
		return false;
	memcpy(whole, path.p, path.len);
	whole[path.len] = '/';
	memcpy(whole + path.len + 1, name.p, name.len);
	plan_match(v->env->plan, d, (struct bytes){ whole, path.len + 1 + name.len }, path.len + 1,
		   CATEGORY_EXTRA, &m);
	return !m.excluded && (m.below & MISSION) != 0;
}

/* The files of the directory one by one, its directories for later. */
static void look_at_each(struct raw_view *v, const struct raw_spot *s)
{
	struct plan_dir d = { 0 };
	struct both both;

	plan_at(v, s->path, &d);
	buf_clear(&v->differ);
	for (uint32_t index = 0; index < v->live.n && !raw_view_over(v); index++) {
		const struct raw_name *e = raw_list_at(&v->live, index);
		struct bytes name = { raw_list_name(&v->live, e), e->len };

		v->entries++;
		if (e->type == DT_REG || e->type == DT_UNKNOWN) {
			v->files++;
			if (file_differs(v, s, e, &both))
				buf_add(&v->differ, &index, sizeof(index));
		}
		if (e->type == DT_DIR && wanted(v, &d, s->path, name))
			push(v, s->path, name, (struct due){ .ino = e->ino });
	}
	compare_files(v, s);
}

/* Open what the number said, if it still is that; otherwise what to make of it. */
static int open_directory(struct raw_view *v, const char *path, const struct due *due,
			  enum under *under)
{
	int fd CLEANUP(fd_close) = -1;
	struct item_stat st;

	pulse_call(v->env->pulse, PULSE_STAT);
	if (meta_stat(AT_FDCWD, path, &st) != 0)
		return -1;
	if (!ours(v, &st)) {
		*under = UNDER_MOUNT;
		return -1;
	}
	if (!S_ISDIR(st.mode) || st.ino != due->ino)
		return -1;
	pulse_call(v->env->pulse, PULSE_OPEN);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NOATIME | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || meta_stat(fd, "", &st) != 0 || !ours(v, &st) || st.ino != due->ino)
		return -1;
	return fd_take(&fd);
}

static bool is_encrypted(struct raw_view *v, uint32_t ino)
{
	struct ext4_inode i;

	return ext4_look(v->fs, ino, &i) == EXT4_DONE && (i.flags & EXT4_FLAG_ENCRYPTED) != 0;
}

static void visit(struct raw_view *v, const char *path, struct due *due)
{
	enum under under = due->under;
	int fd CLEANUP(fd_close) = under == UNDER_NOTHING ? open_directory(v, path, due, &under) :
							    -1;
	struct raw_spot s = { { path, strcmp(path, "/") == 0 ? 0 : strlen(path) }, due->ino, fd,
			      under_words[under] };
	const char *wrong;

	due->under = (uint8_t)under;
	if (fd < 0 && under == UNDER_NOTHING) {
		v->moved++;
		return;
	}
	v->directories++;
	wrong = compare(v, &s);
	if (wrong != NULL && !raw_view_over(v))
		raw_tell_unreadable(v, &s, wrong);
	else if (fd >= 0 && is_encrypted(v, due->ino))
		v->encrypted++;
	else if (wrong == NULL)
		tell_odds(v, &s, due);
	if (fd >= 0)
		look_at_each(v, &s);
}

int raw_view_mount(struct raw_view *v, const char *path)
{
	char at[PLAN_FACTS_PATH];
	struct item_stat st;
	struct due due;

	if (meta_stat(AT_FDCWD, path, &st) != 0 || !ours(v, &st) || strlen(path) >= sizeof(at))
		return 0;
	v->pending.len = 0;
	memcpy(at, path, strlen(path) + 1);
	due = (struct due){ .ino = (uint32_t)st.ino };
	do
		visit(v, at, &due);
	while (!raw_view_over(v) && pop(v, at, &due));
	pulse_idle(v->env->pulse);
	return v->broken ? -1 : 0;
}

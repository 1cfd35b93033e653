#include "collector/volatile/recover.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "collector/acquire/extent.h"
#include "collector/acquire/leases.h"
#include "collector/acquire/meta.h"
#include "collector/acquire/take.h"
#include "collector/volatile/answer.h"
#include "lib/base/fd.h"

/* Memory and state of one pass; about 600 KiB. */
struct recover {
	struct source_env *env;
	const char *folder;
	uint64_t left;			/* bytes that may still be read */
	struct walk walk;		/* what take wants to know */
	struct artifact row;
	struct take take;
};

void recover_name(char out[RECOVER_NAME_MAX], const char *folder, const struct found_file *f)
{
	snprintf(out, RECOVER_NAME_MAX, "%.30s/%u-%u-%llu", folder, (unsigned)(f->dev >> 32),
		 (unsigned)f->dev, (unsigned long long)f->ino);
}

/* ===== leases ===== */

static bool is_leased(const struct leases *l, const struct found_file *f)
{
	return leases_hold(l, f->dev, f->ino) || leases_hold(l, f->dev_mount, f->ino);
}

static void mark_leases(struct source_env *env, struct found *files)
{
	struct leases *l = files->count > 0 ? calloc(1, sizeof(*l)) : NULL;

	if (l == NULL)
		return;
	leases_read(l, env->proc_fd, "locks", env->pulse);
	for (uint32_t i = 0; i < files->count; i++)
		if (files->file[i].gap == GAP_NONE && is_leased(l, &files->file[i]))
			files->file[i].gap = GAP_LEASED;
	free(l);
}

/* ===== one file ===== */

static void link_name(char out[80], const struct found_file *f)
{
	int n = snprintf(out, 80, "%d/", (int)f->pid);

	if (f->tid != 0)
		n += snprintf(out + n, 80 - (size_t)n, "task/%d/", (int)f->tid);
	if (f->by == FOUND_EXE)
		snprintf(out + n, 80 - (size_t)n, "exe");
	else if (f->by == FOUND_FD)
		snprintf(out + n, 80 - (size_t)n, "fd/%llu", (unsigned long long)f->a);
	else
		snprintf(out + n, 80 - (size_t)n, "map_files/%llx-%llx",
			 (unsigned long long)f->a, (unsigned long long)f->b);
}

/* The handle of what is still the file that was met, and its state; or why not. */
static int hold(struct source_env *env, const struct found_file *f, struct item_stat *st,
		struct take_why *why)
{
	int fd CLEANUP(fd_close) = -1;
	char name[80];

	link_name(name, f);
	pulse_call(env->pulse, PULSE_OPEN);
	fd = fd_handle(env->proc_fd, name, 0);
	*why = (struct take_why){ gap_from_errno(errno), errno, "openat" };
	if (fd >= 0 && meta_stat(fd, "", st) < 0) {
		*why = (struct take_why){ gap_from_stat_errno(errno), errno, "statx" };
		fd_close(&fd);
	}
	pulse_idle(env->pulse);
	if (fd < 0)
		return -1;
	*why = (struct take_why){ f->gap, 0, NULL };
	if (found_dev(st->dev_major, st->dev_minor) != f->dev || st->ino != f->ino ||
	    !S_ISREG(st->mode)) {
		*why = (struct take_why){ GAP_VANISHED, 0, NULL };
		return -1;
	}
	return fd_take(&fd);
}

/* Open the handle itself.  Never waits for a lease, never becomes our terminal. */
static int reopen(struct source_env *env, int handle, bool *noatime, struct take_why *why)
{
	const int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	char name[32];
	int fd;

	snprintf(name, sizeof(name), "self/fd/%d", handle);
	pulse_call(env->pulse, PULSE_OPEN);
	fd = openat(env->proc_fd, name, flags | O_NOATIME);
	*noatime = fd >= 0;
	if (fd < 0 && errno == EPERM)
		fd = openat(env->proc_fd, name, flags);
	*why = (struct take_why){ fd < 0 ? gap_from_errno(errno) : GAP_NONE, fd < 0 ? errno : 0,
				  fd < 0 ? "openat" : NULL };
	pulse_idle(env->pulse);
	return fd;
}

static uint64_t data_size(const struct item_stat *st)
{
	return extent_maybe(st) ? st->blocks * 512 : st->size;
}

/* An executable that is too large to be kept is hashed. */
static enum depth depth_of(const struct found_file *f, const struct item_stat *st)
{
	bool large = data_size(st) > RECOVER_FILE_MAX;

	return f->by == FOUND_EXE && f->depth == DEPTH_CONTENT && large ? DEPTH_DIGEST : f->depth;
}

static uint64_t cap_of(const struct recover *r, enum depth depth)
{
	uint64_t cap = depth == DEPTH_CONTENT ? RECOVER_FILE_MAX : RECOVER_DIGEST_MAX;

	return r->env->file_max != 0 && r->env->file_max < cap ? r->env->file_max : cap;
}

/* The bytes, with the file open; what was read comes off the total. */
static int read_it(struct recover *r, struct take_at *at, struct item *it, int fd)
{
	int end;

	at->row = &r->row;
	r->row.depth = it->depth;
	r->row.cap = cap_of(r, it->depth);
	if (data_size(&it->st) > r->left && data_size(&it->st) <= r->row.cap)
		return take_withheld(&r->take, it, (struct take_why){ .gap = GAP_BUDGET });
	end = take_descriptor(&r->take, at, it, fd);
	if (it->depth != DEPTH_META)
		r->left -= it->promise < r->left ? it->promise : r->left;
	return end;
}

static int take_one(struct recover *r, const struct found_file *f)
{
	char name[RECOVER_NAME_MAX];
	struct take_at at = { .dirfd = -1, .name = "", .row = &r->row };
	struct take_why why;
	struct item_stat st;
	struct item it;
	int handle CLEANUP(fd_close) = -1;
	int fd CLEANUP(fd_close) = -1;

	recover_name(name, r->folder, f);
	source_step(r->env, name, f->dev, f->ino);
	r->env->at->mount = f->mount;
	at.path = (struct bytes){ name, strlen(name) };
	handle = hold(r->env, f, &st, &why);
	at.depth = handle < 0 ? f->depth : depth_of(f, &st);
	take_begin(&r->take, &at, handle < 0 ? NULL : &st, &it);
	it.live = true;
	it.fstype = f->fstype[0] != '\0' ? f->fstype : NULL;
	if (why.gap == GAP_NONE)
		fd = reopen(r->env, handle, &it.noatime, &why);
	if (why.gap != GAP_NONE)
		return take_withheld(&r->take, &it, why);
	return read_it(r, &at, &it, fd);
}

/* ===== all of them ===== */

/* Private keys go with their content only where that was asked for: then every row says so. */
static unsigned flags_of(const struct walk *w)
{
	bool asked = w->plan != NULL && plan_rows(w->plan) > 0;

	return asked ? plan_row(w->plan, 0)->flags & ARTIFACT_KEYS : 0;
}

static struct recover *open_recover(struct source_env *env, const char *folder)
{
	struct recover *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->env = env;
	r->folder = folder;
	if (env->walk != NULL)
		r->walk = *env->walk;
	r->row = (struct artifact){ .id = env->artifact, .category = r->walk.category,
				    .glob = "live/", .flags = flags_of(&r->walk) };
	r->walk.noatime = false;	/* it is not our mount that they are reached through */
	r->walk.links = NULL;
	r->walk.to = env->to;
	r->walk.pulse = env->pulse;
	r->walk.at = env->at;
	r->walk.budget = env->budget;
	r->walk.stop = env->stop;
	r->take.w = &r->walk;
	return r;
}

static bool is_behind(const struct source_env *env, const struct found_file *f)
{
	if (f->dev != env->behind[0])
		return f->dev > env->behind[0];
	return f->ino > env->behind[1];
}

int recover_all(struct source_env *env, struct found *files, const char *folder,
		uint64_t total)
{
	struct recover *r = open_recover(env, folder);
	int end = 0;

	if (r == NULL)
		return answer_gap(env, folder, GAP_INTERNAL, ENOMEM, NULL);
	r->left = total;
	mark_leases(env, files);
	found_sort(files);
	for (uint32_t i = 0; i < files->count && end == 0; i++) {
		const struct found_file *f = &files->file[files->order[i]];

		if (source_stopped(env))
			end = 1;
		else if (is_behind(env, f))
			end = take_one(r, f);
	}
	free(r);
	return end;
}

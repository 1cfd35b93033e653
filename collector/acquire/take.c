#include "collector/acquire/take.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool take_on_kernel(const struct take_at *at)
{
	return at->mount != NULL && at->mount->kind == MOUNT_KERNEL;
}

void take_begin(struct take *t, const struct take_at *at, const struct item_stat *st,
		struct item *it)
{
	*it = (struct item){
		.path = at->path,
		.category = artifact_category_word(t->w->category),
		.artifact = at->row != NULL ? at->row->id : "-",
		.type = ITEM_UNKNOWN,
		.depth = at->depth,
		.noatime = t->w->noatime,
		.fstype = at->mount != NULL ? at->mount->fstype : NULL,
		.opened = clock_read(),
	};
	if (st == NULL)
		return;
	it->has_stat = true;
	it->st = *st;
	it->type = item_type_of(st->mode);
}

static int end_item(struct take *t, struct take_why why)
{
	struct item_end how = { .gap = why.gap, .oserr = why.oserr, .syscall = why.syscall };

	how.closed = clock_read();
	return t->w->to->end(t->w->to, &how);
}

int take_withheld(struct take *t, struct item *it, struct take_why why)
{
	it->promise = 0;
	if (t->w->to->begin(t->w->to, it) != 0)
		return -1;
	return end_item(t, why);
}

/* The kernel's own file systems have no attributes worth asking for. */
void take_xattrs(struct take *t, const struct take_at *at, int fd, struct item *it)
{
	if (take_on_kernel(at))
		return;
	t->meta.self_fd = t->w->self_fd;
	pulse_call(t->w->pulse, PULSE_XATTR);
	meta_xattrs(&t->meta, fd, at->dirfd, at->name, it);
	pulse_idle(t->w->pulse);
}

int take_refused(struct take *t, const struct take_at *at, const struct item_stat *st,
		 struct take_why why)
{
	struct item it;

	take_begin(t, at, st, &it);
	return take_withheld(t, &it, why);
}

int take_directory(struct take *t, const struct take_at *at, const struct item_stat *st, int fd,
		   struct take_why why)
{
	struct item it;

	take_begin(t, at, st, &it);
	take_xattrs(t, at, fd, &it);
	return take_withheld(t, &it, why);
}

struct take_why take_why_absent(struct take *t, const struct take_at *at, enum gap gap, int oserr,
				const char *call)
{
	struct take_why why = { gap, oserr, call };
	struct item_stat st;

	if ((gap != GAP_VANISHED && gap != GAP_OPEN_FAILED) || !take_on_kernel(at))
		return why;
	pulse_call(t->w->pulse, PULSE_STAT);
	if (meta_stat(at->dirfd, at->name, &st) == 0)
		why.gap = GAP_NO_VALUE;
	pulse_idle(t->w->pulse);
	return why;
}

/* The name is of something that is no link any more: another errno of the call is a failure. */
static enum gap link_gap(const struct take_at *at, int oserr)
{
	return oserr == EINVAL && !take_on_kernel(at) ? GAP_REPLACED : gap_from_errno(oserr);
}

static int take_symlink(struct take *t, const struct take_at *at, struct item *it)
{
	struct take_why why = { GAP_NONE, 0, NULL };
	ssize_t n;
	int oserr;

	pulse_call(t->w->pulse, PULSE_READLINK);
	n = readlinkat(at->dirfd, at->name, t->link, sizeof(t->link));
	oserr = errno;
	pulse_idle(t->w->pulse);
	it->noatime = t->w->noatime;
	if (n >= 0)
		it->link = (struct bytes){ t->link, (size_t)n };
	else
		why = take_why_absent(t, at, link_gap(at, oserr), oserr, "readlinkat");
	take_xattrs(t, at, -1, it);
	return take_withheld(t, it, why);
}

static bool is_self(const struct walk *w, const struct item_stat *st)
{
	for (size_t i = 0; i < w->self_count; i++)
		if (w->self[i].ino == st->ino && w->self[i].dev_major == st->dev_major &&
		    w->self[i].dev_minor == st->dev_minor)
			return true;
	return false;
}

int take_object(struct take *t, const struct take_at *at, const struct item_stat *st)
{
	struct take_why why = { GAP_NONE, 0, NULL };
	struct item it;

	take_begin(t, at, st, &it);
	if (it.type == ITEM_SYMLINK)
		return take_symlink(t, at, &it);
	if (is_self(t->w, st))
		why.gap = GAP_OWN_OUTPUT;
	else if (it.type == ITEM_FILE && it.depth != DEPTH_META)
		return take_file(t, at, &it);
	else if (it.type != ITEM_FILE && it.depth != DEPTH_META)
		why.gap = GAP_SPECIAL;
	take_xattrs(t, at, -1, &it);
	return take_withheld(t, &it, why);
}

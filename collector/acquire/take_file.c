#include "collector/acquire/take.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "collector/acquire/keyfile.h"
#include "collector/acquire/open.h"
#include "collector/acquire/pseudo.h"
#include "lib/base/fd.h"

#define STREAM_MAX (16u << 20)	/* bytes of a file that has no length */
#define HOLES_MAX (1u << 30)	/* bytes of zeros that are read where holes cannot be told */
#define CLAIM_MIN (64u << 20)	/* bytes that are asked for before they are promised */
#define UNNAMED_MAX (UINT64_C(64) << 30)	/* bytes of a file for which nobody gave a limit */
#define SCRIPT_LOOK 512u	/* bytes in which a NUL makes a file no text */

/* One file while it is taken. */
struct content {
	struct take *t;
	const struct take_at *at;
	struct item *it;
	struct read_run run;
	int fd;
	uint64_t reserved;	/* taken off the budget */
	bool unfounded;		/* its last byte is not there: it has no length that counts */
	enum gap rule;		/* why it is taken less deep than the row says */
};

/* ===== what can be said without opening it ===== */

/* Bytes of data as far as the file's state tells. */
static uint64_t data_size(const struct item_stat *st)
{
	return extent_maybe(st) ? st->blocks * 512 : st->size;
}

static uint64_t budget_left(const struct walk *w)
{
	return w->budget == NULL ? UINT64_MAX : atomic_load(w->budget);
}

/* Is it on the deny list?  What counts is its path in its own file system: one file
 * of /proc may be bound over any file of the host. */
static bool is_denied(struct take *t, const struct take_at *at, uint32_t mode)
{
	const char *p = at->path.p, *root = at->mount->root;
	size_t skip = at->mount->path_len, n = strlen(root);
	struct bytes below;

	while (n > 0 && root[n - 1] == '/')
		n--;
	skip -= skip == 1;	/* "/": its slash separates, too */
	if (skip > at->path.len)
		skip = at->path.len;
	if (n + at->path.len - skip > sizeof(t->link))
		return true;
	memcpy(t->link, root, n);
	memcpy(t->link + n, p + skip, at->path.len - skip);
	below = (struct bytes){ t->link, n + at->path.len - skip };
	if (below.len > 0) {	/* the slash that begins it */
		below.p = t->link + 1;
		below.len--;
	}
	return pseudo_denied(at->mount->fstype, below, mode);
}

static enum gap refuse_early(struct take *t, const struct take_at *at, const struct item *it)
{
	if (take_on_kernel(at))
		return is_denied(t, at, it->st.mode) ? GAP_PSEUDO : GAP_NONE;
	if (data_size(&it->st) > at->row->cap)
		return GAP_SIZE_LIMIT;
	if (it->depth == DEPTH_CONTENT && data_size(&it->st) > budget_left(t->w))
		return GAP_BUDGET;
	return GAP_NONE;
}

/* Is that more than may be promised of a file, however much it claims?  What does not come has
 * to be made up with zeros.  Rows of the catalogue have a limit, what is included has the
 * operator's. */
static bool is_too_much(const struct take_at *at, const struct item *it, uint64_t bytes)
{
	return it->depth == DEPTH_CONTENT && !take_on_kernel(at) &&
	       bytes > (at->row->cap == UINT64_MAX ? UNNAMED_MAX : ITEM_CONTENT_MAX);
}

static uint64_t stream_cap(const struct take_at *at)
{
	return at->row->cap < STREAM_MAX ? at->row->cap : STREAM_MAX;
}

/* --plan: what it would be. */
static int take_promise(struct take *t, const struct take_at *at, struct item *it)
{
	struct item_end how = { .gap = GAP_NONE };

	it->promise = take_on_kernel(at) ? ITEM_SIZE_UNKNOWN : data_size(&it->st);
	it->cap = stream_cap(at);
	if (t->w->to->begin(t->w->to, it) != 0)
		return -1;
	how.closed = clock_read();
	return t->w->to->end(t->w->to, &how);
}

/* ===== the budget ===== */

static bool reserve(struct content *c, uint64_t n)
{
	_Atomic uint64_t *budget = c->t->w->budget;
	uint64_t left = budget_left(c->t->w);

	if (budget == NULL || c->it->depth != DEPTH_CONTENT)
		return true;
	do {
		if (left < n)
			return false;
	} while (!atomic_compare_exchange_weak(budget, &left, left - n));
	c->reserved = n;
	return true;
}

static void give_back(struct content *c, uint64_t n)
{
	if (n > c->reserved)
		n = c->reserved;
	c->reserved -= n;
	if (n > 0)
		atomic_fetch_add(c->t->w->budget, n);
}

/* ===== with the file open ===== */

static void set_up_run(struct content *c)
{
	const struct walk *w = c->t->w;

	c->run = (struct read_run){
		.fd = c->fd, .buffer = c->t->buffer, .to = w->to, .pulse = w->pulse,
		.stop = w->stop, .seconds = w->item_seconds,
	};
}

/* Why the first read of a kernel file gave nothing. */
static struct take_why stream_failure(struct content *c)
{
	const struct read_run *r = &c->run;
	enum gap gap = gap_from_errno(r->oserr);

	if (r->gap != GAP_IO_ERROR)
		return (struct take_why){ .gap = r->gap };
	if (r->oserr == EAGAIN)
		gap = GAP_PSEUDO;
	else if (gap != GAP_VANISHED && gap != GAP_PERMISSION)
		gap = GAP_NO_VALUE;
	return take_why_absent(c->t, c->at, gap, r->oserr, "read");
}

/* A file whose length means nothing: what fits the buffer has one when it has been read. */
static struct take_why prepare_stream(struct content *c)
{
	struct item *it = c->it;
	uint64_t left = budget_left(c->t->w);

	it->cap = stream_cap(c->at);
	if (it->depth == DEPTH_CONTENT && it->cap > left)
		it->cap = left;
	if (!reserve(c, it->cap) || it->cap == 0)
		return (struct take_why){ .gap = GAP_BUDGET };
	c->run.stream = true;
	c->run.promise = it->cap;
	read_peek(&c->run);
	if (c->run.held == 0 && c->run.gap != GAP_NONE && !c->unfounded)
		return stream_failure(c);
	it->promise = ITEM_SIZE_UNKNOWN;
	if (c->run.ended || c->run.held > it->cap)
		it->promise = c->run.held < it->cap ? c->run.held : it->cap;
	return (struct take_why){ .gap = GAP_NONE };
}

/* Is the last byte there?  A file system may claim exabytes, and what was promised and does
 * not come has to be made up with zeros. */
static bool has_end(const struct content *c)
{
	const struct item *it = c->it;
	uint64_t end = it->st.size;
	ssize_t n;
	char byte;

	if (it->promise < CLAIM_MIN)
		return true;
	if (it->extents != NULL) {
		const struct extent *last = &it->extents[it->extent_count - 1];

		end = last->offset + last->length;
	}
	pulse_call(c->t->w->pulse, PULSE_READ);
	n = pread(c->fd, &byte, 1, (off_t)(end - 1));
	pulse_idle(c->t->w->pulse);
	return n != 0;
}

/* A file of the host: its length is known, its holes are asked for. */
static struct take_why prepare_file(struct content *c)
{
	struct item *it = c->it;
	uint64_t data = EXTENT_DENSE;

	if (extent_maybe(&it->st)) {
		pulse_call(c->t->w->pulse, PULSE_SEEK);
		data = extent_list(c->fd, it->st.size, c->t->extents, &it->extent_count);
		pulse_idle(c->t->w->pulse);
		it->extents = data >= EXTENT_UNKNOWN ? NULL : c->t->extents;
	}
	if (data == EXTENT_UNKNOWN && it->st.size - it->st.blocks * 512 > HOLES_MAX)
		return (struct take_why){ GAP_SIZE_LIMIT, EINVAL, "lseek" };
	if (it->extents == NULL)
		it->extent_count = 0;
	it->promise = it->extents == NULL ? it->st.size : data;
	if (it->promise > c->at->row->cap)
		return (struct take_why){ .gap = GAP_SIZE_LIMIT };
	if (!has_end(c)) {
		c->unfounded = true;
		it->extents = NULL;
		it->extent_count = 0;
		lseek(c->fd, 0, SEEK_SET);	/* asking for holes has moved it */
		return prepare_stream(c);
	}
	if (is_too_much(c->at, it, it->promise))
		return (struct take_why){ .gap = GAP_SIZE_LIMIT };
	if (!reserve(c, it->promise))
		return (struct take_why){ .gap = GAP_BUDGET };
	c->run.promise = it->promise;
	c->run.extents = it->extents;
	c->run.extent_count = it->extent_count;
	read_peek(&c->run);
	return (struct take_why){ .gap = GAP_NONE };
}

/* Rules that ask for the first bytes. */
static void apply_rules(struct content *c)
{
	unsigned flags = c->at->row->flags;
	const struct read_run *r = &c->run;
	size_t look = r->held < SCRIPT_LOOK ? r->held : SCRIPT_LOOK;

	if (c->it->depth != DEPTH_CONTENT)
		return;
	if ((flags & ARTIFACT_SCRIPTS) && memchr(r->buffer, '\0', look) != NULL) {
		c->it->depth = DEPTH_META;
	} else if (!(flags & ARTIFACT_KEYS) && keyfile_is_private(r->buffer, r->held)) {
		c->it->depth = DEPTH_DIGEST;
		c->rule = GAP_PRIVATE_KEY;
	}
	if (c->it->depth != DEPTH_CONTENT)
		give_back(c, c->reserved);
}

static void end_of(struct content *c, struct item_end *how)
{
	const struct read_run *r = &c->run;

	*how = (struct item_end){ .gap = r->gap, .oserr = r->oserr, .offset = r->offset };
	if (r->oserr != 0)
		how->syscall = r->stream ? "read" : "pread64";
	if (!r->stream || c->unfounded) {
		pulse_call(c->t->w->pulse, PULSE_STAT);
		how->has_after = meta_stat(c->fd, "", &how->after) == 0;
		how->after_oserr = how->has_after ? 0 : errno;
		pulse_idle(c->t->w->pulse);
	}
	if (how->gap == GAP_NONE && how->has_after && how->after.size > c->it->st.size) {
		how->gap = GAP_GREW;
		how->offset = c->it->st.size;
	}
	if (how->gap == GAP_NONE && c->unfounded) {
		how->gap = GAP_SHRANK;
		how->offset = r->delivered;
	}
	if (how->gap == GAP_NONE)
		how->gap = c->rule;
	how->closed = clock_read();
}

/* Begin, the bytes, end. */
static int pass_on(struct content *c)
{
	const struct walk *w = c->t->w;
	struct item *it = c->it;
	struct item_end how;

	if (w->to->begin(w->to, it) != 0 || read_rest(&c->run) != 0)
		return -1;
	end_of(c, &how);
	if (c->reserved > c->run.delivered)
		give_back(c, c->reserved - c->run.delivered);
	if (w->to->end(w->to, &how) != 0)
		return -1;
	/* Facts are not stored. */
	if (w->links != NULL && w->category != CATEGORY_FACTS && it->st.nlink > 1 &&
	    how.gap == GAP_NONE && it->depth == DEPTH_CONTENT && !c->run.stream)
		links_add(w->links, &it->st, it->path);
	return 0;
}

static int take_open(struct content *c)
{
	struct item *it = c->it;
	struct take_why why;

	set_up_run(c);
	take_xattrs(c->t, c->at, c->fd, it);
	why = take_on_kernel(c->at) ? prepare_stream(c) : prepare_file(c);
	if (why.gap == GAP_NONE)
		apply_rules(c);
	if (why.gap == GAP_NONE && it->depth != DEPTH_META)
		return pass_on(c);
	give_back(c, c->reserved);
	it->extents = NULL;
	it->extent_count = 0;
	return take_withheld(c->t, it, why);
}

int take_descriptor(struct take *t, const struct take_at *at, struct item *it, int fd)
{
	struct content c = { .t = t, .at = at, .it = it, .fd = fd, .rule = GAP_NONE };

	return take_open(&c);
}

/* Would somebody be told that it was opened? */
static bool is_leased(struct take *t, const struct take_at *at, const struct item_stat *st)
{
	const struct mount *m = at->mount;

	if (t->w->own_fds <= 0 || t->w->dry || take_on_kernel(at))
		return false;
	leases_refresh(&t->leases, t->w->own_fds, "../../locks", t->w->pulse);
	return leases_hold(&t->leases, (uint64_t)st->dev_major << 32 | st->dev_minor, st->ino) ||
	       (m != NULL && leases_hold(&t->leases, (uint64_t)m->dev_major << 32 | m->dev_minor,
					 st->ino));
}

/* The content is in the archive under another name. */
static bool find_link(const struct take *t, const struct take_at *at, struct item *it)
{
	if (t->w->links == NULL || it->st.nlink < 2 || it->depth != DEPTH_CONTENT ||
	    take_on_kernel(at))
		return false;
	it->hardlink = links_find(t->w->links, &it->st);
	return it->hardlink.p != NULL;
}

int take_file(struct take *t, const struct take_at *at, struct item *it)
{
	struct content c = { .t = t, .at = at, .it = it, .rule = GAP_NONE };
	struct take_why why = { .gap = refuse_early(t, at, it) };
	struct open_result opened;
	int status;

	if (why.gap == GAP_NONE && is_leased(t, at, &it->st))
		why.gap = GAP_LEASED;
	if (why.gap == GAP_NONE && t->w->dry && is_too_much(at, it, data_size(&it->st)))
		why.gap = GAP_SIZE_LIMIT;
	if (why.gap == GAP_NONE && t->w->dry)
		return take_promise(t, at, it);
	if (why.gap != GAP_NONE || find_link(t, at, it)) {
		take_xattrs(t, at, -1, it);
		return take_withheld(t, it, why);
	}
	pulse_call(t->w->pulse, PULSE_OPEN);
	/* In the kernel's own file systems no name changes hands. */
	c.fd = open_checked(&(struct open_at){ at->dirfd, at->name,
					       take_on_kernel(at) ? 0 : t->w->own_fds, at->handle },
			    !t->w->noatime && !take_on_kernel(at), &it->st, &opened);
	pulse_idle(t->w->pulse);
	if (c.fd < 0)
		return take_withheld(t, it, take_why_absent(t, at, opened.gap, opened.oserr,
							    opened.syscall));
	it->noatime = t->w->noatime || opened.noatime;
	status = take_open(&c);
	pulse_call(t->w->pulse, PULSE_CLOSE);
	fd_close(&c.fd);
	pulse_idle(t->w->pulse);
	return status;
}

#include "lib/archive/pax_write.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "lib/archive/ustar.h"
#include "lib/base/buf.h"

#define SPAN (8u << 10)		/* bytes of zeros handed over at a time */
#define NAME_MAX_LEN (ITEM_PATH_MAX + 64u)	/* a path and what stands before it */

static const char zeros[SPAN];

struct pax_write {
	struct archive *a;
	struct archive_entry *entry;	/* used again for every member */
	pax_out *out;
	void *ctx;
	struct err *e;
	struct buf name;		/* C strings for libarchive, one at a time */
	uint64_t left;			/* data that the open member still expects */
	const struct extent *extents;	/* of the open member; NULL: not sparse */
	size_t extent_count;
	size_t extent;			/* the one being filled, and how far it is */
	uint64_t in_extent;
	uint64_t at;			/* logical offset libarchive has reached */
	bool mute;			/* being freed: nothing goes out any more */
};

static const unsigned file_types[ITEM_TYPE_COUNT] = {
	[ITEM_FILE] = AE_IFREG,
	[ITEM_DIR] = AE_IFDIR,
	[ITEM_SYMLINK] = AE_IFLNK,
	[ITEM_FIFO] = AE_IFIFO,
	[ITEM_CHARDEV] = AE_IFCHR,
	[ITEM_BLOCKDEV] = AE_IFBLK,
};

/* The words of star, which libarchive and chflags know. */
static const struct {
	uint64_t attribute;
	const char *word;
} flag_words[] = {
	{ STATX_ATTR_IMMUTABLE, "schg" },
	{ STATX_ATTR_APPEND, "sappnd" },
	{ STATX_ATTR_NODUMP, "nodump" },
	{ STATX_ATTR_COMPRESSED, "compress" },
};

static la_ssize_t take_bytes(struct archive *a, void *ctx, const void *data, size_t n)
{
	struct pax_write *w = ctx;

	(void)a;
	return !w->mute && w->out(w->ctx, data, n) == 0 ? (la_ssize_t)n : -1;
}

static int failed(struct pax_write *w, const char *doing)
{
	const char *why = archive_error_string(w->a);
	int oserr = archive_errno(w->a);

	return err_set(w->e, oserr > 0 ? oserr : 0, "%s a tar member: %s", doing,
		       why != NULL ? why : "the output failed");
}

struct pax_write *pax_write_new(pax_out *out, void *ctx, struct err *e)
{
	struct pax_write *w = calloc(1, sizeof(*w));

	if (w == NULL)
		goto err0;
	*w = (struct pax_write){ .out = out, .ctx = ctx, .e = e };
	buf_init(&w->name, NAME_MAX_LEN + 1);
	w->a = archive_write_new();
	w->entry = archive_entry_new();
	if (w->a == NULL || w->entry == NULL || buf_room(&w->name, NAME_MAX_LEN + 1) == NULL)
		goto err1;
	if (archive_write_set_format_pax(w->a) != ARCHIVE_OK ||
	    archive_write_set_options(w->a, "hdrcharset=BINARY,xattrheader=SCHILY") != ARCHIVE_OK ||
	    archive_write_set_bytes_per_block(w->a, 0) != ARCHIVE_OK ||
	    archive_write_set_bytes_in_last_block(w->a, 1) != ARCHIVE_OK ||
	    archive_write_open(w->a, w, NULL, take_bytes, NULL) != ARCHIVE_OK)
		goto err1;
	return w;
err1:
	pax_write_free(w);
err0:
	err_set(e, ENOMEM, "the tar writer");
	return NULL;
}

void pax_write_free(struct pax_write *w)
{
	if (w == NULL)
		return;
	if (w->a != NULL) {
		/* closing would write an end of archive; without it, a failed one
		 * would keep its memory */
		w->mute = true;
		archive_write_close(w->a);
		archive_write_free(w->a);
	}
	archive_entry_free(w->entry);
	buf_release(&w->name);
	free(w);
}

/* The bytes as a C string, valid until the next call.  They are no longer than
 * NAME_MAX_LEN, for which there is memory. */
static const char *c_string(struct pax_write *w, struct bytes b, bool directory)
{
	const char *p = b.p;

	buf_clear(&w->name);
	buf_add(&w->name, p, b.len);
	if (directory && b.len > 0 && p[b.len - 1] != '/')
		buf_putc(&w->name, '/');
	return buf_cstr(&w->name);
}

/* libarchive writes seconds and fraction side by side, but in a decimal number
 * before 1970 the fraction counts backwards.  -0.5 has no such form at all. */
static struct instant as_decimal(struct instant t)
{
	if (t.sec >= 0 || t.nsec == 0)
		return t;
	if (t.sec == -1)
		return (struct instant){ -1, 0 };
	return (struct instant){ t.sec + 1, 1000000000u - t.nsec };
}

static void set_times(struct archive_entry *entry, const struct item_stat *st)
{
	struct instant m = as_decimal(st->mtime);
	struct instant a = as_decimal(st->atime);
	struct instant c = as_decimal(st->ctime);
	struct instant b = as_decimal(st->btime);

	archive_entry_set_mtime(entry, m.sec, (long)m.nsec);
	archive_entry_set_atime(entry, a.sec, (long)a.nsec);
	archive_entry_set_ctime(entry, c.sec, (long)c.nsec);
	if (st->has_btime)
		archive_entry_set_birthtime(entry, b.sec, (long)b.nsec);
}

static void set_flags(struct pax_write *w, uint64_t attributes)
{
	struct buf *text = &w->name;

	buf_clear(text);
	for (size_t i = 0; i < sizeof(flag_words) / sizeof(flag_words[0]); i++) {
		if ((attributes & flag_words[i].attribute) == 0)
			continue;
		if (text->len > 0)
			buf_putc(text, ',');
		buf_puts(text, flag_words[i].word);
	}
	if (text->len > 0)
		archive_entry_copy_fflags_text(w->entry, buf_cstr(text));
}

static void set_stat(struct pax_write *w, const struct item *it)
{
	struct archive_entry *entry = w->entry;
	const struct item_stat *st = &it->st;
	bool device = it->type == ITEM_CHARDEV || it->type == ITEM_BLOCKDEV;

	archive_entry_set_perm(entry, (mode_t)(st->mode & 07777));
	archive_entry_set_uid(entry, st->uid);
	archive_entry_set_gid(entry, st->gid);
	set_times(entry, st);
	set_flags(w, st->attributes);
	if (device) {
		archive_entry_set_rdevmajor(entry, (dev_t)st->rdev_major);
		archive_entry_set_rdevminor(entry, (dev_t)st->rdev_minor);
	}
}

static void set_xattrs(struct pax_write *w, struct bytes packed)
{
	struct item_xattr x;
	size_t at = 0;

	while (item_xattr_next(packed, &at, &x))
		archive_entry_xattr_add_entry(w->entry, c_string(w, x.name, false), x.value.p,
					      x.value.len);
}

/* Extents that contradict each other or the size would be dropped silently. */
static bool extents_hold(const struct item *it, uint64_t size)
{
	uint64_t end = 0, sum = 0;

	for (size_t i = 0; i < it->extent_count; i++) {
		const struct extent *x = &it->extents[i];

		if (x->offset < end || x->length > it->st.size ||
		    x->offset > it->st.size - x->length)
			return false;
		end = x->offset + x->length;
		sum += x->length;
	}
	return sum == size && it->st.size <= PAX_WRITE_SPARSE_MAX;
}

static int set_content(struct pax_write *w, const struct item *it, uint64_t size)
{
	w->left = size;
	w->extents = NULL;
	if (it->extents == NULL) {
		archive_entry_set_size(w->entry, (la_int64_t)size);
		return 0;
	}
	if (!extents_hold(it, size))
		return err_set(w->e, 0, "the extents of a sparse file contradict its size");
	archive_entry_set_size(w->entry, (la_int64_t)it->st.size);
	for (size_t i = 0; i < it->extent_count; i++)
		archive_entry_sparse_add_entry(w->entry, (la_int64_t)it->extents[i].offset,
					       (la_int64_t)it->extents[i].length);
	/* nothing but a hole is still sparse: its map is one empty extent at the end */
	if (it->extent_count == 0 && it->st.size > 0)
		archive_entry_sparse_add_entry(w->entry, (la_int64_t)it->st.size, 0);
	w->extents = it->extents;
	w->extent_count = it->extent_count;
	w->extent = 0;
	w->in_extent = 0;
	w->at = 0;
	return 0;
}

static int write_header(struct pax_write *w)
{
	if (archive_write_header(w->a, w->entry) != ARCHIVE_OK)
		return failed(w, "writing the header of");
	/* The map of a sparse file goes out with its first data; without this a
	 * file that is one hole would have none. */
	if (w->extents != NULL && archive_write_data(w->a, zeros, 0) < 0)
		return failed(w, "writing the sparse map of");
	return 0;
}

int pax_write_item(struct pax_write *w, struct bytes member, const struct item *it, uint64_t size)
{
	struct archive_entry *entry = w->entry;

	if (it->type >= ITEM_TYPE_COUNT || file_types[it->type] == 0)
		return err_set(w->e, 0, "a %s has no form in tar", item_type_word(it->type));
	if (size > INT64_MAX)
		return err_set(w->e, EFBIG, "a tar member of that size");
	if (member.len == 0 || member.len > NAME_MAX_LEN || it->link.len > NAME_MAX_LEN ||
	    it->hardlink.len > NAME_MAX_LEN)
		return err_set(w->e, ENAMETOOLONG, "naming a tar member");
	errno = 0;
	archive_entry_clear(entry);
	archive_entry_copy_pathname(entry, c_string(w, member, it->type == ITEM_DIR));
	archive_entry_set_filetype(entry, file_types[it->type]);
	if (it->has_stat) {
		set_stat(w, it);
	} else {
		archive_entry_set_perm(entry, 0444);
		archive_entry_set_mtime(entry, it->opened.realtime.sec,
					(long)it->opened.realtime.nsec);
	}
	if (it->hardlink.len > 0)
		archive_entry_copy_hardlink(entry, c_string(w, it->hardlink, false));
	else if (it->type == ITEM_SYMLINK)
		archive_entry_copy_symlink(entry, c_string(w, it->link, false));
	set_xattrs(w, it->xattrs);
	if (set_content(w, it, size) != 0 || write_header(w) != 0)
		return -1;
	/* libarchive leaves out what it has no memory for, and says nothing; malloc(3) did. */
	return errno == ENOMEM ? err_set(w->e, ENOMEM, "writing a tar member") : 0;
}

/* Hand over all ${n} bytes; libarchive takes at most 2 GiB in one call.  For a
 * hole only the count matters: libarchive does not look at the bytes. */
static int hand_over(struct pax_write *w, const void *data, uint64_t n, bool hole)
{
	const char *p = data;

	while (n > 0) {
		size_t part = n > INT_MAX ? INT_MAX : (size_t)n;
		la_ssize_t took = archive_write_data(w->a, p, part);

		if (took <= 0)
			return failed(w, "writing the content of");
		if (!hole)
			p += took;
		n -= (uint64_t)took;
		w->at += (uint64_t)took;
	}
	return 0;
}

static int write_sparse(struct pax_write *w, const char *p, size_t n)
{
	while (n > 0) {
		const struct extent *x = &w->extents[w->extent];
		uint64_t left = x->length - w->in_extent;
		size_t part = n < left ? n : (size_t)left;

		if (left == 0) {
			w->extent++;
			w->in_extent = 0;
			continue;
		}
		if (w->at < x->offset && hand_over(w, zeros, x->offset - w->at, true) != 0)
			return -1;
		if (hand_over(w, p, part, false) != 0)
			return -1;
		w->in_extent += part;
		p += part;
		n -= part;
	}
	return 0;
}

int pax_write_data(struct pax_write *w, const void *data, size_t n)
{
	if (n > w->left)
		return err_set(w->e, 0, "more data than was promised for a tar member");
	w->left -= n;
	if (w->extents != NULL)
		return write_sparse(w, data, n);
	return hand_over(w, data, n, false);
}

int pax_write_pad(struct pax_write *w, uint64_t n)
{
	/* libarchive would do it, but where size_t has 32 bits not beyond 4 GiB */
	for (n = n < w->left ? n : w->left; n > 0;) {
		size_t part = n < SPAN ? (size_t)n : SPAN;

		if (pax_write_data(w, zeros, part) != 0)
			return -1;
		n -= part;
	}
	return w->left > 0;
}

int pax_write_end(struct pax_write *w)
{
	if (pax_write_pad(w, UINT64_MAX) < 0)
		return -1;
	w->extents = NULL;
	if (archive_write_finish_entry(w->a) != ARCHIVE_OK)
		return failed(w, "finishing");
	return 0;
}

int pax_write_text(struct pax_write *w, const char *member, const void *data, size_t n,
		   struct instant mtime)
{
	const struct bytes name = { member, strlen(member) };
	const struct item it = { .type = ITEM_FILE, .opened = { .realtime = mtime } };

	if (pax_write_item(w, name, &it, n) != 0 || pax_write_data(w, data, n) != 0)
		return -1;
	return pax_write_end(w);
}

int pax_write_bare(struct pax_write *w, const char *member, const void *data, size_t n,
		   int64_t seconds)
{
	struct buf b;
	int r;

	buf_init(&b, 2 * USTAR_BLOCK + n);
	ustar_member(&b, member, data, n, seconds);
	r = b.failed ? err_set(w->e, ENOMEM, "writing a seal") : w->out(w->ctx, b.p, b.len);
	buf_release(&b);
	return r;
}

int pax_write_close(struct pax_write *w)
{
	if (archive_write_close(w->a) != ARCHIVE_OK)
		return failed(w, "closing");
	return 0;
}

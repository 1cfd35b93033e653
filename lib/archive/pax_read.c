#include "lib/archive/pax_read.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define INPUT_LEN 131072u
#define PERMISSION_BITS 07777u

struct pax_read {
	struct archive *archive;
	struct archive_entry *entry;
	pax_in *in;
	pax_passed *passed;
	void *ctx;
	struct err *e;
	enum pax_end end;
	bool input_ended;
	bool input_failed;
	bool headers_too_long;
	bool in_headers;	/* libarchive is looking for a member */
	bool opened;
	/* Look-back: bytes handed to libarchive that were not passed yet. */
	uint8_t *back;
	size_t back_begin, back_end;
	uint64_t back_offset;	/* of back[back_begin] in the tar bytes */
	uint64_t header;	/* of the present member */
	uint64_t size;
	uint64_t reached;	/* logical offset after the last piece */
	struct extent *extents;
	size_t extents_cap;
};

/* Passes on everything before ${offset}; moves nothing, libarchive is using it. */
static void pass_until(struct pax_read *r, uint64_t offset)
{
	size_t n = r->back_end - r->back_begin;

	if (offset <= r->back_offset)
		return;
	if (offset - r->back_offset < n)
		n = (size_t)(offset - r->back_offset);
	r->passed(r->ctx, r->back + r->back_begin, n);
	r->back_begin += n;
	r->back_offset += n;
}

static void pass_all(struct pax_read *r)
{
	pass_until(r, UINT64_MAX);
}

/* Reads one piece behind the look-back, which moves to the front first. */
static ssize_t read_input(struct pax_read *r)
{
	ssize_t n;

	memmove(r->back, r->back + r->back_begin, r->back_end - r->back_begin);
	r->back_end -= r->back_begin;
	r->back_begin = 0;
	n = r->in(r->ctx, r->back + r->back_end, INPUT_LEN);
	if (n > 0)
		r->back_end += (size_t)n;
	r->input_ended |= n == 0;
	r->input_failed |= n < 0;
	return n;
}

/*
 * libarchive never looks at an earlier block again once it has asked for the
 * next one, so the bytes may move here.  In the middle of data it asks only when
 * it has used up all it had, and all of that lies before the next header.
 */
static la_ssize_t on_read(struct archive *a, void *ctx, const void **block)
{
	struct pax_read *r = ctx;
	ssize_t n;

	(void)a;
	if (!r->in_headers)
		pass_all(r);
	if (r->back_end - r->back_begin > PAX_READ_HEADERS_MAX) {
		r->headers_too_long = true;
		return ARCHIVE_FATAL;
	}
	n = read_input(r);
	if (n < 0)
		return ARCHIVE_FATAL;
	*block = r->back + r->back_end - n;
	return n;
}

struct pax_read *pax_read_new(pax_in *in, pax_passed *passed, void *ctx, struct err *e)
{
	struct pax_read *r = calloc(1, sizeof(*r));

	if (r == NULL)
		goto err1;
	r->back = malloc(PAX_READ_HEADERS_MAX + 2 * INPUT_LEN);
	if (r->back == NULL)
		goto err2;
	r->archive = archive_read_new();
	if (r->archive == NULL)
		goto err3;
	/* An entry of its own: libarchive's may be missing, and it would not say so. */
	r->entry = archive_entry_new2(r->archive);
	r->in = in;
	r->passed = passed;
	r->ctx = ctx;
	r->e = e;
	if (r->entry == NULL || archive_read_support_format_tar(r->archive) != ARCHIVE_OK)
		goto err4;
	return r;
err4:
	archive_entry_free(r->entry);
	archive_read_free(r->archive);
err3:
	free(r->back);
err2:
	free(r);
err1:
	err_set(e, ENOMEM, "reading the archive");
	return NULL;
}

void pax_read_free(struct pax_read *r)
{
	if (r == NULL)
		return;
	archive_entry_free(r->entry);
	archive_read_free(r->archive);
	free(r->extents);
	free(r->back);
	free(r);
}

/* Says once and for all why it ended, after libarchive returned ${code}.  Not everywhere does it
 * say that it got no memory, but malloc(3) has: errno was 0 before. */
static enum pax_end ended(struct pax_read *r, int code)
{
	bool starved = errno == ENOMEM || archive_errno(r->archive) == ENOMEM;

	pass_until(r, r->header);
	if (r->input_failed || (starved && code != ARCHIVE_EOF))
		r->end = PAX_FAILED;
	else if (r->headers_too_long || code == ARCHIVE_RETRY || code == ARCHIVE_WARN)
		r->end = PAX_DAMAGED;
	else if (code == ARCHIVE_EOF && r->back_end > r->back_begin)
		r->end = PAX_END;
	else
		r->end = r->input_ended ? PAX_STOPPED : PAX_DAMAGED;
	if (r->end == PAX_FAILED)
		err_set(r->e, ENOMEM, "reading the archive");
	return r->end;
}

static struct bytes bytes_of(const char *s)
{
	return (struct bytes){ s, s == NULL ? 0 : strlen(s) };
}

/* libarchive keeps the sparse map as a list; ours is an array that is reused. */
static int copy_extents(struct pax_read *r, struct pax_member *m)
{
	int count = archive_entry_sparse_reset(r->entry);
	uint64_t reached = 0;
	la_int64_t offset, length;

	if (count <= 0)
		return ARCHIVE_OK;
	if ((size_t)count > r->extents_cap) {
		struct extent *p = realloc(r->extents, (size_t)count * sizeof(*p));

		if (p == NULL) {
			r->input_failed = true;
			return ARCHIVE_FATAL;
		}
		r->extents = p;
		r->extents_cap = (size_t)count;
	}
	m->data = 0;
	while (archive_entry_sparse_next(r->entry, &offset, &length) == ARCHIVE_OK) {
		struct extent x = { (uint64_t)offset, (uint64_t)length };

		if (x.offset < reached || x.offset > m->size || x.length > m->size - x.offset)
			return ARCHIVE_WARN;
		reached = x.offset + x.length;
		m->data += x.length;
		/* libarchive ends its maps with an empty piece that marks the size. */
		if (x.length > 0)
			r->extents[m->extent_count++] = x;
	}
	m->extents = r->extents;
	return ARCHIVE_OK;
}

/* The types that pax_write makes; a hard link has no type of its own. */
static enum item_type type_of(struct archive_entry *entry, bool hardlink)
{
	if (hardlink)
		return ITEM_FILE;
	return item_type_of(archive_entry_filetype(entry));
}

static int fill_member(struct pax_read *r, struct pax_member *m)
{
	struct archive_entry *entry = r->entry;
	const char *hardlink = archive_entry_hardlink(entry);
	la_int64_t size = archive_entry_size(entry);

	*m = (struct pax_member){
		.name = bytes_of(archive_entry_pathname(entry)),
		.link = bytes_of(hardlink != NULL ? hardlink : archive_entry_symlink(entry)),
		.type = type_of(entry, hardlink != NULL),
		.hardlink = hardlink != NULL,
		.header = r->header,
		.mode = archive_entry_perm(entry) & PERMISSION_BITS,
		.uid = (uint64_t)archive_entry_uid(entry),
		.gid = (uint64_t)archive_entry_gid(entry),
		.rdev_major = (uint32_t)archive_entry_rdevmajor(entry),
		.rdev_minor = (uint32_t)archive_entry_rdevminor(entry),
		.has_mtime = archive_entry_mtime_is_set(entry) != 0,
		.has_atime = archive_entry_atime_is_set(entry) != 0,
		.mtime = { archive_entry_mtime(entry), (uint32_t)archive_entry_mtime_nsec(entry) },
		.atime = { archive_entry_atime(entry), (uint32_t)archive_entry_atime_nsec(entry) },
	};
	if (m->name.len == 0 || size < 0)
		return ARCHIVE_WARN;
	m->size = (uint64_t)size;
	m->data = m->size;
	r->size = m->size;
	return copy_extents(r, m);
}

/* Reads over what the caller left of the present member. */
static void drain(struct pax_read *r)
{
	const void *data;
	uint64_t offset;

	while (pax_read_data(r, &data, &offset) > 0)
		;
}

static int open_once(struct pax_read *r)
{
	if (r->opened)
		return ARCHIVE_OK;
	r->opened = true;
	/* archive_read_open(3) in two steps: it would not look whether it got memory for ${r}. */
	archive_read_set_read_callback(r->archive, on_read);
	if (archive_read_set_callback_data(r->archive, r) != ARCHIVE_OK)
		return ARCHIVE_FATAL;
	return archive_read_open1(r->archive);
}

/* libarchive stands at the next header now; after a failure it does not say. */
static uint64_t here(struct pax_read *r)
{
	la_int64_t at = archive_filter_bytes(r->archive, 0);

	return at < 0 ? r->header : (uint64_t)at;
}

enum pax_end pax_read_next(struct pax_read *r, struct pax_member *m)
{
	int code;

	if (r->end == PAX_MORE && r->size > 0)
		drain(r);
	if (r->end != PAX_MORE)
		return r->end;
	r->in_headers = true;
	errno = 0;
	code = open_once(r);
	r->header = here(r);
	if (code == ARCHIVE_OK)
		code = archive_read_next_header2(r->archive, r->entry);
	r->in_headers = false;
	r->reached = r->size = 0;
	if (code == ARCHIVE_OK) {
		r->header = (uint64_t)archive_read_header_position(r->archive);
		code = fill_member(r, m);
		if (errno == ENOMEM)		/* a name or a target is missing */
			code = ARCHIVE_FATAL;
	}
	if (code != ARCHIVE_OK)
		return ended(r, code);
	pass_until(r, r->header);
	return PAX_MORE;
}

ssize_t pax_read_data(struct pax_read *r, const void **data, uint64_t *offset)
{
	size_t n = 0;
	la_int64_t at = 0;
	int code = ARCHIVE_OK;

	if (r->end != PAX_MORE)
		return -1;
	errno = 0;
	while (code == ARCHIVE_OK && n == 0)
		code = archive_read_data_block(r->archive, data, &n, &at);
	if (code == ARCHIVE_EOF) {
		r->size = 0;
		return 0;
	}
	/* Beyond its own size or backwards: the sparse map contradicts itself. */
	if (code == ARCHIVE_OK && (at < 0 || (uint64_t)at < r->reached ||
				   (uint64_t)at + n > r->size))
		code = ARCHIVE_WARN;
	if (code != ARCHIVE_OK) {
		ended(r, code);
		return -1;
	}
	r->reached = (uint64_t)at + n;
	*offset = (uint64_t)at;
	return (ssize_t)n;
}

static bool any_nonzero(const uint8_t *p, size_t n)
{
	uint8_t seen = 0;

	for (size_t i = 0; i < n; i++)
		seen |= p[i];
	return seen != 0;
}

uint64_t pax_read_rest(struct pax_read *r, bool *nonzero)
{
	uint64_t begin = r->back_offset;

	*nonzero = false;
	do {
		*nonzero |= any_nonzero(r->back + r->back_begin, r->back_end - r->back_begin);
		pass_all(r);
	} while (!r->input_ended && read_input(r) > 0);
	if (r->input_failed)
		r->end = PAX_FAILED;
	return r->back_offset - begin;
}

uint64_t pax_read_position(const struct pax_read *r)
{
	return r->header;
}

const char *pax_read_complaint(const struct pax_read *r)
{
	const char *s = archive_error_string(r->archive);

	if (r->headers_too_long)
		return "extended headers beyond any that this format has";
	return s == NULL ? "" : s;
}

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "lib/bundle/bundle_write_state.h"
#include "lib/custody/manifest.h"
#include "lib/custody/sums.h"

#define NAME_LEN_MAX (ITEM_PATH_MAX + 16u)
#define SPOOL_KEEP (1u << 20)	/* bytes of the spool that stay resident between items */

#define ZEROS_PIECE (8u << 20)	/* bytes of zeros between two calls of meanwhile */

/* How an item ended, as it goes into its manifest line. */
struct outcome {
	enum gap gap;
	int oserr;
	bool member;		/* it has one */
	bool content;		/* its content was taken, be it empty */
	bool padded;
	bool plain_sum;		/* has a line in SHA256SUMS */
	bool summed;		/* checksum is filled, for the kinds that the bundle takes */
	uint64_t stored;
	uint64_t pad_from;
	uint8_t read_hash[DIGEST_LEN];		/* of the bytes read */
	uint8_t stored_hash[DIGEST_LEN];	/* of the member's content */
	uint8_t checksum[CHECKSUM_COUNT][CHECKSUM_MAX];	/* of the bytes read */
};

/* ------------------------------------------------------------ begin */

static int misuse(struct bundle_write *b, const char *what)
{
	err_set(b->e, 0, "a source of evidence broke its contract: %s", what);
	return bundle_write_fail(b);
}

/* What is wrong with the promise of an item, or NULL. */
static const char *wrong_with(const struct item *it)
{
	bool content = it->type == ITEM_FILE && it->depth != DEPTH_META && it->hardlink.len == 0;
	bool known = it->promise <= INT64_MAX;

	if (it->path.len == 0 || it->path.len > ITEM_PATH_MAX || it->link.len > ITEM_PATH_MAX ||
	    it->hardlink.len > ITEM_PATH_MAX)
		return "a path without a length, or too long";
	if (!it->live && *(const char *)it->path.p != '/')
		return "a path that is not absolute";
	if (!content && it->promise != 0)
		return "data promised for an item that has none";
	if (it->extents != NULL && (!known || !it->has_stat || it->promise > it->st.size))
		return "a sparse file without a size";
	return NULL;
}

/* Name of the member: what stands before it, then the path. */
static void set_name(struct buf *name, const char *before, struct bytes path)
{
	const char *p = path.p;
	size_t n = path.len;

	buf_clear(name);
	/* "/" itself is "[root]", and live/ does not double its slash */
	while (n > 0 && *p == '/' && (n == 1 || before[strlen(before) - 1] == '/')) {
		p++;
		n--;
	}
	buf_puts(name, before);
	buf_add(name, p, n);
}

static struct bytes bytes_of(const struct buf *b)
{
	return (struct bytes){ b->p, b->len };
}

/* Names of the member and, in our copy of the item, of what it links to. */
static void set_names(struct bundle_item *i)
{
	struct item *it = &i->it;
	bool has_form = it->type != ITEM_SOCKET && it->type != ITEM_UNKNOWN;

	set_name(&i->name, it->live ? "live/" : "[root]", it->path);
	if (it->live) /* no path of the host: never to be taken for one */
		it->path = bytes_of(&i->name);
	if (it->depth != DEPTH_CONTENT || !has_form || (!it->has_stat && !it->live))
		i->name.len = 0;
	buf_clear(&i->link);
	if (it->hardlink.len > 0)
		set_name(&i->link, "[root]", it->hardlink);
}

/* A broken directory lists a name twice, and whoever may write to a disk can make one.  A second
 * member would make the archive one that was altered; and by its name only the first can be
 * opened, so that nothing is lost. */
static void forbid_twice(struct bundle_write *b)
{
	struct bundle_item *i = &b->item;

	i->twice = i->name.len > 0 && seen_has(b->seen, bytes_of(&i->name));
	if (i->twice)
		i->name.len = 0;
}

/* A member would be padded for hours if the file did not keep such a promise. */
static void forbid_endless(struct bundle_item *i)
{
	i->refused = i->name.len > 0 && i->takes_data && !i->spools && !i->it.live &&
		     i->it.promise > ITEM_CONTENT_MAX;
	if (i->refused)
		i->name.len = 0;
}

static int item_begin(struct sink *to, const struct item *it)
{
	struct bundle_write *b = (struct bundle_write *)to;
	struct bundle_item *i = &b->item;
	const char *wrong = wrong_with(it);

	if (b->failed || b->closed || i->open)
		return misuse(b, "begin out of order");
	if (wrong != NULL)
		return misuse(b, wrong);
	bundle_write_touch(b);
	i->open = true;
	i->it = *it;
	i->takes_data = it->type == ITEM_FILE && it->depth != DEPTH_META && it->hardlink.len == 0;
	/* a size beyond what a file can have, such as FUSE may tell, is none either */
	i->spools = i->takes_data && it->promise > INT64_MAX;
	i->limit = it->promise;
	if (i->spools) {
		bool bounded = it->cap != 0 && it->cap < BUNDLE_SPOOL_MAX;

		i->limit = bounded ? it->cap : BUNDLE_SPOOL_MAX;
	}
	i->header = i->excess = false;
	i->read = i->in_extent = i->hashed = 0;
	i->extent = 0;
	i->holes_hashed = it->extents != NULL && it->st.size - it->promise <= ITEM_HOLES_HASHED;
	i->summed = i->takes_data && it->depth == DEPTH_DIGEST && !it->live &&
		    it->container.pid == 0 && (it->extents == NULL || i->holes_hashed);
	set_names(i);
	forbid_twice(b);
	forbid_endless(i);
	return i->name.failed || i->link.failed ? bundle_write_fail(b) : 0;
}

/* ------------------------------------------------------------ data */

/* Write the header with ${size} bytes to follow.  pax wants the name of a member
 * where the item has the path of a hard link, and no map of a file so long that
 * walking its holes would take hours. */
static int write_header(struct bundle_write *b, uint64_t size)
{
	struct bundle_item *i = &b->item;
	struct item shown = i->it;

	shown.hardlink = bytes_of(&i->link);
	if (shown.extents != NULL && shown.st.size > PAX_WRITE_SPARSE_MAX)
		shown.extents = NULL;
	i->header = true;
	(void)seen_add(b->seen, bytes_of(&i->name));	/* without memory nothing is known */
	return pax_write_item(b->tar, bytes_of(&i->name), &shown, size);
}

/* Bytes of the item into its hash and, where they are asked for, its checksums. */
static void hash_bytes(struct bundle_write *b, const void *data, size_t n)
{
	digest_add(b->content, data, n);
	for (unsigned k = 0; b->item.summed && k < CHECKSUM_COUNT; k++)
		if (b->checksum[k] != NULL)
			checksum_add(b->checksum[k], data, n);
}

static void meanwhile(struct bundle_write *b)
{
	if (b->o.meanwhile != NULL)
		b->o.meanwhile(b->o.meanwhile_ctx);
}

static void hash_zeros(struct bundle_write *b, uint64_t n)
{
	while (n > 0) {
		uint64_t part = n < ZEROS_PIECE ? n : ZEROS_PIECE;

		digest_add_zeros(b->content, part);
		for (unsigned k = 0; b->item.summed && k < CHECKSUM_COUNT; k++)
			if (b->checksum[k] != NULL)
				checksum_add_zeros(b->checksum[k], part);
		n -= part;
		if (n > 0)
			meanwhile(b);
	}
}

static void hash_zeros_up_to(struct bundle_write *b, uint64_t offset)
{
	struct bundle_item *i = &b->item;

	hash_zeros(b, offset > i->hashed ? offset - i->hashed : 0);
	i->hashed = offset;
}

/* The extent that the next byte belongs to, or NULL behind the last one. */
static const struct extent *next_extent(struct bundle_item *i)
{
	const struct item *it = &i->it;

	while (i->extent < it->extent_count && i->in_extent == it->extents[i->extent].length) {
		i->extent++;
		i->in_extent = 0;
	}
	return i->extent < it->extent_count ? &it->extents[i->extent] : NULL;
}

/* Data of a sparse file, whose place is that of its extents. */
static int hash_sparse(struct bundle_write *b, const char *p, size_t n)
{
	struct bundle_item *i = &b->item;

	while (n > 0) {
		const struct extent *x = next_extent(i);
		size_t part;

		if (x == NULL)
			return misuse(b, "extents shorter than their sum");
		part = x->length - i->in_extent < n ? (size_t)(x->length - i->in_extent) : n;
		if (i->holes_hashed)
			hash_zeros_up_to(b, x->offset);
		hash_bytes(b, p, part);
		i->in_extent += part;
		i->hashed = x->offset + i->in_extent;
		p += part;
		n -= part;
	}
	return 0;
}

static int hash_data(struct bundle_write *b, const void *data, size_t n)
{
	if (b->item.it.extents != NULL)
		return hash_sparse(b, data, n);
	hash_bytes(b, data, n);
	return 0;
}

static int keep_data(struct bundle_write *b, const void *data, size_t n)
{
	struct bundle_item *i = &b->item;

	if (i->name.len == 0)
		return 0;
	if (i->spools) {
		memcpy(i->spool + i->read, data, n);
		return 0;
	}
	if (!i->header && write_header(b, i->it.promise) != 0)
		return -1;
	return pax_write_data(b->tar, data, n);
}

static int item_write(struct sink *to, const void *data, size_t n)
{
	struct bundle_write *b = (struct bundle_write *)to;
	struct bundle_item *i = &b->item;

	if (b->failed || !i->open || !i->takes_data)
		return misuse(b, "write out of order");
	if (i->refused)
		return 0;
	if (n > i->limit - i->read) {
		i->excess = true;
		n = (size_t)(i->limit - i->read);
	}
	if (n == 0)
		return 0;
	if (hash_data(b, data, n) != 0 || keep_data(b, data, n) != 0)
		return bundle_write_fail(b);
	i->read += n;
	b->counts.bytes_read += n;
	return 0;
}

/* ------------------------------------------------------------ end */

static void decide_gap(const struct bundle_item *i, const struct item_end *how, struct outcome *o)
{
	bool kept_promise = i->spools || !i->takes_data || i->read == i->limit;

	o->gap = (unsigned)how->gap < GAP_COUNT ? how->gap : GAP_INTERNAL;
	o->oserr = how->oserr;
	if (i->refused) {
		if (gap_result(o->gap) <= RESULT_PARTIAL)
			o->gap = GAP_SIZE_LIMIT;
	} else if (i->twice && gap_result(o->gap) == RESULT_OK) {
		o->gap = GAP_NAME_TWICE;
	} else if (i->spools && i->excess && o->gap == GAP_NONE) {
		o->gap = GAP_SPOOL_LIMIT;
	} else if ((!i->spools && i->excess) || (o->gap == GAP_NONE && !kept_promise)) {
		o->gap = GAP_INTERNAL;
		o->oserr = EPROTO;
	}
}

static void finish_checksums(struct bundle_write *b, struct outcome *o)
{
	for (unsigned k = 0; b->item.summed && k < CHECKSUM_COUNT; k++)
		if (b->checksum[k] != NULL)
			checksum_finish(b->checksum[k], o->checksum[k]);
}

/* Hash what was read; then what a member of the promised size holds beyond it. */
static void finish_hashes(struct bundle_write *b, struct outcome *o)
{
	struct bundle_item *i = &b->item;
	const struct item *it = &i->it;
	bool sparse = it->extents != NULL;
	const struct extent *x = sparse ? next_extent(i) : NULL;
	uint64_t missing = i->spools ? 0 : i->limit - i->read;

	o->padded = i->header && missing > 0;
	o->pad_from = x != NULL ? x->offset + i->in_extent : i->read;
	if (i->holes_hashed)
		hash_zeros_up_to(b, missing > 0 ? o->pad_from : it->st.size);
	finish_checksums(b, o);
	o->summed = i->summed;
	i->summed = false;	/* what follows is ours */
	if (!o->padded) {
		digest_finish(b->content, o->read_hash);
		memcpy(o->stored_hash, o->read_hash, DIGEST_LEN);
		return;
	}
	digest_peek(b->content, o->read_hash);
	if (i->holes_hashed)
		hash_zeros_up_to(b, it->st.size);
	else
		hash_zeros(b, missing);
	digest_finish(b->content, o->stored_hash);
}

/* A file has a member if something of it came, or if it is whole and empty; of
 * anything else there is no more to have than its metadata. */
static bool wants_member(const struct bundle_item *i, const struct outcome *o)
{
	if (i->name.len == 0)
		return false;
	return !i->takes_data || i->read > 0 || o->content;
}

/* Nothing came of what was promised: the member is empty, not full of zeros. */
static void forget_promise(struct bundle_item *i)
{
	if (i->header || i->spools || i->read > 0 || i->limit == 0)
		return;
	i->limit = 0;
	i->it.extents = NULL;
	i->holes_hashed = false;
}

static int finish_member(struct bundle_write *b, struct outcome *o)
{
	struct bundle_item *i = &b->item;
	int lacks;

	if (!i->header && write_header(b, i->read) != 0)
		return -1;
	if (i->spools && pax_write_data(b->tar, i->spool, (size_t)i->read) != 0)
		return -1;
	while ((lacks = pax_write_pad(b->tar, ZEROS_PIECE)) > 0)
		meanwhile(b);
	if (lacks < 0)
		return -1;
	if (i->takes_data)
		o->stored = i->spools ? i->read : i->limit;
	b->counts.members++;
	b->counts.bytes_stored += o->stored;
	return pax_write_end(b->tar);
}

static void record_item(struct bundle_write *b, const struct item_end *how, const struct outcome *o)
{
	struct bundle_item *i = &b->item;
	bool data_only = i->it.extents != NULL && !i->holes_hashed;
	bool has_stored = o->member && i->takes_data;
	bool differs = has_stored && o->padded;
	struct manifest_entry m = {
		.seq = b->counts.objects, .it = &i->it, .end = how, .gap = o->gap,
		.oserr = o->oserr, .has_read = o->content, .read = i->read,
		.has_stored = has_stored, .stored = o->stored, .padded = o->padded,
		.pad_from = o->pad_from,
		.sha256 = o->content && !data_only ? o->read_hash : NULL,
		.sha256_data = o->content && data_only ? o->read_hash : NULL,
		.sha256_stored = differs ? o->stored_hash : NULL,
	};

	if (o->member)
		m.member = bytes_of(&i->name);
	for (unsigned k = 0; o->summed && k < CHECKSUM_COUNT; k++)
		m.checksum[k] = b->checksum[k] != NULL ? o->checksum[k] : NULL;
	manifest_line(&b->manifest, &m);
	/* nobody hashed the holes of a member that keeps them as such */
	if (has_stored && !(data_only && i->it.st.size <= PAX_WRITE_SPARSE_MAX))
		sums_line(&b->sums, o->stored_hash, m.member);
	b->counts.objects++;
	b->counts.by_gap[o->gap]++;
	b->counts.by_result[gap_result(o->gap)]++;
}

/* The next item finds the spool empty; a large one gives its memory back. */
static void close_item(struct bundle_item *i)
{
	if (i->spools && i->read > SPOOL_KEEP)
		madvise(i->spool, BUNDLE_SPOOL_MAX, MADV_DONTNEED);
	i->open = false;
}

static int item_end(struct sink *to, const struct item_end *how)
{
	struct bundle_write *b = (struct bundle_write *)to;
	struct bundle_item *i = &b->item;
	struct outcome o = { 0 };
	enum result result;

	if (b->failed || !i->open)
		return misuse(b, "end out of order");
	decide_gap(i, how, &o);
	result = gap_result(o.gap);
	o.content = i->takes_data &&
		    (i->read > 0 || result == RESULT_OK || result == RESULT_PARTIAL);
	forget_promise(i);
	if (i->header && i->limit - i->read > ITEM_CONTENT_MAX)
		return misuse(b, "far less came than it promised");
	o.member = wants_member(i, &o);
	if (o.content)
		finish_hashes(b, &o);
	if (o.member && finish_member(b, &o) != 0)
		return bundle_write_fail(b);
	record_item(b, how, &o);
	close_item(i);
	if (b->manifest.failed || b->sums.failed)
		return bundle_write_fail(b);
	return bundle_write_seal_if_full(b);
}

/* ------------------------------------------------------------ the sink itself */

int bundle_write_item_init(struct bundle_write *b)
{
	struct bundle_item *i = &b->item;
	void *spool = mmap(NULL, BUNDLE_SPOOL_MAX, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (spool == MAP_FAILED)
		return err_set(b->e, errno, "memory for files of unknown size");
	i->spool = spool;
	buf_init(&i->name, NAME_LEN_MAX);
	buf_init(&i->link, NAME_LEN_MAX);
	b->sink = (struct sink){ item_begin, item_write, item_end };
	return 0;
}

void bundle_write_item_release(struct bundle_write *b)
{
	struct bundle_item *i = &b->item;

	if (i->spool != NULL)
		munmap(i->spool, BUNDLE_SPOOL_MAX);
	buf_release(&i->name);
	buf_release(&i->link);
}

#include "lib/custody/manifest.h"

#include <string.h>
#include <sys/stat.h>

#include "lib/base/err.h"
#include "lib/base/text.h"

/* A literal whose length the compiler knows; a key with all that surrounds it. */
#define PUT(b, literal) buf_add(b, literal, sizeof(literal) - 1)
#define KEY(name) ((struct bytes){ ",\"" name "\":", sizeof(",\"" name "\":") - 1 })

static const struct {
	uint64_t bit;
	const char *word;
} attribute_words[] = {
	{ STATX_ATTR_COMPRESSED, "compressed" }, { STATX_ATTR_IMMUTABLE, "immutable" },
	{ STATX_ATTR_APPEND, "append" },	 { STATX_ATTR_NODUMP, "nodump" },
	{ STATX_ATTR_ENCRYPTED, "encrypted" },	 { STATX_ATTR_AUTOMOUNT, "automount" },
	{ STATX_ATTR_VERITY, "verity" },	 { STATX_ATTR_DAX, "dax" },
};

static void put_key(struct buf *b, struct bytes key)
{
	buf_add(b, key.p, key.len);
}

static void put_u64(struct buf *b, struct bytes key, uint64_t v)
{
	put_key(b, key);
	buf_u64(b, v);
}

/* A word of ours: needs no escaping. */
static void put_word(struct buf *b, struct bytes key, const char *word)
{
	put_key(b, key);
	buf_putc(b, '"');
	buf_puts(b, word);
	buf_putc(b, '"');
}

static void put_pair(struct buf *b, struct bytes key, uint32_t major, uint32_t minor)
{
	put_key(b, key);
	buf_putc(b, '"');
	buf_u64(b, major);
	buf_putc(b, ':');
	buf_u64(b, minor);
	buf_putc(b, '"');
}

static void put_octal(struct buf *b, struct bytes key, uint32_t v)
{
	char digits[11];
	size_t at = sizeof(digits);

	/* type bits and permissions: at least the seven digits of a plain file */
	while (v != 0 || at > sizeof(digits) - 7) {
		digits[--at] = (char)('0' + (v & 7));
		v >>= 3;
	}
	put_key(b, key);
	buf_putc(b, '"');
	buf_add(b, digits + at, sizeof(digits) - at);
	buf_putc(b, '"');
}

static void put_time(struct buf *b, struct bytes key, struct instant t)
{
	put_key(b, key);
	buf_putc(b, '[');
	buf_i64(b, t.sec);
	buf_putc(b, ',');
	buf_u64(b, t.nsec);
	buf_putc(b, ']');
}

static void put_hash(struct buf *b, struct bytes key, const uint8_t *hash, size_t n)
{
	if (hash == NULL)
		return;
	put_key(b, key);
	buf_putc(b, '"');
	text_hex(b, hash, n);
	buf_putc(b, '"');
}

/* Raw bytes as escaped text and, where that changed something, as base64. */
static void put_raw(struct buf *b, struct bytes key, struct bytes raw)
{
	if (raw.len == 0)
		return;
	put_key(b, key);
	text_json_escaped(b, raw.p, raw.len);
	if (text_is_plain(raw.p, raw.len))
		return;
	/* the key again, with _b64 before the quote and colon that end it */
	buf_add(b, key.p, key.len - 2);
	PUT(b, "_b64\":\"");
	text_base64(b, raw.p, raw.len);
	buf_putc(b, '"');
}

static void put_container(struct buf *b, const struct item_container *c)
{
	if (c->pid == 0)
		return;
	put_key(b, KEY("container"));
	PUT(b, "{\"mnt\":");
	buf_u64(b, c->mnt);
	put_u64(b, KEY("pid"), c->pid);
	if (c->runtime[0] != '\0')
		put_word(b, KEY("runtime"), c->runtime);
	if (c->id[0] != '\0') {
		put_key(b, KEY("id"));
		text_json_escaped(b, c->id, strlen(c->id));
	}
	buf_putc(b, '}');
}

static void put_head(struct buf *b, const struct manifest_entry *m)
{
	const struct item *it = m->it;

	PUT(b, "{\"seq\":");
	buf_u64(b, m->seq);
	put_word(b, KEY("category"), it->category);
	put_word(b, KEY("artifact"), it->artifact);
	put_raw(b, KEY("path"), it->path);
	put_raw(b, KEY("member"), m->member);
	put_container(b, &it->container);
	put_word(b, KEY("type"), item_type_word(it->type));
	put_word(b, KEY("depth"), item_depth_word(it->depth));
	put_word(b, KEY("result"), gap_result_word(gap_result(m->gap)));
	put_word(b, KEY("gap"), gap_word(m->gap));
}

static void put_cause(struct buf *b, const struct manifest_entry *m)
{
	if (m->gap == GAP_NONE)
		return;
	if (m->oserr != 0) {
		put_u64(b, KEY("errno"), (uint64_t)m->oserr);
		put_word(b, KEY("errname"), err_name(m->oserr));
	}
	if (m->end->syscall != NULL)
		put_word(b, KEY("syscall"), m->end->syscall);
	if (gap_result(m->gap) == RESULT_PARTIAL || m->end->offset != 0)
		put_u64(b, KEY("offset"), m->end->offset);
}

static void put_stat(struct buf *b, const struct item *it)
{
	const struct item_stat *st = &it->st;

	put_pair(b, KEY("dev"), st->dev_major, st->dev_minor);
	if (st->mnt_id != 0)
		put_u64(b, KEY("mnt"), st->mnt_id);
	if (it->fstype != NULL) {
		put_key(b, KEY("fstype"));
		text_json_escaped(b, it->fstype, strlen(it->fstype));
	}
	put_u64(b, KEY("ino"), st->ino);
	put_u64(b, KEY("nlink"), st->nlink);
	put_octal(b, KEY("mode"), st->mode);
	put_u64(b, KEY("uid"), st->uid);
	put_u64(b, KEY("gid"), st->gid);
	if (it->type == ITEM_CHARDEV || it->type == ITEM_BLOCKDEV)
		put_pair(b, KEY("rdev"), st->rdev_major, st->rdev_minor);
	put_u64(b, KEY("size"), st->size);
	put_u64(b, KEY("blocks"), st->blocks);
}

static void put_extents(struct buf *b, const struct item *it)
{
	if (it->extents == NULL)
		return;
	put_key(b, KEY("extents"));
	buf_putc(b, '[');
	for (size_t i = 0; i < it->extent_count; i++) {
		buf_puts(b, i == 0 ? "[" : ",[");
		buf_u64(b, it->extents[i].offset);
		buf_putc(b, ',');
		buf_u64(b, it->extents[i].length);
		buf_putc(b, ']');
	}
	buf_putc(b, ']');
}

static void put_content(struct buf *b, const struct manifest_entry *m)
{
	if (m->has_read)
		put_u64(b, KEY("read"), m->read);
	if (m->has_stored)
		put_u64(b, KEY("stored"), m->stored);
	if (m->padded)
		put_u64(b, KEY("pad_from"), m->pad_from);
	put_hash(b, KEY("sha256"), m->sha256, 32);
	put_hash(b, KEY("sha256_stored"), m->sha256_stored, 32);
	put_hash(b, KEY("sha256_data"), m->sha256_data, 32);
	put_hash(b, KEY("md5"), m->checksum[CHECKSUM_MD5], 16);
	put_hash(b, KEY("sha1"), m->checksum[CHECKSUM_SHA1], 20);
	put_extents(b, m->it);
	put_raw(b, KEY("link"), m->it->link);
	put_raw(b, KEY("hardlink_of"), m->it->hardlink);
}

static void put_attributes(struct buf *b, struct bytes key, uint64_t bits)
{
	bool any = false;

	for (size_t i = 0; i < sizeof(attribute_words) / sizeof(attribute_words[0]); i++) {
		if ((bits & attribute_words[i].bit) == 0)
			continue;
		if (any)
			buf_putc(b, ',');
		else
			put_key(b, key);
		buf_puts(b, any ? "\"" : "[\"");
		buf_puts(b, attribute_words[i].word);
		buf_putc(b, '"');
		any = true;
	}
	if (any)
		buf_putc(b, ']');
}

static void put_xattrs(struct buf *b, const struct item *it)
{
	struct item_xattr x;
	size_t at = 0;
	bool any = false;

	while (item_xattr_next(it->xattrs, &at, &x)) {
		if (!any)
			put_key(b, KEY("xattr"));
		buf_putc(b, any ? ',' : '{');
		text_json_escaped(b, x.name.p, x.name.len);
		PUT(b, ":\"");
		text_base64(b, x.value.p, x.value.len);
		buf_putc(b, '"');
		any = true;
	}
	if (any)
		buf_putc(b, '}');
	if (it->xattrs_oserr != 0)
		put_u64(b, KEY("xattr_errno"), (uint64_t)it->xattrs_oserr);
}

static void put_before(struct buf *b, const struct item *it)
{
	put_time(b, KEY("mtime"), it->st.mtime);
	put_time(b, KEY("atime"), it->st.atime);
	put_time(b, KEY("ctime"), it->st.ctime);
	if (it->st.has_btime)
		put_time(b, KEY("btime"), it->st.btime);
	put_attributes(b, KEY("attr"), it->st.attributes & it->st.attributes_mask);
	put_attributes(b, KEY("attr_known"), it->st.attributes_mask);
}

static bool same_time(struct instant a, struct instant b)
{
	return a.sec == b.sec && a.nsec == b.nsec;
}

/* The keys are written as if others went before; the first comma is then taken
 * for the brace that opens the object. */
static void put_after(struct buf *b, const struct item_stat *was, const struct item_stat *is)
{
	size_t begin;

	put_key(b, KEY("after"));
	begin = b->len;
	if (is->size != was->size)
		put_u64(b, KEY("size"), is->size);
	if (is->mode != was->mode)
		put_octal(b, KEY("mode"), is->mode);
	if (is->uid != was->uid)
		put_u64(b, KEY("uid"), is->uid);
	if (is->gid != was->gid)
		put_u64(b, KEY("gid"), is->gid);
	if (is->nlink != was->nlink)
		put_u64(b, KEY("nlink"), is->nlink);
	if (is->ino != was->ino)
		put_u64(b, KEY("ino"), is->ino);
	if (!same_time(is->mtime, was->mtime))
		put_time(b, KEY("mtime"), is->mtime);
	if (!same_time(is->atime, was->atime))
		put_time(b, KEY("atime"), is->atime);
	if (!same_time(is->ctime, was->ctime))
		put_time(b, KEY("ctime"), is->ctime);
	if (b->failed)
		return;
	if (b->len == begin)
		b->len = begin - (sizeof(",\"after\":") - 1);
	else
		b->p[begin] = '{';
	if (b->len > begin)
		buf_putc(b, '}');
}

const char *manifest_changed(const struct item *it, const struct item_end *end, enum gap gap)
{
	const struct item_stat *was = &it->st, *is = &end->after;
	bool both = it->has_stat && end->has_after;

	if (gap == GAP_REPLACED || (both && (was->ino != is->ino ||
					     was->dev_major != is->dev_major ||
					     was->dev_minor != is->dev_minor)))
		return "replaced";
	if (gap == GAP_SHRANK || (both && is->size < was->size))
		return "shrank";
	if (gap == GAP_GREW || (both && is->size > was->size))
		return "grew";
	if (!both)
		return end->after_oserr != 0 ? "unknown" : NULL;
	return same_time(was->mtime, is->mtime) && same_time(was->ctime, is->ctime) ? "none"
										    : "modified";
}

static void put_looks(struct buf *b, const struct manifest_entry *m)
{
	const struct item *it = m->it;
	const char *changed = manifest_changed(it, m->end, m->gap);

	if (it->has_stat && m->end->has_after)
		put_after(b, &it->st, &m->end->after);
	if (it->depth != DEPTH_META && changed != NULL)
		put_word(b, KEY("changed"), changed);
	if (it->depth != DEPTH_META && m->end->after_oserr != 0)
		put_word(b, KEY("after_errname"), err_name(m->end->after_oserr));
	if (it->noatime)
		PUT(b, ",\"noatime\":true");
	put_time(b, KEY("opened"), it->opened.realtime);
	put_time(b, KEY("closed"), m->end->closed.realtime);
	put_time(b, KEY("boot"), it->opened.boottime);
}

void manifest_line(struct buf *out, const struct manifest_entry *m)
{
	put_head(out, m);
	put_cause(out, m);
	if (m->it->has_stat)
		put_stat(out, m->it);
	put_content(out, m);
	if (m->it->has_stat)
		put_before(out, m->it);
	put_xattrs(out, m->it);
	put_looks(out, m);
	PUT(out, "}\n");
}

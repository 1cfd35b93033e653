#include "lib/custody/manifest_read.h"

#include <stdlib.h>
#include <string.h>
#include <yyjson.h>

#include "lib/base/buf.h"
#include "lib/base/text.h"
#include "lib/custody/document.h"

/* Unescaped strings are never longer than the line. */
struct manifest_read {
	yyjson_doc *doc;
	struct buf path, member, link, hardlink, fstype, container, attr;
	char *xattr;		/* of yyjson_val_write */
};

struct manifest_read *manifest_read_new(void)
{
	struct manifest_read *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	buf_init(&r->path, MANIFEST_READ_LINE_MAX);
	buf_init(&r->member, MANIFEST_READ_LINE_MAX);
	buf_init(&r->link, MANIFEST_READ_LINE_MAX);
	buf_init(&r->hardlink, MANIFEST_READ_LINE_MAX);
	buf_init(&r->fstype, MANIFEST_READ_LINE_MAX);
	buf_init(&r->container, MANIFEST_READ_LINE_MAX);
	buf_init(&r->attr, MANIFEST_READ_LINE_MAX);
	return r;
}

void manifest_read_free(struct manifest_read *r)
{
	if (r == NULL)
		return;
	yyjson_doc_free(r->doc);
	buf_release(&r->path);
	buf_release(&r->member);
	buf_release(&r->link);
	buf_release(&r->hardlink);
	buf_release(&r->fstype);
	buf_release(&r->container);
	buf_release(&r->attr);
	free(r->xattr);
	free(r);
}

/* Words: what a line of a list may show as it is. */
static const char *word_of(yyjson_val *v)
{
	const char *s = yyjson_get_str(v);

	if (s == NULL || strlen(s) != yyjson_get_len(v))
		return NULL;
	for (const char *c = s; *c != '\0'; c++) {
		if (*c <= ' ' || *c >= 0x7f)
			return NULL;
	}
	return s;
}

static int read_word(yyjson_val *root, const char *key, const char **out, struct err *e)
{
	*out = word_of(yyjson_obj_get(root, key));
	return *out != NULL ? 0 : err_set(e, 0, "no %s, or none that is a word", key);
}

static int find_word(yyjson_val *root, const char *key, const char *(*word)(int), int count)
{
	const char *s = word_of(yyjson_obj_get(root, key));

	for (int i = 0; s != NULL && i < count; i++) {
		if (strcmp(s, word(i)) == 0)
			return i;
	}
	return -1;
}

static const char *type_word(int i)
{
	return item_type_word((enum item_type)i);
}

static const char *depth_word(int i)
{
	return item_depth_word((enum depth)i);
}

static const char *result_word(int i)
{
	return gap_result_word((enum result)i);
}

static int read_words(yyjson_val *root, struct manifest_line *out, struct err *e)
{
	int type = find_word(root, "type", type_word, ITEM_TYPE_COUNT);
	int depth = find_word(root, "depth", depth_word, DEPTH_COUNT);
	int result = find_word(root, "result", result_word, RESULT_COUNT);

	if (read_word(root, "category", &out->category, e) != 0 ||
	    read_word(root, "artifact", &out->artifact, e) != 0 ||
	    read_word(root, "gap", &out->gap_word, e) != 0)
		return -1;
	if (type < 0 || depth < 0 || result < 0)
		return err_set(e, 0, "type, depth or result is no word of this format");
	out->type = (enum item_type)type;
	out->depth = (enum depth)depth;
	out->result = (enum result)result;
	out->gap = gap_by_word(out->gap_word);
	return 0;
}

/* Escaped text back to raw bytes.  1: there, 0: no such key, -1: not escaped text. */
static int read_raw(yyjson_val *root, const char *key, struct buf *b, struct bytes *out)
{
	yyjson_val *v = yyjson_obj_get(root, key);

	if (v == NULL)
		return 0;
	buf_clear(b);
	if (!yyjson_is_str(v) || text_unescape(b, yyjson_get_str(v), yyjson_get_len(v)) != 0)
		return -1;
	out->p = buf_cstr(b);
	out->len = b->len;
	return b->failed || b->len == 0 ? -1 : 1;
}

static int read_strings(struct manifest_read *r, yyjson_val *root, struct manifest_line *out,
			struct err *e)
{
	const struct {
		const char *key;
		struct buf *b;
		struct bytes *to;
		unsigned has;
	} rows[] = {
		{ "path", &r->path, &out->path, 0 },
		{ "member", &r->member, &out->member, MANIFEST_HAS_MEMBER },
		{ "link", &r->link, &out->link, MANIFEST_HAS_LINK },
		{ "hardlink_of", &r->hardlink, &out->hardlink, MANIFEST_HAS_HARDLINK },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int got = read_raw(root, rows[i].key, rows[i].b, rows[i].to);

		if (got < 0)
			return err_set(e, 0, "%s is not escaped text", rows[i].key);
		if (got > 0)
			out->has |= rows[i].has;
	}
	return out->path.len > 0 ? 0 : err_set(e, 0, "no path");
}

static int read_numbers(yyjson_val *root, struct manifest_line *out, struct err *e)
{
	const struct {
		const char *key;
		uint64_t *to;
		unsigned has;
	} rows[] = {
		{ "size", &out->size, MANIFEST_HAS_SIZE },
		{ "stored", &out->stored, MANIFEST_HAS_STORED },
		{ "uid", &out->uid, MANIFEST_HAS_UID },
		{ "gid", &out->gid, MANIFEST_HAS_GID },
		{ "nlink", &out->nlink, MANIFEST_HAS_NLINK },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		yyjson_val *v = yyjson_obj_get(root, rows[i].key);

		if (v == NULL)
			continue;
		if (!yyjson_is_uint(v))
			return err_set(e, 0, "%s is no whole number", rows[i].key);
		*rows[i].to = yyjson_get_uint(v);
		out->has |= rows[i].has;
	}
	return 0;
}

static int read_hashes(yyjson_val *root, struct manifest_line *out, struct err *e)
{
	const struct {
		const char *key;
		const char *name;
		uint8_t *to;
		size_t len;
		unsigned has;
	} rows[] = {
		{ "sha256", "SHA-256", out->sha256, 32, MANIFEST_HAS_SHA256 },
		{ "sha256_stored", "SHA-256", out->sha256_stored, 32, MANIFEST_HAS_SHA256_STORED },
		{ "sha256_data", "SHA-256", out->sha256_data, 32, MANIFEST_HAS_SHA256_DATA },
		{ "md5", "MD5", out->md5, 16, MANIFEST_HAS_MD5 },
		{ "sha1", "SHA-1", out->sha1, 20, MANIFEST_HAS_SHA1 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		yyjson_val *v = yyjson_obj_get(root, rows[i].key);
		const char *s = word_of(v);

		if (v == NULL)
			continue;
		if (s == NULL || text_unhex(rows[i].to, rows[i].len, s) != 0)
			return err_set(e, 0, "%s is no %s", rows[i].key, rows[i].name);
		out->has |= rows[i].has;
	}
	return 0;
}

/* For the eye only: a mode, a time, a word that cannot be read is left out, not refused. */
static void read_mode(yyjson_val *root, struct manifest_line *out)
{
	const char *s = word_of(yyjson_obj_get(root, "mode"));
	uint32_t mode = 0;

	if (s == NULL || strlen(s) > 8)
		return;
	for (; *s >= '0' && *s <= '7'; s++)
		mode = mode * 8 + (uint32_t)(*s - '0');
	if (*s != '\0')
		return;
	out->mode = mode;
	out->has |= MANIFEST_HAS_MODE;
}

static void read_times(yyjson_val *root, struct manifest_line *out)
{
	const struct {
		const char *key;
		struct instant *to;
		unsigned has;
	} rows[] = {
		{ "mtime", &out->mtime, MANIFEST_HAS_MTIME },
		{ "atime", &out->atime, MANIFEST_HAS_ATIME },
		{ "ctime", &out->ctime, MANIFEST_HAS_CTIME },
		{ "btime", &out->btime, MANIFEST_HAS_BTIME },
		{ "opened", &out->opened, MANIFEST_HAS_OPENED },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		yyjson_val *v = yyjson_obj_get(root, rows[i].key);
		yyjson_val *sec = yyjson_arr_get(v, 0), *nsec = yyjson_arr_get(v, 1);

		if (yyjson_arr_size(v) != 2 || !yyjson_is_int(sec) || !yyjson_is_uint(nsec) ||
		    yyjson_get_uint(nsec) > 999999999 ||
		    (yyjson_is_uint(sec) && yyjson_get_uint(sec) > INT64_MAX))
			continue;
		*rows[i].to = (struct instant){ yyjson_get_sint(sec),
						(uint32_t)yyjson_get_uint(nsec) };
		out->has |= rows[i].has;
	}
}

/* Words of an array, with a blank between; one that is no word is left out. */
static struct bytes join_words(yyjson_val *array, struct buf *b)
{
	yyjson_val *v;
	size_t i, n;

	buf_clear(b);
	yyjson_arr_foreach(array, i, n, v) {
		const char *s = word_of(v);

		if (s == NULL)
			continue;
		if (b->len > 0)
			buf_putc(b, ' ');
		buf_puts(b, s);
	}
	return (struct bytes){ buf_cstr(b), b->len };
}

static struct bytes read_container(yyjson_val *v, struct buf *b)
{
	const char *runtime = word_of(yyjson_obj_get(v, "runtime"));
	yyjson_val *id = yyjson_obj_get(v, "id"), *mnt = yyjson_obj_get(v, "mnt");

	buf_clear(b);
	if (runtime != NULL)
		buf_puts(b, runtime);
	if (yyjson_get_len(id) > 0 && yyjson_is_str(id)) {
		buf_puts(b, runtime != NULL ? ":" : "id:");
		if (text_unescape(b, yyjson_get_str(id), yyjson_get_len(id)) != 0)
			buf_clear(b);
	}
	if (b->len == 0 && yyjson_is_uint(mnt)) {
		buf_puts(b, "mnt:");
		buf_u64(b, yyjson_get_uint(mnt));
	}
	return (struct bytes){ buf_cstr(b), b->len };
}

/* For the eye only, as mode and times are. */
static void read_more(struct manifest_read *r, yyjson_val *root, struct manifest_line *out)
{
	yyjson_val *ino = yyjson_obj_get(root, "ino"), *xattr = yyjson_obj_get(root, "xattr");

	out->errname = word_of(yyjson_obj_get(root, "errname"));
	out->dev = word_of(yyjson_obj_get(root, "dev"));
	out->changed = word_of(yyjson_obj_get(root, "changed"));
	if (yyjson_is_uint(ino)) {
		out->ino = yyjson_get_uint(ino);
		out->has |= MANIFEST_HAS_INO;
	}
	if (read_raw(root, "fstype", &r->fstype, &out->fstype) < 0)
		out->fstype = (struct bytes){ 0 };
	out->container = read_container(yyjson_obj_get(root, "container"), &r->container);
	out->attr = join_words(yyjson_obj_get(root, "attr"), &r->attr);
	free(r->xattr);
	r->xattr = yyjson_is_obj(xattr) ? yyjson_val_write(xattr, 0, &out->xattr.len) : NULL;
	out->xattr.p = r->xattr;
}

int manifest_read_line(struct manifest_read *r, const char *text, size_t n,
		       struct manifest_line *out, struct err *e)
{
	yyjson_val *root, *seq;
	const char *why;

	*out = (struct manifest_line){ 0 };
	if (n > MANIFEST_READ_LINE_MAX)
		return err_set(e, 0, "longer than a line may be");
	/* FORMAT.md: strings are escaped text.  So a line can be shown as it is. */
	if (!text_is_shown(text, n))
		return err_set(e, 0, "control characters that are not escaped");
	yyjson_doc_free(r->doc);
	r->doc = NULL;
	r->doc = document_read(text, n, &why);
	if (r->doc == NULL)
		return err_set(e, 0, "not JSON: %s", why);
	root = yyjson_doc_get_root(r->doc);
	seq = yyjson_obj_get(root, "seq");
	if (!yyjson_is_uint(seq))
		return err_set(e, 0, "no seq");
	out->seq = yyjson_get_uint(seq);
	if (read_words(root, out, e) != 0 || read_strings(r, root, out, e) != 0 ||
	    read_numbers(root, out, e) != 0 || read_hashes(root, out, e) != 0)
		return -1;
	read_mode(root, out);
	read_times(root, out);
	read_more(r, root, out);
	return 0;
}

bool manifest_read_stored(const struct manifest_line *l, const uint8_t **hash)
{
	if (l->has & MANIFEST_HAS_SHA256_STORED)
		*hash = l->sha256_stored;
	else if (l->has & MANIFEST_HAS_SHA256)
		*hash = l->sha256;
	else
		*hash = l->sha256_data;
	return l->has & (MANIFEST_HAS_SHA256_STORED | MANIFEST_HAS_SHA256 |
			 MANIFEST_HAS_SHA256_DATA);
}

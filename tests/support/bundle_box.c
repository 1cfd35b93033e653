#include "tests/support/bundle_box.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/text.h"

#define ARCHIVE_MAX (256u << 20)

static int take_out(void *ctx, const void *data, size_t n)
{
	struct bundle_box *x = ctx;

	if (x->fail_at != 0 && x->out.len + n > x->fail_at) {
		errno = ENOSPC;
		return -1;
	}
	buf_add(&x->out, data, n);
	return 0;
}

static int note_seal(void *ctx)
{
	struct bundle_box *x = ctx;

	if (x->seals < BUNDLE_BOX_SEALS)
		x->sealed_at[x->seals] = x->out.len;
	x->seals++;
	return 0;
}

static void write_session(struct bundle_box *x, const struct bundle_write_options *o)
{
	uint8_t public[KEY_PUBLIC_LEN];
	char hex[DIGEST_HEX_LEN];
	struct buf text;

	key_public(o->first_key, public);
	digest_of(public, sizeof(public), x->fingerprint);
	buf_init(&text, 4096);
	buf_puts(&text, "exhibit-session-v1\nformat: 1\nsession: ");
	text_hex(&text, o->session, sizeof(o->session));
	buf_printf(&text, "\nseal-key: %s\n", digest_hex(hex, public));
	buf_printf(&text, "seal-key-sha256: %s\n", digest_hex(hex, x->fingerprint));
	ck_assert_int_eq(bundle_write_text(x->b, "CUSTODY/session.txt", text.p, text.len), 0);
	ck_assert_int_eq(bundle_write_text(x->b, "CUSTODY/README.txt", "read me\n", 8), 0);
	buf_release(&text);
}

void bundle_box_open(struct bundle_box *x, struct compress_options c, uint64_t seal_bytes)
{
	struct bundle_write_options o = { .compress = c, .seal_bytes = seal_bytes,
					  .seal_seconds = 3600, .out = take_out,
					  .sealed = note_seal, .ctx = x };

	o.meanwhile = x->meanwhile;
	o.meanwhile_ctx = x->meanwhile_ctx;
	o.recipients = x->recipient;
	o.recipient_count = x->recipient != NULL;
	o.checksums = x->checksums;
	*x = (struct bundle_box){ .fail_at = x->fail_at, .recipient = x->recipient };
	buf_init(&x->out, ARCHIVE_MAX);
	ck_assert_int_eq(digest_start(), 0);
	for (unsigned i = 0; i < sizeof(o.session); i++)
		o.session[i] = (uint8_t)(0xa0 + i);
	o.first_key = key_new(&x->e);
	ck_assert_ptr_nonnull(o.first_key);
	x->b = bundle_write_open(&o, &x->e);
	ck_assert_msg(x->b != NULL, "%s", x->e.what);
	x->to = bundle_write_sink(x->b);
	write_session(x, &o);
}

void bundle_box_close(struct bundle_box *x)
{
	int r = bundle_write_close(x->b, true, x->root);

	ck_assert_msg(r == 0, "%s", x->e.what);
}

void bundle_box_release(struct bundle_box *x)
{
	bundle_write_free(x->b);
	buf_release(&x->out);
}

struct item bundle_box_item(const char *path, enum item_type type, uint64_t promise)
{
	static const uint32_t bits[ITEM_TYPE_COUNT] = {
		[ITEM_FILE] = S_IFREG, [ITEM_DIR] = S_IFDIR, [ITEM_SYMLINK] = S_IFLNK,
		[ITEM_FIFO] = S_IFIFO, [ITEM_SOCKET] = S_IFSOCK, [ITEM_CHARDEV] = S_IFCHR,
		[ITEM_BLOCKDEV] = S_IFBLK,
	};
	struct item it = { .path = { path, strlen(path) }, .category = "logs",
			   .artifact = "test_row", .type = type, .depth = DEPTH_CONTENT,
			   .has_stat = true, .fstype = "ext4", .promise = promise };

	it.st = (struct item_stat){ .mode = bits[type] | 0640, .nlink = 1, .ino = 77,
				    .dev_major = 8, .size = promise, .mnt_id = 21,
				    .mtime = { 1700000000, 123456789 },
				    .atime = { 1700000001, 1 }, .ctime = { 1700000002, 2 } };
	it.opened = clock_read();
	return it;
}

int bundle_box_put(struct bundle_box *x, const struct item *it, const void *data, size_t n,
		   enum gap gap)
{
	struct item_end how = { .gap = gap, .has_after = it->has_stat, .after = it->st };

	if (x->to->begin(x->to, it) != 0)
		return -1;
	if (n > 0 && (x->to->write(x->to, data, n / 3) != 0 ||
		      x->to->write(x->to, (const char *)data + n / 3, n - n / 3) != 0))
		return -1;
	how.closed = clock_read();
	return x->to->end(x->to, &how);
}

/* ------------------------------------------------------------ reading */

static int on_member(void *ctx, const struct pax_member *m, enum bundle_kind kind)
{
	struct bundle_box_back *back = ctx;
	struct bundle_box_member *to = &back->members[back->count];

	ck_assert_uint_lt(back->count, BUNDLE_BOX_MEMBERS);
	back->count++;
	*to = (struct bundle_box_member){ .m = *m, .kind = kind };
	buf_init(&to->name, 1 << 20);
	buf_init(&to->link, 1 << 20);
	buf_init(&to->content, back->content_max);
	buf_add(&to->name, m->name.p, m->name.len);
	buf_add(&to->link, m->link.p, m->link.len);
	buf_cstr(&to->name);
	buf_cstr(&to->link);
	return BUNDLE_GO;
}

static void fill(struct buf *b, uint64_t until)
{
	while (!b->failed && b->len < until)
		buf_putc(b, 0);
}

static int on_data(void *ctx, const void *data, size_t n, uint64_t offset)
{
	struct bundle_box_back *back = ctx;
	struct buf *b = &back->members[back->count - 1].content;

	if (offset + n > back->content_max)
		return BUNDLE_GO;
	fill(b, offset);
	buf_add(b, data, n);
	return BUNDLE_GO;
}

static int on_member_end(void *ctx, const uint8_t *sha256)
{
	struct bundle_box_back *back = ctx;
	struct bundle_box_member *m = &back->members[back->count - 1];

	(void)sha256;
	if (m->m.size <= back->content_max)
		fill(&m->content, m->m.size);
	return BUNDLE_GO;
}

static int on_line(void *ctx, const struct manifest_line *l, const char *text, size_t n)
{
	struct bundle_box_back *back = ctx;

	(void)l;
	buf_add(&back->lines, text, n);
	buf_putc(&back->lines, '\n');
	return BUNDLE_GO;
}

static int on_finding(void *ctx, const struct finding *f)
{
	struct bundle_box_back *back = ctx;

	buf_printf(&back->findings, "%s (%s) ", finding_word(f->id), finding_text(f->id));
	text_escape(&back->findings, f->member.p, f->member.len);
	buf_putc(&back->findings, '\n');
	return BUNDLE_GO;
}

struct source {
	const char *p;
	size_t left;
};

static ssize_t give(void *ctx, void *data, size_t n)
{
	struct source *from = ctx;

	if (n > from->left)
		n = from->left;
	if (n == 0) /* there may be no bytes to point to at all */
		return 0;
	memcpy(data, from->p, n);
	from->p += n;
	from->left -= n;
	return (ssize_t)n;
}

int bundle_box_read(struct bundle_box_back *back, const void *archive, size_t n)
{
	static const struct bundle_visitor visitor = {
		.member = on_member, .data = on_data, .member_end = on_member_end,
		.line = on_line, .finding = on_finding,
	};
	struct source from = { archive, n };
	struct err e = { 0 };
	uint64_t max = back->content_max != 0 ? back->content_max : 8u << 20;
	int r;

	*back = (struct bundle_box_back){ .content_max = max };
	buf_init(&back->lines, 64u << 20);
	buf_init(&back->findings, 1u << 20);
	r = bundle_read(give, &from, &visitor, back, &back->facts, &e);
	ck_assert_msg(r >= 0, "%s", e.what);
	return r;
}

void bundle_box_back_release(struct bundle_box_back *back)
{
	for (size_t i = 0; i < back->count; i++) {
		buf_release(&back->members[i].name);
		buf_release(&back->members[i].link);
		buf_release(&back->members[i].content);
	}
	buf_release(&back->lines);
	buf_release(&back->findings);
}

const struct bundle_box_member *bundle_box_find(const struct bundle_box_back *back,
						const char *name)
{
	for (size_t i = 0; i < back->count; i++)
		if (back->members[i].name.len == strlen(name) &&
		    memcmp(back->members[i].name.p, name, strlen(name)) == 0)
			return &back->members[i];
	return NULL;
}

const char *bundle_box_line(struct bundle_box_back *back, const char *path)
{
	char wanted[512];
	const char *at, *end;
	struct buf *kept = &back->findings;

	snprintf(wanted, sizeof(wanted), ",\"path\":\"%s\",", path);
	at = strstr(buf_cstr(&back->lines), wanted);
	if (at == NULL)
		return NULL;
	while (at > back->lines.p && at[-1] != '\n')
		at--;
	end = strchr(at, '\n');
	buf_clear(kept);
	buf_add(kept, at, (size_t)(end - at));
	return buf_cstr(kept);
}

#include "workstation/cmd/cat_out.h"

#include <errno.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/fd.h"
#include "lib/base/text.h"
#include "workstation/parse/unpack.h"

static int write_out(struct cat_out *o, const char *p, size_t n)
{
	return fd_write_all(o->fd, p, n) == 0 ? 0 : err_set(o->e, errno, "writing the output");
}

/* A piece of the line, which ends with it or not. */
static int write_line(struct cat_out *o, const char *p, size_t n)
{
	bool ends = n > 0 && p[n - 1] == '\n';
	struct buf b;
	int r;

	if (!o->how.escaped)
		return write_out(o, p, n);
	buf_init(&b, 4 * n + 1);
	text_escape(&b, p, ends ? n - 1 : n);
	if (ends || o->cut)
		buf_putc(&b, '\n');
	r = b.failed ? err_set(o->e, 0, "no memory for a line") : write_out(o, b.p, b.len);
	buf_release(&b);
	return r;
}

/* Plain bytes; an unpack_take. */
static int take(void *ctx, const void *data, size_t n)
{
	struct cat_out *o = ctx;
	const char *p = data, *end;
	uint64_t from = o->pos;

	o->pos += n;
	if (!o->how.line)
		return write_out(o, p, n);
	if (o->done || o->pos <= o->how.at)
		return 0;
	if (!o->found) {
		p += o->how.at - from;
		n -= (size_t)(o->how.at - from);
		o->found = true;
	}
	end = memchr(p, '\n', n);
	o->done = end != NULL;
	if (end != NULL)
		n = (size_t)(end - p) + 1;
	if (n > CAT_OUT_LINE_MAX - o->written) {
		n = CAT_OUT_LINE_MAX - o->written;
		o->done = o->cut = true;
	}
	o->written += n;
	return write_line(o, p, n);
}

int cat_out_begin(struct cat_out *o, int fd, const struct cat_out_how *how, struct err *e)
{
	*o = (struct cat_out){ .fd = fd, .how = *how, .e = e };
	if (!how->unpacked && !how->line)
		return 0;
	o->unpack = unpack_new(UINT64_MAX, take, o);
	return o->unpack != NULL ? 0 : err_set(e, 0, "no memory to unpack");
}

void cat_out_release(struct cat_out *o)
{
	unpack_free(o->unpack);
	o->unpack = NULL;
}

int cat_out_add(struct cat_out *o, const void *data, size_t n)
{
	return o->unpack != NULL ? unpack_add(o->unpack, data, n) : take(o, data, n);
}

int cat_out_end(struct cat_out *o)
{
	enum unpack_end end = UNPACK_WHOLE;

	if (o->unpack != NULL && unpack_finish(o->unpack, &end) != 0)
		return -1;
	if (o->done)
		return 0;
	if (end != UNPACK_WHOLE)
		return err_set(o->e, 0, "%s: %s", unpack_name(unpack_kind(o->unpack)),
			       unpack_word(end));
	if (o->how.line && !o->found)
		return err_set(o->e, 0, "it has %llu bytes, and none at offset %llu",
			       (unsigned long long)o->pos, (unsigned long long)o->how.at);
	return 0;
}

#include "workstation/cmd/cat_out.h"

#include <errno.h>
#include <string.h>

#include "lib/base/fd.h"
#include "workstation/parse/unpack.h"

static int write_out(struct cat_out *o, const char *p, size_t n)
{
	return fd_write_all(o->fd, p, n) == 0 ? 0 : err_set(o->e, errno, "writing the output");
}

/* Plain bytes; an unpack_take. */
static int take(void *ctx, const void *data, size_t n)
{
	struct cat_out *o = ctx;
	const char *p = data, *end;
	uint64_t from = o->pos;

	o->pos += n;
	if (o->at == CAT_OUT_ALL)
		return write_out(o, p, n);
	if (o->done || o->pos <= o->at)
		return 0;
	if (!o->found) {
		p += o->at - from;
		n -= (size_t)(o->at - from);
		o->found = true;
	}
	end = memchr(p, '\n', n);
	o->done = end != NULL;
	return write_out(o, p, end != NULL ? (size_t)(end - p) + 1 : n);
}

int cat_out_begin(struct cat_out *o, int fd, bool unpacked, uint64_t at, struct err *e)
{
	*o = (struct cat_out){ .fd = fd, .at = at, .e = e };
	if (!unpacked && at == CAT_OUT_ALL)
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
	if (o->at != CAT_OUT_ALL && !o->found)
		return err_set(o->e, 0, "it has %llu bytes, and none at offset %llu",
			       (unsigned long long)o->pos, (unsigned long long)o->at);
	return 0;
}

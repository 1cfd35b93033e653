#include "workstation/export/export.h"

#include <errno.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/fd.h"
#include "lib/base/text.h"
#include "workstation/export/export_form.h"

#define FLUSH_AT 65536u
#define OUT_MAX (256u << 20) /* bytes of one row */
#define NS 1000000000

int export_flush(struct export *x, bool all)
{
	if (x->out.failed)
		return err_set(x->e, ENOMEM, "exporting");
	if (!all && x->out.len < FLUSH_AT)
		return 0;
	if (x->out.len > 0 && fd_write_all(x->fd, x->out.p, x->out.len) != 0)
		return err_set(x->e, errno, "writing the export");
	buf_clear(&x->out);
	return 0;
}

int export_each(struct export *x, const char *sql, export_row *row)
{
	struct case_query *q CLEANUP(case_query_close) = NULL;
	int r = case_query_open(&q, x->db, sql, x->e);

	while (r == 0 && (r = case_query_step(q, x->e)) > 0) {
		row(x, q);
		x->rows++;
		r = export_flush(x, false);
	}
	return r;
}

void export_text(struct buf *b, struct bytes text)
{
	if (text.len == 0 || text_is_shown(text.p, text.len))
		buf_add(b, text.p, text.len);
	else
		text_escape(b, text.p, text.len);
}

void export_json(struct buf *b, struct bytes text)
{
	if (text.len == 0)
		buf_puts(b, "\"\"");
	else if (text_is_shown(text.p, text.len))
		text_json(b, text.p, text.len);
	else
		text_json_escaped(b, text.p, text.len);
}

static void begin_member(struct buf *b, const char *name)
{
	if (b->len > 0 && b->p[b->len - 1] != '{')
		buf_putc(b, ',');
	buf_printf(b, "\"%s\":", name);
}

void export_member(struct buf *b, const char *name, struct bytes text)
{
	if (text.p == NULL)
		return;
	begin_member(b, name);
	export_json(b, text);
}

void export_number(struct buf *b, const char *name, int64_t v)
{
	if (v == CASE_NULL)
		return;
	begin_member(b, name);
	buf_i64(b, v);
}

void export_time(struct buf *b, int64_t ns, const char *zone)
{
	int64_t sec = ns / NS - (ns % NS < 0);
	char utc[CLOCK_UTC_LEN], *dot;

	clock_utc(utc, (struct instant){ sec, (uint32_t)(ns - sec * NS) });
	dot = strrchr(utc, '.');
	if (dot != NULL)
		dot[7] = '\0';
	buf_printf(b, "%s%s", utc, zone);
}

void export_append(struct buf *b, const struct buf *more)
{
	b->failed |= more->failed;
	buf_add(b, more->p, more->len);
}

struct bytes export_base(struct bytes path)
{
	const char *slash = path.len == 0 ? NULL : memrchr(path.p, '/', path.len);
	size_t skip = slash == NULL ? 0 : (size_t)(slash - (const char *)path.p) + 1;

	return (struct bytes){ (const char *)path.p + skip, path.len - skip };
}

bool export_needs_rules(enum export_form form)
{
	return form == EXPORT_CASE || form == EXPORT_STIX;
}

bool export_makes_files(enum export_form form)
{
	return form == EXPORT_JSONL;
}

static int (*const forms[])(struct export *x) = {
#define EXPORT(id, option, help) [EXPORT_##id] = export_##option,
#include "workstation/export/export.def"
#undef EXPORT
};

int export_write(struct case_db *db, enum export_form form, int fd, struct err *e)
{
	struct export x = { .db = db, .fd = fd, .e = e };
	int r;

	buf_init(&x.out, OUT_MAX);
	r = forms[form](&x);
	if (r == 0)
		r = export_flush(&x, true);
	buf_release(&x.out);
	return r;
}

/*
 * export_form: what the forms of an export share, and the forms, each in its own file.
 *
 * A form appends to x->out and calls export_flush now and then; export_each does so for one
 * that is nothing but a query.  Text comes out of the case escaped, so it is valid UTF-8 without
 * control characters; of a case that somebody else made that is not certain, and text that is not
 * so is escaped here.
 */
#ifndef EXHIBIT_EXPORT_EXPORT_FORM_H
#define EXHIBIT_EXPORT_EXPORT_FORM_H

#include <stdbool.h>

#include "lib/base/buf.h"
#include "workstation/case/case_query.h"

struct export {
	struct buf out;
	struct case_db *db;
	int fd;
	struct err *e;
	int64_t rows; /* written so far */
};

/* Write what was gathered, if it is much, or ${all} of it.  Return 0, or -1 with x->e. */
int export_flush(struct export *x, bool all);

/**
 * export_each(x, sql, row):
 * Call ${row} for each row of ${sql}; it appends to x->out.  Return 0, or -1 with x->e.
 */
typedef void export_row(struct export *x, struct case_query *q);
int export_each(struct export *x, const char *sql, export_row *row);

/* Append text of the case as it is safe; as a JSON string. */
void export_text(struct buf *b, struct bytes text);
void export_json(struct buf *b, struct bytes text);

/* Append `"name":` and the string, with a comma before it unless the last byte is a brace, and
 * nothing if p is NULL; the same for a number, nothing for CASE_NULL. */
void export_member(struct buf *b, const char *name, struct bytes text);
void export_number(struct buf *b, const char *name, int64_t v);

/* Append a time, nanoseconds since 1970, as RFC 3339 with microseconds, and ${zone} behind it:
 * "Z" or "+00:00". */
void export_time(struct buf *b, int64_t ns, const char *zone);

/* Append what is in ${more}; a failure of that is one of ${b}. */
void export_append(struct buf *b, const struct buf *more);

/* What is behind the last slash of a path. */
struct bytes export_base(struct bytes path);

/* The forms of export.def. */
#define EXPORT(id, option, help) int export_##option(struct export *x);
#include "workstation/export/export.def"
#undef EXPORT

#endif

/*
 * case_query: reading a case by SQL, without its users seeing SQLite.
 *
 *	struct case_query *q CLEANUP(case_query_close) = NULL;
 *	if (case_query_open(&q, db, "SELECT path, size FROM object WHERE host = ?", e) == 0) {
 *		case_query_bind(q, 1, host);
 *		while ((r = case_query_step(q, e)) > 0)
 *			... case_query_text(q, 0), case_query_int(q, 1)
 *	}
 *
 * SQL is ours and constant; what is not goes through the parameters.
 */
#ifndef EXHIBIT_CASE_CASE_QUERY_H
#define EXHIBIT_CASE_CASE_QUERY_H

#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/err.h"
#include "workstation/case/db.h"

struct case_query;

/**
 * case_query_open(q, db, sql, e):
 * Prepare one statement.  Return 0, or -1 with ${e}: a mistake in it.
 */
int case_query_open(struct case_query **q, struct case_db *db, const char *sql, struct err *e);

/* Release it; NULL is allowed.  Sets it to NULL; made for CLEANUP. */
void case_query_close(struct case_query **q);

/* Give the parameter number ${at}, from 1, a value; CASE_NULL and p NULL are NULL.  TEXT of
 * the database is escaped: so has to be what is compared with it. */
void case_query_bind(struct case_query *q, int at, int64_t value);
void case_query_bind_text(struct case_query *q, int at, struct bytes text);
void case_query_bind_blob(struct case_query *q, int at, struct bytes blob);

/* The same by the parameter's name, ":host"; one that the statement has not is no mistake. */
void case_query_bind_as(struct case_query *q, const char *name, int64_t value);
void case_query_bind_text_as(struct case_query *q, const char *name, struct bytes text);

/**
 * case_query_step(q, e):
 * Go to the next row.  Return 1 if there is one, 0 behind the last, -1 with ${e}.
 */
int case_query_step(struct case_query *q, struct err *e);

/* Begin anew, with the values kept. */
void case_query_reset(struct case_query *q);

/* Number of columns, and name of one, valid until the next step. */
int case_query_columns(struct case_query *q);
const char *case_query_name(struct case_query *q, int column);

/* A column of the row, from 0.  CASE_NULL and p NULL: it is NULL.  Bytes are valid until the
 * next step; blobs come as they are, text escaped as it lies there. */
int64_t case_query_int(struct case_query *q, int column);
struct bytes case_query_text(struct case_query *q, int column);

#endif

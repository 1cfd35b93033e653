/*
 * page: what the sections of a report share: the case, the page, and tables out of SQL.
 */
#ifndef EXHIBIT_REPORT_PAGE_H
#define EXHIBIT_REPORT_PAGE_H

#include "workstation/case/case_query.h"
#include "workstation/report/html.h"
#include "workstation/report/rules.h"

struct page {
	struct html html;
	struct case_db *db;
	struct err *e;
	const char *name; /* what the verbs that show the rest are to be given */
	int64_t from, to; /* window of the timeline, nanoseconds */
	int64_t hosts;    /* how many there are: one needs no column */
};

/* How a column is written. */
enum column {
	COLUMN_TEXT, /* words */
	COLUMN_CODE, /* what stands in the evidence, cut where it is very long */
	COLUMN_NUMBER,
	COLUMN_TIME,
	COLUMN_HASH,
	COLUMN_MEMBER /* object: link to the index of evidence, text of the next column */
};

struct table {
	const char *id, *caption;
	const char *sql;  /* one column for each of ${columns} */
	const char *more; /* verb that shows all, or NULL */
	int limit;        /* rows */
	int columns;
	struct {
		const char *heading;
		enum column kind;
	} column[10];
};

/**
 * page_table(p, t):
 * Write ${t} with a caption, and behind it how many rows there are more, and the command that
 * shows them.  A table without a row becomes a sentence that says so.  Return 0, or -1.
 */
int page_table(struct page *p, const struct table *t);

/**
 * page_int(p, sql, out):
 * The first column of the first row of ${sql}; CASE_NULL without one.  Return 0, or -1.
 */
int page_int(struct page *p, const char *sql, int64_t *out);

/**
 * page_each(p, sql, row, ctx):
 * Call ${row} for each row of ${sql} until it returns other than 0.  Return 0, or -1.
 */
typedef int page_row(struct page *p, struct case_query *q, void *ctx);
int page_each(struct page *p, const char *sql, page_row *row, void *ctx);

#endif

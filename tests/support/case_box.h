/*
 * case_box: a case in memory that a test fills, by SQL or through the loaders, and looks into.
 * Each call fails the test if the case does.
 */
#ifndef EXHIBIT_TESTS_CASE_BOX_H
#define EXHIBIT_TESTS_CASE_BOX_H

#include <stdint.h>

#include "workstation/case/db.h"
#include "workstation/case/loader.h"

struct case_box {
	struct case_db *db;
	struct case_host facts; /* what loaders are told; all of host 1 */
	const struct zone *zone; /* of its clocks; NULL: the one that facts.tz names */
	struct loader_run run;  /* what loaders keep until the steps of finish.def */
	struct err e;
};

/* An empty case with one host, number 1, in UTC; and its end. */
void case_box_open(struct case_box *box);
void case_box_close(struct case_box *box);

/* Run statements; the first column of the first row of a query as a number (CASE_NULL: none, or
 * NULL), or as text, in static memory until the next call ("" : none; "NULL"). */
void case_box_sql(struct case_box *box, const char *sql);
int64_t case_box_int(struct case_box *box, const char *sql);
const char *case_box_text(struct case_box *box, const char *sql);

/* Give ${n} bytes as the file ${path} to every loader that wants it, and return how many did;
 * of ${mtime} in nanoseconds.  The object is a row of its own. */
unsigned case_box_give(struct case_box *box, const char *path, const void *data, size_t n);
unsigned case_box_give_at(struct case_box *box, const char *path, int64_t mtime, const void *data,
			  size_t n);

/* Run the steps of finish.def. */
void case_box_finish(struct case_box *box);

#endif

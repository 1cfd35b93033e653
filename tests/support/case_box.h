/*
 * case_box: a case in memory that a test fills by SQL and looks into.
 */
#ifndef EXHIBIT_TESTS_CASE_BOX_H
#define EXHIBIT_TESTS_CASE_BOX_H

#include <stdint.h>

#include "workstation/case/db.h"

struct case_box {
	struct case_db *db;
};

/* Open an empty case of its own; run statements; the first column of the first row.  Each
 * fails the test if the case does. */
void case_box_open(struct case_box *box);
void case_box_close(struct case_box *box);
void case_box_sql(struct case_box *box, const char *sql);
int64_t case_box_int(struct case_box *box, const char *sql);

#endif

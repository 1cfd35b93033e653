/*
 * db_state: the inside of struct case_db, for the files of workstation/case that call SQLite.
 */
#ifndef EXHIBIT_CASE_DB_STATE_H
#define EXHIBIT_CASE_DB_STATE_H

#include <sqlite3.h>

#include "lib/base/buf.h"
#include "workstation/case/db.h"

/* More columns than any table has. */
#define DB_COLUMNS_MAX 64u

struct case_db {
	sqlite3 *sqlite;			/* owned */
	sqlite3_stmt *insert[DB_TABLES];	/* made when first used; NULL before */
	struct buf text[DB_COLUMNS_MAX];	/* escaped text of the row that is put */
	int64_t host;				/* of rows that are put */
};

/* Note what SQLite says in ${e}, as the failure of ${what}; -1. */
int db_fail(struct case_db *db, const char *what, struct err *e);

/* Give SQL its function history_setting, for statements and not for schemas.  SQLITE_OK, or not. */
int db_functions(struct case_db *db);

#endif

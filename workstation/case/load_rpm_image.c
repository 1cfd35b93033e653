/*
 * rpm's database in SQLite.  SQLite reads it from memory: no file, no log, no lock, nothing of it
 * is believed (sqlite.org/security.html).
 */
#include <sqlite3.h>

#include "workstation/case/load_rpm.h"

/* Bytes 18 and 19 of the file: 1 is a database without, 2 one with a write-ahead log. */
enum { WRITE_VERSION = 18, READ_VERSION = 19 };

static int open_image(sqlite3 **db, uint8_t *image, size_t n)
{
	int r = sqlite3_open_v2(":memory:", db, SQLITE_OPEN_READWRITE, NULL);

	if (r != SQLITE_OK)
		return r;
	sqlite3_db_config(*db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(*db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(*db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(*db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	return sqlite3_deserialize(*db, "main", image, (sqlite3_int64)n, (sqlite3_int64)n,
				   SQLITE_DESERIALIZE_READONLY);
}

/* All rows that can be read; *${why} is what SQLite says at the end. */
static int put_rows(struct loading *l, sqlite3 *db, int *why)
{
	sqlite3_stmt *s = NULL;
	int r = 0;

	*why = sqlite3_exec(db, "PRAGMA cell_size_check = ON; PRAGMA query_only = ON", NULL, NULL, NULL);
	if (*why == SQLITE_OK)
		*why = sqlite3_prepare_v2(db, "SELECT blob FROM Packages", -1, &s, NULL);
	while (r == 0 && s != NULL && (*why = sqlite3_step(s)) == SQLITE_ROW) {
		struct bytes blob = { sqlite3_column_blob(s, 0), 0 };

		blob.len = (size_t)sqlite3_column_bytes(s, 0);
		r = load_rpm_header(l, blob, CASE_NULL);
	}
	sqlite3_finalize(s);
	return r;
}

int load_rpm_image(struct loading *l, uint8_t *image, size_t n)
{
	sqlite3 *db = NULL;
	int why, r = 0;

	if (n > READ_VERSION) {
		image[WRITE_VERSION] = 1;
		image[READ_VERSION] = 1;
	}
	why = open_image(&db, image, n);
	if (why == SQLITE_OK)
		r = put_rows(l, db, &why);
	if (r == 0 && why != SQLITE_OK && why != SQLITE_DONE)
		r = case_note(l, CASE_NULL, CASE_NULL, "unreadable", "SQLite: %s", sqlite3_errstr(why));
	sqlite3_close(db);
	return r;
}

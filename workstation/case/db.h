/*
 * db: the case database, one SQLite file for one case, and rows put into it.
 *
 * tables.def is the schema: for each table T of it there are here
 *
 *	struct case_T			a row, a field for each column
 *	case_init_T(row)		everything unknown
 *	case_put_T(db, row, e)		insert it; case_last(db) is its number then
 *
 * with the types of the columns' kinds: REF, INT and TIME int64_t (CASE_NULL: not known), TEXT
 * struct bytes, raw, escaped by case_put_T (docs/FORMAT.md section 1; p NULL: not known), WORD
 * const char * (NULL: not known), HASH struct bytes, kept as they are.
 *
 * A file is a case if its application_id is DB_APPLICATION, and ours if its user_version is
 * DB_SCHEMA; both stand in its header (sqlite.org/fileformat2.html, offsets 68 and 60).
 * Reading is for everybody: SQLite's own shell opens it.  Queries: case_query.h.
 */
#ifndef EXHIBIT_CASE_DB_H
#define EXHIBIT_CASE_DB_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/err.h"
#include "workstation/case/tables.def"

#define CASE_NULL INT64_MIN	/* no value, of REF, INT and TIME */

#define DB_APPLICATION 0x45584243	/* "EXBC" */
#define DB_SCHEMA 2
#define DB_TEXT_MAX (64u << 20)		/* bytes of one TEXT, escaped; longer ones are cut */

#define CASE_TYPE_REF int64_t
#define CASE_TYPE_INT int64_t
#define CASE_TYPE_TIME int64_t
#define CASE_TYPE_TEXT struct bytes
#define CASE_TYPE_WORD const char *
#define CASE_TYPE_HASH struct bytes

/* Structs case_session, case_object ...; and case_host. */
#define CASE_FIELD(kind, name, help) CASE_TYPE_##kind name;
#define CASE_STRUCT(name, columns, help) struct case_##name { columns(CASE_FIELD) };
CASE_TABLES(CASE_STRUCT)
CASE_STRUCT(host, CASE_HOST, )

enum db_table_id {
#define CASE_ID(name, columns, help) DB_TABLE_##name,
	CASE_TABLES(CASE_ID)
	DB_TABLE_host,
	DB_TABLES
};

enum db_kind { DB_REF, DB_INT, DB_TIME, DB_TEXT, DB_WORD, DB_HASH };

/* A table as data, for who makes something of all of them. */
struct db_column {
	const char *name;
	enum db_kind kind;
	size_t offset;		/* of the field in the struct */
	const char *help;
};

struct db_table {
	const char *name;
	const char *help;
	const struct db_column *columns;
	size_t count;
};

struct case_db;

/* What is opened. */
enum db_how {
	DB_CREATE,	/* a file that is empty: no journal on disk and no sync until db_sync */
	DB_WRITE,	/* a case that is there, to add to: with a rollback journal beside it */
	DB_READ,	/* a case that is there: nothing is written */
	DB_TEMPORARY	/* a new one, in a file of $TMPDIR that has no name any more; the name is
			 * not used */
};

/**
 * db_open(out, name, how, e):
 * Open the case ${name}.  Return 0 with *${out} owned by the caller, or -1 with a sentence in
 * ${e}: not there, no SQLite file, no case, of another version, in use.
 */
int db_open(struct case_db **out, const char *name, enum db_how how, struct err *e);

/* Close it; what was not committed is undone.  NULL is allowed.  Sets it to NULL; made for
 * CLEANUP. */
void db_close(struct case_db **db);

/**
 * db_begin(db, e), db_commit(db, e), db_rollback(db):
 * One transaction.  Return 0, or -1 with ${e}: the disk is full, say.  A transaction that
 * failed is rolled back.
 */
int db_begin(struct case_db *db, struct err *e);
int db_commit(struct case_db *db, struct err *e);
void db_rollback(struct case_db *db);

/**
 * db_index(db, when, e):
 * Make the indexes of indexes.def that belong to ${when}, unless they are there.
 */
enum db_when { DB_AFTER_INVENTORY, DB_AFTER_CONTENT };
int db_index(struct case_db *db, enum db_when when, struct err *e);

/* The host to which rows belong that are put from now on. */
void db_host(struct case_db *db, int64_t host);

/* Remove the host and all that belongs to it. */
int db_forget(struct case_db *db, int64_t host, struct err *e);

/* The table of that number, or NULL behind the last one. */
const struct db_table *db_table(enum db_table_id id);

/* Behind the functions below: fill a row with nothing; insert it. */
void db_init(enum db_table_id id, void *row);
int db_put(struct case_db *db, enum db_table_id id, const void *row, struct err *e);

/* Number of the row that was put last. */
int64_t db_last(struct case_db *db);
static inline int64_t case_last(struct case_db *db)
{
	return db_last(db);
}

/* Run statements that give no rows. */
int db_exec(struct case_db *db, const char *sql, struct err *e);
static inline int case_exec(struct case_db *db, const char *sql, struct err *e)
{
	return db_exec(db, sql, e);
}

/* case_init_T and case_put_T of every table. */
#define CASE_FUNCTIONS(name, columns, help) \
	static inline void case_init_##name(struct case_##name *row) \
	{ \
		db_init(DB_TABLE_##name, row); \
	} \
	static inline int case_put_##name(struct case_db *db, const struct case_##name *row, \
					  struct err *e) \
	{ \
		return db_put(db, DB_TABLE_##name, row, e); \
	}
CASE_TABLES(CASE_FUNCTIONS)
CASE_FUNCTIONS(host, CASE_HOST, )

/* db_update_host(db, id, row, e): write ${row} over host ${id}. */
int db_update_host(struct case_db *db, int64_t id, const struct case_host *row, struct err *e);

#endif

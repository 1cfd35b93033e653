#include "workstation/case/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "workstation/case/db_state.h"
#include "workstation/case/views.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Pages that SQLite keeps, KiB: the upper levels of the indexes of some ten million rows. */
#define CACHE "262144"

int db_fail(struct case_db *db, const char *what, struct err *e)
{
	return err_set(e, 0, "case database: %.80s: %.120s", what,
		       db->sqlite != NULL ? sqlite3_errmsg(db->sqlite) : "no memory");
}

int db_exec(struct case_db *db, const char *sql, struct err *e)
{
	return sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL) == SQLITE_OK ? 0
									    : db_fail(db, sql, e);
}

/* One number that a statement gives; 0 if it gives none. */
static int64_t ask(struct case_db *db, const char *sql)
{
	sqlite3_stmt *s = NULL;
	int64_t n = 0;

	if (sqlite3_prepare_v2(db->sqlite, sql, -1, &s, NULL) == SQLITE_OK &&
	    sqlite3_step(s) == SQLITE_ROW)
		n = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return n;
}

static int create_table(struct case_db *db, const struct db_table *t, bool has_host, struct err *e)
{
	static const char *const types[] = {
		[DB_REF] = "INTEGER", [DB_INT] = "INTEGER", [DB_TIME] = "INTEGER",
		[DB_TEXT] = "TEXT",   [DB_WORD] = "TEXT",   [DB_HASH] = "BLOB",
	};
	struct buf sql;
	int r;

	buf_init(&sql, 1 << 16);
	buf_printf(&sql, "CREATE TABLE \"%s\" (id INTEGER PRIMARY KEY%s", t->name,
		   has_host ? ", host INTEGER NOT NULL" : "");
	for (size_t i = 0; i < t->count; i++)
		buf_printf(&sql, ", \"%s\" %s", t->columns[i].name, types[t->columns[i].kind]);
	buf_puts(&sql, ")");
	r = db_exec(db, buf_cstr(&sql), e);
	buf_release(&sql);
	return r;
}

/* The schema, in one transaction: a file has all of it or none. */
static int create(struct case_db *db, struct err *e)
{
	char marks[160];

	snprintf(marks, sizeof(marks),
		 "PRAGMA application_id = %d; PRAGMA user_version = %d; "
		 "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT)",
		 DB_APPLICATION, DB_SCHEMA);
	if (db_begin(db, e) != 0 || db_exec(db, marks, e) != 0)
		return -1;
	for (int i = 0; i < DB_TABLES; i++)
		if (create_table(db, db_table((enum db_table_id)i), i != DB_TABLE_host, e) != 0)
			return -1;
	if (views_create(db, e) != 0)
		return -1;
	return db_commit(db, e);
}

/* Somebody else's file may be anything. */
static int check(struct case_db *db, const char *name, struct err *e)
{
	int64_t application, schema;

	if (sqlite3_exec(db->sqlite, "SELECT 1 FROM sqlite_schema", NULL, NULL, NULL) != SQLITE_OK)
		return err_set(e, 0, "%.150s: %.80s", name, sqlite3_errmsg(db->sqlite));
	application = ask(db, "PRAGMA application_id");
	schema = ask(db, "PRAGMA user_version");
	if (application != DB_APPLICATION)
		return err_set(e, 0, "%.180s is no case of exhibit", name);
	if (schema != DB_SCHEMA)
		return err_set(e, 0,
			       "%.100s is a case of schema %lld; this version reads %d: "
			       "load the archives anew",
			       name, (long long)schema, DB_SCHEMA);
	return 0;
}

/* An empty file in $TMPDIR, or /var/tmp, where there is more room than in memory. */
static int make_temporary(char *name, size_t n, struct err *e)
{
	const char *folder = getenv("TMPDIR");
	int fd;

	if (folder == NULL || folder[0] != '/')
		folder = "/var/tmp";
	if (snprintf(name, n, "%s/exhibit-case-XXXXXX", folder) >= (int)n)
		return err_set(e, ENAMETOOLONG, "TMPDIR");
	fd = mkostemp(name, O_CLOEXEC);
	if (fd < 0)
		return err_set(e, errno, "making a temporary case in %.150s", folder);
	close(fd);
	return 0;
}

static int connect(struct case_db *db, const char *name, enum db_how how, struct err *e)
{
	static const int flags[] = {
		[DB_CREATE] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
		[DB_WRITE] = SQLITE_OPEN_READWRITE,
		[DB_READ] = SQLITE_OPEN_READONLY,
		[DB_TEMPORARY] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
	};

	char temporary[512];
	int r;

	if (how == DB_TEMPORARY) {
		if (make_temporary(temporary, sizeof(temporary), e) != 0)
			return -1;
		name = temporary;
	}
	r = sqlite3_open_v2(name, &db->sqlite, flags[how], NULL);
	/* It is open after the first look at it, and needs no name any more. */
	if (r == SQLITE_OK && how == DB_TEMPORARY)
		sqlite3_exec(db->sqlite, "SELECT 1 FROM sqlite_schema", NULL, NULL, NULL);
	if (how == DB_TEMPORARY)
		unlink(name);
	if (r != SQLITE_OK)
		return db_fail(db, name, e);
	/* What a file that was made to harm can reach: sqlite.org/security.html. */
	sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	return db_functions(db) == SQLITE_OK ? 0 : db_fail(db, name, e);
}

/* A new file is worth nothing before it is whole: it is made fast, and synced at its end.
 * One that is there must survive whatever ends us: the old pages are on disk first. */
static int settle(struct case_db *db, enum db_how how, struct err *e)
{
	static const char *const pragmas[] = {
		[DB_CREATE] = "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;"
			      "PRAGMA locking_mode = EXCLUSIVE",
		[DB_WRITE] = "PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL;"
			     "PRAGMA locking_mode = EXCLUSIVE",
		/* the lock is kept: nobody writes, and nothing beside the file is asked for */
		[DB_READ] = "PRAGMA locking_mode = EXCLUSIVE;"
			    "SELECT 1 FROM sqlite_schema",
		[DB_TEMPORARY] = "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;"
				 "PRAGMA locking_mode = EXCLUSIVE",
	};

	if (db_exec(db,
		    "PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON;"
		    "PRAGMA cache_size = -" CACHE,
		    e) != 0)
		return -1;
	return db_exec(db, pragmas[how], e);
}

int db_open(struct case_db **out, const char *name, enum db_how how, struct err *e)
{
	struct case_db *db = calloc(1, sizeof(*db));
	bool is_new = how == DB_CREATE || how == DB_TEMPORARY;
	int r;

	*out = db;
	if (db == NULL)
		return err_set(e, 0, "no memory for the case database");
	for (size_t i = 0; i < COUNT(db->text); i++)
		buf_init(&db->text[i], DB_TEXT_MAX);
	r = connect(db, name, how, e);
	if (r == 0 && !is_new)
		r = check(db, name, e);
	if (r == 0)
		r = settle(db, how, e);
	if (r == 0 && is_new)
		r = create(db, e);
	if (r == 0)
		r = views_make(db, e);
	if (r == 0 && how == DB_READ)
		r = db_exec(db, "PRAGMA query_only = ON", e);
	if (r != 0)
		db_close(out);
	return r;
}

void db_close(struct case_db **out)
{
	struct case_db *db = *out;

	*out = NULL;
	if (db == NULL)
		return;
	for (size_t i = 0; i < COUNT(db->insert); i++)
		sqlite3_finalize(db->insert[i]);
	for (size_t i = 0; i < COUNT(db->text); i++)
		buf_release(&db->text[i]);
	sqlite3_close(db->sqlite);
	free(db);
}

int db_begin(struct case_db *db, struct err *e)
{
	return db_exec(db, "BEGIN IMMEDIATE", e);
}

int db_commit(struct case_db *db, struct err *e)
{
	if (db_exec(db, "COMMIT", e) == 0)
		return 0;
	db_rollback(db);
	return -1;
}

void db_rollback(struct case_db *db)
{
	if (!sqlite3_get_autocommit(db->sqlite))
		sqlite3_exec(db->sqlite, "ROLLBACK", NULL, NULL, NULL);
}

int db_index(struct case_db *db, enum db_when when, struct err *e)
{
	static const struct {
		enum db_when when;
		const char *sql;
	} rows[] = {
#define INDEX(name, table, columns, when) \
	{ when, "CREATE INDEX IF NOT EXISTS " #name " ON \"" #table "\" " columns },
#include "workstation/case/indexes.def"
#undef INDEX
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].when == when && db_exec(db, rows[i].sql, e) != 0)
			return -1;
	return 0;
}

void db_host(struct case_db *db, int64_t host)
{
	db->host = host;
}

int db_forget(struct case_db *db, int64_t host, struct err *e)
{
	char sql[128];

	for (int i = 0; i < DB_TABLES; i++) {
		snprintf(sql, sizeof(sql), "DELETE FROM \"%s\" WHERE %s = %lld",
			 db_table((enum db_table_id)i)->name, i == DB_TABLE_host ? "id" : "host",
			 (long long)host);
		if (db_exec(db, sql, e) != 0)
			return -1;
	}
	return 0;
}

int64_t db_last(struct case_db *db)
{
	return sqlite3_last_insert_rowid(db->sqlite);
}

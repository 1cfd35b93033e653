#include "workstation/case/foreign.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX (1 << 20) /* bytes of a value, a row or a statement */
#define STEPS 1000         /* instructions between two looks */
#define LOOKS 200000       /* of one query */
#define VERSION_AT 18u     /* of the file's header: two bytes, 1 rollback journal, 2 WAL */

struct foreign {
	sqlite3 *db;
	sqlite3_stmt *query;
	unsigned looks;
};

static int tired(void *ctx)
{
	struct foreign *f = ctx;

	return ++f->looks > LOOKS;
}

static void restrain(struct foreign *f)
{
	static const struct {
		int id, value;
	} limits[] = {
		{ SQLITE_LIMIT_LENGTH, TEXT_MAX },
		{ SQLITE_LIMIT_SQL_LENGTH, TEXT_MAX },
		{ SQLITE_LIMIT_COLUMN, 100 },
		{ SQLITE_LIMIT_EXPR_DEPTH, 20 },
		{ SQLITE_LIMIT_COMPOUND_SELECT, 3 },
		{ SQLITE_LIMIT_VDBE_OP, 25000 },
		{ SQLITE_LIMIT_FUNCTION_ARG, 8 },
		{ SQLITE_LIMIT_ATTACHED, 0 },
		{ SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 50 },
		{ SQLITE_LIMIT_VARIABLE_NUMBER, 10 },
		{ SQLITE_LIMIT_TRIGGER_DEPTH, 1 },
	};

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		sqlite3_limit(f->db, limits[i].id, limits[i].value);
	sqlite3_db_config(f->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(f->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(f->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	sqlite3_db_config(f->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_progress_handler(f->db, STEPS, tired, f);
	sqlite3_exec(f->db, "PRAGMA cell_size_check=ON", NULL, NULL, NULL);
}

/* SQLite owns the copy from here on, and frees it if it fails. */
static int attach(struct foreign *f, const void *p, size_t n)
{
	unsigned char *copy = sqlite3_malloc64(n + 1);

	if (copy == NULL)
		return -1;
	memcpy(copy, p, n);
	/* a database in memory has no log: without it, what is in the file is all */
	if (n > VERSION_AT + 1 && copy[VERSION_AT] == 2) {
		copy[VERSION_AT] = 1;
		copy[VERSION_AT + 1] = 1;
	}
	return sqlite3_deserialize(f->db, "main", copy, (sqlite3_int64)n, (sqlite3_int64)n,
				   SQLITE_DESERIALIZE_READONLY | SQLITE_DESERIALIZE_FREEONCLOSE) ==
			       SQLITE_OK
		       ? 0
		       : -1;
}

struct foreign *foreign_open(const void *p, size_t n)
{
	struct foreign *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return NULL;
	if (sqlite3_open_v2(":memory:", &f->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY, NULL) !=
		    SQLITE_OK ||
	    attach(f, p, n) != 0) {
		foreign_close(f);
		return NULL;
	}
	restrain(f);
	return f;
}

void foreign_close(struct foreign *f)
{
	if (f == NULL)
		return;
	sqlite3_finalize(f->query);
	sqlite3_close(f->db);
	free(f);
}

bool foreign_ask(struct foreign *f, const char *sql)
{
	sqlite3_finalize(f->query);
	f->query = NULL;
	f->looks = 0;
	return sqlite3_prepare_v2(f->db, sql, -1, &f->query, NULL) == SQLITE_OK;
}

int foreign_step(struct foreign *f)
{
	int r = sqlite3_step(f->query);

	return r == SQLITE_ROW ? 1 : r == SQLITE_DONE ? 0 : -1;
}

int64_t foreign_int(struct foreign *f, int column)
{
	return sqlite3_column_type(f->query, column) == SQLITE_INTEGER
		       ? sqlite3_column_int64(f->query, column)
		       : INT64_MIN;
}

struct bytes foreign_text(struct foreign *f, int column)
{
	struct bytes b = { sqlite3_column_blob(f->query, column), 0 };

	if (b.p == NULL)
		return b;
	b.len = (size_t)sqlite3_column_bytes(f->query, column);
	return b;
}

const char *foreign_why(struct foreign *f)
{
	return sqlite3_errmsg(f->db);
}

#include "workstation/case/case_query.h"

#include "workstation/case/db_state.h"

/* A statement of SQLite under a name of ours. */
static sqlite3_stmt *of(struct case_query *q)
{
	return (sqlite3_stmt *)q;
}

int case_query_open(struct case_query **q, struct case_db *db, const char *sql, struct err *e)
{
	sqlite3_stmt *s = NULL;

	*q = NULL;
	if (sqlite3_prepare_v2(db->sqlite, sql, -1, &s, NULL) != SQLITE_OK)
		return db_fail(db, sql, e);
	*q = (struct case_query *)s;
	return 0;
}

void case_query_close(struct case_query **q)
{
	sqlite3_finalize(of(*q));
	*q = NULL;
}

void case_query_bind(struct case_query *q, int at, int64_t value)
{
	if (value == CASE_NULL)
		sqlite3_bind_null(of(q), at);
	else
		sqlite3_bind_int64(of(q), at, value);
}

void case_query_bind_text(struct case_query *q, int at, struct bytes text)
{
	if (text.p == NULL)
		sqlite3_bind_null(of(q), at);
	else
		sqlite3_bind_text(of(q), at, text.p, (int)text.len, SQLITE_TRANSIENT);
}

void case_query_bind_blob(struct case_query *q, int at, struct bytes blob)
{
	sqlite3_bind_blob64(of(q), at, blob.p, blob.len, SQLITE_TRANSIENT);
}

void case_query_bind_as(struct case_query *q, const char *name, int64_t value)
{
	int at = sqlite3_bind_parameter_index(of(q), name);

	if (at > 0)
		case_query_bind(q, at, value);
}

void case_query_bind_text_as(struct case_query *q, const char *name, struct bytes text)
{
	int at = sqlite3_bind_parameter_index(of(q), name);

	if (at > 0)
		case_query_bind_text(q, at, text);
}

int case_query_step(struct case_query *q, struct err *e)
{
	int r = sqlite3_step(of(q));

	if (r == SQLITE_ROW)
		return 1;
	return r == SQLITE_DONE ? 0
				: err_set(e, 0, "case database: %.200s",
					  sqlite3_errmsg(sqlite3_db_handle(of(q))));
}

void case_query_reset(struct case_query *q)
{
	sqlite3_reset(of(q));
}

int case_query_columns(struct case_query *q)
{
	return sqlite3_column_count(of(q));
}

const char *case_query_name(struct case_query *q, int column)
{
	return sqlite3_column_name(of(q), column);
}

int64_t case_query_int(struct case_query *q, int column)
{
	return sqlite3_column_type(of(q), column) == SQLITE_NULL
		       ? CASE_NULL
		       : sqlite3_column_int64(of(q), column);
}

struct bytes case_query_text(struct case_query *q, int column)
{
	struct bytes b = { 0 };

	if (sqlite3_column_type(of(q), column) == SQLITE_NULL)
		return b;
	b.p = sqlite3_column_blob(of(q), column);
	b.len = (size_t)sqlite3_column_bytes(of(q), column);
	if (b.p == NULL)
		b.p = ""; /* an empty blob */
	return b;
}

/*
 * The rows of tables.def as data, and what is done with any of them.
 */
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "workstation/case/db_state.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* For each table a function that describes it: only inside one has `row` its own meaning. */
#define COLUMN(kind, name, help) { #name, DB_##kind, offsetof(row, name), help },
#define DESCRIBE(table, column_rows, text)                                         \
	static const struct db_table *describe_##table(void)                       \
	{                                                                          \
		typedef struct case_##table row;                                   \
		static const struct db_column columns[] = { column_rows(COLUMN) }; \
		static const struct db_table described = { #table, text, columns,  \
							   COUNT(columns) };       \
		_Static_assert(COUNT(columns) <= DB_COLUMNS_MAX,                   \
			       "more columns than struct case_db has room for");   \
		return &described;                                                 \
	}
CASE_TABLES(DESCRIBE)
DESCRIBE(host, CASE_HOST, "an archive that was loaded, and the host that it is of")

static const struct db_table *table_of(enum db_table_id id)
{
	static const struct db_table *(*const describe[])(void) = {
#define ENTRY(table, columns, help) describe_##table,
		CASE_TABLES(ENTRY) describe_host
	};

	return describe[id]();
}

const struct db_table *db_table(enum db_table_id id)
{
	return (int)id < DB_TABLES ? table_of(id) : NULL;
}

void db_init(enum db_table_id id, void *row)
{
	const struct db_table *t = table_of(id);

	for (size_t i = 0; i < t->count; i++) {
		char *field = (char *)row + t->columns[i].offset;

		switch (t->columns[i].kind) {
		case DB_TEXT:
		case DB_HASH:
			*(struct bytes *)(void *)field = (struct bytes){ 0 };
			break;
		case DB_WORD:
			*(const char **)(void *)field = NULL;
			break;
		default:
			*(int64_t *)(void *)field = CASE_NULL;
		}
	}
}

/* What text_escape leaves as it is needs no copy. */
static int bind_text(sqlite3_stmt *s, int at, struct bytes raw, struct buf *scratch)
{
	if (raw.p == NULL)
		return sqlite3_bind_null(s, at);
	if (raw.len > DB_TEXT_MAX / 4)
		raw.len = DB_TEXT_MAX / 4;
	if (raw.len == 0 || text_is_plain(raw.p, raw.len))
		return sqlite3_bind_text(s, at, raw.len == 0 ? "" : raw.p, (int)raw.len,
					 SQLITE_STATIC);
	buf_clear(scratch);
	text_escape(scratch, raw.p, raw.len);
	if (scratch->failed)
		return SQLITE_NOMEM;
	return sqlite3_bind_text(s, at, scratch->p, (int)scratch->len, SQLITE_STATIC);
}

static int bind_hash(sqlite3_stmt *s, int at, struct bytes raw)
{
	return raw.p == NULL ? sqlite3_bind_null(s, at)
			     : sqlite3_bind_blob(s, at, raw.p, (int)raw.len, SQLITE_STATIC);
}

static int bind_field(sqlite3_stmt *s, int at, enum db_kind kind, const void *field,
		      struct buf *scratch)
{
	int64_t number;
	const char *word;

	switch (kind) {
	case DB_TEXT:
		return bind_text(s, at, *(const struct bytes *)field, scratch);
	case DB_HASH:
		return bind_hash(s, at, *(const struct bytes *)field);
	case DB_WORD:
		word = *(const char *const *)field;
		return word == NULL ? sqlite3_bind_null(s, at)
				    : sqlite3_bind_text(s, at, word, -1, SQLITE_STATIC);
	default:
		number = *(const int64_t *)field;
		return number == CASE_NULL ? sqlite3_bind_null(s, at)
					   : sqlite3_bind_int64(s, at, number);
	}
}

static int prepare(struct case_db *db, enum db_table_id id, struct err *e)
{
	const struct db_table *t = table_of(id);
	size_t first = id == DB_TABLE_host ? 1 : 2;
	char sql[DB_COLUMNS_MAX * 2 + 80];
	int n;

	n = snprintf(sql, sizeof(sql), "INSERT INTO \"%s\" VALUES (NULL", t->name);
	for (size_t i = 1; i < first + t->count; i++)
		n += snprintf(sql + n, sizeof(sql) - (size_t)n, ",?");
	snprintf(sql + n, sizeof(sql) - (size_t)n, ")");
	if (sqlite3_prepare_v3(db->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT, &db->insert[id],
			       NULL) != SQLITE_OK)
		return db_fail(db, t->name, e);
	return 0;
}

/* Bind all columns, the first one as parameter ${at}. */
static int bind_row(struct case_db *db, sqlite3_stmt *s, int at, const struct db_table *t,
		    const void *row)
{
	int r = SQLITE_OK;

	for (size_t i = 0; i < t->count && r == SQLITE_OK; i++)
		r = bind_field(s, at + (int)i, t->columns[i].kind,
			       (const char *)row + t->columns[i].offset, &db->text[i]);
	return r;
}

int db_put(struct case_db *db, enum db_table_id id, const void *row, struct err *e)
{
	const struct db_table *t = table_of(id);
	bool has_host = id != DB_TABLE_host;
	sqlite3_stmt *s;
	int r = SQLITE_OK;

	/* cppcheck-suppress ctuuninitvar ; it takes db for a row that case_init_T fills */
	if (db->insert[id] == NULL && prepare(db, id, e) != 0)
		return -1;
	s = db->insert[id];
	if (has_host)
		r = sqlite3_bind_int64(s, 1, db->host);
	if (r == SQLITE_OK)
		r = bind_row(db, s, has_host ? 2 : 1, t, row);
	if (r == SQLITE_OK)
		r = sqlite3_step(s);
	if (r == SQLITE_DONE)
		r = sqlite3_reset(s);
	else
		sqlite3_reset(s);
	return r == SQLITE_OK ? 0 : db_fail(db, t->name, e);
}

int db_update_host(struct case_db *db, int64_t id, const struct case_host *row, struct err *e)
{
	const struct db_table *t = table_of(DB_TABLE_host);
	sqlite3_stmt *s = NULL;
	struct buf sql;
	int r;

	buf_init(&sql, 1 << 16);
	buf_puts(&sql, "UPDATE host SET ");
	for (size_t i = 0; i < t->count; i++)
		buf_printf(&sql, "%s\"%s\" = ?", i == 0 ? "" : ", ", t->columns[i].name);
	buf_printf(&sql, " WHERE id = %lld", (long long)id);
	r = sqlite3_prepare_v2(db->sqlite, buf_cstr(&sql), -1, &s, NULL);
	if (r == SQLITE_OK)
		r = bind_row(db, s, 1, t, row);
	if (r == SQLITE_OK)
		r = sqlite3_step(s);
	if (r != SQLITE_DONE)
		db_fail(db, "host", e);
	sqlite3_finalize(s);
	buf_release(&sql);
	return r == SQLITE_DONE ? 0 : -1;
}

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/clock.h"
#include "lib/base/fd.h"
#include "lib/base/text.h"
#include "workstation/export/export_form.h"

/*
 * All tables of a case as lines of JSON, in folders by host and day, for engines that are made
 * for many hosts (docs/SCALE.md):
 *
 *	host=NAME/day=YYYY-MM-DD/TABLE.jsonl
 *
 * The way of naming folders is the one that such engines take for columns.  A line has the
 * columns of docs/CASE.md, but `host` is the name, with the number of the host behind it where it
 * is the name of several or of none, as in the folder: most engines see the lines alone.  A time
 * is RFC 3339, a hash lower-case hex, text is escaped as everywhere, what is not known is left
 * out.  Two columns more say where the row is from even without the other tables: `source_path`
 * and `source_sha256` of its object.
 * The day is that of the row's own time, UTC; of an object the day it was taken; `none` where a
 * row has no time.  Rows of a log come in the order of time: one file is open, and changes
 * seldom.
 */
#define NS_PER_SECOND INT64_C(1000000000)
#define NS_PER_DAY (86400 * NS_PER_SECOND)
#define NO_DAY INT64_MIN
#define NAME_MAX_LEN 200u        /* bytes of the name of a host in the name of a folder */
#define MUCH ((size_t)256 << 10) /* bytes written at once */
#define LINE_MAX_LEN ((size_t)256 << 20)

struct jsonl {
	struct case_db *db;
	const struct db_table *table;
	int time;                     /* column that says when; -1: none does */
	int top, fd;                  /* the folder; the file at hand, -1: none */
	int64_t host, day;            /* of the file */
	char name[NAME_MAX_LEN + 32]; /* folder of the host */
	struct buf out;

	struct err *e;
};

/* Of a row of `host` that is called a: its name does not tell which host it is. */
#define NAME_IS_SHARED \
	"(ifnull(a.name, '') = '' OR (SELECT count(*) FROM host b WHERE b.name = a.name) > 1)"

/* Letters that are safe in a path and in the glob of any shell; others become underscores. */
static void name_host(struct jsonl *j, struct bytes name, bool shared)
{
	static const char safe[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
	const char *s = name.p;
	size_t n = name.len < NAME_MAX_LEN ? name.len : NAME_MAX_LEN;
	size_t at = (size_t)snprintf(j->name, sizeof(j->name), "host=");

	for (size_t i = 0; i < n; i++)
		j->name[at++] = s[i] != '\0' && strchr(safe, s[i]) != NULL ? s[i] : '_';
	j->name[at] = '\0';
	if (shared)
		snprintf(j->name + at, sizeof(j->name) - at, "-%" PRId64, j->host);
}

static int find_host(struct jsonl *j, int64_t host)
{
	struct case_query *q CLEANUP(case_query_close) = NULL;
	int r = case_query_open(&q, j->db,
				"SELECT name, " NAME_IS_SHARED " FROM host a WHERE id = ?", j->e);

	if (r != 0)
		return -1;
	case_query_bind(q, 1, host);
	r = case_query_step(q, j->e);
	j->host = host;
	if (r >= 0)
		name_host(j, r > 0 ? case_query_text(q, 0) : (struct bytes){ NULL, 0 },
			  r == 0 || case_query_int(q, 1) != 0);
	return r < 0 ? -1 : 0;
}

static int flush(struct jsonl *j)
{
	if (j->out.failed)
		return err_set(j->e, ENOMEM, "gathering lines to be written");
	if (j->out.len > 0 && fd_write_all(j->fd, j->out.p, j->out.len) != 0)
		return err_set(j->e, errno, "writing below %s", j->name);
	buf_clear(&j->out);
	return 0;
}

static void put_utc(char out[CLOCK_UTC_LEN], int64_t ns)
{
	int64_t sec = ns / NS_PER_SECOND - (ns % NS_PER_SECOND < 0);

	clock_utc(out, (struct instant){ sec, (uint32_t)(ns - sec * NS_PER_SECOND) });
}

static int step_into(int at, const char *name)
{
	if (mkdirat(at, name, 0700) != 0 && errno != EEXIST)
		return -1;
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* The file of this host and day becomes the one that is written. */
static int turn_to(struct jsonl *j, int64_t host, int64_t day)
{
	int folder CLEANUP(fd_close) = -1, inner CLEANUP(fd_close) = -1;
	char name[CLOCK_UTC_LEN + 16] = "day=none", utc[CLOCK_UTC_LEN];

	if ((j->fd >= 0 && flush(j) != 0) || (host != j->host && find_host(j, host) != 0))
		return -1;
	fd_close(&j->fd);
	j->day = day;
	if (day != NO_DAY) {
		put_utc(utc, day * NS_PER_DAY);
		utc[strcspn(utc, "T")] = '\0';
		snprintf(name, sizeof(name), "day=%s", utc);
	}
	folder = step_into(j->top, j->name);
	if (folder >= 0)
		inner = step_into(folder, name);
	snprintf(name, sizeof(name), "%s.jsonl", j->table->name);
	if (inner >= 0)
		j->fd = openat(inner, name, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC,
			       0600);
	return j->fd < 0 ? err_set(j->e, errno, "making %s below %s", name, j->name) : 0;
}

/* True if the column has something, which is then appended as JSON. */
static bool put_value(struct buf *b, struct case_query *q, int at, enum db_kind kind)
{
	struct bytes text = case_query_text(q, at);
	char utc[CLOCK_UTC_LEN];

	if (text.p == NULL)
		return false;
	switch (kind) {
	case DB_TEXT:
	case DB_WORD:
		export_json(b, text);
		break;
	case DB_HASH:
		buf_putc(b, '"');
		text_hex(b, text.p, text.len);
		buf_putc(b, '"');
		break;
	case DB_TIME:
		put_utc(utc, case_query_int(q, at));
		buf_printf(b, "\"%s\"", utc);
		break;
	default:
		buf_i64(b, case_query_int(q, at));
	}
	return true;
}

static void put_member(struct buf *b, struct case_query *q, int at, const char *name,
		       enum db_kind kind)
{
	size_t before = b->len;

	buf_printf(b, "%s\"%s\":", at == 0 ? "{" : ",", name);
	if (!put_value(b, q, at, kind))
		b->len = before;
}

/* The query has id and host, the columns of the table, the host's name, path and hash of the
 * object. */
static void put_row(struct jsonl *j, struct case_query *q)
{
	int n = (int)j->table->count;

	put_member(&j->out, q, 0, "id", DB_INT);
	for (int i = 0; i < n; i++)
		put_member(&j->out, q, i + 2, j->table->columns[i].name, j->table->columns[i].kind);
	put_member(&j->out, q, n + 2, "host", DB_TEXT);
	put_member(&j->out, q, n + 3, "source_path", DB_TEXT);
	put_member(&j->out, q, n + 4, "source_sha256", DB_HASH);
	buf_puts(&j->out, "}\n");
}

static int find_column(const struct db_table *t, const char *name)
{
	for (size_t i = 0; i < t->count; i++)
		if (strcmp(t->columns[i].name, name) == 0)
			return (int)i;
	return -1;
}

static int time_column(const struct db_table *t)
{
	static const char *const names[] = { "time", "start", "opened" };
	int at = -1;

	for (size_t i = 0; at < 0 && i < sizeof(names) / sizeof(names[0]); i++)
		at = find_column(t, names[i]);
	return at;
}

/* A row of `host` is of itself. */
static void put_select(struct buf *sql, const struct db_table *t)
{
	bool self = t == db_table(DB_TABLE_host), from = find_column(t, "object") >= 0;

	buf_puts(sql, "WITH h AS MATERIALIZED (SELECT id, CASE WHEN " NAME_IS_SHARED
		      " THEN ifnull(name, '') || '-' || id ELSE name END AS name FROM host a) ");
	buf_puts(sql, self ? "SELECT t.id, t.id" : "SELECT t.id, t.host");
	for (size_t i = 0; i < t->count; i++)
		buf_printf(sql, ", t.\"%s\"", t->columns[i].name);
	buf_puts(sql, from ? ", h.name, o.path, o.sha256" : ", h.name, NULL, NULL");
	buf_printf(sql, " FROM \"%s\" t LEFT JOIN h ON h.id = %s", t->name,
		   self ? "t.id" : "t.host");
	if (from)
		buf_puts(sql, " LEFT JOIN object o ON o.id = t.object");
	buf_puts(sql, " ORDER BY t.id");
}

static int64_t day_of(const struct jsonl *j, struct case_query *q)
{
	int64_t ns = j->time < 0 ? CASE_NULL : case_query_int(q, j->time + 2);

	return ns == CASE_NULL ? NO_DAY : ns / NS_PER_DAY - (ns % NS_PER_DAY < 0);
}

static int write_row(struct jsonl *j, struct case_query *q)
{
	int64_t host = case_query_int(q, 1), day = day_of(j, q);

	if ((j->fd < 0 || host != j->host || day != j->day) && turn_to(j, host, day) != 0)
		return -1;
	put_row(j, q);
	return j->out.len >= MUCH || j->out.failed ? flush(j) : 0;
}

static int write_table(struct jsonl *j)
{
	struct case_query *q CLEANUP(case_query_close) = NULL;
	struct buf sql;
	int r;

	buf_init(&sql, 1 << 16);
	put_select(&sql, j->table);
	r = case_query_open(&q, j->db, buf_cstr(&sql), j->e);
	buf_release(&sql);
	j->time = time_column(j->table);
	while (r == 0 && (r = case_query_step(q, j->e)) > 0)
		r = write_row(j, q);
	if (r == 0 && j->fd >= 0)
		r = flush(j);
	fd_close(&j->fd);
	return r;
}

/* No host of the case has a folder yet. */
static int refuse_twice(struct jsonl *j)
{
	struct case_query *q CLEANUP(case_query_close) = NULL;
	struct stat st;
	int r = case_query_open(&q, j->db, "SELECT id FROM host ORDER BY id", j->e);

	while (r == 0 && (r = case_query_step(q, j->e)) > 0) {
		r = find_host(j, case_query_int(q, 0));
		if (r == 0 && fstatat(j->top, j->name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			r = err_set(j->e, 0, "%s is there already; nothing is added to it",
				    j->name);
	}
	j->host = CASE_NULL;
	return r;
}

int export_jsonl(struct export *x)
{
	struct jsonl j = { .db = x->db, .top = x->fd, .fd = -1, .host = CASE_NULL, .e = x->e };
	int r;

	buf_init(&j.out, LINE_MAX_LEN);
	r = refuse_twice(&j);
	for (int id = 0; r == 0 && id < DB_TABLES; id++) {
		j.table = db_table((enum db_table_id)id);
		r = write_table(&j);
	}
	buf_release(&j.out);
	return r;
}

/*
 * loaders, finish, rules, report, show, export: whatever members an archive has, and whatever a
 * case that somebody else made has in its tables, a case is made of it, examined and shown.
 *
 * The input is what is asked in the end, and in which form, and then members, and rows with values
 * of any kind.  An intruder who fills the members must not be able to make any of it fail; one who
 * made the whole case gets an error at most.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/hash/digest.h"
#include "tests/fuzz/feed.h"
#include "workstation/case/case_query.h"
#include "workstation/case/loader.h"
#include "workstation/case/reading.h"
#include "workstation/case/zones.h"
#include "workstation/export/export.h"
#include "workstation/report/report.h"
#include "workstation/report/rules.h"
#include "workstation/show/show.h"

#define STEPS 12u	/* members and rows of one input */
#define NAME_LEN 300u
#define SECOND 1000000000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

struct box {
	struct case_db *db;
	int fd;				/* where answers go */
	struct case_host facts;
	struct loader_run run;
	bool foreign;			/* rows of somebody else are in it */
	struct err e;
};

static void must(struct box *b, bool went, const char *what)
{
	if (went || b->foreign)
		return;
	fprintf(stderr, "%s: %s\n", what, b->e.set ? b->e.what : "failed");
	abort();
}

static void open_box(struct box *b)
{
	must(b, digest_start() == 0, "digest");
	must(b, db_open(&b->db, NULL, DB_TEMPORARY, &b->e) == 0, "open");
	must(b, (b->fd = open("/dev/null", O_WRONLY | O_CLOEXEC)) >= 0, "output");
	case_init_host(&b->facts);
	b->facts.name = (struct bytes){ "web01", 5 };
	b->facts.ticks = 100;
	b->facts.tz = (struct bytes){ "/usr/share/zoneinfo/Etc/UTC", 27 };
	b->facts.arch = (struct bytes){ "x86_64", 6 };
	must(b, case_put_host(b->db, &b->facts, &b->e) == 0, "host");
	db_host(b->db, 1);
	must(b, db_index(b->db, DB_AFTER_INVENTORY, &b->e) == 0, "index");
	must(b, db_index(b->db, DB_AFTER_CONTENT, &b->e) == 0, "index");
}

/* ===== members ===== */

/* The ${pick}-th pattern of all loaders, or NULL behind the last. */
static const char *pattern_at(unsigned pick)
{
	const struct loader *row;

	for (size_t i = 0; (row = loader_at(i)) != NULL; i++)
		for (const char *p = row->patterns; *p != '\0'; p += strspn(p, " ")) {
			if (pick-- == 0)
				return p;
			p += strcspn(p, " ");
		}
	return NULL;
}

/* A name that fits it. */
static size_t fit(const char *p, char *out)
{
	size_t n = 0;

	for (; *p != '\0' && *p != ' ' && n < NAME_LEN; p++) {
		out[n++] = *p == '[' ? p[1] : *p == '*' || *p == '?' ? '7' : *p;
		if (*p == '[')
			p += strcspn(p, "]");
		else if (*p == '*')
			p += strspn(p, "*") - 1;
	}
	return n;
}

static void give(struct box *b, const struct loader *row, const struct loading *l,
		 struct bytes content)
{
	struct reading r = { .row = row, .l = *l };
	size_t half = content.len / 2;

	must(b, reading_begin(&r) == 0, row->id);
	must(b, reading_add(&r, content.p, half) == 0, row->id);
	must(b, reading_add(&r, (const char *)content.p + half, content.len - half) == 0, row->id);
	must(b, reading_end(&r, content.len % 7 != 1) == 0, row->id);
}

static struct bytes some(struct feed *f, unsigned bytes)
{
	struct bytes b;

	b.p = feed_bytes(f, feed_number(f, bytes), &b.len);
	return b;
}

/* Clocks that are put forward and back, for times of every kind. */
static const struct zone berlin = {
	.clock = { .width = 4,
		   .rule = { .set = true, .summer = true, .standard = 3600, .other = 7200,
			     .begin = { TZIF_WEEKDAY, 0, 3, 5, 7200 },
			     .end = { TZIF_WEEKDAY, 0, 10, 5, 10800 } } },
	.known = true,
};

/* A name of the input's own (0), or one that is wanted; its time, its bytes. */
static void add_member(struct box *b, struct feed *f)
{
	unsigned pick = (unsigned)feed_number(f, 2);
	const char *pattern = pick == 0 ? NULL : pattern_at(pick - 1);
	char name[NAME_LEN];
	struct bytes path, content;
	struct case_object o;
	const struct loader *row;

	path = pattern == NULL ? some(f, 1) : (struct bytes){ name, fit(pattern, name) };
	case_init_object(&o);
	o.path = path;
	o.mtime = (int64_t)feed_number(f, 4) * SECOND;
	o.mode = (int64_t)feed_number(f, 2);
	o.type = "file";
	content = some(f, 2);
	o.size = (int64_t)content.len;
	must(b, case_put_object(b->db, &o, &b->e) == 0, "object");
	struct loading l = {
		.db = b->db, .host = 1, .object = case_last(b->db), .path = path,
		.name = loader_name(path), .mtime_ns = o.mtime, .size = content.len,
		.facts = &b->facts, .zone = &berlin, .run = &b->run, .e = &b->e,
	};
	for (size_t i = 0; (row = loader_at(i)) != NULL; i++)
		if (loader_wants(row, l.name))
			give(b, row, &l, content);
}

/* ===== rows ===== */

static void bind_any(struct case_query *q, int at, struct feed *f)
{
	switch (feed_number(f, 1) % 5) {
	case 1:
		case_query_bind(q, at, (int64_t)feed_number(f, 1));
		break;
	case 2:
		case_query_bind(q, at, (int64_t)feed_number(f, 8));
		break;
	case 3:
		case_query_bind_text(q, at, some(f, 1));
		break;
	case 4:
		case_query_bind_blob(q, at, some(f, 1));
		break;
	default:
		case_query_bind(q, at, CASE_NULL);
	}
}

static void add_row(struct box *b, struct feed *f)
{
	const struct db_table *t = db_table((enum db_table_id)(feed_number(f, 1) % DB_TABLES));
	bool is_host = t == db_table(DB_TABLE_host);
	struct case_query *q = NULL;
	struct buf sql;

	b->foreign = true;
	buf_init(&sql, 4096);
	buf_printf(&sql, "INSERT INTO \"%s\" (%s", t->name, is_host ? "id" : "host");
	for (size_t i = 0; i < t->count; i++)
		buf_printf(&sql, ", \"%s\"", t->columns[i].name);
	buf_puts(&sql, ") VALUES (?");
	for (size_t i = 0; i < t->count; i++)
		buf_puts(&sql, ", ?");
	buf_puts(&sql, ")");
	if (case_query_open(&q, b->db, buf_cstr(&sql), &b->e) != 0)
		abort();
	case_query_bind(q, 1, is_host ? CASE_NULL : 1);
	for (size_t i = 0; i < t->count; i++)
		bind_any(q, (int)i + 2, f);
	case_query_step(q, &b->e);
	case_query_close(&q);
	buf_release(&sql);
}

/* ===== answers ===== */

static void show(struct box *b, const struct show_verb *verb, unsigned form)
{
	static const struct option_list none;
	struct show_args args = { .json = form % 3 == 1, .csv = form % 3 == 2 };
	struct show s = { .verb = verb, .args = &args, .db = b->db, .fd = b->fd,
			  .width = form & 64 ? 80 : 0, .e = &b->e };

	for (size_t i = 0; verb->options != NULL && verb->options[i].name != NULL; i++)
		args.flags[i] = verb->options[i].value == SHOW_FLAG && (form & 128);
	must(b, verb->needs_archive || show_run(&s, &none) >= 0, verb->name);
}

/* Most inputs ask nothing: answers take ten times as long as all else. */
static void ask(struct box *b, unsigned what, unsigned form)
{
	const struct show_verb *verb = show_at(what / 4);
	enum export_form x = (enum export_form)(form % EXPORT_COUNT);

	if (what % 4 != 3)
		return;
	if (verb != NULL) {
		show(b, verb, form);
		return;
	}
	must(b, rules_aside(b->db, &b->e) == 0 && rules_run(b->db, &b->e) == 0, "rules");
	if (form & 128)
		must(b, report_write(b->db, b->fd, "case.db", &b->e) == 0, "report");
	else if (!export_makes_files(x))
		must(b, export_write(b->db, x, b->fd, &b->e) == 0, "export");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct box b;
	struct feed f = { data, n };
	unsigned what = (unsigned)feed_number(&f, 1), form = (unsigned)feed_number(&f, 1);

	b.foreign = false;
	memset(&b.e, 0, sizeof(b.e));
	if (b.db == NULL)
		open_box(&b);
	must(&b, db_begin(b.db, &b.e) == 0, "begin");
	for (unsigned i = 0; i < STEPS && f.left > 0; i++) {
		if (feed_number(&f, 1) % 4 == 3)
			add_row(&b, &f);
		else
			add_member(&b, &f);
	}
	const struct finishing all = { b.db, 1, &b.facts, &b.e, &b.run };

	must(&b, loader_finish(&all) == 0, "finish");
	ask(&b, what, form);
	loader_run_end(&b.run);
	db_rollback(b.db);
	return 0;
}

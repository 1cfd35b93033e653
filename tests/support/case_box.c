#include "tests/support/case_box.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "workstation/case/case_query.h"
#include "workstation/case/reading.h"
#include "workstation/case/zones.h"

void case_box_open(struct case_box *box)
{
	*box = (struct case_box){ .db = NULL };
	ck_assert_msg(db_open(&box->db, NULL, DB_TEMPORARY, &box->e) == 0, "%s", box->e.what);
	case_init_host(&box->facts);
	box->facts.name = (struct bytes){ "web01", 5 };
	box->facts.ticks = 100;
	box->facts.tz = (struct bytes){ "/usr/share/zoneinfo/Etc/UTC", 27 };
	box->facts.arch = (struct bytes){ "x86_64", 6 };
	ck_assert_int_eq(case_put_host(box->db, &box->facts, &box->e), 0);
	ck_assert_int_eq(case_last(box->db), 1);
	db_host(box->db, 1);
}

void case_box_close(struct case_box *box)
{
	loader_run_end(&box->run);
	db_close(&box->db);
}

void case_box_sql(struct case_box *box, const char *sql)
{
	ck_assert_msg(case_exec(box->db, sql, &box->e) == 0, "%s", box->e.what);
}

/* The first row, if there is one. */
static struct case_query *first(struct case_box *box, const char *sql, int *r)
{
	struct case_query *q;

	ck_assert_msg(case_query_open(&q, box->db, sql, &box->e) == 0, "%s", box->e.what);
	*r = case_query_step(q, &box->e);
	ck_assert_msg(*r >= 0, "%s", box->e.what);
	return q;
}

int64_t case_box_int(struct case_box *box, const char *sql)
{
	int r;
	struct case_query *q = first(box, sql, &r);
	int64_t n = r > 0 ? case_query_int(q, 0) : CASE_NULL;

	case_query_close(&q);
	return n;
}

const char *case_box_text(struct case_box *box, const char *sql)
{
	static char text[65536];
	int r;
	struct case_query *q = first(box, sql, &r);
	struct bytes b = r > 0 ? case_query_text(q, 0) : (struct bytes){ "", 0 };

	if (b.p == NULL)
		b = (struct bytes){ "NULL", 4 };
	ck_assert_uint_lt(b.len, sizeof(text));
	memcpy(text, b.p, b.len);
	text[b.len] = '\0';
	case_query_close(&q);
	return text;
}

static void give(struct case_box *box, const struct loader *row, const struct loading *l,
		 const void *data, size_t n)
{
	struct reading r = { .row = row, .l = *l };

	ck_assert_msg(reading_begin(&r) == 0, "%s", box->e.what);
	ck_assert_msg(reading_add(&r, data, n) == 0, "%s", box->e.what);
	ck_assert_msg(reading_end(&r, true) == 0, "%s", box->e.what);
}

unsigned case_box_give_at(struct case_box *box, const char *path, int64_t mtime, const void *data,
			  size_t n)
{
	struct bytes raw = { path, strlen(path) };
	struct case_object object;
	const struct loader *row;
	unsigned count = 0;

	case_init_object(&object);
	object.path = raw;
	object.mtime = mtime;
	object.size = (int64_t)n;
	object.type = "file";
	ck_assert_int_eq(case_put_object(box->db, &object, &box->e), 0);
	struct loading l = {
		.db = box->db,
		.host = 1,
		.object = case_last(box->db),
		.path = raw,
		.name = loader_name(raw),
		.mtime_ns = mtime,
		.size = n,
		.facts = &box->facts,
		.zone = box->zone != NULL ? box->zone : zones_by_name(box->facts.tz),
		.run = &box->run,
		.e = &box->e,
	};
	for (size_t i = 0; (row = loader_at(i)) != NULL; i++) {
		if (!loader_wants(row, l.name))
			continue;
		give(box, row, &l, data, n);
		count++;
	}
	return count;
}

unsigned case_box_give(struct case_box *box, const char *path, const void *data, size_t n)
{
	return case_box_give_at(box, path, CASE_NULL, data, n);
}

void case_box_finish(struct case_box *box)
{
	const struct finishing f = { box->db, 1, &box->facts, &box->e, &box->run };

	ck_assert_msg(loader_finish(&f) == 0, "%s", box->e.what);
}

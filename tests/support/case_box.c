#include "tests/support/case_box.h"

#include <check.h>

#include "workstation/case/case_query.h"

void case_box_open(struct case_box *box)
{
	struct err e = { 0 };

	ck_assert_msg(db_open(&box->db, "", DB_TEMPORARY, &e) == 0, "%s", e.what);
	ck_assert_int_eq(db_index(box->db, DB_AFTER_INVENTORY, &e), 0);
	ck_assert_int_eq(db_index(box->db, DB_AFTER_CONTENT, &e), 0);
}

void case_box_close(struct case_box *box)
{
	db_close(&box->db);
}

void case_box_sql(struct case_box *box, const char *sql)
{
	struct err e = { 0 };

	ck_assert_msg(case_exec(box->db, sql, &e) == 0, "%s: %s", e.what, sql);
}

int64_t case_box_int(struct case_box *box, const char *sql)
{
	struct case_query *q = NULL;
	struct err e = { 0 };
	int64_t v;

	ck_assert_msg(case_query_open(&q, box->db, sql, &e) == 0, "%s", e.what);
	ck_assert_msg(case_query_step(q, &e) == 1, "no row: %s", sql);
	v = case_query_int(q, 0);
	case_query_close(&q);
	return v;
}

#include "workstation/case/db.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/case_box.h"
#include "tests/support/leftover.h"
#include "workstation/case/case_query.h"

Suite *suite_db(void);

static struct case_box box;
static char folder[] = "/tmp/exhibit-db-XXXXXX", file[64];

static void setup(void)
{
	strcpy(folder, "/tmp/exhibit-db-XXXXXX");
	leftover_dir(folder);
	snprintf(file, sizeof(file), "%s/case.db", folder);
	case_box_open(&box);
}

static void teardown(void)
{
	case_box_close(&box);
	unlink(file);
	rmdir(folder);
}

START_TEST(test_what_is_not_known_is_null_and_the_rest_comes_back)
{
	struct case_login row;

	case_init_login(&row);
	row.source = "wtmp";
	row.user = (struct bytes){ "a\x1b\\\xff", 4 };
	row.time = -1;
	row.pid = INT64_MAX;
	ck_assert_int_eq(case_put_login(box.db, &row, &box.e), 0);
	ck_assert_int_eq(case_last(box.db), 1);
	ck_assert_str_eq(case_box_text(&box, "SELECT user FROM login"), "a\\x1b\\\\\\xff");
	ck_assert_str_eq(case_box_text(&box, "SELECT source FROM login"), "wtmp");
	ck_assert_int_eq(case_box_int(&box, "SELECT time FROM login"), -1);
	ck_assert_int_eq(case_box_int(&box, "SELECT pid FROM login"), INT64_MAX);
	ck_assert_int_eq(case_box_int(&box, "SELECT host FROM login"), 1);
	ck_assert_int_eq(
		case_box_int(&box, "SELECT count(*) FROM login WHERE tty IS NULL AND uid IS NULL "
				   "AND kind IS NULL AND object IS NULL"),
		1);
}
END_TEST

START_TEST(test_a_row_keeps_nothing_of_the_one_before)
{
	struct case_login row;

	case_init_login(&row);
	row.user = (struct bytes){ "\x01long name", 10 };
	ck_assert_int_eq(case_put_login(box.db, &row, &box.e), 0);
	row.user = (struct bytes){ "", 0 };
	ck_assert_int_eq(case_put_login(box.db, &row, &box.e), 0);
	ck_assert_str_eq(case_box_text(&box, "SELECT user FROM login WHERE id = 2"), "");
	row.user = (struct bytes){ 0 };
	ck_assert_int_eq(case_put_login(box.db, &row, &box.e), 0);
	ck_assert_str_eq(case_box_text(&box, "SELECT user FROM login WHERE id = 3"), "NULL");
}
END_TEST

START_TEST(test_a_hash_is_kept_as_bytes)
{
	struct case_object row;

	case_init_object(&row);
	row.sha256 = (struct bytes){ "\0\x01\xff", 3 };
	ck_assert_int_eq(case_put_object(box.db, &row, &box.e), 0);
	ck_assert_str_eq(case_box_text(&box, "SELECT hex(sha256) FROM object"), "0001FF");
}
END_TEST

START_TEST(test_every_table_takes_an_empty_row)
{
	static char row[4096];

	for (int i = 0; i < DB_TABLES; i++) {
		db_init((enum db_table_id)i, row);
		ck_assert_msg(db_put(box.db, (enum db_table_id)i, row, &box.e) == 0, "%s",
			      box.e.what);
	}
	ck_assert_ptr_null(db_table(DB_TABLES));
	ck_assert_int_eq(db_index(box.db, DB_AFTER_INVENTORY, &box.e), 0);
	ck_assert_int_eq(db_index(box.db, DB_AFTER_CONTENT, &box.e), 0);
	ck_assert_int_eq(db_index(box.db, DB_AFTER_CONTENT, &box.e), 0);
}
END_TEST

START_TEST(test_a_case_is_found_again_and_what_was_not_committed_is_not)
{
	struct case_db *db = NULL;
	struct case_host host;
	struct err e = { 0 };

	case_init_host(&host);
	ck_assert_msg(db_open(&db, file, DB_CREATE, &e) == 0, "%s", e.what);
	ck_assert_int_eq(db_begin(db, &e) | case_put_host(db, &host, &e) | db_commit(db, &e), 0);
	db_close(&db);
	ck_assert_msg(db_open(&db, file, DB_WRITE, &e) == 0, "%s", e.what);
	ck_assert_int_eq(db_begin(db, &e) | case_put_host(db, &host, &e), 0);
	db_close(&db);
	ck_assert_msg(db_open(&db, file, DB_READ, &e) == 0, "%s", e.what);
	struct case_box other = { .db = db };
	ck_assert_int_eq(case_box_int(&other, "SELECT count(*) FROM host"), 1);
	ck_assert_int_eq(case_put_host(db, &host, &e), -1);
	db_close(&db);
	ck_assert_ptr_null(db);
}
END_TEST

/* What is no case, and what is said of it. */
static const struct {
	const char *sql; /* NULL: a text file */
	const char *why;
} foreign[] = {
	{ NULL, "not a database" },
	{ "CREATE TABLE x (y)", "no case of exhibit" },
	{ "PRAGMA application_id = 1163412035; PRAGMA user_version = 7; CREATE TABLE x (y)",
	  "schema 7" },
};

START_TEST(test_a_file_that_is_no_case_of_this_version_is_refused)
{
	struct case_db *db = NULL;
	struct err e = { 0 };
	char command[512];

	if (foreign[_i].sql == NULL)
		snprintf(command, sizeof(command), "yes no | head -c 9000 >%s", file);
	else
		snprintf(command, sizeof(command), "sqlite3 %s '%s'", file, foreign[_i].sql);
	ck_assert_int_eq(system(command), 0);
	ck_assert_int_eq(db_open(&db, file, DB_READ, &e), -1);
	ck_assert_ptr_null(db);
	ck_assert_msg(strstr(e.what, foreign[_i].why) != NULL, "%s", e.what);
}
END_TEST

START_TEST(test_a_case_that_is_not_there_is_not_made_by_reading_it)
{
	struct case_db *db = NULL;
	struct err e = { 0 };

	ck_assert_int_eq(db_open(&db, file, DB_READ, &e), -1);
	ck_assert_int_eq(db_open(&db, file, DB_WRITE, &e), -1);
	ck_assert_int_ne(access(file, F_OK), 0);
}
END_TEST

START_TEST(test_a_forgotten_host_leaves_no_row)
{
	struct case_log row;

	case_init_log(&row);
	ck_assert_int_eq(case_put_log(box.db, &row, &box.e), 0);
	db_host(box.db, 2);
	ck_assert_int_eq(case_put_log(box.db, &row, &box.e), 0);
	ck_assert_int_eq(db_forget(box.db, 1, &box.e), 0);
	ck_assert_int_eq(case_box_int(&box, "SELECT count(*) FROM host"), 0);
	ck_assert_int_eq(case_box_int(&box, "SELECT count(*) FROM log WHERE host = 1"), 0);
	ck_assert_int_eq(case_box_int(&box, "SELECT count(*) FROM log"), 1);
}
END_TEST

Suite *suite_db(void)
{
	Suite *s = suite_create("workstation/case/db");
	TCase *t = tcase_create("db");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_what_is_not_known_is_null_and_the_rest_comes_back);
	tcase_add_test(t, test_a_row_keeps_nothing_of_the_one_before);
	tcase_add_test(t, test_a_hash_is_kept_as_bytes);
	tcase_add_test(t, test_every_table_takes_an_empty_row);
	tcase_add_test(t, test_a_case_is_found_again_and_what_was_not_committed_is_not);
	tcase_add_loop_test(t, test_a_file_that_is_no_case_of_this_version_is_refused, 0,
			    sizeof(foreign) / sizeof(foreign[0]));
	tcase_add_test(t, test_a_case_that_is_not_there_is_not_made_by_reading_it);
	tcase_add_test(t, test_a_forgotten_host_leaves_no_row);
	suite_add_tcase(s, t);
	return s;
}

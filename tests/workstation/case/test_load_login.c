#include "workstation/case/load_login.h"

#include <check.h>
#include <sqlite3.h>
#include <string.h>

#include "tests/support/case_box.h"
#include "tests/support/order.h"
#include "tests/support/samples.h"

Suite *suite_load_login(void);

static struct case_box box;
static char record[384 * 8];
static size_t used;

static void setup(void)
{
	case_box_open(&box);
	memset(record, 0, sizeof(record));
	used = 0;
}

static void teardown(void)
{
	case_box_close(&box);
}

static void put(unsigned type, int pid, const char *line, const char *user, const char *host,
		unsigned sec)
{
	char *p = record + used;

	p[0] = (char)type;
	order_put_le32(p + 4, (uint32_t)pid);
	strcpy(p + 8, line);
	strcpy(p + 44, user);
	strcpy(p + 76, host);
	order_put_le32(p + 340, sec);
	used += 384;
}

START_TEST(test_a_session_ends_in_a_later_file)
{
	put(2, 0, "~", "reboot", "6.1", 1700000000);
	put(7, 100, "pts/0", "alice", "10.0.0.1", 1700000100);
	ck_assert_uint_eq(case_box_give_at(&box, "/var/log/wtmp.1", 1, record, used), 1);
	used = 0;
	memset(record, 0, sizeof(record));
	put(8, 100, "pts/0", "", "", 1700000200);
	put(7, 101, "pts/1", "bob", "host.example", 1700000300);
	put(7, 102, "pts/2", "eve", "10.0.0.2", 1700000400);
	ck_assert_uint_eq(case_box_give_at(&box, "/var/log/wtmp", 2, record, used), 1);
	case_box_sql(&box, "INSERT INTO process (host, pid) VALUES (1, 101)");
	case_box_finish(&box);
	ck_assert_int_eq(case_box_int(&box, "SELECT \"end\" FROM login WHERE user = 'alice'"),
			 1700000200000000000);
	ck_assert_str_eq(case_box_text(&box, "SELECT end_kind FROM login WHERE user = 'alice'"),
			 "logout");
	ck_assert_str_eq(case_box_text(&box, "SELECT end_kind FROM login WHERE user = 'bob'"),
			 "still");
	ck_assert_str_eq(case_box_text(&box, "SELECT end_kind FROM login WHERE user = 'eve'"),
			 "gone");
	ck_assert_str_eq(case_box_text(&box, "SELECT end_kind FROM login WHERE kind = 'boot'"),
			 "still");
	ck_assert_str_eq(case_box_text(&box, "SELECT address FROM login WHERE user = 'eve'"),
			 "10.0.0.2");
	ck_assert_str_eq(case_box_text(&box, "SELECT address FROM login WHERE user = 'bob'"),
			 "NULL");
}
END_TEST

START_TEST(test_a_container_has_sessions_of_its_own)
{
	put(7, 100, "pts/0", "alice", "", 1700000100);
	case_box_give(&box, "/var/log/wtmp", record, used);
	used = 0;
	memset(record, 0, sizeof(record));
	put(2, 0, "~", "reboot", "", 1700000200);
	case_box_give(&box, "/proc/7/root/var/log/wtmp", record, used);
	case_box_sql(&box, "UPDATE object SET container = 'docker x' WHERE path LIKE '/proc/%'");
	case_box_finish(&box);
	ck_assert_str_eq(case_box_text(&box, "SELECT end_kind FROM login WHERE user = 'alice'"),
			 "still");
}
END_TEST

START_TEST(test_btmp_is_failures_and_damage_is_noted)
{
	put(6, 100, "ssh:notty", "root", "6.6.6.6", 1700000100);
	put(77, 100, "x", "y", "z", 1700000100);
	case_box_give(&box, "/var/log/btmp", record, used + 5);
	ck_assert_str_eq(
		case_box_text(&box,
			      "SELECT source || kind || user || origin FROM login WHERE pos = 0"),
		"btmpfailedroot6.6.6.6");
	ck_assert_str_eq(case_box_text(&box, "SELECT kind FROM login WHERE pos = 384"), "invalid");
	ck_assert_str_eq(
		case_box_text(&box, "SELECT parser || pos FROM note WHERE kind = 'unreadable'"),
		"utmp384");
	ck_assert_str_eq(case_box_text(&box, "SELECT text FROM note WHERE kind = 'partial'"),
			 "5 bytes at the end are no whole record");
}
END_TEST

START_TEST(test_lastlog_gets_names_from_passwd)
{
	static char log[292 * 3];

	order_put_le32(log + 292 * 2, 1700000000);
	strcpy(log + 292 * 2 + 4, "pts/0");
	strcpy(log + 292 * 2 + 36, "10.0.0.9");
	case_box_give(&box, "/var/log/lastlog", log, sizeof(log));
	case_box_give(&box, "/etc/passwd", "dora:x:2:2::/srv/dora:/bin/sh\n", 30);
	case_box_finish(&box);
	ck_assert_str_eq(
		case_box_text(&box, "SELECT user || uid || tty || address || time FROM login"),
		"dora2pts/010.0.0.91700000000000000000");
}
END_TEST

/* A database with these statements, given as a file. */
static void give_database(const char *path, const char *sql, bool wal)
{
	sqlite3_int64 n;
	sqlite3 *db;
	unsigned char *image;

	ck_assert_int_eq(sqlite3_open(":memory:", &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	image = sqlite3_serialize(db, "main", &n, 0);
	if (wal)
		image[18] = image[19] = 2;
	ck_assert_uint_eq(case_box_give(&box, path, image, (size_t)n), 1);
	sqlite3_free(image);
	sqlite3_close(db);
}

START_TEST(test_wtmpdb_and_lastlog2_are_read)
{
	give_database(
		"/var/lib/wtmpdb/wtmp.db",
		"CREATE TABLE wtmp (ID INTEGER PRIMARY KEY, Type INTEGER, User TEXT, Login "
		"INTEGER, "
		"Logout INTEGER, TTY TEXT, RemoteHost TEXT, Service TEXT);"
		"INSERT INTO wtmp VALUES (1, 1, 'reboot', 1700000000000000, NULL, '~', '6.1', "
		"NULL),"
		"(2, 3, 'alice', 1700000100000000, 1700000200000000, 'pts/0', '10.0.0.1', 'sshd'),"
		"(3, 9, x'ff', 'text', NULL, NULL, NULL, NULL)",
		true);
	give_database("/var/lib/lastlog/lastlog2.db",
		      "CREATE TABLE Lastlog2 (Name TEXT PRIMARY KEY, Time INTEGER, TTY TEXT, "
		      "RemoteHost TEXT, "
		      "Service TEXT); INSERT INTO Lastlog2 VALUES ('bob', 1700000300, 'tty1', '', "
		      "'login')",
		      false);
	case_box_finish(&box);
	ck_assert_str_eq(
		case_box_text(
			&box,
			"SELECT kind || user || time || \"end\" || end_kind || tty || address || "
			"detail FROM login WHERE line = 2"),
		"loginalice17000001000000000001700000200000000000logoutpts/010.0.0.1sshd");
	ck_assert_str_eq(case_box_text(&box, "SELECT kind || end_kind FROM login WHERE line = 1"),
			 "bootstill");
	ck_assert_str_eq(case_box_text(&box, "SELECT kind || user FROM login WHERE line = 3"),
			 "invalid\\xff");
	ck_assert_str_eq(
		case_box_text(
			&box,
			"SELECT kind || user || time || tty FROM login WHERE source = 'lastlog2'"),
		"lastbob1700000300000000000tty1");
}
END_TEST

START_TEST(test_a_hostile_database_does_nothing)
{
	/* a view that never ends, in the place of the table */
	give_database("/var/lib/lastlog/lastlog2.db",
		      "CREATE VIEW Lastlog2 AS WITH RECURSIVE r(Name) AS (SELECT 1 UNION ALL "
		      "SELECT Name + 1 FROM r) "
		      "SELECT Name, 1 AS Time, 1 AS TTY, 1 AS RemoteHost, 1 AS Service FROM r",
		      false);
	ck_assert_uint_eq(case_box_give(&box, "/var/log/wtmp.db",
					"no database, but long enough to be taken for one "
					"by somebody who looks at nothing but the length of it",
					100),
			  1);
	ck_assert_int_eq(case_box_int(&box, "SELECT count(*) FROM login"), 0);
	ck_assert_int_eq(case_box_int(&box, "SELECT count(*) FROM note WHERE kind = 'unreadable'"),
			 2);
}
END_TEST

START_TEST(test_a_damaged_database_gives_what_is_left)
{
	static unsigned char image[65536];
	sqlite3_int64 n;
	sqlite3 *db;
	unsigned char *made;

	ck_assert_int_eq(sqlite3_open(":memory:", &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db,
				      "CREATE TABLE Lastlog2 (Name TEXT, Time INTEGER, TTY TEXT, "
				      "RemoteHost TEXT, "
				      "Service TEXT); WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL "
				      "SELECT i + 1 FROM r "
				      "WHERE i < 500) INSERT INTO Lastlog2 SELECT 'user' || i, i, "
				      "'tty', 'h', 's' FROM r",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	made = sqlite3_serialize(db, "main", &n, 0);
	ck_assert_int_lt(n, sizeof(image));
	memcpy(image, made, (size_t)n);
	sqlite3_free(made);
	sqlite3_close(db);
	memset(image + n - 5000, 0xff, 4000);
	case_box_give(&box, "/var/lib/lastlog/lastlog2.db", image, (size_t)n);
	ck_assert_int_gt(case_box_int(&box, "SELECT count(*) FROM login"), 10);
	ck_assert_int_eq(case_box_int(&box, "SELECT count(*) FROM note WHERE kind = 'unreadable'"),
			 1);
}
END_TEST

START_TEST(test_the_layout_follows_the_architecture)
{
	box.facts.arch = (struct bytes){ "aarch64", 7 };
	ck_assert(load_login_layout(&box.facts).wide && !load_login_layout(&box.facts).big);
	box.facts.arch = (struct bytes){ "s390x", 5 };
	ck_assert(!load_login_layout(&box.facts).wide && load_login_layout(&box.facts).big);
	box.facts.arch = (struct bytes){ NULL, 0 };
	ck_assert(!load_login_layout(&box.facts).wide && !load_login_layout(&box.facts).big);
}
END_TEST

START_TEST(test_only_numbers_are_addresses)
{
	static const struct {
		const char *text;
		bool is;
	} rows[] = { { "1.2.3.4", true },  { "fe80::1%eth0", true }, { "::", true },
		     { "1.2.3", false },   { "a.example", false },   { "", false },
		     { "1.2.3.4 ", false } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_msg(
			(load_login_address((struct bytes){ rows[i].text, strlen(rows[i].text) })
				 .p != NULL) == rows[i].is,
			"%s", rows[i].text);
}
END_TEST

START_TEST(test_the_sample_of_a_host_without_a_clock_is_noted_not_refused)
{
	struct buf sample;

	if (!samples_read("utmp/raspim-wtmp", &sample))
		return;
	case_box_give(&box, "/var/log/wtmp", sample.p, sample.len);
	ck_assert_int_eq(case_box_int(&box, "SELECT count(*) FROM login"), 530);
	ck_assert_int_eq(case_box_int(&box, "SELECT count(*) FROM note WHERE kind = 'time-back'"),
			 22);
	ck_assert_int_eq(case_box_int(&box, "SELECT count(*) FROM note WHERE kind = 'clock'"), 22);
	buf_release(&sample);
}
END_TEST

Suite *suite_load_login(void)
{
	Suite *s = suite_create("workstation/case/load_login");
	TCase *tc = tcase_create("load_login");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_a_session_ends_in_a_later_file);
	tcase_add_test(tc, test_a_container_has_sessions_of_its_own);
	tcase_add_test(tc, test_btmp_is_failures_and_damage_is_noted);
	tcase_add_test(tc, test_lastlog_gets_names_from_passwd);
	tcase_add_test(tc, test_wtmpdb_and_lastlog2_are_read);
	tcase_add_test(tc, test_a_hostile_database_does_nothing);
	tcase_add_test(tc, test_a_damaged_database_gives_what_is_left);
	tcase_add_test(tc, test_the_layout_follows_the_architecture);
	tcase_add_test(tc, test_only_numbers_are_addresses);
	tcase_add_test(tc, test_the_sample_of_a_host_without_a_clock_is_noted_not_refused);
	suite_add_tcase(s, tc);
	return s;
}

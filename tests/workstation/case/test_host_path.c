#include "workstation/case/host_path.h"

#include <check.h>
#include <string.h>

#include "tests/support/case_box.h"

Suite *suite_host_path(void);

static struct case_box box;

static void setup(void)
{
	case_box_open(&box);
	case_box_sql(&box, "UPDATE host SET verdict = 'COMPLETE', completed = 1;"
			   "INSERT INTO object (host, path, type, result, link, artifact) VALUES"
			   " (1, '/', 'directory', 'ok', NULL, 'inventory'),"
			   " (1, '/usr', 'directory', 'ok', NULL, 'inventory'),"
			   " (1, '/usr/bin', 'directory', 'ok', NULL, 'inventory'),"
			   " (1, '/usr/bin/ls', 'file', 'ok', NULL, 'inventory'),"
			   " (1, '/bin', 'symlink', 'ok', 'usr/bin', 'inventory'),"
			   " (1, '/abs', 'symlink', 'ok', '/bin', 'inventory'),"
			   " (1, '/usr/up', 'symlink', 'ok', '../usr/./bin', 'inventory'),"
			   " (1, '/loop', 'symlink', 'ok', 'loop', 'inventory'),"
			   " (1, '/dangling', 'symlink', 'ok', 'nowhere', 'inventory'),"
			   " (1, '/private', 'directory', 'error', NULL, 'inventory'),"
			   " (1, '/private', 'directory', 'ok', NULL, 'etc'),"
			   " (1, '/hung', 'unknown', 'skipped', NULL, 'inventory'),"
			   " (1, '/hung/sub', 'directory', 'ok', NULL, 'usr_share'),"
			   " (1, '/late', 'unknown', 'skipped', NULL, 'inventory'),"
			   " (1, '/late', 'symlink', 'ok', 'usr/bin', 'bin')");
}

static void teardown(void)
{
	case_box_close(&box);
}

static const struct {
	const char *path, *real; /* NULL: nowhere */
	enum host_path_kind kind;
} rows[] = {
	{ "/usr/bin/ls", "/usr/bin/ls", HOST_PATH_LISTED },
	{ "/bin/ls", "/usr/bin/ls", HOST_PATH_LISTED },
	{ "/abs/ls", "/usr/bin/ls", HOST_PATH_LISTED },
	{ "/usr/up/ls", "/usr/bin/ls", HOST_PATH_LISTED },
	/* the last name is not followed, and need not be there */
	{ "/bin", "/bin", HOST_PATH_LISTED },
	{ "/bin/absent", "/usr/bin/absent", HOST_PATH_LISTED },
	{ "/usr/absent/x", NULL, HOST_PATH_ABSENT },
	{ "/usr/bin/ls/x", NULL, HOST_PATH_ABSENT },
	{ "/dangling/x", NULL, HOST_PATH_ABSENT },
	{ "/loop/x", NULL, HOST_PATH_LISTED },
	/* what lies in a directory that was not listed is not known to be absent */
	{ "/private/x", "/private/x", HOST_PATH_UNLISTED },
	{ "/private/y/x", NULL, HOST_PATH_UNLISTED },
	/* nor what lies below something that could not be looked at, whatever it is */
	{ "/hung/x", "/hung/x", HOST_PATH_UNLISTED },
	{ "/hung/sub/x", "/hung/sub/x", HOST_PATH_UNLISTED },
	{ "/late/ls", "/usr/bin/ls", HOST_PATH_LISTED },
};

static void assert_leads(struct host_path *p, const char *path, const char *real)
{
	enum host_path_kind kind;
	struct bytes out;

	ck_assert_int_eq(host_path_real(p, (struct bytes){ path, strlen(path) }, &out, &kind), 0);
	ck_assert_int_eq(out.p != NULL, real != NULL);
	if (real != NULL)
		ck_assert_msg(out.len == strlen(real) && memcmp(out.p, real, out.len) == 0,
			      "%s: %.*s", path, (int)out.len, (const char *)out.p);
}

START_TEST(test_directories_are_followed_by_their_links)
{
	struct host_path p;
	enum host_path_kind kind;
	struct bytes out;

	ck_assert_int_eq(host_path_open(&p, box.db, 1, &box.e), 0);
	assert_leads(&p, rows[_i].path, rows[_i].real);
	ck_assert_int_eq(host_path_real(&p, (struct bytes){ rows[_i].path, strlen(rows[_i].path) },
					&out, &kind),
			 0);
	if (rows[_i].real != NULL || rows[_i].kind != HOST_PATH_LISTED)
		ck_assert_int_eq(kind, rows[_i].kind);
	/* the directory that is remembered is no other's */
	assert_leads(&p, "/usr/bin/ls", "/usr/bin/ls");
	assert_leads(&p, rows[_i].path, rows[_i].real);
	host_path_close(&p);
}
END_TEST

START_TEST(test_of_a_run_that_was_stopped_nothing_is_known_to_be_absent)
{
	static const char *const ends[] = { "UPDATE host SET completed = 0",
					    "UPDATE host SET plan = 'unknown'" };
	struct host_path p;
	enum host_path_kind kind;
	struct bytes out;

	case_box_sql(&box, ends[_i]);
	ck_assert_int_eq(host_path_open(&p, box.db, 1, &box.e), 0);
	ck_assert_int_eq(host_path_real(&p, (struct bytes){ "/usr/absent/x", 13 }, &out, &kind), 0);
	ck_assert_int_eq(kind, HOST_PATH_UNLISTED);
	host_path_close(&p);
}
END_TEST

/* What stands in an archive that was cut before the inventory: links and files, few directories. */
static const struct {
	const char *path, *real; /* NULL: nowhere */
	bool unseen;
} cut[] = {
	{ "/usr/bin/ls", "/usr/bin/ls", false },
	{ "/bin/ls", "/usr/bin/ls", false },
	{ "/usr/lib/tool/ls", "/usr/bin/ls", false },
	{ "/opt/x", "/opt/x", true },
	{ "/opt/sub/x", "/opt/sub/x", true },
	{ "/odd/x", NULL, true }, /* it goes up from what may be a link */
	{ "/usr/bin/ls/x", NULL, false },
};

START_TEST(test_without_an_inventory_a_directory_that_nobody_saw_may_be_there)
{
	struct host_path p;
	enum host_path_kind kind;
	struct bytes out;

	case_box_sql(&box, "UPDATE host SET completed = 0; DELETE FROM object;"
			   "INSERT INTO object (host, path, type, result, link, artifact) VALUES"
			   " (1, '/usr/bin/ls', 'file', 'ok', NULL, 'bin'),"
			   " (1, '/usr/bin', 'directory', 'ok', NULL, 'bin'),"
			   " (1, '/bin', 'symlink', 'ok', 'usr/bin', 'bin'),"
			   " (1, '/odd', 'symlink', 'ok', 'opt/../usr/bin', 'bin'),"
			   " (1, '/usr/lib/tool', 'symlink', 'ok', '../bin', 'lib')");
	ck_assert_int_eq(host_path_open(&p, box.db, 1, &box.e), 0);
	assert_leads(&p, cut[_i].path, cut[_i].real);
	ck_assert_int_eq(p.unseen, cut[_i].unseen);
	ck_assert_int_eq(host_path_real(&p, (struct bytes){ cut[_i].path, strlen(cut[_i].path) },
					&out, &kind),
			 0);
	ck_assert_int_eq(kind, HOST_PATH_UNLISTED);
	assert_leads(&p, "/usr/bin/ls", "/usr/bin/ls");
	ck_assert(!p.unseen);
	assert_leads(&p, cut[_i].path, cut[_i].real);
	host_path_close(&p);
}
END_TEST

Suite *suite_host_path(void)
{
	Suite *s = suite_create("workstation/case/host_path");
	TCase *t = tcase_create("host_path");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, test_directories_are_followed_by_their_links, 0,
			    sizeof(rows) / sizeof(rows[0]));
	tcase_add_loop_test(t, test_of_a_run_that_was_stopped_nothing_is_known_to_be_absent, 0, 2);
	tcase_add_loop_test(t, test_without_an_inventory_a_directory_that_nobody_saw_may_be_there,
			    0, sizeof(cut) / sizeof(cut[0]));
	suite_add_tcase(s, t);
	return s;
}

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/case_box.h"
#include "workstation/case/loaders.h"

Suite *suite_finish_verify(void);

#define ABC_MD5 "900150983cd24fb0d6963f7d28e17f72"
#define ABC_SHA1 "a9993e364706816aba3e25717850c26c9cd0d89d"
#define ZERO16 "00000000000000000000000000000000"

static struct case_box box;

static void setup(void)
{
	case_box_open(&box);
	case_box_sql(
		&box,
		"UPDATE host SET verdict = 'COMPLETE', completed = 1;"
		"INSERT INTO object (host, path, type, result, artifact, mode, uid, gid, size, "
		"md5, link)"
		" VALUES"
		" (1, '/usr', 'directory', 'ok', 'inventory', 16877, 0, 0, 0, NULL, NULL),"
		" (1, '/usr/bin', 'directory', 'ok', 'inventory', 16877, 0, 0, 0, NULL, NULL),"
		" (1, '/usr/bin/same', 'file', 'ok', 'usr_bin', 33261, 0, 0, 3, x'" ABC_MD5
		"', NULL),"
		" (1, '/usr/bin/changed', 'file', 'ok', 'usr_bin', 33261, 0, 0, 3, x'" ZERO16
		"', NULL),"
		" (1, '/usr/bin/set', 'file', 'ok', 'usr_bin', 33261, 0, 0, 3, x'" ABC_MD5
		"', NULL),"
		" (1, '/usr/bin/unhashed', 'file', 'ok', 'usr_bin', 33261, 0, 0, 3, NULL, NULL),"
		" (1, '/usr/bin/linked', 'symlink', 'ok', 'usr_bin', 41471, 0, 0, 3, NULL, "
		"'/tmp/x'),"
		" (1, '/usr/bin/nobodys', 'file', 'ok', 'usr_bin', 35309, 0, 0, 3, NULL, NULL),"
		" (1, '/usr/bin/editor', 'symlink', 'ok', 'usr_bin', 41471, 0, 0, 3, NULL,"
		"  '/etc/alternatives/editor'),"
		" (1, '/usr/local/bin/own', 'file', 'ok', 'usr_local', 33261, 0, 0, 3, NULL, NULL),"
		" (1, '/etc/plain', 'file', 'ok', 'etc', 33188, 0, 0, 3, NULL, NULL),"
		" (1, '/etc/program', 'file', 'ok', 'etc', 33261, 0, 0, 3, NULL, NULL)");
}

static void teardown(void)
{
	case_box_close(&box);
}

static void give(const char *path, const char *text)
{
	ck_assert_uint_ge(case_box_give(&box, path, text, strlen(text)), 1);
}

static const char status[] =
	"Package: tool\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2\n\n"
	"Package: removed\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 1\n";

static void give_dpkg(void)
{
	give("/var/lib/dpkg/status", status);
	give("/var/lib/dpkg/info/tool:amd64.list",
	     "/.\n/usr\n/usr/bin\n/usr/bin/same\n/usr/bin/changed\n/usr/bin/set\n/usr/bin/"
	     "unhashed\n"
	     "/usr/bin/linked\n/usr/bin/gone\n/usr/bin/old\n");
	give("/var/lib/dpkg/info/tool:amd64.md5sums",
	     ABC_MD5 "  usr/bin/same\n" ABC_MD5 "  usr/bin/changed\n" ABC_MD5
		     "  usr/bin/set\n" ABC_MD5 "  usr/bin/unhashed\n" ABC_MD5
		     "  usr/bin/linked\n" ABC_MD5 "  usr/bin/gone\n" ABC_MD5 "  usr/bin/old\n");
	give("/var/lib/dpkg/info/removed.list", "/usr/bin/removed\n");
	give("/var/lib/dpkg/statoverride", "root root 4755 /usr/bin/set\n");
	give("/var/lib/dpkg/diversions", "/usr/bin/old\n/usr/bin/same\nother\n");
}

/* Marks of a path; "" : it is not listed. */
static const char *marks(const char *path)
{
	char sql[256];

	snprintf(sql, sizeof(sql),
		 "SELECT marks || ifnull(attr, '') FROM verification WHERE path = '%s'", path);
	return case_box_text(&box, sql);
}

START_TEST(test_files_of_dpkg_are_held_against_what_is_there)
{
	give_dpkg();
	case_box_finish(&box);
	ck_assert_str_eq(marks("/usr/bin/same"), "");
	ck_assert_str_eq(marks("/usr/bin/changed"), "??5??????");
	ck_assert_str_eq(marks("/usr/bin/set"), "?M.??..??");
	ck_assert_str_eq(marks("/usr/bin/unhashed"), "?????????");
	ck_assert_str_eq(marks("/usr/bin/linked"), "?M.??????");
	ck_assert_str_eq(marks("/usr/bin/gone"), "missing");
	ck_assert_str_eq(marks("/usr/bin/removed"), "");
	/* diverted: what the package has lies at the other path */
	ck_assert_str_eq(
		case_box_text(&box, "SELECT path FROM package_file WHERE kind = 'diverted'"),
		"/usr/bin/same");
	ck_assert_int_eq(case_box_int(&box, "SELECT count(*) FROM note WHERE parser = 'verify'"),
			 1);
}
END_TEST

START_TEST(test_what_no_package_owns_is_told)
{
	give_dpkg();
	case_box_finish(&box);
	ck_assert_str_eq(marks("/usr/bin/nobodys"), "unowned");
	ck_assert_str_eq(marks("/usr/bin/editor"), "unownedg");
	ck_assert_str_eq(marks("/etc/program"), "unowned");
	ck_assert_str_eq(marks("/etc/plain"), "");
	ck_assert_str_eq(marks("/usr/local/bin/own"), "");
}
END_TEST

START_TEST(test_without_a_package_database_nothing_is_unowned)
{
	case_box_finish(&box);
	ck_assert_int_eq(case_box_int(&box, "SELECT count(*) FROM verification"), 0);
}
END_TEST

/* What the collector left out of a database is no fact about the host. */
static void untaken(const char *path)
{
	char sql[300];

	snprintf(sql, sizeof(sql),
		 "INSERT INTO object (host, path, type, size, result, gap, depth) VALUES"
		 " (1, '%s', 'file', 90, 'skipped', 'size-limit', 'content')",
		 path);
	case_box_sql(&box, sql);
}

static int64_t untaken_notes(const char *text)
{
	char sql[300];

	snprintf(sql, sizeof(sql),
		 "SELECT count(*) FROM note WHERE kind = 'untaken' AND text LIKE '%s'", text);
	return case_box_int(&box, sql);
}

START_TEST(test_lists_that_were_not_taken_are_told)
{
	give_dpkg();
	case_box_sql(&box, "INSERT INTO package (host, manager, name, arch, state) VALUES"
			   " (1, 'dpkg', 'big', 'amd64', 'installed')");
	untaken("/var/lib/dpkg/info/big.list");
	untaken("/var/lib/dpkg/info/big:amd64.md5sums");
	untaken("/var/lib/dpkg/info/nobody.list");
	untaken("/var/lib/dpkg/info/removed.md5sums");
	case_box_finish(&box);
	ck_assert_int_eq(untaken_notes("%of 1 of 2 lists of files of packages (size-limit 1): what "
				       "only they name counts as nobody''s"),
			 1);
	ck_assert_int_eq(untaken_notes("%of 1 of 2 lists of digests of packages (size-limit 1)"),
			 1);
	ck_assert_int_eq(untaken_notes("%"), 2);
	ck_assert_str_eq(marks("/usr/bin/nobodys"), "unowned");
}
END_TEST

START_TEST(test_of_a_database_with_gaps_nothing_is_unowned)
{
	give_dpkg();
	untaken("/var/lib/dpkg/info");
	case_box_finish(&box);
	ck_assert_int_eq(untaken_notes("%of /var/lib/dpkg/info (size-limit 1): no file is "
				       "called nobody''s"),
			 1);
	ck_assert_str_eq(marks("/usr/bin/nobodys"), "");
	ck_assert_str_eq(marks("/usr/bin/changed"), "??5??????");
}
END_TEST

/* Or one name, put where another manager has its database, would silence every such rule. */
START_TEST(test_gap_in_the_database_of_a_manager_that_the_host_has_not_is_none)
{
	give_dpkg();
	untaken("/var/lib/rpm/rpmdb.sqlite");
	untaken("/lib/apk/db/installed");
	case_box_finish(&box);
	ck_assert_int_eq(untaken_notes("%"), 0);
	ck_assert_str_eq(marks("/usr/bin/nobodys"), "unowned");
}
END_TEST

/* Nor does a database with a package, put there beside the one that names the files. */
START_TEST(test_gap_in_a_second_database_is_told_and_silences_nothing)
{
	give_dpkg();
	give("/lib/apk/db/installed", "P:x\nV:1\nA:x86_64\n\n");
	untaken("/usr/lib/apk/db/installed");
	case_box_finish(&box);
	ck_assert_int_eq(untaken_notes("%of /usr/lib/apk/db/installed (size-limit 1): what only "
				       "they name counts as nobody''s"),
			 1);
	ck_assert_str_eq(marks("/usr/bin/nobodys"), "unowned");
}
END_TEST

/* The second one names no file: whose files are is what the first would have to tell. */
START_TEST(test_packages_without_files_are_no_second_database)
{
	give_dpkg();
	give("/lib/apk/db/installed", "P:x\nV:1\nA:x86_64\n\n");
	untaken("/var/lib/dpkg/info");
	case_box_finish(&box);
	ck_assert_int_eq(untaken_notes("%: no file is called nobody''s"), 1);
	ck_assert_str_eq(marks("/usr/bin/nobodys"), "");
}
END_TEST

/* A line of status makes no configuration of a program, nor another digest. */
START_TEST(test_what_has_a_sum_is_configuration_below_etc_alone)
{
	case_box_sql(&box, "INSERT INTO object (host, path, type, result, mode) VALUES"
			   " (1, '/etc', 'directory', 'ok', 16877);"
			   "UPDATE object SET md5 = x'" ZERO16 "' WHERE path = '/etc/plain'");
	give("/var/lib/dpkg/status",
	     "Package: tool\nStatus: install ok installed\nArchitecture: amd64\nConffiles:\n"
	     " /usr/bin/changed newconffile\n /usr/bin/same " ZERO16 "\n"
	     " /etc/plain newconffile\n /etc/program " ZERO16 "\n");
	give("/var/lib/dpkg/info/tool:amd64.list",
	     "/usr/bin/same\n/usr/bin/changed\n/etc/plain\n/etc/program\n");
	give("/var/lib/dpkg/info/tool:amd64.md5sums",
	     ABC_MD5 "  usr/bin/same\n" ABC_MD5 "  usr/bin/changed\n" ABC_MD5 "  etc/plain\n");
	case_box_finish(&box);
	ck_assert_str_eq(marks("/usr/bin/same"), "");
	ck_assert_str_eq(marks("/usr/bin/changed"), "??5??????");
	ck_assert_str_eq(marks("/etc/plain"), "??5??????c");
	ck_assert_str_eq(marks("/etc/program"), "?????????c");
}
END_TEST

/* Who takes the digests away, or one line of them, has no agreement of them. */
START_TEST(test_a_file_without_digest_was_not_compared)
{
	give("/var/lib/dpkg/status", status);
	give("/var/lib/dpkg/info/tool:amd64.list", "/.\n/usr\n/usr/bin\n/usr/bin/same\n/usr/bin/"
						   "set\n/usr/bin/editor\n/usr/bin/changed\n");
	give("/var/lib/dpkg/info/tool:amd64.md5sums", ABC_MD5 "  usr/bin/same\n");
	case_box_finish(&box);
	ck_assert_str_eq(marks("/usr/bin/same"), "");
	ck_assert_str_eq(marks("/usr/bin/set"), "?????????");
	ck_assert_str_eq(marks("/usr/bin/changed"), "?????????");
	ck_assert_str_eq(marks("/usr/bin/editor"), "");
	ck_assert_str_eq(marks("/usr/bin"), "");
	ck_assert_int_eq(case_box_int(&box, "SELECT count(*) FROM note WHERE parser = 'verify' "
					    "AND text LIKE '2 files %no digest of them%'"),
			 1);
}
END_TEST

START_TEST(test_installed_packages_without_a_list_are_told)
{
	give("/var/lib/dpkg/status", status);
	case_box_finish(&box);
	ck_assert_int_eq(case_box_int(&box,
				      "SELECT count(*) FROM note WHERE kind = 'unlisted' "
				      "AND text LIKE 'of 1 installed packages, tool among them,%'"),
			 1);
}
END_TEST

START_TEST(test_without_a_list_what_has_a_digest_is_verified)
{
	give("/var/lib/dpkg/status", status);
	give("/var/lib/dpkg/info/tool:amd64.md5sums",
	     ABC_MD5 "  usr/bin/same\n" ABC_MD5 "  usr/bin/changed\n");
	case_box_finish(&box);
	ck_assert_str_eq(marks("/usr/bin/same"), "");
	ck_assert_str_eq(marks("/usr/bin/changed"), "??5??????");
	ck_assert_str_eq(marks("/usr/bin/set"), "unowned");
	ck_assert_int_eq(case_box_int(&box, "SELECT count(*) FROM note WHERE kind = 'unlisted'"),
			 1);
}
END_TEST

START_TEST(test_a_file_that_its_list_leaves_out_is_verified_by_its_sum)
{
	give("/var/lib/dpkg/status", status);
	give("/var/lib/dpkg/info/tool:amd64.list", "/.\n/usr\n/usr/bin\n/usr/bin/same\n");
	give("/var/lib/dpkg/info/tool:amd64.md5sums",
	     ABC_MD5 "  usr/bin/same\n" ABC_MD5 "  usr/bin/changed\n");
	case_box_finish(&box);
	ck_assert_str_eq(marks("/usr/bin/same"), "");
	ck_assert_str_eq(marks("/usr/bin/changed"), "??5??????");
	ck_assert_int_eq(
		case_box_int(&box, "SELECT count(*) FROM package_file WHERE path GLOB '*e*'"), 2);
}
END_TEST

/* dpkg takes the sums away with the files: a package that has some is there. */
START_TEST(test_what_has_a_sum_is_verified_whatever_status_says)
{
	give("/var/lib/dpkg/status",
	     "Package: tool\nArchitecture: amd64\n\n"
	     "Package: left\nStatus: deinstall ok config-files\nArchitecture: amd64\n\n"
	     "Package: gone\nStatus: deinstall ok config-files\nArchitecture: amd64\n");
	give("/var/lib/dpkg/info/tool.list", "/usr/bin/same\n/usr/bin/unhashed\n");
	give("/var/lib/dpkg/info/left.list", "/usr/bin/changed\n");
	give("/var/lib/dpkg/info/left.md5sums", ABC_MD5 "  usr/bin/changed\n");
	give("/var/lib/dpkg/info/gone.list", "/usr/bin/set\n");
	case_box_finish(&box);
	ck_assert_str_eq(marks("/usr/bin/unhashed"), "?????????");
	ck_assert_str_eq(marks("/usr/bin/changed"), "??5??????");
	ck_assert_str_eq(marks("/usr/bin/set"), "unowned");
}
END_TEST

START_TEST(test_a_header_of_rpm_without_digests_was_not_compared)
{
	case_box_sql(&box,
		     "INSERT INTO package (id, host, manager, name, state) VALUES"
		     " (1, 1, 'rpm', 'tool', 'installed');"
		     "INSERT INTO package_file (host, package, path, digest_kind, mode, size,"
		     " user, grp, mtime, flags, verify) VALUES"
		     " (1, 1, '/usr/bin/same', 'none', 33261, 3, 'root', 'root', 0, 0, 1),"
		     " (1, 1, '/usr/bin/set', 'none', 33261, 3, 'root', 'root', 0, 0, 2),"
		     " (1, 1, '/usr/bin/changed', 'none', 33261, 3, 'root', 'root', 0, 64, 1)");
	case_box_finish(&box);
	ck_assert_str_eq(marks("/usr/bin/same"), "..?......");
	ck_assert_str_eq(marks("/usr/bin/set"), "");     /* its digest does not count */
	ck_assert_str_eq(marks("/usr/bin/changed"), ""); /* a ghost */
}
END_TEST

START_TEST(test_of_a_package_with_folders_alone_nothing_is_told)
{
	give("/var/lib/dpkg/status", status);
	give("/var/lib/dpkg/info/tool:amd64.list", "/.\n/usr\n");
	case_box_finish(&box);
	ck_assert_int_eq(case_box_int(&box, "SELECT count(*) FROM note"), 0);
}
END_TEST

START_TEST(test_packages_of_a_container_say_nothing_of_the_host)
{
	give("/proc/7/root/var/lib/dpkg/status", status);
	case_box_finish(&box);
	ck_assert_int_eq(case_box_int(&box, "SELECT count(*) FROM package"), 0);
}
END_TEST

START_TEST(test_of_a_run_that_was_stopped_nothing_is_missing)
{
	case_box_sql(&box, "UPDATE host SET completed = 0");
	give_dpkg();
	case_box_finish(&box);
	ck_assert_str_eq(marks("/usr/bin/gone"), "?????????");
	ck_assert_str_eq(marks("/usr/bin/changed"), "??5??????");
}
END_TEST

/* The inventory comes last: before it there are files of directories that are not there. */
START_TEST(test_without_an_inventory_files_of_unseen_directories_are_compared)
{
	case_box_sql(&box, "UPDATE host SET completed = 0;"
			   "DELETE FROM object WHERE type = 'directory'");
	give_dpkg();
	case_box_finish(&box);
	ck_assert_str_eq(marks("/usr/bin/same"), "");
	ck_assert_str_eq(marks("/usr/bin/changed"), "??5??????");
	ck_assert_str_eq(marks("/usr/bin/gone"), "?????????");
	ck_assert_str_eq(marks("/usr/bin/nobodys"), "unowned");
	ck_assert_int_eq(case_box_int(&box, "SELECT count(*) FROM note WHERE kind = "
					    "'uninventoried' AND text LIKE '%not verified'"),
			 1);
}
END_TEST

/* What is known of /bin: nothing, a directory, a link; nothing in a whole archive. */
static const struct {
	const char *sql, *marks;
	int notes;
} bins[] = {
	{ "UPDATE host SET completed = 0", "", 1 },
	{ "UPDATE host SET completed = 0; INSERT INTO object (host, path, type, result, artifact)"
	  " VALUES (1, '/bin', 'directory', 'ok', 'bin')",
	  "unowned", 0 },
	{ "UPDATE host SET completed = 0; INSERT INTO object (host, path, type, result, link,"
	  " artifact) VALUES (1, '/bin', 'symlink', 'ok', 'usr/bin', 'bin')",
	  "", 0 },
	{ "SELECT 1", "unowned", 0 },
};

START_TEST(test_what_a_package_may_have_behind_a_link_that_nobody_saw_is_not_called_nobodys)
{
	case_box_sql(&box, bins[_i].sql);
	give("/var/lib/dpkg/status", status);
	give("/var/lib/dpkg/info/tool:amd64.list", "/.\n/bin/nobodys\n/usr/bin/same\n");
	case_box_finish(&box);
	ck_assert_str_eq(marks("/usr/bin/nobodys"), bins[_i].marks);
	ck_assert_str_eq(marks("/usr/bin/set"), "unowned");
	ck_assert_int_eq(case_box_int(&box, "SELECT count(*) FROM note WHERE text LIKE '%; left out"
					    " are 1 files below /usr % (/usr/bin/nobodys)'"),
			 bins[_i].notes);
}
END_TEST

START_TEST(test_the_time_of_a_package_is_that_of_its_list)
{
	case_box_give(&box, "/var/lib/dpkg/status", status, strlen(status));
	case_box_give_at(&box, "/var/lib/dpkg/info/tool:amd64.list", 1700000000000000000, "/.\n",
			 3);
	case_box_finish(&box);
	ck_assert_int_eq(case_box_int(&box, "SELECT time FROM package WHERE name = 'tool'"),
			 1700000000000000000);
	ck_assert_str_eq(case_box_text(&box, "SELECT time_from FROM package WHERE name = 'tool'"),
			 "list");
	ck_assert_int_eq(case_box_int(&box, "SELECT time FROM package WHERE name = 'removed'"),
			 CASE_NULL);
}
END_TEST

START_TEST(test_checksums_are_made_of_what_is_in_the_archive)
{
	case_box_sql(
		&box,
		"INSERT INTO object (host, path, type) VALUES (1, '/var/lib/dpkg/status', 'file'),"
		" (1, '/usr/lib/apk/db/installed', 'file')");
	give("/etc/motd", "abc");
	ck_assert_str_eq(
		case_box_text(&box, "SELECT lower(hex(md5)) FROM object WHERE path = '/etc/motd'"),
		ABC_MD5);
	ck_assert_str_eq(
		case_box_text(&box, "SELECT lower(hex(sha1)) FROM object WHERE path = '/etc/motd'"),
		ABC_SHA1);
}
END_TEST

START_TEST(test_files_of_apk_have_owners_modes_and_links)
{
	/* printf abc | openssl sha1 -binary | base64; of "/tmp/x" it is another */
	static const char sum[] = "Z:Q1qZk+NkcGgWq6PiVxeFDCbJzQ2J0=\n";
	char text[1024];

	case_box_sql(&box, "UPDATE object SET sha1 = x'" ABC_SHA1 "' WHERE type = 'file'");
	snprintf(text, sizeof(text),
		 "P:tool\nV:1-r0\nA:x86_64\nF:usr\nF:usr/bin\nM:0:0:700\nR:same\na:0:0:755\n%s"
		 "R:set\na:0:5:4755\n%sR:linked\na:0:0:777\n%sR:gone\n\n",
		 sum, sum, sum);
	give("/lib/apk/db/installed", text);
	case_box_finish(&box);
	ck_assert_str_eq(marks("/usr/bin/same"), "");
	ck_assert_str_eq(marks("/usr/bin"), "?M???..??");
	ck_assert_str_eq(marks("/usr/bin/set"), "?M.??.G??");
	ck_assert_str_eq(marks("/usr/bin/linked"), "?.5??..??");
	ck_assert_str_eq(marks("/usr/bin/gone"), "missing");
}
END_TEST

Suite *suite_finish_verify(void)
{
	Suite *s = suite_create("workstation/case/finish_verify");
	TCase *t = tcase_create("finish_verify");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_files_of_dpkg_are_held_against_what_is_there);
	tcase_add_test(t, test_what_no_package_owns_is_told);
	tcase_add_test(t, test_without_a_package_database_nothing_is_unowned);
	tcase_add_test(t, test_lists_that_were_not_taken_are_told);
	tcase_add_test(t, test_of_a_database_with_gaps_nothing_is_unowned);
	tcase_add_test(t, test_gap_in_a_second_database_is_told_and_silences_nothing);
	tcase_add_test(t, test_packages_without_files_are_no_second_database);
	tcase_add_test(t, test_gap_in_the_database_of_a_manager_that_the_host_has_not_is_none);
	tcase_add_test(t, test_what_has_a_sum_is_configuration_below_etc_alone);
	tcase_add_test(t, test_a_file_without_digest_was_not_compared);
	tcase_add_test(t, test_installed_packages_without_a_list_are_told);
	tcase_add_test(t, test_without_a_list_what_has_a_digest_is_verified);
	tcase_add_test(t, test_a_file_that_its_list_leaves_out_is_verified_by_its_sum);
	tcase_add_test(t, test_what_has_a_sum_is_verified_whatever_status_says);
	tcase_add_test(t, test_a_header_of_rpm_without_digests_was_not_compared);
	tcase_add_test(t, test_of_a_package_with_folders_alone_nothing_is_told);
	tcase_add_test(t, test_packages_of_a_container_say_nothing_of_the_host);
	tcase_add_test(t, test_of_a_run_that_was_stopped_nothing_is_missing);
	tcase_add_test(t, test_without_an_inventory_files_of_unseen_directories_are_compared);
	tcase_add_loop_test(
		t, test_what_a_package_may_have_behind_a_link_that_nobody_saw_is_not_called_nobodys,
		0, sizeof(bins) / sizeof(bins[0]));
	tcase_add_test(t, test_the_time_of_a_package_is_that_of_its_list);
	tcase_add_test(t, test_checksums_are_made_of_what_is_in_the_archive);
	tcase_add_test(t, test_files_of_apk_have_owners_modes_and_links);
	suite_add_tcase(s, t);
	return s;
}

#include "workstation/report/rules.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/case_box.h"
#include "workstation/show/show.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* What every case has: a host of five years with two packages and root. */
static const char host[] =
	"UPDATE host SET \"begin\" = 1700000000000000000, verdict = 'COMPLETE';"
	"INSERT INTO object (id, host, path, type, mode, uid, gid, size, mtime, ctime, btime) "
	"VALUES"
	" (1, 1, '/var/lib/some/member', 'file', 33188, 0, 0, 9, 1600000000000000000,"
	" 1600000000000000000, 1600000000000000000),"
	" (2, 1, '/etc', 'directory', 16877, 0, 0, 9, 1600000000000000000, 1600000000000000000,"
	" 1600000000000000000),"
	" (3, 1, '/var/lib/dpkg/info/coreutils.list', 'file', 33188, 0, 0, 9, 1600000000000000000,"
	" 1600000000000000000, 1600000000000000000);"
	"INSERT INTO account (host, object, line, name, uid, gid, home, shell, password) VALUES"
	" (1, 1, 1, 'root', 0, 0, '/root', '/bin/bash', 'set');"
	"INSERT INTO package (id, host, object, manager, name, state, time) VALUES"
	" (1, 1, 1, 'dpkg', 'coreutils', 'installed', 1600000000000000000);"
	"INSERT INTO package_file (host, object, package, path) VALUES (1, 1, 1, '/usr/bin/ls'),"
	" (1, 1, 1, '/usr/sbin/sshd'), (1, 1, 1, '/sbin/init'), (1, 1, 1, '/usr/bin/su'),"
	" (1, 1, 1, '/usr/share/nginx/html'), (1, 1, 1, '/usr/share/nginx/html/index.php');";

static const struct sample {
	const char *rule, *subject, *positive, *look_alike;
} samples[] = {
#define CASE(rule, subject, positive, look_alike) { rule, subject, positive, look_alike },
#include "tests/workstation/report/rule_case.def"
#undef CASE
};

static struct case_box box;

static void open_box(void)
{
	case_box_open(&box);
	case_box_sql(&box, host);
}

static void close_box(void)
{
	case_box_close(&box);
}

static int64_t observations(const char *rule)
{
	char sql[200];

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM observation WHERE rule = '%s'", rule);
	return case_box_int(&box, sql);
}

static void run(const char *sql)
{
	struct err e = { 0 };

	case_box_sql(&box, sql);
	ck_assert_msg(rules_run(box.db, &e) == 0, "%s", e.what);
}

START_TEST(test_a_rule_notices_what_it_is_for)
{
	const struct sample *s = &samples[_i];
	char sql[400];

	run(s->positive);
	snprintf(sql, sizeof(sql),
		 "SELECT count(*) FROM observation JOIN evidence e ON"
		 " e.observation = observation.id WHERE rule = '%s' AND subject = '%s'",
		 s->rule, s->subject);
	ck_assert_msg(case_box_int(&box, sql) > 0, "%s did not name %s", s->rule, s->subject);
}
END_TEST

START_TEST(test_a_rule_leaves_what_looks_like_it)
{
	const struct sample *s = &samples[_i];

	run(s->look_alike);
	ck_assert_msg(observations(s->rule) == 0, "%s took the look-alike", s->rule);
}
END_TEST

START_TEST(test_every_rule_has_a_sample_of_both_kinds)
{
	for (size_t i = 0; rules_at(i) != NULL; i++) {
		size_t k = 0;

		while (k < COUNT(samples) && strcmp(samples[k].rule, rules_at(i)->id) != 0)
			k++;
		ck_assert_msg(k < COUNT(samples), "%s has no sample", rules_at(i)->id);
	}
}
END_TEST

START_TEST(test_rules_explain_themselves_and_are_named_once)
{
	for (size_t i = 0; rules_at(i) != NULL; i++) {
		const struct rule *r = rules_at(i);

		ck_assert_ptr_eq(rules_find(r->id), r);
		ck_assert(r->weight >= 1 && r->weight <= 100);
		ck_assert_msg(strlen(r->why) > 20 && strlen(r->innocent) > 4, "%s", r->id);
	}
}
END_TEST

START_TEST(test_the_verb_that_shows_the_rest_is_there)
{
	for (size_t i = 0; rules_at(i) != NULL; i++) {
		static const char show[] = "exhibit show ";
		const char *more = rules_at(i)->more;
		char verb[64];

		ck_assert_int_eq(strncmp(more, show, sizeof(show) - 1), 0);
		snprintf(verb, sizeof(verb), "%.*s", (int)strcspn(more + sizeof(show) - 1, " "),
			 more + sizeof(show) - 1);
		ck_assert_msg(show_find(verb) != NULL, "%s: no verb %s", rules_at(i)->id, verb);
	}
}
END_TEST

START_TEST(test_a_host_without_anything_odd_is_silent)
{
	run("");
	ck_assert_int_eq(case_box_int(&box, "SELECT count(*) FROM observation"), 0);
	ck_assert_int_eq(
		case_box_int(&box, "SELECT min(observations = 0 AND pieces = 0) FROM rule_count"),
		1);
}
END_TEST

/* What of a case stands for each input: the tables and views that a rule that needs it asks. */
static const struct {
	const char *input, *tables;
} inputs[] = {
	{ "logins", " login x_entered note " },
	{ "failures", " login x_failed x_guessed " },
	{ "weblogs", " web " },
	{ "webroot", " x_script x_web note " },
	{ "logs", " log x_silence x_pace note object " },
	{ "commands", " command " },
	{ "startup", " note " },
	{ "accounts", " account authkey " },
	{ "passwords", " account " },
	{ "jobs", " job " },
	{ "installed", " package package_unlisted x_undigested x_package_part " },
	{ "packages", " package_file package verification x_changed x_set_back " },
	{ "owners", " package_file x_package_part x_set_back " },
	{ "lists", " package_unlisted " },
	{ "programs", " x_system x_changed verification object " },
	{ "files", " object x_set_back " },
	{ "temp", " x_temp " },
	{ "devices", " object " },
	{ "processes", " process " },
	{ "sockets", " socket x_held " },
	{ "views", " disagreement " },
	{ "modules", " module " },
	{ "taint", " session " },
	{ "bpf", " bpf " },
};

static bool in_list(const char *list, const char *word, size_t n)
{
	for (const char *at = list; (at = strchr(at, ' ')) != NULL; at++)
		if (strncmp(at + 1, word, n) == 0 && at[1 + n] == ' ')
			return true;
	return false;
}

/* The next word of ${text} behind FROM, or behind JOIN; NULL: there is none. */
static const char *next_table(const char **text, size_t *n)
{
	const char *from = strstr(*text, " FROM "), *join = strstr(*text, " JOIN ");
	const char *at = from == NULL || (join != NULL && join < from) ? join : from;

	if (at == NULL)
		return NULL;
	*text = at + 6;
	*n = strcspn(*text, " )");
	return *text;
}

static bool asks_one_of(const char *sql, const char *tables)
{
	const char *word;
	size_t n;

	while ((word = next_table(&sql, &n)) != NULL)
		if (in_list(tables, word, n))
			return true;
	return false;
}

/* Is ${word} one of ${needs}? */
static bool has_need(const char *needs, const char *word)
{
	size_t n;

	for (; *needs != '\0'; needs += needs[n] == '\0' ? n : n + 1) {
		n = strcspn(needs, " |");
		if (strlen(word) == n && strncmp(needs, word, n) == 0)
			return true;
	}
	return false;
}

/* Is the table one that an input of ${needs} stands for? */
static bool is_needed(const char *needs, const char *table, size_t n)
{
	for (size_t i = 0; i < COUNT(inputs); i++)
		if (has_need(needs, inputs[i].input) && in_list(inputs[i].tables, table, n))
			return true;
	return false;
}

/* Tables that only leave something out, or say more of what was found. */
static const struct {
	const char *rule, *tables;
} spare[] = {
	{ "odd-program-connected", " package_file " },
	{ "web-upload-script", " package_file " },
	{ "irc", " process " },
	{ "irc", " process " },
	{ "process-deleted", " package_file " },
	{ "process-replaced", " package_file " },
	{ "log-hole", " login " },
};

static bool is_spare(const char *rule, const char *table, size_t n)
{
	for (size_t i = 0; i < COUNT(spare); i++)
		if (strcmp(spare[i].rule, rule) == 0 && in_list(spare[i].tables, table, n))
			return true;
	return false;
}

/* A rule that reads a table which it does not say it needs would give a 0 that is no answer. */
START_TEST(test_a_rule_needs_what_it_asks)
{
	/* what every archive has, or what comes with processes */
	static const char always[] = " object host session open_file (SELECT ";

	for (size_t i = 0; rules_at(i) != NULL; i++) {
		const struct rule *r = rules_at(i);
		const char *sql = r->sql, *table;
		size_t n;

		while ((table = next_table(&sql, &n)) != NULL)
			ck_assert_msg(in_list(always, table, n) || is_needed(r->needs, table, n) ||
					      is_spare(r->id, table, n),
				      "%s asks %.*s and does not need it", r->id, (int)n, table);
		for (size_t k = 0; k < COUNT(inputs); k++)
			ck_assert_msg(!has_need(r->needs, inputs[k].input) ||
					      asks_one_of(r->sql, inputs[k].tables),
				      "%s needs %s and does not ask it", r->id, inputs[k].input);
	}
}
END_TEST

START_TEST(test_what_a_rule_needs_is_known_to_the_case)
{
	char sql[200];

	run("");
	for (size_t i = 0; rules_at(i) != NULL; i++) {
		const char *at = rules_at(i)->needs;
		size_t n;

		ck_assert_msg(*at != '\0', "%s", rules_at(i)->id);
		for (; *at != '\0'; at += at[n] == '\0' ? n : n + 1) {
			n = strcspn(at, " |");
			snprintf(sql, sizeof(sql),
				 "SELECT count(*) FROM input WHERE input = '%.*s'", (int)n, at);
			ck_assert_msg(case_box_int(&box, sql) == 1, "%s: %.*s", rules_at(i)->id,
				      (int)n, at);
		}
	}
}
END_TEST

static int64_t asked(const char *rule)
{
	char sql[200];

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM rule_count WHERE rule = '%s'", rule);
	return case_box_int(&box, sql);
}

/* Nothing in the archive to ask is not the same as nothing found. */
START_TEST(test_a_rule_without_its_input_was_not_asked)
{
	run("");
	ck_assert_int_eq(asked("login-after-failures"), 0);
	ck_assert_int_eq(asked("irc"), 0);
	ck_assert_int_eq(asked("uid0-twin"), 1);
	ck_assert_int_eq(asked("listener-unowned"), 0);
	/* an empty file of logins is there to be asked */
	run("INSERT INTO object (host, path, type, size, result) VALUES (1, '/var/log/wtmp', "
	    "'file', "
	    "0, 'ok'), (1, '/var/log/btmp', 'file', 0, 'ok');"
	    "INSERT INTO process (host, object, pid, name) VALUES (1, 1, 1, 'init')");
	ck_assert_int_eq(asked("login-after-failures"), 1);
	ck_assert_int_eq(asked("preload"), 1);          /* one of two will do */
	ck_assert_int_eq(asked("listener-unowned"), 0); /* two of three do not */
	run("INSERT INTO socket (host, object, protocol) VALUES (1, 1, 'tcp')");
	ck_assert_int_eq(asked("listener-unowned"), 1);
	ck_assert_int_eq(observations("listener-unowned"), 0);
}
END_TEST

/* One that could not be read is none. */
START_TEST(test_an_input_that_could_not_be_read_is_missing)
{
	run("INSERT INTO object (host, path, type, size, result) VALUES (1, '/var/log/wtmp', "
	    "'file', "
	    "9, 'error')");
	ck_assert_int_eq(asked("root-login"), 0);
}
END_TEST

/* A file of 90 bytes of which the archive has what ${depth} and ${gap} say. */
#define UNTAKEN(path, gap, depth)                                                           \
	"INSERT INTO object (host, path, type, size, gap, result, depth) VALUES (1, '" path \
	"', 'file', 90, '" gap "', 'skipped', '" depth "');"

static int64_t qualified(const char *rule, const char *text)
{
	char sql[400];

	snprintf(sql, sizeof(sql),
		 "SELECT count(*) FROM observation WHERE rule = '%s' AND text LIKE '%%; a package "
		 "may own it all the same: the archive lacks all or part of %s'",
		 rule, text);
	return case_box_int(&box, sql);
}

/* Whoever says that no package owns a file says of which lists that is known. */
START_TEST(test_what_a_missing_list_may_own_is_not_called_nobodys)
{
	const struct sample *s = &samples[_i];

	if (!has_need(rules_find(s->rule)->needs, "owners"))
		return;
	run(s->positive);
	ck_assert_int_eq(qualified(s->rule, "%"), 0);
	run(INSTALLED(20, "a", "installed") INSTALLED(21, "b", "installed")
		    UNTAKEN("/var/lib/dpkg/info/a.list", "size-limit", "content")
			    UNTAKEN("/var/lib/dpkg/info/b.list", "none", "metadata"));
	ck_assert_int_gt(observations(s->rule), 0);
	ck_assert_int_eq(qualified(s->rule, "2 of 3 lists of files of packages (metadata only 1, "
					    "size-limit 1)"),
			 observations(s->rule));
	run("DELETE FROM object WHERE path GLOB '*.list'");
	ck_assert_int_eq(qualified(s->rule, "the lists of files of 3 installed packages"),
			 observations(s->rule));
}
END_TEST

/* Gaps elsewhere, an empty list, that of no package, and the database of a container leave nothing
 * open. */
START_TEST(test_other_gaps_leave_no_doubt_of_an_owner)
{
	case_box_sql(&box, INSTALLED(20, "a", "installed") INSTALLED(21, "b", "installed")
				   INSTALLED(22, "c", "installed"));
	case_box_sql(&box, UNTAKEN("/var/lib/dpkg/info/c.list", "replaced", "content")
				   UNTAKEN("/var/lib/rpm/rpmdb.sqlite", "grew", "content"));
	case_box_sql(&box, "UPDATE object SET container = 'c' WHERE gap <> 'none'");
	case_box_sql(&box, UNTAKEN("/var/lib/dpkg/info/b.list", "none", "metadata"));
	case_box_sql(&box, "UPDATE object SET size = 0 WHERE gap = 'none'");
	case_box_sql(&box, UNTAKEN("/var/lib/dpkg/info/a.postinst", "size-limit", "content")
				   UNTAKEN("/var/lib/dpkg/a.list", "size-limit", "content")
					   UNTAKEN("/var/lib/dpkg/info/a.list", "none", "content"));
	case_box_sql(&box,
		     UNTAKEN("/var/lib/dpkg/info/nobody.list", "size-limit", "content")
			     UNTAKEN("/var/lib/dpkg/info/a:c.md5sums", "size-limit", "content"));
	ck_assert_int_eq(case_box_int(&box, "SELECT count(*) FROM package_gap"), 0);
	/* of an installed package an empty list is a missing one */
	run("DELETE FROM package WHERE name = 'b';"
	    "INSERT INTO object (id, host, path, type, mode) VALUES (100, 1, '/usr/bin/xmr', "
	    "'file', 33261)");
	ck_assert_int_eq(observations("unowned-program"), 1);
	ck_assert_int_eq(qualified("unowned-program", "%"), 0);
}
END_TEST

/* Of a database without a part of what tells of all packages, nothing of this is asked. */
START_TEST(test_whose_files_are_is_not_asked_of_a_database_with_gaps)
{
	const struct sample *s = &samples[_i];

	if (!has_need(rules_find(s->rule)->needs, "owners"))
		return;
	run(s->positive);
	ck_assert_int_eq(asked(s->rule), 1);
	run(UNTAKEN("/var/lib/dpkg/status", "io-error", "content"));
	ck_assert_int_eq(asked(s->rule), 0);
	ck_assert_int_eq(observations(s->rule), 0);
}
END_TEST

/* Or whoever puts a database of another manager there would have his files passed over. */
START_TEST(test_gap_in_a_second_database_leaves_doubt_alone)
{
	const struct sample *s = &samples[_i];

	if (!has_need(rules_find(s->rule)->needs, "owners"))
		return;
	case_box_sql(&box, "INSERT INTO package (host, object, manager, name) VALUES (1, 1, 'apk', "
			   "'x');" UNTAKEN("/usr/lib/apk/db/installed", "size-limit", "content"));
	run(s->positive);
	ck_assert_int_gt(observations(s->rule), 0);
	ck_assert_int_eq(qualified(s->rule, "/usr/lib/apk/db/installed (size-limit 1)"),
			 observations(s->rule));
}
END_TEST

START_TEST(test_a_package_without_digests_is_told_from_a_list_that_was_not_taken)
{
	static const char like[] =
		"SELECT count(*) FROM observation WHERE rule = 'package-undigested' AND text LIKE "
		"'%; the archive lacks all or part of 1 of 1 lists of digests of packages (budget "
		"1)'";

	run("INSERT INTO verification (host, object, path, marks, package, package_file) VALUES"
	    " (1, 1, '/usr/bin/ls', '..?......', 'coreutils', 1)");
	ck_assert_int_eq(observations("package-undigested"), 1);
	ck_assert_int_eq(case_box_int(&box, like), 0);
	run(UNTAKEN("/var/lib/dpkg/info/coreutils.md5sums", "budget", "content"));
	ck_assert_int_eq(case_box_int(&box, like), 1);
}
END_TEST

/* A folder that was left out is no fact about the host, whatever its packages. */
START_TEST(test_missing_lists_are_not_asked_of_a_folder_that_was_not_taken)
{
	run(INSTALLED(20, "a", "installed"));
	ck_assert_int_eq(observations("package-unlisted"), 1);
	run("INSERT INTO object (host, path, type, gap, result) VALUES"
	    " (1, '/var/lib/dpkg/info', 'unknown', 'excluded-by-rule', 'skipped')");
	ck_assert_int_eq(observations("package-unlisted"), 0);
	ck_assert_int_eq(asked("package-unlisted"), 0);
	/* that of a manager which the host has not is nothing */
	run("UPDATE package SET manager = 'rpm'; DELETE FROM package_file");
	ck_assert_int_gt(observations("package-unlisted"), 0);
}
END_TEST

START_TEST(test_each_host_of_a_case_is_asked_for_itself)
{
	run("INSERT INTO host (id, begin, verdict) VALUES (2, 1700000000000000000, 'COMPLETE')");
	ck_assert_int_eq(case_box_int(&box,
				      "SELECT group_concat(host) FROM rule_count WHERE rule = "
				      "'uid0-twin'"),
			 1);
}
END_TEST

START_TEST(test_observations_are_bounded_and_counted)
{
	run("INSERT INTO login (host, source, kind, user, address, time, object)"
	    " WITH RECURSIVE c(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM c WHERE i < 9999)"
	    " SELECT 1, 'wtmp', 'login', 'root', printf('10.0.%d.1', i % 200), i, 1 FROM c");
	ck_assert_int_eq(observations("root-login"), RULES_OBSERVATIONS);
	ck_assert_int_eq(case_box_int(&box, "SELECT count(*) FROM evidence"),
			 RULES_OBSERVATIONS * RULES_EVIDENCE);
	ck_assert_int_eq(case_box_int(&box, "SELECT max(pieces) FROM observation"), 50);
	ck_assert_int_eq(case_box_int(&box, "SELECT observations FROM rule_count"
					    " WHERE rule = 'root-login'"),
			 200);
	ck_assert_int_eq(case_box_int(&box, "SELECT pieces FROM rule_count"
					    " WHERE rule = 'root-login'"),
			 10000);
}
END_TEST

START_TEST(test_a_second_run_takes_the_place_of_the_first)
{
	run(samples[0].positive);
	run("DELETE FROM login");
	ck_assert_int_eq(observations(samples[0].rule), 0);
	ck_assert_int_eq(case_box_int(&box, "SELECT count(*) FROM evidence"), 0);
}
END_TEST

START_TEST(test_a_run_aside_leaves_the_case_as_it_is)
{
	struct err e = { 0 };

	ck_assert_int_eq(rules_aside(box.db, &e), 0);
	run(samples[0].positive);
	ck_assert_int_gt(observations(samples[0].rule), 0);
	ck_assert_int_eq(case_box_int(&box, "SELECT count(*) FROM main.observation"), 0);
	ck_assert_int_eq(case_box_int(&box, "SELECT count(*) FROM main.evidence"), 0);
}
END_TEST

START_TEST(test_hosts_of_a_case_are_kept_apart)
{
	run("INSERT INTO host (id, begin, verdict) VALUES (2, 1700000000000000000, 'COMPLETE');"
	    "INSERT INTO login (host, source, kind, user, address, time, object)"
	    " WITH RECURSIVE c(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM c WHERE i < 9)"
	    " SELECT 1, 'btmp', 'failed', 'a', '192.0.2.4', i, 1 FROM c;"
	    "INSERT INTO login (host, source, kind, user, address, time, object) VALUES"
	    " (2, 'wtmp', 'login', 'a', '192.0.2.4', 99, 1)");
	ck_assert_int_eq(observations("login-after-failures"), 0);
}
END_TEST

/* A question for each login, or for each of its addresses, would take minutes. */
START_TEST(test_many_logins_after_many_failures_end_in_time)
{
	run("INSERT INTO login (host, source, kind, user, address, time, object)"
	    " WITH RECURSIVE c(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM c WHERE i < 39999)"
	    " SELECT 1, 'log', 'failed', 'a', '192.0.2.' || (i % 50), i, 1 FROM c;"
	    "INSERT INTO login (host, source, kind, user, address, time, object)"
	    " WITH RECURSIVE c(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM c WHERE i < 1999)"
	    " SELECT 1, 'wtmp', 'login', 'a', '192.0.2.' || (i % 50), 50000 + i, 1 FROM c;"
	    "INSERT INTO web (host, kind, address, time, object)"
	    " WITH RECURSIVE c(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM c WHERE i < 39999)"
	    " SELECT 1, 'access', '198.51.100.' || (i % 50), i, 1 FROM c");
	ck_assert_int_eq(observations("login-after-failures"), 50);
	ck_assert_int_eq(observations("login-web-client"), 0);
}
END_TEST

Suite *suite_rules(void);
Suite *suite_rules(void)
{
	Suite *s = suite_create("workstation/report/rules");
	TCase *tc = tcase_create("rules");

	tcase_add_checked_fixture(tc, open_box, close_box);
	tcase_add_loop_test(tc, test_a_rule_notices_what_it_is_for, 0, (int)COUNT(samples));
	tcase_add_loop_test(tc, test_a_rule_leaves_what_looks_like_it, 0, (int)COUNT(samples));
	tcase_add_test(tc, test_many_logins_after_many_failures_end_in_time);
	tcase_add_test(tc, test_every_rule_has_a_sample_of_both_kinds);
	tcase_add_test(tc, test_rules_explain_themselves_and_are_named_once);
	tcase_add_test(tc, test_the_verb_that_shows_the_rest_is_there);
	tcase_add_test(tc, test_a_host_without_anything_odd_is_silent);
	tcase_add_test(tc, test_a_rule_needs_what_it_asks);
	tcase_add_test(tc, test_what_a_rule_needs_is_known_to_the_case);
	tcase_add_test(tc, test_a_rule_without_its_input_was_not_asked);
	tcase_add_test(tc, test_an_input_that_could_not_be_read_is_missing);
	tcase_add_loop_test(tc, test_what_a_missing_list_may_own_is_not_called_nobodys, 0,
			    (int)COUNT(samples));
	tcase_add_loop_test(tc, test_whose_files_are_is_not_asked_of_a_database_with_gaps, 0,
			    (int)COUNT(samples));
	tcase_add_loop_test(tc, test_gap_in_a_second_database_leaves_doubt_alone, 0,
			    (int)COUNT(samples));
	tcase_add_test(tc, test_other_gaps_leave_no_doubt_of_an_owner);
	tcase_add_test(tc, test_a_package_without_digests_is_told_from_a_list_that_was_not_taken);
	tcase_add_test(tc, test_missing_lists_are_not_asked_of_a_folder_that_was_not_taken);
	tcase_add_test(tc, test_each_host_of_a_case_is_asked_for_itself);
	tcase_add_test(tc, test_observations_are_bounded_and_counted);
	tcase_add_test(tc, test_a_second_run_takes_the_place_of_the_first);
	tcase_add_test(tc, test_a_run_aside_leaves_the_case_as_it_is);
	tcase_add_test(tc, test_hosts_of_a_case_are_kept_apart);
	suite_add_tcase(s, tc);
	return s;
}

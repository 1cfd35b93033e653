#include "workstation/show/show.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "tests/support/case_box.h"

Suite *suite_show(void);

static struct case_box box;
static struct err failure;

static void setup(void)
{
	case_box_open(&box);
}

static void teardown(void)
{
	case_box_close(&box);
}

/* Rows of a verb; what it wrote goes to ${out}, if that is not NULL. */
static int64_t ask(const struct show_verb *verb, const struct show_args *args, char *out, size_t n,
		   size_t width)
{
	struct option_list none = { 0 };
	int fds[2];
	int64_t rows;
	ssize_t got;

	ck_assert_int_eq(pipe2(fds, O_CLOEXEC | O_NONBLOCK), 0);
	failure = (struct err){ 0 };
	struct show s = {
		.verb = verb,
		.args = args,
		.db = box.db,
		.fd = fds[1],
		.width = width,
		.e = &failure,
	};
	rows = show_run(&s, &none);
	close(fds[1]);
	if (out != NULL) {
		got = fd_read_full(fds[0], out, n - 1);
		ck_assert_int_ge(got, 0);
		out[got] = '\0';
	}
	close(fds[0]);
	return rows;
}

static const char *value_for(const struct show_option *o)
{
	static char word[32];

	if (o->words != NULL) {
		snprintf(word, sizeof(word), "%.*s", (int)strcspn(o->words, " "), o->words);
		return word;
	}
	return o->value == SHOW_WHEN ? "2026-11-23" : o->value == SHOW_STRING ? "/x" : "7";
}

/* Of a host without a list of files of any package nothing can be said; of the others, how many
 * packages lack it; of no other host than the one that is asked. */
START_TEST(test_what_an_answer_leaves_open_is_told_of_the_host_that_is_asked)
{
	static const char *const verbs[] = { "verify", "unowned" };
	const struct show_args one = { .host = "1" }, all = { 0 }, none = { .host = "other" };
	struct show s = { .verb = show_find(verbs[_i]), .db = box.db, .e = &failure };
	struct buf b;

	buf_init(&b, 4096);
	s.args = &one;
	ck_assert_int_eq(show_limits(&s, &b), 0);
	ck_assert_ptr_nonnull(strstr(buf_cstr(&b), "host 1: this cannot be asked: "));
	case_box_sql(&box, "INSERT INTO package (id, host, manager, name, state) VALUES"
			   " (1, 1, 'dpkg', 'a', 'installed'), (2, 1, 'dpkg', 'b', 'installed');"
			   "INSERT INTO package_file (host, package, path, found)"
			   " VALUES (1, 1, '/a', 1)");
	buf_clear(&b);
	s.args = &all;
	ck_assert_int_eq(show_limits(&s, &b), 0);
	ck_assert_ptr_eq(strstr(buf_cstr(&b), "host 1: of 2 installed packages"), buf_cstr(&b));
	buf_clear(&b);
	s.args = &none;
	ck_assert_int_eq(show_limits(&s, &b), 0);
	ck_assert_uint_eq(b.len, 0);
	buf_release(&b);
}
END_TEST

START_TEST(test_what_one_would_have_typed_leads_to_a_verb)
{
	static const struct {
		const char *word, *next, *answer;
	} rows[] = {
		{ "last", NULL, "\"last\" is exhibit show logins" },
		{ "dpkg", "-V", "\"dpkg -V\" is exhibit show verify" },
		{ "ps", "aux", "\"ps wauxef\" is exhibit show processes" },
		{ "las", NULL, "" },
		{ "", NULL, "" },
	};
	struct buf b;

	buf_init(&b, 4096);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buf_clear(&b);
		show_suggest(&b, rows[i].word, rows[i].next);
		ck_assert_str_eq(b.len > 0 ? buf_cstr(&b) : "", rows[i].answer);
	}
	buf_release(&b);
}
END_TEST

/* An option of a verb's own would be taken for one that all have, or hide it. */
START_TEST(test_no_verb_has_two_options_of_one_name)
{
	const struct show_verb *v = show_at((size_t)_i);
	struct option_row rows[OPTION_ROWS_MAX];

	if (v == NULL)
		return;
	show_options(v, rows);
	for (size_t i = 0; rows[i].name != NULL; i++)
		for (size_t k = 0; k < i; k++)
			ck_assert_msg(
				strcmp(rows[i].name, rows[k].name) != 0 &&
					(rows[i].letter == 0 || rows[i].letter != rows[k].letter),
				"%s: --%s", v->name, rows[i].name);
}
END_TEST

/* SQL is text until it is prepared: every verb, with each of its options, and those of all. */
START_TEST(test_every_verb_and_option_can_be_asked)
{
	const struct show_verb *v = show_at((size_t)_i);

	if (v == NULL || v->sql == NULL)
		return;
	for (size_t i = 0; i < SHOW_OPTIONS_MAX; i++) {
		struct show_args args = { .json = true, .host = "web01" };

		if (v->needs != NULL) {
			ck_assert_int_eq(show_check(v, &args, &failure), -1);
			ck_assert_ptr_nonnull(strstr(failure.what, v->needs));
			failure = (struct err){ 0 };
			args.path = "/x";
		}
		ck_assert_msg(show_check(v, &args, &failure) == 0, "%s: %s", v->name, failure.what);
		if (v->options == NULL || v->options[i].name == NULL) {
			ck_assert_msg(ask(v, &args, NULL, 0, 0) >= 0, "%s: %s", v->name,
				      failure.what);
			return;
		}
		if (v->options[i].value == SHOW_FLAG)
			args.flags[i] = true;
		else
			args.values[i] = value_for(&v->options[i]);
		ck_assert_msg(show_check(v, &args, &failure) == 0, "%s: %s", v->name, failure.what);
		ck_assert_msg(ask(v, &args, NULL, 0, 0) >= 0, "%s --%s: %s", v->name,
			      v->options[i].name, failure.what);
	}
}
END_TEST

START_TEST(test_every_verb_has_what_its_row_promises)
{
	const struct show_verb *v;

	for (size_t i = 0; (v = show_at(i)) != NULL; i++) {
		ck_assert_msg((v->sql != NULL) != (v->run != NULL), "%s", v->name);
		ck_assert_msg(v->typed != NULL && v->what != NULL && v->columns != NULL, "%s",
			      v->name);
		ck_assert_ptr_eq(show_find(v->name), v);
	}
	ck_assert_ptr_null(show_find("nothing"));
	ck_assert_ptr_null(show_at(64)); /* the tests above ask so many */
}
END_TEST

static void put_file(const char *path, int64_t mtime)
{
	struct case_object o;

	case_init_object(&o);
	o.path = (struct bytes){ path, strlen(path) };
	o.type = "file";
	o.mtime = mtime;
	o.mode = 0104755;
	o.size = 2048;
	o.sha256 = (struct bytes){ "\x01\xff", 2 };
	ck_assert_int_eq(case_put_object(box.db, &o, &box.e), 0);
}

static const char *nothing(const char *verb)
{
	static char said[4096];
	const struct show_args args = { 0 };
	const struct show s = { .verb = show_find(verb), .args = &args, .db = box.db };
	struct buf b;

	buf_init(&b, sizeof(said));
	ck_assert_msg(show_nothing(&s, &b, &failure) == 0, "%s", failure.what);
	snprintf(said, sizeof(said), "%s", buf_cstr(&b));
	buf_release(&b);
	return said;
}

START_TEST(test_an_empty_answer_says_whether_there_was_anything_to_ask)
{
	const struct show_verb *v;

	/* the empty case has nothing: a verb that says what it is of finds its words in it */
	for (size_t i = 0; (v = show_at(i)) != NULL; i++)
		ck_assert_msg((strncmp(nothing(v->name), "nothing of this", 15) == 0) ==
				      (v->of != NULL),
			      "%s: %s", v->name, nothing(v->name));
	case_box_sql(&box, "INSERT INTO web (host, kind) VALUES (1, 'access')");
	ck_assert_str_eq(nothing("web"), "nothing fits");
	ck_assert_str_eq(nothing("addresses"), "nothing fits"); /* one of three will do */
	ck_assert_str_eq(nothing("sockets"), "nothing of this is in the archive: no sockets");
	case_box_sql(&box, "UPDATE host SET plan = 'stopped'");
	ck_assert_str_eq(nothing("web"),
			 "nothing fits; not all of the plan was collected, see exhibit show hosts");
}
END_TEST

START_TEST(test_a_table_is_aligned_and_cut_to_the_terminal)
{
	struct show_args args = { 0 };
	char out[4096];

	put_file("/a\xc3\xbc", 0);
	put_file("/long/name\n", -1);
	ck_assert_int_eq(ask(show_find("files"), &args, out, sizeof(out), 0), 2);
	ck_assert_str_eq(
		out, "MODE        USER  GROUP     SIZE  TIME                 PATH            LINK\n"
		     "-rwsr-xr-x  -     -      2.0 KiB  1969-12-31 23:59:59  /long/name\\x0a  -\n"
		     "-rwsr-xr-x  -     -      2.0 KiB  1970-01-01 00:00:00  /a\xc3\xbc            "
		     " -\n");
	ck_assert_int_eq(ask(show_find("files"), &args, out, sizeof(out), 20), 2);
	ck_assert_str_eq(out, "MODE        USER  G>\n-rwsr-xr-x  -     ->\n-rwsr-xr-x  -     ->\n");
}
END_TEST

START_TEST(test_a_case_that_was_made_to_harm_cannot_steer_the_terminal)
{
	struct show_args args = { 0 };
	char out[4096];

	case_box_sql(&box,
		     "INSERT INTO object (host, path, type) VALUES (1, '/' || char(27) || '[2J' "
		     "|| char(8238), 'file')");
	ck_assert_int_eq(ask(show_find("files"), &args, out, sizeof(out), 0), 1);
	ck_assert_ptr_nonnull(strstr(out, "/\\x1b[2J\\xe2\\x80\\xae"));
	ck_assert_ptr_null(strchr(out, 27));
	args.json = true;
	ck_assert_int_eq(ask(show_find("files"), &args, out, sizeof(out), 0), 1);
	ck_assert_ptr_null(strchr(out, 27));
}
END_TEST

START_TEST(test_csv_is_quoted_where_it_must_be)
{
	struct show_args args = { .csv = true };
	char out[4096];

	put_file("/a,\"b\"", 0);
	ck_assert_int_eq(ask(show_find("files"), &args, out, sizeof(out), 0), 1);
	ck_assert_ptr_nonnull(strstr(out, ",\"/a,\"\"b\"\"\","));
	ck_assert_ptr_nonnull(strstr(out, "\r\n0104755,,,2048,1970-01-01T00:00:00.000000000Z,"));
}
END_TEST

/* Of every verb that shows times of lines of logs; of a sure one no mark. */
START_TEST(test_a_time_that_clocks_showed_twice_or_never_is_marked)
{
	static const char *const verbs[] = {
		"logins", "failed", "history", "log", "web", "timeline"
	};
	struct show_args args = { 0 };
	char out[4096];

	case_box_sql(
		&box,
		"INSERT INTO login (host, source, kind, user, time, time_from) VALUES"
		" (1, 'log', 'login', 'a', 0, 'zone-ambiguous'), (1, 'log', 'login', 'b', 0, "
		"'zone'), (1, 'log', 'failed', 'a', 0, 'zone-ambiguous'), (1, 'log', 'failed', "
		"'b', 0, NULL);"
		"INSERT INTO command (host, source, user, text, time, time_from) VALUES"
		" (1, 'sudo', 'a', 'x', 0, 'zone-ambiguous'), (1, 'sudo', 'b', 'x', 0, NULL);"
		"INSERT INTO log (host, text, time, time_from) VALUES (1, 'x', 0, "
		"'zone-ambiguous'), (1, 'y', 0, 'year-assumed');"
		"INSERT INTO web (host, kind, time, time_from) VALUES (1, 'error', 0, "
		"'zone-skipped'), (1, 'error', 0, 'zone-assumed')");
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		unsigned marked = 0;

		args.json = false;
		ck_assert_int_ge(ask(show_find(verbs[i]), &args, out, sizeof(out), 0), 2);
		for (const char *p = out; (p = strstr(p, " 00:00:00?")) != NULL; p++)
			marked++;
		ck_assert_msg(marked == (strcmp(verbs[i], "timeline") == 0 ? 5 : 1), "%s: %u\n%s",
			      verbs[i], marked, out);
		args.json = true;
		ck_assert_int_ge(ask(show_find(verbs[i]), &args, out, sizeof(out), 0), 2);
		ck_assert_msg(strstr(out, "\"time_from\":\"zone-") != NULL, "%s", out);
		ck_assert_ptr_null(strchr(out, '?'));
	}
}
END_TEST

START_TEST(test_rows_end_at_the_limit_and_a_full_disk_is_an_error)
{
	struct show_args args = { .limit = 2 };
	struct option_list none = { 0 };

	for (int i = 0; i < 5; i++)
		put_file("/x", i);
	ck_assert_int_eq(ask(show_find("files"), &args, NULL, 0, 0), 2);
	struct show s = { .verb = show_find("files"), .args = &args, .db = box.db, .e = &failure };
	s.fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	ck_assert_int_ge(s.fd, 0);
	ck_assert_int_eq(show_run(&s, &none), -1);
	ck_assert_str_eq(failure.what, "writing the output");
	close(s.fd);
}
END_TEST

static const struct {
	const char *text;
	int64_t ns; /* -1: no time */
} times[] = {
	{ "1970-01-02", INT64_C(86400000000000) },
	{ "1970-01-01T00:01", INT64_C(60000000000) },
	{ "1970-01-01 00:00:01", INT64_C(1000000000) },
	{ "1970-01-01T00:00:01Z", INT64_C(1000000000) },
	{ "1970-01-01T00:00:00.000000007Z", 7 },
	{ "", -1 },
	{ "yesterday", -1 },
	{ "1970", -1 },
	{ "1970-13-01", -1 },
	{ "1970-01-01T25:00", -1 },
	{ "1970-01-01T00:00:00+01", -1 },
	{ "9999-01-01", -1 },
};

START_TEST(test_a_time_may_be_typed_as_far_as_it_is_known)
{
	int64_t ns = -1;
	int r = show_when(times[_i].text, &ns);

	ck_assert_msg(r == (times[_i].ns < 0 ? -1 : 0), "%s", times[_i].text);
	if (r == 0)
		ck_assert_int_eq(ns, times[_i].ns);
}
END_TEST

Suite *suite_show(void)
{
	Suite *s = suite_create("workstation/show/show");
	TCase *t = tcase_create("show");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, test_what_an_answer_leaves_open_is_told_of_the_host_that_is_asked, 0,
			    2);
	tcase_add_test(t, test_what_one_would_have_typed_leads_to_a_verb);
	tcase_add_loop_test(t, test_every_verb_and_option_can_be_asked, 0, 64);
	tcase_add_loop_test(t, test_no_verb_has_two_options_of_one_name, 0, 64);
	tcase_add_test(t, test_every_verb_has_what_its_row_promises);
	tcase_add_test(t, test_an_empty_answer_says_whether_there_was_anything_to_ask);
	tcase_add_test(t, test_a_table_is_aligned_and_cut_to_the_terminal);
	tcase_add_test(t, test_a_case_that_was_made_to_harm_cannot_steer_the_terminal);
	tcase_add_test(t, test_csv_is_quoted_where_it_must_be);
	tcase_add_test(t, test_a_time_that_clocks_showed_twice_or_never_is_marked);
	tcase_add_test(t, test_rows_end_at_the_limit_and_a_full_disk_is_an_error);
	tcase_add_loop_test(t, test_a_time_may_be_typed_as_far_as_it_is_known, 0,
			    sizeof(times) / sizeof(times[0]));
	suite_add_tcase(s, t);
	return s;
}

#include "workstation/parse/weblog.h"

#include <check.h>
#include <string.h>

#include "tests/support/samples.h"
#include "workstation/parse/scan.h"

Suite *suite_weblog(void);

#define TIME "[10/Oct/2000:13:55:36 -0700]"

static const struct {
	const char *line, *vhost, *address, *user, *method, *url;
	int status;
	int64_t bytes;
	const char *referer, *agent;
} rows[] = {
	{ "10.0.0.1 - - " TIME " \"GET /x?a=1 HTTP/1.1\" 200 494", "", "10.0.0.1", "", "GET",
	  "/x?a=1", 200, 494, "", "" },
	{ "10.0.0.1 - bob " TIME
	  " \"POST /up HTTP/1.0\" 304 - \"http://r/\" \"Wget/1.21 \\\"x\\\"\" 17 extra",
	  "", "10.0.0.1", "bob", "POST", "/up", 304, -1, "http://r/", "Wget/1.21 \\\"x\\\"" },
	{ "www.example:443 10.0.0.1 - - " TIME " \"GET / HTTP/2.0\" 200 1 \"-\" \"-\"",
	  "www.example:443", "10.0.0.1", "", "GET", "/", 200, 1, "", "" },
	{ "2001:db8::1 - a b " TIME " \"-\" 408 0", "", "2001:db8::1", "a b", "", "", 408, 0, "",
	  "" },
	{ "host.example - - " TIME " \"\\x16\\x03\" 400 226 \"-\" \"-\"", "", "host.example", "",
	  "", "\\x16\\x03", 400, 226, "", "" },
	{ "1.2.3.4 - - " TIME " \"GET /?a=<script>alert(\"x\")</script> HTTP/1.0\" 404 9", "",
	  "1.2.3.4", "", "GET", "/?a=<script>alert(\"x\")</script>", 404, 9, "", "" },
	{ "1.2.3.4 - - " TIME " \"GET /a b HTTP/1.0\" 404 9", "", "1.2.3.4", "", "GET", "/a b", 404,
	  9, "", "" },
	{ "1.2.3.4 - - " TIME " \"GET /old\" 200 9 \"cut", "", "1.2.3.4", "", "GET", "/old", 200, 9,
	  "cut", "" },
};

START_TEST(test_a_line_of_access_is_cut_into_its_parts)
{
	struct weblog_line l;
	int64_t ns;

	ck_assert(weblog_access(rows[_i].line, strlen(rows[_i].line), &l));
	ck_assert_msg(scan_is(l.vhost, rows[_i].vhost), "%s", rows[_i].line);
	ck_assert_msg(scan_is(l.address, rows[_i].address), "%s", rows[_i].line);
	ck_assert_msg(scan_is(l.user, rows[_i].user), "%s", rows[_i].line);
	ck_assert_msg(scan_is(l.method, rows[_i].method), "%s", rows[_i].line);
	ck_assert_msg(scan_is(l.url, rows[_i].url), "%s", rows[_i].line);
	ck_assert_msg(scan_is(l.referer, rows[_i].referer), "%s", rows[_i].line);
	ck_assert_msg(scan_is(l.agent, rows[_i].agent), "%s", rows[_i].line);
	ck_assert_int_eq(l.status, rows[_i].status);
	ck_assert_int_eq(l.bytes, rows[_i].bytes);
	ck_assert(datetime_ns(&l.when, NULL, INT64_MIN, &ns) && ns == 971211336000000000);
}
END_TEST

static const struct {
	const char *line, *address, *vhost, *url, *text;
} errors[] = {
	{ "[Wed Oct 11 14:32:52.123456 2000] [core:error] [pid 35708:tid 43] [client "
	  "72.15.99.187:51234] AH1: File",
	  "72.15.99.187", "", "",
	  "[core:error] [pid 35708:tid 43] [client 72.15.99.187:51234] AH1: File" },
	{ "[Wed Oct 11 14:32:52 2000] [error] [client 2001:db8::1:51234] x", "2001:db8::1", "", "",
	  "[error] [client 2001:db8::1:51234] x" },
	{ "[Wed Oct 11 14:32:52 2000] [notice] started", "", "", "", "[notice] started" },
	{ "2020/05/31 00:00:45 [error] 1#2: *3 open() failed, client: 1.2.3.4, server: a.example, "
	  "request: \"GET /x.php HTTP/1.1\", host: \"h\"",
	  "1.2.3.4", "a.example", "/x.php",
	  "[error] 1#2: *3 open() failed, client: 1.2.3.4, server: a.example, request: \"GET "
	  "/x.php HTTP/1.1\", host: \"h\"" },
};

START_TEST(test_a_line_of_errors_is_cut_into_its_parts)
{
	struct weblog_line l;

	ck_assert(weblog_error(errors[_i].line, strlen(errors[_i].line), &l));
	ck_assert_msg(scan_is(l.address, errors[_i].address), "%s", errors[_i].line);
	ck_assert_msg(scan_is(l.vhost, errors[_i].vhost), "%s", errors[_i].line);
	ck_assert_msg(scan_is(l.url, errors[_i].url), "%s", errors[_i].line);
	ck_assert_msg(scan_is(l.text, errors[_i].text), "%s", errors[_i].line);
}
END_TEST

START_TEST(test_other_lines_are_none)
{
	static const char *const bad[] = { "",
					   "x",
					   "1.2.3.4 - - [",
					   "1.2.3.4 - - " TIME,
					   "1.2.3.4 - - [10/Oct/2000] \"x\"",
					   "PHP Warning: x",
					   "[x] y" };
	struct weblog_line l;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ck_assert_msg(!weblog_access(bad[i], strlen(bad[i]), &l), "%s", bad[i]);
		ck_assert_msg(!weblog_error(bad[i], strlen(bad[i]), &l), "%s", bad[i]);
	}
}
END_TEST

static const struct {
	const char *url, *script;
} scripts[] = {
	{ "/a/b.php?cmd=id", "/a/b.php" },
	{ "/%61/%2e%2E/b%00c#x", "/a/../b" },
	{ "/%2541", "/%41" },
	{ "http://h:80/x", "/x" },
	{ "/go?to=http://h/x", "/go" },
	{ "/go/http://h/x", "/go/http://h/x" },
	{ "\\x41%4", "A%4" },
	{ "", "" },
};

START_TEST(test_the_path_of_a_script_is_decoded_once)
{
	struct buf b;

	buf_init(&b, 100);
	weblog_script((struct bytes){ scripts[_i].url, strlen(scripts[_i].url) }, &b);
	/* a NUL is decoded as well: as a C string it ends there */
	ck_assert_str_eq(buf_cstr(&b), scripts[_i].script);
	buf_release(&b);
}
END_TEST

START_TEST(test_every_line_of_the_sample_is_read)
{
	struct buf sample;
	struct weblog_line l;
	struct bytes line;
	struct scan s;
	unsigned lines = 0, vhost = 0, evil = 0;

	if (!samples_read("misc/apache_access.log", &sample))
		return;
	s = scan_begin(sample.p, sample.len);
	while (scan_line(&s, &line)) {
		ck_assert_msg(weblog_access(line.p, line.len, &l), "%.*s", (int)line.len,
			      (const char *)line.p);
		lines++;
		vhost += l.vhost.len > 0;
		evil += scan_begins(l.url, "/wp-content/themes/darkmode/evil.php");
	}
	ck_assert_uint_eq(lines, 15);
	ck_assert_uint_eq(vhost, 4);
	ck_assert_uint_eq(evil, 8);
	buf_release(&sample);
}
END_TEST

Suite *suite_weblog(void)
{
	Suite *s = suite_create("workstation/parse/weblog");
	TCase *tc = tcase_create("weblog");

	tcase_add_loop_test(tc, test_a_line_of_access_is_cut_into_its_parts, 0,
			    sizeof(rows) / sizeof(rows[0]));
	tcase_add_loop_test(tc, test_a_line_of_errors_is_cut_into_its_parts, 0,
			    sizeof(errors) / sizeof(errors[0]));
	tcase_add_test(tc, test_other_lines_are_none);
	tcase_add_loop_test(tc, test_the_path_of_a_script_is_decoded_once, 0,
			    sizeof(scripts) / sizeof(scripts[0]));
	tcase_add_test(tc, test_every_line_of_the_sample_is_read);
	suite_add_tcase(s, tc);
	return s;
}

#include "workstation/export/export.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/fd.h"
#include "lib/hash/digest.h"
#include "tests/support/case_box.h"
#include "tests/support/leftover.h"
#include "workstation/export/subject.h"

static struct case_box box;
static struct buf text;

static void open_box(void)
{
	case_box_open(&box);
	case_box_sql(&box, "UPDATE host SET verdict = 'COMPLETE'");
	buf_init(&text, 1u << 20);
}

static void close_box(void)
{
	case_box_close(&box);
	buf_release(&text);
}

/* What the form makes of the box. */
static const char *make(enum export_form form)
{
	char name[] = "/tmp/exhibit-export-XXXXXX", chunk[65536];
	struct err e = { 0 };
	int fd = mkstemp(name);
	ssize_t n;

	ck_assert_int_ge(fd, 0);
	unlink(name);
	ck_assert_msg(export_write(box.db, form, fd, &e) == 0, "%s", e.what);
	lseek(fd, 0, SEEK_SET);
	buf_clear(&text);
	while ((n = fd_read_full(fd, chunk, sizeof(chunk))) > 0)
		buf_add(&text, chunk, (size_t)n);
	close(fd);
	return buf_cstr(&text);
}

/* An object as the loader puts it: raw bytes, which the case escapes. */
static void put_file(const char *path, size_t n)
{
	struct case_object o;

	case_init_object(&o);
	o.path = (struct bytes){ path, n };
	o.type = "file";
	o.mode = 0104755;
	o.ino = 7;
	o.uid = 1;
	o.gid = 2;
	o.size = 3;
	o.mtime = 1500000000250000000;
	o.ctime = -1;
	ck_assert_int_eq(case_put_object(box.db, &o, &box.e), 0);
}

START_TEST(test_names_of_any_bytes_are_one_field_of_one_line_of_a_body_file)
{
	static const char rest[] = "|7|r/rrwsr-xr-x|1|2|3|0|1500000000.250000000|0|0\n";
	static const struct {
		const char *raw, *shown;
	} rows[] = {
		{ "/a|b|", "/a\\x7cb\\x7c" },   { "|", NULL },
		{ "/a\\b", "/a\\\\b" },         { "/new\nline", "/new\\x0aline" },
		{ "/\xff\xfe", "/\\xff\\xfe" }, { "/\\x7c", "/\\\\x7c" },
		{ "/=1+1", "/=1+1" },           { "/gr\xc3\xbcn", "/gr\xc3\xbcn" },
	};
	struct buf expected;

	buf_init(&expected, 65536);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		put_file(rows[i].raw, strlen(rows[i].raw));
		if (rows[i].shown != NULL) /* a path begins with a slash; all else is live state */
			buf_printf(&expected, "0|%s%s", rows[i].shown, rest);
	}
	ck_assert_str_eq(make(EXPORT_BODYFILE), buf_cstr(&expected));
	buf_release(&expected);
}
END_TEST

START_TEST(test_an_md5_goes_into_the_body_file_and_a_link_has_its_target)
{
	case_box_sql(&box, "INSERT INTO object (host, path, type, mode, link, md5, sha256, mtime)"
			   " VALUES (1, '/l', 'symlink', 511, '/t|', NULL, x'aa', 0),"
			   " (1, '/f', 'file', NULL, NULL, x'000102030405060708090a0b0c0d0e0f',"
			   " x'aa', 1)");
	ck_assert_str_eq(make(EXPORT_BODYFILE),
			 "0|/l -> /t\\x7c|0|l/lrwxrwxrwx|0|0|0|0|0|0|0\n"
			 "000102030405060708090a0b0c0d0e0f|/f|0|r/r---------|0|0|0|0|0.000000001|0|"
			 "0\n");
}
END_TEST

/* Of a case that somebody else made, a verdict that is none counts as the worst. */
static const struct {
	const char *verdict, *line, *note; /* NULL: nothing is said */
} worth[] = {
	{ "ALTERED", "# ALTERED: what is shown may be false", "\"abstract\":\"ALTERED\"" },
	{ "TRUNCATED", "# TRUNCATED: what came after the last seal", "\"abstract\":\"TRUNCATED\"" },
	{ "COMPLETE ", "# ALTERED: ", "\"abstract\":\"ALTERED\"" },
	{ "COMPLETE", NULL, NULL },
};

START_TEST(test_what_a_case_is_worth_is_the_last_line_of_a_body_file_and_a_note_of_stix)
{
	const char *line = worth[_i].line, *last;
	char sql[120];

	put_file("/x", 2);
	snprintf(sql, sizeof(sql), "UPDATE host SET verdict = '%s'", worth[_i].verdict);
	case_box_sql(&box, sql);
	last = strchr(make(EXPORT_BODYFILE), '\n') + 1;
	ck_assert(line == NULL ? *last == '\0' : strncmp(last, line, strlen(line)) == 0);
	make(EXPORT_STIX);
	if (worth[_i].note != NULL)
		ck_assert_ptr_nonnull(strstr(buf_cstr(&text), worth[_i].note));
	else
		ck_assert_ptr_null(strstr(buf_cstr(&text), "verdict"));
}
END_TEST

START_TEST(test_of_two_hosts_each_name_has_its_host)
{
	case_box_sql(&box, "INSERT INTO host (id, name) VALUES (2, 'b|');"
			   "INSERT INTO object (host, path) VALUES (1, '/x'), (2, '/x')");
	make(EXPORT_BODYFILE);
	ck_assert_ptr_nonnull(strstr(buf_cstr(&text), "0|web01:/x|"));
	ck_assert_ptr_nonnull(strstr(buf_cstr(&text), "0|b\\x7c:/x|"));
}
END_TEST

START_TEST(test_an_event_has_what_timesketch_asks_for)
{
	case_box_sql(&box, "INSERT INTO object (id, host, path, member, sha256) VALUES (1, 1,"
			   " '/l\"', '[root]/l\"', x'0f');"
			   "INSERT INTO command (host, object, pos, line, source, user, time, text)"
			   " VALUES (1, 1, 5, 2, 'bash', 'u', -1, 'a \"b\" \\\\ c')");
	ck_assert_str_eq(make(EXPORT_TIMESKETCH),
			 "{\"message\":\"bash: a \\\"b\\\" \\\\\\\\ c\","
			 "\"datetime\":\"1969-12-31T23:59:59.999999+00:00\",\"timestamp\":-1,"
			 "\"timestamp_desc\":\"Recorded Time\",\"data_type\":\"exhibit:command\","
			 "\"hostname\":\"web01\",\"subject\":\"u\","
			 "\"display_name\":\"[root]/l\\\"\",\"offset\":5,\"line\":2,"
			 "\"sha256_hash\":\"0f\"}\n");
}
END_TEST

START_TEST(test_no_cell_is_a_formula_and_quotes_are_doubled)
{
	/* Somebody else's case: neither words nor escapes can be relied on. */
	case_box_sql(&box, "UPDATE host SET name = '=1+1';"
			   "INSERT INTO object (id, host, path) VALUES (1, 1, '@a,\"b\"');"
			   "INSERT INTO command (host, object, source, time, text)"
			   " VALUES (1, 1, '-x', 0, 'a' || char(10) || 'b')");
	ck_assert_str_eq(make(EXPORT_CSV),
			 "datetime,timestamp_desc,kind,message,hostname,display_name,offset,line,"
			 "sha256_hash\r\n"
			 "1970-01-01T00:00:00.000000+00:00,\"Recorded Time\",\"command\","
			 "\"'-x: a\\x0ab\",\"'=1+1\",\"'@a,\"\"b\"\"\",,,\r\n");
}
END_TEST

#define NOTICED                                                                                   \
	"UPDATE host SET session = 's', \"begin\" = 1000000000;"                                  \
	"INSERT INTO object (id, host, path, type, sha256, size, result) VALUES"                  \
	" (1, 1, '/var/tmp/x', 'file', x'aa', 3, 'ok'), (2, 1, '/var/log/l', 'file', x'bb', 9,"   \
	" 'ok'), (3, 1, '/part', 'file', x'cc', 9, 'partial');"                                   \
	"INSERT INTO web (host, object, pos, line, address) VALUES (1, 2, 0, 1, '198.51.100.3')," \
	" (1, 2, 9, 2, '192.0.2.1');"                                                             \
	"INSERT INTO observation (id, host, rule, subject, text, time) VALUES"                    \
	" (1, 1, 'r', 'a', 'told', 2000000000), (2, 1, 'r', '::ffff:198.51.100.3', 'b', NULL);"   \
	"INSERT INTO evidence (host, observation, object, pos, line) VALUES (1, 1, 2, 0, 1),"     \
	" (1, 1, 1, NULL, NULL), (1, 1, 3, NULL, NULL);"

static int count(const char *what)
{
	const char *p = buf_cstr(&text);
	int n = 0;

	while ((p = strstr(p, what)) != NULL) {
		n++;
		p += strlen(what);
	}
	return n;
}

START_TEST(test_stix_has_the_address_of_the_line_and_the_file_and_not_the_log)
{
	case_box_sql(&box, NOTICED);
	make(EXPORT_STIX);
	ck_assert_int_eq(
		count("{\"type\":\"ipv4-addr\",\"spec_version\":\"2.1\",\"id\":\"ipv4-addr--"
		      "28bb3599-77cd-5a82-a950-b5bc3caf07c4\",\"value\":\"198.51.100.3\"}"),
		1);
	ck_assert_int_eq(count("\"type\":\"ipv4-addr\""), 1);
	ck_assert_int_eq(count("\"type\":\"file\""), 1);
	ck_assert_int_eq(count("\"name\":\"x\""), 1);
	ck_assert_int_eq(count("\"path\":\"/var/tmp\""), 1);
	ck_assert_int_eq(count("\"type\":\"observed-data\""), 2);
	ck_assert_int_eq(count("\"content\":\"told\""), 1);
	ck_assert_int_eq(count("\"first_observed\":\"1970-01-01T00:00:02.000000Z\""), 1);
	ck_assert_int_eq(count("\"first_observed\":\"1970-01-01T00:00:01.000000Z\""), 1);
}
END_TEST

START_TEST(test_case_has_an_annotation_for_each_observation)
{
	case_box_sql(&box, NOTICED "INSERT INTO observation (id, host, rule, subject) VALUES"
				   " (3, 1, 'r', 'nothing to point at')");
	make(EXPORT_CASE);
	ck_assert_int_eq(count("\"@type\":\"uco-core:Annotation\""), 3);
	ck_assert_int_eq(count("\"uco-observable:filePath\":\"/var/tmp/x\""), 1);
	ck_assert_int_eq(count("\"uco-observable:addressValue\":\"198.51.100.3\""), 1);
	ck_assert_int_eq(count("\"uco-core:object\":[{\"@id\":\"kb:archive-"), 1);
}
END_TEST

START_TEST(test_an_address_has_its_usual_form_or_is_nobodys)
{
	static const struct {
		const char *typed, *usual;
	} rows[] = {
		{ "198.51.100.3", "198.51.100.3" },
		{ "::ffff:198.51.100.3", "198.51.100.3" },
		{ "2001:DB8:0::1", "2001:db8::1" },
		{ "127.0.0.1", "" },
		{ "0.0.0.0", "" },
		{ "::1", "" },
		{ "::", "" },
		{ "::ffff:127.0.0.1", "" },
		{ "example.org", "" },
		{ "1.2.3", "" },
		{ "", "" },
	};
	bool v6;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bytes typed = { rows[i].typed, strlen(rows[i].typed) };

		buf_clear(&text);
		ck_assert_int_eq(subject_address(&text, typed, &v6), rows[i].usual[0] != '\0');
		ck_assert_str_eq(buf_cstr(&text), rows[i].usual);
	}
}
END_TEST

/* One file of the folder, as text. */
static const char *read_below(const char *folder, const char *name)
{
	char path[256], chunk[65536];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "r");
	ck_assert_msg(f != NULL, "%s", path);
	n = fread(chunk, 1, sizeof(chunk), f);
	fclose(f);
	buf_clear(&text);
	buf_add(&text, chunk, n);
	return buf_cstr(&text);
}

START_TEST(test_a_host_is_a_folder_whatever_its_name_and_comes_once)
{
	char folder[] = "/tmp/exhibit-jsonl-XXXXXX", command[64];
	struct err e = { 0 };
	int fd;

	leftover_dir(folder);
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	case_box_sql(&box, "UPDATE host SET name = '../e|vil';"
			   "INSERT INTO object (id, host, path, sha256) VALUES (1, 1, '/h', x'0f');"
			   "INSERT INTO command (host, object, line, time, text)"
			   " VALUES (1, 1, 2, -1, 'a')");
	ck_assert_msg(export_write(box.db, EXPORT_JSONL, fd, &e) == 0, "%s", e.what);
	ck_assert_str_eq(read_below(folder, "host=.._e_vil/day=1969-12-31/command.jsonl"),
			 "{\"id\":1,\"object\":1,\"line\":2,\"time\":"
			 "\"1969-12-31T23:59:59.999999999Z\",\"text\":\"a\",\"host\":\"../e|vil\","
			 "\"source_path\":\"/h\",\"source_sha256\":\"0f\"}\n");
	read_below(folder, "host=.._e_vil/day=none/host.jsonl");
	ck_assert_int_eq(export_write(box.db, EXPORT_JSONL, fd, &e), -1);
	ck_assert_str_eq(e.what, "host=.._e_vil is there already; nothing is added to it");
	close(fd);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	ck_assert_int_eq(system(command), 0);
}
END_TEST

START_TEST(test_rows_of_hosts_that_share_a_name_tell_which_as_their_folders_do)
{
	char folder[] = "/tmp/exhibit-jsonl-XXXXXX", command[64];
	struct err e = { 0 };
	int fd;

	leftover_dir(folder);
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	case_box_sql(&box, "UPDATE host SET name = 'web';"
			   "INSERT INTO host (id, name) VALUES (2, 'web'), (3, NULL), (4, 'db');"
			   "INSERT INTO command (host, text) VALUES (1, 'a'), (2, 'b'), (3, 'c'),"
			   " (4, 'd')");
	ck_assert_msg(export_write(box.db, EXPORT_JSONL, fd, &e) == 0, "%s", e.what);
	ck_assert_str_eq(read_below(folder, "host=web-1/day=none/command.jsonl"),
			 "{\"id\":1,\"text\":\"a\",\"host\":\"web-1\"}\n");
	ck_assert_str_eq(read_below(folder, "host=web-2/day=none/command.jsonl"),
			 "{\"id\":2,\"text\":\"b\",\"host\":\"web-2\"}\n");
	ck_assert_str_eq(read_below(folder, "host=-3/day=none/command.jsonl"),
			 "{\"id\":3,\"text\":\"c\",\"host\":\"-3\"}\n");
	ck_assert_str_eq(read_below(folder, "host=db/day=none/command.jsonl"),
			 "{\"id\":4,\"text\":\"d\",\"host\":\"db\"}\n");
	close(fd);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	ck_assert_int_eq(system(command), 0);
}
END_TEST

Suite *suite_export(void);
Suite *suite_export(void)
{
	Suite *s = suite_create("workstation/export/export");
	TCase *tc = tcase_create("export");

	digest_start();
	tcase_add_checked_fixture(tc, open_box, close_box);
	tcase_add_test(tc, test_names_of_any_bytes_are_one_field_of_one_line_of_a_body_file);
	tcase_add_test(tc, test_an_md5_goes_into_the_body_file_and_a_link_has_its_target);
	tcase_add_loop_test(
		tc, test_what_a_case_is_worth_is_the_last_line_of_a_body_file_and_a_note_of_stix, 0,
		sizeof(worth) / sizeof(worth[0]));
	tcase_add_test(tc, test_of_two_hosts_each_name_has_its_host);
	tcase_add_test(tc, test_an_event_has_what_timesketch_asks_for);
	tcase_add_test(tc, test_no_cell_is_a_formula_and_quotes_are_doubled);
	tcase_add_test(tc, test_stix_has_the_address_of_the_line_and_the_file_and_not_the_log);
	tcase_add_test(tc, test_case_has_an_annotation_for_each_observation);
	tcase_add_test(tc, test_an_address_has_its_usual_form_or_is_nobodys);
	tcase_add_test(tc, test_a_host_is_a_folder_whatever_its_name_and_comes_once);
	tcase_add_test(tc, test_rows_of_hosts_that_share_a_name_tell_which_as_their_folders_do);
	suite_add_tcase(s, tc);
	return s;
}

#include "lib/custody/config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/leftover.h"

Suite *suite_config(void);

static struct config c;
static struct err e;

static int parse(const char *text)
{
	e = (struct err){ 0 };
	return config_parse(&c, text, strlen(text), "exhibit-config", &e);
}

static void teardown(void)
{
	config_release(&c);
}

START_TEST(test_keys_become_options)
{
	ck_assert_msg(parse("{\"exhibit-config\":1, \"case\":\"C \\u00e9\\n7\",\n"
			    "\"include\":[\"/a\",\"--b\"],\"private-keys\":true,\"deadline\":60,"
			    "\"notes\":\"\",\"exclude\":[]}") == 0, "%s", e.what);
	ck_assert_uint_eq(c.argc, 6);
	ck_assert_str_eq(c.argv[0], "--case=C \xc3\xa9\n7");
	ck_assert_str_eq(c.argv[1], "--include=/a");
	ck_assert_str_eq(c.argv[2], "--include=--b");
	ck_assert_str_eq(c.argv[3], "--private-keys");
	ck_assert_str_eq(c.argv[4], "--deadline=60");
	ck_assert_str_eq(c.argv[5], "--notes=");
	ck_assert_ptr_null(c.argv[6]);
}
END_TEST

START_TEST(test_hash_is_of_the_file)
{
	static const char text[] = "{\"exhibit-config\":1}\n";
	uint8_t want[DIGEST_LEN];

	ck_assert_int_eq(parse(text), 0);
	digest_of(text, strlen(text), want);
	ck_assert_mem_eq(c.sha256, want, sizeof(want));
	ck_assert_uint_eq(c.argc, 0);
}
END_TEST

static const struct bad {
	const char *text, *why;
} bad[] = {
	{ "", "does not begin with" },
	{ "[]", "does not begin with" },
	{ "{}", "does not begin with" },
	{ "{\"case\":\"C\",\"exhibit-config\":1}", "does not begin with" },
	{ "{\"exhibit-prepare\":1}", "does not begin with" },
	{ "{\"exhibit-config\":2}", "another version" },
	{ "{\"exhibit-config\":\"1\"}", "another version" },
	{ "{\"exhibit-config\":1,}", "is not JSON" },
	{ "{\"exhibit-config\":1} x", "is not JSON" },
	{ "{\"exhibit-config\":1,\"case\":\"a\",\"case\":\"b\"}", "has case twice" },
	{ "{\"exhibit-config\":1,\"exhibit-config\":1}", "has exhibit-config twice" },
	{ "{\"exhibit-config\":1,\"case\":false}", "case: text" },
	{ "{\"exhibit-config\":1,\"case\":null}", "case: text" },
	{ "{\"exhibit-config\":1,\"case\":-1}", "case: text" },
	{ "{\"exhibit-config\":1,\"case\":1.5}", "is not JSON" },
	{ "{\"exhibit-config\":1,\"case\":{}}", "case: text" },
	{ "{\"exhibit-config\":1,\"include\":[[\"a\"]]}", "include holds what is no text" },
	{ "{\"exhibit-config\":1,\"include\":[1]}", "include holds what is no text" },
	{ "{\"exhibit-config\":1,\"case\":\"a\\u0000b\"}", "a NUL" },
	{ "{\"exhibit-config\":1,\"Case\":\"a\"}", "no name of an option" },
	{ "{\"exhibit-config\":1,\"-n\":true}", "no name of an option" },
	{ "{\"exhibit-config\":1,\"\":true}", "no name of an option" },
	{ "{\"exhibit-config\":1,\"case=x\":true}", "no name of an option" },
	{ "{\"exhibit-config\":1,\"case\":\"\xff\"}", "is not JSON" },
	{ "{\"exhibit-config\":1,\"case\":\"a\nb\"}", "is not JSON" },
};

START_TEST(test_other_files_are_refused)
{
	ck_assert_int_ne(parse(bad[_i].text), 0);
	ck_assert_msg(strstr(e.what, bad[_i].why) != NULL, "%s", e.what);
}
END_TEST

START_TEST(test_too_many_options_are_refused)
{
	struct buf b;

	buf_init(&b, 65536);
	buf_puts(&b, "{\"exhibit-config\":1,\"include\":[\"a\"");
	for (unsigned i = 0; i < CONFIG_ARGS_MAX; i++)
		buf_puts(&b, ",\"a\"");
	buf_puts(&b, "]}");
	ck_assert_int_ne(parse(buf_cstr(&b)), 0);
	buf_release(&b);
}
END_TEST

START_TEST(test_too_large_file_is_refused)
{
	static char text[CONFIG_FILE_MAX + 1];

	memset(text, ' ', sizeof(text));
	memcpy(text, "{\"exhibit-config\":1}", 20);
	ck_assert_int_eq(config_parse(&c, text, sizeof(text) - 1, "exhibit-config", &e), 0);
	config_release(&c);
	ck_assert_int_ne(config_parse(&c, text, sizeof(text), "exhibit-config", &e), 0);
}
END_TEST

/* A FIFO has no writer: opening it would wait for ever. */
START_TEST(test_only_regular_files_are_opened)
{
	char folder[] = "/tmp/exhibit-config.XXXXXX", path[64];

	leftover_dir(folder);
	snprintf(path, sizeof(path), "%s/fifo", folder);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_int_ne(config_read(&c, path, "exhibit-config", &e), 0);
	ck_assert_str_eq(e.what, "is no regular file");
	unlink(path);
	rmdir(folder);
}
END_TEST

START_TEST(test_what_is_written_is_read)
{
	static const char *const two[] = { "age1a", "age1b" };
	struct buf b;

	buf_init(&b, 4096);
	config_begin(&b, "exhibit-config");
	config_text(&b, "case", "\"C\\ \xc3\xa9");
	config_text(&b, "notes", "");
	config_text(&b, "witness", NULL);
	config_list(&b, "recipient", two, 2);
	config_list(&b, "include", two, 0);
	config_end(&b);
	ck_assert_msg(parse(buf_cstr(&b)) == 0, "%s", e.what);
	ck_assert_uint_eq(c.argc, 3);
	ck_assert_str_eq(c.argv[0], "--case=\"C\\ \xc3\xa9");
	ck_assert_str_eq(c.argv[2], "--recipient=age1b");
	buf_release(&b);
}
END_TEST

Suite *suite_config(void)
{
	Suite *s = suite_create("lib/custody/config");
	TCase *tc = tcase_create("config");

	tcase_add_checked_fixture(tc, NULL, teardown);
	tcase_add_test(tc, test_keys_become_options);
	tcase_add_test(tc, test_hash_is_of_the_file);
	tcase_add_loop_test(tc, test_other_files_are_refused, 0, sizeof(bad) / sizeof(bad[0]));
	tcase_add_test(tc, test_too_many_options_are_refused);
	tcase_add_test(tc, test_too_large_file_is_refused);
	tcase_add_test(tc, test_only_regular_files_are_opened);
	tcase_add_test(tc, test_what_is_written_is_read);
	suite_add_tcase(s, tc);
	return s;
}

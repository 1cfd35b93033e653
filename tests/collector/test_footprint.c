#include <check.h>
#include <string.h>
#include <yyjson.h>

#include "collector/footprint.h"

Suite *suite_footprint(void);

static struct self self;
static struct self_usage usage = { .peak_rss = 4096, .cpu_us = 7 };
static struct output output;
static struct glass glass;

/* The whole record, read back as JSON. */
static yyjson_doc *made(bool directory)
{
	struct footprint f = { .self = &self, .usage = &usage, .output = &output, .glass = &glass,
			       .evidence_bytes = 12345, .processes = 3, .readers_lost = 1,
			       .directory = directory };
	yyjson_doc *doc;
	struct buf b;

	strcpy(self.exe_path, "/dev/shm/exhibit-collect");
	self.exe_dev_minor = 23;
	self.exe_ino = 99;
	strcpy(output.path, "/mnt/a\n\"b\xff.tar");
	output.written = 777;
	buf_init(&b, 65536);
	footprint_json(&f, &b);
	ck_assert(!b.failed);
	doc = yyjson_read(b.p, b.len, 0);
	ck_assert_ptr_nonnull(doc);
	buf_release(&b);
	return doc;
}

static void expect_number(yyjson_doc *d, const char *pointer, uint64_t want)
{
	yyjson_val *v = yyjson_doc_ptr_get(d, pointer);

	ck_assert_msg(v != NULL && yyjson_get_uint(v) == want, "%s", pointer);
}

static void expect_text(yyjson_doc *d, const char *pointer, const char *want)
{
	ck_assert_str_eq(yyjson_get_str(yyjson_doc_ptr_get(d, pointer)), want);
}

START_TEST(test_what_was_used_is_said_in_numbers)
{
	yyjson_doc *d = made(false);

	expect_text(d, "/mode", "live");
	expect_text(d, "/executable/dev", "0:23");
	expect_number(d, "/executable/ino", 99);
	expect_number(d, "/output/size", 777);
	expect_number(d, "/used/processes_made", 3);
	expect_number(d, "/used/readers_left_behind", 1);
	expect_number(d, "/used/evidence_bytes_read", 12345);
	expect_number(d, "/used/recorder_peak_rss_bytes", 4096);
	yyjson_doc_free(d);
}
END_TEST

START_TEST(test_a_hostile_path_is_escaped)
{
	yyjson_doc *d = made(true);

	expect_text(d, "/mode", "directory");
	expect_text(d, "/output/path", "/mnt/a\\x0a\"b\\xff.tar");
	yyjson_doc_free(d);
}
END_TEST

START_TEST(test_access_times_are_promised_only_where_the_kernel_forbids_a_change)
{
	yyjson_doc *d;

	glass.noatime = _i != 0;
	d = made(false);
	ck_assert(yyjson_get_bool(yyjson_doc_ptr_get(d, "/access_times/kernel_forbids_change")) ==
		  (_i != 0));
	ck_assert((yyjson_get_len(yyjson_doc_ptr_get(d, "/access_times/otherwise")) == 0) ==
		  (_i != 0));
	yyjson_doc_free(d);
}
END_TEST

Suite *suite_footprint(void)
{
	Suite *s = suite_create("collector/footprint");
	TCase *t = tcase_create("footprint");

	tcase_add_test(t, test_what_was_used_is_said_in_numbers);
	tcase_add_test(t, test_a_hostile_path_is_escaped);
	tcase_add_loop_test(t, test_access_times_are_promised_only_where_the_kernel_forbids_a_change,
			    0, 2);
	suite_add_tcase(s, t);
	return s;
}

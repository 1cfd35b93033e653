#include "collector/cmd/planview.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct planview *view;
static int reading_end;
static char got[65536];

static void start(bool verbose)
{
	struct err e = { 0 };
	int ends[2];

	signal(SIGPIPE, SIG_IGN);
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
	reading_end = ends[0];
	view = planview_new(ends[1], verbose, &e);
	ck_assert_ptr_nonnull(view);
}

static const char *shown(void)
{
	ssize_t n = read(reading_end, got, sizeof(got) - 1);

	got[n > 0 ? n : 0] = '\0';
	return got;
}

static int give(const char *id, enum depth depth, const char *path, uint64_t promise, enum gap gap)
{
	struct sink *to = planview_sink(view);
	struct item it = {
		.artifact = id, .depth = depth, .type = ITEM_FILE, .promise = promise,
		.path = { path, strlen(path) },
	};
	struct item_end end = { .gap = gap };

	return to->begin(to, &it) != 0 || to->end(to, &end) != 0 ? -1 : 0;
}

START_TEST(test_rows_are_summed_up_with_reason_biggest_and_gaps)
{
	static const char want[] =
		"  var_log                    content         3 objects  3.0 KiB and 1 of unknown length\n"
		"      %s\n"
		"      biggest: 2.0 KiB /var/log/\\x1b\n"
		"      not whole: 1 permission\n"
		"  operator                   digest          1 objects  1.0 KiB\n"
		"      as asked for\n";
	const char *reason = NULL;
	char text[2048];

	for (size_t i = 0; i < artifact_count; i++) {
		if (strcmp(artifact_rows[i].id, "var_log") == 0)
			reason = artifact_rows[i].reason;
	}
	ck_assert_ptr_nonnull(reason);
	start(false);
	ck_assert_int_eq(planview_category(view, CATEGORY_LOGS), 0);
	ck_assert_ptr_nonnull(strstr(shown(), " logs: what services"));
	ck_assert_int_eq(give("var_log", DEPTH_CONTENT, "/var/log/a", 1024, GAP_NONE), 0);
	ck_assert_int_eq(give("operator", DEPTH_DIGEST, "/bin/x", 1024, GAP_NONE), 0);
	ck_assert_int_eq(give("var_log", DEPTH_CONTENT, "/var/log/\x1b", 2048, GAP_PERMISSION), 0);
	ck_assert_int_eq(give("var_log", DEPTH_CONTENT, "/p", ITEM_SIZE_UNKNOWN, GAP_NONE), 0);
	ck_assert_str_eq(shown(), "");
	ck_assert_int_eq(planview_category_end(view), 0);
	snprintf(text, sizeof(text), want, reason);
	ck_assert_str_eq(shown(), text);
	ck_assert_int_eq(planview_category(view, CATEGORY_CONFIG), 0);
	ck_assert_int_eq(planview_category_end(view), 0);
	ck_assert_ptr_nonnull(strstr(shown(), "\n  nothing\n"));
	ck_assert_int_eq(planview_end(view, "CAP_X: this\nCAP_Y: that\n", 100), 0);
	ck_assert_str_eq(shown(),
			 "\nTotal: 4 objects, 3.0 KiB to be taken, 1.0 KiB to be hashed only, "
			 "1 of unknown length; 1 not whole\n"
			 "Estimate: about 0:01 minutes\n"
			 "Room at the destination: 100 B; MAY NOT BE ENOUGH, compression decides\n"
			 "This run lacks:\n  CAP_X: this\n  CAP_Y: that\n");
	planview_free(view);
}
END_TEST

START_TEST(test_verbose_names_each_object_harmlessly)
{
	start(true);
	ck_assert_int_eq(planview_category(view, CATEGORY_LOGS), 0);
	shown();
	give("var_log", DEPTH_CONTENT, "/var/log/\n", 1024, GAP_NONE);
	give("var_log", DEPTH_META, "/var/log/b", 0, GAP_SIZE_LIMIT);
	give("var_log", DEPTH_CONTENT, "/p", ITEM_SIZE_UNKNOWN, GAP_NONE);
	ck_assert_int_eq(planview_category_end(view), 0);
	ck_assert_ptr_nonnull(strstr(shown(), "    content  1.0 KiB /var/log/\\x0a\n"
					      "    metadata 0 B /var/log/b (size-limit)\n"
					      "    content  ? /p\n"));
	planview_free(view);
}
END_TEST

START_TEST(test_the_plan_ends_when_nobody_reads_it)
{
	int r = 0;

	start(true);
	close(reading_end);
	for (int i = 0; i < 10000 && r == 0; i++)
		r = give("var_log", DEPTH_CONTENT, "/var/log/a", 1024, GAP_NONE);
	ck_assert_int_eq(r, -1);
	planview_free(view);
}
END_TEST

START_TEST(test_more_rows_than_fit_are_counted_all_the_same)
{
	char id[16];

	start(false);
	ck_assert_int_eq(planview_category(view, CATEGORY_LOGS), 0);
	for (int i = 0; i < 3000; i++) {
		snprintf(id, sizeof(id), "row%d", i);
		ck_assert_int_eq(give(id, DEPTH_CONTENT, "/a", 1, GAP_NONE), 0);
	}
	ck_assert_int_eq(fcntl(reading_end, F_SETPIPE_SZ, 1 << 20) > 0, 1);
	ck_assert_int_eq(planview_category_end(view), 0);
	while (strlen(shown()) == sizeof(got) - 1)
		;
	ck_assert_int_eq(planview_end(view, "", UINT64_MAX), 0);
	ck_assert_ptr_nonnull(strstr(shown(), "Total: 3000 objects, 2.9 KiB to be taken"));
	planview_free(view);
}
END_TEST

Suite *suite_planview(void);

Suite *suite_planview(void)
{
	Suite *s = suite_create("collector/cmd/planview");
	TCase *t = tcase_create("planview");

	tcase_add_test(t, test_rows_are_summed_up_with_reason_biggest_and_gaps);
	tcase_add_test(t, test_verbose_names_each_object_harmlessly);
	tcase_add_test(t, test_the_plan_ends_when_nobody_reads_it);
	tcase_add_test(t, test_more_rows_than_fit_are_counted_all_the_same);
	suite_add_tcase(s, t);
	return s;
}

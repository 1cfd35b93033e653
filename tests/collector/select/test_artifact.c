#include "collector/select/artifact.h"

#include <check.h>
#include <ctype.h>
#include <string.h>

#include "collector/select/plan.h"
#include "tests/support/ask.h"

Suite *suite_artifact(void);

START_TEST(test_catalogue_is_sorted_by_category)
{
	for (size_t i = 1; i < artifact_count; i++)
		ck_assert_msg(artifact_rows[i - 1].category <= artifact_rows[i].category,
			      "%s stands too late", artifact_rows[i].id);
}
END_TEST

START_TEST(test_ids_are_unique_and_plain)
{
	for (size_t i = 0; i < artifact_count; i++) {
		const char *id = artifact_rows[i].id;

		for (const char *p = id; *p != '\0'; p++)
			ck_assert_msg(islower(*p) || isdigit(*p) || *p == '_', "%s", id);
		for (size_t j = 0; j < i; j++)
			if (strcmp(id, artifact_rows[j].id) == 0)
				ck_abort_msg("%s is there twice", id);
	}
}
END_TEST

START_TEST(test_no_row_is_there_twice)
{
	for (size_t i = 0; i < artifact_count; i++)
		for (size_t j = 0; j < i; j++)
			if (artifact_rows[i].category == artifact_rows[j].category &&
			    strcmp(artifact_rows[i].glob, artifact_rows[j].glob) == 0)
				ck_abort_msg("%s and %s", artifact_rows[i].id, artifact_rows[j].id);
}
END_TEST

START_TEST(test_every_row_has_a_reason_a_cap_and_known_flags)
{
	for (size_t i = 0; i < artifact_count; i++) {
		const struct artifact *row = &artifact_rows[i];

		ck_assert_msg(strlen(row->reason) >= 5, "%s", row->id);
		ck_assert_msg(row->cap > 0, "%s", row->id);
		ck_assert_msg((row->depth == DEPTH_META) == (row->cap == UINT64_MAX), "%s", row->id);
		ck_assert_msg((row->flags & ~(unsigned)(ARTIFACT_SCRIPTS | ARTIFACT_WAYS)) == 0,
			      "%s", row->id);
		ck_assert_msg(row->glob[0] == '/' || strncmp(row->glob, "~/", 2) == 0, "%s", row->id);
	}
}
END_TEST

/* The spool for files of unknown length holds no more. */
START_TEST(test_files_of_the_kernel_have_a_cap_that_the_spool_can_hold)
{
	for (size_t i = 0; i < artifact_count; i++) {
		const struct artifact *row = &artifact_rows[i];
		bool kernel = strncmp(row->glob, "/proc/", 6) == 0 ||
			      strncmp(row->glob, "/sys/", 5) == 0;

		ck_assert_msg(!kernel || row->depth == DEPTH_META || row->cap <= 16u << 20,
			      "%s", row->id);
	}
}
END_TEST

static const char *const forbidden[] = {
	"/proc/kmsg", "/proc/kcore", "/proc/kpagecount", "/proc/kpageflags", "/proc/kpagecgroup",
	"/proc/1/mem", "/proc/1/pagemap", "/proc/1/clear_refs", "/proc/sysrq-trigger", "/proc/vmcore",
	"/proc/acpi/event", "/proc/1/net/rpc/nfsd.fh/channel", "/sys/kernel/tracing/trace_pipe",
	"/sys/kernel/tracing/free_buffer", "/sys/kernel/tracing/snapshot_raw", "/sys/power/wakeup_count",
	"/sys/kernel/tracing/per_cpu/cpu0/trace_pipe_raw", "/sys/kernel/debug/tracing/trace_pipe",
	"/sys/fs/bpf/iterator", "/sys/firmware/efi/efivars/Boot0001-x", "/proc/1/fd/3",
	"/sys/devices/pci0000:00/0000:00:02.0/rom", "/sys/devices/pci0000:00/0000:00:02.0/resource0",
};

START_TEST(test_what_acts_or_blocks_is_never_content)
{
	struct plan *p = ask_profile("full", NULL);
	enum depth depth = ask_depth(p, forbidden[_i]);

	ck_assert_msg(depth == DEPTH_META || depth == DEPTH_COUNT, "%s is taken by %s",
		      forbidden[_i], ask_owner(p, forbidden[_i]));
	plan_free(p);
}
END_TEST

START_TEST(test_every_category_with_rows_is_in_a_profile)
{
	for (size_t i = 0; i < artifact_count; i++) {
		bool found = false;

		for (size_t k = 0; plan_profile_name(k) != NULL; k++)
			found |= plan_profile_has(k, artifact_rows[i].category);
		ck_assert_msg(found, "%s", artifact_rows[i].id);
	}
}
END_TEST

START_TEST(test_category_word_leads_back)
{
	const char *word = artifact_category_word((enum category)_i);

	ck_assert_int_eq(artifact_category_by_word(word), _i);
	ck_assert_uint_gt(strlen(artifact_category_reason((enum category)_i)), 5);
}
END_TEST

START_TEST(test_unknown_category_is_said_to_be_unknown)
{
	ck_assert_int_eq(artifact_category_by_word("nothing"), CATEGORY_COUNT);
	ck_assert_str_eq(artifact_category_word(CATEGORY_COUNT), "unknown");
	ck_assert_str_eq(artifact_category_reason((enum category)-1), "unknown");
}
END_TEST

START_TEST(test_first_profile_is_triage_and_every_one_has_facts)
{
	ck_assert_str_eq(plan_profile_name(0), "triage");
	for (size_t k = 0; plan_profile_name(k) != NULL; k++) {
		ck_assert(plan_profile_has(k, CATEGORY_FACTS));
		ck_assert(plan_profile_has(k, CATEGORY_EXTRA));
		ck_assert(!plan_profile_has(k, CATEGORY_COUNT));
		ck_assert_uint_gt(strlen(plan_profile_reason(k)), 10);
	}
	ck_assert_ptr_null(plan_profile_reason(1000));
	ck_assert(!plan_profile_has(1000, CATEGORY_FACTS));
}
END_TEST

Suite *suite_artifact(void)
{
	Suite *s = suite_create("collector/select/artifact");
	TCase *tc = tcase_create("artifact");

	tcase_add_test(tc, test_catalogue_is_sorted_by_category);
	tcase_add_test(tc, test_ids_are_unique_and_plain);
	tcase_add_test(tc, test_no_row_is_there_twice);
	tcase_add_test(tc, test_every_row_has_a_reason_a_cap_and_known_flags);
	tcase_add_test(tc, test_files_of_the_kernel_have_a_cap_that_the_spool_can_hold);
	tcase_add_loop_test(tc, test_what_acts_or_blocks_is_never_content, 0,
			    sizeof(forbidden) / sizeof(forbidden[0]));
	tcase_add_test(tc, test_every_category_with_rows_is_in_a_profile);
	tcase_add_loop_test(tc, test_category_word_leads_back, 0, CATEGORY_COUNT);
	tcase_add_test(tc, test_unknown_category_is_said_to_be_unknown);
	tcase_add_test(tc, test_first_profile_is_triage_and_every_one_has_facts);
	suite_add_tcase(s, tc);
	return s;
}

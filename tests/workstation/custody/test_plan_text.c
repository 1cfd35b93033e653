#include "workstation/custody/plan_text.h"

#include <check.h>
#include <string.h>

Suite *suite_plan_text(void);

static struct ledger_entry entry;
static struct option_list with;
static struct plan_text t;
static struct buf b;

static void setup(void)
{
	entry = (struct ledger_entry){ .event = LEDGER_EVENT_PLANNED };
	entry.value[LEDGER_CASE] = "C";
	entry.value[LEDGER_EXHIBIT] = "A1";
	entry.value[LEDGER_NONCE] = "0011";
	with = (struct option_list){ 0 };
	t = (struct plan_text){ .entry = &entry, .with = &with, .collector = "/rel/exhibit-collect",
				.config = "case/collect.json", .folder = "/dev/shm", .issued = "now" };
	buf_init(&b, 65536);
}

static void teardown(void)
{
	buf_release(&b);
	option_list_release(&with);
}

START_TEST(test_words_are_quoted_for_a_shell)
{
	static const struct {
		const char *raw, *quoted;
	} rows[] = {
		{ "plain/path-1.2", "plain/path-1.2" }, { "", "''" }, { "a b", "'a b'" },
		{ "it's", "'it'\\''s'" }, { "$(x)", "'$(x)'" }, { "~", "'~'" }, { "a;b", "'a;b'" },
		{ "\xc3\xa9", "'\xc3\xa9'" }, { "`x`", "'`x`'" }, { "!x", "'!x'" }, { "a\\b", "'a\\b'" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buf_clear(&b);
		plan_text_quote(&b, rows[i].raw);
		ck_assert_str_eq(buf_cstr(&b), rows[i].quoted);
	}
}
END_TEST

START_TEST(test_archive_gets_a_tame_name)
{
	static const struct {
		const char *exhibit, *name;
	} rows[] = {
		{ "A1", "A1.tar.zst" }, { "2026/7 \xc3\xa9", "2026_7___.tar.zst" },
		{ "..", "_...tar.zst" }, { "-x", "_-x.tar.zst" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buf_clear(&b);
		entry.value[LEDGER_EXHIBIT] = rows[i].exhibit;
		plan_text_archive(&b, &t);
		ck_assert_str_eq(buf_cstr(&b), rows[i].name);
	}
}
END_TEST

START_TEST(test_options_of_one_name_become_an_array)
{
	static const char *const typed[] = { "include=/a", "private-keys", "include=/b=c", "budget=1G" };

	for (size_t i = 0; i < 4; i++)
		ck_assert_int_eq(option_list_add(&with, typed[i]), 0);
	plan_text_config(&b, &t);
	ck_assert_str_eq(buf_cstr(&b), "{\"exhibit-config\":1,\n\"case\":\"C\",\n\"exhibit\":\"A1\",\n"
			 "\"nonce\":\"0011\",\n\"include\":[\"/a\",\"/b=c\"],\n\"private-keys\":true,\n"
			 "\"budget\":\"1G\"}\n");
}
END_TEST

/* What the host's shell reads is quoted once more. */
START_TEST(test_remote_path_is_quoted_twice)
{
	t.folder = "/my dir";
	entry.value[LEDGER_HOST] = "web'01";
	plan_text_commands(&b, &t);
	ck_assert_ptr_nonnull(strstr(buf_cstr(&b), "ssh -- 'root@web'\\''01' ''\\''/my dir/exhibit-collect'\\'''"));
	ck_assert_ptr_nonnull(strstr(buf_cstr(&b), "receive -o case/A1.tar.zst --nonce 0011"));
}
END_TEST

Suite *suite_plan_text(void)
{
	Suite *s = suite_create("workstation/custody/plan_text");
	TCase *tc = tcase_create("text");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_words_are_quoted_for_a_shell);
	tcase_add_test(tc, test_archive_gets_a_tame_name);
	tcase_add_test(tc, test_options_of_one_name_become_an_array);
	tcase_add_test(tc, test_remote_path_is_quoted_twice);
	suite_add_tcase(s, tc);
	return s;
}

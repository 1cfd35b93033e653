#include "workstation/custody/form.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/leftover.h"

Suite *suite_form(void);

static char folder[64], path[96];
static struct ledger l;
static struct buf page;

static void setup(void)
{
	strcpy(folder, "/tmp/exhibit-form.XXXXXX");
	leftover_dir(folder);
	snprintf(path, sizeof(path), "%s/custody.jsonl", folder);
	buf_init(&page, FORM_MAX);
}

static void teardown(void)
{
	ledger_unload(&l);
	buf_release(&page);
	unlink(path);
	rmdir(folder);
}

static void add(enum ledger_event event, struct ledger_entry *entry)
{
	struct ledger_added added;
	struct err e = { 0 };
	int fd = ledger_open(path, true, &e);

	entry->event = event;
	ck_assert_int_eq(ledger_add(fd, path, entry, &added, &e), 0);
	close(fd);
}

/* A record whose every value is ${text}, and its page. */
static const char *page_of(const char *text)
{
	struct ledger_entry entry = { .event = LEDGER_EVENT_PLANNED };
	struct ledger_added added;
	struct err e = { 0 };

	for (int f = 0; f < LEDGER_FIELD_COUNT; f++)
		entry.value[f] = text;
	ck_assert_msg(ledger_start(path, &entry, &added, &e) == 0, "%s", e.what);
	add(LEDGER_EVENT_TRANSFERRED, &entry);
	add(LEDGER_EVENT_SIGNED, &entry);
	ck_assert_int_eq(ledger_load(&l, path, &e), 0);
	form_write(&page, &l, FORM_A4, (struct instant){ 0, 0 });
	ck_assert(!page.failed);
	return buf_cstr(&page);
}

static size_t count_of(const char *text, const char *what)
{
	size_t n = 0;

	for (; (text = strstr(text, what)) != NULL; text += strlen(what))
		n++;
	return n;
}

START_TEST(test_no_value_becomes_markup)
{
	const char *harmless = page_of("x");
	size_t tags = count_of(harmless, "<"), quotes = count_of(harmless, "\"");

	ledger_unload(&l);
	unlink(path);
	buf_clear(&page);
	harmless = page_of("</td><script src=\"//evil\">'&amp;\n\x1b[31m\xff\xe2\x80\xae");
	ck_assert_uint_eq(count_of(harmless, "<"), tags);
	ck_assert_uint_eq(count_of(harmless, "\""), quotes);
	ck_assert_ptr_null(strstr(harmless, "<script"));
	ck_assert_ptr_null(strchr(harmless, '\x1b'));
	ck_assert_ptr_nonnull(strstr(harmless, "&lt;/td&gt;&lt;script src=&quot;//evil&quot;&gt;"
				     "&#39;&amp;amp;\\x0a\\x1b[31m\\xff\\xe2\\x80\\xae"));
}
END_TEST

/* Nothing is fetched and nothing runs, whoever opens the page. */
START_TEST(test_page_loads_nothing)
{
	const char *text = page_of("x");

	ck_assert_ptr_nonnull(strstr(text, "default-src 'none'"));
	ck_assert_ptr_null(strstr(text, "http:"));
	ck_assert_ptr_null(strstr(text, "src="));
	ck_assert_ptr_null(strstr(text, "url("));
	ck_assert_ptr_null(strstr(text, "@import"));
}
END_TEST

/* There is no original of a file on a running computer. */
START_TEST(test_nothing_is_called_the_hash_of_an_original)
{
	ck_assert_ptr_null(strstr(page_of("x"), "riginal"));
}
END_TEST

START_TEST(test_broken_record_says_so_first)
{
	const char *text = page_of("x"), *warning;

	ck_assert_ptr_null(strstr(text, "does not hold. Do not"));
	buf_clear(&page);
	ledger_check_add(&l.check, LEDGER_FLAW_EDITED, 2);
	form_write(&page, &l, FORM_ANY, (struct instant){ 0, 0 });
	text = buf_cstr(&page);
	warning = strstr(text, "does not hold. Do not rely on it:<ul><li>line 2 was edited");
	ck_assert_ptr_nonnull(warning);
	ck_assert(warning < strstr(text, "<h2>"));
}
END_TEST

START_TEST(test_foreign_file_makes_a_page_too)
{
	FILE *f = fopen(path, "w");
	struct err e = { 0 };

	fputs("<b>\n", f);
	fclose(f);
	ck_assert_int_eq(ledger_load(&l, path, &e), 0);
	form_write(&page, &l, FORM_LETTER, (struct instant){ 0, 0 });
	ck_assert_ptr_nonnull(strstr(buf_cstr(&page), "this is no custody record"));
	ck_assert_ptr_nonnull(strstr(buf_cstr(&page), "cannot be read any more"));
	ck_assert_ptr_null(strstr(buf_cstr(&page), "<b>\n"));
}
END_TEST

Suite *suite_form(void)
{
	Suite *s = suite_create("workstation/custody/form");
	TCase *tc = tcase_create("page");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_no_value_becomes_markup);
	tcase_add_test(tc, test_page_loads_nothing);
	tcase_add_test(tc, test_nothing_is_called_the_hash_of_an_original);
	tcase_add_test(tc, test_broken_record_says_so_first);
	tcase_add_test(tc, test_foreign_file_makes_a_page_too);
	suite_add_tcase(s, tc);
	return s;
}

#include "workstation/custody/ledger_line.h"

#include <check.h>
#include <string.h>

#include "lib/base/text.h"

Suite *suite_ledger_line(void);

static const char *const two = "{\"custody\":1,\"record\":\"01000000000000000000000000000000\","
	"\"n\":2,\"prev\":\"ab00000000000000000000000000000000000000000000000000000000000000\","
	"\"event\":\"stored\",\"by\":\"N. N.\",\"location\":\"safe\\nC:\"";

static struct ledger_line sample(void)
{
	struct ledger_line l = { .record = { 1 }, .n = 2, .prev = { 0xab },
				 .event = LEDGER_EVENT_STORED };

	l.value[LEDGER_BY] = "N. N.";
	l.value[LEDGER_LOCATION] = "safe \"3\"\n\x1b[31m\\ \xff \xe2\x80\xae";
	l.value[LEDGER_PURPOSE] = "";
	return l;
}

START_TEST(test_line_has_its_form)
{
	struct ledger_line l = sample();
	uint8_t hash[DIGEST_LEN];
	char hex[DIGEST_HEX_LEN];
	struct buf b, want;

	buf_init(&b, LEDGER_LINE_MAX);
	buf_init(&want, LEDGER_LINE_MAX);
	ledger_line_write(&b, &l);
	buf_puts(&want, "{\"custody\":1,\"record\":\"01000000000000000000000000000000\",\"n\":2,"
		 "\"prev\":\"ab00000000000000000000000000000000000000000000000000000000000000\","
		 "\"event\":\"stored\",\"by\":\"N. N.\",\"location\":\"safe \\\"3\\\"\\\\x0a"
		 "\\\\x1b[31m\\\\\\\\ \\\\xff \\\\xe2\\\\x80\\\\xae\"");
	digest_of(want.p, want.len, hash);
	ck_assert_mem_eq(hash, l.sha256, sizeof(hash));
	buf_printf(&want, ",\"sha256\":\"%s\"}\n", digest_hex(hex, hash));
	ck_assert_str_eq(buf_cstr(&b), buf_cstr(&want));
	buf_release(&b);
	buf_release(&want);
}
END_TEST

START_TEST(test_what_was_written_is_read)
{
	struct ledger_line l = sample();
	struct ledger_text t;
	struct buf b, raw;

	buf_init(&b, LEDGER_LINE_MAX);
	buf_init(&raw, LEDGER_LINE_MAX);
	ledger_line_write(&b, &l);
	ck_assert_int_eq(ledger_line_read(&t, b.p, b.len - 1, NULL), 0);
	ck_assert(!t.edited);
	ck_assert_uint_eq(t.line.n, 2);
	ck_assert_int_eq(t.line.event, LEDGER_EVENT_STORED);
	ck_assert_mem_eq(t.line.record, l.record, sizeof(l.record));
	ck_assert_mem_eq(t.line.prev, l.prev, sizeof(l.prev));
	ck_assert_mem_eq(t.line.sha256, l.sha256, sizeof(l.sha256));
	ck_assert_ptr_null(t.line.value[LEDGER_PURPOSE]);
	ck_assert_int_eq(text_unescape(&raw, t.line.value[LEDGER_LOCATION],
				       strlen(t.line.value[LEDGER_LOCATION])), 0);
	ck_assert_str_eq(buf_cstr(&raw), l.value[LEDGER_LOCATION]);
	ledger_line_release(&t);
	buf_release(&raw);
	buf_release(&b);
}
END_TEST

/* Text of a line whose content is ${content}; its hash fits. */
static void hashed(struct buf *b, const char *content)
{
	uint8_t hash[DIGEST_LEN];
	char hex[DIGEST_HEX_LEN];

	digest_of(content, strlen(content), hash);
	buf_printf(b, "%s,\"sha256\":\"%s\"}", content, digest_hex(hex, hash));
}

static int read_content(const char *content, struct ledger_text *t)
{
	struct buf b;
	int r;

	buf_init(&b, LEDGER_LINE_MAX * 2);
	hashed(&b, content);
	r = ledger_line_read(t, b.p, b.len, NULL);
	buf_release(&b);
	return r;
}

#define FRONT "{\"custody\":1,\"record\":\"01000000000000000000000000000000\",\"n\":2," \
	      "\"prev\":\"ab00000000000000000000000000000000000000000000000000000000000000\""

START_TEST(test_words_of_a_newer_program_are_accepted)
{
	struct ledger_text t;

	ck_assert_int_eq(read_content(FRONT ",\"event\":\"launched\",\"orbit\":\"low\"", &t), 0);
	ck_assert(!t.edited);
	ck_assert_int_eq(t.line.event, LEDGER_EVENT_UNKNOWN);
	ck_assert_str_eq(t.line.value[LEDGER_EVENT], "launched");
	ledger_line_release(&t);
}
END_TEST

/* Every text but the one that would be written is refused, even if its hash fits. */
START_TEST(test_other_forms_are_refused)
{
	static const char *const bad[] = {
		FRONT,						/* no event */
		FRONT ",\"event\":\"stored\",\"event\":\"stored\"",
		FRONT ",\"event\":\"stored\",\"by\":\"a\",\"by\":\"b\"",
		FRONT ", \"event\":\"stored\"",
		FRONT ",\"event\":\"st\\u006fred\"",
		FRONT ",\"event\":\"stored\",\"by\":\"\"",
		FRONT ",\"event\":\"stored\",\"by\":7",
		FRONT ",\"event\":\"stored\",\"by\":null",
		FRONT ",\"event\":\"stored\",\"by\":[\"a\"]",
		FRONT ",\"event\":\"stored\",\"by\":\"a\\u0000b\"",
		FRONT ",\"event\":\"stored\",\"by\":\"a\\u202eb\"",
		FRONT ",\"event\":\"stored\",\"by\":\"a\\\\xzzb\"",
		FRONT ",\"event\":\"stored\",\"B y\":\"a\"",
		FRONT ",\"event\":\"stored\",\"n\":\"3\"",
		"{\"custody\":1,\"n\":2,\"record\":\"01000000000000000000000000000000\","
		"\"prev\":\"ab00000000000000000000000000000000000000000000000000000000000000\","
		"\"event\":\"stored\"",
		"{\"custody\":1,\"record\":\"01000000000000000000000000000000\",\"n\":-2,"
		"\"prev\":\"ab00000000000000000000000000000000000000000000000000000000000000\","
		"\"event\":\"stored\"",
		"{\"custody\":1,\"record\":\"01000000000000000000000000000000\",\"n\":2,"
		"\"prev\":\"AB00000000000000000000000000000000000000000000000000000000000000\","
		"\"event\":\"stored\"",
		"{\"custody\":1,\"record\":\"0100000000000000\",\"n\":2,"
		"\"prev\":\"ab00000000000000000000000000000000000000000000000000000000000000\","
		"\"event\":\"stored\"",
	};
	struct ledger_text t;

	ck_assert_int_ne(read_content(bad[_i], &t), 0);
	ledger_line_release(&t);
}
END_TEST

START_TEST(test_control_characters_are_refused)
{
	struct ledger_text t;

	ck_assert_int_ne(read_content(two, &t), 0);
	ledger_line_release(&t);
	ck_assert_int_ne(read_content(FRONT ",\"event\":\"stored\",\"by\":\"\x1b[31m\"", &t), 0);
	ledger_line_release(&t);
}
END_TEST

START_TEST(test_too_long_line_is_not_written)
{
	static char big[LEDGER_LINE_MAX];
	struct ledger_line l = sample();
	struct buf b;

	memset(big, 'a', sizeof(big) - 1);
	l.value[LEDGER_COMMENTS] = big;
	buf_init(&b, 4 * LEDGER_LINE_MAX);
	ledger_line_write(&b, &l);
	ck_assert(b.failed);
	buf_release(&b);
}
END_TEST

/* The tables name each other's words. */
START_TEST(test_tables_agree)
{
	for (int ev = 0; ev < LEDGER_EVENT_COUNT; ev++) {
		const char *word = ledger_line_event_word((enum ledger_event)ev);
		unsigned named = 0;

		ck_assert_int_eq(ledger_line_event(word), ev);
		for (int f = 0; f < LEDGER_FIELD_COUNT; f++) {
			named += ledger_line_needs((enum ledger_event)ev, (enum ledger_field)f);
			named += ledger_line_asks((enum ledger_event)ev, (enum ledger_field)f);
		}
		ck_assert_msg(named == ledger_line_word_count((enum ledger_event)ev), "%s", word);
	}
	for (int f = 0; f < LEDGER_FIELD_COUNT; f++)
		ck_assert_int_eq(ledger_line_field(ledger_line_key((enum ledger_field)f)), f);
	ck_assert_int_eq(ledger_line_field("nothing"), -1);
	ck_assert_int_eq(ledger_line_event("nothing"), LEDGER_EVENT_UNKNOWN);
}
END_TEST

Suite *suite_ledger_line(void)
{
	Suite *s = suite_create("workstation/custody/ledger_line");
	TCase *tc = tcase_create("line");

	tcase_add_test(tc, test_line_has_its_form);
	tcase_add_test(tc, test_what_was_written_is_read);
	tcase_add_test(tc, test_words_of_a_newer_program_are_accepted);
	tcase_add_loop_test(tc, test_other_forms_are_refused, 0, 18);
	tcase_add_test(tc, test_control_characters_are_refused);
	tcase_add_test(tc, test_too_long_line_is_not_written);
	tcase_add_test(tc, test_tables_agree);
	suite_add_tcase(s, tc);
	return s;
}

#include "lib/seal/seal.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/emulator.h"

Suite *suite_seal(void);

#define H8 "0102030405060708"
#define Z8 "0000000000000000"

static const char running[] =
	"exhibit-seal-v1\n"
	"session: " H8 H8 "\n"
	"seq: 7\n"
	"stream-bytes: 10532352\n"
	"stream-sha256: " H8 H8 H8 H8 "\n"
	"manifest-sha256: " Z8 H8 H8 Z8 "\n"
	"prev-seal-sha256: " Z8 Z8 Z8 Z8 "\n"
	"objects: 812\n"
	"members: 640\n"
	"gaps: 9\n"
	"utc: 2026-11-23T10:53:00.123456789Z\n"
	"boottime: 51234.000000789\n"
	"next-key: " H8 Z8 Z8 H8 "\n"
	"final: no\n"
	"status: running\n";

static struct seal example(void)
{
	struct seal s = { .seq = 7, .stream_bytes = 10532352, .objects = 812, .members = 640,
			  .gaps = 9, .utc = { 1795431180, 123456789 }, .boottime = { 51234, 789 },
			  .status = SEAL_RUNNING };

	for (unsigned i = 0; i < 32; i++) {
		uint8_t v = (uint8_t)(i % 8 + 1);

		s.session[i % 16] = v;
		s.stream_sha256[i] = v;
		s.manifest_sha256[i] = i >= 8 && i < 24 ? v : 0;
		s.next_key[i] = i < 8 || i >= 24 ? v : 0;
	}
	return s;
}

START_TEST(test_seal_has_the_text_of_the_specification)
{
	struct seal s = example();
	struct buf b;

	buf_init(&b, SEAL_TEXT_MAX);
	seal_format(&b, &s);
	ck_assert_str_eq(buf_cstr(&b), running);
	buf_release(&b);
}
END_TEST

static void assert_round_trip(const struct seal *s)
{
	struct seal back;
	struct buf b;

	buf_init(&b, SEAL_TEXT_MAX);
	seal_format(&b, s);
	ck_assert(!b.failed);
	memset(&back, 0xee, sizeof(back));
	ck_assert_int_eq(seal_parse(b.p, b.len, &back), 0);
	ck_assert_mem_eq(back.session, s->session, SEAL_SESSION_LEN);
	ck_assert_uint_eq(back.seq, s->seq);
	ck_assert_uint_eq(back.stream_bytes, s->stream_bytes);
	ck_assert_mem_eq(back.stream_sha256, s->stream_sha256, SEAL_HASH_LEN);
	ck_assert_mem_eq(back.manifest_sha256, s->manifest_sha256, SEAL_HASH_LEN);
	ck_assert_mem_eq(back.prev_sha256, s->prev_sha256, SEAL_HASH_LEN);
	ck_assert_uint_eq(back.objects, s->objects);
	ck_assert_uint_eq(back.members, s->members);
	ck_assert_uint_eq(back.gaps, s->gaps);
	ck_assert_int_eq(back.utc.sec, s->utc.sec);
	ck_assert_uint_eq(back.boottime.nsec, s->boottime.nsec);
	ck_assert_int_eq(back.final, s->final);
	ck_assert_int_eq(back.status, s->status);
	if (!s->final)
		ck_assert_mem_eq(back.next_key, s->next_key, KEY_PUBLIC_LEN);
	buf_release(&b);
}

START_TEST(test_every_seal_is_read_back)
{
	struct seal s = example();

	assert_round_trip(&s);
	s.seq = s.stream_bytes = s.objects = s.members = s.gaps = UINT64_MAX;
	s.utc = (struct instant){ -62167219201, 999999999 };
	s.boottime = (struct instant){ INT64_MAX, 999999999 };
	assert_round_trip(&s);
	s.final = true;
	s.status = SEAL_COMPLETE;
	assert_round_trip(&s);
	s.status = SEAL_INCOMPLETE;
	assert_round_trip(&s);
}
END_TEST

START_TEST(test_contradicting_seal_is_not_written)
{
	struct seal s = example();
	struct buf b;

	buf_init(&b, SEAL_TEXT_MAX);
	s.final = true;
	seal_format(&b, &s);
	ck_assert(b.failed);
	buf_clear(&b);
	s.final = false;
	s.status = SEAL_COMPLETE;
	seal_format(&b, &s);
	ck_assert(b.failed);
	buf_release(&b);
}
END_TEST

START_TEST(test_no_prefix_and_no_extension_is_a_seal)
{
	char *text = malloc(sizeof(running) + 1);
	struct seal s;

	for (size_t n = 0; n < sizeof(running) - 1; n++) {
		char *exact = malloc(n + 1);

		memcpy(exact, running, n);
		ck_assert_int_eq(seal_parse(exact, n, &s), -1);
		free(exact);
	}
	ck_assert_int_eq(seal_parse(running, sizeof(running) - 1, &s), 0);
	/* the terminating NUL, a further line */
	ck_assert_int_eq(seal_parse(running, sizeof(running), &s), -1);
	memcpy(text, running, sizeof(running));
	text[sizeof(running) - 1] = '\n';
	ck_assert_int_eq(seal_parse(text, sizeof(running), &s), -1);
	free(text);
}
END_TEST

/* Any change of one byte gives another seal or none. */
START_TEST(test_changed_byte_never_means_the_same)
{
	size_t n = sizeof(running) - 1;
	char text[sizeof(running)];
	struct seal s;
	struct buf b;

	buf_init(&b, SEAL_TEXT_MAX);
	for (size_t i = 0; i < n; i += emulator_step()) {
		for (int c = 0; c < 256; c++) {
			memcpy(text, running, n);
			text[i] = (char)c;
			if (seal_parse(text, n, &s) != 0)
				continue;
			buf_clear(&b);
			seal_format(&b, &s);
			ck_assert_uint_eq(b.len, n);
			ck_assert_mem_eq(b.p, text, n);
		}
	}
	buf_release(&b);
}
END_TEST

static const struct {
	const char *from, *to;
} edits[] = {
	{ "seq: 7", "seq: 07" }, { "seq: 7", "seq: +7" }, { "seq: 7", "seq: 7k" },
	{ "seq: 7", "seq:  7" }, { "seq: 7", "seq: " }, { "seq: 7", "seq: 7\nseq: 7" },
	{ "seq: 7", "seq: 99999999999999999999" }, { "gaps: 9", "gaps: -9" },
	{ "exhibit-seal-v1", "exhibit-seal-v2" }, { "exhibit-seal-v1", "exhibit-seal-v1 " },
	{ "\nobjects: 812\nmembers: 640", "\nmembers: 640\nobjects: 812" },
	{ "boottime: 51234.000000789", "boottime: 51234.789" },
	{ "boottime: 51234.000000789", "boottime: -1.000000789" },
	{ "utc: 2026-11", "utc: 2026-13" }, { "final: no", "final: yes" },
	{ "final: no", "final: maybe" }, { "status: running", "status: complete" },
	{ "status: running\n", "status: running\r\n" }, { "next-key: " H8, "next-key: none" H8 },
	{ "session: " H8, "session: 01" }, { "stream-sha256: 01", "stream-sha256: 0A" },
};

START_TEST(test_edited_seal_is_refused)
{
	const char *at = strstr(running, edits[_i].from);
	char text[2 * sizeof(running)];
	size_t before;
	struct seal s;

	ck_assert_ptr_nonnull(at);
	before = (size_t)(at - running);
	memcpy(text, running, before);
	strcpy(text + before, edits[_i].to);
	strcat(text, at + strlen(edits[_i].from));
	ck_assert_int_eq(seal_parse(text, strlen(text), &s), -1);
}
END_TEST

Suite *suite_seal(void)
{
	Suite *s = suite_create("lib/seal/seal");
	TCase *tc = tcase_create("seal");

	tcase_add_test(tc, test_seal_has_the_text_of_the_specification);
	tcase_add_test(tc, test_every_seal_is_read_back);
	tcase_add_test(tc, test_contradicting_seal_is_not_written);
	tcase_add_test(tc, test_no_prefix_and_no_extension_is_a_seal);
	tcase_add_test(tc, test_changed_byte_never_means_the_same);
	tcase_add_loop_test(tc, test_edited_seal_is_refused, 0, sizeof(edits) / sizeof(edits[0]));
	suite_add_tcase(s, tc);
	return s;
}

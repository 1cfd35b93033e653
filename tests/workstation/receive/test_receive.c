#include "workstation/receive/receive.h"

#include <check.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "tests/support/bundle_box.h"
#include "tests/support/leftover.h"
#include "workstation/receive/meter.h"

Suite *suite_receive(void);

static struct bundle_box box;
static char folder[PATH_MAX], archive[PATH_MAX + 16], name[PATH_MAX + 64];
static struct buf log_text;
static volatile sig_atomic_t stop;

static void setup(void)
{
	struct item it = bundle_box_item("/etc/motd", ITEM_FILE, 3);

	strcpy(folder, "/tmp/exhibit-receive.XXXXXX");
	leftover_dir(folder);
	snprintf(archive, sizeof(archive), "%s/x.tar", folder);
	snprintf(name, sizeof(name), "%s%s", archive, RECEIVE_LOG_SUFFIX);
	memset(&box, 0, sizeof(box));
	bundle_box_open(&box, (struct compress_options){ .kind = COMPRESS_NONE }, 64u << 20);
	ck_assert_int_eq(bundle_box_put(&box, &it, "hi\n", 3, GAP_NONE), 0);
	ck_assert_int_eq(bundle_write_seal(box.b), 0);
	it = bundle_box_item("/etc/issue", ITEM_FILE, 3);
	ck_assert_int_eq(bundle_box_put(&box, &it, "ho\n", 3, GAP_NONE), 0);
	bundle_box_close(&box);
	stop = 0;
}

static void teardown(void)
{
	bundle_box_release(&box);
	buf_release(&log_text);
	unlink(archive);
	unlink(name);
	ck_assert_int_eq(rmdir(folder), 0);
}

static struct receive_options options(void)
{
	return (struct receive_options){ .output = archive, .source = "a test",
					 .version = "0", .stop = &stop };
}

/* ${n} bytes through a pipe, pieces of 1000, with a pause behind each seal so that nothing
 * can be read ahead. */
struct sender {
	int fd;
	size_t n;
};

static void *send_all(void *ctx)
{
	struct sender *s = ctx;

	for (size_t at = 0; at < s->n; ) {
		size_t len = s->n - at < 1000 ? s->n - at : 1000;

		for (size_t i = 0; i < box.seals; i++)
			if (at < box.sealed_at[i] && at + len > box.sealed_at[i])
				len = box.sealed_at[i] - at;
		if (fd_write_all(s->fd, box.out.p + at, len) != 0)
			break;
		at += len;
	}
	close(s->fd);
	return NULL;
}

static void load_log(void)
{
	struct journal j;
	struct err e = { 0 };

	ck_assert_int_eq(journal_reopen(&j, name, &log_text, &e), 0);
	journal_release(&j);
}

/* Receive what ${n} bytes of the box give; the archive and the log are there afterwards. */
static void receive_box(struct receive *r, struct verify *v, size_t n)
{
	struct receive_options o = options();
	struct sender s = { .n = n };
	struct err e = { 0 };
	pthread_t t;
	int p[2];

	ck_assert_int_eq(pipe2(p, O_CLOEXEC), 0);
	ck_assert_int_eq(receive_open(r, p[0], &o, &e), 0);
	s.fd = p[1];
	ck_assert_int_eq(pthread_create(&t, NULL, send_all, &s), 0);
	verify_begin(v, &receive_watch, r);
	ck_assert_int_eq(verify_read(v, receive_read, r, &e), 0);
	receive_drain(r);
	receive_store(r);
	close(p[0]);
	pthread_join(t, NULL);
	receive_note_end(r, v, NULL);
	journal_release(&r->log);
	load_log();
}

static void assert_stored(size_t n)
{
	struct buf b;
	FILE *f = fopen(archive, "r");
	struct stat st;

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fstat(fileno(f), &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0600);
	ck_assert_int_eq(st.st_size, (off_t)n);
	buf_init(&b, n + 1);
	ck_assert_uint_eq(fread(buf_room(&b, n + 1), 1, n + 1, f), n);
	ck_assert_mem_eq(b.p, box.out.p, n);
	buf_release(&b);
	fclose(f);
}

/* Lines of the log with this event. */
struct count {
	const char *event, *key, *value;
	int n;
};

static int count_line(void *ctx, const struct journal_line *l)
{
	struct count *c = ctx;
	struct bytes v = c->key != NULL ? journal_get(l, c->key) : l->event;

	if (l->event.len == strlen(c->event) && memcmp(l->event.p, c->event, l->event.len) == 0 &&
	    (c->key == NULL || (v.len == strlen(c->value) && memcmp(v.p, c->value, v.len) == 0)))
		c->n++;
	return 0;
}

static int lines_of(const char *event, const char *key, const char *value)
{
	struct count c = { .event = event, .key = key, .value = value };
	uint64_t n;

	ck_assert_int_eq(journal_read(log_text.p, log_text.len, count_line, &c, &n),
			 JOURNAL_GOOD);
	return c.n;
}

START_TEST(test_a_whole_archive_is_stored_and_each_seal_noted)
{
	struct receive r;
	struct verify v;
	char hex[DIGEST_HEX_LEN];

	receive_box(&r, &v, box.out.len);
	assert_stored(box.out.len);
	ck_assert_int_eq(v.verdict, BUNDLE_COMPLETE);
	ck_assert_int_eq(r.end, RECEIVE_ENDED);
	ck_assert_int_eq(lines_of("session", NULL, NULL), 1);
	ck_assert_uint_eq(lines_of("seal", NULL, NULL), v.facts.seals);
	ck_assert_int_eq(lines_of("seal", "seal_sha256", digest_hex(hex, v.facts.root)), 1);
	ck_assert_int_eq(lines_of("end", "verdict", "COMPLETE"), 1);
	ck_assert_int_eq(lines_of("end", "sha256", digest_hex(hex, r.sha256)), 1);
	verify_release(&v);
	receive_release(&r);
}
END_TEST

static int check_seal(void *ctx, const struct journal_line *l)
{
	size_t *seal = ctx;
	int64_t at = journal_get_number(l, "file_bytes", -1);

	if (l->event.len != 4 || memcmp(l->event.p, "seal", 4) != 0)
		return 0;
	/* An uncompressed stream that pauses at seals: the offset is exact. */
	ck_assert_int_eq(at, (int64_t)box.sealed_at[(*seal)++]);
	return 0;
}

START_TEST(test_a_seal_is_noted_before_the_next_byte_is_asked_for)
{
	struct receive r;
	struct verify v;
	size_t seals = 0;
	uint64_t n;

	/* sealed_at of the final one is before the end mark of the tar */
	ck_assert_uint_ge(box.seals, 2);
	receive_box(&r, &v, box.sealed_at[0]);
	ck_assert_int_eq(v.verdict, BUNDLE_TRUNCATED);
	ck_assert_int_eq(journal_read(log_text.p, log_text.len, check_seal, &seals, &n),
			 JOURNAL_GOOD);
	ck_assert_uint_eq(seals, 1);
	verify_release(&v);
	receive_release(&r);
}
END_TEST

START_TEST(test_a_stream_that_breaks_keeps_what_came)
{
	struct receive r;
	struct verify v;
	size_t n = box.sealed_at[0] + 700;

	receive_box(&r, &v, n);
	assert_stored(n);
	ck_assert_int_eq(v.verdict, BUNDLE_TRUNCATED);
	ck_assert_uint_eq(v.facts.seals, 1);
	ck_assert_uint_eq(r.sealed_bytes, box.sealed_at[0] > n ? n : r.sealed_bytes);
	ck_assert_int_eq(lines_of("end", "verdict", "TRUNCATED"), 1);
	verify_release(&v);
	receive_release(&r);
}
END_TEST

START_TEST(test_a_false_byte_is_stored_too_and_all_behind_it)
{
	struct receive r;
	struct verify v;

	box.out.p[700] ^= 1;
	receive_box(&r, &v, box.out.len);
	assert_stored(box.out.len);
	ck_assert_int_eq(v.verdict, BUNDLE_ALTERED);
	ck_assert_int_eq(lines_of("end", "verdict", "ALTERED"), 1);
	verify_release(&v);
	receive_release(&r);
}
END_TEST

START_TEST(test_a_full_medium_keeps_what_fitted_and_says_so)
{
	struct rlimit small = { 6000, 6000 };
	struct receive r;
	struct verify v;

	ck_assert_uint_gt(box.out.len, 6000);
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	receive_box(&r, &v, box.out.len);
	ck_assert_int_eq(r.end, RECEIVE_FULL);
	ck_assert(r.failure.set);
	ck_assert_uint_eq(r.bytes, 6000);
	assert_stored(6000);
	ck_assert_int_eq(v.verdict, BUNDLE_TRUNCATED);
	ck_assert_int_eq(lines_of("end", "why", "write-error"), 1);
	verify_release(&v);
	receive_release(&r);
}
END_TEST

START_TEST(test_a_signal_ends_a_stream_that_does_not)
{
	struct receive_options o = options();
	struct err e = { 0 };
	struct receive r;
	char byte;
	int p[2];

	ck_assert_int_eq(pipe2(p, O_CLOEXEC), 0);
	ck_assert_int_eq(receive_open(&r, p[0], &o, &e), 0);
	stop = 1;
	ck_assert_int_eq(receive_read(&r, &byte, 1), 0);
	ck_assert_int_eq(r.end, RECEIVE_STOPPED);
	receive_release(&r);
	close(p[0]);
	close(p[1]);
}
END_TEST

START_TEST(test_nothing_that_is_there_is_replaced)
{
	struct receive_options o = options();
	struct err e = { 0 };
	struct receive r;

	ck_assert_int_eq(symlink("/nonexistent/target", archive), 0);
	ck_assert_int_eq(receive_open(&r, 0, &o, &e), -1);
	ck_assert_ptr_nonnull(strstr(e.what, "overwritten"));
	ck_assert_int_ne(access(name, F_OK), 0);
}
END_TEST

START_TEST(test_an_issued_nonce_is_used_once_and_bounds_the_clock)
{
	struct receive_options o = options();
	char nonce[2 * RECEIVE_NONCE_LEN + 1];
	struct err e = { 0 };
	struct receive r;

	ck_assert_int_eq(receive_issue(archive, nonce, &e), 0);
	ck_assert_uint_eq(strlen(nonce), 2 * RECEIVE_NONCE_LEN);
	ck_assert_int_eq(receive_issue(archive, nonce, &e), -1);
	e = (struct err){ 0 };
	o.nonce = "00";
	ck_assert_int_eq(receive_open(&r, 0, &o, &e), -1);
	e = (struct err){ 0 };
	o.nonce = NULL;
	ck_assert_int_eq(receive_open(&r, 0, &o, &e), 0);
	ck_assert(r.has_issued);
	receive_release(&r);
	unlink(archive);
	ck_assert_int_eq(receive_open(&r, 0, &o, &e), -1);
	ck_assert_ptr_nonnull(strstr(e.what, "earlier receipt"));
}
END_TEST

START_TEST(test_the_meter_shows_silence_and_no_byte_of_the_host)
{
	struct receive r = { .bytes = 3 << 20, .arrived_ns = 1 };
	struct buf b;

	buf_init(&b, 1024);
	meter_line(&b, &r, 1 << 20, UINT64_C(9000000000));
	ck_assert_str_eq(buf_cstr(&b), "3.0 MiB received  1.0 MiB/s  no seal yet  nothing came "
			 "for 8 s");
	buf_release(&b);
}
END_TEST

Suite *suite_receive(void)
{
	Suite *s = suite_create("workstation/receive/receive");
	TCase *t = tcase_create("receive");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_a_whole_archive_is_stored_and_each_seal_noted);
	tcase_add_test(t, test_a_seal_is_noted_before_the_next_byte_is_asked_for);
	tcase_add_test(t, test_a_stream_that_breaks_keeps_what_came);
	tcase_add_test(t, test_a_false_byte_is_stored_too_and_all_behind_it);
	tcase_add_test(t, test_a_full_medium_keeps_what_fitted_and_says_so);
	tcase_add_test(t, test_a_signal_ends_a_stream_that_does_not);
	tcase_add_test(t, test_nothing_that_is_there_is_replaced);
	tcase_add_test(t, test_an_issued_nonce_is_used_once_and_bounds_the_clock);
	tcase_add_test(t, test_the_meter_shows_silence_and_no_byte_of_the_host);
	suite_add_tcase(s, t);
	return s;
}

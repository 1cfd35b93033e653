/* What age(1) decrypts of ours and we of age's, at the edges of chunks; and, with
 * AGE_LONG=1 in the environment, more than 4 GiB of each, streamed. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "lib/crypt/age_stream.h"
#include "lib/crypt/bech32.h"
#include "tests/support/age_box.h"

Suite *suite_age_interop(void);

#define C AGE_STREAM_CHUNK
#define LONG_BYTES ((UINT64_C(4) << 30) + C + 1)

static struct age_box x;
static char key_path[64];

/* The key of the box as a file that age can open. */
static void write_key(void)
{
	char text[BECH32_MAX + 1];
	int fd = memfd_create("key", 0);

	bech32_write(text, "age-secret-key-", x.ids->p[0].secret, PRIM_KEY_LEN);
	for (char *p = text; *p != '\0'; p++)
		*p = (char)(*p >= 'a' && *p <= 'z' ? *p - 32 : *p);
	ck_assert_int_eq(fd_write_all(fd, text, strlen(text)), 0);
	snprintf(key_path, sizeof(key_path), "/proc/%d/fd/%d", (int)getpid(), fd);
}

static void open_box(void)
{
	age_box_open(&x);
	write_key();
}

static void release_box(void)
{
	age_box_release(&x);
}

struct feed {
	void (*write)(int fd, const struct feed *f);
	uint64_t n;
};

/* age with ${argv}, fed by a process of its own; returns where its output comes from. */
static int start(char *const argv[], const struct feed *f, pid_t pids[2])
{
	int in[2], out[2];

	ck_assert_int_eq(pipe(in), 0);
	ck_assert_int_eq(pipe(out), 0);
	pids[0] = fork();
	if (pids[0] == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		close(in[0]);
		close(in[1]);
		close(out[0]);
		close(out[1]);
		execvp(argv[0], argv);
		_exit(126);
	}
	close(in[0]);
	close(out[1]);
	pids[1] = fork();
	if (pids[1] == 0) {
		close(out[0]);
		f->write(in[1], f);
		_exit(0);
	}
	close(in[1]);
	return out[0];
}

static void finish(int fd, const pid_t pids[2])
{
	int status;

	close(fd);
	for (unsigned i = 0; i < 2; i++) {
		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "process %u: %x", i,
			      (unsigned)status);
	}
}

static bool have_age(void)
{
	if (system("age --version >/dev/null 2>&1") == 0)
		return true;
	fprintf(stderr, "skipped, not tried: there is no age here\n");
	return false;
}

static const size_t sizes[] = {
	0, 1, 15, 16, 17, C - 1, C, C + 1, 2 * C - 1, 2 * C, 2 * C + 1, 3 * C, 5000000,
};

static void write_file(int fd, const struct feed *f)
{
	(void)f;
	if (fd_write_all(fd, x.file.p, x.file.len) != 0)
		_exit(1);
}

START_TEST(test_age_decrypts_ours)
{
	char d[] = "age", o[] = "-d", i[] = "-i";
	char *argv[] = { d, o, i, key_path, NULL };
	struct feed f = { write_file, 0 };
	size_t n = sizes[_i];
	static char got[6000000];
	pid_t pids[2];
	int fd;

	if (!have_age())
		return;
	age_box_fill(&x, n, 1 << 20);
	fd = start(argv, &f, pids);
	ck_assert_int_eq(fd_read_full(fd, got, sizeof(got)), (ssize_t)n);
	finish(fd, pids);
	age_box_assert(got, n);
}
END_TEST

static void write_plain(int fd, const struct feed *f)
{
	static uint8_t bytes[6000000];

	for (size_t k = 0; k < f->n; k++)
		bytes[k] = age_box_byte(k);
	if (fd_write_all(fd, bytes, f->n) != 0)
		_exit(1);
}

START_TEST(test_we_decrypt_what_age_wrote)
{
	char d[] = "age", r[] = "-r";
	char *argv[] = { d, r, x.recipient.text, NULL };
	struct feed f = { write_plain, sizes[_i] };
	static char got[6000000];
	pid_t pids[2];
	ssize_t n;
	int fd;

	if (!have_age())
		return;
	fd = start(argv, &f, pids);
	n = fd_read_full(fd, got, sizeof(got));
	finish(fd, pids);
	ck_assert_int_eq(age_box_read(&x, got, (size_t)n, 1 << 20), 0);
	ck_assert_uint_eq(x.plain.len, f.n);
	age_box_assert(x.plain.p, f.n);
}
END_TEST

/* ===== more than 4 GiB: the number of a chunk gets its third byte ===== */

static int to_fd(void *ctx, const void *data, size_t n)
{
	return fd_write_all(*(int *)ctx, data, n);
}

static ssize_t from_fd(void *ctx, void *data, size_t n)
{
	return read(*(int *)ctx, data, n);
}

static uint8_t block[1 << 20];

static void fill_block(void)
{
	for (size_t k = 0; k < sizeof(block); k++)
		block[k] = age_box_byte(k);
}

static void write_long(int fd, const struct feed *f)
{
	struct err e = { 0 };
	struct age_write *w = age_write_new(&x.recipient, 1, to_fd, &fd, &e);

	for (uint64_t at = 0; at < f->n; at += sizeof(block)) {
		size_t part = f->n - at < sizeof(block) ? (size_t)(f->n - at) : sizeof(block);

		if (age_write_add(w, block, part) != 0)
			_exit(1);
	}
	_exit(age_write_end(w) != 0);
}

static void write_long_plain(int fd, const struct feed *f)
{
	for (uint64_t at = 0; at < f->n; at += sizeof(block)) {
		size_t part = f->n - at < sizeof(block) ? (size_t)(f->n - at) : sizeof(block);

		if (fd_write_all(fd, block, part) != 0)
			_exit(1);
	}
}

START_TEST(test_age_decrypts_more_than_4_gib_of_ours)
{
	char d[] = "age", o[] = "-d", i[] = "-i";
	char *argv[] = { d, o, i, key_path, NULL };
	struct feed f = { write_long, LONG_BYTES };
	static uint8_t got[sizeof(block)];
	uint64_t at = 0;
	pid_t pids[2];
	ssize_t n;
	int fd;

	if (getenv("AGE_LONG") == NULL || !have_age())
		return;
	fill_block();
	fd = start(argv, &f, pids);
	while ((n = fd_read_full(fd, got, sizeof(got))) > 0) {
		ck_assert_mem_eq(got, block, (size_t)n);
		at += (uint64_t)n;
	}
	finish(fd, pids);
	ck_assert_uint_eq(at, LONG_BYTES);
}
END_TEST

START_TEST(test_we_decrypt_more_than_4_gib_of_age)
{
	char d[] = "age", r[] = "-r";
	char *argv[] = { d, r, x.recipient.text, NULL };
	struct feed f = { write_long_plain, LONG_BYTES };
	static uint8_t got[sizeof(block)];
	struct err e = { 0 };
	struct age_read *a;
	uint64_t at = 0;
	pid_t pids[2];
	ssize_t n;
	int fd;

	if (getenv("AGE_LONG") == NULL || !have_age())
		return;
	fill_block();
	fd = start(argv, &f, pids);
	a = age_read_new(x.ids, from_fd, &fd, &e);
	ck_assert_msg(a != NULL, "%s", e.what);
	while ((n = age_read_bytes(a, got, sizeof(got))) > 0) {
		ck_assert_mem_eq(got, block + at % sizeof(block), (size_t)n);
		at += (uint64_t)n;
	}
	ck_assert_int_eq(n, 0);
	age_read_free(a);
	finish(fd, pids);
	ck_assert_uint_eq(at, LONG_BYTES);
}
END_TEST

Suite *suite_age_interop(void)
{
	Suite *s = suite_create("lib/crypt/age_interop");
	TCase *t = tcase_create("age_interop");
	const int n = sizeof(sizes) / sizeof(sizes[0]);

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, open_box, release_box);
	tcase_add_loop_test(t, test_age_decrypts_ours, 0, n);
	tcase_add_loop_test(t, test_we_decrypt_what_age_wrote, 0, n);
	tcase_add_test(t, test_age_decrypts_more_than_4_gib_of_ours);
	tcase_add_test(t, test_we_decrypt_more_than_4_gib_of_age);
	suite_add_tcase(s, t);
	return s;
}

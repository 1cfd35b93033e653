#include "collector/host/output.h"
#include "tests/support/leftover.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[] = "/tmp/exhibit-output-XXXXXX";
static const struct output_name name = { "EX-1", "web01", { 1795431180, 0 }, "3f9a12cc77", ".tar" };

static void setup(void)
{
	strcpy(dir, "/tmp/exhibit-output-XXXXXX");
	leftover_dir(dir);
	ck_assert_int_eq(chdir(dir), 0);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

static void teardown(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	ck_assert_int_eq(system(command), 0);
}

static const struct {
	struct output_name name;
	const char *want;
} names[] = {
	{ { "EX-1", "web01", { 1795431180, 0 }, "3f9a12cc77", ".tar.zst" },
	  "EX-1_web01_20261123T105300Z_3f9a12cc.tar.zst" },
	{ { NULL, "web01", { 0, 0 }, "3f9a12cc77", ".tar" }, "web01_19700101T000000Z_3f9a12cc.tar" },
	{ { "", "", { 0, 0 }, "3f9a12cc77", ".tar" }, "host_19700101T000000Z_3f9a12cc.tar" },
	{ { "../a b", ".h\xff/\n%", { 0, 0 }, "3f9a12cc77", ".tar" },
	  "-.-a-b_-h----_19700101T000000Z_3f9a12cc.tar" },
};

START_TEST(test_a_name_holds_only_harmless_characters)
{
	struct buf b;

	buf_init(&b, 4096);
	output_file_name(&b, &names[_i].name);
	ck_assert_str_eq(buf_cstr(&b), names[_i].want);
	buf_release(&b);
}
END_TEST

START_TEST(test_an_endless_name_is_cut)
{
	char longest[300];
	struct output_name n = name;
	struct buf b;

	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	n.exhibit = n.host = longest;
	buf_init(&b, 4096);
	output_file_name(&b, &n);
	ck_assert(!b.failed);
	ck_assert_uint_lt(b.len, 200);
	buf_release(&b);
}
END_TEST

/* Where it may be asked to go; "error" is part of the message, or the file appears. */
static const struct {
	const char *dest, *file, *error;
} places[] = {
	{ ".", "./EX-1_web01_20261123T105300Z_3f9a12cc.tar", NULL },
	{ "sub/", "sub/EX-1_web01_20261123T105300Z_3f9a12cc.tar", NULL },
	{ "to-sub", "to-sub/EX-1_web01_20261123T105300Z_3f9a12cc.tar", NULL },
	{ "new", "new", NULL },
	{ "sub/new", "sub/new", NULL },
	{ "file", NULL, "file: exists already; nothing is ever overwritten" },
	{ "to-file", NULL, "exists already" },
	{ "to-nowhere", NULL, "exists already" },
	{ "fifo", NULL, "exists already" },
	{ "none/new", NULL, "there is no such directory" },
	{ "none/", NULL, "there is no such directory" },
	{ "file/new", NULL, "what should be a directory is none" },
	{ "none/\x1b[31m", NULL, "none/\\x1b[31m: there is no" },
	{ "", NULL, "there is no such directory" },
};

static void furnish(void)
{
	int fd = open("file", O_CREAT | O_WRONLY, 0600);

	ck_assert_int_eq(write(fd, "old", 3), 3);
	close(fd);
	ck_assert_int_eq(mkdir("sub", 0700), 0);
	ck_assert_int_eq(symlink("sub", "to-sub"), 0);
	ck_assert_int_eq(symlink("file", "to-file"), 0);
	ck_assert_int_eq(symlink("nowhere", "to-nowhere"), 0);
	ck_assert_int_eq(mkfifo("fifo", 0600), 0);
}

START_TEST(test_a_destination_becomes_a_new_file_or_a_sentence)
{
	struct output o;
	struct stat st;

	furnish();
	if (places[_i].error != NULL) {
		ck_assert_int_eq(output_open(&o, places[_i].dest, &name), -1);
		ck_assert_msg(strstr(o.err.what, places[_i].error) != NULL, "%s", o.err.what);
		ck_assert_int_eq(o.fd, -1);
		ck_assert_int_ne(access("nowhere", F_OK), 0);
		ck_assert_int_eq(stat("file", &st), 0);
		ck_assert_int_eq(st.st_size, 3);
		return;
	}
	ck_assert_msg(output_open(&o, places[_i].dest, &name) == 0, "%s", o.err.what);
	ck_assert_str_eq(o.path, places[_i].file);
	ck_assert(o.file);
	ck_assert_int_eq(output_write(&o, "abc", 3), 0);
	ck_assert_int_eq(output_sealed(&o), 0);
	ck_assert_int_eq(output_write(&o, "de", 2), 0);
	ck_assert_uint_eq(o.sealed, 3);
	ck_assert_uint_eq(o.written, 5);
	ck_assert_msg(output_finish(&o) == 0, "%s", o.err.what);
	ck_assert_int_eq(stat(places[_i].file, &st), 0);
	ck_assert_int_eq(st.st_size, 5);
	ck_assert_uint_eq(st.st_ino, o.ino);
	ck_assert_int_eq(st.st_mode & 07777, 0600);
}
END_TEST

START_TEST(test_the_same_name_is_never_used_twice)
{
	struct output a, b;

	ck_assert_int_eq(output_open(&a, ".", &name), 0);
	ck_assert_int_eq(output_open(&b, ".", &name), -1);
	ck_assert_int_eq(b.err.oserr, EEXIST);
	output_release(&a);
}
END_TEST

START_TEST(test_a_path_that_is_too_long_is_refused)
{
	char *path = malloc(OUTPUT_PATH_MAX + 10);
	struct output o;

	memset(path, 'x', OUTPUT_PATH_MAX + 9);
	path[OUTPUT_PATH_MAX + 9] = '\0';
	ck_assert_int_eq(output_open(&o, path, &name), -1);
	ck_assert_int_eq(o.err.oserr, ENAMETOOLONG);
	free(path);
}
END_TEST

/* Standard output of this test process, which Check runs in a child. */
static void stdout_is(int fd)
{
	ck_assert_int_eq(dup2(fd, 1), 1);
	close(fd);
}

START_TEST(test_standard_output_may_be_a_pipe_and_says_when_nobody_reads)
{
	struct output o;
	int ends[2];
	char got[8];

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
	stdout_is(ends[1]);
	ck_assert_msg(output_open(&o, "-", &name) == 0, "%s", o.err.what);
	ck_assert(!o.file);
	ck_assert_int_eq(output_write(&o, "abc", 3), 0);
	ck_assert_int_eq(output_sealed(&o), 0);
	ck_assert_int_eq(read(ends[0], got, sizeof(got)), 3);
	close(ends[0]);
	ck_assert_int_eq(output_write(&o, "abc", 3), -1);
	ck_assert_str_eq(o.err.what, "standard output: nobody reads it any more");
	ck_assert_uint_eq(o.written, 3);
	ck_assert_int_eq(output_write(&o, "abc", 3), -1);
	ck_assert_int_eq(output_sealed(&o), -1);
	ck_assert_int_eq(output_finish(&o), -1);
	output_release(&o);
}
END_TEST

START_TEST(test_a_full_pipe_of_somebody_else_is_waited_for)
{
	static char big[1 << 18], got[1 << 16];
	struct output o;
	int ends[2], status;
	size_t total = 0;
	ssize_t n;
	pid_t child;

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
	child = fork();
	if (child == 0) {
		close(ends[0]);
		dup2(ends[1], 1);
		_exit(output_open(&o, "-", &name) == 0 && output_write(&o, big, sizeof(big)) == 0 &&
		      output_finish(&o) == 0 ? 0 : 1);
	}
	close(ends[1]);
	while ((n = read(ends[0], got, sizeof(got))) > 0)
		total += (size_t)n;
	ck_assert_uint_eq(total, sizeof(big));
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
}
END_TEST

/* Whatever the write was doing when the signal came: it need not be interrupted to see it. */
START_TEST(test_a_second_signal_gives_up_a_pipe_that_nobody_empties)
{
	static const char big[1 << 18];
	static volatile sig_atomic_t stop;
	struct output o;
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	stdout_is(ends[1]);
	ck_assert_int_eq(output_open(&o, "-", &name), 0);
	o.stop = &stop;
	stop = SIGINT;
	ck_assert_int_eq(output_write(&o, big, 4096), 0);
	stop = -SIGINT;
	ck_assert_int_eq(output_write(&o, big, sizeof(big)), -1);
	ck_assert_int_eq(o.err.oserr, EINTR);
	ck_assert_uint_ge(o.written, 4096);
	output_release(&o);
	close(ends[0]);
}
END_TEST

START_TEST(test_standard_output_may_be_a_file_but_no_terminal)
{
	struct output o;
	int tty = posix_openpt(O_RDWR | O_NOCTTY);

	stdout_is(open("out", O_CREAT | O_WRONLY, 0600));
	ck_assert_int_eq(output_open(&o, "-", &name), 0);
	ck_assert(o.file && o.ino != 0);
	ck_assert_int_eq(output_finish(&o), 0);
	if (tty < 0)
		return;
	stdout_is(tty);
	ck_assert_int_eq(output_open(&o, "-", &name), -1);
	ck_assert_ptr_nonnull(strstr(o.err.what, "is a terminal"));
}
END_TEST

START_TEST(test_a_limit_on_file_size_is_an_error_not_a_signal)
{
	struct rlimit limit = { 4096, 4096 };
	static char big[8192];
	struct output o;

	ck_assert_int_eq(output_open(&o, "new", &name), 0);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	ck_assert_int_eq(output_write(&o, big, sizeof(big)), -1);
	ck_assert_int_eq(o.err.oserr, EFBIG);
	ck_assert_uint_eq(o.written, 4096);
	output_release(&o);
}
END_TEST

/* On a tiny file system, in a mount namespace that ends with the process. */
START_TEST(test_a_full_medium_is_named_and_what_was_written_counts)
{
	static char big[1 << 18];
	struct output o;
	uint64_t room = 0;

	if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("t", dir, "tmpfs", 0, "size=64k") != 0) {
		fprintf(stderr, "collector/host/output: skipped: needs root and a mount namespace\n");
		return;
	}
	ck_assert_int_eq(chdir(dir), 0);
	ck_assert_int_eq(output_room(".", &room), 0);
	ck_assert_uint_eq(room, 65536);
	ck_assert_int_eq(output_open(&o, "new", &name), 0);
	ck_assert_int_eq(output_write(&o, big, sizeof(big)), -1);
	ck_assert_int_eq(o.err.oserr, ENOSPC);
	ck_assert_str_eq(o.err.what, "new: no space is left there");
	ck_assert_uint_eq(o.written, 65536);
	output_release(&o);
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(umount(dir), 0);
}
END_TEST

START_TEST(test_room_is_known_only_where_a_file_would_be)
{
	uint64_t room = 0;

	ck_assert_int_eq(output_room("new", &room), 0);
	ck_assert_int_eq(output_room(dir, &room), 0);
	ck_assert_int_eq(output_room("-", &room), -1);
	ck_assert_int_eq(output_room("none/new", &room), -1);
}
END_TEST

#define ROWS(a) ((int)(sizeof(a) / sizeof((a)[0])))

Suite *suite_output(void);

Suite *suite_output(void)
{
	Suite *s = suite_create("collector/host/output");
	TCase *t = tcase_create("output");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, test_a_name_holds_only_harmless_characters, 0, ROWS(names));
	tcase_add_test(t, test_an_endless_name_is_cut);
	tcase_add_loop_test(t, test_a_destination_becomes_a_new_file_or_a_sentence, 0, ROWS(places));
	tcase_add_test(t, test_the_same_name_is_never_used_twice);
	tcase_add_test(t, test_a_path_that_is_too_long_is_refused);
	tcase_add_test(t, test_standard_output_may_be_a_pipe_and_says_when_nobody_reads);
	tcase_add_test(t, test_a_full_pipe_of_somebody_else_is_waited_for);
	tcase_add_test(t, test_a_second_signal_gives_up_a_pipe_that_nobody_empties);
	tcase_add_test(t, test_standard_output_may_be_a_file_but_no_terminal);
	tcase_add_test(t, test_a_limit_on_file_size_is_an_error_not_a_signal);
	tcase_add_test(t, test_a_full_medium_is_named_and_what_was_written_counts);
	tcase_add_test(t, test_room_is_known_only_where_a_file_would_be);
	suite_add_tcase(s, t);
	return s;
}

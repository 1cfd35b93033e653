#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "collector/volatile/found.h"
#include "tests/support/emulator.h"
#include "tests/support/holder.h"
#include "tests/support/leftover.h"
#include "tests/support/live_box.h"

#ifndef SYS_memfd_secret		/* some machines got it later than others */
#define SYS_memfd_secret 447
#endif

Suite *suite_src_open_files(void);

#define TEXT "what was wiped"
#define ROOM 8192

static struct live_box *box;

static char dir[64];

static void make_dir(void)
{
	strcpy(dir, "/tmp/exhibit-queue-XXXXXX");
	leftover_dir(dir);
}

static void remove_dir(void)
{
	rmdir(dir);
}

static void set_up(void)
{
	box = live_box_new();
}

static void tear_down(void)
{
	live_box_free(box);
}

/* How many lines of ours in the index hold the text. */
static unsigned lines_with(const char *what)
{
	const struct live_item *i = live_box_get(box, "open/index");
	const char *p = i->data.p, *end = p + i->data.len;
	char begin[40];
	unsigned n = 0;

	snprintf(begin, sizeof(begin), "{\"pid\":%d,", (int)getpid());
	while (p < end) {
		const char *feed = memchr(p, '\n', (size_t)(end - p));

		ck_assert_ptr_nonnull(feed);
		n += strncmp(p, begin, strlen(begin)) == 0 &&
		     memmem(p, (size_t)(feed - p), what, strlen(what)) != NULL;
		p = feed + 1;
	}
	return n;
}

static unsigned lines_of(int fd)
{
	char text[128];

	snprintf(text, sizeof(text), "\"fd\":%d,", fd);
	return lines_with(text);
}

static void is_kept(int fd, const char *text)
{
	const struct live_item *i = live_box_get(box, "%s", holder_name("open", fd));
	char object[400];

	ck_assert_int_eq(i->how.gap, GAP_NONE);
	ck_assert_uint_eq(i->data.len, strlen(text));
	ck_assert_mem_eq(i->data.p, text, i->data.len);
	snprintf(object, sizeof(object), "\"object\":\"live/%s\"", i->name);
	ck_assert_uint_ge(lines_with(object), 1);
}

START_TEST(test_a_deleted_file_that_is_open_is_kept)
{
	int fd = holder_deleted(TEXT, strlen(TEXT));

	ck_assert_int_eq(open_files_run(&box->env), 0);
	ck_assert_uint_eq(lines_of(fd), 1);
	is_kept(fd, TEXT);
	close(fd);
}
END_TEST

START_TEST(test_a_memfd_is_kept_though_excludes_name_every_path)
{
	int fd = memfd_create("x", 0);

	ck_assert_int_eq(write(fd, TEXT, strlen(TEXT)), (ssize_t)strlen(TEXT));
	live_box_exclude(box, "/**");
	ck_assert_int_eq(open_files_run(&box->env), 0);
	ck_assert_uint_ge(lines_with("\"link\":\"/memfd:x (deleted)\""), 1);
	is_kept(fd, TEXT);
	close(fd);
}
END_TEST

START_TEST(test_of_an_excluded_file_nothing_is_read)
{
	int fd = holder_deleted(TEXT, strlen(TEXT));
	const struct live_item *i;

	live_box_exclude(box, "/tmp");
	ck_assert_int_eq(open_files_run(&box->env), 0);
	i = live_box_get(box, "%s", holder_name("open", fd));
	ck_assert_int_eq(i->how.gap, GAP_EXCLUDED);
	ck_assert_uint_eq(i->data.len, 0);
	close(fd);
}
END_TEST

START_TEST(test_a_deleted_file_that_is_only_mapped_is_kept)
{
	int fd = holder_deleted(TEXT, strlen(TEXT)), second;
	char *p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	char path[80];

	if (emulator_lacks("mappings that may be run"))
		return;
	ck_assert_ptr_ne(p, MAP_FAILED);
	close(fd);
	ck_assert_int_eq(open_files_run(&box->env), 0);
	snprintf(path, sizeof(path), "\"map\":\"%lx-%lx\",\"access\":\"r-xp\"", (unsigned long)p,
		 (unsigned long)p + 4096);
	ck_assert_uint_eq(lines_with(path), 1);
	snprintf(path, sizeof(path), "/proc/self/map_files/%lx-%lx", (unsigned long)p,
		 (unsigned long)p + 4096);
	second = open(path, O_PATH);
	if (second >= 0)		/* needs a right of its own */
		is_kept(second, TEXT);
	close(second);
	munmap(p, 4096);
}
END_TEST

/* It is the memory of whoever shares it; as a file it counts when it is run. */
static const int protections[] = { PROT_READ | PROT_WRITE, PROT_READ | PROT_EXEC };

START_TEST(test_shared_memory_without_a_name_is_kept_when_it_can_be_run)
{
	char *p = mmap(NULL, ROOM, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char path[80];
	int fd;

	if (emulator_lacks("mappings that may be run"))
		return;
	memcpy(p, TEXT, sizeof(TEXT));
	ck_assert_int_eq(mprotect(p, ROOM, protections[_i]), 0);
	snprintf(path, sizeof(path), "/proc/self/map_files/%lx-%lx", (unsigned long)p,
		 (unsigned long)p + ROOM);
	fd = open(path, O_PATH);
	if (fd < 0)
		return;
	ck_assert_int_eq(open_files_run(&box->env), 0);
	ck_assert_uint_ge(lines_with("/dev/zero (deleted)"), 1);
	ck_assert_int_eq(live_box_find(box, holder_name("open", fd)) != NULL, _i == 1);
	close(fd);
	munmap(p, ROOM);
}
END_TEST

/* Pages that even the kernel has no mapping of: refused, not read. */
START_TEST(test_memory_that_is_secret_is_a_gap)
{
	int fd = (int)syscall(SYS_memfd_secret, 0);
	const struct live_item *i;

	if (fd < 0 || ftruncate(fd, ROOM) < 0)
		return;
	ck_assert_int_eq(open_files_run(&box->env), 0);
	i = live_box_get(box, "%s", holder_name("open", fd));
	ck_assert_int_eq(i->how.gap, GAP_OPEN_FAILED);
	ck_assert_int_eq(i->how.oserr, ENXIO);
	ck_assert_uint_eq(i->st.size, ROOM);
	close(fd);
}
END_TEST

START_TEST(test_a_file_held_twice_has_two_lines_and_one_item)
{
	int fd = holder_deleted(TEXT, strlen(TEXT)), second = dup(fd);

	ck_assert_int_eq(open_files_run(&box->env), 0);
	ck_assert_uint_eq(lines_of(fd), 1);
	ck_assert_uint_eq(lines_of(second), 1);
	is_kept(fd, TEXT);		/* one item: the box takes no name twice */
	close(second);
	close(fd);
}
END_TEST

START_TEST(test_what_is_still_there_has_no_line)
{
	char name[] = "/tmp/exhibit-there-XXXXXX";
	int fd = mkstemp(name);

	ck_assert_int_eq(open_files_run(&box->env), 0);
	ck_assert_uint_eq(lines_of(fd), 0);
	close(fd);
	unlink(name);
}
END_TEST

/* With data waiting in it: a reader would steal them, an opener wake or kill somebody. */
START_TEST(test_a_deleted_fifo_is_listed_and_not_opened)
{
	char name[] = "/tmp/exhibit-fifo-XXXXXX", text[sizeof(TEXT)];
	int fd;

	close(mkstemp(name));
	unlink(name);
	ck_assert_int_eq(mkfifo(name, 0600), 0);
	fd = open(name, O_RDWR);
	unlink(name);
	ck_assert_int_eq(write(fd, TEXT, sizeof(TEXT)), sizeof(TEXT));
	ck_assert_int_eq(open_files_run(&box->env), 0);
	ck_assert_uint_eq(lines_of(fd), 1);
	ck_assert_ptr_null(live_box_find(box, holder_name("open", fd)));
	ck_assert_int_eq(read(fd, text, sizeof(text)), sizeof(text));
	ck_assert_str_eq(text, TEXT);
	close(fd);
}
END_TEST

/* A message queue that was unlinked: a regular file, but nothing of a disk. */
START_TEST(test_of_a_file_system_of_the_kernel_nothing_is_recovered)
{
	char name[128];
	int fd;

	snprintf(name, sizeof(name), "%s/queue", dir);
	if (unshare(CLONE_NEWNS | CLONE_NEWIPC) == 0 &&
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	    mount("mqueue", dir, "mqueue", 0, NULL) == 0) {
		fd = open(name, O_RDWR | O_CREAT, 0600);
		ck_assert_int_ge(fd, 0);
		unlink(name);
		ck_assert_int_eq(open_files_run(&box->env), 0);
		ck_assert_uint_eq(lines_of(fd), 1);
		ck_assert_uint_ge(lines_with("\"fstype\":\"mqueue\""), 1);
		ck_assert_ptr_null(live_box_find(box, holder_name("open", fd)));
		close(fd);
	}
}
END_TEST

START_TEST(test_a_program_that_exe_has_kept_is_not_kept_again)
{
	char name[] = "/tmp/exhibit-program-XXXXXX", object[128];
	pid_t child;
	int fd;

	close(mkstemp(name));
	unlink(name);
	child = holder_run("/bin/sleep", name);
	fd = open(name, O_RDONLY);
	unlink(name);
	ck_assert_int_eq(exe_run(&box->env), 0);
	ck_assert_int_eq(open_files_run(&box->env), 0);
	live_box_end(child);
	ck_assert_ptr_nonnull(live_box_find(box, holder_name("exe", fd)));
	ck_assert_ptr_null(live_box_find(box, holder_name("open", fd)));
	snprintf(object, sizeof(object), "\"object\":\"live/%s\"", holder_name("exe", fd));
	ck_assert_uint_eq(lines_with(object), 1);
	close(fd);
}
END_TEST

/* What the second thread holds alone. */
static void hide(void *arg)
{
	int *out = arg, fd;

	if (unshare(CLONE_FILES) < 0)
		_exit(1);
	fd = memfd_create("hidden", 0);
	if (write(fd, TEXT, strlen(TEXT)) != (ssize_t)strlen(TEXT) || write(*out, &fd, sizeof(fd)) < 0)
		_exit(1);
}

START_TEST(test_a_file_that_one_thread_alone_has_open_is_kept)
{
	int ends[2], fd;
	char text[160];
	const struct live_item *index, *i;
	pid_t child, tid;

	ck_assert_int_eq(pipe(ends), 0);
	child = holder_threads(hide, &ends[1], _i, &tid);
	ck_assert_int_eq(read(ends[0], &fd, sizeof(fd)), sizeof(fd));
	ck_assert_int_eq(open_files_run(&box->env), 0);
	index = live_box_get(box, "open/index");
	snprintf(text, sizeof(text), "\"tid\":%d,\"fd\":%d,\"link\":\"/memfd:hidden (deleted)\"",
		 (int)tid, fd);
	ck_assert(live_item_has(index, text, strlen(text)));
	/* and what else it has, with what the kernel says of it */
	snprintf(text, sizeof(text), "\"tid\":%d,\"fd\":%d,\"link\":\"pipe:[", (int)tid, ends[0]);
	ck_assert(live_item_has(index, text, strlen(text)));
	ck_assert(live_item_has(index, "\"fdinfo\":\"pos:", 14));
	snprintf(text, sizeof(text), "/proc/%d/task/%d/fd/%d", (int)child, (int)tid, fd);
	fd = open(text, O_RDONLY);
	i = live_box_get(box, "%s", holder_name("open", fd));
	ck_assert_int_eq(i->how.gap, GAP_NONE);
	ck_assert_mem_eq(i->data.p, TEXT, strlen(TEXT));
	live_box_end(child);
	close(fd);
}
END_TEST

static void map(void *arg)
{
	int fd = holder_deleted(TEXT, strlen(TEXT));

	(void)arg;
	if (mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED)
		_exit(1);
	close(fd);
}

/* Its memory is shown by the other thread, as text only. */
START_TEST(test_of_a_process_whose_first_thread_has_ended_the_mappings_are_listed)
{
	pid_t tid, child = holder_threads(map, NULL, 1, &tid);
	const struct live_item *i;
	char text[64];
	const char *p;

	if (emulator_lacks("threads that end"))
		return;
	ck_assert_int_eq(open_files_run(&box->env), 0);
	live_box_end(child);
	i = live_box_get(box, "open/index");
	snprintf(text, sizeof(text), "\"tid\":%d,\"map\":\"", (int)tid);
	p = memmem(i->data.p, i->data.len, text, strlen(text));
	ck_assert_ptr_nonnull(p);
	ck_assert_ptr_nonnull(strstr(p, "\"access\":\"r--p\",\"link\":\"/tmp/exhibit-held-"));
}
END_TEST

START_TEST(test_a_pass_that_goes_on_writes_no_second_index)
{
	int fd = holder_deleted(TEXT, strlen(TEXT));

	box->env.behind[0] = UINT64_MAX;
	ck_assert_int_eq(open_files_run(&box->env), 0);
	ck_assert_uint_eq(box->count, 0);
	close(fd);
}
END_TEST

Suite *suite_src_open_files(void)
{
	Suite *s = suite_create("collector/volatile/src_open_files");
	TCase *t = tcase_create("open_files");

	tcase_add_unchecked_fixture(t, make_dir, remove_dir);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, test_a_deleted_file_that_is_open_is_kept);
	tcase_add_test(t, test_a_memfd_is_kept_though_excludes_name_every_path);
	tcase_add_test(t, test_of_an_excluded_file_nothing_is_read);
	tcase_add_test(t, test_a_deleted_file_that_is_only_mapped_is_kept);
	tcase_add_loop_test(t, test_shared_memory_without_a_name_is_kept_when_it_can_be_run, 0, 2);
	tcase_add_test(t, test_memory_that_is_secret_is_a_gap);
	tcase_add_test(t, test_a_file_held_twice_has_two_lines_and_one_item);
	tcase_add_test(t, test_what_is_still_there_has_no_line);
	tcase_add_test(t, test_a_deleted_fifo_is_listed_and_not_opened);
	tcase_add_test(t, test_of_a_file_system_of_the_kernel_nothing_is_recovered);
	tcase_add_test(t, test_a_program_that_exe_has_kept_is_not_kept_again);
	tcase_add_loop_test(t, test_a_file_that_one_thread_alone_has_open_is_kept, 0, 2);
	tcase_add_test(t, test_of_a_process_whose_first_thread_has_ended_the_mappings_are_listed);
	tcase_add_test(t, test_a_pass_that_goes_on_writes_no_second_index);
	suite_add_tcase(s, t);
	return s;
}

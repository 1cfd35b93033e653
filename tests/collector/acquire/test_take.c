#include "collector/acquire/take.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/scene.h"

Suite *suite_take(void);

#define LONG "12345678901234567890123456789012345678901234567890"

static struct scene s;

static void setup(void)
{
	scene_open(&s);
	s.include[0] = "/case";
	scene_dir(&s, "/case");
}

static void teardown(void)
{
	scene_close(&s);
}

static const struct scene_item *take(const char *path)
{
	const struct scene_item *i;

	ck_assert_int_eq(scene_walk(&s, CATEGORY_EXTRA, NULL), 0);
	i = scene_find(&s, path);
	ck_assert_ptr_nonnull(i);
	return i;
}

START_TEST(test_a_directory_comes_before_what_is_in_it)
{
	const struct scene_item *dir, *file;

	scene_text(&s, "/case/f", "x");
	dir = take("/case");
	file = scene_find(&s, "/case/f");
	ck_assert(dir < file);
	ck_assert_int_eq(dir->it.type, ITEM_DIR);
	ck_assert_int_eq(dir->how.gap, GAP_NONE);
	ck_assert_str_eq(dir->it.category, "extra");
	ck_assert_str_eq(dir->it.artifact, "include");
	ck_assert_uint_eq(dir->it.promise, 0);
	ck_assert(dir->it.has_stat);
	ck_assert_ptr_nonnull(dir->it.fstype);
	ck_assert_int_gt(dir->it.opened.realtime.sec, 1000000000);
	ck_assert_int_ge(dir->how.closed.monotonic.sec, dir->it.opened.monotonic.sec);
}
END_TEST

START_TEST(test_a_link_is_taken_as_a_link_wherever_it_leads)
{
	static const struct { const char *path, *target; } links[] = {
		{ "/case/out", "/etc/passwd" }, { "/case/up", "../../../../etc" },
		{ "/case/self", "self" }, { "/case/dangling", "nowhere\n\xff" }, { "/case/here", "." },
	};
	size_t n = sizeof(links) / sizeof(links[0]);

	for (size_t i = 0; i < n; i++)
		scene_link(&s, links[i].path, links[i].target);
	take("/case");
	ck_assert_uint_eq(s.count, n + 1);
	for (size_t i = 0; i < n; i++) {
		const struct scene_item *x = scene_find(&s, links[i].path);

		ck_assert_int_eq(x->it.type, ITEM_SYMLINK);
		ck_assert_int_eq(x->how.gap, GAP_NONE);
		ck_assert_uint_eq(x->it.link.len, strlen(links[i].target));
		ck_assert_mem_eq(x->it.link.p, links[i].target, x->it.link.len);
	}
}
END_TEST

START_TEST(test_a_link_that_became_a_file_is_replaced)
{
	static struct take t;
	struct take_at at = { .name = "file", .path = { "/case/link", 10 }, .depth = DEPTH_META };
	struct item_stat st = { .mode = S_IFLNK | 0777 };

	scene_text(&s, "/case/file", "no link");
	take("/case");
	at.dirfd = openat(s.fd, "case", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(at.dirfd, 0);
	t.w = &s.walk;
	ck_assert_int_eq(take_object(&t, &at, &st), 0);
	close(at.dirfd);
	ck_assert_int_eq(scene_find(&s, "/case/link")->how.gap, GAP_REPLACED);
}
END_TEST

/* A writer that waits for a reader would be killed by one that opens and leaves. */
START_TEST(test_a_fifo_is_not_opened_and_its_writer_goes_on_waiting)
{
	const struct timespec pause = { 0, 100000000 };
	const struct scene_item *i;
	char path[300];
	int status;
	pid_t pid;

	strcat(strcpy(path, s.dir), "/case/fifo");
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	pid = fork();
	if (pid == 0) {
		int fd = open(path, O_WRONLY);	/* waits */

		_exit(fd >= 0);
	}
	nanosleep(&pause, NULL);
	i = take("/case/fifo");
	ck_assert_int_eq(i->it.type, ITEM_FIFO);
	ck_assert_int_eq(i->how.gap, GAP_SPECIAL);
	ck_assert_uint_eq(i->bytes, 0);
	nanosleep(&pause, NULL);
	ck_assert_int_eq(waitpid(pid, &status, WNOHANG), 0);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
}
END_TEST

START_TEST(test_sockets_and_devices_are_metadata)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const struct scene_item *i;
	char here[256];
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	ck_assert_ptr_nonnull(getcwd(here, sizeof(here)));
	ck_assert_int_eq(fchdir(s.fd), 0);
	strcpy(address.sun_path, "case/socket");
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	close(fd);
	ck_assert_int_eq(chdir(here), 0);
	i = take("/case/socket");
	ck_assert_int_eq(i->it.type, ITEM_SOCKET);
	ck_assert_int_eq(i->how.gap, GAP_SPECIAL);
	if (mknodat(s.fd, "case/tape", S_IFCHR | 0600, makedev(9, 0)) != 0)
		return;		/* not everybody can make a device */
	scene_forget(&s);
	i = take("/case/tape");
	ck_assert_int_eq(i->it.type, ITEM_CHARDEV);
	ck_assert_int_eq(i->how.gap, GAP_SPECIAL);
	ck_assert_uint_eq(i->it.st.rdev_major, 9);
}
END_TEST

START_TEST(test_our_own_output_is_not_read)
{
	const struct scene_item *i;
	struct item_stat st;

	scene_text(&s, "/case/archive", "ours");
	scene_text(&s, "/case/other", "theirs");
	ck_assert_int_eq(meta_stat(s.fd, "case/archive", &st), 0);
	s.walk.self[0] = (struct walk_self){ st.ino, st.dev_major, st.dev_minor };
	s.walk.self_count = 1;
	i = take("/case/archive");
	ck_assert_int_eq(i->how.gap, GAP_OWN_OUTPUT);
	ck_assert_uint_eq(i->bytes, 0);
	ck_assert_uint_eq(i->it.st.size, 4);
	ck_assert_int_eq(scene_find(&s, "/case/other")->how.gap, GAP_NONE);
}
END_TEST

START_TEST(test_odd_names_are_exact)
{
	static const char *const names[] = {
		"/case/new\nline", "/case/\033[31m", "/case/\xff\xfe", "/case/ ", "/case/-rf",
		"/case/back\\slash", "/case/*", "/case/...",
		"/case/" LONG LONG LONG LONG LONG "12345",	/* 255 bytes */
	};
	size_t n = sizeof(names) / sizeof(names[0]);

	for (size_t i = 0; i < n; i++)
		scene_text(&s, names[i], names[i]);
	take("/case");
	ck_assert_uint_eq(s.count, n + 1);
	for (size_t i = 0; i < n; i++) {
		const struct scene_item *x = scene_find(&s, names[i]);

		ck_assert_ptr_nonnull(x);
		ck_assert_str_eq(x->data, names[i]);
	}
}
END_TEST

Suite *suite_take(void)
{
	Suite *suite = suite_create("collector/acquire/take");
	TCase *t = tcase_create("take");

	tcase_add_unchecked_fixture(t, scene_setup, scene_teardown);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_a_directory_comes_before_what_is_in_it);
	tcase_add_test(t, test_a_link_is_taken_as_a_link_wherever_it_leads);
	tcase_add_test(t, test_a_link_that_became_a_file_is_replaced);
	tcase_add_test(t, test_a_fifo_is_not_opened_and_its_writer_goes_on_waiting);
	tcase_add_test(t, test_sockets_and_devices_are_metadata);
	tcase_add_test(t, test_our_own_output_is_not_read);
	tcase_add_test(t, test_odd_names_are_exact);
	suite_add_tcase(suite, t);
	return suite;
}

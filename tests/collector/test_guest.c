#include <check.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "collector/guest.h"
#include "collector/guest_find.h"
#include "collector/recorder.h"
#include "tests/support/brood.h"
#include "tests/support/leftover.h"
#include "tests/support/live_box.h"

Suite *suite_guest(void);

#define JAILS 2
#define FILES 120			/* several times what a ring holds */
#define FILE_BYTES 65536

/* What came of each jail, and whom to strike when. */
struct spy {
	struct sink sink;
	pid_t jail[JAILS];
	unsigned seen[JAILS][FILES], items, whole;
	unsigned given_up[JAILS];	/* the whole of it, with this gap: */
	enum gap gap;
	bool marked;			/* every item of a jail carries its pid */
	int open_root;			/* jail whose root is the open item, or -1 */
	unsigned strikes;		/* still to be done, each at the tenth file after the last */
	pid_t struck;			/* the last one: what it had sent comes all the same */
	int signal;
	bool end_other;			/* the other jail's process, at the first item */
};

static char dir[JAILS][32];
static struct board *board;
static struct nursery nursery;
static struct recorder *recorder;
static struct spy spy;

static void make_file(const char *jail, const char *name, size_t n)
{
	static const char content[FILE_BYTES];
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", jail, name);
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	ck_assert_int_eq(write(fd, content, n), (ssize_t)n);
	close(fd);
}

static pid_t make_jail(char *jail)
{
	char path[128], byte;
	int ends[2];
	pid_t pid;

	strcpy(jail, "/tmp/exhibit-test-XXXXXX");
	leftover_dir(jail);
	snprintf(path, sizeof(path), "%s/var", jail);
	mkdir(path, 0700);
	strcat(path, "/log");
	mkdir(path, 0700);
	for (int i = 0; i < FILES; i++) {
		snprintf(path, sizeof(path), "var/log/f%d", i);
		make_file(jail, path, FILE_BYTES);
	}
	ck_assert_int_eq(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (chroot(jail) == 0 && chdir("/") == 0 && write(ends[1], "", 1) == 1)
			for (;;)
				pause();
		_exit(1);
	}
	close(ends[1]);
	if (read(ends[0], &byte, 1) != 1)
		pid = 0;
	close(ends[0]);
	return pid;
}

static void remove_jail(const char *jail)
{
	static const char *const dirs[] = { "var/log", "var", "." };
	char path[128];

	for (int i = 0; i < FILES; i++) {
		snprintf(path, sizeof(path), "%s/var/log/f%d", jail, i);
		unlink(path);
	}
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", jail, dirs[i]);
		rmdir(path);
	}
	rmdir(jail);
}

static void strike(struct spy *s)
{
	pid_t reader = brood_reader(nursery.pid);

	if (reader == 0 || reader == s->struck)
		return;
	s->strikes--;
	s->struck = reader;
	kill(reader, s->signal);
}

static int spy_begin(struct sink *to, const struct item *it)
{
	struct spy *s = (struct spy *)to;
	char path[256], rest[200] = "";
	unsigned n;
	int pid = 0;

	snprintf(path, sizeof(path), "%.*s", (int)it->path.len, (const char *)it->path.p);
	s->open_root = -1;
	sscanf(path, "/proc/%d/root%199s", &pid, rest);
	if (s->end_other && pid == s->jail[0]) {
		kill(s->jail[1], SIGKILL);
		waitpid(s->jail[1], NULL, 0);
		s->end_other = false;
	}
	for (int i = 0; i < JAILS; i++) {
		if (pid != s->jail[i])
			continue;
		s->marked = s->marked && it->container.pid == (uint32_t)pid;
		if (rest[0] == '\0')
			s->open_root = i;
		if (sscanf(rest, "/var/log/f%u", &n) == 1 && n < FILES)
			s->seen[i][n]++;
		if (i == 0 && s->strikes > 0 && ++s->items % 10 == 0)
			strike(s);
	}
	return 0;
}

static int spy_write(struct sink *to, const void *data, size_t n)
{
	(void)to;
	(void)data;
	(void)n;
	return 0;
}

static int spy_end(struct sink *to, const struct item_end *how)
{
	struct spy *s = (struct spy *)to;

	s->whole += how->gap == GAP_NONE;
	if (s->open_root >= 0) {
		s->given_up[s->open_root]++;
		s->gap = how->gap;
	}
	return 0;
}

static int tick(void *ctx)
{
	(void)ctx;
	return 0;
}

static void set_up(void)
{
	static const struct plan_request request = { .profile = "logs" };
	static struct reader_setup setup;
	static struct err e;

	if (geteuid() != 0)
		return;
	memset(&spy, 0, sizeof(spy));
	spy.sink = (struct sink){ spy_begin, spy_write, spy_end };
	spy.marked = true;
	for (int i = 0; i < JAILS; i++)
		spy.jail[i] = make_jail(dir[i]);
	setup = (struct reader_setup){ .request = &request };
	board = station_board();
	atomic_store(&board->facts_made, 1);
	ck_assert_int_eq(nursery_start(&nursery, &setup, board, 30, &e), 0);
	recorder = calloc(1, sizeof(*recorder));
	recorder->nursery = &nursery;
	recorder->item_seconds = 1;
	recorder->hooks.tick = tick;
}

static void tear_down(void)
{
	pid_t pid = nursery.pid;

	if (geteuid() != 0)
		return;
	nursery_end(&nursery);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	for (int i = 0; i < JAILS; i++) {
		live_box_end(spy.jail[i]);
		remove_jail(dir[i]);
	}
	free(recorder);
}

static unsigned count(int jail, unsigned times)
{
	unsigned n = 0;

	for (int i = 0; i < FILES; i++)
		n += spy.seen[jail][i] == times;
	return n;
}

static enum recorder_end run(void)
{
	return recorder_run(recorder, CATEGORY_GUEST, 0, false, &spy.sink);
}

/* And ${lost} more.  Other guests of this machine may end before they are looked into. */
static void each_guest_had_a_reader(unsigned lost)
{
	ck_assert_uint_ge(nursery.hatched, JAILS + lost);
	ck_assert_uint_le(nursery.hatched, board->guests.count + lost);
	ck_assert_uint_ge(board->sandbox[SANDBOX_FILES].entered, JAILS);
	ck_assert_uint_le(board->sandbox[SANDBOX_FILES].entered, nursery.hatched);
}

START_TEST(test_every_file_under_another_root_comes_once_and_marked)
{
	if (geteuid() != 0)
		return;
	ck_assert_int_eq(run(), RECORDER_WALKED);
	for (int i = 0; i < JAILS; i++)
		ck_assert_uint_eq(count(i, 1), FILES);
	ck_assert(spy.marked);
	/* each by a reader of its own, which had no way out of it any more */
	each_guest_had_a_reader(0);
	ck_assert_uint_eq(nursery.stations, 1);
}
END_TEST

/* Stopped (as if stuck in the kernel) or killed in mid-walk. */
static const int blows[] = { SIGSTOP, SIGKILL };

START_TEST(test_a_reader_lost_inside_costs_one_object_and_leaves_none_out)
{
	if (geteuid() != 0)
		return;
	spy.strikes = 1;
	spy.signal = blows[_i];
	ck_assert_int_eq(run(), RECORDER_WALKED);
	ck_assert_uint_eq(spy.strikes, 0);
	for (int i = 0; i < JAILS; i++)
		ck_assert_uint_eq(count(i, 0), 0);
	ck_assert_uint_eq(count(0, 1), FILES);
	ck_assert_uint_eq(count(1, 1), FILES);
	ck_assert(spy.marked);
	ck_assert_uint_eq(spy.given_up[0], 0);
	each_guest_had_a_reader(1);
}
END_TEST

START_TEST(test_a_container_that_swallows_two_readers_is_left_alone_and_the_next_one_taken)
{
	if (geteuid() != 0)
		return;
	spy.strikes = 2;
	spy.signal = SIGKILL;
	ck_assert_int_eq(run(), RECORDER_WALKED);
	ck_assert_uint_eq(spy.strikes, 0);
	ck_assert_uint_lt(count(0, 1), FILES);
	ck_assert_uint_eq(spy.given_up[0], 1);
	ck_assert_int_eq(spy.gap, GAP_HUNG_MOUNT);
	ck_assert_uint_eq(count(1, 1), FILES);
	ck_assert(spy.marked);
}
END_TEST

START_TEST(test_a_container_that_ended_before_its_turn_is_a_gap)
{
	if (geteuid() != 0)
		return;
	spy.end_other = true;
	ck_assert_int_eq(run(), RECORDER_WALKED);
	ck_assert_uint_eq(count(0, 1), FILES);
	ck_assert_uint_eq(count(1, 0), FILES);
	ck_assert_uint_eq(spy.given_up[1], 1);
	ck_assert_int_eq(spy.gap, GAP_VANISHED);
	spy.jail[1] = 0;
}
END_TEST

static const struct guest *find(const struct guests *list, pid_t pid)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (list->row[i].container.pid == (uint32_t)pid)
			return &list->row[i];
	return NULL;
}

/* As if that directory were our root. */
static void find_beside(struct guests *list, struct live_box *box, int root, pid_t host)
{
	struct mounts *m = guest_find_mounts(AT_FDCWD, "/proc/self/mountinfo",
					     (struct bytes){ NULL, 0 });
	struct walk w = { .root_fd = root, .mounts = m };

	guest_find(&(struct guest_env){ .host = &w, .live = &box->env, .list = list,
					 .recorder = host });
	mounts_free(m);
}

static void find_from(struct guests *list, struct live_box *box, int root)
{
	find_beside(list, box, root, 0);
}

START_TEST(test_neither_our_own_root_nor_a_thread_of_the_kernel_is_a_container)
{
	struct live_box *box = live_box_new();
	static struct guests list;
	int root = open("/", O_PATH | O_DIRECTORY);

	if (geteuid() != 0)
		return;
	find_from(&list, box, root);
	ck_assert_ptr_nonnull(find(&list, spy.jail[0]));
	ck_assert_ptr_null(find(&list, getpid()));
	for (uint32_t i = 0; i < list.count; i++) {
		char path[64], exe[256];

		snprintf(path, sizeof(path), "/proc/%u/exe", list.row[i].container.pid);
		ck_assert_msg(readlink(path, exe, sizeof(exe)) > 0, "%s is no program", path);
	}
	close(root);
	live_box_free(box);
}
END_TEST

START_TEST(test_where_the_kernel_has_another_root_for_us_ours_is_still_no_container)
{
	struct live_box *box = live_box_new();
	static struct guests list;
	int root = open(dir[0], O_PATH | O_DIRECTORY);

	if (geteuid() != 0)
		return;
	find_from(&list, box, root);
	ck_assert_ptr_null(find(&list, spy.jail[0]));
	ck_assert_ptr_nonnull(find(&list, spy.jail[1]));
	close(root);
	live_box_free(box);
}
END_TEST

static void mount_for_itself(void)
{
	if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("exhibit-test", "/mnt", "tmpfs", 0, "size=64k") != 0)
		_exit(1);
}

START_TEST(test_a_private_mount_is_found_unless_it_is_the_host_s)
{
	struct live_box *box = live_box_new();
	static struct guests list;
	int root = open("/", O_PATH | O_DIRECTORY);
	uint64_t netns;
	pid_t pid = live_box_child(mount_for_itself, &netns);

	if (geteuid() != 0 || pid == 0)
		return;
	find_from(&list, box, root);
	ck_assert_ptr_nonnull(find(&list, pid));
	ck_assert(find(&list, pid)->view);
	ck_assert(!find(&list, spy.jail[0])->view);
	find_beside(&list, box, root, pid);
	ck_assert_ptr_null(find(&list, pid));
	live_box_end(pid);
	close(root);
	live_box_free(box);
}
END_TEST

Suite *suite_guest(void)
{
	Suite *s = suite_create("collector/guest");
	TCase *t = tcase_create("guest");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, test_every_file_under_another_root_comes_once_and_marked);
	tcase_add_loop_test(t, test_a_reader_lost_inside_costs_one_object_and_leaves_none_out, 0, 2);
	tcase_add_test(t, test_a_container_that_swallows_two_readers_is_left_alone_and_the_next_one_taken);
	tcase_add_test(t, test_a_container_that_ended_before_its_turn_is_a_gap);
	tcase_add_test(t, test_neither_our_own_root_nor_a_thread_of_the_kernel_is_a_container);
	tcase_add_test(t, test_where_the_kernel_has_another_root_for_us_ours_is_still_no_container);
	tcase_add_test(t, test_a_private_mount_is_found_unless_it_is_the_host_s);
	suite_add_tcase(s, t);
	return s;
}

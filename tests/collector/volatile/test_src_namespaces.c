#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
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

#include "collector/volatile/nsmap.h"
#include "tests/support/emulator.h"
#include "tests/support/leftover.h"
#include "tests/support/live_box.h"

Suite *suite_src_namespaces(void);

static struct live_box *box;

static void set_up(void)
{
	box = live_box_new();
}

static void tear_down(void)
{
	live_box_free(box);
}

static uint64_t ns_of(pid_t pid, const char *link)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)pid, link);
	return stat(path, &st) == 0 ? st.st_ino : 0;
}

/* The line of a namespace as a string of its own; "" if there is none. */
static const char *line_of(const char *type, uint64_t ino)
{
	static char line[65536];
	const struct live_item *list = live_box_get(box, "namespaces");
	char begin[80];
	const char *at, *stop;
	int n = snprintf(begin, sizeof(begin), "{\"type\":\"%s\",\"ns\":%llu,", type,
			 (unsigned long long)ino);

	line[0] = '\0';
	at = memmem(list->data.p, list->data.len, begin, (size_t)n);
	stop = at == NULL ? NULL : memchr(at, '\n', (size_t)(list->data.p + list->data.len - at));
	if (stop != NULL && (size_t)(stop - at) < sizeof(line)) {
		memcpy(line, at, (size_t)(stop - at));
		line[stop - at] = '\0';
	}
	return line;
}

/* Is the number in the array of this key? */
static bool lists(const char *line, const char *key, const char *element)
{
	char begin[40];
	const char *at, *stop;
	size_t n = strlen(element);

	snprintf(begin, sizeof(begin), "\"%s\":[", key);
	at = strstr(line, begin);
	if (at == NULL)
		return false;
	at += strlen(begin);
	stop = strstr(at, key[0] == 't' ? "]]" : "]");
	for (; at < stop; at = strchr(at + 1, ',') == NULL ? stop : strchr(at + 1, ',') + 1)
		if (strncmp(at, element, n) == 0 && (at[n] == ',' || at[n] == ']'))
			return true;
	return false;
}

static const char *text(pid_t pid)
{
	static char number[16];

	snprintf(number, sizeof(number), "%d", (int)pid);
	return number;
}

/* A child that did what is asked, and waits; 0 if it could not. */
static pid_t child(int (*prepare)(void))
{
	int ends[2];
	char word = 0;
	pid_t pid;

	ck_assert_int_eq(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (prepare() != 0 || write(ends[1], "y", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ends[1]);
	if (read(ends[0], &word, 1) != 1)
		word = 0;
	close(ends[0]);
	if (word == 'y')
		return pid;
	waitpid(pid, NULL, 0);
	return 0;
}

static int elsewhere(void)
{
	return unshare(CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNS | CLONE_NEWNET);
}

START_TEST(test_a_namespace_names_its_members_and_nobody_else)
{
	pid_t pid = child(elsewhere);
	const char *line;

	if (pid == 0)
		return;		/* without root there are none to make */
	ck_assert_int_eq(namespaces_run(&box->env), 0);
	line = line_of("uts", ns_of(pid, "uts"));
	ck_assert(lists(line, "pids", text(pid)));
	ck_assert(!lists(line, "pids", text(getpid())));
	ck_assert_ptr_nonnull(strstr(line, "\"own\":false,\"of_init\":false,\"mounted\":false"));
	line = line_of("uts", ns_of(getpid(), "uts"));
	ck_assert(lists(line, "pids", text(getpid())));
	ck_assert(!lists(line, "pids", text(pid)));
	ck_assert_ptr_nonnull(strstr(line, "\"own\":true"));
	ck_assert(lists(line_of("ipc", ns_of(pid, "ipc")), "pids", text(pid)));
	ck_assert(lists(line_of("mnt", ns_of(pid, "mnt")), "pids", text(pid)));
	ck_assert(lists(line_of("pid", ns_of(pid, "pid")), "pids", text(pid)));
	live_box_end(pid);
}
END_TEST

static int new_user(void)
{
	return unshare(CLONE_NEWUSER);
}

START_TEST(test_a_user_namespace_has_its_owner_and_its_parent)
{
	pid_t pid = child(new_user);
	char owner[32], parent[40];
	const char *line;

	if (pid == 0)
		return;		/* a kernel without them, or none allowed */
	ck_assert_int_eq(namespaces_run(&box->env), 0);
	line = line_of("user", ns_of(pid, "user"));
	snprintf(owner, sizeof(owner), "\"owner_uid\":%u,", geteuid());
	snprintf(parent, sizeof(parent), "\"parent\":%llu",
		 (unsigned long long)ns_of(getpid(), "user"));
	ck_assert_ptr_nonnull(strstr(line, owner));
	ck_assert_ptr_nonnull(strstr(line, parent));
	live_box_end(pid);
}
END_TEST

/* The kernel shows the namespace only once it has a first process. */
static int children_elsewhere(void)
{
	pid_t first = unshare(CLONE_NEWPID) < 0 ? -1 : fork();

	if (first == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	return first < 0 ? -1 : 0;
}

START_TEST(test_a_namespace_for_children_to_come_is_told_apart)
{
	pid_t pid = child(children_elsewhere);
	const char *line;

	if (pid == 0)
		return;
	ck_assert_int_eq(namespaces_run(&box->env), 0);
	line = line_of("pid", ns_of(pid, "pid"));
	ck_assert(lists(line, "pids", text(pid)));
	ck_assert(!lists(line, "for_children", text(pid)));
	ck_assert_uint_ne(ns_of(pid, "pid_for_children"), ns_of(pid, "pid"));
	line = line_of("pid", ns_of(pid, "pid_for_children"));
	ck_assert(lists(line, "for_children", text(pid)));
	ck_assert(!lists(line, "pids", text(pid)));
	live_box_end(pid);
}
END_TEST

static void *thread_body(void *ready)
{
	*(_Atomic int *)ready = unshare(CLONE_NEWUTS) == 0 ? 1 : -1;
	while (pause() < 0)
		;
	return NULL;
}

/* A thread of this child is in another namespace than its leader. */
static int odd_thread(void)
{
	static _Atomic int ready;
	pthread_t thread;

	if (pthread_create(&thread, NULL, thread_body, &ready) != 0)
		return -1;
	while (ready == 0)
		usleep(1000);
	return ready < 0 ? -1 : 0;
}

/* The thread of a process that is not its leader; 0 if there is none. */
static pid_t other_thread(pid_t pid)
{
	char path[64];
	struct dirent *e;
	pid_t tid = 0;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	d = opendir(path);
	while (d != NULL && (e = readdir(d)) != NULL)
		if (atoi(e->d_name) > 0 && atoi(e->d_name) != pid)
			tid = atoi(e->d_name);
	closedir(d);
	return tid;
}

START_TEST(test_a_thread_that_is_elsewhere_than_its_process_is_named)
{
	pid_t pid = child(odd_thread), tid;
	char element[40];
	const char *line;

	if (geteuid() != 0)
		return;
	ck_assert_int_ne(pid, 0);
	tid = other_thread(pid);
	ck_assert_int_ne(tid, 0);
	snprintf(element, sizeof(element), "[%d,%d]", (int)pid, (int)tid);
	ck_assert_int_eq(namespaces_run(&box->env), 0);
	line = line_of("uts", ns_of(tid, "uts"));
	ck_assert_ptr_nonnull(strstr(line, element));
	ck_assert(!lists(line, "pids", text(pid)));
	live_box_end(pid);
}
END_TEST

static int own_mounts(void)
{
	if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		return -1;
	return mount("exhibit-test", "/mnt", "tmpfs", 0, "size=64k");
}

static int own_mounts_and_root(void)
{
	return own_mounts() != 0 || chroot("/mnt") != 0 ? -1 : 0;
}

START_TEST(test_each_mount_namespace_shows_its_mounts)
{
	pid_t pid = child(own_mounts);
	const struct live_item *table;
	uint64_t mine = ns_of(getpid(), "mnt");

	if (pid == 0)
		return;
	ck_assert_int_eq(namespaces_run(&box->env), 0);
	table = live_box_get(box, "mnt/%llu/mountinfo", (unsigned long long)ns_of(pid, "mnt"));
	ck_assert(live_item_has(table, " /mnt rw", 8));
	ck_assert(live_item_has(table, "exhibit-test", 12));
	table = live_box_get(box, "mnt/%llu/mountinfo", (unsigned long long)mine);
	ck_assert(!live_item_has(table, "exhibit-test", 12));
	live_box_get(box, "mnt/%llu/mountinfo.json", (unsigned long long)mine);
	live_box_end(pid);
}
END_TEST

static int root_elsewhere(void)
{
	return chroot("/proc");
}

START_TEST(test_a_chroot_shows_its_mounts_beside_those_of_its_namespace)
{
	pid_t pid = child(root_elsewhere);
	uint64_t mine = ns_of(getpid(), "mnt");
	char name[80];

	if (pid == 0)
		return;
	ck_assert_int_eq(namespaces_run(&box->env), 0);
	snprintf(name, sizeof(name), "mnt/%llu/root-", (unsigned long long)mine);
	ck_assert_uint_eq(live_box_count(box, name), 2);	/* the table and its JSON */
	live_box_end(pid);
}
END_TEST

/* Runs in a mount namespace of its own, which takes the mount with it. */
static int mounted_namespace(const char *dir)
{
	char file[80], link[64];
	uint64_t ino;
	pid_t pid;

	if (own_mounts() < 0)
		return 2;
	snprintf(file, sizeof(file), "%s/name", dir);
	close(open(file, O_CREAT | O_WRONLY, 0600));
	pid = child(elsewhere);
	snprintf(link, sizeof(link), "/proc/%d/ns/uts", (int)pid);
	ino = ns_of(pid, "uts");
	if (pid == 0 || mount(link, file, NULL, MS_BIND, NULL) < 0)
		return 2;
	live_box_end(pid);
	if (namespaces_run(&box->env) != 0)
		return 1;
	return strstr(line_of("uts", ino), "\"mounted\":true}") == NULL;
}

START_TEST(test_a_namespace_that_only_a_mount_keeps_is_listed_without_members)
{
	char dir[] = "/tmp/exhibit-test-XXXXXX", file[80];
	int status;
	pid_t pid;

	if (geteuid() != 0)
		return;
	leftover_dir(dir);
	pid = fork();
	if (pid == 0)
		_exit(mounted_namespace(dir));
	waitpid(pid, &status, 0);
	snprintf(file, sizeof(file), "%s/name", dir);
	unlink(file);
	rmdir(dir);
	ck_assert(WIFEXITED(status));
	ck_assert_int_ne(WEXITSTATUS(status), 1);
}
END_TEST

START_TEST(test_a_root_of_a_mount_is_seen_as_another_root)
{
	pid_t pid = child(own_mounts_and_root);
	const struct nsmap_class *mine = NULL, *other = NULL;
	struct nsmap *m;

	if (emulator_lacks("processes of one thread"))
		return;
	if (pid == 0)
		return;
	m = nsmap_new(&box->env);
	for (size_t i = 0; i < m->members; i++) {
		if (m->member[i].pid == pid)
			other = &m->class[m->member[i].class];
		if (m->member[i].pid == getpid())
			mine = &m->class[m->member[i].class];
	}
	ck_assert_ptr_nonnull(mine);
	ck_assert_ptr_nonnull(other);
	ck_assert_uint_ne(mine->root_dev, other->root_dev);
	ck_assert_uint_eq(mine->ino[NSMAP_UTS], other->ino[NSMAP_UTS]);
	nsmap_free(m);
	live_box_end(pid);
}
END_TEST

Suite *suite_src_namespaces(void)
{
	Suite *s = suite_create("collector/volatile/src_namespaces");
	TCase *t = tcase_create("namespaces");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, test_a_namespace_names_its_members_and_nobody_else);
	tcase_add_test(t, test_a_user_namespace_has_its_owner_and_its_parent);
	tcase_add_test(t, test_a_namespace_for_children_to_come_is_told_apart);
	tcase_add_test(t, test_a_thread_that_is_elsewhere_than_its_process_is_named);
	tcase_add_test(t, test_each_mount_namespace_shows_its_mounts);
	tcase_add_test(t, test_a_chroot_shows_its_mounts_beside_those_of_its_namespace);
	tcase_add_test(t, test_a_namespace_that_only_a_mount_keeps_is_listed_without_members);
	tcase_add_test(t, test_a_root_of_a_mount_is_seen_as_another_root);
	suite_add_tcase(s, t);
	return s;
}

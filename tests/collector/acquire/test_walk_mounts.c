#include "collector/acquire/walk.h"

#include <check.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/scene.h"

Suite *suite_walk_mounts(void);

/* Each test runs in a child with a mount namespace of its own, so that nothing
 * that it mounts is seen outside or remains.  It returns 0, or a number that
 * says what was wrong. */
static int in_namespace(int (*test)(struct scene *))
{
	struct scene s;
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
			_exit(0);	/* no right to mount: nothing to be shown */
		scene_open(&s);
		s.include[0] = "/case";
		scene_dir(&s, "/case");
		status = test(&s);
		scene_close(&s);
		_exit(status);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static char *inside(struct scene *s, const char *path)
{
	static char whole[512];

	snprintf(whole, sizeof(whole), "%s%s", s->dir, path);
	return whole;
}

static int mount_at(struct scene *s, const char *fstype, const char *path)
{
	scene_dir(s, path);
	return mount("none", inside(s, path), fstype, 0, NULL);
}

static int bind_at(struct scene *s, const char *from, const char *path)
{
	char source[512];

	snprintf(source, sizeof(source), "%s", inside(s, from));
	scene_dir(s, path);
	return mount(source, inside(s, path), NULL, MS_BIND, NULL);
}

static enum gap gap_of(const struct scene *s, const char *path)
{
	const struct scene_item *i = scene_find(s, path);

	return i == NULL ? GAP_COUNT : i->how.gap;
}

static int local_mounts(struct scene *s)
{
	if (mount_at(s, "tmpfs", "/case/tmp") != 0)
		return 1;
	scene_text(s, "/case/tmp/f", "memory");
	if (scene_walk(s, CATEGORY_EXTRA, NULL) != 0)
		return 2;
	if (gap_of(s, "/case/tmp/f") != GAP_NONE)
		return 3;
	return strcmp(scene_find(s, "/case/tmp/f")->it.fstype, "tmpfs") != 0 ? 4 : 0;
}

/* Below the case proc is reached by a tree of the operator, not by its name. */
static int kernel_mounts(struct scene *s)
{
	s->include[0] = "/ca*";
	if (mount_at(s, "proc", "/case/proc") != 0)
		return 1;
	if (scene_walk(s, CATEGORY_EXTRA, NULL) != 0)
		return 2;
	if (gap_of(s, "/case/proc") != GAP_OTHER_FS || scene_find(s, "/case/proc")->it.has_stat)
		return 3;
	if (s->count != 2)
		return 4;
	scene_forget(s);
	s->include[0] = "/case/proc/version";
	if (scene_walk(s, CATEGORY_EXTRA, NULL) != 0)
		return 5;
	return gap_of(s, "/case/proc/version") != GAP_NONE ? 6 : 0;
}

static int second_mounts(struct scene *s)
{
	s->include[0] = "/c*";
	scene_text(s, "/case/tree/f", "once");
	if (bind_at(s, "/case/tree", "/case/zz") != 0)
		return 1;
	if (scene_walk(s, CATEGORY_EXTRA, NULL) != 0)
		return 2;
	if (gap_of(s, "/case/tree/f") != GAP_NONE || gap_of(s, "/case/zz") != GAP_SAME_FS)
		return 3;
	if (gap_of(s, "/case/zz/f") != GAP_COUNT)
		return 4;
	/* whoever names it by its path must have it under that path */
	scene_forget(s);
	s->include[0] = "/case/zz/*";
	if (scene_walk(s, CATEGORY_EXTRA, NULL) != 0)
		return 5;
	return gap_of(s, "/case/zz/f") != GAP_NONE ? 6 : 0;
}

/* The table says what is remote: here a tmpfs that is called NFS. */
static int remote_mounts(struct scene *s)
{
	static char text[8192];
	char *p = text;
	const struct mount *here;
	struct mounts *real;

	if (mount_at(s, "tmpfs", "/case/nfs") != 0)
		return 1;
	scene_text(s, "/case/nfs/f", "never touched");
	if (mount_at(s, "tmpfs", "/case/nfs/local") != 0)
		return 1;
	if (scene_walk(s, CATEGORY_LOGIN, NULL) != 0)	/* reads the table */
		return 2;
	real = s->mounts;
	here = mounts_at(real, (struct bytes){ "/", 1 });
	p += sprintf(p, "%llu 1 8:1 / / rw - ext4 a rw\n", (unsigned long long)here->id);
	p += sprintf(p, "900 %llu 0:9 / /case/nfs rw - nfs4 b rw\n", (unsigned long long)here->id);
	p += sprintf(p, "901 900 0:10 / /case/nfs/local rw - tmpfs c rw\n");
	s->mounts = mounts_parse(text, (size_t)(p - text), (struct bytes){ NULL, 0 }, NULL, NULL);
	mounts_free(real);
	if (scene_walk(s, CATEGORY_EXTRA, NULL) != 0)
		return 3;
	if (gap_of(s, "/case/nfs") != GAP_NETWORK_FS || scene_find(s, "/case/nfs")->it.has_stat)
		return 4;
	if (strcmp(scene_find(s, "/case/nfs")->it.fstype, "nfs4") != 0)
		return 5;
	if (gap_of(s, "/case/nfs/local") != GAP_NETWORK_FS)
		return 6;
	return s->count != 3 ? 7 : 0;
}

/* Mounted after the table was read: of what lies there nothing is known. */
static int unknown_mounts(struct scene *s)
{
	scene_dir(s, "/case/old");
	if (scene_walk(s, CATEGORY_LOGIN, NULL) != 0)	/* reads the table */
		return 1;
	if (mount_at(s, "tmpfs", "/case/new") != 0)
		return 2;
	scene_text(s, "/case/new/f", "x");
	if (scene_walk(s, CATEGORY_EXTRA, NULL) != 0)
		return 3;
	if (gap_of(s, "/case/old") != GAP_NONE || gap_of(s, "/case/new") != GAP_OTHER_FS)
		return 4;
	return gap_of(s, "/case/new/f") != GAP_COUNT ? 5 : 0;
}

static bool same_atime(const struct stat *a, const struct stat *b)
{
	return a->st_atim.tv_sec == b->st_atim.tv_sec && a->st_atim.tv_nsec == b->st_atim.tv_nsec;
}

/* Where every access is noted, none of ours to files and directories is. */
static int access_times(struct scene *s)
{
	struct stat dir[2], file[2];
	char *path;

	if (mount_at(s, "tmpfs", "/case/tmp") != 0)
		return 1;
	path = inside(s, "/case/tmp");
	if (mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | MS_STRICTATIME, NULL) != 0)
		return 2;
	scene_text(s, "/case/tmp/d/f", "x");
	if (fstatat(s->fd, "case/tmp/d", &dir[0], 0) != 0 ||
	    fstatat(s->fd, "case/tmp/d/f", &file[0], 0) != 0)
		return 3;
	if (scene_walk(s, CATEGORY_EXTRA, NULL) != 0 || gap_of(s, "/case/tmp/d/f") != GAP_NONE)
		return 4;
	if (fstatat(s->fd, "case/tmp/d", &dir[1], 0) != 0 ||
	    fstatat(s->fd, "case/tmp/d/f", &file[1], 0) != 0)
		return 5;
	return !same_atime(&dir[0], &dir[1]) || !same_atime(&file[0], &file[1]) ? 6 : 0;
}

/* Taken up again: that mount, what only it leads to, and nothing else. */
static int one_mount(struct scene *s)
{
	static const char *const others[] = { "/", "/case", "/case/a", "/case/f", "/case/a/f",
					      "/case/a/d/f" };
	uint64_t id;

	s->include[0] = "/**";
	scene_text(s, "/case/f", "x");
	if (mount_at(s, "tmpfs", "/case/a") != 0 || mount_at(s, "tmpfs", "/case/a/b") != 0 ||
	    mount_at(s, "tmpfs", "/case/a/b/c") != 0)
		return 1;
	scene_text(s, "/case/a/f", "x");
	scene_text(s, "/case/a/d/f", "x");
	scene_text(s, "/case/a/b/e/f", "x");
	scene_text(s, "/case/a/b/c/f", "x");
	if (scene_walk(s, CATEGORY_EXTRA, NULL) != 0)
		return 2;
	id = scene_find(s, "/case/a/b/e/f")->it.st.mnt_id;
	if (id == 0)
		return 0;	/* the kernel does not tell ids of mounts */
	scene_forget(s);
	s->walk.only = id;
	if (scene_walk(s, CATEGORY_EXTRA, NULL) != 0)
		return 3;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (gap_of(s, others[i]) != GAP_COUNT)
			return 4;
	if (gap_of(s, "/case/a/b/e/f") != GAP_NONE || gap_of(s, "/case/a/b/c/f") != GAP_NONE)
		return 5;
	return s->count != 5 || !s->walk.reached ? 6 : 0;
}

/* What is in the way of a mount that is to be taken up again: it is not reached. */
static int away(struct scene *s)
{
	s->include[0] = "/**";
	if (mount_at(s, "tmpfs", "/case/a") != 0 || mount_at(s, "tmpfs", "/case/a/b") != 0)
		return 1;
	scene_text(s, "/case/a/f", "x");
	scene_text(s, "/case/a/b/f", "x");
	if (scene_walk(s, CATEGORY_EXTRA, NULL) != 0)
		return 2;
	s->walk.only = scene_find(s, "/case/a/b/f")->it.st.mnt_id;
	s->walk.hung[0] = scene_find(s, "/case/a/f")->it.st.mnt_id;
	if (s->walk.only == 0)
		return 0;	/* the kernel does not tell ids of mounts */
	s->walk.hung_count = 1;
	scene_forget(s);
	return scene_walk(s, CATEGORY_EXTRA, NULL) != 0 || s->walk.reached ? 3 : 0;
}

/* Its own directory alone can be looked at, not listed: the directory was removed where it lay.
 * Nothing of what may be on it was met. */
static int unlisted(struct scene *s)
{
	s->include[0] = "/**";
	if (mount_at(s, "tmpfs", "/case/t") != 0)
		return 1;
	scene_dir(s, "/case/t/d");
	if (bind_at(s, "/case/t/d", "/case/a") != 0 || rmdir(inside(s, "/case/t/d")) != 0 ||
	    umount2(inside(s, "/case/t"), MNT_DETACH) != 0)
		return 2;
	if (scene_walk(s, CATEGORY_EXTRA, NULL) != 0 || gap_of(s, "/case/a") == GAP_NONE)
		return 3;
	s->walk.only = scene_find(s, "/case/a")->it.st.mnt_id;
	if (s->walk.only == 0)
		return 0;	/* the kernel does not tell ids of mounts */
	scene_forget(s);
	if (scene_walk(s, CATEGORY_EXTRA, NULL) != 0)
		return 4;
	if (s->count != 1 || gap_of(s, "/case/a") == GAP_NONE)
		return 5;
	return s->walk.reached ? 6 : 0;
}

/* An empty one can be listed: it is reached. */
static int empty(struct scene *s)
{
	s->include[0] = "/**";
	if (mount_at(s, "tmpfs", "/case/a") != 0 || scene_walk(s, CATEGORY_EXTRA, NULL) != 0)
		return 1;
	s->walk.only = scene_find(s, "/case/a")->it.st.mnt_id;
	scene_forget(s);
	if (scene_walk(s, CATEGORY_EXTRA, NULL) != 0)
		return 2;
	return s->walk.only != 0 && !s->walk.reached ? 3 : 0;
}

static const struct { const char *what; int (*test)(struct scene *); } tests[] = {
	{ "a local mount is walked", local_mounts },
	{ "a kernel's mount is entered by name alone", kernel_mounts },
	{ "a second mount of a tree is not walked unless named", second_mounts },
	{ "a remote mount is told from the table alone", remote_mounts },
	{ "a mount that came later is not entered", unknown_mounts },
	{ "no access time changes", access_times },
	{ "one mount alone is taken", one_mount },
	{ "a mount behind one that hangs is not reached", away },
	{ "a mount whose own directory cannot be listed is not reached", unlisted },
	{ "an empty mount is reached", empty },
};

START_TEST(test_mounts_are_entered_only_if_they_are_known_and_local)
{
	int wrong = in_namespace(tests[_i].test);

	ck_assert_msg(wrong == 0, "%s: %d", tests[_i].what, wrong);
}
END_TEST

Suite *suite_walk_mounts(void)
{
	Suite *suite = suite_create("collector/acquire/walk_mounts");
	TCase *t = tcase_create("walk_mounts");

	tcase_add_unchecked_fixture(t, scene_setup, scene_teardown);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, test_mounts_are_entered_only_if_they_are_known_and_local, 0,
			    (int)(sizeof(tests) / sizeof(tests[0])));
	suite_add_tcase(suite, t);
	return suite;
}

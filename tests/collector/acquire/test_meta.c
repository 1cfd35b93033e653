#include "collector/acquire/meta.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "tests/support/scene.h"

Suite *suite_meta(void);

static struct meta_room *room;
static struct scene s;

static void setup(void)
{
	scene_open(&s);
	room = malloc(sizeof(*room));
}

static void teardown(void)
{
	free(room);
	scene_close(&s);
}

START_TEST(test_everything_that_stat_says_is_there)
{
	const struct timespec times[2] = { { 1000, 5 }, { -10, 250000000 } };
	struct item_stat st;
	struct stat old;

	scene_text(&s, "/f", "hello");
	ck_assert_int_eq(fchmodat(s.fd, "f", 04751, 0), 0);
	ck_assert_int_eq(linkat(s.fd, "f", s.fd, "g", 0), 0);
	ck_assert_int_eq(utimensat(s.fd, "f", times, 0), 0);
	ck_assert_int_eq(fstatat(s.fd, "f", &old, 0), 0);
	ck_assert_int_eq(meta_stat(s.fd, "f", &st), 0);
	ck_assert_uint_eq(st.mode, S_IFREG | 04751);
	ck_assert_uint_eq(st.nlink, 2);
	ck_assert_uint_eq(st.size, 5);
	ck_assert_uint_eq(st.ino, old.st_ino);
	ck_assert_uint_eq(st.dev_major, major(old.st_dev));
	ck_assert_uint_eq(st.dev_minor, minor(old.st_dev));
	ck_assert_uint_eq(st.uid, old.st_uid);
	ck_assert_uint_eq(st.blocks, (uint64_t)old.st_blocks);
	ck_assert_int_eq(st.atime.sec, 1000);
	ck_assert_uint_eq(st.atime.nsec, 5);
	ck_assert_int_eq(st.mtime.sec, -10);
	ck_assert_uint_eq(st.mtime.nsec, 250000000);
	ck_assert_int_eq(st.ctime.sec, old.st_ctim.tv_sec);
}
END_TEST

START_TEST(test_a_link_is_not_followed_and_a_missing_name_is_an_errno)
{
	struct item_stat st;

	scene_link(&s, "/l", "/etc/passwd");
	ck_assert_int_eq(meta_stat(s.fd, "l", &st), 0);
	ck_assert(S_ISLNK(st.mode));
	ck_assert_int_eq(meta_stat(s.fd, "nothing", &st), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(meta_stat(s.fd, "", &st), 0);
	ck_assert(S_ISDIR(st.mode));
}
END_TEST

START_TEST(test_the_immutable_flag_shows)
{
	int fd, flags = 0, immutable;
	struct item_stat st;

	scene_text(&s, "/f", "x");
	fd = openat(s.fd, "f", O_RDONLY);
	if (ioctl(fd, FS_IOC_GETFLAGS, &flags) != 0) {
		close(fd);
		return;		/* no such flags on this file system */
	}
	immutable = flags | FS_IMMUTABLE_FL;
	if (ioctl(fd, FS_IOC_SETFLAGS, &immutable) == 0) {
		ck_assert_int_eq(meta_stat(s.fd, "f", &st), 0);
		ioctl(fd, FS_IOC_SETFLAGS, &flags);
		ck_assert(st.attributes & STATX_ATTR_IMMUTABLE);
		ck_assert(st.attributes_mask & STATX_ATTR_IMMUTABLE);
	}
	ck_assert_int_eq(meta_stat(s.fd, "f", &st), 0);
	ck_assert(!(st.attributes & STATX_ATTR_IMMUTABLE));
	close(fd);
}
END_TEST

/* A capability set of version 2, as setcap(8) writes it: cap_net_raw+ep. */
static const unsigned char capability[20] = { 1, 0, 0, 2, 0, 0x20 };

static void expect_attributes(const struct item *it, bool privileged)
{
	size_t offset = 0, n = 0;
	struct item_xattr x;

	while (item_xattr_next(it->xattrs, &offset, &x)) {
		n++;
		if (x.name.len == 9 && memcmp(x.name.p, "user.test", 9) == 0) {
			ck_assert_uint_eq(x.value.len, 3);
			ck_assert_mem_eq(x.value.p, "a\0b", 3);
		} else if (x.name.len == 10 && memcmp(x.name.p, "user.empty", 10) == 0) {
			ck_assert_uint_eq(x.value.len, 0);
		} else {
			ck_assert_uint_eq(x.name.len, 19);
			ck_assert_mem_eq(x.name.p, "security.capability", 19);
			ck_assert_mem_eq(x.value.p, capability, sizeof(capability));
		}
	}
	ck_assert_uint_eq(offset, it->xattrs.len);
	ck_assert_uint_eq(n, privileged ? 3 : 2);
	ck_assert_int_eq(it->xattrs_oserr, 0);
}

START_TEST(test_attributes_are_raw_by_descriptor_and_by_name)
{
	struct item by_fd = { .xattrs_oserr = 0 }, by_name = { .xattrs_oserr = 0 };
	bool privileged;
	int fd;

	scene_text(&s, "/f", "x");
	fd = openat(s.fd, "f", O_RDONLY);
	if (fsetxattr(fd, "user.test", "a\0b", 3, 0) != 0) {
		close(fd);
		return;		/* no attributes on this file system */
	}
	ck_assert_int_eq(fsetxattr(fd, "user.empty", "", 0, 0), 0);
	privileged = fsetxattr(fd, "security.capability", capability, sizeof(capability), 0) == 0;
	meta_xattrs(room, fd, -1, "", &by_fd);
	expect_attributes(&by_fd, privileged);
	meta_xattrs(room, -1, s.fd, "f", &by_name);
	expect_attributes(&by_name, privileged);
	close(fd);
}
END_TEST

/* More names than the first question has room for. */
START_TEST(test_many_attributes_are_all_there)
{
	struct item it = { .xattrs_oserr = 0 };
	size_t offset = 0, n = 0;
	struct item_xattr x;
	char name[64];
	int fd;

	scene_text(&s, "/f", "x");
	fd = openat(s.fd, "f", O_RDONLY);
	for (int i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "user.an-attribute-with-a-long-name.%02d", i);
		if (fsetxattr(fd, name, "v", 1, 0) != 0) {
			close(fd);
			return;		/* no attributes on this file system, or few */
		}
	}
	meta_xattrs(room, fd, -1, "", &it);
	while (item_xattr_next(it.xattrs, &offset, &x))
		n++;
	ck_assert_int_eq(it.xattrs_oserr, 0);
	ck_assert_uint_eq(n, 40);
	close(fd);
}
END_TEST

START_TEST(test_attributes_of_a_link_are_its_own)
{
	struct item it = { .xattrs_oserr = 0 };

	scene_text(&s, "/f", "x");
	scene_link(&s, "/l", "f");
	if (fsetxattr(s.fd, "user.dir", "1", 1, 0) != 0)
		return;
	meta_xattrs(room, -1, s.fd, "l", &it);
	ck_assert_uint_eq(it.xattrs.len, 0);
	ck_assert_int_eq(it.xattrs_oserr, 0);
	meta_xattrs(room, -1, s.fd, "nothing", &it);
	ck_assert_int_eq(it.xattrs_oserr, ENOENT);
}
END_TEST

START_TEST(test_the_same_object_is_told_by_device_inode_and_type)
{
	struct item_stat a = { .ino = 1, .dev_major = 2, .dev_minor = 3, .mode = S_IFREG | 0644 };
	struct item_stat b = a;

	b.mode = S_IFREG | 0600;
	b.size = 9;
	ck_assert(meta_same(&a, &b));
	b.mode = S_IFIFO | 0644;
	ck_assert(!meta_same(&a, &b));
	b = a;
	b.ino = 9;
	ck_assert(!meta_same(&a, &b));
	b = a;
	b.dev_minor = 9;
	ck_assert(!meta_same(&a, &b));
}
END_TEST

Suite *suite_meta(void)
{
	Suite *suite = suite_create("collector/acquire/meta");
	TCase *t = tcase_create("meta");

	tcase_add_unchecked_fixture(t, scene_setup, scene_teardown);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_everything_that_stat_says_is_there);
	tcase_add_test(t, test_a_link_is_not_followed_and_a_missing_name_is_an_errno);
	tcase_add_test(t, test_the_immutable_flag_shows);
	tcase_add_test(t, test_attributes_are_raw_by_descriptor_and_by_name);
	tcase_add_test(t, test_many_attributes_are_all_there);
	tcase_add_test(t, test_attributes_of_a_link_are_its_own);
	tcase_add_test(t, test_the_same_object_is_told_by_device_inode_and_type);
	suite_add_tcase(suite, t);
	return suite;
}

#include "tests/support/ext4_box.h"

#include <check.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/leftover.h"

#define DAMAGE_AREA (512u << 10)	/* bytes from the beginning */

static void put(const char *dir, const char *name, const char *text, mode_t mode)
{
	char path[160];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	ck_assert_int_eq(fchmod(fd, mode), 0);
	close(fd);
}

static void put_large(const char *dir)
{
	static unsigned char bytes[EXT4_BOX_LARGE];
	char path[160];
	int fd;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i % 251);
	snprintf(path, sizeof(path), "%s/large", dir);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	ck_assert_int_eq(write(fd, bytes, sizeof(bytes)), sizeof(bytes));
	close(fd);
	snprintf(path, sizeof(path), "%s/sparse", dir);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	ck_assert_int_eq(pwrite(fd, "end", 3, 70000), 3);
	close(fd);
}

static void make_tree(const char *dir)
{
	char path[160], name[32];

	ck_assert_int_eq(mkdir(dir, 0755), 0);
	put(dir, "a", "alpha\n", 0640);
	put(dir, "empty", "", 0644);
	put_large(dir);
	snprintf(path, sizeof(path), "%s/link", dir);
	ck_assert_int_eq(symlink("a", path), 0);
	snprintf(path, sizeof(path), "%s/sub", dir);
	ck_assert_int_eq(mkdir(path, 0755), 0);
	snprintf(path, sizeof(path), "%s/sub/deep", dir);
	ck_assert_int_eq(mkdir(path, 0755), 0);
	put(dir, "sub/deep/b", "beta\n", 0644);
	snprintf(path, sizeof(path), "%s/many", dir);
	ck_assert_int_eq(mkdir(path, 0755), 0);
	for (int i = 0; i < EXT4_BOX_MANY; i++) {
		snprintf(name, sizeof(name), "many/%d", i);
		put(dir, name, "", 0644);
	}
}

static int run(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static int run(const char *fmt, ...)
{
	char command[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(command, sizeof(command), fmt, args);
	va_end(args);
	return system(command);
}

bool ext4_box_can(void)
{
	return access("/sbin/mke2fs", X_OK) == 0 || access("/usr/sbin/mke2fs", X_OK) == 0;
}

bool ext4_box_new(struct ext4_box *b, const char *options)
{
	char tree[80];

	*b = (struct ext4_box){ .fd = -1, .loop_fd = -1 };
	strcpy(b->dir, "/tmp/exhibit-ext4-XXXXXX");
	leftover_dir(b->dir);
	snprintf(b->image, sizeof(b->image), "%s/image", b->dir);
	snprintf(b->mount, sizeof(b->mount), "%s/mount", b->dir);
	snprintf(tree, sizeof(tree), "%s/tree", b->dir);
	ck_assert_int_eq(mkdir(b->mount, 0755), 0);
	make_tree(tree);
	if (run("PATH=$PATH:/sbin:/usr/sbin mke2fs -q -t ext4 -I 256 -b 1024 %s%s -d %s %s %u "
		">/dev/null 2>&1", *options == '\0' ? "" : "-O ", options, tree, b->image,
		EXT4_BOX_BYTES >> 10) != 0)
		return false;
	b->fd = open(b->image, O_RDWR | O_CLOEXEC);
	return b->fd >= 0;
}

void ext4_box_free(struct ext4_box *b)
{
	if (b->loop_fd >= 0) {
		umount2(b->mount, MNT_DETACH);
		ioctl(b->loop_fd, LOOP_CLR_FD, 0);
		close(b->loop_fd);
	}
	if (b->fd >= 0)
		close(b->fd);
	ck_assert_int_eq(run("rm -rf %s", b->dir), 0);
}

int ext4_box_copy(const struct ext4_box *b)
{
	static char bytes[EXT4_BOX_BYTES];
	int fd = memfd_create("image", MFD_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pread(b->fd, bytes, sizeof(bytes), 0), sizeof(bytes));
	ck_assert_int_eq(pwrite(fd, bytes, sizeof(bytes), 0), sizeof(bytes));
	return fd;
}

void ext4_box_damage(const struct ext4_box *b, int fd, unsigned seed)
{
	static char whole[DAMAGE_AREA];
	unsigned n = 1 + seed % 64;

	ck_assert_int_eq(pread(b->fd, whole, sizeof(whole), 0), sizeof(whole));
	ck_assert_int_eq(pwrite(fd, whole, sizeof(whole), 0), sizeof(whole));
	srand(seed);
	for (unsigned i = 0; i < n; i++) {
		off_t at = 1024 + rand() % (i % 4 == 0 ? 2048 : (int)DAMAGE_AREA - 2048);
		unsigned char byte = (unsigned char)rand();

		ck_assert_int_eq(pwrite(fd, &byte, 1, at), 1);
	}
}

/* Somebody else may take the same free one in between. */
bool ext4_box_attach(struct ext4_box *b)
{
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);

	for (int i = 0; i < 20 && control >= 0 && b->loop_fd < 0; i++) {
		int number = ioctl(control, LOOP_CTL_GET_FREE);

		snprintf(b->loop, sizeof(b->loop), "/dev/loop%d", number);
		b->loop_fd = open(b->loop, O_RDWR | O_CLOEXEC);
		if (b->loop_fd >= 0 && ioctl(b->loop_fd, LOOP_SET_FD, b->fd) != 0) {
			close(b->loop_fd);
			b->loop_fd = -1;
		}
	}
	if (control >= 0)
		close(control);
	if (b->loop_fd >= 0) {
		const struct loop_info64 gone_at_the_end = { .lo_flags = LO_FLAGS_AUTOCLEAR };
		struct stat st;

		ioctl(b->loop_fd, LOOP_SET_STATUS64, &gone_at_the_end);
		ck_assert_int_eq(fstat(b->loop_fd, &st), 0);
		b->dev_major = major(st.st_rdev);
		b->dev_minor = minor(st.st_rdev);
	}
	return b->loop_fd >= 0;
}

bool ext4_box_mount(struct ext4_box *b)
{
	if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		return false;
	return ext4_box_attach(b) && mount(b->loop, b->mount, "ext4", 0, NULL) == 0;
}

void ext4_box_write(const struct ext4_box *b, const char *name, const char *text)
{
	put(b->mount, name, text, 0644);
}

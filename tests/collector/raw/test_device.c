#include "collector/raw/device.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/fd.h"
#include "tests/support/ext4_box.h"

Suite *suite_device(void);

static struct ext4_box box;

static void set_up(void)
{
	ck_assert(ext4_box_new(&box, ""));
}

static void tear_down(void)
{
	ext4_box_free(&box);
}

static void read_mounts(struct buf *b)
{
	int fd CLEANUP(fd_close) = open("/proc/thread-self/mountinfo", O_RDONLY | O_CLOEXEC);
	char *room = NULL;
	ssize_t n = 0;

	buf_init(b, 1u << 20);
	room = buf_room(b, 1u << 19);
	while (room != NULL && (n = read(fd, room + b->len, (1u << 19) - b->len)) > 0)
		b->len += (size_t)n;
}

/* Ext4's magic number lies at 1024 + 56. */
static void assert_ours(int fd)
{
	unsigned char magic[2];
	struct stat st;

	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert(S_ISBLK(st.st_mode));
	ck_assert_uint_eq(st.st_rdev, makedev(box.dev_major, box.dev_minor));
	ck_assert_int_eq(pread(fd, magic, 2, 1024 + 56), 2);
	ck_assert_uint_eq(magic[0], 0x53);
	ck_assert_uint_eq(magic[1], 0xef);
}

START_TEST(test_device_is_found_by_number_for_reading_only)
{
	struct buf before, after;
	const char *call = NULL;
	int fd;

	if (!ext4_box_attach(&box))
		return;
	read_mounts(&before);
	fd = device_open((enum device_way)_i, box.dev_major, box.dev_minor, &call);
	if (fd < 0 && (errno == EPERM || errno == ENOSYS))
		return;
	ck_assert_msg(fd >= 0, "%s: %s", call, strerror(errno));
	assert_ours(fd);
	ck_assert_int_eq(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDONLY);
	ck_assert_int_eq(pwrite(fd, "x", 1, 0), -1);
	read_mounts(&after);
	/* nothing of it is to be seen where the name space stayed the same */
	if (_i == DEVICE_DETACHED)
		ck_assert_uint_eq(before.len, after.len);
	ck_assert_ptr_null(memmem(after.p, after.len, "size=4k,mode=700", 16));
	close(fd);
	buf_release(&before);
	buf_release(&after);
}
END_TEST

START_TEST(test_device_that_is_not_there_is_an_error_with_its_call)
{
	const char *call = NULL;

	ck_assert_int_eq(device_open((enum device_way)_i, 4094, 77, &call), -1);
	ck_assert_int_ne(errno, 0);
	ck_assert_ptr_nonnull(call);
}
END_TEST

Suite *suite_device(void)
{
	Suite *s = suite_create("collector/raw/device");
	TCase *tc = tcase_create("device");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	if (ext4_box_can()) {
		tcase_add_loop_test(tc, test_device_is_found_by_number_for_reading_only, 0, 2);
		tcase_add_loop_test(tc, test_device_that_is_not_there_is_an_error_with_its_call, 0,
				    2);
	}
	suite_add_tcase(s, tc);
	return s;
}

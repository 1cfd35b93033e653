#include "collector/host/kernelfs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "lib/base/fd.h"

/* The C library need not know them yet. */
#ifndef SYS_fsopen
#define SYS_move_mount 429
#define SYS_fsopen 430
#define SYS_fsconfig 431
#define SYS_fsmount 432
#endif
#define OPEN_CLOEXEC 1u			/* FSOPEN_CLOEXEC, FSMOUNT_CLOEXEC */
#define CONFIG_CREATE 6u		/* FSCONFIG_CMD_CREATE */
#define MOUNT_SAFE 0x1fu		/* MOUNT_ATTR_ RDONLY, NOSUID, NODEV, NOEXEC, NOATIME */
#define MOVE_BY_DESCRIPTORS 0x44u	/* MOVE_MOUNT_F_EMPTY_PATH, MOVE_MOUNT_T_EMPTY_PATH */

/*
 * Left out on purpose: cgroup2, because to mount it without the host's options takes
 * those options from the whole host; bpf, because each instance is a new one without the
 * host's pins, and loads a module; pstore and efivarfs, because they read the firmware's
 * memory when they are first mounted.
 */
const struct kernelfs kernelfs_rows[] = {
	{ "sysfs", "/sys" },
	{ "securityfs", "/sys/kernel/security" },
	{ "debugfs", "/sys/kernel/debug" },
	{ "tracefs", "/sys/kernel/tracing" },
	{ "mqueue", "/dev/mqueue" },
};

const size_t kernelfs_count = sizeof(kernelfs_rows) / sizeof(kernelfs_rows[0]);

/* "nodev\ttracefs\n" */
bool kernelfs_known(const char *filesystems, const char *type)
{
	size_t n = strlen(type);

	for (const char *p = filesystems; (p = strstr(p, type)) != NULL; p++)
		if (p > filesystems && p[-1] == '\t' && p[n] == '\n')
			return true;
	return false;
}

static bool is_there(const struct kernelfs *row, const struct mountinfo *m, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(m[i].fstype, row->type) == 0 || strcmp(m[i].path, row->path) == 0)
			return true;
	return false;
}

/* The place: where it lies below /sys it must be one that the kernel made. */
static int open_place(const char *path)
{
	int fd CLEANUP(fd_close) = fd_handle(AT_FDCWD, path, O_DIRECTORY | O_NOFOLLOW);
	struct statfs s;

	if (fd < 0)
		return -1;
	if (strncmp(path, "/sys/", 5) == 0 &&
	    (fstatfs(fd, &s) < 0 || s.f_type != SYSFS_MAGIC))
		return -1;
	return fd_take(&fd);
}

static int mount_there(const char *type, int place)
{
	int context CLEANUP(fd_close) = (int)syscall(SYS_fsopen, type, OPEN_CLOEXEC);
	int mounted CLEANUP(fd_close) = -1;

	if (context < 0 ||
	    syscall(SYS_fsconfig, context, CONFIG_CREATE, NULL, NULL, 0) < 0)
		return -1;
	mounted = (int)syscall(SYS_fsmount, context, OPEN_CLOEXEC, MOUNT_SAFE);
	if (mounted < 0)
		return -1;
	return (int)syscall(SYS_move_mount, mounted, "", place, "", MOVE_BY_DESCRIPTORS);
}

enum kernelfs_result kernelfs_mount(const struct kernelfs *row, const struct mountinfo *m,
				    size_t n, const char *filesystems)
{
	int place CLEANUP(fd_close) = -1;

	if (is_there(row, m, n))
		return KERNELFS_THERE;
	place = kernelfs_known(filesystems, row->type) ? open_place(row->path) : -1;
	if (place < 0)
		return KERNELFS_UNKNOWN;
	return mount_there(row->type, place) == 0 ? KERNELFS_MOUNTED : KERNELFS_FAILED;
}

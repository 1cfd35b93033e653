#include "collector/raw/device.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/base/fd.h"

/* Linux 5.2; the C library need not know them yet. */
#ifndef SYS_fsopen
#define SYS_fsopen 430
#define SYS_fsconfig 431
#define SYS_fsmount 432
#endif
#define FS_CLOEXEC 1u			/* of fsopen and fsmount alike */
#define FS_CREATE 6u			/* FSCONFIG_CMD_CREATE */

#define PLACE "/proc"			/* a directory that is everywhere */
#define NODE "device"

static int failed(const char **call, const char *name)
{
	*call = name;
	return -1;
}

static int detached(const char **call)
{
	int fs CLEANUP(fd_close) = (int)syscall(SYS_fsopen, "tmpfs", FS_CLOEXEC);
	int fd;

	if (fs < 0)
		return failed(call, "fsopen");
	if (syscall(SYS_fsconfig, fs, FS_CREATE, NULL, NULL, 0) != 0)
		return failed(call, "fsconfig");
	fd = (int)syscall(SYS_fsmount, fs, FS_CLOEXEC, 0);
	return fd >= 0 ? fd : failed(call, "fsmount");
}

/* Nothing may reach the host: without private mounts there is no way. */
static int hidden(const char **call)
{
	int fd;

	if (unshare(CLONE_NEWNS) != 0)
		return failed(call, "unshare");
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("tmpfs", PLACE, "tmpfs", MS_NOSUID | MS_NOEXEC, "size=4k,mode=700") != 0)
		return failed(call, "mount");
	fd = open(PLACE, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	umount2(PLACE, MNT_DETACH | UMOUNT_NOFOLLOW);
	return fd >= 0 ? fd : failed(call, "open");
}

int device_open(enum device_way way, uint32_t major, uint32_t minor, const char **call)
{
	int dir CLEANUP(fd_close) = way == DEVICE_DETACHED ? detached(call) : hidden(call);
	int fd;

	if (dir < 0)
		return -1;
	if (mknodat(dir, NODE, S_IFBLK | S_IRUSR, makedev(major, minor)) != 0)
		return failed(call, "mknodat");
	fd = openat(dir, NODE, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	return fd >= 0 ? fd : failed(call, "openat");
}

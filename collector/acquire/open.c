#include "collector/acquire/open.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "collector/acquire/meta.h"
#include "lib/base/fd.h"

/* Our own shortage is no statement about the host. */
static enum gap gap_of(int oserr)
{
	if (oserr == EMFILE || oserr == ENFILE || oserr == ENOMEM)
		return GAP_INTERNAL;
	return gap_from_errno(oserr);
}

static int fail(struct open_result *r, enum gap gap, int oserr, const char *call)
{
	r->gap = gap;
	r->oserr = oserr;
	r->syscall = call;
	return -1;
}

int open_own_fds(void)
{
	int fd CLEANUP(fd_close) = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct statfs s;

	if (fd <= 0 || fstatfs(fd, &s) != 0 || s.f_type != PROC_SUPER_MAGIC)
		return 0;
	return fd_take(&fd);
}

static int try_open(int dirfd, const char *name, int flags, bool noatime, struct open_result *r)
{
	int fd = -1;

	if (noatime) {
		fd = openat(dirfd, name, flags | O_NOATIME);
		r->noatime = fd >= 0;
	}
	if (fd < 0 && (!noatime || errno == EPERM))
		fd = openat(dirfd, name, flags);
	return fd;
}

/* Is the descriptor what was looked at?  Then put its state as of now into ${st}. */
static bool check(int fd, struct item_stat *st, struct open_result *r)
{
	struct item_stat now;

	if (meta_stat(fd, "", &now) != 0)
		return fail(r, gap_from_stat_errno(errno), errno, "statx") == 0;
	if (!meta_same(&now, st))
		return fail(r, GAP_REPLACED, 0, "openat") == 0;
	*st = now;
	return true;
}

/* Open the file behind a handle. */
static int reopen(int own_fds, int handle, bool noatime, struct open_result *r)
{
	char number[16];
	int fd;

	snprintf(number, sizeof(number), "%d", handle);
	fd = try_open(own_fds, number, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, noatime, r);
	return fd < 0 ? fail(r, gap_of(errno), errno, "openat") : fd;
}

/* A handle is held and looked at first, and then opened itself: what has taken the
 * name since is never opened, not even for an instant. */
static int open_handle(const struct open_at *at, bool noatime, struct item_stat *st,
		       struct open_result *r)
{
	int handle CLEANUP(fd_close) = -1;

	if (at->handle > 0)
		return reopen(at->own_fds, at->handle, noatime, r);
	handle = fd_handle(at->dirfd, at->name, O_NOFOLLOW);
	if (handle < 0)
		return fail(r, gap_of(errno), errno, "openat");
	return check(handle, st, r) ? reopen(at->own_fds, handle, noatime, r) : -1;
}

int open_checked(const struct open_at *at, bool noatime, struct item_stat *st,
		 struct open_result *r)
{
	int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	int fd CLEANUP(fd_close) = -1;

	*r = (struct open_result){ .gap = GAP_NONE };
	if (S_ISDIR(st->mode))
		flags |= O_DIRECTORY;
	else if (at->own_fds > 0)
		return open_handle(at, noatime, st, r);
	fd = try_open(at->dirfd, at->name, flags, noatime, r);
	if (fd < 0)
		return fail(r, gap_of(errno), errno, "openat");
	return check(fd, st, r) ? fd_take(&fd) : -1;
}

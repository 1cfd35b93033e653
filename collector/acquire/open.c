#include "collector/acquire/open.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

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

int open_checked(int dirfd, const char *name, bool noatime, struct item_stat *st,
		 struct open_result *r)
{
	int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	struct item_stat now;
	int fd CLEANUP(fd_close) = -1;

	*r = (struct open_result){ .gap = GAP_NONE };
	if (S_ISDIR(st->mode))
		flags |= O_DIRECTORY;
	if (noatime) {
		fd = openat(dirfd, name, flags | O_NOATIME);
		r->noatime = fd >= 0;
	}
	if (fd < 0 && (!noatime || errno == EPERM))
		fd = openat(dirfd, name, flags);
	if (fd < 0)
		return fail(r, gap_of(errno), errno, "openat");
	if (meta_stat(fd, "", &now) != 0)
		return fail(r, GAP_META_FAILED, errno, "statx");
	if (!meta_same(&now, st))
		return fail(r, GAP_REPLACED, 0, "openat");
	*st = now;
	return fd_take(&fd);
}

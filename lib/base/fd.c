#include "lib/base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

void fd_close(int *fdp)
{
	int saved = errno;

	if (*fdp >= 0)
		close(*fdp);
	*fdp = -1;
	errno = saved;
}

int fd_take(int *fdp)
{
	int fd = *fdp;

	*fdp = -1;
	return fd;
}

int fd_write_all(int fd, const void *data, size_t n)
{
	const char *p = data;

	while (n > 0) {
		ssize_t done = write(fd, p, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -1;
		if (done == 0) {
			/* no file system does this; spinning on it would hang us */
			errno = EIO;
			return -1;
		}
		p += done;
		n -= (size_t)done;
	}
	return 0;
}

ssize_t fd_read_full(int fd, void *data, size_t n)
{
	char *p = data;
	size_t have = 0;

	while (have < n) {
		ssize_t got = read(fd, p + have, n - have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		have += (size_t)got;
	}
	return (ssize_t)have;
}

/* A directory is not changed by being opened, and tells whether the flag was known. */
bool fd_knows_handles(void)
{
	static int known = -1;
	int fd CLEANUP(fd_close) = -1;

	if (known >= 0)
		return known == 1;
	fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return true;
	known = (fcntl(fd, F_GETFL) & O_PATH) != 0;
	return known == 1;
}

static int open_plain(int at, const char *name, int flags)
{
	struct stat st;

	if (fstatat(at, name, &st, (flags & O_NOFOLLOW) != 0 ? AT_SYMLINK_NOFOLLOW : 0) != 0)
		return -1;
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) {
		errno = ENXIO;
		return -1;
	}
	return openat(at, name, flags | O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

int fd_handle(int at, const char *name, int flags)
{
	if (!fd_knows_handles())
		return open_plain(at, name, flags);
	return openat(at, name, flags | O_PATH | O_CLOEXEC);
}

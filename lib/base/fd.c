#include "lib/base/fd.h"

#include <errno.h>
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

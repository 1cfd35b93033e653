#include "lib/base/keymem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/base/fd.h"

#define DEVICE "/dev/urandom"

/* Before 4.14 there is no wiping at fork; then the child gets no such page at
 * all, which is as good, because no child of ours touches it. */
static void hide_from_children(void *p, size_t n)
{
	if (madvise(p, n, MADV_WIPEONFORK) != 0)
		madvise(p, n, MADV_DONTFORK);
}

void *keymem_new(size_t n, int *locked, struct err *e)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int held;

	if (p == MAP_FAILED) {
		err_set(e, errno, "memory for a key");
		return NULL;
	}
	held = mlock(p, n) == 0 && madvise(p, n, MADV_DONTDUMP) == 0;
	if (locked != NULL)
		*locked = held;
	hide_from_children(p, n);
	return p;
}

void keymem_free(void *p, size_t n)
{
	if (p == NULL)
		return;
	keymem_wipe(p, n);
	munmap(p, n);
}

void keymem_wipe(void *p, size_t n)
{
	explicit_bzero(p, n);
}

/* null(4), random(4): what has this number is the kernel's, whatever its name is on this
 * host; what has the name only may be a file of somebody who wants to know our keys. */
static bool is_random(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == makedev(1, 9);
}

static int random_from_device(void *out, size_t n)
{
	const int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW;
	static int kept = -1;		/* later we may not be able to open anything */
	int fd CLEANUP(fd_close) = -1;
	struct stat st;

	if (kept >= 0)
		return fd_read_full(kept, out, n) == (ssize_t)n ? 0 : -1;
	if (lstat(DEVICE, &st) != 0)
		return -1;
	if (is_random(&st)) {
		fd = open(DEVICE, flags);
		if (fd < 0 || fstat(fd, &st) != 0)
			return -1;
	}
	if (!is_random(&st)) {
		errno = ENODEV;
		return -1;
	}
	kept = fd_take(&fd);
	return fd_read_full(kept, out, n) == (ssize_t)n ? 0 : -1;
}

int keymem_random(void *out, size_t n)
{
	ssize_t got;

	do
		got = getrandom(out, n, 0);
	while (got < 0 && errno == EINTR);
	if (got < 0 && errno == ENOSYS)
		return random_from_device(out, n);
	return got == (ssize_t)n ? 0 : -1;
}

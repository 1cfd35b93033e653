#include "collector/host/ability.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/fd.h"

/* The C library need not know them yet; since 5.1 all architectures count together. */
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif
#ifndef SYS_fsopen
#define SYS_open_tree 428
#define SYS_fsopen 430
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

/* A flag that is not known is EINVAL: as good as no call. */
static long unknown_if_invalid(void)
{
	if (errno == EINVAL)
		errno = ENOSYS;
	return -1;
}

/* A page of its own, so that no other memory is meant. */
static long ask_advice(int advice)
{
	size_t n = (size_t)sysconf(_SC_PAGESIZE);
	void *p = mmap(NULL, n, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long answer;

	if (p == MAP_FAILED)
		return -1;
	answer = madvise(p, n, advice) == 0 ? 0 : unknown_if_invalid();
	munmap(p, n);
	return answer;
}

/* Of ourselves: every file system that a program can lie on lets the kernel answer. */
static long ask_holes(void)
{
	int fd CLEANUP(fd_close) = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	return lseek(fd, 0, SEEK_DATA) >= 0 ? 0 : unknown_if_invalid();
}

static long ask_handles(void)
{
	errno = ENOSYS;
	return fd_knows_handles() ? 0 : -1;
}

/* ${answer} and errno are what the question gave. */
static void tell(struct buf *out, long answer, const char *call, const char *since,
		 const char *instead)
{
	if (answer >= 0 || errno != ENOSYS)
		return;
	buf_printf(out, "%s, Linux %s: %s\n", call, since, instead);
}

void ability_missing(struct buf *out)
{
#define ABILITY(call, since, question, instead) tell(out, question, call, since, instead);
#include "collector/host/ability.def"
#undef ABILITY
}

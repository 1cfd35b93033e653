/*
 * Lets allocations of a run fail.  Linked only into programs for tests, with --wrap for each of
 * malloc, calloc and realloc (build.mk), so that those of the libraries are counted as well.
 *
 * STARVE names a file with a struct starve, which all processes of the run share: calls from
 * ${first} to ${last}, counted from 1 over all of them, give NULL with ENOMEM.  Without it, or
 * with ${first} 0, none fails.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct starve {
	uint64_t first, last;
	_Atomic uint64_t calls;
	uint64_t caller;	/* of the first that failed: an address within the program */
};

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);

extern const char __ehdr_start[] __attribute__((visibility("hidden")));
static struct starve *shared;

static __attribute__((constructor)) void begin(void)
{
	const char *name = getenv("STARVE");
	int fd = name == NULL ? -1 : open(name, O_RDWR | O_CLOEXEC);
	void *p;

	if (fd < 0)
		return;
	p = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (p != MAP_FAILED)
		shared = p;
}

static int refused(const void *caller)
{
	uint64_t n;

	if (shared == NULL)
		return 0;
	n = atomic_fetch_add(&shared->calls, 1) + 1;
	if (shared->first == 0 || n < shared->first || n > shared->last)
		return 0;
	if (n == shared->first)
		shared->caller = (uint64_t)((uintptr_t)caller - (uintptr_t)__ehdr_start);
	errno = ENOMEM;
	return 1;
}

void *__wrap_malloc(size_t n)
{
	return refused(__builtin_return_address(0)) ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return refused(__builtin_return_address(0)) ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
	return refused(__builtin_return_address(0)) ? NULL : __real_realloc(p, n);
}

#include "tests/support/leftover.h"

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT_MAX 1024u
#define PATH_ROOM 64u

/* Shared with the tests, each of which runs in a process of its own. */
static struct noted {
	_Atomic unsigned count;
	char path[COUNT_MAX][PATH_ROOM];
} *noted;

void leftover_begin(void)
{
	void *p = mmap(NULL, sizeof(*noted), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);

	noted = p == MAP_FAILED ? NULL : p;
}

void leftover_end(void)
{
	for (unsigned i = 0; noted != NULL && i < noted->count && i < COUNT_MAX; i++)
		leftover_remove(AT_FDCWD, noted->path[i]);
}

void leftover_dir(char *template)
{
	unsigned i;

	ck_assert_ptr_nonnull(mkdtemp(template));
	i = noted == NULL ? COUNT_MAX : atomic_fetch_add(&noted->count, 1);
	if (i < COUNT_MAX && strlen(template) < PATH_ROOM)
		strcpy(noted->path[i], template);
}

void leftover_remove(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct stat here, above;
	struct dirent *e;

	/* whatever somebody mounted there is not ours */
	if (dir == NULL || fstat(fd, &here) != 0 ||
	    (parent != AT_FDCWD && (fstat(parent, &above) != 0 || here.st_dev != above.st_dev))) {
		if (dir != NULL)
			closedir(dir);
		return;
	}
	while ((e = readdir(dir)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (unlinkat(fd, e->d_name, 0) != 0 && (errno == EISDIR || errno == EPERM))
			leftover_remove(fd, e->d_name);
	}
	closedir(dir);
	unlinkat(parent, name, AT_REMOVEDIR);
}

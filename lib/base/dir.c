#include "lib/base/dir.h"

#include <ctype.h>
#include <fcntl.h>

#include "lib/base/fd.h"

DIR *dir_open(int at, const char *name)
{
	int fd CLEANUP(fd_close) = openat(at, name,
					  O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return dir_take(&fd);
}

DIR *dir_take(int *fdp)
{
	DIR *d = *fdp < 0 ? NULL : fdopendir(*fdp);

	if (d != NULL)
		fd_take(fdp);
	return d;
}

void dir_close(DIR **d)
{
	if (*d != NULL)
		closedir(*d);
}

const char *dir_next_number(DIR *d)
{
	const struct dirent *e;

	while ((e = readdir(d)) != NULL)
		if (isdigit((unsigned char)e->d_name[0]))
			return e->d_name;
	return NULL;
}

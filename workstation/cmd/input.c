#include "workstation/cmd/input.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/fd.h"

int input_open(struct input *in, const char *name, struct err *e)
{
	struct stat st;

	in->is_stdin = strcmp(name, "-") == 0;
	in->fd = in->is_stdin ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (in->fd < 0)
		return err_set(e, errno, "opening %.200s", name);
	if (fstat(in->fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		input_close(in);
		return err_set(e, EISDIR, "opening %.200s", name);
	}
	return 0;
}

void input_close(struct input *in)
{
	if (!in->is_stdin)
		fd_close(&in->fd);
	in->fd = -1;
}

int input_rewind(struct input *in, struct err *e)
{
	if (lseek(in->fd, 0, SEEK_SET) == 0)
		return 0;
	return err_set(e, errno, "reading the archive a second time");
}

ssize_t input_read(void *ctx, void *data, size_t n)
{
	const struct input *in = ctx;
	ssize_t got;

	do {
		got = read(in->fd, data, n);
	} while (got < 0 && errno == EINTR);
	return got;
}

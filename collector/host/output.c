#include "collector/host/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "lib/base/text.h"

#define WAIT_MS 1000		/* between two looks whether to give up */
#define PART_MAX 64u		/* bytes of one part of a file name */
#define SHOWN_MAX 150u		/* bytes of a path in a message */

/* What can go wrong, for a person; the destination is named before it. */
static const struct {
	int oserr;
	const char *text;
} troubles[] = {
	{ ENOSPC, "no space is left there" },
	{ EDQUOT, "the disk quota is used up" },
	{ EFBIG, "no larger file is allowed there (file system or RLIMIT_FSIZE)" },
	{ EPIPE, "nobody reads it any more" },
	{ EIO, "the medium failed" },
	{ EINTR, "nobody took what was written, and a second signal came" },
	{ EROFS, "the file system is read-only" },
	{ EEXIST, "exists already; nothing is ever overwritten" },
	{ ENOENT, "there is no such directory" },
	{ ENOTDIR, "what should be a directory is none" },
	{ EACCES, "not allowed to write there" },
	{ EPERM, "not allowed to write there" },
	{ ENAMETOOLONG, "the name is too long" },
};

/* The path as it may be shown: escaped, only its end if it is long. */
static void shown(char out[SHOWN_MAX], const char *path)
{
	struct buf b;
	size_t skip;

	buf_init(&b, (size_t)4 * OUTPUT_PATH_MAX + 1);
	text_escape(&b, path, strlen(path));
	skip = b.len < SHOWN_MAX ? 0 : b.len + 4 - SHOWN_MAX;
	strlcpy(out, skip > 0 ? "..." : "", SHOWN_MAX);
	strlcat(out, buf_cstr(&b) + skip, SHOWN_MAX);
	buf_release(&b);
}

static int fail(struct output *o, int oserr)
{
	const char *text = "cannot be written";
	char path[SHOWN_MAX];

	for (size_t i = 0; i < sizeof(troubles) / sizeof(troubles[0]); i++) {
		if (troubles[i].oserr == oserr)
			text = troubles[i].text;
	}
	shown(path, o->path);
	return err_set(&o->err, oserr, "%s: %s", path, text);
}

static void add_part(struct buf *out, const char *s, const char *absent)
{
	size_t n = 0;

	if (s == NULL || *s == '\0')
		s = absent;
	for (; *s != '\0' && n < PART_MAX; s++, n++) {
		bool plain = (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') ||
			     (*s >= '0' && *s <= '9') || *s == '.' || *s == '_';

		buf_putc(out, plain && (n > 0 || *s != '.') ? *s : '-');
	}
}

void output_file_name(struct buf *out, const struct output_name *name)
{
	char utc[CLOCK_UTC_LEN];

	if (name->exhibit != NULL && *name->exhibit != '\0') {
		add_part(out, name->exhibit, "");
		buf_putc(out, '_');
	}
	add_part(out, name->host, "host");
	buf_printf(out, "_%s_%.8s%s", clock_utc_basic(utc, name->when), name->session,
		   name->suffix);
}

/* Turns a path into that of its directory; the position of its last component. */
static size_t cut_parent(char path[OUTPUT_PATH_MAX])
{
	char *slash = strrchr(path, '/');
	size_t last = slash != NULL ? (size_t)(slash - path) + 1 : 0;

	if (slash == NULL)
		strlcpy(path, ".", OUTPUT_PATH_MAX);
	else
		slash[slash == path] = '\0';
	return last;
}

/* Copies the path of the output and opens the directory where it will be. */
static int open_parent(struct output *o, const char *dest, const struct output_name *name,
		       const char **last)
{
	char parent[OUTPUT_PATH_MAX];
	struct stat st;
	struct buf b;
	bool fits;

	buf_init(&b, OUTPUT_PATH_MAX - 1);
	buf_puts(&b, dest);
	if (stat(dest, &st) == 0 && S_ISDIR(st.st_mode)) {
		if (b.len > 0 && b.p[b.len - 1] != '/')
			buf_putc(&b, '/');
		output_file_name(&b, name);
	}
	fits = !b.failed;
	strlcpy(o->path, buf_cstr(&b), sizeof(o->path));
	buf_release(&b);
	if (!fits)
		return fail(o, ENAMETOOLONG);
	strlcpy(parent, o->path, sizeof(parent));
	*last = o->path + cut_parent(parent);
	if (**last == '\0')
		return fail(o, ENOENT);
	o->dir = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return o->dir < 0 ? fail(o, errno) : 0;
}

static int make_file(struct output *o, const char *dest, const struct output_name *name)
{
	const char *last = "";

	if (open_parent(o, dest, name, &last) != 0)
		return -1;
	o->fd = openat(o->dir, last, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	o->made = o->fd >= 0;
	return o->fd < 0 ? fail(o, errno) : 0;
}

static int take_stdout(struct output *o)
{
	strlcpy(o->path, "standard output", sizeof(o->path));
	if (isatty(STDOUT_FILENO))
		return err_set(&o->err, 0, "standard output is a terminal; name a file or a pipe");
	o->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	return o->fd < 0 ? fail(o, errno) : 0;
}

int output_open(struct output *o, const char *dest, const struct output_name *name)
{
	struct stat st;
	int r;

	*o = (struct output){ .fd = -1, .dir = -1 };
	r = strcmp(dest, "-") == 0 ? take_stdout(o) : make_file(o, dest, name);
	if (r == 0 && fstat(o->fd, &st) != 0)
		r = fail(o, errno);
	if (r != 0) {
		output_release(o);
		return -1;
	}
	o->file = S_ISREG(st.st_mode);
	o->dev_major = major(st.st_dev);
	o->dev_minor = minor(st.st_dev);
	o->ino = st.st_ino;
	return 0;
}

/* Were we woken by a signal that is to be obeyed although nothing was written? */
static bool given_up(const struct output *o)
{
	return errno == EINTR && o->stop != NULL && *o->stop < 0;
}

/* A pipe of somebody else's may be non-blocking. */
static int wait_writable(const struct output *o)
{
	struct pollfd p = { .fd = o->fd, .events = POLLOUT };
	int r;

	while ((r = poll(&p, 1, WAIT_MS)) <= 0) {
		if (r == 0)
			errno = EINTR;
		if (errno != EINTR || given_up(o))
			return -1;
	}
	return 0;
}

/*
 * Once a first signal has come, a second may come at any time: between two writes, or in one that
 * has written a part, which then ends without a word of it.  So from then on no write waits: what
 * poll(2) calls writable takes PIPE_BUF bytes (pipe(7)).
 */
static ssize_t write_some(const struct output *o, const char *p, size_t n)
{
	if (!o->file && o->stop != NULL && *o->stop != 0) {
		if (wait_writable(o) != 0)
			return -1;
		n = n < PIPE_BUF ? n : PIPE_BUF;
	}
	return write(o->fd, p, n);
}

int output_write(void *ctx, const void *data, size_t n)
{
	struct output *o = ctx;
	const char *p = data;

	if (o->err.set)
		return -1;
	while (n > 0) {
		ssize_t k = write_some(o, p, n);

		if (k > 0) {
			p += k;
			n -= (size_t)k;
			o->written += (uint64_t)k;
		} else if (k == 0) {
			return fail(o, EIO);
		} else if (errno == EAGAIN) {
			if (wait_writable(o) != 0)
				return fail(o, errno);
		} else if (errno != EINTR || given_up(o)) {
			return fail(o, errno);
		}
	}
	return 0;
}

int output_sealed(void *ctx)
{
	struct output *o = ctx;

	if (o->err.set)
		return -1;
	/* Only a hint: output_finish is what waits and can fail. */
	if (o->file && o->written > o->sealed)
		(void)sync_file_range(o->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	o->sealed = o->written;
	return 0;
}

/* Pipes, sockets and some file systems have nothing to wait for. */
static int sync_fd(int fd)
{
	if (fdatasync(fd) == 0 || errno == EINVAL || errno == EROFS || errno == ENOSYS ||
	    errno == EOPNOTSUPP)
		return 0;
	return -1;
}

int output_finish(struct output *o)
{
	int fd;

	if (o->err.set)
		return -1;
	if (sync_fd(o->fd) != 0 || (o->dir >= 0 && sync_fd(o->dir) != 0))
		return fail(o, errno);
	/* A network file system tells its last trouble here. */
	fd = fd_take(&o->fd);
	if (close(fd) != 0 && errno != EINTR)
		return fail(o, errno);
	output_release(o);
	return 0;
}

void output_release(struct output *o)
{
	fd_close(&o->fd);
	fd_close(&o->dir);
}

int output_room(const char *dest, uint64_t *bytes)
{
	char parent[OUTPUT_PATH_MAX];
	struct statvfs v;
	struct stat st;

	if (strcmp(dest, "-") == 0 || strlcpy(parent, dest, sizeof(parent)) >= sizeof(parent))
		return -1;
	if (stat(dest, &st) != 0 || !S_ISDIR(st.st_mode))
		cut_parent(parent);
	if (statvfs(parent, &v) != 0)
		return -1;
	*bytes = (uint64_t)v.f_bavail * v.f_frsize;
	return 0;
}

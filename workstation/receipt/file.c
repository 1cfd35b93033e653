#include "workstation/receipt/file.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/fd.h"

#define PIECE (256u << 10)

/* Goes down into a directory; *${dir} is closed unless it is ${top}. */
static int step(int *dir, int top, const char *name)
{
	int next = openat(*dir, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (*dir != top)
		fd_close(dir);
	*dir = next;
	return next;
}

static int open_last(int dir, const char *name)
{
	int fd CLEANUP(fd_close) = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY |
					  O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		return -1;
	if (S_ISREG(st.st_mode))
		return fd_take(&fd);
	errno = EINVAL;
	return -1;
}

static bool is_dots(const char *name)
{
	return *name == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

int file_open_below(int dir, const char *path, struct err *e)
{
	char copy[FILE_NAME_MAX_LEN + 1], *name = copy, *slash;
	int at = dir, fd = -1, saved;

	if (strlen(path) >= sizeof(copy))
		return err_set(e, ENAMETOOLONG, "opening a file of the bag");
	memcpy(copy, path, strlen(path) + 1);
	errno = EINVAL;
	while ((slash = strchr(name, '/')) != NULL && at >= 0) {
		*slash = '\0';
		if (is_dots(name))
			break;
		step(&at, dir, name);
		name = slash + 1;
	}
	if (at >= 0 && slash == NULL && !is_dots(name))
		fd = open_last(at, name);
	saved = errno;
	if (at != dir)
		fd_close(&at);
	return fd >= 0 ? fd : err_set(e, saved, "opening %.150s", path);
}

static int load(int fd, const char *path, struct buf *out, size_t max, struct err *e)
{
	ssize_t n = 1;

	buf_init(out, max + 1);
	while (n > 0 && out->len <= max) {
		size_t want = max + 1 - out->len < 65536 ? max + 1 - out->len : 65536;

		if (buf_room(out, want) == NULL)
			return err_set(e, ENOMEM, "reading %.150s", path);
		n = fd_read_full(fd, out->p + out->len, want);
		if (n < 0)
			return err_set(e, errno, "reading %.150s", path);
		out->len += (size_t)n;
	}
	if (out->len > max)
		return err_set(e, EFBIG, "%.150s is larger than it may be", path);
	return 0;
}

int file_load_below(int dir, const char *path, struct buf *out, size_t max, struct err *e)
{
	int fd CLEANUP(fd_close) = file_open_below(dir, path, e);

	buf_init(out, 1);
	return fd < 0 ? -1 : load(fd, path, out, max, e);
}

int file_load(const char *path, struct buf *out, size_t max, struct err *e)
{
	int fd CLEANUP(fd_close) = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	buf_init(out, 1);
	return fd < 0 ? err_set(e, errno, "opening %.150s", path) : load(fd, path, out, max, e);
}

int file_make(int dir, const char *name, const void *data, size_t n, struct err *e)
{
	int fd CLEANUP(fd_close) = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
					  O_CLOEXEC, 0600);

	if (fd < 0)
		return err_set(e, errno, "making %.150s", name);
	if (fd_write_all(fd, data, n) == 0 && fsync(fd) == 0)
		return 0;
	err_set(e, errno, "writing %.150s", name);
	unlinkat(dir, name, 0);
	return -1;
}

int file_set_make(struct file_set *s, const char *name, const void *data, size_t n,
		  struct err *e)
{
	char **names = realloc(s->names, (s->count + 1) * sizeof(*names));
	char *copy = strdup(name);

	if (names != NULL)
		s->names = names;
	if (names == NULL || copy == NULL) {
		free(copy);
		return err_set(e, ENOMEM, "making %.150s", name);
	}
	if (file_make(s->dir, name, data, n, e) != 0) {
		free(copy);
		return -1;
	}
	s->names[s->count++] = copy;
	return 0;
}

void file_set_undo(struct file_set *s)
{
	for (size_t i = 0; i < s->count; i++)
		unlinkat(s->dir, s->names[i], 0);
}

void file_set_release(struct file_set *s)
{
	for (size_t i = 0; i < s->count; i++)
		free(s->names[i]);
	free(s->names);
	s->names = NULL;
	s->count = 0;
}

/* Both running hashes, and the piece that is read. */
struct hashing {
	EVP_MD_CTX *sha256, *sha512;
	char *piece;
};

static void hashing_end(struct hashing *h)
{
	EVP_MD_CTX_free(h->sha256);
	EVP_MD_CTX_free(h->sha512);
	free(h->piece);
}

static int hashing_begin(struct hashing *h, struct err *e)
{
	h->sha256 = EVP_MD_CTX_new();
	h->sha512 = EVP_MD_CTX_new();
	h->piece = malloc(PIECE);
	if (h->sha256 != NULL && h->sha512 != NULL && h->piece != NULL &&
	    EVP_DigestInit_ex2(h->sha256, EVP_sha256(), NULL) == 1 &&
	    EVP_DigestInit_ex2(h->sha512, EVP_sha512(), NULL) == 1)
		return 0;
	return err_set(e, ENOMEM, "hashing");
}

static int pass(struct hashing *h, int fd, int to, struct file_hash *out, struct err *e)
{
	ssize_t n;

	while ((n = fd_read_full(fd, h->piece, PIECE)) > 0) {
		if (EVP_DigestUpdate(h->sha256, h->piece, (size_t)n) != 1 ||
		    EVP_DigestUpdate(h->sha512, h->piece, (size_t)n) != 1)
			return err_set(e, 0, "libcrypto could not hash");
		if (to >= 0 && fd_write_all(to, h->piece, (size_t)n) != 0)
			return err_set(e, errno, "writing a copy");
		out->bytes += (uint64_t)n;
	}
	if (n < 0)
		return err_set(e, errno, "reading a file");
	if (EVP_DigestFinal_ex(h->sha256, out->sha256, NULL) != 1 ||
	    EVP_DigestFinal_ex(h->sha512, out->sha512, NULL) != 1)
		return err_set(e, 0, "libcrypto could not hash");
	return 0;
}

int file_hash(int fd, int to, struct file_hash *hash, struct err *e)
{
	struct hashing h = { 0 };
	int r = hashing_begin(&h, e);

	hash->bytes = 0;
	if (r == 0)
		r = pass(&h, fd, to, hash, e);
	hashing_end(&h);
	return r;
}

#include "workstation/custody/release.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "lib/base/text.h"

#define HEX (2 * (size_t)DIGEST_LEN)

static int open_regular(const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return err_set(e, errno, "opening %.200s", path);
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	fd_close(&fd);
	return err_set(e, 0, "%.200s is no regular file", path);
}

int release_hash(const char *path, uint8_t out[DIGEST_LEN], struct err *e)
{
	int fd CLEANUP(fd_close) = open_regular(path, e);
	struct digest *d = fd < 0 ? NULL : digest_new();
	char chunk[16384];
	ssize_t n = -1;

	if (d == NULL)
		return err_set(e, ENOMEM, "hashing %.200s", path);
	while ((n = fd_read_full(fd, chunk, sizeof(chunk))) > 0)
		digest_add(d, chunk, (size_t)n);
	digest_finish(d, out);
	digest_free(d);
	return n == 0 ? 0 : err_set(e, errno, "reading %.200s", path);
}

int release_has(const char *text, size_t n, const uint8_t hash[DIGEST_LEN])
{
	while (n > 0) {
		const char *lf = memchr(text, '\n', n);
		size_t len = lf != NULL ? (size_t)(lf - text) : n;
		uint8_t own[DIGEST_LEN];
		char hex[HEX + 1];

		if (len > HEX + 2 && text[HEX] == ' ') {
			memcpy(hex, text, HEX);
			hex[HEX] = '\0';
			if (text_unhex(own, sizeof(own), hex) == 0 &&
			    memcmp(own, hash, sizeof(own)) == 0)
				return 1;
		}
		len += lf != NULL;
		text += len;
		n -= len;
	}
	return 0;
}

int release_check(const char *path, const uint8_t hash[DIGEST_LEN], struct err *e)
{
	int fd CLEANUP(fd_close) = open_regular(path, e);
	char *text = fd < 0 ? NULL : malloc(RELEASE_LIST_MAX);
	ssize_t n = text == NULL ? -1 : fd_read_full(fd, text, RELEASE_LIST_MAX);
	int r = n < 0 ? err_set(e, errno, "reading %.200s", path) :
			release_has(text, (size_t)n, hash);

	free(text);
	return r;
}

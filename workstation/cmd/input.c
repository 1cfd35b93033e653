#include "workstation/cmd/input.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/archive/decompress.h"
#include "lib/base/fd.h"

#define ARMOR "-----BEGIN AGE"

/* An age_read_in: the bytes of a file. */
static ssize_t read_file(void *ctx, void *data, size_t n)
{
	struct input *in = ctx;
	ssize_t got;

	do {
		got = read(in->fd, data, n);
	} while (got < 0 && errno == EINTR);
	if (got > 0 && in->sum != NULL) {
		digest_add(in->sum, data, (size_t)got);
		in->summed += (uint64_t)got;
	}
	return got;
}

/* The bytes as they lie there; an age_read_in. */
static ssize_t read_raw(void *ctx, void *data, size_t n)
{
	struct input *in = ctx;

	if (in->first_at < in->first_len) {
		if (n > in->first_len - in->first_at)
			n = in->first_len - in->first_at;
		memcpy(data, in->first + in->first_at, n);
		in->first_at += n;
		return (ssize_t)n;
	}
	return in->source(in->source_ctx, data, n);
}

/* Look at the first bytes, and begin to decrypt if they say so. */
static int begin(struct input *in, struct err *e)
{
	ssize_t n = 1;

	in->first_len = 0;
	while (n > 0 && in->first_len < sizeof(in->first)) {
		n = in->source(in->source_ctx, in->first + in->first_len,
			       sizeof(in->first) - in->first_len);
		if (n < 0)
			return err_set(e, errno, "reading the archive");
		in->first_len += (size_t)n;
	}
	in->first_at = 0;
	if (in->first_len > strlen(ARMOR) && memcmp(in->first, ARMOR, strlen(ARMOR)) == 0)
		return err_set(e, 0, "this is an armored age file: use age -d and give its output "
			       "to exhibit");
	if (!age_read_is(in->first, in->first_len))
		return 0;
	if (in->keys == NULL)
		return err_set(e, 0, "the archive is encrypted: --identity FILE with a key of one "
			       "of its recipients is needed");
	in->age = age_read_new(in->keys, read_raw, in, e);
	return in->age == NULL ? -1 : 0;
}

static int read_keys(struct input *in, const char *identity, struct err *e)
{
	int fd CLEANUP(fd_close) = open(identity, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return err_set(e, errno, "opening the identity file %.200s", identity);
	in->keys = age_identity_read(fd, e);
	return in->keys == NULL ? -1 : 0;
}

static int open_file(struct input *in, const char *name, struct err *e)
{
	struct stat st;

	in->fd = in->is_stdin ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (in->fd < 0)
		return err_set(e, errno, "opening %.200s", name);
	if (fstat(in->fd, &st) == 0 && S_ISDIR(st.st_mode))
		return err_set(e, EISDIR, "opening %.200s", name);
	return 0;
}

int input_open(struct input *in, const char *name, const char *identity, struct err *e)
{
	*in = (struct input){ .fd = -1, .is_stdin = strcmp(name, "-") == 0 };
	in->source = read_file;
	in->source_ctx = in;
	if (open_file(in, name, e) == 0 &&
	    (identity == NULL || read_keys(in, identity, e) == 0) && begin(in, e) == 0)
		return 0;
	input_close(in);
	return -1;
}

int input_from(struct input *in, age_read_in *source, void *ctx, const char *identity,
	       struct err *e)
{
	*in = (struct input){ .fd = -1, .source = source, .source_ctx = ctx };
	if ((identity == NULL || read_keys(in, identity, e) == 0) && begin(in, e) == 0)
		return 0;
	input_close(in);
	return -1;
}

void input_close(struct input *in)
{
	age_read_free(in->age);
	age_identity_free(in->keys);
	in->age = NULL;
	in->keys = NULL;
	if (!in->is_stdin)
		fd_close(&in->fd);
	in->fd = -1;
}

int input_rewind(struct input *in, struct err *e)
{
	if (lseek(in->fd, 0, SEEK_SET) != 0)
		return err_set(e, errno, "reading the archive a second time");
	age_read_free(in->age);
	in->age = NULL;
	return begin(in, e);
}

int input_rest(struct input *in, struct err *e)
{
	static char chunk[65536];
	ssize_t got;

	while ((got = read_file(in, chunk, sizeof(chunk))) > 0)
		;
	return got == 0 ? 0 : err_set(e, errno, "reading the archive to its end");
}

ssize_t input_read(void *ctx, void *data, size_t n)
{
	struct input *in = ctx;
	ssize_t got = in->age != NULL ? age_read_bytes(in->age, data, n) : read_raw(in, data, n);

	if (got == AGE_READ_CUT)
		return DECOMPRESS_IN_CUT;
	return got == AGE_READ_ALTERED ? DECOMPRESS_IN_ALTERED : got;
}

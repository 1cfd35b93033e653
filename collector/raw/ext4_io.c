#include "collector/raw/ext4_io.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define BLOCK_MAX 65536			/* bytes: the largest block of the format */
#define READ_MAX (64u << 20)		/* bytes of one request; the group table has 16 MiB */

struct channel {
	struct struct_io_channel io;	/* first: what the library holds */
	int fd;
	struct ext4_watch *watch;
};

/* What the next channel to be opened reads. */
static struct {
	int fd;
	struct ext4_watch *watch;
} next = { -1, NULL };

static int allowed(struct ext4_watch *w, size_t n)
{
	if (w->bytes_left < n) {
		w->bytes_left = 0;
		return 0;
	}
	w->bytes_left -= n;
	return w->go_on(w->ctx) == 0;
}

errcode_t ext4_io_read(int fd, struct ext4_watch *w, uint64_t offset, void *data, size_t n)
{
	char *to = data;

	if (!allowed(w, n))
		return EXT2_ET_CANCEL_REQUESTED;
	if (offset > (uint64_t)INT64_MAX - n) {
		w->oserr = EIO;
		return EXT2_ET_SHORT_READ;
	}
	while (n > 0) {
		ssize_t got = pread(fd, to, n, (off_t)offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			w->oserr = got < 0 ? errno : EIO;
			return EXT2_ET_SHORT_READ;
		}
		to += got;
		offset += (uint64_t)got;
		n -= (size_t)got;
	}
	return 0;
}

static errcode_t channel_open(const char *name, int flags, io_channel *out);

/* A negative count is one of bytes, a positive one of blocks (ext2_io.h). */
static errcode_t channel_read(io_channel io, unsigned long long block, int count, void *data)
{
	struct channel *c = (struct channel *)io;
	uint64_t size = (uint64_t)io->block_size;
	uint64_t n = count < 0 ? (uint64_t)-(int64_t)count : (uint64_t)count * size;

	if (n > READ_MAX || block > INT64_MAX / size) {
		c->watch->oserr = EIO;
		return EXT2_ET_SHORT_READ;
	}
	return ext4_io_read(c->fd, c->watch, block * size, data, (size_t)n);
}

static errcode_t channel_read_old(io_channel io, unsigned long block, int count, void *data)
{
	return channel_read(io, block, count, data);
}

static errcode_t channel_set_size(io_channel io, int size)
{
	if (size <= 0 || size > BLOCK_MAX)
		return EXT2_ET_INVALID_ARGUMENT;
	io->block_size = size;
	return 0;
}

static errcode_t channel_close(io_channel io)
{
	if (--io->refcount == 0)
		free(io);
	return 0;
}

/* There is no way to write; the library may still ask for it to be finished. */
static errcode_t channel_flush(io_channel io)
{
	(void)io;
	return 0;
}

static errcode_t channel_refuse(io_channel io, unsigned long block, int count, const void *data)
{
	(void)io;
	(void)block;
	(void)count;
	(void)data;
	return EXT2_ET_RO_FILSYS;
}

static errcode_t channel_refuse_new(io_channel io, unsigned long long block, int count,
				    const void *data)
{
	(void)block;
	return channel_refuse(io, 0, count, data);
}

static struct struct_io_manager manager = {
	.magic = EXT2_ET_MAGIC_IO_MANAGER,
	.name = "read only, by descriptor",
	.open = channel_open,
	.close = channel_close,
	.set_blksize = channel_set_size,
	.read_blk = channel_read_old,
	.read_blk64 = channel_read,
	.write_blk = channel_refuse,
	.write_blk64 = channel_refuse_new,
	.flush = channel_flush,
};

static errcode_t channel_open(const char *name, int flags, io_channel *out)
{
	static char no_name[] = "";
	struct channel *c;

	(void)name;
	if (flags != 0)
		return EXT2_ET_RO_FILSYS;
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return EXT2_ET_NO_MEMORY;
	c->io.magic = EXT2_ET_MAGIC_IO_CHANNEL;
	c->io.manager = &manager;
	c->io.name = no_name;
	c->io.block_size = 1024;
	c->io.refcount = 1;
	c->fd = next.fd;
	c->watch = next.watch;
	*out = &c->io;
	return 0;
}

io_manager ext4_io_manager(int fd, struct ext4_watch *watch)
{
	next.fd = fd;
	next.watch = watch;
	return &manager;
}

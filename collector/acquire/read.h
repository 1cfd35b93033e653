/*
 * read: the bytes of one open file into the sink, begin to end.
 *
 * The file was promised to have a length; it may shrink, grow, fail or stop
 * answering meanwhile, and each of that ends the item with a gap, never with an
 * error.  Nothing is mapped: truncation of a mapping would kill us.
 */
#ifndef EXHIBIT_ACQUIRE_READ_H
#define EXHIBIT_ACQUIRE_READ_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/acquire/pulse.h"
#include "lib/item/sink.h"

#define READ_SIZE (128u << 10)		/* bytes of the buffer: one read */

struct read_run {
	/* Set by the caller. */
	int fd;
	char *buffer;			/* READ_SIZE bytes */
	struct sink *to;
	struct pulse *pulse;
	_Atomic uint32_t *stop;
	uint64_t seconds;		/* of waiting for reads, plus one per MiB; 0: no limit */
	bool stream;			/* a kernel file: read(2) to its end, at most promise */
	uint64_t promise;		/* bytes to deliver */
	const struct extent *extents;	/* what to read of a sparse file; NULL: all */
	size_t extent_count;
	/* The state, zero at first. */
	size_t held;			/* bytes in the buffer that were not delivered yet */
	bool ended;			/* end of file was met, or reading ended with a gap */
	uint64_t delivered;
	uint64_t waited_ns;
	/* The result: what goes into the end of the item. */
	enum gap gap;
	int oserr;
	uint64_t offset;		/* in the file, where the gap begins */
};

/**
 * read_peek(r):
 * Read the first bytes into the buffer and deliver nothing: of a stream until the
 * buffer is full or the stream ends, otherwise with one call.  held and gap tell.
 */
void read_peek(struct read_run *r);

/**
 * read_rest(r):
 * Deliver what read_peek held and then the rest, at most promise bytes.  Return 0 with
 * gap NONE, SHRANK, GREW, TIME_LIMIT, IO_ERROR, INCOMPLETE (a stream of a process that ended
 * after its first bytes had come: ESRCH), CUT or SPOOL_LIMIT (a stream longer than promise);
 * -1 if the sink failed.
 */
int read_rest(struct read_run *r);

#endif

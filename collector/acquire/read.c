#include "collector/acquire/read.h"

#include <errno.h>
#include <unistd.h>

#include "lib/base/clock.h"

#define SECOND_NS UINT64_C(1000000000)

static size_t end_with(struct read_run *r, enum gap gap, int oserr, uint64_t at)
{
	r->gap = gap;
	r->oserr = oserr;
	r->offset = at;
	r->ended = true;
	return 0;
}

/* Waiting for the sink is our own doing and does not count. */
static bool too_slow(const struct read_run *r)
{
	uint64_t seconds = r->seconds + (r->delivered >> 20);

	return r->seconds != 0 && r->waited_ns / SECOND_NS >= seconds;
}

/* A file of a process ends with ESRCH when the process does: no medium failed, and what the
 * kernel had said until then stands. */
static enum gap failure(const struct read_run *r, int oserr, uint64_t at)
{
	return r->stream && oserr == ESRCH && at > 0 ? GAP_INCOMPLETE : GAP_IO_ERROR;
}

/* One read at offset ${at}; the bytes, or 0 at the end or with a gap. */
static size_t fetch(struct read_run *r, char *to, size_t want, uint64_t at)
{
	uint64_t before;
	ssize_t n;

	do {
		if (atomic_load_explicit(r->stop, memory_order_relaxed) != 0)
			return end_with(r, GAP_CUT, 0, at);
		if (too_slow(r))
			return end_with(r, GAP_TIME_LIMIT, 0, at);
		before = clock_monotonic_ns();
		pulse_call(r->pulse, PULSE_READ);
		n = r->stream ? read(r->fd, to, want) : pread(r->fd, to, want, (off_t)at);
		pulse_idle(r->pulse);
		r->waited_ns += clock_monotonic_ns() - before;
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return end_with(r, failure(r, errno, at), errno, at);
	if (n == 0)
		r->ended = true;
	return (size_t)n;
}

static size_t at_most(uint64_t n)
{
	return n < READ_SIZE ? (size_t)n : READ_SIZE;
}

/* The bytes that the first read asks for.  One more than promised shows in the
 * same call that the file has grown. */
static size_t first_want(const struct read_run *r)
{
	if (r->stream)
		return READ_SIZE;
	if (r->extents != NULL)
		return r->extent_count == 0 ? 0 : at_most(r->extents[0].length);
	return at_most(r->promise + 1);
}

void read_peek(struct read_run *r)
{
	uint64_t from = r->extents != NULL && r->extent_count > 0 ? r->extents[0].offset : 0;
	size_t want = first_want(r), n;

	if (want == 0)
		return;
	do {
		n = fetch(r, r->buffer + r->held, want - r->held, from + r->held);
		r->held += n;
	} while (r->stream && n > 0 && r->held < want);
}

static int deliver(struct read_run *r, size_t n)
{
	if (n == 0)
		return 0;
	r->delivered += n;
	return r->to->write(r->to, r->buffer, n);
}

/* One run of data: length bytes from offset, of which held are in the buffer. */
static int read_extent(struct read_run *r, const struct extent *x)
{
	uint64_t done = 0;
	size_t n = r->held;

	r->held = 0;
	for (;;) {
		n = n < x->length - done ? n : (size_t)(x->length - done);
		if (deliver(r, n) != 0)
			return -1;
		done += n;
		if (done == x->length || r->ended)
			break;
		n = fetch(r, r->buffer, at_most(x->length - done), x->offset + done);
	}
	if (done < x->length && r->gap == GAP_NONE)
		end_with(r, GAP_SHRANK, 0, x->offset + done);
	return 0;
}

static int read_sparse(struct read_run *r)
{
	for (size_t i = 0; i < r->extent_count && r->gap == GAP_NONE; i++)
		if (read_extent(r, &r->extents[i]) != 0)
			return -1;
	return 0;
}

/* A file without holes is one run of data, which may be followed by more. */
static int read_dense(struct read_run *r)
{
	bool more = r->held > r->promise;
	int status = read_extent(r, &(struct extent){ 0, r->promise });

	if (status == 0 && more && r->gap == GAP_NONE)
		end_with(r, GAP_GREW, 0, r->promise);
	return status;
}

static int read_stream(struct read_run *r)
{
	size_t n = r->held;

	r->held = 0;
	while (n > 0) {
		uint64_t room = r->promise - r->delivered;

		if (deliver(r, n < room ? n : (size_t)room) != 0)
			return -1;
		if (n > room) {
			end_with(r, GAP_SPOOL_LIMIT, 0, r->promise);
			break;
		}
		n = r->ended ? 0 : fetch(r, r->buffer, READ_SIZE, r->delivered);
	}
	return 0;
}

int read_rest(struct read_run *r)
{
	if (r->stream)
		return read_stream(r);
	return r->extents != NULL ? read_sparse(r) : read_dense(r);
}

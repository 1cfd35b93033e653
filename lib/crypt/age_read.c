#include "lib/crypt/age_read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/keymem.h"
#include "lib/crypt/age_header.h"
#include "lib/crypt/age_stream.h"

#define FIRST_LOOK 1024u		/* a header of some recipients fits */

/* A chunk and the byte behind it, twice, so that little has to be moved. */
#define INPUT_LEN (2 * (AGE_STREAM_SEALED + 1))

_Static_assert(AGE_HEADER_MAX <= INPUT_LEN, "a header is looked at in one piece");

#define MORE 1				/* for end: not at an end */

struct age_read {
	age_read_in *in;
	void *ctx;
	int end;			/* MORE, 0, or enum age_read_end: behind what is held */
	bool input_ended;
	struct age_stream *stream;
	size_t at, held;		/* plain bytes given out and held */
	size_t begin, stop;		/* of the input */
	uint8_t plain[AGE_STREAM_CHUNK];
	uint8_t input[INPUT_LEN];
};

bool age_read_is(const void *data, size_t n)
{
	return n >= AGE_READ_INTRO && memcmp(data, age_header_intro, AGE_READ_INTRO) == 0;
}

/* Make sure that ${want} bytes of input wait, unless it ends before.  -1 with errno. */
static int fill(struct age_read *a, size_t want)
{
	if (a->begin + want > INPUT_LEN) {
		memmove(a->input, a->input + a->begin, a->stop - a->begin);
		a->stop -= a->begin;
		a->begin = 0;
	}
	while (a->stop - a->begin < want && !a->input_ended) {
		ssize_t n = a->in(a->ctx, a->input + a->stop, INPUT_LEN - a->stop);

		if (n < 0)
			return -1;
		a->input_ended = n == 0;
		a->stop += (size_t)n;
	}
	return 0;
}

/* ===== the header ===== */

/* Gather until the header is whole, or cannot become so. */
static int take_header(struct age_read *a, struct age_header *h)
{
	enum age_header_end end = AGE_HEADER_SHORT;

	for (size_t want = FIRST_LOOK; end == AGE_HEADER_SHORT; want *= 2) {
		if (want > AGE_HEADER_MAX)
			want = AGE_HEADER_MAX;
		if (fill(a, want) != 0)
			return -1;
		end = age_header_parse(h, (const char *)a->input, a->stop);
		if (end == AGE_HEADER_SHORT && a->stop < want) {
			a->end = AGE_READ_CUT;
			return 0;
		}
	}
	if (end == AGE_HEADER_BAD)
		a->end = AGE_READ_ALTERED;
	return 0;
}

static int no_key(const struct age_header *h, struct err *e)
{
	if (h->passphrase && h->count == 0)
		return err_set(e, 0, "the archive is encrypted with a passphrase: use age -d and "
			       "give its output to exhibit");
	return err_set(e, 0, "no key of the identity file opens the archive: it is for others "
		       "(recipients in its header: %zu), or the header was changed",
		       h->count + h->others);
}

/* The nonce follows the header; with it the payload can be opened. */
static int begin_payload(struct age_read *a, const struct age_header *h, const uint8_t *file_key,
			 struct err *e)
{
	if (!age_header_holds(h, (const char *)a->input, file_key)) {
		a->end = AGE_READ_ALTERED;
		return 0;
	}
	a->begin = h->length;
	if (fill(a, AGE_STREAM_NONCE) != 0)
		return err_set(e, errno, "reading the archive");
	if (a->stop - a->begin < AGE_STREAM_NONCE) {
		a->end = AGE_READ_CUT;
		return 0;
	}
	a->stream = age_stream_new(file_key, a->input + a->begin);
	if (a->stream == NULL)
		return err_set(e, ENOMEM, "reading the archive");
	a->begin += AGE_STREAM_NONCE;
	return 0;
}

static int open_with(struct age_read *a, const struct age_header *h,
		     const struct age_identities *ids, struct err *e)
{
	uint8_t *file_key = keymem_new(AGE_HEADER_FILE_KEY, NULL, e);
	int r = -1;

	if (file_key == NULL)
		return -1;
	if (age_header_unwrap(h, ids, file_key) == NULL)
		no_key(h, e);
	else
		r = begin_payload(a, h, file_key, e);
	keymem_free(file_key, AGE_HEADER_FILE_KEY);
	return r;
}

static int begin(struct age_read *a, const struct age_identities *ids, struct err *e)
{
	struct age_header *h = malloc(sizeof(*h));	/* 16 KiB: not for the stack */
	int r = 0;

	if (h == NULL)
		return err_set(e, ENOMEM, "reading the archive");
	if (take_header(a, h) != 0)
		r = err_set(e, errno, "reading the archive");
	else if (a->end == MORE)
		r = open_with(a, h, ids, e);
	free(h);
	return r;
}

struct age_read *age_read_new(const struct age_identities *ids, age_read_in *in, void *ctx,
			      struct err *e)
{
	struct age_read *a = calloc(1, sizeof(*a));

	if (a == NULL) {
		err_set(e, ENOMEM, "reading the archive");
		return NULL;
	}
	a->in = in;
	a->ctx = ctx;
	a->end = MORE;
	if (begin(a, ids, e) == 0)
		return a;
	age_read_free(a);
	return NULL;
}

void age_read_free(struct age_read *a)
{
	if (a == NULL)
		return;
	age_stream_free(a->stream);
	free(a);
}

/* ===== the payload ===== */

static bool open_chunk(struct age_read *a, size_t n, bool last)
{
	if (age_stream_open(a->stream, a->input + a->begin, n, last, a->plain) != 0)
		return false;
	a->at = 0;
	a->held = n - PRIM_TAG_LEN;
	a->begin += n;
	return true;
}

/* Bytes follow this chunk: it should not call itself the last one. */
static void take_inner(struct age_read *a)
{
	if (open_chunk(a, AGE_STREAM_SEALED, false))
		return;
	/* If it does, it is true and what follows is foreign. */
	open_chunk(a, AGE_STREAM_SEALED, true);
	a->end = AGE_READ_ALTERED;
}

/* The last ${n} bytes of the input. */
static void take_last(struct age_read *a, size_t n)
{
	bool first = age_stream_count(a->stream) == 0;

	if (n >= PRIM_TAG_LEN && open_chunk(a, n, true))
		a->end = a->held > 0 || first ? 0 : AGE_READ_ALTERED;
	else if (n < AGE_STREAM_SEALED || open_chunk(a, n, false))
		a->end = AGE_READ_CUT;
	else
		a->end = AGE_READ_ALTERED;
}

static int next_chunk(struct age_read *a)
{
	size_t have;

	if (fill(a, AGE_STREAM_SEALED + 1) != 0)
		return -1;
	have = a->stop - a->begin;
	if (have > AGE_STREAM_SEALED)
		take_inner(a);
	else
		take_last(a, have);
	return 0;
}

ssize_t age_read_bytes(struct age_read *a, void *data, size_t n)
{
	while (a->at == a->held) {
		if (a->end != MORE)
			return a->end;
		if (next_chunk(a) != 0)
			return -1;
	}
	if (n > a->held - a->at)
		n = a->held - a->at;
	memcpy(data, a->plain + a->at, n);
	a->at += n;
	return (ssize_t)n;
}

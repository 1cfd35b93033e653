/*
 * image: memory on its way to the sink, as one item of promised length.
 *
 * An answer is gathered before it leaves; memory is too large for that.  Here the
 * length is promised first, then segments follow, each a header and its bytes, in the
 * LiME format version 1 (header of 32 bytes: magic, version, first and last address,
 * eight zero bytes; little-endian).  What cannot be read is filled with zeros, because the length
 * is promised, and is listed in live/NAME.json, so that no zero is taken for memory.
 */
#ifndef EXHIBIT_VOLATILE_IMAGE_H
#define EXHIBIT_VOLATILE_IMAGE_H

#include <stdint.h>

#include "collector/volatile/answer.h"
#include "collector/volatile/memory_map.h"

#define IMAGE_HEADER 32u		/* bytes before each segment */
#define IMAGE_CHUNK 262144u		/* bytes of one read */
#define IMAGE_LOST_MAX 512u		/* ranges listed one by one; of more only the sum is told */

/* Zeros of ours in the image. */
struct image_lost {
	uint64_t first, last;
	int oserr;			/* why; 0: it was gone, or the read ended there */
};

#define IMAGE_WITHHELD_MAX 64u		/* ranges that are listed */

struct image {
	struct answer about;		/* name, notes, the first thing that went wrong */
	char *buffer;			/* of IMAGE_CHUNK bytes */
	bool open;			/* the item is begun and not ended */
	uint64_t promise, sent;		/* bytes */
	struct image_lost lost[IMAGE_LOST_MAX];
	size_t lost_count;
	uint64_t lost_ranges, lost_bytes;	/* of all, listed or not */
	struct memory_run withheld[IMAGE_WITHHELD_MAX];
	size_t withheld_count;
	uint64_t withheld_bytes;
};

/* Bytes that an image of these segments has. */
uint64_t image_size(const struct memory_runs *segments);

/**
 * image_begin(im, env, name):
 * Make ${im} empty.  Notes may be added with answer_note(&im->about, ...).  Nothing leaves
 * before image_open; image_end must follow.
 */
void image_begin(struct image *im, struct source_env *env, const char *name);

/**
 * image_open(im, promise):
 * Begin the item.  Return 1 if the budget of the run does not allow so many bytes (then
 * the gap is noted), 0 if segments may follow, -1 when the sink failed.
 */
int image_open(struct image *im, uint64_t promise);

/**
 * image_header(im, first, last):
 * The header of a segment, whose bytes must follow.  0, or -1 when the sink failed.
 */
int image_header(struct image *im, uint64_t first, uint64_t last);

/**
 * image_copy(im, fd, run):
 * The bytes of ${run}, from its offset of ${fd}.  A page that cannot be read becomes zeros
 * and is listed.  Return 0, 1 when the run is to end (the gap is noted), -1 when the sink
 * failed.
 */
int image_copy(struct image *im, int fd, struct memory_run run);

/* Zeros for addresses that are not to be read after all, with the reason; 0 or -1. */
int image_zeros(struct image *im, uint64_t first, uint64_t last, int oserr);

/* Zeros for what is ours and nobody's evidence: the key of the next seal.  0 or -1. */
int image_withhold(struct image *im, uint64_t first, uint64_t last);

/**
 * image_end(im):
 * End the item, or say by a line of the manifest why there is none, then give the JSON,
 * and release everything.  Return 0, or -1 when the sink failed.
 */
int image_end(struct image *im);

#endif

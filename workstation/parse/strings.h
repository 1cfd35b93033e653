/*
 * strings: printable text in any bytes, as strings(1) finds it: runs of at least so many
 * characters of ASCII, and of the same in UTF-16, at any offset.
 *
 * Bytes are pushed in as they come.  A run that is longer than STRINGS_MAX comes in pieces.
 */
#ifndef EXHIBIT_PARSE_STRINGS_H
#define EXHIBIT_PARSE_STRINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STRINGS_MAX 4096u /* characters handed out at once */

/* Gets a run: its offset, its ${n} characters as ASCII, and whether it stood in UTF-16.
 * Returns 0, or anything else to stop. */
typedef int strings_take(void *ctx, uint64_t offset, bool utf16, const char *text, size_t n);

/* A run that has not ended. */
struct strings_run {
	uint64_t offset;
	size_t len;
	bool cut; /* its beginning was handed out already */
	char text[STRINGS_MAX];
};

struct strings {
	size_t min; /* characters */
	bool big;   /* UTF-16 with the high byte first */
	strings_take *take;
	void *ctx;
	uint64_t at;                /* bytes seen */
	uint8_t last;               /* the one before */
	struct strings_run runs[3]; /* ASCII; UTF-16 from even, from odd offsets */
};

/* Begin; ${min} is at least 1. */
void strings_begin(struct strings *s, size_t min, bool big, strings_take *take, void *ctx);

/* The next bytes; the end.  Return 0, or what ${take} returned to stop. */
int strings_add(struct strings *s, const void *data, size_t n);
int strings_end(struct strings *s);

#endif

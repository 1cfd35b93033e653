/*
 * bytes: counted bytes that somebody else owns.
 *
 * Every string of the host is one of these: no encoding, no NUL at its end, a NUL inside it
 * where there was one.  What has no value at all has a p of NULL, where that is told apart.
 */
#ifndef EXHIBIT_BASE_BYTES_H
#define EXHIBIT_BASE_BYTES_H

#include <stddef.h>

struct bytes {
	const void *p;	/* not owned; valid as long as the owner says */
	size_t len;	/* bytes */
};

#endif

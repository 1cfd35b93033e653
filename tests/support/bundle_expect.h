/*
 * bundle_expect: what an archive that was read back must hold.
 *
 * Each ends the test where it does not, and says what was there instead.
 */
#ifndef EXHIBIT_TESTS_BUNDLE_EXPECT_H
#define EXHIBIT_TESTS_BUNDLE_EXPECT_H

#include "tests/support/bundle_box.h"

/* Close the box and read it back: an archive without any finding, of that root. */
void bundle_expect_whole(struct bundle_box *box, struct bundle_box_back *back);

/* The manifest line of the path holds the part; it does not hold the key. */
void bundle_expect_line(struct bundle_box_back *back, const char *path, const char *part);
void bundle_expect_no_key(struct bundle_box_back *back, const char *path, const char *key);

/* Its key has the SHA-256 of the ${n} bytes. */
void bundle_expect_hash(struct bundle_box_back *back, const char *path, const char *key,
			const void *data, size_t n);

/* The member is there, and its content is the ${n} bytes. */
void bundle_expect_content(struct bundle_box_back *back, const char *member, const void *data,
			   size_t n);

/* True if a SHA256SUMS of the archive has a line for the member; ends no test. */
bool bundle_expect_summed(struct bundle_box_back *back, const char *member);

#endif

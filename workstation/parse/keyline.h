/*
 * keyline: one line of authorized_keys (sshd(8), "AUTHORIZED_KEYS FILE FORMAT"): options, type,
 * key, comment.
 */
#ifndef EXHIBIT_PARSE_KEYLINE_H
#define EXHIBIT_PARSE_KEYLINE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/bytes.h"

struct keyline {
	struct bytes options;	/* empty: none, as for the comment */
	struct bytes type;	/* ssh-ed25519, ... */
	struct bytes key;	/* base64 */
	struct bytes comment;
};

enum keyline_kind { KEYLINE_NOTHING, KEYLINE_KEY, KEYLINE_DAMAGED };

/* Read one line.  NOTHING: blank, or a comment. */
enum keyline_kind keyline_parse(const char *s, size_t n, struct keyline *out);

#endif

/*
 * risk: which mounts must go before the host is read.
 *
 * Pure decision over the lines of mountinfo.  A mount whose answers come from
 * a network or from a user's process can hang whoever touches it, for ever; in
 * our own namespace it is detached.  Nothing may be looked up through such a
 * mount, so what lies below one goes with it and is not named again.
 */
#ifndef EXHIBIT_HOST_RISK_H
#define EXHIBIT_HOST_RISK_H

#include <stddef.h>

#include "lib/base/mountinfo.h"

enum risk {
	RISK_STAY,		/* local: stays, to be made read-only */
	RISK_DETACH,		/* detach at its own path */
	RISK_BELOW,		/* disappears with a detached mount above it */
	RISK_COVERED,		/* a later mount lies over it: cannot be reached */
	RISK_NEEDED		/* remote, but the directory to be read is on or behind it */
};

/**
 * risk_decide(m, n, root, out):
 * Decide for each of the ${n} mounts, in the order of mountinfo (later lies over
 * earlier).  ${root} is the real path of the directory to be read, NULL for "/".
 * Detach from the last to the first, so that a stack of mounts is taken from its top.
 */
void risk_decide(const struct mountinfo *m, size_t n, const char *root, enum risk *out);

/**
 * risk_covered(m, n, i):
 * True if mount ${i} cannot be reached by its path, because a later one lies over it or
 * over a directory on the way.
 */
bool risk_covered(const struct mountinfo *m, size_t n, size_t i);

#endif

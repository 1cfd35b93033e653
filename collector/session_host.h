/*
 * session_host: the lines of the session that say which host this is and what
 * its clocks showed, from the facts.
 *
 * What the host says of itself is copied, not believed: values are cut to their
 * first line and escaped.  Hints at containers and hypervisors name the place where
 * they were found and draw no conclusion.
 */
#ifndef EXHIBIT_COLLECTOR_SESSION_HOST_H
#define EXHIBIT_COLLECTOR_SESSION_HOST_H

#include <stdbool.h>

#include "collector/facts.h"
#include "collector/host/self.h"
#include "lib/base/buf.h"

/**
 * session_host(out, self, facts, live):
 * Append host to host-namespaces.  Without ${live} (--root) our own kernel is not the
 * host's: what it says of itself is absent, files of the directory remain.
 */
void session_host(struct buf *out, const struct self *self, const struct facts *facts, bool live);

/* Append time-realtime to time-zone. */
void session_host_time(struct buf *out, const struct self *self, const struct facts *facts);

#endif

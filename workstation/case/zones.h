/*
 * zones: the time zones of a host and of its containers, to read times in local time.
 *
 * The first pass keeps every member that begins as a file of the zone database (RFC 9636), for
 * a log may lie before it.  The last quarter of the room is for /etc/localtime and the database
 * of the host, the two before for these and those of containers.  In the second pass
 * /etc/localtime of the host, and of each root directory below /proc/PID/root, is followed
 * through the links that the archive holds to one of them.  Where there is none, local times
 * are read as UTC; that is what they are if the zone goes by the name of UTC.  A file that
 * contradicts itself (tzif_flaw) is as none, whatever its name is, and a note says so.  TZ of the
 * environment of a service is not looked at.
 */
#ifndef EXHIBIT_CASE_ZONES_H
#define EXHIBIT_CASE_ZONES_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/err.h"
#include "workstation/case/db.h"
#include "workstation/parse/tzif.h"

#define ZONES_FILES_MAX 2048u		/* files kept; more are left out */
#define ZONES_BYTES_MAX (8u << 20)	/* bytes of all of them */
#define ZONES_LINKS 8u			/* links on one way */

/* A zone, and whether the host says that it is this one. */
struct zone {
	struct tzif clock;
	bool known;
};

struct zones;

/* None yet; NULL without memory.  zones_free releases it; NULL is allowed. */
struct zones *zones_new(void);
void zones_free(struct zones *z);

/**
 * zones_member(z, member), zones_data(z, data, n, offset), zones_end(z):
 * The first pass: a member begins under its raw name, its content, its end.  What cannot be
 * kept is left out.
 */
void zones_member(struct zones *z, struct bytes member);
void zones_data(struct zones *z, const void *data, size_t n, uint64_t offset);
void zones_end(struct zones *z);

/* Whose zone is looked for. */
struct zones_place {
	struct case_db *db;
	int64_t host;
	struct bytes root;	/* raw, "/proc/PID/root"; empty: the host itself */
	struct bytes name;	/* what the session calls the host's zone; empty: nothing */
};

/**
 * zones_of(z, place, out, e):
 * The zone of a place, valid as long as ${z}.  When it is asked for the first time, a row of
 * `zone` says what it is.  Return 0, or -1 with ${e}.
 */
int zones_of(struct zones *z, const struct zones_place *place, const struct zone **out,
	     struct err *e);

/* A zone by its name alone: UTC, which is known to be right if the name is one of UTC. */
const struct zone *zones_by_name(struct bytes name);

#endif

/*
 * host_path: where a path leads on the host, by the links that the archive holds.
 *
 * A package says /bin/ls; on a host with /bin -> usr/bin the archive has the file as /usr/bin/ls,
 * because a link is taken as a link and what it leads to under its own path.  Here the links of
 * directories on the way are followed, as the kernel would, and never the last name.  Paths are
 * escaped text, as they lie in the case.
 *
 * A directory is listed by the inventory, which comes last: an archive that lacks it, or its end,
 * has files of directories that it does not have.  Without a whole inventory such a one is taken
 * for a directory, UNLISTED.  It may be a link as well: an object that is found at the path is the
 * right one, as objects lie at real paths; that none is found means nothing.
 */
#ifndef EXHIBIT_CASE_HOST_PATH_H
#define EXHIBIT_CASE_HOST_PATH_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "workstation/case/case_query.h"

#define HOST_PATH_MAX 65536u /* bytes of an escaped path; longer ones lead nowhere */
#define HOST_PATH_LINKS 40u  /* links on one way, as the kernel has it (path_resolution(7)) */

/* How a directory stands. */
enum host_path_kind {
	HOST_PATH_LISTED,   /* the archive has what is in it */
	HOST_PATH_UNLISTED, /* it is there, but not all that is in it was listed */
	HOST_PATH_ABSENT    /* it is not there, and would be listed if it were */
};

struct host_path {
	struct case_query *find; /* an object by its path */
	int64_t host;
	struct err *e;
	struct buf dir;           /* the last one that was asked for, */
	struct buf real;          /* where it leads, without a slash at its end, */
	bool lost;                /* or that it leads nowhere, */
	bool unseen;              /* or that it may be, or lie behind, a link that nobody saw, */
	enum host_path_kind kind; /* and how it stands */
	struct buf path;          /* result of host_path_real */
	bool known;               /* dir is filled */
	bool inventory;           /* after open: all is listed of which the archive says no other */
};

/**
 * host_path_open(p, db, host, e):
 * Begin; the index object_path must be there.  0, or -1 with ${e}.  host_path_close in any case.
 */
int host_path_open(struct host_path *p, struct case_db *db, int64_t host, struct err *e);
void host_path_close(struct host_path *p);

/**
 * host_path_real(p, path, out, kind):
 * Follow the directories of ${path}: ${out} is where it leads, valid until the next call, with p
 * NULL if a directory on the way is not there; ${kind} tells of the directory that holds it, or
 * that should.  p->unseen, until the next call: nothing is known of that directory, it may be a
 * link to another.  0, or -1 with the error.
 */
int host_path_real(struct host_path *p, struct bytes path, struct bytes *out,
		   enum host_path_kind *kind);

#endif

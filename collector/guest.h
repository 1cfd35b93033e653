/*
 * guest: the inside of containers.
 *
 * A guest is a root directory other than ours, with one process that has it: a container,
 * a chroot, or, when we ourselves run in a container with the host's processes in view,
 * the host.  Its files are read as ours are: the reader steps into a private, hardened
 * copy of the process's mount namespace (glass_move) and walks from that root by the rows
 * of the categories that are taken inside (plan_inside).  Items carry their path on the
 * host, /proc/PID/root/..., and the mark of the container.
 *
 * Found by device and inode of every process's root directory.  What the host shows at the
 * same path, a mounted /var/log for instance, is the host's and not taken again.  A mount
 * namespace with our root in which something is mounted that ours does not show anywhere (a
 * /tmp in memory, seen by one process alone) is a guest, too, called a view: only what lies
 * on such mounts is taken.
 */
#ifndef EXHIBIT_COLLECTOR_GUEST_H
#define EXHIBIT_COLLECTOR_GUEST_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "collector/acquire/walk.h"
#include "collector/host/sandbox.h"
#include "collector/select/plan.h"
#include "collector/volatile/source.h"
#include "lib/item/item.h"

#define GUESTS_MAX 256u			/* more are counted */
#define GUEST_PREFIX_MAX 32u		/* bytes of "/proc/PID/root" and its NUL */

struct guest {
	struct item_container container;
	uint64_t start;			/* of that process, field 22 of /proc/PID/stat */
	uint64_t root_dev, root_ino;	/* of the root directory, as in struct nsmap_class */
	uint32_t processes;		/* that have it; of a view, in its namespace */
	bool view;			/* the host's root, with mounts that only it has */
};

/* The guests of the run, in memory shared with the recorder and with readers to come. */
struct guests {
	uint32_t count, left_out;
	struct guest row[GUESTS_MAX];
};

/* What a reader works with. */
struct guest_env {
	const struct walk *host;	/* the walk of the host, whose limits hold here, too */
	struct source_env *live;
	const struct plan_request *request;
	const struct plan_facts *facts;	/* of the host */
	pid_t recorder;			/* as in struct reader_setup */
	struct guests *list;
	struct sandbox *sandbox;	/* as for sandbox_enter */
	bool spent;			/* we are inside one, without the right to leave */
};

#define GUEST_SPENT 2			/* WIRE_SPENT */

/**
 * guest_run(env, from):
 * Find the guests and walk the first, or go on behind ${from}: of a reader that was lost in
 * one, or had done it.  Before each live/container/PID.json says what it is and how it was
 * protected from us.  Before anything in a guest is read, the right to step into others and to
 * change mounts is given up; so each needs a reader of its own, and GUEST_SPENT says that
 * there is another one to be done, behind the guest that the cursor has.  Otherwise return as
 * walk_run; -1 too when there is no way back to our own namespace.
 */
int guest_run(struct guest_env *env, const struct cursor *from);

/**
 * guest_at(list, c):
 * The guest that a cursor is in, or NULL.
 */
const struct guest *guest_at(const struct guests *list, const struct cursor *c);

/**
 * guest_path(g, out):
 * Write "/proc/PID/root" into ${out} of GUEST_PREFIX_MAX bytes; return its length.
 */
size_t guest_path(const struct guest *g, char *out);

#endif

/*
 * glass: the private glass through which the host is read.
 *
 * A mount namespace of our own in which network, FUSE and automounted file
 * systems are detached, everything else is remounted read-only, noatime, nodev,
 * noexec, nosuid, and /proc is a procfs of our own.  The kernel itself then
 * forbids a change of content, access time or mount; the host's own table stays
 * as it is.  Every step that this kernel or our rights do not allow is noted and
 * the next best thing is done.  mount_namespaces(7), mount(2), fsopen(2).
 */
#ifndef EXHIBIT_HOST_GLASS_H
#define EXHIBIT_HOST_GLASS_H

#include <stdbool.h>
#include <stdint.h>

#define GLASS_NOTES_MAX 65536u		/* bytes of notes */
#define GLASS_GONE_MAX 65536u		/* bytes of the paths of what was detached */

/* What was done; may live in shared memory.  notes holds lines "what: how" ended
 * by LF, escaped text, ready for the session: "unenforced: ..." for its unenforced
 * lines, all others for its glass lines.  gone holds the mount points that were
 * detached, raw, each ended by NUL: the walk must still say that something was
 * mounted there. */
struct glass {
	bool namespace_private;		/* unshare and private propagation worked */
	bool noatime;			/* every mount that stayed is read-only or noatime */
	bool own_proc;			/* /proc was mounted by us */
	uint32_t mounts_seen, mounts_readonly, mounts_detached, mounts_failed;
	uint32_t notes_len;
	bool notes_full;
	char notes[GLASS_NOTES_MAX];
	uint32_t gone_len;
	char gone[GLASS_GONE_MAX];
};

/**
 * glass_enter(g, root):
 * Put the calling process (single-threaded) behind glass; ${root} is the directory of
 * --root or NULL for the live host.  Ends in the directory "/".  Never fails as a whole:
 * ${g} says how far it came.  May block for ever in the kernel if a mount point lies
 * inside a dead file system, so it is called in a process that can be abandoned.
 * Without CAP_SYS_ADMIN nothing is done (no user namespace is made: it would hide
 * from us what the host shows).
 */
void glass_enter(struct glass *g, const char *root);

/* A place to be: descriptors of a mount namespace, of the directory in it that is "/", and
 * of a procfs that shows ourselves, wherever we are. */
struct glass_place {
	int ns, root, proc;
};

/**
 * glass_move(g, to, home):
 * Leave for a copy of the mount namespace of ${to}, private to us, hardened and without
 * risky mounts as above, with its root directory as "/" and current directory; no procfs
 * is mounted there, whose names may be traps.  The namespace itself does not change, but
 * its file systems stay in use until we leave.  setns(2).
 * Return 0, and glass_return must follow; -1 with errno: we are ${home} still or again; or 1:
 * there is no way back, and we must end.  May block as glass_enter may.
 */
int glass_move(struct glass *g, const struct glass_place *to, const struct glass_place *home);

/**
 * glass_return(home):
 * Be at ${home} again.  0, or -1: we are lost, and must end.
 */
int glass_return(const struct glass_place *home);

/**
 * glass_unavailable(g, why):
 * Note in ${g} that nothing was done, and why: all marks are cleared, notes begin
 * anew.  For the caller that had to do without glass_enter.
 */
void glass_unavailable(struct glass *g, const char *why);

#endif

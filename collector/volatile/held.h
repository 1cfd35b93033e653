/*
 * held: one file that a process holds, looked at and not opened.
 *
 * The links below /proc/PID (exe, fd/N, map_files/...) lead to the file itself, whatever has
 * become of its name.  What is behind one is learnt with O_PATH and statx(2), which open
 * nothing, wake no writer of a FIFO and ask no server; the type of its file system comes from
 * the mount table of the process, so that what could hang is known before it is read.
 */
#ifndef EXHIBIT_VOLATILE_HELD_H
#define EXHIBIT_VOLATILE_HELD_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "collector/acquire/mounts.h"
#include "collector/volatile/found.h"
#include "collector/volatile/process.h"
#include "collector/volatile/proc_lines.h"
#include "collector/volatile/source.h"
#include "lib/base/buf.h"

#define HELD_MOUNTS 256u		/* mounts remembered */

/* What lies behind a mount. */
struct held_mount {
	uint64_t id;
	bool listed;			/* in a mount table; else the kernel's own, or detached */
	enum mount_kind kind;
	uint64_t dev;			/* as struct found_file has it */
	char fstype[16];
};

/* Memory of a pass over all processes. */
struct held_room {
	struct proc_lines lines;
	struct held_mount mount[HELD_MOUNTS];
	uint32_t mounts, next;
};

struct held {
	struct bytes link;		/* text of the link, in text; empty: could not be read */
	struct bytes path;		/* the same without " (deleted)" */
	bool unlinked;			/* the text says that its name is gone */
	bool has_stat;
	struct item_stat st;
	struct held_mount mount;
	bool memfd;			/* made by memfd_create(2) */
	bool anonymous;			/* shared memory that never had a name of its own */
	int oserr;			/* why link or stat are missing */
	const char *syscall;
	char text[PATH_MAX + 1];
};

/**
 * held_link(env, p, name, h):
 * Read the text of the link ${name} ("exe") of process ${p}.  Return false if that failed.
 */
bool held_link(struct source_env *env, const struct process *p, const char *name,
	       struct held *h);

/**
 * held_look(env, room, p, name, h):
 * Look at the file behind the link, of which held_link or the caller has set the text.
 * Return false if that failed.
 */
bool held_look(struct source_env *env, struct held_room *room, const struct process *p,
	       const char *name, struct held *h);

/* Take the ${n} bytes of ${text} as the text of the link, cut at PATH_MAX. */
void held_text(struct held *h, const char *text, size_t n);

/**
 * held_file(env, h, by, pid, out):
 * Fill ${out} for the table: with depth CONTENT, and with the gap if it must not be opened
 * (network file system, one of the kernel's or of unknown type, hung mount, excluded by the
 * operator, ourselves).
 */
void held_file(struct source_env *env, const struct held *h, enum found_by by, pid_t pid,
	       struct found_file *out);

/* Append the JSON members of what is known, each after a comma: link, deleted, memfd, dev... */
void held_json(struct buf *b, const struct held *h);

/* Append ,"key":"text" escaped, and ,"key_b64" where escaping changed something. */
void held_json_raw(struct buf *b, const char *key, struct bytes raw);

#endif

/*
 * nsmap: which thread is in which namespaces, and under which root directory.
 *
 * One pass over the links /proc/PID/ns/... of every process and thread.  Threads that are
 * in the same namespaces and have the same root make a class, of which a host has few, so
 * that a thread costs twelve bytes.  The links are read, not followed; of a root directory
 * only device and inode are asked, which wakes no file system.  namespaces(7).
 */
#ifndef EXHIBIT_VOLATILE_NSMAP_H
#define EXHIBIT_VOLATILE_NSMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "collector/volatile/source.h"

#define NSMAP_CLASSES_MAX 4096u
#define NSMAP_MEMBERS_MAX 262144u	/* processes, and threads that differ from theirs */
#define NSMAP_MOUNTED_MAX 1024u		/* namespaces kept by a mount */

/* The links below ns/, and as the last two those of the namespaces of children to come. */
enum nsmap_link {
	NSMAP_CGROUP, NSMAP_IPC, NSMAP_MNT, NSMAP_NET, NSMAP_PID, NSMAP_TIME, NSMAP_USER,
	NSMAP_UTS, NSMAP_PID_CHILDREN, NSMAP_TIME_CHILDREN, NSMAP_LINKS
};

struct nsmap_class {
	uint64_t ino[NSMAP_LINKS];	/* 0: no such link, or not readable */
	uint64_t root_dev, root_ino;	/* root directory, dev as major << 32 | minor; or 0 */
};

struct nsmap_member {
	pid_t pid, tid;			/* tid 0: the process with all threads that are not named */
	uint32_t class;
};

/* A namespace that is mounted somewhere. */
struct nsmap_mounted {
	enum nsmap_link type;
	uint64_t ino;
};

struct nsmap {
	struct nsmap_class class[NSMAP_CLASSES_MAX];
	uint16_t slot[2 * NSMAP_CLASSES_MAX];	/* index by hash: number of a class + 1; 0: free */
	size_t classes;
	struct nsmap_member *member;	/* in the order of /proc */
	size_t members, member_room;
	struct nsmap_mounted mounted[NSMAP_MOUNTED_MAX];
	size_t mounteds;
	uint32_t left_out;		/* what no room was for */
	uint32_t unseen;		/* threads of which some link could not be read, */
	int oserr;			/* and why */
};

/**
 * nsmap_new(env):
 * Look at all threads.  NULL without memory; what *stop leaves out is not told.
 */
struct nsmap *nsmap_new(struct source_env *env);
void nsmap_free(struct nsmap *m);

/**
 * nsmap_add_mounts(m, text):
 * Note the namespaces that the mountinfo ${text} (NUL-terminated, overwritten) shows as
 * mounted.
 */
void nsmap_add_mounts(struct nsmap *m, char *text);

/* Name of a link ("pid_for_children"); type of the namespace that it leads to. */
const char *nsmap_link_name(enum nsmap_link l);
enum nsmap_link nsmap_link_type(enum nsmap_link l);

#endif

/*
 * kernelfs: file systems of the kernel that the host has not mounted.
 *
 * Probes, traces and the state of security modules show in file systems that need not be
 * mounted, and that an intruder can unmount.  They are mounted where everybody expects them,
 * in our own mount namespace, so that the host does not see it.  Only those are:
 * whose one instance the kernel holds anyway, so that mounting makes, reads and loads
 * nothing.  fsopen(2), fsmount(2), Linux 5.2.
 */
#ifndef EXHIBIT_HOST_KERNELFS_H
#define EXHIBIT_HOST_KERNELFS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/mountinfo.h"

enum kernelfs_result {
	KERNELFS_MOUNTED,	/* by us, read-only */
	KERNELFS_THERE,		/* the host has one, or has something else at its place */
	KERNELFS_UNKNOWN,	/* this kernel does not have it, or no place for it */
	KERNELFS_FAILED		/* errno says why: EPERM, ENOSYS before Linux 5.2 */
};

/* A row: type, and the directory where it belongs. */
struct kernelfs {
	const char *type;
	const char *path;
};

extern const struct kernelfs kernelfs_rows[];
extern const size_t kernelfs_count;

/**
 * kernelfs_mount(row, m, n, filesystems):
 * Mount it unless one of the ${n} mounts of our namespace is of its type or at its place.
 * ${filesystems} is the text of /proc/filesystems: asked for a type that is not in it,
 * the kernel would load a module.  The mount namespace must be our own.
 */
enum kernelfs_result kernelfs_mount(const struct kernelfs *row, const struct mountinfo *m,
				    size_t n, const char *filesystems);

/* True if the text of /proc/filesystems has a line for the type. */
bool kernelfs_known(const char *filesystems, const char *type);

#endif

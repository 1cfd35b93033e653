/*
 * device: a block device open for reading, found by number.
 *
 * A name below /dev can be anything on a host that was broken into, and behind the glass
 * no device can be opened by any name (nodev).  The number is what the kernel says of a mounted
 * file system.  So a node with that number is made in a tmpfs of our own that is nowhere to
 * be seen, opened, and is gone with it.
 */
#ifndef EXHIBIT_RAW_DEVICE_H
#define EXHIBIT_RAW_DEVICE_H

#include <stdint.h>

/* How the tmpfs is had. */
enum device_way {
	DEVICE_DETACHED,		/* fsmount(2), Linux 5.2: it is mounted nowhere */
	DEVICE_HIDDEN			/* mounted and detached in a mount namespace made for it, in
					 * which the caller stays */
};

/**
 * device_open(way, major, minor, call):
 * Open the block device for reading, without blocking and without claiming it.  Needs
 * CAP_SYS_ADMIN and CAP_MKNOD.  Return the descriptor, or -1 with errno and the name of the
 * system call that failed (static string) in ${call}; ENOSYS: this kernel lacks the way.
 */
int device_open(enum device_way way, uint32_t major, uint32_t minor, const char **call);

#endif

/*
 * room: buffers of getdents64(2) for every level of a walk, in one piece of memory.
 *
 * Large where directories are large, near the root; 1.4 MiB in all, of which a walk touches
 * as much as it is deep.
 */
#ifndef EXHIBIT_ACQUIRE_ROOM_H
#define EXHIBIT_ACQUIRE_ROOM_H

#include <stddef.h>
#include <stdint.h>

#include "collector/acquire/cursor.h"

#define ROOM_LARGE_LEVELS 8u
#define ROOM_LARGE 32768u		/* bytes for each of the first levels, */
#define ROOM_MIDDLE_LEVELS 64u
#define ROOM_MIDDLE 4096u		/* of those up to here, */
#define ROOM_SMALL 1024u		/* of the rest */
#define ROOM_SIZE (ROOM_LARGE_LEVELS * ROOM_LARGE + \
		   (ROOM_MIDDLE_LEVELS - ROOM_LARGE_LEVELS) * ROOM_MIDDLE + \
		   (CURSOR_DEPTH_MAX - ROOM_MIDDLE_LEVELS) * ROOM_SMALL)

/**
 * room_of(rooms, level, size):
 * The buffer of a level < CURSOR_DEPTH_MAX in ROOM_SIZE bytes that are aligned to 8; its size
 * in *${size}.
 */
char *room_of(char *rooms, uint32_t level, size_t *size);

#endif

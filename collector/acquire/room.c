#include "collector/acquire/room.h"

char *room_of(char *rooms, uint32_t level, size_t *size)
{
	if (level < ROOM_LARGE_LEVELS) {
		*size = ROOM_LARGE;
		return rooms + (size_t)level * ROOM_LARGE;
	}
	rooms += ROOM_LARGE_LEVELS * ROOM_LARGE;
	if (level < ROOM_MIDDLE_LEVELS) {
		*size = ROOM_MIDDLE;
		return rooms + (size_t)(level - ROOM_LARGE_LEVELS) * ROOM_MIDDLE;
	}
	rooms += (ROOM_MIDDLE_LEVELS - ROOM_LARGE_LEVELS) * ROOM_MIDDLE;
	*size = ROOM_SMALL;
	return rooms + (size_t)(level - ROOM_MIDDLE_LEVELS) * ROOM_SMALL;
}

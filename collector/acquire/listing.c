#include "collector/acquire/listing.h"

#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* struct linux_dirent64 of getdents64(2). */
struct record {
	uint64_t ino;
	int64_t off;
	uint16_t len;
	uint8_t type;
	char name[];
};

int listing_fill(struct listing *l, struct pulse *pulse)
{
	long n;

	pulse_call(pulse, PULSE_LIST);
	n = syscall(SYS_getdents64, l->fd, l->buffer, l->size);
	pulse_idle(pulse);
	l->at = 0;
	l->used = n > 0 ? (size_t)n : 0;
	return n > 0 ? 1 : (int)n;
}

static bool is_dot(const char *name)
{
	return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

int listing_next(struct listing *l, struct listing_entry *out)
{
	while (l->at < l->used) {
		const struct record *r = (const struct record *)(const void *)(l->buffer + l->at);

		l->at += r->len;
		if (is_dot(r->name))
			continue;
		l->entries++;
		*out = (struct listing_entry){ r->name, strlen(r->name), r->off, r->type,
						r->ino };
		return 1;
	}
	return 0;
}

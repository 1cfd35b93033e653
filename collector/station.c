#include "collector/station.h"

#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Whole pages inside the station; its edges may share a page with a neighbour. */
#define PAGE 4096u

struct board *station_board(void)
{
	void *p = mmap(NULL, sizeof(struct board), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* All but the messages, which nobody reads before they are written. */
void station_clear(struct station *s)
{
	memset(s, 0, offsetof(struct station, ring) + offsetof(struct ring, data));
}

void station_retire(struct station *s)
{
	uintptr_t from = ((uintptr_t)s + PAGE - 1) & ~(uintptr_t)(PAGE - 1);
	uintptr_t to = (uintptr_t)(s + 1) & ~(uintptr_t)(PAGE - 1);

	ring_close(&s->ring);
	atomic_store(&s->stop, 1);
	/* our view of it: its memory stays as long as its reader */
	madvise((void *)from, to - from, MADV_DONTNEED);
}

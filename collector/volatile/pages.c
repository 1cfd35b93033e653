#include "collector/volatile/pages.h"

#include <errno.h>
#include <unistd.h>

#define ENTRIES 4096u			/* words of one read: 16 MiB of addresses */
#define PRESENT (UINT64_C(1) << 63)
#define SWAPPED (UINT64_C(1) << 62)
#define FILE_OR_SHARED (UINT64_C(1) << 61)

bool pages_private(uint64_t entry)
{
	return (entry & (PRESENT | FILE_OR_SHARED)) == PRESENT;
}

size_t pages_look(struct pages *p, uint64_t address, uint64_t *out, size_t count)
{
	ssize_t n;

	pulse_call(p->env->pulse, PULSE_READ);
	n = pread(p->fd, out, count * sizeof(*out), (off_t)(address / p->size * sizeof(*out)));
	if (n < 0)
		p->oserr = errno;
	pulse_idle(p->env->pulse);
	return n < 0 ? 0 : (size_t)n / sizeof(*out);
}

/* Longer runs of one mapping, not runs across two. */
static void add(struct pages *p, uint64_t address, size_t own)
{
	struct memory_runs *list = &p->runs;
	struct memory_run *before = list->count > own ? &list->run[list->count - 1] : NULL;

	if (p->bytes + p->size > p->cap) {
		p->capped = true;
		return;
	}
	if (before != NULL && before->last + 1 == address) {
		before->last += p->size;
	} else if (!memory_map_add(list, (struct memory_run){ address, address + p->size - 1,
							      address })) {
		p->capped = true;
		return;
	}
	p->bytes += p->size;
}

static void sort_out(struct pages *p, uint64_t entry, uint64_t address, size_t own)
{
	if (pages_private(entry))
		add(p, address, own);
	else if (entry & SWAPPED)
		p->swapped++;
	else if (entry & PRESENT)
		p->elsewhere++;
}

void pages_collect(struct pages *p, const struct region *r)
{
	size_t own = p->runs.count;
	uint64_t entries[ENTRIES], at = r->first;

	while (at <= r->last && !p->capped && !source_stopped(p->env)) {
		uint64_t left = (r->last - at) / p->size + 1;
		size_t n = pages_look(p, at, entries, left < ENTRIES ? (size_t)left : ENTRIES);

		for (size_t i = 0; i < n; i++)
			sort_out(p, entries[i], at + i * p->size, own);
		if (n == 0)
			return;
		at += n * p->size;
		p->looked += n;
		if (p->looked >= PAGES_LOOKED_MAX)
			p->capped = true;
	}
}

#include "workstation/parse/rpm_ndb.h"

#include <string.h>

#include "workstation/parse/binary.h"

#define HEADER 32u /* bytes each */
#define SLOT 16u
#define BLOCK 16u
#define BLOB_HEAD 16u
#define PAGE 4096u

static uint32_t number(const struct rpm_ndb *d, size_t at)
{
	return binary_u32(d->p + at, false);
}

bool rpm_ndb_open(struct rpm_ndb *d, const void *p, size_t n)
{
	uint64_t end;

	*d = (struct rpm_ndb){ .p = p, .n = n, .at = HEADER };
	if (n < HEADER || memcmp(d->p, "RpmP", 4) != 0 || number(d, 4) != 0)
		return false;
	end = (uint64_t)number(d, 12) * PAGE;
	d->end = end < n ? (size_t)end : n;
	return true;
}

/* The package of the slot at ${at}; false if there is none. */
static bool read_slot(struct rpm_ndb *d, size_t at, struct bytes *out, uint64_t *pos)
{
	uint64_t blob = (uint64_t)number(d, at + 8) * BLOCK;
	uint32_t len;

	if (memcmp(d->p + at, "Slot", 4) != 0 || blob > d->n || d->n - blob < BLOB_HEAD)
		return false;
	if (memcmp(d->p + blob, "BlbS", 4) != 0 || number(d, (size_t)blob + 4) != number(d, at + 4))
		return false;
	len = number(d, (size_t)blob + 12);
	if (len > d->n - blob - BLOB_HEAD)
		return false;
	*pos = blob + BLOB_HEAD;
	*out = (struct bytes){ d->p + *pos, len };
	return true;
}

bool rpm_ndb_next(struct rpm_ndb *d, struct bytes *out, uint64_t *pos)
{
	while (d->at < d->end && d->end - d->at >= SLOT) {
		size_t at = d->at;

		d->at += SLOT;
		if (read_slot(d, at, out, pos))
			return true;
		d->bad += number(d, at + 8) != 0;
	}
	return false;
}

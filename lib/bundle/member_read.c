#include "lib/bundle/member_read.h"

#include <stdlib.h>
#include <string.h>

#include "lib/bundle/bundle_read.h"
#include "lib/hash/digest.h"

struct member_read {
	struct digest *logical;
	struct digest *data;	/* of a sparse member */
	bool sparse;
	bool holes_too;		/* the logical content is hashed */
	uint64_t size;
	uint64_t reached;	/* logical offset up to which it was hashed */
};

struct member_read *member_read_new(void)
{
	struct member_read *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->logical = digest_new();
	r->data = digest_new();
	if (r->logical == NULL || r->data == NULL) {
		member_read_free(r);
		return NULL;
	}
	return r;
}

void member_read_free(struct member_read *r)
{
	if (r == NULL)
		return;
	digest_free(r->logical);
	digest_free(r->data);
	free(r);
}

void member_read_begin(struct member_read *r, const struct pax_member *m)
{
	digest_reset(r->logical);
	digest_reset(r->data);
	r->sparse = m->extents != NULL;
	r->holes_too = m->size - m->data <= BUNDLE_HOLES_HASHED;
	r->size = m->size;
	r->reached = 0;
}

/* Holes are what was not given. */
static void hash_hole(struct member_read *r, uint64_t until)
{
	if (r->holes_too && until > r->reached)
		digest_add_zeros(r->logical, until - r->reached);
	r->reached = until;
}

void member_read_data(struct member_read *r, const void *data, size_t n, uint64_t offset)
{
	hash_hole(r, offset);
	if (r->holes_too)
		digest_add(r->logical, data, n);
	if (r->sparse)
		digest_add(r->data, data, n);
	r->reached += n;
}

void member_read_end(struct member_read *r, struct roll_member *out)
{
	hash_hole(r, r->size);
	digest_peek(r->logical, out->hash);
	digest_peek(r->data, out->data_hash);
	out->has_hash = r->holes_too;
}

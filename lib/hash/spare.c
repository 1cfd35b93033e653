#include "lib/hash/spare.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/err.h"

/* Before each block of the store, as long as any alignment. */
struct head {
	_Alignas(16) size_t n;
};

static _Alignas(16) unsigned char store[SPARE_SIZE];
static _Atomic size_t used;

static bool is_ours(const void *p)
{
	uintptr_t at = (uintptr_t)p, from = (uintptr_t)store;

	return at >= from && at < from + sizeof(store);
}

static void *from_store(size_t n)
{
	size_t need = sizeof(struct head) + ((n + 15) & ~(size_t)15), at;
	struct head *head;

	at = n > SPARE_SIZE || atomic_load(&used) + need > SPARE_SIZE ? SPARE_SIZE :
	     atomic_fetch_add(&used, need);
	if (at + need > SPARE_SIZE) {
		err_starve();
		return NULL;
	}
	head = (struct head *)(void *)(store + at);
	head->n = n;
	return head + 1;
}

void *spare_malloc(size_t n, const char *file, int line)
{
	void *p = malloc(n);

	(void)file;
	(void)line;
	if (p == NULL)
		p = from_store(n);
	return p;
}

void *spare_realloc(void *p, size_t n, const char *file, int line)
{
	size_t before;
	void *q;

	if (p == NULL)
		return spare_malloc(n, file, line);
	if (!is_ours(p) && (q = realloc(p, n)) != NULL)
		return q;
	/* What malloc holds cannot be moved here: its length is not known. */
	if (!is_ours(p)) {
		err_starve();
		return NULL;
	}
	before = ((const struct head *)p)[-1].n;
	q = spare_malloc(n, file, line);
	if (q != NULL)
		memcpy(q, p, before < n ? before : n);
	return q;
}

void spare_free(void *p, const char *file, int line)
{
	(void)file;
	(void)line;
	if (!is_ours(p))
		free(p);
}

#include "workstation/parse/rpm_bdb.h"

#include "workstation/parse/binary.h"

#define HASH_MAGIC 0x061561u
#define META 72u /* bytes of a description that are looked at */
#define PAGE_HEADER 26u

/* Offsets in the description. */
enum { META_MAGIC = 12, META_PAGE_SIZE = 20, META_ENCRYPTION = 24, META_TYPE = 25 };

/* Offsets in a page. */
enum { PAGE_NEXT = 16, PAGE_ENTRIES = 20, PAGE_FREE = 22, PAGE_TYPE = 25 };

enum { PAGE_UNSORTED = 2, PAGE_OVERFLOW = 7, PAGE_HASHMETA = 8, PAGE_HASH = 13 };

/* How an item is kept; the first byte of it. */
enum { ITEM_HERE = 1, ITEM_ELSEWHERE = 3 };
enum { ELSEWHERE_PAGE = 4, ELSEWHERE_LENGTH = 8, ELSEWHERE_SIZE = 12 };

bool rpm_bdb_open(struct rpm_bdb *d, const void *p, size_t n)
{
	*d = (struct rpm_bdb){ .p = p, .n = n, .page = 1 };
	if (n < META)
		return false;
	d->big = binary_u32(d->p + META_MAGIC, true) == HASH_MAGIC;
	if (binary_u32(d->p + META_MAGIC, d->big) != HASH_MAGIC ||
	    d->p[META_TYPE] != PAGE_HASHMETA || d->p[META_ENCRYPTION] != 0)
		return false;
	d->page_size = binary_u32(d->p + META_PAGE_SIZE, d->big);
	if (d->page_size < 512 || d->page_size > 65536 || (d->page_size & (d->page_size - 1)))
		return false;
	d->pages = n / d->page_size < UINT32_MAX ? (uint32_t)(n / d->page_size) : UINT32_MAX;
	d->budget = d->pages;
	buf_init(&d->blob, RPM_BDB_BLOB_MAX);
	return true;
}

void rpm_bdb_close(struct rpm_bdb *d)
{
	buf_release(&d->blob);
}

static const uint8_t *page_at(const struct rpm_bdb *d, uint32_t number)
{
	return d->p + (size_t)number * d->page_size;
}

static uint32_t half(const struct rpm_bdb *d, const uint8_t *p)
{
	return binary_u16(p, d->big);
}

/* Item ${i} of a page: it ends where the one before begins. */
static bool item_of(const struct rpm_bdb *d, const uint8_t *page, uint32_t i, struct bytes *out)
{
	uint32_t begin, end = d->page_size, index = PAGE_HEADER + 2 * i;

	if (index + 2 > d->page_size)
		return false;
	begin = half(d, page + index);
	if (i > 0)
		end = half(d, page + index - 2);
	if (begin < index + 2 || begin >= end || end > d->page_size)
		return false;
	*out = (struct bytes){ page + begin, end - begin };
	return true;
}

/* Gather a chain of overflow pages. */
static bool gather(struct rpm_bdb *d, uint32_t number, uint32_t length)
{
	buf_clear(&d->blob);
	while (d->blob.len < length && number != 0 && number < d->pages && d->budget > 0) {
		const uint8_t *page = page_at(d, number);
		uint32_t here = half(d, page + PAGE_FREE);
		size_t left = length - d->blob.len;

		d->budget--;
		if (page[PAGE_TYPE] != PAGE_OVERFLOW || here > d->page_size - PAGE_HEADER)
			return false;
		buf_add(&d->blob, page + PAGE_HEADER, here < left ? here : left);
		number = binary_u32(page + PAGE_NEXT, d->big);
	}
	return !d->blob.failed && d->blob.len == length;
}

static bool data_of(struct rpm_bdb *d, struct bytes item, struct bytes *out, uint64_t *pos)
{
	const uint8_t *p = item.p;
	uint32_t number;

	if (p[0] == ITEM_HERE) {
		*out = (struct bytes){ p + 1, item.len - 1 };
		*pos = (uint64_t)(p + 1 - d->p);
		return true;
	}
	if (p[0] != ITEM_ELSEWHERE || item.len < ELSEWHERE_SIZE)
		return false;
	number = binary_u32(p + ELSEWHERE_PAGE, d->big);
	if (!gather(d, number, binary_u32(p + ELSEWHERE_LENGTH, d->big)))
		return false;
	*out = (struct bytes){ d->blob.p, d->blob.len };
	*pos = (uint64_t)number * d->page_size + PAGE_HEADER;
	return true;
}

/* The number of the package, of the byte order of the host; 0 is none. */
static bool is_package(struct bytes key)
{
	const uint8_t *p = key.p;

	return key.len == 5 && p[0] == ITEM_HERE && (p[1] | p[2] | p[3] | p[4]) != 0;
}

/* The next pair of key and data on the page. */
static bool next_on_page(struct rpm_bdb *d, const uint8_t *page, struct bytes *out, uint64_t *pos)
{
	uint32_t entries = half(d, page + PAGE_ENTRIES);
	struct bytes key, data;

	while (d->item + 1 < entries) {
		uint32_t i = d->item;

		d->item += 2;
		if (!item_of(d, page, i, &key)) {
			d->bad++;
			return false;
		}
		if (!is_package(key))
			continue;
		if (item_of(d, page, i + 1, &data) && data_of(d, data, out, pos))
			return true;
		d->bad++;
	}
	return false;
}

bool rpm_bdb_next(struct rpm_bdb *d, struct bytes *out, uint64_t *pos)
{
	for (; d->page < d->pages; d->page++, d->item = 0) {
		const uint8_t *page = page_at(d, d->page);

		if (page[PAGE_TYPE] != PAGE_HASH && page[PAGE_TYPE] != PAGE_UNSORTED)
			continue;
		if (next_on_page(d, page, out, pos))
			return true;
	}
	return false;
}

#include "collector/volatile/raw_list.h"

#include <dirent.h>
#include <errno.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collector/acquire/listing.h"

#define NAME_BYTES 255u
#define ROOM 32768u			/* bytes of one getdents64(2) */

void raw_list_init(struct raw_list *l)
{
	buf_init(&l->bytes, RAW_LIST_BYTES);
	buf_init(&l->rows, RAW_LIST_MAX * sizeof(struct raw_name));
	l->n = 0;
	l->full = false;
}

void raw_list_release(struct raw_list *l)
{
	buf_release(&l->bytes);
	buf_release(&l->rows);
}

void raw_list_clear(struct raw_list *l)
{
	buf_clear(&l->bytes);
	buf_clear(&l->rows);
	l->n = 0;
	l->full = false;
}

bool raw_list_add(struct raw_list *l, const void *name, size_t len, uint32_t ino, uint8_t type)
{
	struct raw_name row = { (uint32_t)l->bytes.len, (uint8_t)len, type, ino };

	if (len == 0 || len > NAME_BYTES)
		return true;
	if (l->n < RAW_LIST_MAX) {
		buf_add(&l->bytes, name, len);
		buf_add(&l->rows, &row, sizeof(row));
	}
	l->full = l->full || l->n == RAW_LIST_MAX || l->bytes.failed || l->rows.failed;
	l->n += !l->full;
	return !l->full;
}

const struct raw_name *raw_list_at(const struct raw_list *l, size_t i)
{
	return (const struct raw_name *)(const void *)l->rows.p + i;
}

const char *raw_list_name(const struct raw_list *l, const struct raw_name *name)
{
	return l->bytes.p + name->at;
}

static int by_bytes(const char *a, size_t a_len, const char *b, size_t b_len)
{
	int order = memcmp(a, b, a_len < b_len ? a_len : b_len);

	return order != 0 ? order : (a_len > b_len) - (a_len < b_len);
}

/* A damaged directory can have a name twice: then by number. */
static int by_name(const void *a, const void *b, void *bytes)
{
	const struct raw_name *x = a, *y = b;
	const char *p = bytes;
	int order = by_bytes(p + x->at, x->len, p + y->at, y->len);

	return order != 0 ? order : (x->ino > y->ino) - (x->ino < y->ino);
}

void raw_list_sort(struct raw_list *l)
{
	if (l->n > 1)
		qsort_r(l->rows.p, l->n, sizeof(struct raw_name), by_name, l->bytes.p);
}

int raw_list_live(struct raw_list *l, int fd, struct pulse *pulse)
{
	static alignas(8) char room[ROOM];
	struct listing listing = { .fd = fd, .buffer = room, .size = sizeof(room) };
	struct listing_entry e;
	int more;

	raw_list_clear(l);
	if (lseek(fd, 0, SEEK_SET) != 0)
		return -1;
	while ((more = listing_fill(&listing, pulse)) > 0)
		while (listing_next(&listing, &e) > 0)
			raw_list_add(l, e.name, e.len, (uint32_t)e.ino, e.type);
	raw_list_sort(l);
	return more;
}

void raw_list_odds_init(struct raw_odds *o)
{
	buf_init(&o->bytes, RAW_ODDS_BYTES);
	buf_init(&o->rows, RAW_ODDS_MAX * sizeof(struct raw_odd));
	raw_list_odds_clear(o);
}

void raw_list_odds_clear(struct raw_odds *o)
{
	buf_clear(&o->bytes);
	buf_clear(&o->rows);
	o->n = 0;
}

void raw_list_odds_release(struct raw_odds *o)
{
	buf_release(&o->bytes);
	buf_release(&o->rows);
	o->n = 0;
}

const struct raw_odd *raw_list_odd(const struct raw_odds *o, size_t i)
{
	return (const struct raw_odd *)(const void *)o->rows.p + i;
}

const char *raw_list_odd_name(const struct raw_odds *o, const struct raw_odd *odd)
{
	return o->bytes.p + odd->at;
}

static void odd_add(struct raw_odds *o, const char *name, struct raw_odd odd)
{
	odd.at = (uint32_t)o->bytes.len;
	buf_add(&o->bytes, name, odd.len);
	buf_add(&o->rows, &odd, sizeof(odd));
	o->n += !o->bytes.failed && !o->rows.failed;
}

static bool agree(const struct raw_name *live, const struct raw_name *raw)
{
	return live->ino == raw->ino && (live->type == raw->type || live->type == DT_UNKNOWN ||
					 raw->type == DT_UNKNOWN);
}

/* A name that the live side has (a), or the device (b), or both: then they do not agree. */
static void tell(const struct raw_list *live, const struct raw_name *a,
		 const struct raw_list *raw, const struct raw_name *b, struct raw_odds *out)
{
	struct raw_odd odd = { 0 };

	if (a != NULL) {
		odd.len = a->len;
		odd.live_ino = a->ino;
		odd.live_type = a->type;
	}
	if (b != NULL) {
		odd.len = b->len;
		odd.raw_ino = b->ino;
		odd.raw_type = b->type;
	}
	if (a != NULL)
		odd_add(out, raw_list_name(live, a), odd);
	else if (b != NULL)
		odd_add(out, raw_list_name(raw, b), odd);
}

void raw_list_compare(const struct raw_list *live, const struct raw_list *raw,
		      struct raw_odds *out)
{
	size_t i = 0, k = 0;

	while (i < live->n && k < raw->n) {
		const struct raw_name *a = raw_list_at(live, i), *b = raw_list_at(raw, k);
		int order = by_bytes(raw_list_name(live, a), a->len, raw_list_name(raw, b), b->len);

		if (order != 0 || !agree(a, b))
			tell(live, order <= 0 ? a : NULL, raw, order >= 0 ? b : NULL, out);
		i += order <= 0;
		k += order >= 0;
	}
	for (; i < live->n; i++)
		tell(live, raw_list_at(live, i), raw, NULL, out);
	for (; k < raw->n; k++)
		tell(live, NULL, raw, raw_list_at(raw, k), out);
}

void raw_list_still(struct raw_odds *before, const struct raw_odds *now)
{
	struct raw_odd *rows = (struct raw_odd *)(void *)before->rows.p;
	size_t kept = 0, k = 0;

	for (size_t i = 0; i < before->n; i++) {
		const struct raw_odd *a = &rows[i], *b = NULL;
		const char *name = raw_list_odd_name(before, a);
		int order = 1;

		while (k < now->n && order > 0) {
			b = raw_list_odd(now, k);
			order = by_bytes(name, a->len, raw_list_odd_name(now, b), b->len);
			k += order >= 0;
		}
		if (order == 0 && a->live_ino == b->live_ino && a->raw_ino == b->raw_ino)
			rows[kept++] = *a;
	}
	before->n = kept;
}

#include "workstation/parse/sdjournal.h"

#include <lzma.h>
#include <string.h>
#include <zstd.h>

#include "workstation/parse/binary.h"
#include "workstation/parse/lz4block.h"

/* Offsets in the header, and the least that has been written of it. */
enum { INCOMPATIBLE = 12, STATE = 16, HEADER_SIZE = 88, N_ENTRIES = 152, HEADER_LEAST = 208 };

/* Incompatible flags. */
enum { FLAG_XZ = 1, FLAG_LZ4 = 2, FLAG_KEYED = 4, FLAG_ZSTD = 8, FLAG_COMPACT = 16, FLAG_ALL = 31 };

/* An object: type, flags, six bytes, size; then what the type has. */
enum { OBJECT_HEAD = 16, OBJECT_DATA = 1, OBJECT_ENTRY = 3, OBJECT_TYPES = 8 };
enum { DATA_HEAD = 64, DATA_HEAD_COMPACT = 72, ENTRY_HEAD = 64, ITEM = 16, ITEM_COMPACT = 4 };

/* Bytes that decoding xz may take: a dictionary as journald writes, which is small. */
#define XZ_MEMORY (32u << 20)

enum sdjournal_begin sdjournal_open(struct sdjournal *j, const void *p, size_t n)
{
	uint64_t head;
	uint32_t flags;

	memset(j, 0, sizeof(*j));
	buf_init(&j->text, SDJOURNAL_FIELD_MAX);
	j->p = p;
	j->n = n;
	if (n < HEADER_LEAST || memcmp(p, "LPKSHHRH", 8) != 0)
		return SDJOURNAL_NO_JOURNAL;
	flags = binary_le32(j->p + INCOMPATIBLE);
	if ((flags & ~(uint32_t)FLAG_ALL) != 0)
		return SDJOURNAL_UNKNOWN;
	head = binary_le64(j->p + HEADER_SIZE);
	if (head < HEADER_LEAST || head > n || head % 8 != 0)
		return SDJOURNAL_NO_JOURNAL;
	j->compact = (flags & FLAG_COMPACT) != 0;
	j->state = j->p[STATE];
	j->entries = binary_le64(j->p + N_ENTRIES);
	j->at = (size_t)head;
	return SDJOURNAL_OK;
}

void sdjournal_close(struct sdjournal *j)
{
	buf_release(&j->text);
}

/* The size of the object at ${at}; 0: there is none. */
static size_t object_size(const struct sdjournal *j, size_t at)
{
	uint64_t size;

	if (at > j->n || j->n - at < OBJECT_HEAD)
		return 0;
	size = binary_le64(j->p + at + 8);
	return size >= OBJECT_HEAD && size <= j->n - at ? (size_t)size : 0;
}

static void read_entry(const struct sdjournal *j, size_t at, size_t size,
		       struct sdjournal_entry *out)
{
	const uint8_t *p = j->p + at;

	*out = (struct sdjournal_entry){
		.pos = at,
		.seqnum = binary_le64(p + 16),
		.realtime = binary_le64(p + 24),
		.monotonic = binary_le64(p + 32),
		.items = at + ENTRY_HEAD,
		.count = (size - ENTRY_HEAD) / (j->compact ? ITEM_COMPACT : ITEM),
	};
	memcpy(out->boot, p + 40, sizeof(out->boot));
}

bool sdjournal_next(struct sdjournal *j, struct sdjournal_entry *out)
{
	while (j->n - j->at >= OBJECT_HEAD) {
		size_t at = j->at, size = object_size(j, at);
		uint8_t type = j->p[at];

		/* what is not used yet is zero */
		if (binary_zero(j->p + at, OBJECT_HEAD))
			return false;
		if (size == 0 || type == 0 || type >= OBJECT_TYPES) {
			j->damaged = true;
			return false;
		}
		j->at = size + 7 > j->n - at ? j->n : at + ((size + 7) & ~(size_t)7);
		if (type == OBJECT_ENTRY && size >= ENTRY_HEAD) {
			read_entry(j, at, size, out);
			return true;
		}
	}
	return false;
}

static bool unzstd(struct buf *out, const uint8_t *p, size_t n)
{
	ZSTD_inBuffer from = { p, n, 0 };
	ZSTD_outBuffer to = { buf_room(out, SDJOURNAL_FIELD_MAX), SDJOURNAL_FIELD_MAX, 0 };
	ZSTD_DCtx *d = ZSTD_createDCtx();
	size_t r = 1;

	if (d != NULL && to.dst != NULL) {
		ZSTD_DCtx_setParameter(d, ZSTD_d_windowLogMax, 27);
		r = ZSTD_decompressStream(d, &to, &from);
	}
	ZSTD_freeDCtx(d);
	out->len = to.pos;
	return !ZSTD_isError(r) && to.pos > 0;
}

static bool unxz(struct buf *out, const uint8_t *p, size_t n)
{
	lzma_stream s = LZMA_STREAM_INIT;
	bool good;

	s.next_in = p;
	s.avail_in = n;
	s.next_out = (uint8_t *)buf_room(out, SDJOURNAL_FIELD_MAX);
	s.avail_out = SDJOURNAL_FIELD_MAX;
	good = s.next_out != NULL && lzma_stream_decoder(&s, XZ_MEMORY, 0) == LZMA_OK;
	if (good) {
		lzma_ret r = lzma_code(&s, LZMA_RUN);

		good = r == LZMA_OK || r == LZMA_STREAM_END;
		out->len = SDJOURNAL_FIELD_MAX - s.avail_out;
	}
	lzma_end(&s);
	return good && out->len > 0;
}

/* Eight bytes of size in front. */
static bool unlz4(struct buf *out, const uint8_t *p, size_t n)
{
	uint8_t *to = (uint8_t *)buf_room(out, SDJOURNAL_FIELD_MAX);
	size_t got;

	if (n < 8 || to == NULL)
		return false;
	got = lz4block_decode(to, SDJOURNAL_FIELD_MAX, p + 8, n - 8);
	if (got == SIZE_MAX)
		return false;
	out->len = got;
	return got > 0;
}

/* The bytes "NAME=value" of the data object at ${at}. */
static bool payload(struct sdjournal *j, size_t at, struct bytes *out)
{
	size_t size = object_size(j, at), head = j->compact ? DATA_HEAD_COMPACT : DATA_HEAD;
	const uint8_t *p;
	bool good = true;

	if (size <= head || j->p[at] != OBJECT_DATA)
		return false;
	p = j->p + at + head;
	size -= head;
	*out = (struct bytes){ p, size };
	if ((j->p[at + 1] & (FLAG_XZ | FLAG_LZ4 | FLAG_ZSTD)) == 0)
		return true;
	buf_clear(&j->text);
	if ((j->p[at + 1] & FLAG_XZ) != 0)
		good = unxz(&j->text, p, size);
	else if ((j->p[at + 1] & FLAG_LZ4) != 0)
		good = unlz4(&j->text, p, size);
	else
		good = unzstd(&j->text, p, size);
	*out = (struct bytes){ j->text.p, j->text.len };
	return good;
}

bool sdjournal_field(struct sdjournal *j, const struct sdjournal_entry *entry, size_t i,
		     struct bytes *name, struct bytes *value)
{
	const uint8_t *item = j->p + entry->items + i * (j->compact ? ITEM_COMPACT : ITEM);
	uint64_t at = j->compact ? binary_le32(item) : binary_le64(item);
	struct bytes all;
	const char *p;

	if (at > j->n || !payload(j, (size_t)at, &all))
		return false;
	p = memchr(all.p, '=', all.len);
	if (p == NULL)
		return false;
	*name = (struct bytes){ all.p, (size_t)(p - (const char *)all.p) };
	*value = (struct bytes){ p + 1, all.len - name->len - 1 };
	return true;
}

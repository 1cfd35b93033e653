#include "lib/bundle/roll.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"

#define BUCKETS 65536u		/* a power of two */
#define NOBODY UINT32_MAX

struct entry {
	struct roll_member m;
	size_t name_at, link_at;	/* in names, which may move */
	uint32_t next;			/* in the same bucket */
	bool listed, summed, data_only;
};

struct roll {
	struct entry *entries;
	size_t count, cap;
	size_t called;			/* entries before this one were called by the manifest */
	uint64_t evidence;
	struct buf names;
	uint32_t buckets[BUCKETS];
};

struct roll *roll_new(void)
{
	struct roll *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	buf_init(&r->names, ROLL_NAMES_MAX);
	roll_clear(r);
	return r;
}

void roll_free(struct roll *r)
{
	if (r == NULL)
		return;
	buf_release(&r->names);
	free(r->entries);
	free(r);
}

void roll_clear(struct roll *r)
{
	r->count = r->called = 0;
	r->evidence = 0;
	buf_clear(&r->names);
	memset(r->buckets, 0xff, sizeof(r->buckets));
}

/* FNV-1a.  Names chosen to collide cost time only, and the count is bounded. */
static uint32_t *bucket_of(struct roll *r, struct bytes name)
{
	const uint8_t *p = name.p;
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < name.len; i++)
		h = (h ^ p[i]) * 16777619u;
	return &r->buckets[(h ^ h >> 16) % BUCKETS];
}

static struct bytes name_of(const struct roll *r, const struct entry *e)
{
	return (struct bytes){ r->names.p + e->name_at, e->m.name.len };
}

static bool same(struct bytes a, struct bytes b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

static struct entry *find(struct roll *r, struct bytes name)
{
	for (uint32_t i = *bucket_of(r, name); i != NOBODY; i = r->entries[i].next) {
		if (same(name_of(r, &r->entries[i]), name))
			return &r->entries[i];
	}
	return NULL;
}

static int make_room(struct roll *r, const struct roll_member *m)
{
	size_t cap = r->cap == 0 ? 1024 : r->cap * 2;
	struct entry *p;

	if (m->name.len + m->link.len > r->names.max - r->names.len)
		return FINDING_LIMIT;
	if (r->count < r->cap)
		return FINDING_NONE;
	if (cap > ROLL_MEMBERS_MAX)
		return FINDING_LIMIT;
	p = realloc(r->entries, cap * sizeof(*p));
	if (p == NULL)
		return ROLL_NO_MEMORY;
	r->entries = p;
	r->cap = cap;
	return FINDING_NONE;
}

int roll_add(struct roll *r, const struct roll_member *m)
{
	uint32_t *bucket = bucket_of(r, m->name);
	struct entry *e;
	int room;

	if (find(r, m->name) != NULL)
		return FINDING_DUPLICATE;
	room = make_room(r, m);
	if (room != FINDING_NONE)
		return room;
	e = &r->entries[r->count];
	*e = (struct entry){ .m = *m, .name_at = r->names.len, .next = *bucket };
	buf_add(&r->names, m->name.p, m->name.len);
	e->link_at = r->names.len;
	buf_add(&r->names, m->link.p, m->link.len);
	if (r->names.failed)
		return ROLL_NO_MEMORY;
	*bucket = (uint32_t)r->count++;
	r->evidence += !m->text;
	return FINDING_NONE;
}

/* "[root]" before an absolute path of the host, nothing before live/... */
static bool is_member_of_path(struct bytes member, struct bytes path)
{
	static const char root[] = "[root]";
	size_t skip = path.len > 0 && *(const char *)path.p == '/' ? sizeof(root) - 1 : 0;

	if (member.len != path.len + skip || memcmp(member.p, root, skip) != 0)
		return false;
	return memcmp((const char *)member.p + skip, path.p, path.len) == 0;
}

static bool agrees(const struct roll *r, const struct entry *e, const struct manifest_line *l)
{
	struct bytes link = { r->names.p + e->link_at, e->m.link.len };

	if (e->m.type != l->type || e->m.hardlink != !!(l->has & MANIFEST_HAS_HARDLINK))
		return false;
	if (e->m.hardlink)
		return is_member_of_path(link, l->hardlink);
	if (e->m.type == ITEM_SYMLINK)
		return same(link, l->link);
	return !(l->has & MANIFEST_HAS_STORED) || l->stored == e->m.data;
}

/* A hard link has no content of its own; everything else but files has none. */
static bool content_agrees(struct entry *e, const struct manifest_line *l)
{
	const uint8_t *want;

	if (e->m.type != ITEM_FILE || e->m.hardlink)
		return true;
	if (!manifest_read_stored(l, &want))
		return false;
	e->data_only = e->m.sparse && (l->has & MANIFEST_HAS_SHA256_DATA) != 0;
	if (e->data_only)
		return memcmp(e->m.data_hash, want, DIGEST_LEN) == 0;
	return e->m.has_hash && memcmp(e->m.hash, want, DIGEST_LEN) == 0;
}

enum finding_id roll_line(struct roll *r, const struct manifest_line *l)
{
	struct entry *e;
	size_t at;

	if (!(l->has & MANIFEST_HAS_MEMBER))
		return FINDING_NONE;
	e = find(r, l->member);
	if (e == NULL || e->m.text)
		return FINDING_MISSING;
	if (e->listed)
		return FINDING_LISTED_TWICE;
	e->listed = true;
	if (!agrees(r, e, l))
		return FINDING_DIFFERS;
	if (!content_agrees(e, l))
		return FINDING_HASH;
	at = (size_t)(e - r->entries);
	if (at < r->called)
		return FINDING_ORDER;
	r->called = at + 1;
	return FINDING_NONE;
}

/*
 * The sum of a hard link is that of its target, which may lie in an earlier
 * segment: compared if it is in this one, else left to sha256sum -c.
 */
static const struct entry *content_of(struct roll *r, struct entry *e)
{
	if (!e->m.hardlink)
		return e;
	return find(r, (struct bytes){ r->names.p + e->link_at, e->m.link.len });
}

enum finding_id roll_sum(struct roll *r, struct bytes name, const uint8_t hash[DIGEST_LEN])
{
	struct entry *e = find(r, name);
	const struct entry *content;

	if (e == NULL || e->m.type != ITEM_FILE)
		return FINDING_SUM_MISSING;
	e->summed = true;
	content = content_of(r, e);
	if (content == NULL || content->data_only)
		return FINDING_NONE;
	if (!content->m.has_hash || memcmp(content->m.hash, hash, DIGEST_LEN) != 0)
		return FINDING_SUM;
	return FINDING_NONE;
}

bool roll_unlisted(const struct roll *r, struct bytes *name)
{
	for (size_t i = 0; i < r->count; i++) {
		*name = name_of(r, &r->entries[i]);
		if (!r->entries[i].listed && !r->entries[i].m.text)
			return true;
	}
	return false;
}

bool roll_unsummed(const struct roll *r, struct bytes *name)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct entry *e = &r->entries[i];

		*name = name_of(r, e);
		if (e->m.type == ITEM_FILE && !e->summed && !e->data_only && !e->m.hardlink)
			return true;
	}
	return false;
}

uint64_t roll_evidence(const struct roll *r)
{
	return r->evidence;
}

/*
 * The second pass: every member that a loader wants, to each that does, unpacked.
 */
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "workstation/case/case_query.h"
#include "workstation/case/intake_state.h"
#include "workstation/case/reading.h"
#include "workstation/case/zones.h"
#include "workstation/parse/unpack.h"

#define READERS_MAX 16u /* of one member, under all of its names */
#define ZEROS 65536u

/* One pass over the members. */
struct content {
	struct intake *in;
	struct case_query *by_member, *by_content; /* an object by its member, by hardlink_of */
	struct buf escaped, names; /* names: of the member, raw, one behind the other */
	struct reading readers[READERS_MAX];
	size_t count;
	struct unpack *unpack; /* NULL: no loader wants this member */
	uint64_t size;         /* of the member, holes included */
	uint64_t at, limit;    /* bytes handed in; as many as are wanted */
};

/* Every reader gets the plain bytes; an unpack_take. */
static int spread(void *ctx, const void *data, size_t n)
{
	struct content *c = ctx;

	for (size_t i = 0; i < c->count; i++)
		if (reading_add(&c->readers[i], data, n) != 0)
			return -1;
	return 0;
}

static int note_end(struct reading *r, enum unpack_end end, enum unpack_kind kind)
{
	if (end == UNPACK_WHOLE || end == UNPACK_TOO_MUCH)
		return 0;
	return case_note(&r->l, (int64_t)r->pos, CASE_NULL, "unpack", "%s: %s", unpack_name(kind),
			 unpack_word(end));
}

/* The member is over, whole or not: everyone gives what is left, and memory back. */
static int finish(struct content *c, bool whole)
{
	enum unpack_end end = UNPACK_WHOLE;
	enum unpack_kind kind = UNPACK_PLAIN;
	int result = 0;

	if (c->unpack != NULL) {
		result = unpack_finish(c->unpack, &end);
		kind = unpack_kind(c->unpack);
		if (end == UNPACK_NO_MEMORY)
			result = err_set(c->in->e, 0, "no memory to unpack a member");
	}
	for (size_t i = 0; i < c->count; i++) {
		struct reading *r = &c->readers[i];

		if (result == 0)
			result = note_end(r, end, kind);
		if (reading_end(r, whole && end == UNPACK_WHOLE) != 0)
			result = -1;
		c->in->out->notes += r->l.notes;
	}
	unpack_free(c->unpack);
	c->unpack = NULL;
	c->count = 0;
	return result == 0 ? 0 : -1;
}

static bool has_reader(const struct content *c, const struct loader *row)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->readers[i].row == row)
			return true;
	return false;
}

/* One reader for each loader that wants the name of ${like} and has none of this member. */
static int add_readers(struct content *c, const struct loading *like)
{
	const struct loader *row;

	for (size_t i = 0; (row = loader_at(i)) != NULL && c->count < READERS_MAX; i++) {
		struct reading *r = &c->readers[c->count];

		if (!loader_wants(row, like->name) || has_reader(c, row))
			continue;
		*r = (struct reading){ .row = row, .l = *like };
		c->count++;
		if (c->limit < row->max)
			c->limit = row->max;
		if (reading_begin(r) != 0)
			return -1;
	}
	return 0;
}

/* A row of the queries: the object and its path, which is kept while the member lasts. */
static int take_object(struct content *c, struct case_query *q, struct loading *l)
{
	struct bytes path = case_query_text(q, 1), container = case_query_text(q, 3);
	size_t at = c->names.len;

	if (text_unescape(&c->names, path.p, path.len) != 0)
		return -1;
	l->path = (struct bytes){ c->names.p + at, c->names.len - at };
	at = c->names.len;
	if (container.p != NULL && text_unescape(&c->names, container.p, container.len) == 0)
		l->container = (struct bytes){ c->names.p + at, c->names.len - at };
	l->object = case_query_int(q, 0);
	l->mtime_ns = case_query_int(q, 2);
	l->name = loader_name(l->path);
	return 0;
}

/* Escaped text of raw bytes, to look for it in the database. */
static struct bytes escaped(struct content *c, struct bytes raw)
{
	buf_clear(&c->escaped);
	text_escape(&c->escaped, raw.p, raw.len);
	return (struct bytes){ c->escaped.p, c->escaped.len };
}

/* The names under which the same content lies elsewhere: hard links have no content of their
 * own, and a log may be one. */
static int add_links(struct content *c, const struct loading *like)
{
	struct loading l = *like;
	int r;

	case_query_reset(c->by_content);
	case_query_bind(c->by_content, 1, c->in->id);
	case_query_bind_text(c->by_content, 2, escaped(c, like->path));
	while ((r = case_query_step(c->by_content, c->in->e)) > 0 && c->count < READERS_MAX) {
		if (c->names.cap - c->names.len < 2 * (size_t)ITEM_PATH_MAX)
			break; /* what points into names must not move */
		if (take_object(c, c->by_content, &l) == 0 && add_readers(c, &l) != 0)
			return -1;
	}
	case_query_reset(c->by_content);
	return r < 0 ? -1 : 0;
}

static int look_up(struct content *c, const struct pax_member *m, struct loading *l)
{
	int r;

	case_query_reset(c->by_member);
	case_query_bind(c->by_member, 1, c->in->id);
	case_query_bind_text(c->by_member, 2, escaped(c, m->name));
	r = case_query_step(c->by_member, c->in->e);
	if (r > 0 && take_object(c, c->by_member, l) != 0)
		r = 0;
	case_query_reset(c->by_member);
	return r;
}

/* The zone of the clocks by which a member was written, and of the host first of all. */
static int set_zone(struct content *c, struct loading *l)
{
	struct zones_place place = { .db = l->db, .host = l->host, .name = c->in->host.tz };

	if (zones_of(c->in->run.zones, &place, &l->zone, l->e) != 0)
		return -1;
	place.root = (struct bytes){ l->path.p, l->path.len - l->name.len };
	return place.root.len == 0 ? 0 : zones_of(c->in->run.zones, &place, &l->zone, l->e);
}

/* Texts of the archive itself have no object: their name is their path. */
static int begin(struct content *c, const struct pax_member *m, enum bundle_kind kind)
{
	struct loading l = {
		.db = c->in->db,
		.host = c->in->id,
		.object = CASE_NULL,
		.path = m->name,
		.name = m->name,
		.mtime_ns = CASE_NULL,
		.size = m->size,
		.facts = &c->in->host,
		.run = &c->in->run,
		.e = c->in->e,
	};
	int r = kind == BUNDLE_EVIDENCE ? look_up(c, m, &l) : 1;

	if (r <= 0)
		return r; /* a member that no manifest lists is not evidence */
	if (kind != BUNDLE_EVIDENCE) {
		buf_add(&c->names, m->name.p, m->name.len);
		l.path = l.name = (struct bytes){ c->names.p, c->names.len };
	}
	if (set_zone(c, &l) != 0 || add_readers(c, &l) != 0 ||
	    (l.object != CASE_NULL && add_links(c, &l) != 0))
		return -1;
	if (c->count == 0)
		return 0;
	c->in->out->read++;
	c->unpack = unpack_new(c->limit + 1, spread, c);
	return c->unpack != NULL ? 0 : err_set(c->in->e, 0, "no memory to read a member");
}

static int on_member(void *ctx, const struct pax_member *m, enum bundle_kind kind)
{
	struct content *c = ctx;

	if (finish(c, false) != 0) /* one that did not end */
		return -1;
	c->at = c->limit = 0;
	c->size = m->size;
	buf_clear(&c->names);
	if (m->type != ITEM_FILE || m->hardlink || (kind != BUNDLE_EVIDENCE && kind != BUNDLE_TEXT))
		return BUNDLE_GO;
	if (++c->in->out->members % INTAKE_PROGRESS_EVERY == 0)
		intake_tell(c->in, "reading");
	return begin(c, m, kind) == 0 ? BUNDLE_GO : -1;
}

/* A hole, as far as anybody wants it. */
static int add_zeros(struct content *c, uint64_t until)
{
	static const uint8_t zeros[ZEROS];

	while (c->at < until && c->at <= c->limit) {
		size_t n = until - c->at < ZEROS ? (size_t)(until - c->at) : ZEROS;

		c->at += n;
		if (unpack_add(c->unpack, zeros, n) != 0)
			return -1;
	}
	c->at = until;
	return 0;
}

static int on_data(void *ctx, const void *data, size_t n, uint64_t offset)
{
	struct content *c = ctx;

	if (c->unpack == NULL)
		return BUNDLE_GO;
	if (add_zeros(c, offset) != 0)
		return -1;
	c->at += n;
	return unpack_add(c->unpack, data, n) == 0 ? BUNDLE_GO : -1;
}

static int on_member_end(void *ctx, const uint8_t *sha256)
{
	struct content *c = ctx;

	(void)sha256;
	/* a hole at the end has no data behind it */
	if (c->unpack != NULL && add_zeros(c, c->size) != 0)
		return -1;
	return finish(c, true) == 0 ? BUNDLE_GO : -1;
}

/* What was verified must be what was read. */
static int same(const struct intake *in, const struct bundle_facts *now)
{
	const struct bundle_facts *was = &in->out->facts;

	if (in->read != now->verdict || was->tar_bytes != now->tar_bytes ||
	    was->seals != now->seals || was->objects != now->objects ||
	    memcmp(was->root, now->root, sizeof(was->root)) != 0)
		return err_set(in->e, 0, "the archive was changed while it was read");
	return 0;
}

static int open_queries(struct content *c, struct err *e)
{
	static const char fields[] =
		"SELECT id, path, mtime, container FROM object WHERE host = ? AND ";
	char sql[160];

	snprintf(sql, sizeof(sql), "%smember = ?", fields);
	if (case_query_open(&c->by_member, c->in->db, sql, e) != 0)
		return -1;
	snprintf(sql, sizeof(sql), "%shardlink_of = ?", fields);
	return case_query_open(&c->by_content, c->in->db, sql, e);
}

/* Names must not move while readers point to them: room for all of them at once. */
static int prepare(struct content *c)
{
	buf_init(&c->escaped, DB_TEXT_MAX);
	buf_init(&c->names, DB_TEXT_MAX);
	if (buf_room(&c->names, 2 * (READERS_MAX + 2) * (size_t)ITEM_PATH_MAX) == NULL)
		return err_set(c->in->e, 0, "no memory to read members");
	return open_queries(c, c->in->e);
}

int intake_content(struct intake *in)
{
	static const struct bundle_visitor visitor = {
		.member = on_member,
		.data = on_data,
		.member_end = on_member_end,
	};
	struct content c = { .in = in };
	struct bundle_facts facts;
	int r = prepare(&c);

	intake_tell(in, "reading");
	if (r == 0)
		r = bundle_read(in->source->read, in->source->ctx, &visitor, &c, &facts, in->e);
	if (finish(&c, false) != 0 || r != 0)
		r = -1;
	if (r == 0)
		r = same(in, &facts);
	case_query_close(&c.by_member);
	case_query_close(&c.by_content);
	buf_release(&c.escaped);
	buf_release(&c.names);
	return r;
}

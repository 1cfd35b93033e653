#include "workstation/case/zones.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/fd.h"
#include "lib/base/text.h"
#include "workstation/case/case_query.h"
#include "workstation/case/host_path.h"
#include "workstation/parse/line.h"

#define MAGIC 4u /* "TZif" */
#define PLACES_MAX 4096u

/* A member that was kept: where it lies in the text of all. */
struct zone_file {
	size_t name, name_len, data, data_len;
};

struct zone_place {
	char *root; /* NULL: of the host */
	size_t root_len;
	struct zone zone;
	struct zone_place *next;
};

struct zones {
	struct buf text; /* must not move once a zone points into it: the first pass is over */
	struct zone_file *files;
	size_t count;
	struct buf name, data; /* of the member that is being read */
	unsigned quarters;     /* of the room, that it may take the last of */
	bool reading;
	struct zone_place *places;
	unsigned place_count;
};

static const struct zone utc[] = {
	{ .clock = { .width = 4, .rule = { .set = true } }, .known = false },
	{ .clock = { .width = 4, .rule = { .set = true } }, .known = true },
};

const struct zone *zones_by_name(struct bytes name)
{
	static const char *const names[] = { "UTC",       "UCT",       "GMT", "Zulu",
					     "Universal", "Greenwich", "GMT0" };
	struct bytes last = line_last(name);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (scan_is(last, names[i]))
			return &utc[1];
	return &utc[0];
}

struct zones *zones_new(void)
{
	struct zones *z = calloc(1, sizeof(*z));

	if (z == NULL)
		return NULL;
	buf_init(&z->text, ZONES_BYTES_MAX);
	buf_init(&z->name, HOST_PATH_MAX);
	buf_init(&z->data, TZIF_FILE_MAX);
	z->files = calloc(ZONES_FILES_MAX, sizeof(*z->files));
	if (z->files == NULL) {
		free(z);
		return NULL;
	}
	return z;
}

void zones_free(struct zones *z)
{
	if (z == NULL)
		return;
	while (z->places != NULL) {
		struct zone_place *next = z->places->next;

		free(z->places->root);
		free(z->places);
		z->places = next;
	}
	buf_release(&z->text);
	buf_release(&z->name);
	buf_release(&z->data);
	free(z->files);
	free(z);
}

/* ------------------------------------------------------------ the first pass */

/* How much of the room is open to a member, in quarters: what users and containers can write
 * leaves some for the host itself. */
static unsigned quarters_of(struct bytes member)
{
	struct scan s = line_of(member), at;
	bool container;
	uint64_t pid;

	if (!line_text(&s, "[root]"))
		return 1;
	at = s;
	container = line_text(&at, "/proc/") && line_u64(&at, &pid) && line_text(&at, "/root");
	if (container)
		s = at;
	if (line_text(&s, "/usr/share/zoneinfo/") || scan_is(line_rest(&s), "/etc/localtime"))
		return container ? 3 : 4;
	return 1;
}

void zones_member(struct zones *z, struct bytes member)
{
	z->quarters = quarters_of(member);
	buf_clear(&z->name);
	buf_clear(&z->data);
	buf_add(&z->name, member.p, member.len);
	z->reading = z->count < ZONES_FILES_MAX / 4 * z->quarters && !z->name.failed;
}

void zones_data(struct zones *z, const void *data, size_t n, uint64_t offset)
{
	size_t seen;

	if (!z->reading)
		return;
	z->reading = offset == z->data.len && n <= TZIF_FILE_MAX - z->data.len;
	if (!z->reading)
		return;
	buf_add(&z->data, data, n);
	seen = z->data.len < MAGIC ? z->data.len : MAGIC;
	z->reading = !z->data.failed && (seen == 0 || memcmp(z->data.p, "TZif", seen) == 0);
}

void zones_end(struct zones *z)
{
	struct zone_file f = { z->text.len, z->name.len, z->text.len + z->name.len, z->data.len };

	if (!z->reading || z->data.len < MAGIC)
		return;
	z->reading = false;
	if (f.data + f.data_len > ZONES_BYTES_MAX / 4 * z->quarters)
		return;
	buf_add(&z->text, z->name.p, z->name.len);
	buf_add(&z->text, z->data.p, z->data.len);
	if (!z->text.failed) {
		z->files[z->count++] = f;
		return;
	}
	z->text.failed = false;
	z->text.len = f.name;
}

/* ------------------------------------------------------------ the second pass */

static const char find_sql[] =
	"SELECT o.id, o.type, o.link, ifnull(o.member, (SELECT h.member FROM object h"
	" WHERE h.host = o.host AND h.path = o.hardlink_of AND h.member IS NOT NULL LIMIT 1))"
	" FROM object o WHERE o.host = ?1 AND o.path = ?2"
	" ORDER BY o.member IS NULL, o.hardlink_of IS NULL, o.type = 'unknown' LIMIT 1";

/* Where /etc/localtime leads. */
struct search {
	struct case_query *find;
	struct host_path dirs;
	const struct zones_place *place;
	struct buf path; /* escaped, as all here */
	struct buf root;
	int64_t object; /* of the file; CASE_NULL: none */
	struct buf member;
};

/* Take "//", "." and ".." out of s->path; not beyond its root. */
static void tidy(struct search *s)
{
	struct buf out;

	buf_init(&out, HOST_PATH_MAX);
	buf_add(&out, s->root.p, s->root.len);
	for (size_t i = s->root.len; i < s->path.len;) {
		const char *name = s->path.p + i;
		size_t n = 0;

		while (i + n < s->path.len && name[n] != '/')
			n++;
		i += n + 1;
		if (n == 2 && memcmp(name, "..", 2) == 0) {
			while (out.len > s->root.len && out.p[--out.len] != '/')
				;
		} else if (n > 0 && !(n == 1 && *name == '.')) {
			buf_putc(&out, '/');
			buf_add(&out, name, n);
		}
	}
	buf_release(&s->path);
	s->path = out;
}

/* Go to ${target}, seen from the directory of s->path. */
static void turn(struct search *s, struct bytes target)
{
	struct buf next;

	buf_init(&next, HOST_PATH_MAX);
	if (target.len > 0 && *(const char *)target.p == '/') {
		buf_add(&next, s->root.p, s->root.len);
	} else {
		buf_add(&next, s->path.p, s->path.len);
		buf_puts(&next, "/../");
	}
	buf_add(&next, target.p, target.len);
	buf_release(&s->path);
	s->path = next;
	tidy(s);
}

/* The row of s->path: 1, 0, -1.  On the host, directories may be links. */
static int look(struct search *s, struct err *e)
{
	enum host_path_kind kind;
	struct bytes real;
	int r;

	for (unsigned tries = 0; tries < 2; tries++) {
		case_query_reset(s->find);
		case_query_bind(s->find, 1, s->place->host);
		case_query_bind_text(s->find, 2, (struct bytes){ s->path.p, s->path.len });
		r = case_query_step(s->find, e);
		if (r != 0 || tries > 0 || s->root.len > 0)
			return r;
		if (host_path_real(&s->dirs, (struct bytes){ s->path.p, s->path.len }, &real,
				   &kind) != 0)
			return -1;
		if (real.p == NULL)
			return 0;
		buf_clear(&s->path);
		buf_add(&s->path, real.p, real.len);
	}
	return 0;
}

static int follow(struct search *s, struct err *e)
{
	struct bytes member;
	int r;

	buf_add(&s->path, s->root.p, s->root.len);
	buf_puts(&s->path, "/etc/localtime");
	for (unsigned links = 0; links < ZONES_LINKS; links++) {
		r = look(s, e);
		if (r <= 0)
			return r;
		if (!scan_is(case_query_text(s->find, 1), "symlink"))
			break;
		turn(s, case_query_text(s->find, 2));
	}
	member = case_query_text(s->find, 3);
	if (member.p != NULL && text_unescape(&s->member, member.p, member.len) == 0)
		s->object = case_query_int(s->find, 0);
	return 0;
}

static bool is(const struct buf *text, size_t at, size_t n, const struct buf *with)
{
	return n == with->len && memcmp(text->p + at, with->p, n) == 0;
}

/* The zone of the file that was found; false: its bytes were not kept, or are no zone, or one
 * with a flaw. */
static bool read_zone(const struct zones *z, const struct search *s, struct tzif *clock,
		      const char **flaw)
{
	for (size_t i = 0; s->object != CASE_NULL && i < z->count; i++) {
		const struct zone_file *f = &z->files[i];

		if (!is(&z->text, f->name, f->name_len, &s->member))
			continue;
		if (!tzif_parse(z->text.p + f->data, f->data_len, clock))
			return false;
		*flaw = tzif_flaw(clock);
		return *flaw == NULL;
	}
	return false;
}

static int put_note(const struct zones_place *place, const struct search *s, const char *flaw,
		    struct err *e)
{
	struct case_note row;
	struct buf text;
	int r;

	buf_init(&text, 4096);
	buf_printf(&text, "this time zone has %s: local times are read as UTC", flaw);
	case_init_note(&row);
	row.object = s->object;
	row.parser = "zone";
	row.kind = "unreadable";
	row.text = (struct bytes){ text.p, text.len };
	r = case_put_note(place->db, &row, e);
	buf_release(&text);
	return r;
}

/* How a zone was found: by a file with its bytes, and that was read. */
static int put_row(const struct zones_place *place, const struct search *s, const struct zone *zone,
		   bool kept, bool read, struct err *e)
{
	struct case_zone row;
	struct buf raw;
	int r;

	buf_init(&raw, HOST_PATH_MAX);
	if (s->path.len > s->root.len && text_unescape(&raw, s->path.p, s->path.len) != 0)
		buf_clear(&raw);
	case_init_zone(&row);
	row.object = kept ? s->object : CASE_NULL;
	row.root = place->root.len > 0 ? place->root : (struct bytes){ "/", 1 };
	row.path = (struct bytes){ raw.len > 0 ? raw.p : NULL, raw.len };
	row.rule = read && zone->clock.text.len > 0 ? zone->clock.text : (struct bytes){ NULL, 0 };
	row.source = read ? "file" : zone->known ? "name" : "none";
	r = case_put_zone(place->db, &row, e);
	buf_release(&raw);
	return r;
}

static int search_open(struct search *s, const struct zones_place *place, struct err *e)
{
	*s = (struct search){ .place = place, .object = CASE_NULL };
	buf_init(&s->path, HOST_PATH_MAX);
	buf_init(&s->root, HOST_PATH_MAX);
	buf_init(&s->member, HOST_PATH_MAX);
	text_escape(&s->root, place->root.p, place->root.len);
	if (host_path_open(&s->dirs, place->db, place->host, e) != 0)
		return -1;
	return case_query_open(&s->find, place->db, find_sql, e);
}

static void search_close(struct search *s)
{
	case_query_close(&s->find);
	host_path_close(&s->dirs);
	buf_release(&s->path);
	buf_release(&s->root);
	buf_release(&s->member);
}

static int fill(const struct zones *z, const struct zones_place *place, struct zone *zone,
		struct err *e)
{
	const char *flaw = NULL;
	struct search s;
	int r = search_open(&s, place, e);
	bool read;

	if (r == 0)
		r = follow(&s, e);
	if (r == 0) {
		*zone = *zones_by_name(place->root.len > 0 ? (struct bytes){ s.path.p, s.path.len }
							   : place->name);
		read = read_zone(z, &s, &zone->clock, &flaw);
		zone->known = read || (zone->known && flaw == NULL);
		if (!read)
			zone->clock = utc[0].clock;
		r = put_row(place, &s, zone, read || flaw != NULL, read, e);
		if (r == 0 && flaw != NULL)
			r = put_note(place, &s, flaw, e);
	}
	search_close(&s);
	return r;
}

static struct zone_place *add_place(struct zones *z, struct bytes root)
{
	struct zone_place *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->root = malloc(root.len + 1);
	if (p->root == NULL) {
		free(p);
		return NULL;
	}
	if (root.len > 0)
		memcpy(p->root, root.p, root.len);
	p->root_len = root.len;
	p->next = z->places;
	z->places = p;
	z->place_count++;
	return p;
}

static bool is_of(const struct zone_place *p, struct bytes root)
{
	return p->root_len == root.len &&
	       (root.len == 0 || memcmp(p->root, root.p, root.len) == 0);
}

int zones_of(struct zones *z, const struct zones_place *place, const struct zone **out,
	     struct err *e)
{
	struct zone_place *p = z->places;

	while (p != NULL && !is_of(p, place->root))
		p = p->next;
	*out = p != NULL ? &p->zone : &utc[0];
	if (p != NULL || z->place_count == PLACES_MAX)
		return 0;
	p = add_place(z, place->root);
	if (p == NULL)
		return err_set(e, 0, "no memory for time zones");
	*out = &p->zone;
	return fill(z, place, &p->zone, e);
}

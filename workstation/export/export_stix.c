#include <string.h>

#include "lib/base/fd.h"
#include "workstation/case/worth.h"
#include "workstation/export/export_form.h"
#include "workstation/export/subject.h"
#include "workstation/export/uuid.h"

/*
 * STIX 2.1 (OASIS standard): a bundle of observables, and one observed-data and one note for each
 * observation that is about some.  Observables have the identifiers that the standard computes
 * (section 2.9) from their canonical form (RFC 8785), of SHA-256 alone, so two cases that saw the
 * same file name it alike.  No indicator: that an address was seen on a host makes it no sign of
 * an attack elsewhere; whoever knows more may say so.
 */
#define TEXT_MAX ((size_t)64 << 20) /* bytes of one object */

/* When the object that stands for this program was made: it is the same in every bundle. */
#define TOOL_MADE "2026-01-01T00:00:00.000Z"

struct stix {
	struct export *x;
	struct buf name;    /* what an identifier is made of */
	struct buf id;      /* of the object at hand */
	struct buf address; /* at hand, in its usual form */
	struct buf folder;  /* identifier of the directory of the file at hand */
	struct buf told;    /* of the directory that was put last; of all addresses */
	struct buf refs;    /* of the observation at hand */
	struct buf tool;    /* identifier of this program */
	bool first;         /* nothing is in the bundle yet */
};

static const struct subject_of all = { CASE_NULL, CASE_NULL };

/* "type--uuid" of s->name to ${out}. */
static void make_id(struct stix *s, struct buf *out, enum uuid_space space, const char *type)
{
	buf_clear(out);
	buf_printf(out, "%s--", type);
	uuid_put(out, space, &s->name);
}

static void begin(struct stix *s, const char *type, const struct buf *id)
{
	struct buf *b = &s->x->out;

	buf_printf(b, "%s\n{\"type\":\"%s\",\"spec_version\":\"2.1\",\"id\":\"",
		   s->first ? "" : ",", type);
	export_append(b, id);
	buf_putc(b, '"');
	s->first = false;
	s->x->rows++;
}

/* ------------------------------------------------------------ observables */

/* Sets s->id and s->address, and returns the type; NULL: it is nobody's address. */
static const char *name_address(struct stix *s, struct case_query *q)
{
	const char *type;
	bool v6;

	buf_clear(&s->address);
	if (!subject_address(&s->address, case_query_text(q, 0), &v6))
		return NULL;
	type = v6 ? "ipv6-addr" : "ipv4-addr";
	buf_clear(&s->name);
	buf_puts(&s->name, "{\"value\":\"");
	export_append(&s->name, &s->address);
	buf_puts(&s->name, "\"}");
	make_id(s, &s->id, UUID_STIX, type);
	return type;
}

/* "/var/tmp" of "/var/tmp/x", "/" of "/x". */
static struct bytes folder_of(struct bytes path)
{
	size_t n = path.len - export_base(path).len;

	return (struct bytes){ path.p, n > 1 ? n - 1 : n };
}

/* Sets s->id and s->folder. */
static void name_file(struct stix *s, struct case_query *q)
{
	struct bytes path = case_query_text(q, SUBJECT_PATH);

	buf_clear(&s->name);
	buf_puts(&s->name, "{");
	export_member(&s->name, "path", folder_of(path));
	buf_puts(&s->name, "}");
	make_id(s, &s->folder, UUID_STIX, "directory");
	buf_clear(&s->name);
	buf_puts(&s->name, "{\"hashes\":{");
	export_member(&s->name, "SHA-256", case_query_text(q, SUBJECT_HASH));
	buf_puts(&s->name, "}");
	export_member(&s->name, "name", export_base(path));
	buf_puts(&s->name, ",\"parent_directory_ref\":\"");
	export_append(&s->name, &s->folder);
	buf_puts(&s->name, "\"}");
	make_id(s, &s->id, UUID_STIX, "file");
}

/* One may be written in two ways; there are few. */
static bool told_already(struct stix *s)
{
	bool before = s->told.len > 0 && memmem(s->told.p, s->told.len, s->id.p, s->id.len) != NULL;

	export_append(&s->told, &s->id);
	return before;
}

static int put_addresses(struct stix *s)
{
	struct case_query *q CLEANUP(case_query_close) = NULL;
	struct buf *b = &s->x->out;
	const char *type;
	int r = subject_addresses(&q, s->x->db, all, s->x->e);

	while (r == 0 && (r = case_query_step(q, s->x->e)) > 0) {
		type = name_address(s, q);
		if (type != NULL && !told_already(s)) {
			begin(s, type, &s->id);
			buf_puts(b, ",\"value\":\"");
			export_append(b, &s->address);
			buf_puts(b, "\"}");
		}
		r = export_flush(s->x, false);
	}
	return r;
}

/* Files of one directory come one after the other. */
static void put_directory(struct stix *s, struct bytes path)
{
	if (s->told.len == s->folder.len && memcmp(s->told.p, s->folder.p, s->told.len) == 0)
		return;
	buf_clear(&s->told);
	export_append(&s->told, &s->folder);
	begin(s, "directory", &s->folder);
	export_member(&s->x->out, "path", folder_of(path));
	buf_putc(&s->x->out, '}');
}

static void put_file(struct stix *s, struct case_query *q)
{
	struct bytes path = case_query_text(q, SUBJECT_PATH);
	struct buf *b = &s->x->out;

	name_file(s, q);
	put_directory(s, path);
	begin(s, "file", &s->id);
	buf_puts(b, ",\"hashes\":{");
	export_member(b, "SHA-256", case_query_text(q, SUBJECT_HASH));
	buf_putc(b, '}');
	if (case_query_int(q, SUBJECT_SIZE) >= 0)
		export_number(b, "size", case_query_int(q, SUBJECT_SIZE));
	export_member(b, "name", export_base(path));
	buf_puts(b, ",\"parent_directory_ref\":\"");
	export_append(b, &s->folder);
	buf_puts(b, "\"}");
}

static int put_files(struct stix *s)
{
	struct case_query *q CLEANUP(case_query_close) = NULL;
	int r = subject_files(&q, s->x->db, all, s->x->e);

	buf_clear(&s->told);
	while (r == 0 && (r = case_query_step(q, s->x->e)) > 0) {
		put_file(s, q);
		r = export_flush(s->x, false);
	}
	return r;
}

/* ----------------------------------------------------------- observations */

static void add_ref(struct stix *s)
{
	if (s->refs.len > 0 && memmem(s->refs.p, s->refs.len, s->id.p, s->id.len) != NULL)
		return;
	buf_puts(&s->refs, s->refs.len > 0 ? ",\"" : "\"");
	export_append(&s->refs, &s->id);
	buf_putc(&s->refs, '"');
}

static int gather_refs(struct stix *s, struct subject_of of)
{
	struct case_query *addresses CLEANUP(case_query_close) = NULL;
	struct case_query *files CLEANUP(case_query_close) = NULL;
	struct err *e = s->x->e;
	int r = subject_addresses(&addresses, s->x->db, of, e);

	buf_clear(&s->refs);
	while (r == 0 && (r = case_query_step(addresses, e)) > 0) {
		if (name_address(s, addresses) != NULL)
			add_ref(s);
		r = 0;
	}
	if (r == 0)
		r = subject_files(&files, s->x->db, of, e);
	while (r == 0 && (r = case_query_step(files, e)) > 0) {
		name_file(s, files);
		add_ref(s);
		r = 0;
	}
	return r;
}

/* Columns of the observations. */
enum { ID, RULE, SUBJECT, TEXT, TIME, TAKEN, SESSION };

static void put_time(struct buf *b, const char *name, int64_t ns)
{
	buf_printf(b, ",\"%s\":\"", name);
	export_time(b, ns, "Z");
	buf_putc(b, '"');
}

static void begin_of_ours(struct stix *s, struct case_query *q, const char *type)
{
	struct buf *b = &s->x->out;

	buf_clear(&s->name);
	buf_printf(&s->name, "%s:{", type);
	export_member(&s->name, "session", case_query_text(q, SESSION));
	export_member(&s->name, "rule", case_query_text(q, RULE));
	export_member(&s->name, "subject", case_query_text(q, SUBJECT));
	buf_putc(&s->name, '}');
	make_id(s, &s->id, UUID_OURS, type);
	begin(s, type, &s->id);
	buf_puts(b, ",\"created_by_ref\":\"");
	export_append(b, &s->tool);
	buf_putc(b, '"');
	put_time(b, "created", case_query_int(q, TAKEN));
	put_time(b, "modified", case_query_int(q, TAKEN));
}

static void put_observed(struct stix *s, struct case_query *q)
{
	int64_t when = case_query_int(q, TIME);
	struct buf *b = &s->x->out;

	if (when == CASE_NULL)
		when = case_query_int(q, TAKEN);
	begin_of_ours(s, q, "observed-data");
	put_time(b, "first_observed", when);
	put_time(b, "last_observed", when);
	buf_puts(b, ",\"number_observed\":1,\"object_refs\":[");
	export_append(b, &s->refs);
	buf_puts(b, "]}");
}

/* Of the object that s->id names: the observed-data that was put last. */
static void put_note(struct stix *s, struct case_query *q)
{
	struct buf *b = &s->x->out;

	buf_clear(&s->refs);
	export_append(&s->refs, &s->id);
	begin_of_ours(s, q, "note");
	export_member(b, "abstract", case_query_text(q, SUBJECT));
	export_member(b, "content", case_query_text(q, TEXT));
	buf_puts(b, ",\"labels\":[");
	export_json(b, case_query_text(q, RULE));
	buf_puts(b, "],\"object_refs\":[\"");
	export_append(b, &s->refs);
	buf_puts(b, "\"]}");
}

/* What such a case is worth, as a note about whoever says all the rest. */
static int put_worth(struct stix *s)
{
	static const char sql[] =
		"SELECT id, 'verdict', CASE verdict WHEN 'TRUNCATED' THEN verdict ELSE 'ALTERED' "
		"END,"
		" CASE verdict WHEN 'TRUNCATED' THEN ?1 ELSE ?2 END, NULL, COALESCE(begin, loaded, "
		"0),"
		" COALESCE(session, '') FROM host WHERE verdict IS NOT 'COMPLETE' ORDER BY id";
	struct case_query *q CLEANUP(case_query_close) = NULL;
	int r = case_query_open(&q, s->x->db, sql, s->x->e);

	for (int i = 1; r == 0 && i <= 2; i++) {
		const char *text = worth_sentence(i == 1 ? BUNDLE_TRUNCATED : BUNDLE_ALTERED);

		case_query_bind_text(q, i, (struct bytes){ text, strlen(text) });
	}
	while (r == 0 && (r = case_query_step(q, s->x->e)) > 0) {
		buf_clear(&s->id);
		export_append(&s->id, &s->tool);
		put_note(s, q);
		r = 0;
	}
	return r;
}

static int put_observations(struct stix *s)
{
	static const char sql[] =
		"SELECT o.id, o.rule, COALESCE(o.subject, ''), COALESCE(o.text, o.subject, ''),"
		" o.time, COALESCE(h.begin, h.loaded, 0), COALESCE(h.session, '')"
		" FROM observation o JOIN host h ON h.id = o.host ORDER BY o.id";
	struct case_query *q CLEANUP(case_query_close) = NULL;
	int r = case_query_open(&q, s->x->db, sql, s->x->e);

	while (r == 0 && (r = case_query_step(q, s->x->e)) > 0) {
		r = gather_refs(s, (struct subject_of){ case_query_int(q, ID), CASE_NULL });
		if (r == 0 && s->refs.len > 0) {
			put_observed(s, q);
			put_note(s, q);
		}
		if (r == 0)
			r = export_flush(s->x, false);
	}
	return r;
}

/* The bundle is named by the collections that are in it. */
static int put_head(struct stix *s)
{
	struct case_query *q CLEANUP(case_query_close) = NULL;
	struct buf *b = &s->x->out;
	int r = case_query_open(&q, s->x->db, "SELECT session FROM host ORDER BY session", s->x->e);

	buf_puts(&s->name, "bundle:");
	while (r == 0 && (r = case_query_step(q, s->x->e)) > 0) {
		export_json(&s->name, case_query_text(q, 0));
		r = 0;
	}
	make_id(s, &s->id, UUID_OURS, "bundle");
	buf_puts(b, "{\"type\":\"bundle\",\"id\":\"");
	export_append(b, &s->id);
	buf_puts(b, "\",\"objects\":[");
	buf_clear(&s->name);
	buf_puts(&s->name, "identity:exhibit");
	make_id(s, &s->tool, UUID_OURS, "identity");
	begin(s, "identity", &s->tool);
	buf_puts(b, ",\"created\":\"" TOOL_MADE "\",\"modified\":\"" TOOL_MADE "\","
		    "\"name\":\"exhibit\",\"identity_class\":\"system\"}");
	return r;
}

int export_stix(struct export *x)
{
	struct stix s = { .x = x, .first = true };
	struct buf *bufs[] = { &s.name, &s.id, &s.address, &s.folder, &s.told, &s.refs, &s.tool };
	int r = subject_find(x->db, x->e);

	for (size_t i = 0; i < sizeof(bufs) / sizeof(bufs[0]); i++)
		buf_init(bufs[i], TEXT_MAX);
	if (r == 0)
		r = put_head(&s);
	if (r == 0)
		r = put_worth(&s);
	if (r == 0)
		r = put_addresses(&s);
	if (r == 0)
		r = put_files(&s);
	if (r == 0)
		r = put_observations(&s);
	buf_puts(&x->out, "\n]}\n");
	for (size_t i = 0; i < sizeof(bufs) / sizeof(bufs[0]); i++)
		buf_release(bufs[i]);
	return r;
}

/*
 * Files and links below the system's directories that no package owns, and programs in /etc.
 *
 * Asked of a host only that has packages with files: without a database everything is unowned.
 * Packages whose files nobody tells are counted in a note: what is theirs counts as nobody's.
 */
#include <string.h>
#include <sys/stat.h>

#include "lib/base/fd.h"
#include "workstation/case/case_query.h"
#include "workstation/case/loaders.h"

/* Where packages put files.  What lies in /usr/local is nobody's, by agreement (FHS 4.9). */
static const struct place {
	const char *from, *to; /* paths from the first on, before the second */
	bool programs;         /* only what can be run */
} places[] = {
	{ "/bin/", "/bin0", false },       { "/etc/", "/etc0", true },
	{ "/lib/", "/lib0", false },       { "/lib32/", "/lib320", false },
	{ "/lib64/", "/lib640", false },   { "/libx32/", "/libx320", false },
	{ "/sbin/", "/sbin0", false },     { "/usr/", "/usr/local/", false },
	{ "/usr/local0", "/usr0", false },
};

static const char *const generated[] = {
#define GENERATED(pattern, who) pattern,
#include "workstation/case/generated.def"
#undef GENERATED
};

/* A link to /etc/alternatives is made by update-alternatives(1); package tools make both. */
static const char objects_sql[] =
	"SELECT o.id, o.path, o.mode, o.link FROM object o"
	" WHERE o.host = ?1 AND o.path >= ?2 AND o.path < ?3 AND o.type IN ('file', 'symlink')"
	" AND NOT EXISTS (SELECT 1 FROM package_file f WHERE f.found = o.id)";
enum { O_ID, O_PATH, O_MODE, O_LINK };

static const char insert_sql[] = "INSERT INTO verification (host, object, path, marks, attr) "
				 "VALUES (?1, ?2, ?3, 'unowned', ?4)";

static const char unlisted_sql[] =
	"INSERT INTO note (host, parser, kind, text) SELECT ?1, 'unowned', 'unlisted', printf("
	"'of %d installed packages, %s among them, no list of files is there: they are not "
	"verified, '"
	" || 'and what is theirs counts as nobody''s', count(*), min(name))"
	" FROM package_unlisted WHERE host = ?1 HAVING count(*) > 0";

struct unowned {
	const struct finishing *f;
	struct case_query *insert;
};

static bool begins(struct bytes b, const char *text)
{
	size_t n = strlen(text);

	return b.len >= n && memcmp(b.p, text, n) == 0;
}

static bool is_generated(struct bytes path, struct bytes link)
{
	if (link.p != NULL && begins(link, "/etc/alternatives/"))
		return true;
	for (size_t i = 0; i < sizeof(generated) / sizeof(generated[0]); i++)
		if (loader_matches((struct bytes){ generated[i], strlen(generated[i]) }, path))
			return true;
	return false;
}

static int put(struct unowned *u, struct case_query *object)
{
	struct bytes path = case_query_text(object, O_PATH);
	bool known = is_generated(path, case_query_text(object, O_LINK));

	case_query_reset(u->insert);
	case_query_bind(u->insert, 1, u->f->host);
	case_query_bind(u->insert, 2, case_query_int(object, O_ID));
	case_query_bind_text(u->insert, 3, path);
	case_query_bind_text(u->insert, 4,
			     known ? (struct bytes){ "g", 1 } : (struct bytes){ NULL, 0 });
	return case_query_step(u->insert, u->f->e) < 0 ? -1 : 0;
}

static struct bytes text_of(const char *s)
{
	return (struct bytes){ s, strlen(s) };
}

static int look_in(struct unowned *u, const struct place *place)
{
	struct case_query *q CLEANUP(case_query_close) = NULL;
	int r;

	if (case_query_open(&q, u->f->db, objects_sql, u->f->e) != 0)
		return -1;
	case_query_bind(q, 1, u->f->host);
	case_query_bind_text(q, 2, text_of(place->from));
	case_query_bind_text(q, 3, text_of(place->to));
	while ((r = case_query_step(q, u->f->e)) > 0) {
		int64_t mode = case_query_int(q, O_MODE);

		if (place->programs && (mode == CASE_NULL || !S_ISREG(mode) || (mode & 0111) == 0))
			continue;
		if (put(u, q) != 0)
			return -1;
	}
	return r;
}

/* Does a package database name files that are there? */
static int has_owned(const struct finishing *f)
{
	struct case_query *q CLEANUP(case_query_close) = NULL;

	if (case_query_open(&q, f->db,
			    "SELECT 1 FROM package_file WHERE host = ?1 AND found IS NOT NULL"
			    " LIMIT 1",
			    f->e) != 0)
		return -1;
	case_query_bind(q, 1, f->host);
	return case_query_step(q, f->e);
}

static int note_unlisted(const struct finishing *f)
{
	struct case_query *q CLEANUP(case_query_close) = NULL;

	if (case_query_open(&q, f->db, unlisted_sql, f->e) != 0)
		return -1;
	case_query_bind(q, 1, f->host);
	return case_query_step(q, f->e) < 0 ? -1 : 0;
}

int finish_unowned(const struct finishing *f)
{
	struct unowned u = { .f = f };
	int r = note_unlisted(f) == 0 ? has_owned(f) : -1;

	if (r <= 0)
		return r;
	r = case_query_open(&u.insert, f->db, insert_sql, f->e);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]) && r == 0; i++)
		r = look_in(&u, &places[i]);
	case_query_close(&u.insert);
	return r;
}

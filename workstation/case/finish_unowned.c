/*
 * Files and links below the system's directories that no package owns, and programs in /etc.
 *
 * Asked of a host only that has packages with files: without a database everything is unowned, and
 * so is what stands in the part of one that the archive lacks.  Packages without a list of files
 * are counted in a note: what of theirs has no digest either counts as nobody's.  So are lists
 * that the collector did not take whole.
 *
 * Without a whole inventory a link of a directory may have been seen by nobody.  What a package
 * holds behind one is not found then and looks like nobody's, which a note says; of /usr, to which
 * the links of many hosts lead (/bin -> usr/bin), such files are left out, and are counted there.
 */
#include <string.h>
#include <sys/stat.h>

#include "lib/base/fd.h"
#include "workstation/case/case_query.h"
#include "workstation/case/host_path.h"
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
	"'of %d installed packages, %s among them, no list of files is there: of theirs only '"
	" || 'what has a digest is verified, the rest counts as nobody''s', count(*), min(name))"
	" FROM package_unlisted WHERE host = ?1 HAVING count(*) > 0";

static const char untaken_sql[] =
	"INSERT INTO note (host, parser, kind, text) SELECT host, 'unowned', 'untaken', printf("
	"'the archive lacks all or part of %s%s', text, CASE WHEN what IN ('list', 'beside')"
	" THEN ': what only they name counts as nobody''s' WHEN what = 'database' THEN"
	" ': no file is called nobody''s' ELSE '' END) FROM package_part WHERE host = ?1";

/* Does a package database, of which nothing is missing that tells of all packages, name files that
 * are there? */
static const char has_owned_sql[] =
	"SELECT 1 FROM package_file WHERE host = ?1 AND found IS NOT NULL AND NOT EXISTS"
	" (SELECT 1 FROM package_part WHERE host = ?1 AND what = 'database') LIMIT 1";

/* A file of a package that was not found. */
static const char absent_sql[] = "SELECT 1 FROM package_file WHERE host = ?1 AND path = ?2"
				 " AND found IS NULL LIMIT 1";

static const char uninventoried_sql[] =
	"INSERT INTO note (host, parser, kind, text) SELECT ?1, 'unowned', 'uninventoried',"
	" 'the archive has no whole inventory: what a package holds behind a link of a directory '"
	" || 'that was not seen counts as nobody''s and is not verified' || CASE ?2 WHEN 0 THEN ''"
	" ELSE printf('; left out are %d files below /usr that packages name without it (%s)',"
	" ?2, ?3) END";

struct unowned {
	const struct finishing *f;
	struct case_query *insert, *absent;
	struct host_path way;
	uint64_t doubted; /* files below /usr that are left out, */
	struct buf first; /* and one of them */
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

/* May ${path} be a file that a package has as one of /bin, where nobody saw what /bin is?
 * 1, 0 or -1. */
static int is_doubted(struct unowned *u, struct bytes path)
{
	static const char usr[] = "/usr";
	size_t n = sizeof(usr) - 1;
	enum host_path_kind kind;
	struct bytes said, real;
	int r;

	if (u->way.inventory || !begins(path, "/usr/"))
		return 0;
	said = (struct bytes){ (const char *)path.p + n, path.len - n };
	case_query_reset(u->absent);
	case_query_bind(u->absent, 1, u->f->host);
	case_query_bind_text(u->absent, 2, said);
	r = case_query_step(u->absent, u->f->e);
	if (r <= 0)
		return r;
	if (host_path_real(&u->way, said, &real, &kind) != 0)
		return -1;
	if (!u->way.unseen)
		return 0;
	if (u->doubted++ == 0)
		buf_add(&u->first, path.p, path.len);
	return 1;
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
		r = is_doubted(u, case_query_text(q, O_PATH));
		if (r < 0 || (r == 0 && put(u, q) != 0))
			return -1;
	}
	return r;
}

/* Ask ${sql} about the host: 1 there is a row, 0 there is none, or -1. */
static int ask(const struct finishing *f, const char *sql)
{
	struct case_query *q CLEANUP(case_query_close) = NULL;

	if (case_query_open(&q, f->db, sql, f->e) != 0)
		return -1;
	case_query_bind(q, 1, f->host);
	return case_query_step(q, f->e);
}

static int tell_uninventoried(const struct unowned *u)
{
	struct case_query *q CLEANUP(case_query_close) = NULL;

	if (u->way.inventory)
		return 0;
	if (case_query_open(&q, u->f->db, uninventoried_sql, u->f->e) != 0)
		return -1;
	case_query_bind(q, 1, u->f->host);
	case_query_bind(q, 2, (int64_t)u->doubted);
	case_query_bind_text(q, 3, (struct bytes){ u->first.p, u->first.len });
	return case_query_step(q, u->f->e) < 0 ? -1 : 0;
}

static int look(struct unowned *u)
{
	int r = host_path_open(&u->way, u->f->db, u->f->host, u->f->e);

	if (r == 0)
		r = case_query_open(&u->insert, u->f->db, insert_sql, u->f->e);
	if (r == 0)
		r = case_query_open(&u->absent, u->f->db, absent_sql, u->f->e);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]) && r == 0; i++)
		r = look_in(u, &places[i]);
	return r == 0 ? tell_uninventoried(u) : r;
}

int finish_unowned(const struct finishing *f)
{
	struct unowned u = { .f = f };
	int r;

	if (ask(f, unlisted_sql) < 0 || ask(f, untaken_sql) < 0)
		return -1;
	r = ask(f, has_owned_sql);
	if (r <= 0)
		return r;
	buf_init(&u.first, HOST_PATH_MAX);
	r = look(&u);
	case_query_close(&u.insert);
	case_query_close(&u.absent);
	host_path_close(&u.way);
	buf_release(&u.first);
	return r;
}

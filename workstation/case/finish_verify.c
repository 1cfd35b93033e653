/*
 * rpm -Va and dpkg -V from the archive: each file of a package held against the object that the
 * archive has of it.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/fd.h"
#include "lib/base/text.h"
#include "lib/hash/checksum.h"
#include "workstation/case/host_path.h"
#include "workstation/case/loaders.h"
#include "workstation/parse/marks.h"
#include "workstation/parse/rpm_header.h"

#define DIGEST_MAX 64u /* bytes of the longest digest of a package */

static const char files_sql[] =
	"SELECT f.id, f.path, f.digest_kind, f.digest, f.size, f.mode, f.user, f.grp, f.mtime,"
	" f.link, f.kind, f.flags, f.verify, f.caps, p.name, p.manager"
	" FROM package_file f JOIN package p ON p.id = f.package WHERE f.host = ?1 ORDER BY f.path";
enum {
	F_ID,
	F_PATH,
	F_KIND_OF_DIGEST,
	F_DIGEST,
	F_SIZE,
	F_MODE,
	F_USER,
	F_GROUP,
	F_MTIME,
	F_LINK,
	F_KIND,
	F_FLAGS,
	F_VERIFY,
	F_CAPS,
	F_PACKAGE,
	F_MANAGER
};

/* Of two lines for one path, the one that has more; of a hard link the digest of its content,
 * which another path has. */
static const char object_sql[] =
	"SELECT o.id, o.mode, o.uid, o.gid, o.size, o.mtime, o.link, coalesce(o.sha256, h.sha256),"
	" coalesce(o.md5, h.md5), coalesce(o.sha1, h.sha1), o.xattr"
	" FROM object o LEFT JOIN object h ON h.host = o.host AND h.path = o.hardlink_of"
	" WHERE o.host = ?1 AND o.path = ?2 ORDER BY o.result <> 'ok', o.id LIMIT 1";
enum { O_ID, O_MODE, O_UID, O_GID, O_SIZE, O_MTIME, O_LINK, O_SHA256, O_MD5, O_SHA1, O_XATTR };

/* Names of this host; a name that it does not have is none of its numbers. */
static const char user_sql[] =
	"SELECT uid FROM account WHERE host = ?1 AND name = ?2 AND container IS NULL LIMIT 1";
static const char group_sql[] =
	"SELECT gid FROM user_group WHERE host = ?1 AND name = ?2 AND container IS NULL LIMIT 1";

struct verify {
	const struct finishing *f;
	struct host_path path;
	struct case_query *files, *object, *user, *group, *found;
	char said_digest[DIGEST_MAX];
	uint8_t link_digest[CHECKSUM_MAX];
	bool users, groups; /* there are any at all */
	uint64_t unknown;   /* files that could not be compared, for want of the file */
	uint64_t unsaid;    /* likewise, for want of a digest of the package */
};

/* What one file of a package comes to. */
struct outcome {
	int64_t object; /* CASE_NULL: none */
	enum marks_verdict verdict;
	bool missing;
	const char *attr;
	char marks[MARKS_LEN];
};

static bool is(struct bytes b, const char *text)
{
	return b.len == strlen(text) && memcmp(b.p, text, b.len) == 0;
}

/* ------------------------------------------------------------ what the package says */

/* A bit of rpm's flags is a letter of the notation. */
static unsigned wanted_of(int64_t verify)
{
	static const struct {
		unsigned rpm, mark;
	} bits[] = {
		{ RPM_VERIFY_DIGEST, MARKS_DIGEST }, { RPM_VERIFY_SIZE, MARKS_SIZE },
		{ RPM_VERIFY_LINK, MARKS_LINK },     { RPM_VERIFY_USER, MARKS_USER },
		{ RPM_VERIFY_GROUP, MARKS_GROUP },   { RPM_VERIFY_MTIME, MARKS_MTIME },
		{ RPM_VERIFY_MODE, MARKS_MODE },     { RPM_VERIFY_RDEV, MARKS_RDEV },
		{ RPM_VERIFY_CAPS, MARKS_CAPS },
	};
	unsigned wanted = 0;

	if (verify == CASE_NULL)
		return MARKS_ALL;
	for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++)
		wanted |= (verify & bits[i].rpm) != 0 ? bits[i].mark : 0;
	return wanted;
}

/* rpm says everything; the others what stands in the row. */
static struct marks_rules rules_of(const struct verify *v)
{
	struct marks_rules rules = { .wanted = wanted_of(case_query_int(v->files, F_VERIFY)) };
	int64_t flags = case_query_int(v->files, F_FLAGS);
	const struct {
		int column;
		unsigned bit;
	} rows[] = {
		{ F_DIGEST, MARKS_DIGEST },
		{ F_MODE, MARKS_MODE },
		{ F_USER, MARKS_USER },
		{ F_GROUP, MARKS_GROUP },
	};

	if (is(case_query_text(v->files, F_MANAGER), "rpm")) {
		rules.said = MARKS_ALL;
		rules.ghost = flags != CASE_NULL && (flags & RPM_GHOST) != 0;
		return rules;
	}
	rules.link_digest = is(case_query_text(v->files, F_MANAGER), "apk");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		rules.said |= case_query_text(v->files, rows[i].column).p != NULL ? rows[i].bit : 0;
	return rules;
}

/* Letters of rpm -V between the marks and the path. */
static const char *attr_of(const struct verify *v)
{
	static const struct {
		unsigned flag;
		const char *letter;
	} rows[] = {
		{ RPM_CONFIG, "c" },   { RPM_DOC, "d" },    { RPM_GHOST, "g" },
		{ RPM_LICENSE, "l" },  { RPM_PUBKEY, "P" }, { RPM_README, "r" },
		{ RPM_ARTIFACT, "a" },
	};
	int64_t flags = case_query_int(v->files, F_FLAGS);

	for (size_t i = 0; flags != CASE_NULL && i < sizeof(rows) / sizeof(rows[0]); i++)
		if ((flags & rows[i].flag) != 0)
			return rows[i].letter;
	return is(case_query_text(v->files, F_KIND), "conffile") ? "c" : NULL;
}

/* The number of a name; digits are one. */
static int64_t number_of(struct case_query *q, const struct verify *v, struct bytes name)
{
	const char *p = name.p;
	int64_t n = 0;

	if (p == NULL || is(name, "root"))
		return p == NULL ? MARKS_NOT_KNOWN : 0;
	for (size_t i = 0; i < name.len && n >= 0 && n <= UINT32_MAX; i++)
		n = p[i] >= '0' && p[i] <= '9' ? n * 10 + (p[i] - '0') : -1;
	if (n >= 0 && name.len > 0)
		return n;
	case_query_reset(q);
	case_query_bind(q, 1, v->f->host);
	case_query_bind_text(q, 2, name);
	if (case_query_step(q, v->f->e) > 0)
		return case_query_int(q, 0);
	/* where no name is known nothing is; where some are, this is nobody's number */
	return (q == v->user ? v->users : v->groups) ? INT64_MAX : MARKS_NOT_KNOWN;
}

static int64_t known(struct case_query *q, int column)
{
	int64_t n = case_query_int(q, column);

	return n == CASE_NULL ? MARKS_NOT_KNOWN : n;
}

static struct marks_file said_of(struct verify *v)
{
	struct bytes hex = case_query_text(v->files, F_DIGEST);
	struct marks_file said = {
		.mode = known(v->files, F_MODE),
		.size = known(v->files, F_SIZE),
		.uid = number_of(v->user, v, case_query_text(v->files, F_USER)),
		.gid = number_of(v->group, v, case_query_text(v->files, F_GROUP)),
		.mtime = known(v->files, F_MTIME),
		.link = case_query_text(v->files, F_LINK),
	};
	char text[2 * DIGEST_MAX + 1];

	if (said.mtime != MARKS_NOT_KNOWN)
		said.mtime /= 1000000000;
	/* dpkg has digests of regular files alone */
	if (hex.len > 0 && is(case_query_text(v->files, F_MANAGER), "dpkg"))
		said.mode = (said.mode == MARKS_NOT_KNOWN ? 0 : said.mode) | S_IFREG;
	said.caps = case_query_text(v->files, F_CAPS).len > 0;
	if (hex.len == 0 || hex.len > 2 * DIGEST_MAX || hex.len % 2 != 0)
		return said;
	memcpy(text, hex.p, hex.len);
	text[hex.len] = '\0';
	if (text_unhex(v->said_digest, hex.len / 2, text) == 0)
		said.digest = (struct bytes){ v->said_digest, hex.len / 2 };
	return said;
}

/* ------------------------------------------------------------ what the archive has */

static bool has_caps(struct bytes xattr)
{
	static const char name[] = "\"security.capability\"";

	return xattr.len > 0 && memmem(xattr.p, xattr.len, name, sizeof(name) - 1) != NULL;
}

static struct bytes digest_of(struct case_query *object, struct bytes kind)
{
	if (is(kind, "md5"))
		return case_query_text(object, O_MD5);
	if (is(kind, "sha1"))
		return case_query_text(object, O_SHA1);
	if (is(kind, "sha256"))
		return case_query_text(object, O_SHA256);
	return (struct bytes){ "", 0 };
}

static struct marks_file found_of(struct verify *v)
{
	struct case_query *o = v->object;
	struct marks_file found = {
		.mode = known(o, O_MODE),
		.size = known(o, O_SIZE),
		.uid = known(o, O_UID),
		.gid = known(o, O_GID),
		.mtime = known(o, O_MTIME),
		.link = case_query_text(o, O_LINK),
		.digest = digest_of(o, case_query_text(v->files, F_KIND_OF_DIGEST)),
		.caps = has_caps(case_query_text(o, O_XATTR)),
	};

	/* whole seconds, downwards before 1970 too */
	if (case_query_int(o, O_MTIME) != CASE_NULL)
		found.mtime = found.mtime / 1000000000 - (found.mtime % 1000000000 < 0);
	return found;
}

/* Of a link apk has the digest of its target, which is here and was hashed by nobody. */
static struct bytes digest_of_link(struct verify *v, struct bytes link)
{
	struct bytes sum = { "", 0 };
	struct checksum *c;
	struct buf raw;

	buf_init(&raw, HOST_PATH_MAX);
	c = checksum_new(CHECKSUM_SHA1);
	if (c != NULL && text_unescape(&raw, link.p, link.len) == 0 && !raw.failed) {
		checksum_add(c, raw.p, raw.len);
		checksum_finish(c, v->link_digest);
		sum = (struct bytes){ v->link_digest, checksum_len(CHECKSUM_SHA1) };
	}
	checksum_free(c);
	buf_release(&raw);
	return sum;
}

static int find_object(struct verify *v, struct bytes path)
{
	case_query_reset(v->object);
	case_query_bind(v->object, 1, v->f->host);
	case_query_bind_text(v->object, 2, path);
	return case_query_step(v->object, v->f->e);
}

/* ------------------------------------------------------------ one file */

static int put_verification(struct verify *v, const struct outcome *o)
{
	static const char sql[] =
		"INSERT INTO verification (host, object, package_file, path, marks, attr, package)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
	const char *marks = o->missing ? "missing" : o->marks;
	struct case_query *q CLEANUP(case_query_close) = NULL;

	if (case_query_open(&q, v->f->db, sql, v->f->e) != 0)
		return -1;
	case_query_bind(q, 1, v->f->host);
	case_query_bind(q, 2, o->object);
	case_query_bind(q, 3, case_query_int(v->files, F_ID));
	case_query_bind_text(q, 4, case_query_text(v->files, F_PATH));
	case_query_bind_text(q, 5, (struct bytes){ marks, strlen(marks) });
	if (o->attr != NULL)
		case_query_bind_text(q, 6, (struct bytes){ o->attr, 1 });
	case_query_bind_text(q, 7, case_query_text(v->files, F_PACKAGE));
	return case_query_step(q, v->f->e) < 0 ? -1 : 0;
}

static int put_found(struct verify *v, int64_t object)
{
	case_query_reset(v->found);
	case_query_bind(v->found, 1, object);
	case_query_bind(v->found, 2, case_query_int(v->files, F_ID));
	return case_query_step(v->found, v->f->e) < 0 ? -1 : 0;
}

/* Nothing is at the path: is it missing, or was nobody there? */
static int judge_absent(struct verify *v, enum host_path_kind kind, struct outcome *o)
{
	int64_t flags = case_query_int(v->files, F_FLAGS);
	bool tells = case_query_text(v->files, F_DIGEST).p != NULL ||
		     case_query_int(v->files, F_MODE) != CASE_NULL;
	bool may = flags != CASE_NULL && (flags & (RPM_MISSINGOK | RPM_GHOST)) != 0;

	if (case_query_int(v->files, F_VERIFY) == 0 || may)
		return 0;
	o->missing = kind != HOST_PATH_UNLISTED;
	if (!o->missing && !tells)
		return 0;
	o->verdict = MARKS_NOT_COMPARED;
	memcpy(o->marks, "?????????", MARKS_LEN);
	v->unknown += !o->missing;
	return put_verification(v, o);
}

static int judge(struct verify *v, struct outcome *o)
{
	struct marks_rules rules = rules_of(v);
	struct marks_file said = said_of(v), found = found_of(v);

	if (rules.link_digest && found.link.p != NULL)
		found.digest = digest_of_link(v, found.link);
	o->object = case_query_int(v->object, O_ID);
	if (found.mode == MARKS_NOT_KNOWN)
		return judge_absent(v, HOST_PATH_UNLISTED, o);
	o->verdict = marks_compare(&rules, &said, &found, o->marks);
	if (o->verdict == MARKS_NOT_COMPARED)
		*(said.digest.len == 0 ? &v->unsaid : &v->unknown) += 1;
	if (put_found(v, o->object) != 0)
		return -1;
	return o->verdict == MARKS_AGREE ? 0 : put_verification(v, o);
}

static int verify_file(struct verify *v)
{
	struct bytes path = case_query_text(v->files, F_PATH), real;
	struct outcome o = { .object = CASE_NULL, .attr = attr_of(v) };
	enum host_path_kind kind;
	int r;

	if (host_path_real(&v->path, path, &real, &kind) != 0)
		return -1;
	r = real.p != NULL ? find_object(v, real) : 0;
	if (r < 0)
		return -1;
	return r > 0 ? judge(v, &o) : judge_absent(v, kind, &o);
}

/* ------------------------------------------------------------ all of them */

static int any(const struct finishing *f, const char *sql, bool *out)
{
	struct case_query *q CLEANUP(case_query_close) = NULL;
	int r;

	if (case_query_open(&q, f->db, sql, f->e) != 0)
		return -1;
	case_query_bind(q, 1, f->host);
	r = case_query_step(q, f->e);
	*out = r > 0;
	return r < 0 ? -1 : 0;
}

static int open_all(struct verify *v)
{
	const struct finishing *f = v->f;
	const struct {
		struct case_query **q;
		const char *sql;
	} rows[] = {
		{ &v->files, files_sql },
		{ &v->object, object_sql },
		{ &v->user, user_sql },
		{ &v->group, group_sql },
		{ &v->found, "UPDATE package_file SET found = ?1 WHERE id = ?2" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (case_query_open(rows[i].q, f->db, rows[i].sql, f->e) != 0)
			return -1;
	case_query_bind(v->files, 1, f->host);
	if (any(f, "SELECT 1 FROM account WHERE host = ?1 AND container IS NULL", &v->users) != 0 ||
	    any(f, "SELECT 1 FROM user_group WHERE host = ?1 AND container IS NULL", &v->groups) !=
		    0)
		return -1;
	return host_path_open(&v->path, f->db, f->host, f->e);
}

static void close_all(struct verify *v)
{
	case_query_close(&v->files);
	case_query_close(&v->object);
	case_query_close(&v->user);
	case_query_close(&v->group);
	case_query_close(&v->found);
	host_path_close(&v->path);
}

/* What could not be compared has to be known: it is no agreement. */
static int tell(const struct verify *v, uint64_t count, const char *why)
{
	struct case_note row;
	struct buf text;
	int r;

	if (count == 0)
		return 0;
	buf_init(&text, 4096);
	buf_printf(&text, "%llu files of packages could not be compared: %s",
		   (unsigned long long)count, why);
	case_init_note(&row);
	row.parser = "verify";
	row.kind = "gap";
	row.text = (struct bytes){ text.p, text.len };
	r = case_put_note(v->f->db, &row, v->f->e);
	buf_release(&text);
	return r;
}

static int tell_all(const struct verify *v)
{
	return tell(v, v->unknown,
		    "the archive has neither their content nor a digest as the package database "
		    "keeps it, or did not list their directory") != 0 ||
			       tell(v, v->unsaid,
				    "the package database has no digest of them; which of them "
				    "are as they were cannot be said") != 0
		       ? -1
		       : 0;
}

int finish_verify(const struct finishing *f)
{
	struct verify v = { .f = f };
	int r = open_all(&v);

	while (r == 0 && (r = case_query_step(v.files, f->e)) > 0)
		r = verify_file(&v);
	if (r == 0)
		r = tell_all(&v);
	close_all(&v);
	return r;
}

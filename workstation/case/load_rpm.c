#include "workstation/case/load_rpm.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/fd.h"
#include "workstation/case/load_package.h"
#include "workstation/parse/rpm_bdb.h"
#include "workstation/parse/rpm_header.h"
#include "workstation/parse/rpm_ndb.h"

#define PATH_MAX_BYTES 131072u	/* of a path, raw */

static struct bytes or_null(struct bytes b)
{
	return b.len > 0 ? b : (struct bytes){ NULL, 0 };
}

/* ------------------------------------------------------------ a package */

/* EPOCH:VERSION-RELEASE, as rpm -q --qf '%{EVR}' prints it. */
static void put_version(const struct rpm_header *h, struct buf *out)
{
	struct bytes part;
	uint64_t epoch;

	buf_clear(out);
	if (rpm_header_number(h, RPM_EPOCH, &epoch)) {
		buf_u64(out, epoch);
		buf_putc(out, ':');
	}
	if (rpm_header_text(h, RPM_VERSION, &part))
		buf_add(out, part.p, part.len);
	if (rpm_header_text(h, RPM_RELEASE, &part)) {
		buf_putc(out, '-');
		buf_add(out, part.p, part.len);
	}
}

static int put_package(struct loading *l, const struct rpm_header *h, struct bytes name, int64_t pos)
{
	struct case_package row;
	struct buf version;
	uint64_t time;
	int r;

	case_init_package(&row);
	buf_init(&version, PATH_MAX_BYTES);
	put_version(h, &version);
	row.object = l->object;
	row.pos = pos;
	row.manager = "rpm";
	row.name = name;
	row.version = (struct bytes){ version.p, version.len };
	row.state = (struct bytes){ "installed", 9 };
	(void)rpm_header_text(h, RPM_ARCH, &row.arch);
	(void)rpm_header_text(h, RPM_VENDOR, &row.origin);
	(void)rpm_header_text(h, RPM_SUMMARY, &row.summary);
	if (rpm_header_number(h, RPM_INSTALLTIME, &time) && time <= UINT32_MAX) {
		row.time = (int64_t)time * 1000000000;
		row.time_from = "database";
	}
	r = case_put_package(l->db, &row, l->e);
	buf_release(&version);
	return r;
}

/* ------------------------------------------------------------ its files */

static const char *algorithm_of(const struct rpm_file *f)
{
	static const char *const words[] = {
		[1] = "md5", [2] = "sha1", [8] = "sha256", [9] = "sha384", [10] = "sha512",
	};

	if (f->digest.len == 0)
		return "none";
	if (f->algorithm >= sizeof(words) / sizeof(words[0]) || words[f->algorithm] == NULL)
		return "other";
	return words[f->algorithm];
}

static const char *kind_of(const struct rpm_file *f)
{
	if ((f->flags & RPM_GHOST) != 0)
		return "ghost";
	if ((f->flags & RPM_CONFIG) != 0)
		return "conffile";
	if (S_ISDIR(f->mode))
		return "directory";
	if (S_ISLNK(f->mode))
		return "link";
	return (f->flags & RPM_DOC) != 0 ? "doc" : "file";
}

/* Only files in the state "normal" are the package's: the others were left out at installation,
 * or belong to another package now. */
static int put_file(struct loading *l, const struct rpm_file *f, int64_t package, struct buf *path)
{
	struct case_package_file row;

	buf_clear(path);
	buf_add(path, f->dir.p, f->dir.len);
	buf_add(path, f->base.p, f->base.len);
	case_init_package_file(&row);
	row.object = l->object;
	row.package = package;
	row.path = (struct bytes){ path->p, path->len };
	row.digest_kind = algorithm_of(f);
	row.digest = or_null(f->digest);
	row.size = f->size > INT64_MAX ? INT64_MAX : (int64_t)f->size;
	row.mode = f->mode;
	row.user = or_null(f->user);
	row.grp = or_null(f->group);
	row.mtime = (int64_t)f->mtime * 1000000000;
	row.link = or_null(f->link);
	row.kind = kind_of(f);
	row.flags = f->flags;
	row.verify = f->state == RPM_NORMAL ? (int64_t)f->verify : 0;
	row.caps = or_null(f->caps);
	return path->failed ? 0 : case_put_package_file(l->db, &row, l->e);
}

int load_rpm_header(struct loading *l, struct bytes blob, int64_t pos)
{
	struct rpm_header h;
	struct rpm_files files;
	struct rpm_file file;
	struct bytes name;
	struct buf path;
	int64_t package;
	int r;

	if (!rpm_header_open(&h, blob.p, blob.len) || !rpm_header_text(&h, RPM_NAME, &name))
		return case_note(l, pos, CASE_NULL, "unreadable", "no header of a package");
	if (put_package(l, &h, name, pos) != 0)
		return -1;
	package = db_last(l->db);
	buf_init(&path, PATH_MAX_BYTES);
	rpm_files_begin(&files, &h);
	r = 0;
	while (r == 0 && rpm_files_next(&files, &file))
		r = put_file(l, &file, package, &path);
	buf_release(&path);
	if (r == 0 && files.broken)
		r = case_note(l, pos, CASE_NULL, "partial", "the list of the files of %.*s is broken",
			      name.len < 200 ? (int)name.len : 200, (const char *)name.p);
	return r;
}

/* ------------------------------------------------------------ databases that are read as they are */

int load_rpm_ndb(struct loading *l, const uint8_t *p, size_t n)
{
	struct rpm_ndb d;
	struct bytes blob;
	uint64_t pos;
	int r = 0;

	if (load_package_outside(l) || n == 0)
		return 0;
	if (!rpm_ndb_open(&d, p, n))
		return case_note(l, 0, CASE_NULL, "unreadable", "no ndb database of rpm");
	while (r == 0 && rpm_ndb_next(&d, &blob, &pos))
		r = load_rpm_header(l, blob, (int64_t)pos);
	return r == 0 ? load_package_bad(l, d.bad) : -1;
}

int load_rpm_bdb(struct loading *l, const uint8_t *p, size_t n)
{
	struct rpm_bdb d;
	struct bytes blob;
	uint64_t pos;
	int r = 0;

	if (load_package_outside(l) || n == 0)
		return 0;
	if (!rpm_bdb_open(&d, p, n))
		return case_note(l, 0, CASE_NULL, "unreadable", "no hash of Berkeley DB");
	while (r == 0 && rpm_bdb_next(&d, &blob, &pos))
		r = load_rpm_header(l, blob, (int64_t)pos);
	if (r == 0)
		r = load_package_bad(l, d.bad);
	rpm_bdb_close(&d);
	return r;
}

/* ------------------------------------------------------------ SQLite */

/* Keep a member until its other half has come. */
static int keep(struct loading *l, const uint8_t *p, size_t n)
{
	struct case_query *q CLEANUP(case_query_close) = NULL;
	struct buf scratch;
	int r;

	if (db_exec(l->db, "CREATE TABLE IF NOT EXISTS temp.rpm_kept (object, name, content)", l->e) != 0 ||
	    case_query_open(&q, l->db, "INSERT INTO temp.rpm_kept VALUES (?, ?, ?)", l->e) != 0)
		return -1;
	buf_init(&scratch, LOAD_PACKAGE_TEXT_MAX);
	case_query_bind(q, 1, l->object);
	case_query_bind_text(q, 2, load_package_text(&scratch, l->path));
	case_query_bind_blob(q, 3, (struct bytes){ p, n });
	r = case_query_step(q, l->e);
	buf_release(&scratch);
	return r < 0 ? -1 : 0;
}

/* 1: the archive has a log beside the database, with something in it. */
static int has_log(struct loading *l)
{
	static const char sql[] =
		"SELECT 1 FROM object WHERE host = ?1 AND path = ?2 || '-wal' AND stored > 0"
		" AND member IS NOT NULL";
	struct case_query *q CLEANUP(case_query_close) = NULL;
	struct buf scratch;
	int r;

	if (case_query_open(&q, l->db, sql, l->e) != 0)
		return -1;
	buf_init(&scratch, LOAD_PACKAGE_TEXT_MAX);
	case_query_bind(q, 1, l->host);
	case_query_bind_text(q, 2, load_package_text(&scratch, l->path));
	r = case_query_step(q, l->e);
	buf_release(&scratch);
	return r;
}

int load_rpm_sqlite(struct loading *l, const uint8_t *p, size_t n)
{
	uint8_t *image;
	int r;

	if (load_package_outside(l) || n == 0)
		return 0;
	r = has_log(l);
	if (r != 0)
		return r < 0 ? -1 : keep(l, p, n);
	image = malloc(n);
	if (image == NULL)
		return err_set(l->e, 0, "no memory for a database of rpm");
	memcpy(image, p, n);
	r = load_rpm_image(l, image, n);
	free(image);
	return r;
}

int load_rpm_wal(struct loading *l, const uint8_t *p, size_t n)
{
	return load_package_outside(l) || n == 0 ? 0 : keep(l, p, n);
}

/*
 * Files of dpkg's packages, of what its lists, its sums, its status and its administrator say.
 */
#include "lib/base/fd.h"
#include "workstation/case/case_query.h"
#include "workstation/case/loaders.h"

/* A list, or a line of one, that somebody took away: what has a sum is the package's all the
 * same. */
static const char unlisted[] =
	"INSERT INTO temp.dpkg_list SELECT object, package, arch, path FROM temp.dpkg_sum"
	" WHERE (package, arch, path) NOT IN (SELECT package, arch, path FROM temp.dpkg_list)";

/* Of a path that has a sum and is called configuration, too, the sum counts, as dpkg -V has it;
 * who writes a line into status makes no configuration of a program by that.  A file of a package
 * that is diverted lies elsewhere, unless the diversion is the package's own.  Packages that were
 * removed keep a list of their configuration; their sums went with their files, so what has a sum
 * is not removed, whatever status says. */
static const char join[] =
	"INSERT INTO package_file (host, object, package, path, digest_kind, digest, mode, user, "
	"grp,"
	" kind)"
	" SELECT p.host, coalesce(s.object, c.object, f.object), p.id,"
	"  CASE WHEN d.package <> f.package THEN d.target ELSE f.path END,"
	"  CASE WHEN coalesce(s.md5, c.md5) IS NULL THEN 'none' ELSE 'md5' END,"
	"  coalesce(s.md5, c.md5), o.mode, o.user, o.grp,"
	"  CASE WHEN c.path IS NOT NULL AND (s.path IS NULL OR f.path GLOB '/etc/*')"
	"       THEN 'conffile'"
	"       WHEN d.package <> f.package THEN 'diverted' ELSE 'file' END"
	" FROM temp.dpkg_list f"
	" JOIN package p ON p.host = ?1 AND p.manager = 'dpkg' AND p.name = f.package"
	"  AND (f.arch = '' OR p.arch = f.arch)"
	" LEFT JOIN temp.dpkg_sum s ON s.package = f.package AND s.arch = f.arch"
	"  AND s.path = f.path"
	" LEFT JOIN temp.dpkg_conf c ON c.package = p.id AND c.path = f.path"
	" LEFT JOIN temp.dpkg_divert d ON d.path = f.path"
	" LEFT JOIN temp.dpkg_override o ON o.path = f.path"
	" WHERE s.path IS NOT NULL"
	"  OR coalesce(p.state, '') NOT IN ('not-installed', 'config-files')";

static const char times[] =
	"UPDATE package SET time = t.time, time_from = 'list' FROM temp.dpkg_time t"
	" WHERE package.host = ?1 AND package.manager = 'dpkg' AND package.name = t.package"
	"  AND (t.arch = '' OR package.arch = t.arch) AND t.time IS NOT NULL";

static int run(const struct finishing *f, const char *sql)
{
	struct case_query *q CLEANUP(case_query_close) = NULL;

	if (case_query_open(&q, f->db, sql, f->e) != 0)
		return -1;
	case_query_bind(q, 1, f->host);
	return case_query_step(q, f->e) < 0 ? -1 : 0;
}

/* Nothing of dpkg was loaded: its tables were never made. */
static int has_tables(const struct finishing *f)
{
	struct case_query *q CLEANUP(case_query_close) = NULL;

	if (case_query_open(&q, f->db, "SELECT 1 FROM temp.sqlite_schema WHERE name = 'dpkg_list'",
			    f->e) != 0)
		return -1;
	return case_query_step(q, f->e);
}

int finish_dpkg(const struct finishing *f)
{
	int has = has_tables(f);

	if (has <= 0)
		return has;
	if (db_exec(f->db, unlisted, f->e) != 0 || run(f, join) != 0 || run(f, times) != 0)
		return -1;
	return db_exec(f->db,
		       "DROP TABLE temp.dpkg_list; DROP TABLE temp.dpkg_time;"
		       "DROP TABLE temp.dpkg_sum; DROP TABLE temp.dpkg_conf;"
		       "DROP TABLE temp.dpkg_divert; DROP TABLE temp.dpkg_override",
		       f->e);
}

/*
 * Verbs over packages: what is installed, what of it is not as it was, and what is nobody's.
 */
#include "workstation/show/show_groups.h"

static const struct show_column packages_columns[] = {
	{ "time", SHOW_TIME },
	{ "manager", SHOW_TEXT },
	{ "state", SHOW_TEXT },
	{ "name", SHOW_TEXT },
	{ "version", SHOW_TEXT },
	{ "arch", SHOW_TEXT },
	{ "summary", SHOW_TEXT },
	{ "time_from", SHOW_TEXT | SHOW_MORE },
	{ "origin", SHOW_TEXT | SHOW_MORE },
	{ NULL, 0 },
};

static const struct show_option packages_options[] = {
	{ "by-time", NULL, SHOW_FLAG, NULL, "those installed last first, as rpm -qa --last does",
	  NULL },
	{ "name", "GLOB", SHOW_STRING, "v.name GLOB :name", "only packages whose name matches",
	  NULL },
	{ NULL, NULL, SHOW_FLAG, NULL, NULL, NULL },
};

static const struct show_column verify_columns[] = {
	{ "marks", SHOW_TEXT },
	{ "attr", SHOW_TEXT },
	{ "path", SHOW_TEXT },
	{ "package", SHOW_TEXT },
	{ "version", SHOW_TEXT },
	{ "manager", SHOW_TEXT | SHOW_MORE },
	{ "found", SHOW_TEXT | SHOW_MORE },
	{ "mtime", SHOW_TIME | SHOW_MORE },
	{ "ctime", SHOW_TIME | SHOW_MORE },
	{ "digest_kind", SHOW_TEXT | SHOW_MORE },
	{ "digest", SHOW_TEXT | SHOW_MORE },
	{ NULL, 0 },
};

static const struct show_option verify_options[] = {
	{ "no-config", NULL, SHOW_FLAG, "v.attr IS NOT 'c'",
	  "leave configuration files out, which administrators change", NULL },
	{ "package", "NAME", SHOW_STRING, "v.package = :package", "only files of this package",
	  NULL },
	{ NULL, NULL, SHOW_FLAG, NULL, NULL, NULL },
};

static const struct show_column unowned_columns[] = {
	{ "mode", SHOW_MODE },
	{ "user", SHOW_TEXT },
	{ "size", SHOW_SIZE },
	{ "time", SHOW_TIME },
	{ "attr", SHOW_TEXT },
	{ "path", SHOW_TEXT },
	{ "link", SHOW_TEXT },
	{ "ctime", SHOW_TIME | SHOW_MORE },
	{ "btime", SHOW_TIME | SHOW_MORE },
	{ NULL, 0 },
};

static const struct show_option unowned_options[] = {
	{ "all", NULL, SHOW_FLAG, NULL,
	  "those too whose names are of files that programs of packages make (attr g)", NULL },
	{ "executable", NULL, SHOW_FLAG, "(v.mode & 61440) = 32768 AND (v.mode & 73) <> 0",
	  "only files that can be run", NULL },
	{ "setuid", NULL, SHOW_FLAG, "(v.mode & 61440) = 32768 AND (v.mode & 3072) <> 0",
	  "only files with the set-user-ID or set-group-ID bit", NULL },
	{ NULL, NULL, SHOW_FLAG, NULL, NULL, NULL },
};

static const struct show_column owner_columns[] = {
	{ "path", SHOW_TEXT },
	{ "package", SHOW_TEXT },
	{ "version", SHOW_TEXT },
	{ "kind", SHOW_TEXT },
	{ "digest_kind", SHOW_TEXT },
	{ "digest", SHOW_TEXT },
	{ "packaged_path", SHOW_TEXT | SHOW_MORE },
	{ "manager", SHOW_TEXT | SHOW_MORE },
	{ "time", SHOW_TIME | SHOW_MORE },
	{ NULL, 0 },
};

static const struct show_option owner_options[] = {
	{ "package", "NAME", SHOW_STRING, "v.package = :package", "only files of this package",
	  NULL },
	{ NULL, NULL, SHOW_FLAG, NULL, NULL, NULL },
};

/* Without a list nothing is a package's: neither can be asked. */
#define UNLISTED                                                                                   \
	"SELECT h.id AS host, CASE WHEN EXISTS (SELECT 1 FROM package_file f WHERE f.host = h.id " \
	"AND f.found IS NOT NULL) THEN printf('host %d: of %d installed packages no list of "      \
	"files is there: of theirs only what has a digest is verified, the rest counts as "        \
	"nobody''s', h.id, count(p.id)) "                                                          \
	"WHEN EXISTS (SELECT 1 FROM package_file f WHERE f.host = h.id) THEN printf('host %d: "    \
	"the archive has none of the files that the package databases name: none is verified, "    \
	"and none called nobody''s', h.id) "                                                       \
	"ELSE printf('host %d: this cannot be asked: no package database says whose files these "  \
	"are (%d installed packages)', h.id, (SELECT count(*) FROM package i WHERE i.host = h.id " \
	"AND COALESCE(i.state, '') NOT IN ('not-installed', 'config-files', 'half-installed'))) "  \
	"END AS text FROM host h "                                                                 \
	"LEFT JOIN package_unlisted p ON p.host = h.id GROUP BY h.id "                             \
	"HAVING count(p.id) > 0 OR NOT EXISTS (SELECT 1 FROM package_file f WHERE f.host = h.id "  \
	"AND f.found IS NOT NULL)"
/* What of the lists the collector did not take whole is no fact about the host. */
#define UNLISTED_OR_UNTAKEN                                                                   \
	UNLISTED                                                                              \
	" UNION ALL SELECT host, printf('host %d: the archive lacks all or part of %s: "      \
	"%s', host, text, CASE WHEN what IN ('list', 'beside') THEN "                         \
	"'what only they name counts as nobody''s and is not verified' "                      \
	"WHEN what = 'digests' THEN 'what has its digest there alone is not verified' "       \
	"ELSE 'no file is called nobody''s' END) FROM package_part"                           \
	" UNION ALL SELECT host, printf('host %d: %s', host, text) FROM note WHERE parser = " \
	"'unowned' AND kind = 'uninventoried'"

const struct show_verb show_packages_verbs[] = {
	{ .name = "packages",
	  .of = "packages",
	  .typed = "dpkg -l, rpm -qa --last, apk info -v",
	  .what = "Installed packages, with the time of their installation.",
	  .sql = "SELECT host, object, pos, line, id, time, time_from, manager, state, name, "
		 "version, "
		 "arch, summary, origin, CASE WHEN :by_time THEN -ifnull(time, 0) END AS latest "
		 "FROM package",
	  .order = "v.host, v.latest, v.name, v.arch",
	  .columns = packages_columns,
	  .options = packages_options },
	{ .name = "verify",
	  .of = "packages",
	  .typed = "rpm -Va, dpkg -V, apk audit --system",
	  .what = "Files of packages that are not as their package has them: S size, M mode, 5 "
		  "digest, L link, U user, G group, T time, P capabilities; ? was not compared. "
		  "Programs come first, what could not be compared at all last.",
	  .sql = "SELECT v.host, v.object, v.id, v.marks, v.attr, v.path, v.package, p.version, "
		 "p.manager, o.path AS found, o.mtime, o.ctime, f.digest_kind, f.digest "
		 "FROM verification v JOIN package_file f ON f.id = v.package_file "
		 "JOIN package p ON p.id = f.package LEFT JOIN object o ON o.id = v.object",
	  .order = "v.host, replace(trim(v.marks, '?'), '.', '') = '', v.path NOT GLOB '/bin/*' "
		   "AND v.path NOT "
		   "GLOB '/sbin/*' AND v.path NOT GLOB '/usr/bin/*' AND v.path NOT GLOB "
		   "'/usr/sbin/*', v.path, v.id",
	  .limits = UNLISTED_OR_UNTAKEN,
	  .columns = verify_columns,
	  .options = verify_options },
	{ .name = "unowned",
	  .of = "packages",
	  .typed = "find /usr ... -exec dpkg -S {} +, rpm -qf",
	  .what = "Files and links below the system's directories that no package owns, and "
		  "programs "
		  "in /etc; what can be run comes first.",
	  .sql = "SELECT v.host, v.object, v.id, v.attr, v.path, o.mode, o.size, o.mtime AS time, "
		 "o.ctime, o.btime, o.link, "
		 "ifnull((SELECT a.name FROM account a WHERE a.host = o.host AND a.uid = o.uid "
		 "AND a.container IS o.container LIMIT 1), o.uid) AS user "
		 "FROM verification v JOIN object o ON o.id = v.object "
		 "WHERE v.package_file IS NULL AND (:all OR v.attr IS NOT 'g')",
	  .order = "v.host, (v.mode & 61440) = 32768 AND (v.mode & 73) <> 0 DESC, v.path",
	  .limits = UNLISTED_OR_UNTAKEN,
	  .columns = unowned_columns,
	  .options = unowned_options },
	{ .name = "owner",
	  .of = "packages",
	  .needs = "--path PATH or --package NAME",
	  .typed = "dpkg -S PATH, rpm -qf PATH, apk info --who-owns PATH",
	  .what = "Which package a file is of (--path), or the files of one (--package).",
	  .sql = "SELECT f.host, f.found AS object, f.id, ifnull(o.path, f.path) AS path, "
		 "p.name AS package, p.version, p.manager, f.kind, f.digest_kind, f.digest, "
		 "f.path AS packaged_path, p.time FROM package_file f JOIN package p ON p.id = "
		 "f.package "
		 "LEFT JOIN object o ON o.id = f.found",
	  .order = "v.host, v.path, v.package",
	  .limits = UNLISTED_OR_UNTAKEN,
	  .columns = owner_columns,
	  .options = owner_options },
	{ .name = NULL },
};

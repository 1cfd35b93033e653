/*
 * Verbs over the inventory: the table `object`.
 */
#include "workstation/show/show_groups.h"

/* The name of the owner in the host's or the container's own passwd, else the number. */
#define USER                                                                            \
	"ifnull((SELECT a.name FROM account a WHERE a.host = o.host AND a.uid = o.uid " \
	"AND a.container IS o.container LIMIT 1), o.uid) AS user"
#define GROUP_NAME                                                                         \
	"ifnull((SELECT g.name FROM user_group g WHERE g.host = o.host AND g.gid = o.gid " \
	"AND g.container IS o.container LIMIT 1), o.gid) AS \"group\""

/* Where programs are that nobody but a package manager changes. */
#define SYSTEM_PROGRAM(path)                                                                     \
	"(" path " GLOB '/bin/*' OR " path " GLOB '/sbin/*' OR " path " GLOB '/lib*/*' OR " path \
	" GLOB '/usr/bin/*' OR " path " GLOB '/usr/sbin/*' OR " path " GLOB '/usr/lib*/*')"

/*
 * What cannot be so where nobody set a time by hand: a second is granted to clocks and file
 * systems that count in seconds.  Each has an innocent cause, too: unpacking an archive sets
 * mtime to what it was elsewhere, and a clock may have been set.
 */
#define ODD_TIMES                                                                                \
	"nullif(trim("                                                                           \
	"CASE WHEN mtime > ctime + 1000000000 THEN 'mtime-after-change ' ELSE '' END || "        \
	"CASE WHEN btime > ctime + 1000000000 THEN 'birth-after-change ' ELSE '' END || "        \
	"CASE WHEN mtime < btime - 1000000000 THEN 'mtime-before-birth ' ELSE '' END || "        \
	"CASE WHEN max(mtime, ctime) > (SELECT ifnull(end, begin) FROM host WHERE id = o.host) " \
	"+ 1000000000 THEN 'after-collection ' ELSE '' END), '')"

static const struct show_column files_columns[] = {
	{ "mode", SHOW_MODE },
	{ "user", SHOW_TEXT },
	{ "group", SHOW_TEXT },
	{ "size", SHOW_SIZE },
	{ "time", SHOW_TIME },
	{ "path", SHOW_TEXT },
	{ "link", SHOW_TEXT },
	{ "type", SHOW_TEXT | SHOW_MORE },
	{ "mtime", SHOW_TIME | SHOW_MORE },
	{ "atime", SHOW_TIME | SHOW_MORE },
	{ "ctime", SHOW_TIME | SHOW_MORE },
	{ "btime", SHOW_TIME | SHOW_MORE },
	{ "odd", SHOW_TEXT | SHOW_MORE },
	{ "uid", SHOW_INT | SHOW_MORE },
	{ "gid", SHOW_INT | SHOW_MORE },
	{ "nlink", SHOW_INT | SHOW_MORE },
	{ "dev", SHOW_TEXT | SHOW_MORE },
	{ "ino", SHOW_INT | SHOW_MORE },
	{ "attr", SHOW_TEXT | SHOW_MORE },
	{ "gap", SHOW_TEXT | SHOW_MORE },
	{ "container", SHOW_TEXT | SHOW_MORE },
	{ NULL, 0 },
};

#define FILES_SQL                                                                              \
	"SELECT o.host, o.id AS object, mode, " USER ", " GROUP_NAME ", size, "                \
	"CASE :by WHEN 'atime' THEN atime WHEN 'ctime' THEN ctime WHEN 'btime' THEN btime "    \
	"ELSE mtime END AS time, path, link, type, mtime, atime, "                             \
	"ctime, btime, " ODD_TIMES " AS odd, uid, gid, nlink, dev, ino, attr, gap, container " \
	"FROM object o WHERE path GLOB '/*'"

static const struct show_option files_options[] = {
	{ "dir", "DIR", SHOW_STRING,
	  "v.path > rtrim(:dir, '/') || '/' AND v.path < rtrim(:dir, '/') || '0' AND "
	  "instr(substr(v.path, length(rtrim(:dir, '/')) + 2), '/') = 0",
	  "only what is in this directory", NULL },
	{ "below", "DIR", SHOW_STRING,
	  "v.path > rtrim(:below, '/') || '/' AND v.path < rtrim(:below, '/') || '0'",
	  "only what is below this directory", NULL },
	{ "by", "TIME", SHOW_STRING, NULL,
	  "the time that is shown, ordered by and compared: mtime (default), atime, ctime, btime",
	  "mtime atime ctime btime" },
	{ "newer", "PATH", SHOW_STRING,
	  "v.time > (SELECT max(n.mtime) FROM object n WHERE n.host = v.host AND n.path = :newer)",
	  "only what is newer than this file (its mtime)", NULL },
	{ "changed-since", "TIME", SHOW_WHEN, "v.ctime >= :changed_since",
	  "only what was changed since (ctime, which cannot be set)", NULL },
	{ "type", "WORD", SHOW_STRING, "v.type = :type", "only this type",
	  "file directory symlink fifo socket chardev blockdev unknown" },
	{ "hidden", NULL, SHOW_FLAG, "instr(v.path, '/.') > 0",
	  "only what has a name that begins with a dot, or lies below such a directory", NULL },
	{ "executable", NULL, SHOW_FLAG, "v.type = 'file' AND (v.mode & 73) <> 0",
	  "only files that somebody may execute", NULL },
	{ "setuid", NULL, SHOW_FLAG, "v.type = 'file' AND (v.mode & 3072) <> 0",
	  "only files that run with the rights of their owner or group", NULL },
	{ "world-writable", NULL, SHOW_FLAG,
	  "(v.mode & 2) <> 0 AND v.type <> 'symlink' AND (v.type <> 'directory' OR (v.mode & 512) "
	  "= 0)",
	  "only what everybody may write to, directories like /tmp left out", NULL },
	{ "mode", "OCTAL", SHOW_OCTAL, "(v.mode & 4095) = :mode", "only this mode: 777", NULL },
	{ "odd-times", NULL, SHOW_FLAG, "v.odd IS NOT NULL",
	  "only files whose times contradict each other, or the time of the collection; --json and "
	  "--csv say how (odd)",
	  NULL },
	{ NULL, NULL, SHOW_FLAG, NULL, NULL, NULL },
};

static const struct show_column attributes_columns[] = {
	{ "attr", SHOW_TEXT },
	{ "mode", SHOW_MODE },
	{ "user", SHOW_TEXT },
	{ "size", SHOW_SIZE },
	{ "time", SHOW_TIME },
	{ "path", SHOW_TEXT },
	{ "container", SHOW_TEXT | SHOW_MORE },
	{ NULL, 0 },
};

static const struct show_option attributes_options[] = {
	{ "all", NULL, SHOW_FLAG, NULL, "every attribute, not immutable and append alone", NULL },
	{ NULL, NULL, SHOW_FLAG, NULL, NULL, NULL },
};

static const struct show_column gaps_columns[] = {
	{ "result", SHOW_TEXT },           { "gap", SHOW_TEXT },
	{ "errname", SHOW_TEXT },          { "depth", SHOW_TEXT },
	{ "artifact", SHOW_TEXT },         { "path", SHOW_TEXT },
	{ "time", SHOW_TIME | SHOW_MORE }, { NULL, 0 },
};

const struct show_verb show_files_verbs[] = {
	{ .name = "files",
	  .typed = "ls -lart DIR, find -newer, find -mtime, find -perm",
	  .what = "Every object of the inventory, by one of its four times.",
	  .sql = FILES_SQL,
	  .order = "v.time, v.path",
	  .columns = files_columns,
	  .options = files_options },
	{ .name = "attributes",
	  .typed = "lsattr -R /",
	  .what = "Files that cannot be changed or only be appended to; programs of the system "
		  "first.",
	  .sql = "SELECT o.host, o.id AS object, attr, mode, " USER
		 ", size, mtime AS time, path, container "
		 "FROM object o WHERE attr IS NOT NULL AND (:all OR attr LIKE '%immutable%' "
		 "OR attr LIKE '%append%')",
	  .order = SYSTEM_PROGRAM("v.path") " DESC, v.path",
	  .columns = attributes_columns,
	  .options = attributes_options },
	{ .name = "gaps",
	  .typed = "(what is missing, and why)",
	  .what = "Objects that are not there, or not whole, with the reason.",
	  .sql = "SELECT host, id AS object, result, gap, errname, depth, artifact, path, opened "
		 "AS time "
		 "FROM object WHERE result <> 'ok'",
	  .order = "v.gap, v.path",
	  .columns = gaps_columns },
	{ .name = NULL },
};

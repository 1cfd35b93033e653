/*
 * The databases of dpkg: packages at once, their files into tables of this connection alone,
 * which finish_dpkg joins.
 */
#include "workstation/case/load_package.h"
#include "workstation/parse/dpkg.h"

/* A list names a file once; who gives two sums for one path is believed the first. */
static const char tables[] =
	"CREATE TABLE IF NOT EXISTS temp.dpkg_list (object, package, arch, path);"
	"CREATE TABLE IF NOT EXISTS temp.dpkg_time (package, arch, time);"
	"CREATE TABLE IF NOT EXISTS temp.dpkg_sum (package, arch, path, object, md5,"
	" PRIMARY KEY (package, arch, path)) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS temp.dpkg_conf (package, path, object, md5,"
	" PRIMARY KEY (package, path)) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS temp.dpkg_divert (path PRIMARY KEY, target, package)"
	" WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS temp.dpkg_override (path PRIMARY KEY, user, grp, mode)"
	" WITHOUT ROWID;";

/* A text being put into one of them. */
struct putting {
	struct loading *l;
	struct case_query *q;
	struct buf text[4];
	struct bytes package, arch; /* that a list is of */
};

static int put_begin(struct putting *p, struct loading *l, const char *sql)
{
	*p = (struct putting){ .l = l };
	for (size_t i = 0; i < sizeof(p->text) / sizeof(p->text[0]); i++)
		buf_init(&p->text[i], LOAD_PACKAGE_TEXT_MAX);
	if (db_exec(l->db, tables, l->e) != 0)
		return -1;
	return case_query_open(&p->q, l->db, sql, l->e);
}

static void put_end(struct putting *p)
{
	for (size_t i = 0; i < sizeof(p->text) / sizeof(p->text[0]); i++)
		buf_release(&p->text[i]);
	case_query_close(&p->q);
}

/* Texts of ours and numbers are bound by the caller; these are the host's. */
static void bind(struct putting *p, int at, unsigned scratch, struct bytes raw)
{
	case_query_bind_text(p->q, at, load_package_text(&p->text[scratch], raw));
}

static int put_row(struct putting *p)
{
	int r = case_query_step(p->q, p->l->e);

	case_query_reset(p->q);
	return r < 0 ? -1 : 0;
}

/* Bind what the next entry says; false behind the last. */
typedef bool next_entry(struct putting *p, struct dpkg *d);

/* A row for each entry of a text that is of ${package}, where it is of one. */
static int put_each(struct loading *l, struct bytes text, const char *sql, next_entry *next,
		    const struct bytes package[2])
{
	struct dpkg d = dpkg_begin(text.p, text.len);
	struct putting put;
	int r = put_begin(&put, l, sql);

	if (package != NULL) {
		put.package = package[0];
		put.arch = package[1];
	}
	while (r == 0 && next(&put, &d))
		r = put_row(&put);
	put_end(&put);
	return r == 0 ? load_package_bad(l, d.bad) : -1;
}

/* ------------------------------------------------------------ status */

static int put_package(struct loading *l, const struct dpkg_package *p)
{
	struct case_package row;

	case_init_package(&row);
	row.object = l->object;
	row.pos = (int64_t)p->pos;
	row.line = (int64_t)p->line;
	row.manager = "dpkg";
	row.name = p->name;
	row.version = p->version;
	row.arch = p->arch;
	row.state = p->state;
	row.origin = p->maintainer;
	row.summary = p->summary;
	return case_put_package(l->db, &row, l->e);
}

static int put_conffiles(struct putting *p, const struct dpkg_package *package)
{
	struct dpkg d = dpkg_begin(package->conffiles.p, package->conffiles.len);
	int64_t id = db_last(p->l->db);
	struct dpkg_file f;

	while (dpkg_conffile(&d, &f)) {
		if (f.obsolete)
			continue;
		case_query_bind(p->q, 1, id);
		bind(p, 2, 0, f.path);
		case_query_bind(p->q, 3, p->l->object);
		case_query_bind_text(p->q, 4, f.md5.len > 0 ? f.md5 : (struct bytes){ NULL, 0 });
		if (put_row(p) != 0)
			return -1;
	}
	return load_package_bad(p->l, d.bad);
}

int load_dpkg_status(struct loading *l, const uint8_t *p, size_t n)
{
	struct dpkg d = dpkg_begin(p, n);
	struct dpkg_package package;
	struct putting put;
	int r;

	if (load_package_outside(l))
		return 0;
	r = put_begin(&put, l, "INSERT OR IGNORE INTO temp.dpkg_conf VALUES (?, ?, ?, lower(?))");
	while (r == 0 && dpkg_package(&d, &package)) {
		r = put_package(l, &package);
		if (r == 0)
			r = put_conffiles(&put, &package);
	}
	put_end(&put);
	return r == 0 ? load_package_bad(l, d.bad) : -1;
}

/* ------------------------------------------------------------ info */

/* Which package the member is of, by its name. */
static bool package_of(const struct loading *l, struct bytes *package, struct bytes *arch)
{
	const char *p = l->name.p;
	size_t n = l->name.len;
	struct bytes kind;

	for (size_t i = n; i-- > 0;)
		if (p[i] == '/')
			return dpkg_info((struct bytes){ p + i + 1, n - i - 1 }, package, arch,
					 &kind);
	return false;
}

/* When the package was unpacked: dpkg writes its list then. */
static int put_time(struct loading *l, struct bytes package, struct bytes arch)
{
	struct putting put;
	int r = put_begin(&put, l, "INSERT INTO temp.dpkg_time VALUES (?, ?, ?)");

	if (r == 0) {
		bind(&put, 1, 0, package);
		bind(&put, 2, 1, arch);
		case_query_bind(put.q, 3, l->mtime_ns);
		r = put_row(&put);
	}
	put_end(&put);
	return r;
}

static bool next_listed(struct putting *p, struct dpkg *d)
{
	struct dpkg_file f;

	do {
		if (!dpkg_listed(d, &f))
			return false;
	} while (scan_is(f.path, "/.")); /* the root directory is written so */
	case_query_bind(p->q, 1, p->l->object);
	bind(p, 2, 0, p->package);
	bind(p, 3, 1, p->arch);
	bind(p, 4, 2, f.path);
	return true;
}

int load_dpkg_list(struct loading *l, const uint8_t *p, size_t n)
{
	struct bytes package[2];

	if (load_package_outside(l) || !package_of(l, &package[0], &package[1]))
		return 0;
	if (put_each(l, (struct bytes){ p, n }, "INSERT INTO temp.dpkg_list VALUES (?, ?, ?, ?)",
		     next_listed, package) != 0)
		return -1;
	return put_time(l, package[0], package[1]);
}

static bool next_sum(struct putting *p, struct dpkg *d)
{
	struct dpkg_file f;

	if (!dpkg_sum(d, &f))
		return false;
	bind(p, 1, 0, p->package);
	bind(p, 2, 1, p->arch);
	bind(p, 3, 2, f.path);
	case_query_bind(p->q, 4, p->l->object);
	case_query_bind_text(p->q, 5, f.md5);
	return true;
}

int load_dpkg_sums(struct loading *l, const uint8_t *p, size_t n)
{
	static const char sql[] =
		"INSERT OR IGNORE INTO temp.dpkg_sum VALUES (?, ?, '/' || ?, ?, lower(?))";
	struct bytes package[2];

	if (load_package_outside(l) || !package_of(l, &package[0], &package[1]))
		return 0;
	return put_each(l, (struct bytes){ p, n }, sql, next_sum, package);
}

/* ------------------------------------------------------------ what an administrator changed */

static bool next_diversion(struct putting *p, struct dpkg *d)
{
	struct dpkg_diversion v;

	if (!dpkg_diversion(d, &v))
		return false;
	bind(p, 1, 0, v.from);
	bind(p, 2, 1, v.to);
	bind(p, 3, 2, v.package);
	return true;
}

int load_dpkg_diversions(struct loading *l, const uint8_t *p, size_t n)
{
	static const char sql[] = "INSERT OR IGNORE INTO temp.dpkg_divert VALUES (?, ?, ?)";

	return load_package_outside(l)
		       ? 0
		       : put_each(l, (struct bytes){ p, n }, sql, next_diversion, NULL);
}

/* "#12" is a number, everything else a name. */
static struct bytes owner_of(struct bytes b)
{
	return b.len > 1 && *(const char *)b.p == '#'
		       ? (struct bytes){ (const char *)b.p + 1, b.len - 1 }
		       : b;
}

static bool next_override(struct putting *p, struct dpkg *d)
{
	struct dpkg_override o;

	if (!dpkg_override(d, &o))
		return false;
	bind(p, 1, 0, o.path);
	bind(p, 2, 1, owner_of(o.user));
	bind(p, 3, 2, owner_of(o.group));
	case_query_bind(p->q, 4, o.mode);
	return true;
}

int load_dpkg_overrides(struct loading *l, const uint8_t *p, size_t n)
{
	static const char sql[] = "INSERT OR IGNORE INTO temp.dpkg_override VALUES (?, ?, ?, ?)";

	return load_package_outside(l)
		       ? 0
		       : put_each(l, (struct bytes){ p, n }, sql, next_override, NULL);
}

#include "workstation/case/host_path.h"

#include <string.h>

#include "lib/base/fd.h"

/* A directory that could not be listed has a line in each category that wanted through it; a line
 * that knows what stands there goes before one that does not. */
static const char find_sql[] =
	"SELECT type, link, (SELECT count(*) FROM object n WHERE n.host = ?1 AND n.path = ?2"
	" AND n.result <> 'ok') FROM object WHERE host = ?1 AND path = ?2"
	" ORDER BY type = 'unknown', result = 'ok' LIMIT 1";

/* Only a run that came to its end has looked at everything, and the seal alone does not show it. */
static const char inventory_sql[] =
	"SELECT 1 FROM host h JOIN object o ON o.host = h.id AND o.artifact = 'inventory'"
	" WHERE h.id = ?1 AND h.verdict = 'COMPLETE' AND h.completed = 1"
	" AND h.plan IS NOT 'unknown' LIMIT 1";

static int ask_inventory(struct host_path *p, struct case_db *db)
{
	struct case_query *q CLEANUP(case_query_close) = NULL;
	int r;

	if (case_query_open(&q, db, inventory_sql, p->e) != 0)
		return -1;
	case_query_bind(q, 1, p->host);
	r = case_query_step(q, p->e);
	p->inventory = r > 0;
	return r < 0 ? -1 : 0;
}

int host_path_open(struct host_path *p, struct case_db *db, int64_t host, struct err *e)
{
	*p = (struct host_path){ .host = host, .e = e };
	buf_init(&p->dir, HOST_PATH_MAX);
	buf_init(&p->real, HOST_PATH_MAX);
	buf_init(&p->path, 2 * HOST_PATH_MAX);
	if (ask_inventory(p, db) != 0)
		return -1;
	return case_query_open(&p->find, db, find_sql, e);
}

void host_path_close(struct host_path *p)
{
	case_query_close(&p->find);
	buf_release(&p->dir);
	buf_release(&p->real);
	buf_release(&p->path);
}

static bool is(struct bytes b, const char *text)
{
	return b.len == strlen(text) && memcmp(b.p, text, b.len) == 0;
}

/* What stands at real path ${path}: 1 with its row in p->find, 0: nothing, -1. */
static int look(struct host_path *p, const struct buf *path)
{
	case_query_reset(p->find);
	case_query_bind(p->find, 1, p->host);
	case_query_bind_text(p->find, 2, (struct bytes){ path->p, path->len });
	return case_query_step(p->find, p->e);
}

/* Take the last name off. */
static void to_parent(struct buf *path)
{
	while (path->len > 0 && path->p[--path->len] != '/')
		;
}

/* The link ${real} leads to ${target}: put that before what is still to go, which begins at
 * ${at}, and go on from the link's directory, or from the root. */
static void put_target(struct buf *real, struct buf *rest, size_t at, struct bytes target)
{
	struct buf joined;

	to_parent(real);
	buf_init(&joined, HOST_PATH_MAX);
	buf_add(&joined, target.p, target.len);
	buf_putc(&joined, '/');
	buf_add(&joined, rest->p + at, rest->len - at);
	if (target.len > 0 && *(const char *)target.p == '/')
		buf_clear(real);
	buf_release(rest);
	*rest = joined;
}

/* Take the first name of ${rest}; false at its end. */
static bool take_name(struct buf *rest, size_t *at, struct bytes *name)
{
	while (*at < rest->len && rest->p[*at] == '/')
		(*at)++;
	*name = (struct bytes){ rest->p + *at, 0 };
	while (*at < rest->len && rest->p[*at] != '/') {
		(*at)++;
		name->len++;
	}
	return name->len > 0;
}

/* Step from the directory p->real to ${name} in it.  1: it is a link, whose target is in
 * p->find; 0: go on, or p->kind says why not; -1. */
static int step(struct host_path *p, struct bytes name)
{
	struct bytes type;
	int r;

	if (is(name, "."))
		return 0;
	if (is(name, "..")) {
		to_parent(&p->real);
		p->lost = p->unseen;
		return 0;
	}
	buf_putc(&p->real, '/');
	buf_add(&p->real, name.p, name.len);
	r = p->real.failed ? 0 : look(p, &p->real);
	if (r < 0)
		return -1;
	/* nobody came to list what is there: a link, maybe, but what has a row below it is none */
	p->unseen = r == 0 && !p->inventory && !p->real.failed;
	if (p->unseen)
		return 0;
	type = r > 0 ? case_query_text(p->find, 0) : (struct bytes){ "", 0 };
	if (is(type, "symlink"))
		return 1;
	/* what nobody could look at may be a directory: another category may have been in it */
	p->lost = r == 0 || !(is(type, "directory") || is(type, "unknown"));
	if (p->lost && p->kind == HOST_PATH_LISTED)
		p->kind = HOST_PATH_ABSENT;
	else if (!p->lost && (case_query_int(p->find, 2) > 0 || is(type, "unknown")))
		p->kind = HOST_PATH_UNLISTED;
	return 0;
}

/* Resolve ${dir} into p->real, p->lost and p->kind. */
static int follow(struct host_path *p, struct bytes dir)
{
	unsigned links = 0;
	struct bytes name;
	struct buf rest;
	size_t at = 0;
	int r = 0;

	buf_clear(&p->real);
	buf_init(&rest, HOST_PATH_MAX);
	buf_add(&rest, dir.p, dir.len);
	p->kind = p->inventory ? HOST_PATH_LISTED : HOST_PATH_UNLISTED;
	p->lost = false;
	p->unseen = false;
	while (r == 0 && !p->lost && take_name(&rest, &at, &name)) {
		r = step(p, name);
		if (r != 1)
			continue;
		put_target(&p->real, &rest, at, case_query_text(p->find, 1));
		at = 0;
		r = 0;
		p->lost = ++links > HOST_PATH_LINKS || rest.failed;
	}
	buf_release(&rest);
	return r;
}

/* The directory part of a path, without the slash behind it. */
static struct bytes dir_of(struct bytes path)
{
	const char *p = path.p;
	size_t n = path.len;

	while (n > 0 && p[n - 1] != '/')
		n--;
	return (struct bytes){ p, n > 0 ? n - 1 : 0 };
}

int host_path_real(struct host_path *p, struct bytes path, struct bytes *out,
		   enum host_path_kind *kind)
{
	struct bytes dir = dir_of(path);

	*out = (struct bytes){ NULL, 0 };
	if (!p->known || p->dir.len != dir.len ||
	    (dir.len > 0 && memcmp(p->dir.p, dir.p, dir.len) != 0)) {
		p->known = false;
		if (follow(p, dir) != 0)
			return -1;
		buf_clear(&p->dir);
		buf_add(&p->dir, dir.p, dir.len);
		p->known = !p->dir.failed;
	}
	*kind = p->kind;
	if (p->lost)
		return 0;
	buf_clear(&p->path);
	buf_add(&p->path, p->real.p, p->real.len);
	buf_add(&p->path, (const char *)path.p + dir.len, path.len - dir.len);
	if (!p->path.failed)
		*out = (struct bytes){ p->path.p, p->path.len };
	return 0;
}

#include <string.h>

#include "lib/base/fd.h"
#include "lib/base/text.h"
#include "workstation/case/case_query.h"
#include "workstation/case/live.h"
#include "workstation/parse/procfd.h"

int live_object(const struct finishing *f, struct bytes path, int64_t *out)
{
	struct case_query *q CLEANUP(case_query_close) = NULL;
	int step;

	*out = CASE_NULL;
	if (case_query_open(&q, f->db,
			    "SELECT id FROM object WHERE host = ?1 AND path = ?2 LIMIT 1", f->e) != 0)
		return -1;
	case_query_bind(q, 1, f->host);
	case_query_bind_text(q, 2, path);
	step = case_query_step(q, f->e);
	if (step > 0)
		*out = case_query_int(q, 0);
	return step < 0 ? -1 : 0;
}

/* O_DIRECTORY; fs.h of an architecture may have its own (arch/ARCH/include/uapi/asm/fcntl.h). */
static bool is_directory(const struct finishing *f, struct bytes flags)
{
	static const char *const other[] = { "arm", "aarch64", "ppc", "m68k" };
	uint64_t v, bit = 0200000;

	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		if (scan_begins(f->facts->arch, other[i]))
			bit = 040000;
	return scan_u64(flags, 8, &v) && (v & bit) != 0;
}

static int put_link(struct live *v, const struct finishing *f, struct case_open_file *row,
		    const struct live_process *exe, struct bytes text)
{
	struct procfd_link link = procfd_link(text);
	struct live_fd *fd = row->fd != CASE_NULL ? keyed_find(v->fds, row->pid, row->fd) : NULL;
	struct live_held *held;
	const char *access;

	if (row->kind == NULL)
		row->kind = link.kind;
	row->target = link.target;
	row->deleted = link.deleted;
	if (link.has_ino && link.ino <= INT64_MAX)
		row->ino = (int64_t)link.ino;
	if (fd != NULL) {
		row->flags = fd->flags;
		row->offset = fd->offset;
		row->ino = row->ino == CASE_NULL ? fd->ino : row->ino;
		if (strcmp(row->kind, "file") == 0 && is_directory(f, fd->flags))
			row->kind = "directory";
		access = procfd_access(fd->flags);
		if (access != NULL)
			row->access = (struct bytes){ access, strlen(access) };
	}
	held = row->ino != CASE_NULL ? keyed_find(v->held, row->pid, row->ino) : NULL;
	if (strcmp(row->kind, "exe") == 0 && exe->exe_path.p != NULL &&
	    live_object(f, exe->exe_path, &row->held) != 0)
		return -1;
	if (held != NULL && held->path.p != NULL &&
	    live_object(f, held->path, &row->held) != 0)
		return -1;
	return case_put_open_file(f->db, row, f->e);
}

static struct bytes kept(struct live *v, struct bytes b)
{
	struct bytes out;

	if (!keyed_keep(v->processes, b, &out))
		v->full = true;
	return out;
}

/* exe, cwd, root: in the process's row, and in open_file. */
static int take_place(struct live *v, const struct finishing *f, struct live_process *p,
		      const char *kind, struct bytes text)
{
	struct procfd_link link = procfd_link(text);
	struct case_open_file row;

	case_init_open_file(&row);
	row.object = v->object;
	row.pid = p->row.pid;
	row.kind = kind;
	if (strcmp(kind, "cwd") == 0)
		p->row.cwd = kept(v, text);
	else if (strcmp(kind, "root") == 0)
		p->row.root = kept(v, text);
	if (strcmp(kind, "exe") == 0 && !p->indexed) {
		p->row.exe = kept(v, link.target);
		p->row.exe_deleted = link.deleted;
		p->memfd = strcmp(link.kind, "memfd") == 0;
	}
	return put_link(v, f, &row, p, text);
}

static void take_namespace(struct live_process *p, struct bytes name, struct bytes text)
{
	struct procfd_link link = procfd_link(text);
	struct case_process *r = &p->row;
	const struct {
		const char *name;
		int64_t *to;
	} spaces[] = {
		{ "ns/mnt", &r->ns_mnt }, { "ns/net", &r->ns_net },
		{ "ns/pid", &r->ns_pid }, { "ns/user", &r->ns_user },
	};

	for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++)
		if (scan_is(name, spaces[i].name) && link.has_ino)
			*spaces[i].to = (int64_t)link.ino;
}

static int take_link(struct live *v, const struct finishing *f, const struct live_file *file,
		     struct bytes text)
{
	static const char *const places[] = { "exe", "cwd", "root" };
	struct live_process *p = live_process(v, file->pid);
	struct case_open_file row;

	if (p == NULL || file->task)
		return 0;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (scan_is(file->name, places[i]))
			return take_place(v, f, p, places[i], text);
	take_namespace(p, file->name, text);
	if (!scan_begins(file->name, "fd/"))
		return 0;
	case_init_open_file(&row);
	row.object = v->object;
	row.pid = file->pid;
	if (!scan_i64((struct bytes){ (const char *)file->name.p + 3, file->name.len - 3 }, &row.fd))
		return 0;
	return put_link(v, f, &row, p, text);
}

/* The bytes of an escaped column; empty where it cannot be undone. */
static struct bytes column(struct case_query *q, int i, struct buf *out)
{
	struct bytes text = case_query_text(q, i);

	buf_clear(out);
	if (text.p == NULL || text_unescape(out, text.p, text.len) != 0 || out->failed)
		buf_clear(out);
	return (struct bytes){ out->p, out->len };
}

static int take_links(struct live *v, const struct finishing *f, struct case_query *q,
		      struct buf *path)
{
	struct live_file file;
	int step;

	while ((step = case_query_step(q, f->e)) > 0) {
		v->object = case_query_int(q, 0);
		if (live_file(column(q, 1, path), &file) &&
		    take_link(v, f, &file, column(q, 2, &v->text)) != 0)
			return -1;
	}
	return step;
}

/* Mappings, whose rows are there already, get the object with the content of their file. */
static int put_held(struct live *v, const struct finishing *f)
{
	struct case_query *q CLEANUP(case_query_close) = NULL;
	struct live_held *held;
	int64_t pid, ino, object;

	if (case_query_open(&q, f->db, "UPDATE open_file SET held = ?1 WHERE id = ?2", f->e) != 0)
		return -1;
	for (size_t i = 0; (held = keyed_at(v->held, i, &pid, &ino)) != NULL; i++) {
		if (held->row == 0 || held->path.p == NULL)
			continue;
		if (live_object(f, held->path, &object) != 0)
			return -1;
		case_query_bind(q, 1, object);
		case_query_bind(q, 2, held->row);
		if (case_query_step(q, f->e) < 0)
			return -1;
		case_query_reset(q);
	}
	return 0;
}

int live_put_links(struct live *v, const struct finishing *f)
{
	static const char sql[] =
		"SELECT id, path, link FROM object WHERE host = ?1 AND path >= '/proc/' AND "
		"path < '/proc0' AND type = 'symlink' AND link IS NOT NULL ORDER BY seq";
	struct case_query *q CLEANUP(case_query_close) = NULL;
	struct buf path;
	int r;

	if (case_query_open(&q, f->db, sql, f->e) != 0)
		return -1;
	buf_init(&path, 1u << 20);
	case_query_bind(q, 1, f->host);
	r = take_links(v, f, q, &path);
	buf_release(&path);
	return r != 0 ? -1 : put_held(v, f);
}

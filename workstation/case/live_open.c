#include <string.h>

#include "workstation/case/live.h"
#include "workstation/parse/procfd.h"

/* ===== fdinfo and maps ===== */

static void take_fdinfo(struct live *v, int64_t pid, struct bytes number, struct bytes content)
{
	struct procfd_info i;
	struct live_fd *fd;
	int64_t n;
	bool made;

	if (!scan_i64(number, &n) || n < 0 || !procfd_info(content.p, content.len, &i))
		return;
	fd = keyed_get(v->fds, pid, n, &made);
	if (fd == NULL) {
		v->full = true;
		return;
	}
	fd->offset = i.pos >= 0 ? i.pos : CASE_NULL;
	fd->ino = i.ino >= 0 ? i.ino : CASE_NULL;
	if (i.flags.p != NULL && !keyed_keep(v->fds, i.flags, &fd->flags))
		v->full = true;
}

static int put_map(struct live *v, const struct loading *l, int64_t pid,
		   const struct procfd_map *m, const char *access)
{
	struct procfd_link link = procfd_link(m->path);
	struct case_open_file row;
	struct live_held *held;
	bool made;

	case_init_open_file(&row);
	row.object = l->object;
	row.pid = pid;
	row.kind = strcmp(link.kind, "memfd") == 0 ? "memfd" : "map";
	row.target = m->path.len > 0 ? link.target : (struct bytes){ "[anonymous]", 11 };
	row.ino = m->ino != 0 && m->ino <= INT64_MAX ? (int64_t)m->ino : CASE_NULL;
	row.deleted = link.deleted;
	row.access = (struct bytes){ access, 4 };
	if (case_put_open_file(l->db, &row, l->e) != 0)
		return -1;
	if (!link.deleted || row.ino == CASE_NULL)
		return 0;
	held = keyed_get(v->held, pid, row.ino, &made);
	if (held == NULL)
		v->full = true;
	else if (held->row == 0)
		held->row = case_last(l->db);
	return 0;
}

static int take_maps(struct live *v, struct loading *l, int64_t pid, struct bytes content)
{
	struct scan s = scan_begin(content.p, content.len);
	struct procfd_map m;
	uint64_t bad = 0;
	char access[5];

	while (procfd_maps_next(&s, &m, access, &bad) == 1)
		if (put_map(v, l, pid, &m, access) != 0)
			return -1;
	if (bad > 0)
		return case_note(l, 0, CASE_NULL, "unreadable", "%llu lines are no mappings",
			  (unsigned long long)bad);
	return 0;
}

int live_take_open(struct live *v, struct loading *l, const struct live_file *f,
		   const uint8_t *p, size_t n)
{
	static const char fdinfo[] = "fdinfo/";
	struct bytes number = { (const char *)f->name.p + strlen(fdinfo), 0 };

	if (f->task)
		return 0;
	if (scan_is(f->name, "maps"))
		return take_maps(v, l, f->pid, (struct bytes){ p, n });
	if (scan_begins(f->name, fdinfo)) {
		number.len = f->name.len - strlen(fdinfo);
		take_fdinfo(v, f->pid, number, (struct bytes){ p, n });
	}
	return 0;
}

void live_take_held(struct live *v, const struct jline *j)
{
	struct bytes path = jline_text(j, "object");
	int64_t pid = jline_i64(j, "pid", -1), ino = jline_i64(j, "ino", -1);
	struct live_held *held;
	bool made;

	if (path.p == NULL || pid < 0 || ino < 0)
		return;
	held = keyed_get(v->held, pid, ino, &made);
	if (held == NULL || !keyed_keep(v->held, path, &held->path))
		v->full = true;
}

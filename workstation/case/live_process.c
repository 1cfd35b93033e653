#include <stdio.h>
#include <string.h>

#include "lib/item/runtime.h"
#include "workstation/case/live.h"
#include "workstation/parse/procfd.h"
#include "workstation/parse/procstat.h"

#define GENERATIONS_MAX 64	/* processes that had one number, told apart */
#define TEXT_MAX (2u << 20)	/* bytes kept of a command line, an environment */

static struct live_process *generation(struct live *v, int64_t pid, int64_t n)
{
	bool made;
	struct live_process *p = keyed_get(v->processes, pid, n, &made);

	if (p == NULL) {
		v->full = true;
		return NULL;
	}
	if (made) {
		case_init_process(&p->row);
		p->row.pid = pid;
		p->row.object = v->object;
	}
	return p;
}

struct live_process *live_process(struct live *v, int64_t pid)
{
	struct live_process *first = generation(v, pid, 0);

	return first == NULL || first->generations == 0 ? first :
							  generation(v, pid, first->generations);
}

struct live_process *live_started(struct live *v, int64_t pid, int64_t start)
{
	struct live_process *first = generation(v, pid, 0), *p = first;

	if (first == NULL)
		return NULL;
	for (int64_t n = 0; n <= first->generations; n++) {
		p = generation(v, pid, n);
		if (p == NULL)
			return NULL;
		if (p->row.start_ticks == CASE_NULL || p->row.start_ticks == start)
			break;
		if (n == first->generations && n < GENERATIONS_MAX)
			first->generations++;
	}
	if (p->row.start_ticks == CASE_NULL)
		p->row.start_ticks = start;
	return p;
}

static struct bytes keep(struct live *v, struct bytes b)
{
	struct bytes out;

	if (b.len > TEXT_MAX)
		b.len = TEXT_MAX;
	if (!keyed_keep(v->processes, b, &out))
		v->full = true;
	return out;
}

static void set(int64_t *to, int64_t v)
{
	if (v >= 0)
		*to = v;
}

/* ===== stat and status ===== */

static void take_stat(struct live *v, const struct procstat *s, unsigned pass, int64_t when)
{
	struct live_process *p = live_started(v, s->pid, s->start);
	char tty[PROCSTAT_TTY_LEN], state[2] = { s->state, '\0' };
	struct case_process *r;

	if (p == NULL)
		return;
	r = &p->row;
	if (when >= 0) {
		p->ticks[pass] = s->utime + s->stime;
		p->when[pass] = when;
		p->seen[pass] = true;
	}
	r->utime = s->utime;
	r->stime = s->stime;
	if (r->name.p != NULL)
		return;
	p->flags = s->flags;
	r->name = keep(v, s->name);
	r->state = keep(v, (struct bytes){ state, 1 });
	r->ppid = s->ppid;
	r->pgrp = s->pgrp;
	r->sid = s->session;
	r->nice = s->nice;
	r->threads = s->threads;
	r->vsize = s->vsize;
	procstat_tty(s->tty, tty);
	if (tty[0] != '\0')
		r->tty = keep(v, (struct bytes){ tty, strlen(tty) });
}

static int take_status(struct live *v, struct loading *l, struct live_process *p,
		       struct bytes content)
{
	struct procstatus s;
	struct case_process *r = &p->row;

	if (!procstat_status(content.p, content.len, &s))
		return case_note(l, 0, CASE_NULL, "unreadable", "status of process %lld is none",
				 (long long)r->pid);
	set(&r->uid, s.uid);
	set(&r->euid, s.euid);
	set(&r->gid, s.gid);
	set(&r->tracer, s.tracer);
	set(&r->rss, s.rss);
	set(&r->seccomp, s.seccomp);
	if (r->ppid == CASE_NULL)
		set(&r->ppid, s.ppid);
	if (s.cap_eff.p != NULL && r->cap_eff.p == NULL)
		r->cap_eff = keep(v, s.cap_eff);
	return 0;
}

int live_take_record(struct live *v, struct loading *l, unsigned pass,
		     const struct procrecord *r)
{
	struct live_process *p;
	struct procstat s;

	if (r->content.len == 0)
		return 0;
	if (scan_is(r->file, "stat")) {
		if (!procstat_read(r->content.p, r->content.len, &s) || s.pid != r->pid)
			return case_note(l, CASE_NULL, CASE_NULL, "unreadable",
					 "stat of process %lld is none", (long long)r->pid);
		take_stat(v, &s, pass, r->boottime);
	} else if (scan_is(r->file, "status")) {
		p = live_process(v, r->pid);
		if (p != NULL)
			return take_status(v, l, p, r->content);
	}
	return 0;
}

/* ===== live/exe/index ===== */

void live_take_exe(struct live *v, const struct jline *j)
{
	uint64_t pid, start;
	struct live_process *p;
	struct bytes at_path = jline_text(j, "at_path");

	if (!jline_u64(j, "pid", &pid) || pid > INT32_MAX)
		return;
	p = jline_array(j, "start", 0, &start) && start <= INT64_MAX ?
		    live_started(v, (int64_t)pid, (int64_t)start) :
		    live_process(v, (int64_t)pid);
	if (p == NULL)
		return;
	p->absent = jline_i64(j, "errno", 0) == 2;
	p->indexed = p->absent;
	set(&p->row.ns_mnt, jline_i64(j, "mount_ns", -1));
	if (!jline_raw(j, "link", &v->text))
		return;
	p->indexed = true;
	p->memfd = jline_true(j, "memfd");
	p->other = scan_is(at_path, "other");
	p->row.exe_deleted = jline_true(j, "deleted");
	at_path = (struct bytes){ v->text.p, v->text.len };
	if (p->row.exe_deleted)
		at_path = procfd_link(at_path).target;
	p->row.exe = keep(v, at_path);
	at_path = jline_text(j, "object");
	if (at_path.p != NULL)
		p->exe_path = keep(v, at_path);
}

/* ===== files below /proc/PID ===== */

static int file_stat(struct live *v, struct loading *l, struct live_process *p, struct bytes b)
{
	struct procstat s;

	if (!procstat_read(b.p, b.len, &s) || s.pid != p->row.pid)
		return case_note(l, 0, CASE_NULL, "unreadable", "stat of a process is none");
	take_stat(v, &s, 0, -1);
	return 0;
}

/* Arguments: a NUL ends each; those of a process that wrote over them can be any text. */
static int file_cmdline(struct live *v, struct loading *l, struct live_process *p, struct bytes b)
{
	char *text;

	(void)l;
	if (b.len == 0)
		return 0;
	p->row.argv = keep(v, b);
	b = p->row.argv;
	while (b.len > 0 && ((const char *)b.p)[b.len - 1] == '\0')
		b.len--;
	buf_clear(&v->text);
	buf_add(&v->text, b.p, b.len);
	for (text = v->text.p; text != NULL && (size_t)(text - v->text.p) < v->text.len; text++)
		if (*text == '\0')
			*text = ' ';
	p->row.cmdline = keep(v, (struct bytes){ v->text.p, v->text.len });
	return 0;
}

static int file_environ(struct live *v, struct loading *l, struct live_process *p, struct bytes b)
{
	(void)l;
	if (b.len == 0)
		return 0;
	buf_clear(&v->text);
	buf_add(&v->text, b.p, b.len < TEXT_MAX ? b.len : TEXT_MAX);
	for (size_t i = 0; i < v->text.len; i++)
		if (v->text.p[i] == '\0')
			v->text.p[i] = '\n';
	p->row.environ = keep(v, (struct bytes){ v->text.p, v->text.len });
	return 0;
}

static int file_cgroup(struct live *v, struct loading *l, struct live_process *p, struct bytes b)
{
	struct item_container c = { .runtime = "" };
	int n;
	char text[ITEM_RUNTIME_MAX + ITEM_CONTAINER_MAX + 1];

	(void)l;
	p->row.cgroup = keep(v, b);
	if (!runtime_guess(b.p, b.len, &c))
		return 0;
	n = snprintf(text, sizeof(text), "%s %s", c.runtime, c.id);
	p->row.container = keep(v, (struct bytes){ text, (size_t)n });
	return 0;
}

static int file_loginuid(struct live *v, struct loading *l, struct live_process *p,
			 struct bytes b)
{
	struct scan s = scan_begin(b.p, b.len);
	struct bytes line;
	int64_t uid;

	(void)v;
	if (!scan_line(&s, &line) || !scan_i64(line, &uid))
		return case_note(l, 0, 1, "unreadable", "no number of a user");
	p->row.loginuid = uid;
	return 0;
}

int live_take_process(struct live *v, struct loading *l, const struct live_file *f,
		      const uint8_t *content, size_t n)
{
	static const struct {
		const char *name;
		int (*take)(struct live *, struct loading *, struct live_process *, struct bytes);
	} files[] = {
		{ "stat", file_stat },	     { "status", take_status },
		{ "cmdline", file_cmdline }, { "environ", file_environ },
		{ "cgroup", file_cgroup },   { "loginuid", file_loginuid },
	};
	struct live_process *p;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (f->task || !scan_is(f->name, files[i].name) || n == 0)
			continue;
		p = live_process(v, f->pid);
		if (p != NULL && files[i].take(v, l, p, (struct bytes){ content, n }) != 0)
			return -1;
	}
	return 0;
}

/* ===== rows ===== */

static const char *exe_kind(const struct live_process *p)
{
	if ((p->flags & PROCSTAT_KTHREAD) != 0)
		return "kernel";
	if (p->absent)
		return "absent";
	if (p->row.exe.p == NULL)
		return "unknown";
	if (p->memfd)
		return "memfd";
	if (p->other)
		return "replaced";
	return p->row.exe_deleted == 1 ? "deleted" : "file";
}

/* What is known only when all was taken. */
static void complete(struct live_process *p, const struct case_host *host)
{
	int64_t second = INT64_C(1000000000), hz = host->ticks > 0 ? host->ticks : 100;
	struct case_process *r = &p->row;

	if (host->btime != CASE_NULL && r->start_ticks >= 0 &&
	    r->start_ticks < (INT64_MAX - host->btime) / second)
		r->start = host->btime + r->start_ticks / hz * second +
			   r->start_ticks % hz * (second / hz);
	if (p->seen[0] && p->seen[1] && p->when[1] > p->when[0]) {
		r->window_ticks = p->ticks[1] - p->ticks[0];
		r->window_ns = p->when[1] - p->when[0];
	}
	r->exe_kind = exe_kind(p);
}

int live_put_processes(struct live *v, const struct finishing *f)
{
	struct live_process *p;
	int64_t pid, n;

	for (size_t i = 0; (p = keyed_at(v->processes, i, &pid, &n)) != NULL; i++) {
		complete(p, f->facts);
		if (p->exe_path.p != NULL &&
		    live_object(f, p->exe_path, &p->row.exe_object) != 0)
			return -1;
		if (case_put_process(f->db, &p->row, f->e) != 0)
			return -1;
	}
	return 0;
}

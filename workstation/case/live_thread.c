#include <string.h>

#include "workstation/case/live.h"
#include "workstation/parse/procstat.h"
#include "workstation/parse/syscall.h"

struct case_thread *live_thread(struct live *v, int64_t pid, int64_t tid)
{
	bool made;
	struct case_thread *t = keyed_get(v->threads, pid, tid, &made);

	if (t == NULL) {
		v->full = true;
	} else if (made) {
		case_init_thread(t);
		t->pid = pid;
		t->tid = tid;
		t->object = v->object;
	}
	return t;
}

static struct bytes keep(struct live *v, struct bytes b)
{
	struct bytes out;

	if (!keyed_keep(v->threads, b, &out))
		v->full = true;
	return out;
}

/* The text without the line feed at its end. */
static struct bytes trimmed(struct bytes b)
{
	while (b.len > 0 && ((const char *)b.p)[b.len - 1] == '\n')
		b.len--;
	return b;
}

static void file_comm(struct live *v, struct case_thread *t, struct bytes b)
{
	t->name = keep(v, trimmed(b));
}

static void file_stat(struct live *v, struct case_thread *t, struct bytes b)
{
	struct procstat s;

	if (!procstat_read(b.p, b.len, &s))
		return;
	t->state = keep(v, (struct bytes){ &s.state, 1 });
	if (t->name.p == NULL)
		t->name = keep(v, s.name);
}

/* "0": it does not wait, or the kernel does not tell. */
static void file_wchan(struct live *v, struct case_thread *t, struct bytes b)
{
	b = trimmed(b);
	if (b.len > 0 && !scan_is(b, "0"))
		t->wchan = keep(v, b);
}

static void file_syscall(struct live *v, struct case_thread *t, struct bytes b)
{
	struct syscall_line s = syscall_read(b.p, b.len);
	int64_t fd;

	t->object = v->object;
	t->syscall = keep(v, trimmed(b));
	t->syscall_name = syscall_name(v->facts->arch, &s);
	fd = syscall_descriptor(t->syscall_name, &s);
	t->fd = fd >= 0 ? fd : CASE_NULL;
}

static void file_stack(struct live *v, struct case_thread *t, struct bytes b)
{
	b = trimmed(b);
	if (b.len > 0)
		t->stack = keep(v, b);
}

void live_take_thread(struct live *v, const struct live_file *f, const uint8_t *p, size_t n)
{
	static const struct {
		const char *name;
		bool task;	/* only below task: of a process it stands in its row */
		void (*take)(struct live *, struct case_thread *, struct bytes);
	} files[] = {
		{ "comm", false, file_comm },	    { "stat", true, file_stat },
		{ "wchan", false, file_wchan },	    { "stack", false, file_stack },
		{ "syscall", false, file_syscall },
	};
	struct case_thread *t;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if ((files[i].task && !f->task) || !scan_is(f->name, files[i].name) || n == 0)
			continue;
		t = live_thread(v, f->pid, f->tid);
		if (t != NULL)
			files[i].take(v, t, (struct bytes){ p, n });
	}
}

int live_put_threads(struct live *v, const struct finishing *f)
{
	struct case_thread *t;
	int64_t pid, tid;

	for (size_t i = 0; (t = keyed_at(v->threads, i, &pid, &tid)) != NULL; i++)
		if (case_put_thread(f->db, t, f->e) != 0)
			return -1;
	return 0;
}

#include <string.h>

#include "lib/base/text.h"
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
		bool task; /* only below task: of a process it stands in its row */
		void (*take)(struct live *, struct case_thread *, struct bytes);
	} files[] = {
		{ "comm", false, file_comm },       { "stat", true, file_stat },
		{ "wchan", false, file_wchan },     { "stack", false, file_stack },
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

/* What a thread shares with its process or not, of live/task/threads. */
static void add_own(struct buf *b, const struct jline *j)
{
	struct bytes word;

	for (size_t i = 0; (word = jline_word(j, "own", i)).p != NULL; i++) {
		if (i > 0)
			buf_putc(b, ' ');
		buf_add(b, word.p, word.len);
	}
}

/* One of the faces, "null" where it could not be read. */
static void add_face(struct buf *b, const struct jline *j, const char *name)
{
	struct bytes was = jline_word(j, name, 0), is = jline_word(j, name, 1);

	if (jline_count(j, name) != 2)
		return;
	if (b->len > 0)
		buf_puts(b, "; ");
	buf_puts(b, name);
	buf_putc(b, ' ');
	if (was.p == NULL || text_unescape(b, was.p, was.len) != 0)
		buf_putc(b, '?');
	buf_puts(b, " -> ");
	if (is.p == NULL || text_unescape(b, is.p, is.len) != 0)
		buf_putc(b, '?');
}

void live_take_elsewhere(struct live *v, const struct jline *j)
{
	static const char *const faces[] = { "ns/mnt",      "ns/net", "ns/pid",    "ns/user",
					     "ns/uts",      "ns/ipc", "ns/cgroup", "ns/time",
					     "cwd",         "root",   "exe",       "cgroup",
					     "attr/current" };
	int64_t pid = jline_i64(j, "pid", -1), tid = jline_i64(j, "tid", -1);
	struct case_thread *t = pid > 0 && tid > 0 ? live_thread(v, pid, tid) : NULL;

	if (t == NULL)
		return;
	buf_clear(&v->text);
	add_own(&v->text, j);
	if (v->text.len > 0)
		t->own = keep(v, (struct bytes){ v->text.p, v->text.len });
	buf_clear(&v->text);
	for (size_t i = 0; i < sizeof(faces) / sizeof(faces[0]); i++)
		add_face(&v->text, j, faces[i]);
	if (v->text.len > 0)
		t->elsewhere = keep(v, (struct bytes){ v->text.p, v->text.len });
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

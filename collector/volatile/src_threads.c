/*
 * Threads that are not as their process says.  Namespaces, directories, descriptors, control
 * group and security context belong to each thread; what /proc/PID shows is the first
 * thread's, so that another one can be elsewhere without being seen there.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/kcmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "collector/volatile/answer.h"
#include "collector/volatile/process.h"
#include "collector/volatile/source.h"
#include "lib/base/fd.h"
#include "lib/base/text.h"

#define LINE_MAX_BYTES (256u << 10)

/* What is compared: links, and files whose text is short. */
static const struct {
	const char *name;
	bool link;
} faces[] = {
	{ "ns/mnt", true }, { "ns/net", true }, { "ns/pid", true }, { "ns/user", true },
	{ "ns/uts", true }, { "ns/ipc", true }, { "ns/cgroup", true }, { "ns/time", true },
	{ "cwd", true }, { "root", true }, { "exe", true }, { "cgroup", false },
	{ "attr/current", false },
};

#define FACES (sizeof(faces) / sizeof(faces[0]))

/* What is shared or not, kcmp(2). */
static const struct {
	const char *name;
	int type;
} shared[] = { { "files", KCMP_FILES }, { "fs", KCMP_FS } };

#define SHARED (sizeof(shared) / sizeof(shared[0]))

struct face {
	ssize_t len;			/* -1: could not be read */
	char text[PATH_MAX];
};

/* Memory of the pass; about 110 KiB. */
struct pass {
	struct answer *answer;
	struct buf line;
	uint32_t threads, different, refused;
	bool can_compare;		/* the kernel has kcmp(2) */
	bool first_known;		/* first is of this process */
	struct face first[FACES], other[FACES];
};

static ssize_t read_text(int at, const char *name, char *text, size_t n)
{
	int fd CLEANUP(fd_close) = openat(at, name, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -1 : read(fd, text, n);
}

/* The faces of the process, or with ${tid} of a thread.  False if any was refused. */
static bool read_faces(struct source_env *env, int fd, pid_t tid, struct face *out)
{
	bool refused = false;

	pulse_call(env->pulse, PULSE_READ);
	for (size_t i = 0; i < FACES; i++) {
		char name[64];

		if (tid != 0)
			snprintf(name, sizeof(name), "task/%d/%s", (int)tid, faces[i].name);
		else
			snprintf(name, sizeof(name), "%s", faces[i].name);
		errno = 0;
		out[i].len = faces[i].link ?
			readlinkat(fd, name, out[i].text, sizeof(out[i].text)) :
			read_text(fd, name, out[i].text, sizeof(out[i].text));
		refused |= out[i].len < 0 && (errno == EACCES || errno == EPERM);
	}
	pulse_idle(env->pulse);
	return !refused;
}

static bool same_face(const struct face *a, const struct face *b)
{
	return a->len == b->len && (a->len < 0 || memcmp(a->text, b->text, (size_t)a->len) == 0);
}

static void put_face(struct buf *b, const struct face *f)
{
	if (f->len < 0)
		buf_puts(b, "null");
	else
		text_json_escaped(b, f->text, (size_t)f->len);
}

/* Both sides of what differs; the number of differences. */
static unsigned put_faces(struct buf *b, const struct pass *s)
{
	unsigned n = 0;

	for (size_t i = 0; i < FACES; i++) {
		if (same_face(&s->first[i], &s->other[i]))
			continue;
		buf_printf(b, ",\"%s\":[", faces[i].name);
		put_face(b, &s->first[i]);
		buf_putc(b, ',');
		put_face(b, &s->other[i]);
		buf_putc(b, ']');
		n++;
	}
	return n;
}

static unsigned put_own(struct buf *b, pid_t pid, pid_t tid)
{
	unsigned n = 0;

	for (size_t i = 0; i < SHARED; i++) {
		if (syscall(SYS_kcmp, pid, tid, shared[i].type, 0, 0) == 0)
			continue;
		buf_printf(b, "%s\"%s\"", n == 0 ? ",\"own\":[" : ",", shared[i].name);
		n++;
	}
	if (n > 0)
		buf_putc(b, ']');
	return n;
}

static int take_thread(struct source_env *env, const struct process *p, pid_t tid, void *ctx)
{
	struct pass *s = ctx;
	struct buf *b = &s->line;
	unsigned n;

	if (!s->first_known)
		s->refused += !read_faces(env, p->fd, 0, s->first);
	s->first_known = true;
	s->threads++;
	s->refused += !read_faces(env, p->fd, tid, s->other);
	buf_clear(b);
	buf_printf(b, "{\"pid\":%d,\"start\":%llu,\"tid\":%d", (int)p->pid,
		   (unsigned long long)p->start, (int)tid);
	n = s->can_compare ? put_own(b, p->pid, tid) : 0;
	n += put_faces(b, s);
	buf_puts(b, "}\n");
	s->different += n > 0;
	return n == 0 ? 0 : answer_add(s->answer, b->p, b->len);
}

static int take_process(struct source_env *env, const struct process *p, void *ctx)
{
	((struct pass *)ctx)->first_known = false;
	return process_threads(env, p, take_thread, ctx);
}

static int take_all(struct source_env *env, struct pass *s)
{
	struct answer *a = s->answer;
	int oserr = 0, end = process_each(env, take_process, s, &oserr);

	answer_note(a, "\"threads\":%u,\"different\":%u,\"refused\":%u,\"kcmp\":%s", s->threads,
		    s->different, s->refused, s->can_compare ? "true" : "false");
	if (oserr != 0)
		answer_errno(a, oserr, "openat");
	else if (end == 1)
		answer_fail(a, GAP_CUT, 0, NULL);
	else if (s->refused > 0)
		answer_fail(a, GAP_PERMISSION, EACCES, "readlinkat");
	return end;
}

int threads_run(struct source_env *env)
{
	struct pass *s = calloc(1, sizeof(*s));
	struct answer a;
	int end;

	if (s == NULL)
		return answer_gap(env, "task/threads", GAP_INTERNAL, ENOMEM, NULL);
	answer_begin(&a, env, "task/threads");
	answer_note(&a, "\"request\":\"readlink, read of /proc/PID/task/TID, kcmp\"");
	s->answer = &a;
	s->can_compare = syscall(SYS_kcmp, getpid(), getpid(), KCMP_FILES, 0, 0) == 0;
	buf_init(&s->line, LINE_MAX_BYTES);
	end = take_all(env, s);
	buf_release(&s->line);
	free(s);
	return answer_end(&a) < 0 ? -1 : end;
}

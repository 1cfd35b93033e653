/*
 * Files that processes hold open or mapped although their name is gone, and files in memory
 * (memfd_create(2)): live/open/index has a line for each of them and each process, and each
 * distinct one is kept, unless it is a program that exe has kept.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "collector/volatile/answer.h"
#include "collector/volatile/found.h"
#include "collector/volatile/held.h"
#include "collector/volatile/process.h"
#include "collector/volatile/recover.h"
#include "collector/volatile/source.h"
#include "lib/base/dir.h"
#include "lib/base/fd.h"

#define LINE_MAX_BYTES 65536u
#define FDINFO_MAX 4096u		/* bytes of what is said of one descriptor */

/* Memory of the pass; about 40 KiB. */
struct pass {
	struct answer *answer;		/* NULL: the index is there already, only find them again */
	struct found *files;
	struct buf line;
	uint32_t processes, refused;	/* descriptors or mappings that we were not shown */
	int refused_errno;		/* of the first */
	const char *refused_call;
	bool can_compare;		/* the kernel has kcmp(2) */
	pid_t last_tid;			/* of this process: whose own descriptors came last */
	struct held held;
	struct held_room room;
	struct proc_lines maps;
};

/* By which descriptor or range of memory a file is held. */
struct hold {
	enum found_by by;
	uint64_t a, b;			/* as in struct found_file */
	char access[5];			/* of a mapping: "r-xp" */
	pid_t tid;			/* of that thread, 0: of the process */
	uint64_t dev, ino;		/* of the mapping before it, to leave repetitions out */
};

static void note_refusal(struct pass *s, int oserr, const char *call)
{
	if (oserr != EACCES && oserr != EPERM)
		return;
	if (s->refused++ == 0) {
		s->refused_errno = oserr;
		s->refused_call = call;
	}
}

/* ===== one file ===== */

/* As far as the text of its link tells. */
static bool is_one(const struct held *h)
{
	return h->unlinked || strncmp(h->text, "/memfd:", 7) == 0;
}

/* What the kernel shares between processes without a name is memory; it counts as a file
 * when it is run.  Its own file systems have nothing to recover. */
static bool is_wanted(const struct held *h, const struct hold *by)
{
	if (!is_one(h) || !S_ISREG(h->st.mode))
		return false;
	if (h->mount.listed && h->mount.kind == MOUNT_KERNEL)
		return false;
	return !h->anonymous || strchr(by->access, 'x') != NULL;
}

/* Where its content is: taken by exe, or here.  False if it is not taken at all. */
static bool note_file(struct source_env *env, struct pass *s, const struct process *p,
		      const struct hold *by, char name[RECOVER_NAME_MAX])
{
	const struct found_file *program;
	struct found_file f;

	if (!is_wanted(&s->held, by))
		return false;
	held_file(env, &s->held, by->by, p->pid, &f);
	f.tid = by->tid;
	f.a = by->a;
	f.b = by->b;
	program = env->programs == NULL ? NULL : found_get(env->programs, f.dev, f.ino);
	if (program != NULL && program->depth == DEPTH_CONTENT) {
		recover_name(name, "exe", program);
		return true;
	}
	recover_name(name, "open", &f);
	return found_add(s->files, &f);
}

/* The catalogue takes those of processes; nobody else takes those of a thread. */
static void put_fdinfo(struct source_env *env, struct buf *b, const struct process *p,
		       const struct hold *by)
{
	int fd CLEANUP(fd_close) = -1;
	char name[64], text[FDINFO_MAX];
	ssize_t n;

	snprintf(name, sizeof(name), "task/%d/fdinfo/%llu", (int)by->tid,
		 (unsigned long long)by->a);
	fd = openat(p->fd, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	pulse_call(env->pulse, PULSE_READ);
	n = read(fd, text, sizeof(text));
	pulse_idle(env->pulse);
	if (n > 0)
		held_json_raw(b, "fdinfo", (struct bytes){ text, (size_t)n });
}

static int give_line(struct source_env *env, struct pass *s, const struct process *p,
		     const struct hold *by, const char *name)
{
	struct buf *b = &s->line;

	buf_clear(b);
	buf_printf(b, "{\"pid\":%d,\"start\":%llu,", (int)p->pid, (unsigned long long)p->start);
	if (by->tid != 0)
		buf_printf(b, "\"tid\":%d,", (int)by->tid);
	if (by->by == FOUND_FD)
		buf_printf(b, "\"fd\":%llu", (unsigned long long)by->a);
	else
		buf_printf(b, "\"map\":\"%llx-%llx\",\"access\":\"%s\"",
			   (unsigned long long)by->a, (unsigned long long)by->b, by->access);
	held_json(b, &s->held);
	if (by->by == FOUND_FD && by->tid != 0)
		put_fdinfo(env, b, p, by);
	if (name != NULL)
		buf_printf(b, ",\"object\":\"live/%s\"", name);
	buf_puts(b, "}\n");
	return answer_add(s->answer, b->p, b->len);
}

/* The text of its link is known: is it one of those, and what is behind it? */
static int take_held(struct source_env *env, struct pass *s, const struct process *p,
		     const struct hold *by, const char *link)
{
	char name[RECOVER_NAME_MAX];
	struct held *h = &s->held;
	bool kept = false;

	if (!is_one(h) && by->tid == 0)
		return 0;
	if (held_look(env, &s->room, p, link, h))
		kept = note_file(env, s, p, by, name);
	else
		note_refusal(s, h->oserr, h->syscall);
	return s->answer == NULL ? 0 : give_line(env, s, p, by, kept ? name : NULL);
}

/* ===== descriptors ===== */

static DIR *open_list(struct source_env *env, struct pass *s, int at, const char *name)
{
	int fd CLEANUP(fd_close) = -1;

	pulse_call(env->pulse, PULSE_LIST);
	fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		note_refusal(s, errno, "openat");
	pulse_idle(env->pulse);
	return dir_take(&fd);
}

/* Of the process, or of one thread with descriptors of its own. */
static int take_descriptors(struct source_env *env, struct pass *s, const struct process *p,
			    pid_t tid)
{
	DIR *d CLEANUP(dir_close) = NULL;
	const struct dirent *e;
	char list[48] = "fd";
	int end = 0;

	if (tid != 0)
		snprintf(list, sizeof(list), "task/%d/fd", (int)tid);
	d = open_list(env, s, p->fd, list);
	while (d != NULL && end == 0 && (e = readdir(d)) != NULL) {
		struct hold by = { .by = FOUND_FD, .tid = tid };
		char link[320];

		if (!isdigit((unsigned char)e->d_name[0]))
			continue;
		by.a = strtoull(e->d_name, NULL, 10);
		snprintf(link, sizeof(link), "%s/%s", list, e->d_name);
		if (held_link(env, p, link, &s->held))
			end = take_held(env, s, p, &by, link);
		else
			note_refusal(s, s->held.oserr, s->held.syscall);
	}
	return end;
}

/* Do two tasks share their descriptors?  kcmp(2), 3.5. */
static bool same_descriptors(pid_t a, pid_t b)
{
	return syscall(SYS_kcmp, a, b, KCMP_FILES, 0, 0) == 0;
}

/* The list of the process is that of its first thread, which may share nothing with this
 * one, or have ended. */
static int take_thread(struct source_env *env, const struct process *p, pid_t tid, void *ctx)
{
	struct pass *s = ctx;

	if (!s->can_compare || same_descriptors(p->pid, tid) ||
	    (s->last_tid != 0 && same_descriptors(s->last_tid, tid)))
		return 0;
	s->last_tid = tid;
	return take_descriptors(env, s, p, tid);
}

/* ===== mappings ===== */

/* "7f00-7f10 r-xp 00000000 08:01 131 <blanks> /path"; proc_pid_maps(5).  The path, or
 * NULL without one. */
static char *parse_map(char *line, struct hold *by, uint64_t *dev, uint64_t *ino)
{
	enum { RANGE, ACCESS, OFFSET, DEVICE, INODE, WORDS };
	const char *word[WORDS];
	uint64_t major, minor;

	for (int i = 0; i < WORDS; i++)
		if ((word[i] = proc_lines_word(&line)) == NULL)
			return NULL;
	if (!proc_lines_number(&word[RANGE], 16, '-', &by->a) ||
	    !proc_lines_number(&word[RANGE], 16, '\0', &by->b) ||
	    !proc_lines_number(&word[DEVICE], 16, ':', &major) ||
	    !proc_lines_number(&word[DEVICE], 16, '\0', &minor) ||
	    !proc_lines_number(&word[INODE], 10, '\0', ino))
		return NULL;
	snprintf(by->access, sizeof(by->access), "%s", word[ACCESS]);
	*dev = found_dev((uint32_t)major, (uint32_t)minor);
	line += strspn(line, " \t");
	return line[0] == '/' ? line : NULL;
}

/* A file is mapped in pieces, one behind the other; of shared memory those that can be run
 * are asked for. */
static bool is_news(struct hold *by, uint64_t dev, uint64_t ino)
{
	bool same = by->dev == dev && by->ino == ino;

	by->dev = dev;
	by->ino = ino;
	return !same || strchr(by->access, 'x') != NULL;
}

/* The list escapes the name, its link does not; a thread has the list alone. */
static int take_mapping(struct source_env *env, struct pass *s, const struct process *p,
			const struct hold *by)
{
	char link[80];

	if (by->tid != 0)
		return s->answer == NULL ? 0 : give_line(env, s, p, by, NULL);
	snprintf(link, sizeof(link), "map_files/%llx-%llx", (unsigned long long)by->a,
		 (unsigned long long)by->b);
	if (held_link(env, p, link, &s->held))
		return take_held(env, s, p, by, link);
	note_refusal(s, s->held.oserr, s->held.syscall);
	return 0;
}

/* Of the process, or as one thread shows it.  *${some}: there is a mapping. */
static int take_list(struct source_env *env, struct pass *s, const struct process *p, pid_t tid,
		     bool *some)
{
	struct hold by = { .by = FOUND_MAP, .tid = tid };
	uint64_t dev, ino;
	char *line, name[48] = "maps";
	int end = 0;

	if (tid != 0)
		snprintf(name, sizeof(name), "task/%d/maps", (int)tid);
	if (env->walk != NULL && env->walk->stuck != NULL &&
	    stuck_memory(env->walk->stuck, (uint32_t)p->pid)) {
		note_refusal(s, ETIMEDOUT, "read");
		return 0;
	}
	if (proc_lines_open(&s->maps, p->fd, name, env->pulse) < 0) {
		note_refusal(s, s->maps.oserr, "openat");
		return 0;
	}
	while (end == 0 && (line = proc_lines_next(&s->maps)) != NULL) {
		const char *path = parse_map(line, &by, &dev, &ino);

		*some = true;
		if (path == NULL || !is_news(&by, dev, ino))
			continue;
		held_text(&s->held, path, strlen(path));
		if (is_one(&s->held))
			end = take_mapping(env, s, p, &by);
	}
	note_refusal(s, s->maps.oserr, "read");
	proc_lines_close(&s->maps);
	return end;
}

/* A process whose first thread has ended shows its memory by another only. */
static int take_mappings(struct source_env *env, struct pass *s, const struct process *p)
{
	bool some = false;
	int end = take_list(env, s, p, 0, &some);
	pid_t tid = end == 0 && !some ? process_other_thread(env, p) : 0;

	return tid == 0 ? end : take_list(env, s, p, tid, &some);
}

/* ===== all of them ===== */

static int take_process(struct source_env *env, const struct process *p, void *ctx)
{
	struct pass *s = ctx;
	int end;

	s->processes++;
	s->last_tid = 0;
	end = take_descriptors(env, s, p, 0);
	if (end == 0)
		end = process_threads(env, p, take_thread, s);
	return end != 0 ? end : take_mappings(env, s, p);
}

static void note_end(struct pass *s, int list_errno)
{
	struct answer *a = s->answer;

	answer_note(a, "\"processes\":%u,\"refused\":%u,\"files\":%u,\"left_out\":%u",
		    s->processes, s->refused, s->files->count, s->files->left_out);
	if (list_errno != 0)
		answer_errno(a, list_errno, "openat");
	else if (s->files->left_out > 0)
		answer_fail(a, GAP_ENTRY_LIMIT, 0, NULL);
	else if (s->refused > 0)
		answer_fail(a, GAP_PERMISSION, s->refused_errno, s->refused_call);
}

static int look_at_all(struct source_env *env, struct pass *s)
{
	bool again = env->behind[0] != 0 || env->behind[1] != 0;
	struct answer a;
	int end, oserr = 0;

	if (again)
		return process_each(env, take_process, s, &oserr);
	answer_begin(&a, env, "open/index");
	answer_note(&a, "\"request\":\"readlink, statx of /proc/PID/fd/N and "
		    "/proc/PID/map_files/RANGE\"");
	s->answer = &a;
	end = process_each(env, take_process, s, &oserr);
	if (end == 1)
		answer_fail(&a, GAP_CUT, 0, NULL);
	note_end(s, oserr);
	s->answer = NULL;
	return answer_end(&a) < 0 ? -1 : end;
}

int open_files_run(struct source_env *env)
{
	struct pass *s = calloc(1, sizeof(*s));
	struct found *files = found_new();
	int end;

	if (s == NULL || files == NULL) {
		free(s);
		found_free(files);
		return answer_gap(env, "open/index", GAP_INTERNAL, ENOMEM, NULL);
	}
	s->files = files;
	s->can_compare = same_descriptors(getpid(), getpid());
	buf_init(&s->line, LINE_MAX_BYTES);
	end = look_at_all(env, s);
	buf_release(&s->line);
	free(s);
	if (end == 0)
		end = recover_all(env, files, "open", RECOVER_TOTAL);
	found_free(files);
	return end;
}

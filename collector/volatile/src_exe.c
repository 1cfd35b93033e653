/*
 * What every process runs: live/exe/index has a line for each, and every distinct program
 * that no row of the catalogue will hash under its path is hashed here; its content is kept
 * when nobody else has a copy of it: deleted, replaced, only in memory, or not where
 * packages put programs.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/acquire/meta.h"
#include "collector/select/package.h"
#include "collector/volatile/answer.h"
#include "collector/volatile/found.h"
#include "collector/volatile/held.h"
#include "collector/volatile/own_path.h"
#include "collector/volatile/process.h"
#include "collector/volatile/recover.h"
#include "collector/volatile/source.h"
#include "lib/base/fd.h"

#define LINE_MAX_BYTES 65536u

/* Memory of the pass; about 70 KiB. */
struct pass {
	struct answer *answer;		/* NULL: the index is there already, only find them again */
	struct found *files;
	struct buf line;
	uint32_t processes, refused;
	int refused_errno;		/* of the first */
	uint64_t first_mount_ns;	/* of process 1 */
	struct held held;
	struct held root;		/* its root directory */
	struct held_room room;
};

/* What is known of one process beyond the file itself. */
struct known {
	pid_t tid;			/* a thread by which it is seen, 0: the first */
	uint64_t mount_ns;
	enum own_path at_path;
	bool own_root;			/* its root directory is ours */
	bool gone;			/* its name is gone, whatever stands there now */
	bool package;
	const char *object;		/* path of the manifest's line with its hash, or NULL */
	char name[RECOVER_NAME_MAX + 8];
};

static bool same_root(struct source_env *env, struct pass *s, const struct process *p)
{
	struct item_stat ours;

	if (env->walk == NULL || !held_link(env, p, "root", &s->root) ||
	    !held_look(env, &s->room, p, "root", &s->root))
		return false;
	return meta_stat(env->walk->root_fd, "", &ours) == 0 && meta_same(&ours, &s->root.st);
}

static void look_around(struct source_env *env, struct pass *s, const struct process *p,
			struct known *k)
{
	struct held *h = &s->held;

	k->mount_ns = process_mount_ns(env->pulse, p->fd);
	k->own_root = same_root(env, s, p);
	k->at_path = OWN_PATH_UNKNOWN;
	if (h->memfd || h->anonymous)
		return;
	/* a name may end like that by itself */
	if (h->unlinked && own_path_compare(env, h->link, &h->st) == OWN_PATH_SAME) {
		h->unlinked = false;
		h->path = h->link;
	}
	k->at_path = own_path_compare(env, h->path, &h->st);
	k->package = package_owns(h->path);
}

/* Is it hashed under its own path later on?  Then not here. */
static bool is_covered(struct source_env *env, const struct held *h)
{
	struct plan_match m;

	return own_path_match(env, h->path, &m) && !m.excluded && m.owner >= 0 &&
	       plan_row(env->walk->plan, (size_t)m.owner)->depth != DEPTH_META;
}

/* How much of it is wanted here.  In another root the same path is another file by right. */
static enum depth wanted(const struct held *h, const struct known *k)
{
	if (h->memfd || h->unlinked || h->st.nlink == 0 || !k->package)
		return DEPTH_CONTENT;
	return k->own_root && k->at_path != OWN_PATH_SAME ? DEPTH_CONTENT : DEPTH_DIGEST;
}

static void note_file(struct source_env *env, struct pass *s, const struct process *p,
		      struct known *k)
{
	struct held *h = &s->held;
	struct found_file f;

	held_file(env, h, FOUND_EXE, p->pid, &f);
	f.tid = k->tid;
	f.depth = wanted(h, k);
	if (f.depth == DEPTH_DIGEST && k->at_path == OWN_PATH_SAME && f.gap == GAP_NONE &&
	    is_covered(env, h)) {
		k->object = h->text;
		return;
	}
	if (!found_add(s->files, &f))
		return;
	memcpy(k->name, "live/", 5);
	recover_name(k->name + 5, "exe", &f);
	k->object = k->name;
}

static const char *word(bool b)
{
	return b ? "true" : "false";
}

static void put_start(struct buf *b, bool known, uint64_t start)
{
	if (known)
		buf_u64(b, start);
	else
		buf_puts(b, "null");
}

static void put_namespace(struct buf *b, uint64_t ns, uint64_t of_first)
{
	if (ns == 0)
		return;
	buf_printf(b, ",\"mount_ns\":%llu", (unsigned long long)ns);
	if (of_first != 0)
		buf_printf(b, ",\"of_init\":%s", word(ns == of_first));
}

static void put_line(struct source_env *env, struct pass *s, const struct process *p,
		     const struct known *k)
{
	const struct held *h = &s->held;
	struct buf *b = &s->line;
	uint64_t again = 0;
	bool there = process_start(env->pulse, p->fd, &again);

	buf_printf(b, "{\"pid\":%d,\"start\":[", (int)p->pid);
	put_start(b, p->has_start, p->start);
	buf_putc(b, ',');
	put_start(b, there, again);
	buf_putc(b, ']');
	if (k->tid != 0)
		buf_printf(b, ",\"tid\":%d", (int)k->tid);
	held_json(b, h);
	if (h->has_stat) {
		buf_printf(b, ",\"deleted\":%s,\"at_path\":\"%s\",\"package_directory\":%s",
			   word(h->unlinked || h->st.nlink == 0), own_path_word(k->at_path),
			   word(k->package));
		buf_printf(b, ",\"own_root\":%s", word(k->own_root));
		put_namespace(b, k->mount_ns, s->first_mount_ns);
	}
	if (k->object != NULL)
		held_json_raw(b, "object", (struct bytes){ k->object, strlen(k->object) });
	buf_puts(b, "}\n");
}

/* Its program.  A process whose first thread has ended has none, but its other threads do. */
static bool look_at(struct source_env *env, struct pass *s, const struct process *p,
		    struct known *k)
{
	struct held *h = &s->held;
	char name[48];

	if (held_link(env, p, "exe", h))
		return held_look(env, &s->room, p, "exe", h);
	k->tid = h->oserr == ENOENT ? process_other_thread(env, p) : 0;
	if (k->tid == 0)
		return false;
	snprintf(name, sizeof(name), "task/%d/exe", (int)k->tid);
	return held_link(env, p, name, h) && held_look(env, &s->room, p, name, h);
}

static int take_process(struct source_env *env, const struct process *p, void *ctx)
{
	struct pass *s = ctx;
	struct held *h = &s->held;
	struct known k = { .at_path = OWN_PATH_UNKNOWN };

	s->processes++;
	if (look_at(env, s, p, &k)) {
		look_around(env, s, p, &k);
		note_file(env, s, p, &k);
	} else if (h->oserr == EACCES || h->oserr == EPERM) {
		s->refused_errno = s->refused++ == 0 ? h->oserr : s->refused_errno;
	}
	if (s->answer == NULL)
		return 0;
	buf_clear(&s->line);
	put_line(env, s, p, &k);
	return answer_add(s->answer, s->line.p, s->line.len);
}

static uint64_t mount_ns_of_first(struct source_env *env)
{
	int fd CLEANUP(fd_close) = fd_handle(env->proc_fd, "1", O_DIRECTORY);

	return fd < 0 ? 0 : process_mount_ns(env->pulse, fd);
}

/* What the pass could not see. */
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
		answer_fail(a, GAP_PERMISSION, s->refused_errno, "readlinkat");
}

static int look_at_all(struct source_env *env, struct pass *s)
{
	bool again = env->behind[0] != 0 || env->behind[1] != 0;
	struct answer a;
	int end, oserr = 0;

	if (again)
		return process_each(env, take_process, s, &oserr);
	answer_begin(&a, env, "exe/index");
	answer_note(&a, "\"request\":\"readlink, statx of /proc/PID/exe\"");
	s->answer = &a;
	end = process_each(env, take_process, s, &oserr);
	if (end == 1)
		answer_fail(&a, GAP_CUT, 0, NULL);
	note_end(s, oserr);
	s->answer = NULL;
	return answer_end(&a) < 0 ? -1 : end;
}

int exe_run(struct source_env *env)
{
	struct pass *s = calloc(1, sizeof(*s));
	int end;

	found_free(env->programs);
	env->programs = found_new();
	if (s == NULL || env->programs == NULL) {
		free(s);
		return answer_gap(env, "exe/index", GAP_INTERNAL, ENOMEM, NULL);
	}
	s->files = env->programs;
	s->first_mount_ns = mount_ns_of_first(env);
	buf_init(&s->line, LINE_MAX_BYTES);
	end = look_at_all(env, s);
	buf_release(&s->line);
	free(s);
	return end == 0 ? recover_all(env, env->programs, "exe", RECOVER_TOTAL) : end;
}

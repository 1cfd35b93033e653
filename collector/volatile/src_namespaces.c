/*
 * All namespaces of every type with their members, and the mounts that each mount
 * namespace shows, so that no examiner has to put them together from ten thousand links.
 *
 * live/namespaces: JSON lines.  live/mnt/INODE/mountinfo: as /proc/PID/mountinfo gives it,
 * through a member; once more for each further root directory, because the kernel shows
 * only what lies below the root of the process asked.  ioctl_ns(2), proc(5).
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collector/volatile/answer.h"
#include "collector/volatile/nsmap.h"
#include "collector/volatile/source.h"
#include "lib/base/fd.h"

#define SPACES_MAX 8192u		/* namespaces in the list */
#define LINE_MEMBERS 8192u		/* members in one line; more make another line */
#define LINE_ROOM (1u << 20)
#define MOUNTINFO_MAX (16u << 20)	/* bytes of one table */
#define CHUNK 65536u
#define ATTEMPTS 4u			/* members that are asked for a mount table */

/* One namespace. */
struct space {
	enum nsmap_link type;
	uint64_t ino;
	uint32_t member;		/* through whom it was found; UINT32_MAX: a mount */
	enum nsmap_link link;		/* and through which link of his */
	bool mounted;
};

struct work {
	struct source_env *env;
	struct nsmap *map;
	struct space space[SPACES_MAX];
	size_t spaces;
	uint64_t own[NSMAP_LINKS], init[NSMAP_LINKS];
	uint32_t left_out;
};

/* ===== the list ===== */

static struct space *find_or_add(struct work *w, enum nsmap_link type, uint64_t ino)
{
	for (size_t i = 0; i < w->spaces; i++)
		if (w->space[i].ino == ino && w->space[i].type == type)
			return &w->space[i];
	if (w->spaces == SPACES_MAX) {
		w->left_out++;
		return NULL;
	}
	w->space[w->spaces] = (struct space){ .type = type, .ino = ino, .member = UINT32_MAX };
	return &w->space[w->spaces++];
}

/* The namespaces of a class, found through its first member. */
static void add_class(struct work *w, const struct nsmap_class *c, uint32_t member)
{
	for (unsigned i = 0; i < NSMAP_LINKS; i++) {
		struct space *s = c->ino[i] == 0 ? NULL :
				  find_or_add(w, nsmap_link_type((enum nsmap_link)i), c->ino[i]);

		if (s != NULL && s->member == UINT32_MAX) {
			s->member = member;
			s->link = (enum nsmap_link)i;
		}
	}
}

static void list_spaces(struct work *w)
{
	static bool seen[NSMAP_CLASSES_MAX];

	memset(seen, 0, sizeof(seen));
	for (size_t i = 0; i < w->map->members; i++) {
		const struct nsmap_member *m = &w->map->member[i];

		if (!seen[m->class])
			add_class(w, &w->map->class[m->class], (uint32_t)i);
		seen[m->class] = true;
		if (m->tid == 0 && m->pid == getpid())
			memcpy(w->own, w->map->class[m->class].ino, sizeof(w->own));
		if (m->tid == 0 && m->pid == 1)
			memcpy(w->init, w->map->class[m->class].ino, sizeof(w->init));
	}
	for (size_t i = 0; i < w->map->mounteds; i++) {
		struct space *s = find_or_add(w, w->map->mounted[i].type, w->map->mounted[i].ino);

		if (s != NULL)
			s->mounted = true;
	}
}

/* ===== what the kernel says of one ===== */

static void task_path(const struct nsmap_member *m, const char *file, char *out, size_t n)
{
	if (m->tid == 0)
		snprintf(out, n, "%d/%s", (int)m->pid, file);
	else
		snprintf(out, n, "%d/task/%d/%s", (int)m->pid, (int)m->tid, file);
}

/* A member may be elsewhere since it was looked at. */
static int open_space(const struct work *w, const struct space *s)
{
	int fd CLEANUP(fd_close) = -1;
	char link[64], path[128];
	struct stat st;

	if (s->member == UINT32_MAX)
		return -1;
	snprintf(link, sizeof(link), "ns/%s", nsmap_link_name(s->link));
	task_path(&w->map->member[s->member], link, path, sizeof(path));
	fd = openat(w->env->proc_fd, path, O_RDONLY | O_CLOEXEC);
	return fd >= 0 && fstat(fd, &st) == 0 && st.st_ino == s->ino ? fd_take(&fd) : -1;
}

/* A namespace that stands above; a kernel without the question, or one that is out of our
 * sight, leaves the key out. */
static void put_relative(struct buf *b, int fd, const char *key, unsigned long request)
{
	int above CLEANUP(fd_close) = ioctl(fd, request);
	struct stat st;

	if (above >= 0 && fstat(above, &st) == 0)
		buf_printf(b, ",\"%s\":%llu", key, (unsigned long long)st.st_ino);
}

static void put_relatives(const struct work *w, struct buf *b, const struct space *s)
{
	int fd CLEANUP(fd_close) = open_space(w, s);
	uid_t owner;

	if (fd < 0)
		return;
	put_relative(b, fd, "user", NS_GET_USERNS);
	if (s->type == NSMAP_PID || s->type == NSMAP_USER)
		put_relative(b, fd, "parent", NS_GET_PARENT);
	if (s->type == NSMAP_USER && ioctl(fd, NS_GET_OWNER_UID, &owner) == 0)
		buf_printf(b, ",\"owner_uid\":%u", owner);
}

static void put_head(const struct work *w, struct buf *b, const struct space *s, bool more)
{
	buf_clear(b);
	buf_printf(b, "{\"type\":\"%s\",\"ns\":%llu", nsmap_link_name(s->type),
		   (unsigned long long)s->ino);
	if (more) {
		buf_puts(b, ",\"continued\":true");
		return;
	}
	buf_printf(b, ",\"own\":%s,\"of_init\":%s,\"mounted\":%s",
		   w->own[s->type] == s->ino ? "true" : "false",
		   w->init[s->type] == s->ino ? "true" : "false", s->mounted ? "true" : "false");
	put_relatives(w, b, s);
}

/* ===== members ===== */

/* The three kinds of membership, each an array of the line. */
enum kind { KIND_PIDS, KIND_THREADS, KIND_CHILDREN, KIND_COUNT };

static const char *const kind_key[KIND_COUNT] = {
	[KIND_PIDS] = "pids", [KIND_THREADS] = "threads", [KIND_CHILDREN] = "for_children",
};

/* Is the member of the namespace in this way?  Children to come count where they will not
 * be where their parent is. */
static bool belongs(const struct work *w, const struct nsmap_member *m, const struct space *s,
		    enum kind kind)
{
	const struct nsmap_class *c = &w->map->class[m->class];
	bool inside = c->ino[s->type] == s->ino;

	if (kind != KIND_CHILDREN)
		return inside && (m->tid == 0) == (kind == KIND_PIDS);
	if (inside)
		return false;
	return (s->type == NSMAP_PID && c->ino[NSMAP_PID_CHILDREN] == s->ino) ||
	       (s->type == NSMAP_TIME && c->ino[NSMAP_TIME_CHILDREN] == s->ino);
}

static void put_member(struct buf *b, const struct nsmap_member *m, bool first)
{
	if (!first)
		buf_putc(b, ',');
	if (m->tid == 0)
		buf_i64(b, m->pid);
	else
		buf_printf(b, "[%d,%d]", (int)m->pid, (int)m->tid);
}

static int end_line(struct answer *a, struct buf *b)
{
	buf_puts(b, "}\n");
	if (b->failed)
		return answer_fail(a, GAP_INTERNAL, ENOMEM, NULL);
	return answer_add(a, b->p, b->len);
}

/* One array; a line that is long enough ends, and another one goes on. */
static int put_kind(const struct work *w, struct answer *a, struct buf *b, const struct space *s,
		    enum kind kind)
{
	uint32_t n = 0;
	int end = 0;

	for (size_t i = 0; i < w->map->members && end == 0; i++) {
		if (!belongs(w, &w->map->member[i], s, kind))
			continue;
		if (n == LINE_MEMBERS) {
			buf_putc(b, ']');
			end = end_line(a, b);
			put_head(w, b, s, true);
			n = 0;
		}
		if (n == 0)
			buf_printf(b, ",\"%s\":[", kind_key[kind]);
		put_member(b, &w->map->member[i], n++ == 0);
	}
	if (n > 0)
		buf_putc(b, ']');
	return end;
}

static int put_space(const struct work *w, struct answer *a, struct buf *b, const struct space *s)
{
	int end = 0;

	put_head(w, b, s, false);
	for (unsigned kind = 0; kind < KIND_COUNT && end == 0; kind++)
		end = put_kind(w, a, b, s, (enum kind)kind);
	return end < 0 ? -1 : end_line(a, b);
}

static int give_list(struct work *w)
{
	const struct nsmap *m = w->map;
	struct answer a;
	struct buf line;
	int end = 0;

	answer_begin(&a, w->env, "namespaces");
	answer_note(&a, "\"request\":\"readlink /proc/PID/task/TID/ns/*, NS_GET_USERNS, "
		    "NS_GET_PARENT, NS_GET_OWNER_UID, nsfs mounts\"");
	answer_note(&a, "\"unseen_threads\":%u,\"unseen_errno\":%d,\"left_out\":%u", m->unseen,
		    m->oserr, m->left_out + w->left_out);
	buf_init(&line, LINE_ROOM);
	for (size_t i = 0; i < w->spaces && end == 0; i++)
		end = put_space(w, &a, &line, &w->space[i]);
	buf_release(&line);
	if (m->left_out + w->left_out > 0)
		answer_fail(&a, GAP_ENTRY_LIMIT, 0, NULL);
	else if (m->unseen > 0)
		answer_fail(&a, GAP_PERMISSION, m->oserr, "readlink");
	return answer_end(&a) < 0 || end < 0 ? -1 : 0;
}

/* ===== mount tables ===== */

/* Read the whole table of a member.  0, or the errno. */
static int read_table(struct source_env *env, const struct nsmap_member *m, struct buf *text)
{
	int fd CLEANUP(fd_close) = -1;
	char path[128], *room;
	ssize_t n = 0;
	int oserr;

	task_path(m, "mountinfo", path, sizeof(path));
	buf_clear(text);
	pulse_call(env->pulse, PULSE_READ);
	fd = openat(env->proc_fd, path, O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && (room = buf_room(text, CHUNK)) != NULL &&
	       (n = read(fd, room, CHUNK)) > 0)
		text->len += (size_t)n;
	oserr = fd < 0 || n < 0 ? errno : 0;
	pulse_idle(env->pulse);
	return oserr;
}

static bool same_view(const struct nsmap_class *a, const struct nsmap_class *b)
{
	return a->ino[NSMAP_MNT] == b->ino[NSMAP_MNT] && a->root_dev == b->root_dev &&
	       a->root_ino == b->root_ino;
}

/* Was this view met before class i?  And its namespace, under whatever root? */
static bool seen_before(const struct nsmap *m, size_t i, bool *namespace)
{
	bool view = false;

	*namespace = false;
	for (size_t k = 0; k < i && !view; k++) {
		if (m->class[k].ino[NSMAP_MNT] == m->class[i].ino[NSMAP_MNT])
			*namespace = true;
		view = same_view(&m->class[k], &m->class[i]);
	}
	return view;
}

/* Through the members one after the other: some of them may have ended. */
static const struct nsmap_member *ask_members(const struct work *w, const struct nsmap_class *c,
					      struct buf *text, int *oserr)
{
	unsigned asked = 0;

	*oserr = ESRCH;
	for (size_t i = 0; i < w->map->members && asked < ATTEMPTS; i++) {
		const struct nsmap_member *m = &w->map->member[i];

		if (!same_view(&w->map->class[m->class], c))
			continue;
		asked++;
		*oserr = read_table(w->env, m, text);
		if (*oserr == 0 && text->len > 0)
			return m;
	}
	return NULL;
}

static int give_table(const struct work *w, struct answer *a, const struct nsmap_class *c,
		      struct buf *text)
{
	int oserr, end = 0;
	const struct nsmap_member *m = ask_members(w, c, text, &oserr);

	/* One that has just ended, or whose root is in no mount, has an empty table. */
	if (m == NULL)
		return answer_fail(a, oserr == 0 ? GAP_NO_VALUE : gap_from_errno(oserr), oserr,
				   "read");
	answer_note(a, "\"request\":\"read /proc/PID/mountinfo\",\"pid\":%d,\"root_dev\":\"%u:%u\","
		    "\"root_ino\":%llu", (int)(m->tid == 0 ? m->pid : m->tid),
		    (unsigned)(c->root_dev >> 32), (unsigned)c->root_dev,
		    (unsigned long long)c->root_ino);
	if (text->failed)
		answer_fail(a, GAP_SPOOL_LIMIT, 0, NULL);
	for (size_t at = 0; at < text->len && end == 0; at += CHUNK)
		end = answer_add(a, text->p + at, text->len - at < CHUNK ? text->len - at : CHUNK);
	text->failed = false;
	if (buf_cstr(text)[0] != '\0')
		nsmap_add_mounts(w->map, text->p);
	return end;
}

static int give_tables(const struct work *w)
{
	const struct nsmap *m = w->map;
	struct buf text;
	int end = 0;

	buf_init(&text, MOUNTINFO_MAX);
	for (size_t i = 0; i < m->classes && end == 0; i++) {
		const struct nsmap_class *c = &m->class[i];
		struct answer a;
		bool again;

		if (c->ino[NSMAP_MNT] == 0 || seen_before(m, i, &again))
			continue;
		if (again)
			answer_begin(&a, w->env, "mnt/%llu/root-%llx-%llu/mountinfo",
				     (unsigned long long)c->ino[NSMAP_MNT],
				     (unsigned long long)c->root_dev,
				     (unsigned long long)c->root_ino);
		else
			answer_begin(&a, w->env, "mnt/%llu/mountinfo",
				     (unsigned long long)c->ino[NSMAP_MNT]);
		end = give_table(w, &a, c, &text);
		end = answer_end(&a) < 0 || end < 0 ? -1 : source_stopped(w->env);
	}
	buf_release(&text);
	return end;
}

int namespaces_run(struct source_env *env)
{
	struct work *w = calloc(1, sizeof(*w));
	int end;

	if (w == NULL)
		return answer_gap(env, "namespaces", GAP_INTERNAL, ENOMEM, NULL);
	w->env = env;
	w->map = nsmap_new(env);
	if (w->map == NULL) {
		free(w);
		return answer_gap(env, "namespaces", GAP_INTERNAL, ENOMEM, NULL);
	}
	end = give_tables(w);
	if (end >= 0) {
		list_spaces(w);
		end = give_list(w) < 0 ? -1 : end;
	}
	nsmap_free(w->map);
	free(w);
	return end;
}

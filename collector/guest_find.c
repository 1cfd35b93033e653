#include "collector/guest_find.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collector/acquire/meta.h"
#include "collector/volatile/nsmap.h"
#include "lib/base/buf.h"
#include "lib/base/fd.h"
#include "lib/item/runtime.h"

#define CGROUP_MAX 16384u		/* bytes looked at of /proc/PID/cgroup */
#define STAT_MAX 4096u
#define KERNEL_THREAD 0x00200000u	/* PF_KTHREAD of include/linux/sched.h */
#define MOUNTINFO_MAX (16u << 20)
#define CHUNK 65536u

/* ===== files of a process ===== */

ssize_t guest_find_read(int at, const char *name, char *out, size_t n)
{
	int fd CLEANUP(fd_close) = openat(at, name, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -1 : fd_read_full(fd, out, n);
}

/* A field of a stat, counted from the last parenthesis, because the name before that may
 * hold anything; 0 if there is none.  proc_pid_stat(5) */
static uint64_t field_of(const char *stat, int number)
{
	const char *p = strrchr(stat, ')');

	for (int field = 2; p != NULL && field < number; field++)
		p = strchr(p + 1, ' ');
	return p == NULL ? 0 : strtoull(p, NULL, 10);
}

uint64_t guest_find_start(int process)
{
	char text[STAT_MAX + 1];
	ssize_t n = guest_find_read(process, "stat", text, STAT_MAX);

	text[n < 0 ? 0 : n] = '\0';
	return field_of(text, 9) & KERNEL_THREAD ? 0 : field_of(text, 22);
}

int guest_find_process(int proc_fd, uint32_t pid)
{
	char name[16];

	snprintf(name, sizeof(name), "%u", pid);
	return fd_handle(proc_fd, name, O_DIRECTORY);
}

struct mounts *guest_find_mounts(int at, const char *name, struct bytes gone)
{
	int fd CLEANUP(fd_close) = openat(at, name, O_RDONLY | O_CLOEXEC);
	struct mounts *m;
	struct buf text;
	ssize_t n = 0;
	char *room;

	buf_init(&text, MOUNTINFO_MAX);
	while (fd >= 0 && (room = buf_room(&text, CHUNK)) != NULL &&
	       (n = read(fd, room, CHUNK)) > 0)
		text.len += (size_t)n;
	m = mounts_parse(text.p, text.len, gone, NULL, NULL);
	buf_release(&text);
	return m;
}

/* ===== finding ===== */

struct search {
	struct guests *list;
	struct nsmap *map;
	const struct mounts *mounts;	/* the host's */
	struct pulse *pulse;
	uint64_t host_mnt;		/* the host's mount namespace; 0: not known */
	int proc_fd;
	uint64_t root_dev, root_ino;	/* our root directory */
	int8_t private[NSMAP_CLASSES_MAX];	/* has mounts of its own: 1, 0: not yet asked, -1 */
};

static struct guest *find(struct guests *l, const struct nsmap_class *c, bool view)
{
	for (uint32_t i = 0; i < l->count; i++)
		if (l->row[i].view == view &&
		    (!view || l->row[i].container.mnt == c->ino[NSMAP_MNT]) &&
		    l->row[i].root_dev == c->root_dev && l->row[i].root_ino == c->root_ino)
			return &l->row[i];
	return NULL;
}

static struct guest *add(struct guests *l, const struct nsmap_class *c, bool view)
{
	struct guest *g = &l->row[l->count];

	if (l->count == GUESTS_MAX) {
		l->left_out++;
		return NULL;
	}
	*g = (struct guest){ .root_dev = c->root_dev, .root_ino = c->root_ino,
			     .start = UINT64_MAX, .view = view };
	l->count++;
	return g;
}

/* The oldest process stands for the container: it is the one most likely to stay. */
static void add_process(struct search *s, const struct nsmap_member *m, bool view)
{
	const struct nsmap_class *c = &s->map->class[m->class];
	struct guest *g = find(s->list, c, view);
	int process CLEANUP(fd_close) = guest_find_process(s->proc_fd, (uint32_t)m->pid);
	uint64_t start = process < 0 ? 0 : guest_find_start(process);
	char cgroup[CGROUP_MAX];
	ssize_t n;

	if (start == 0)
		return;
	g = g != NULL ? g : add(s->list, c, view);
	if (g == NULL)
		return;
	g->processes++;
	if (start >= g->start)
		return;
	g->start = start;
	g->container = (struct item_container){ .mnt = c->ino[NSMAP_MNT], .pid = (uint32_t)m->pid };
	n = guest_find_read(process, "cgroup", cgroup, sizeof(cgroup));
	if (n > 0)
		runtime_guess(cgroup, (size_t)n, &g->container);
}

/* A browser's sandbox has an empty directory of /proc as its root: nothing can be there. */
static bool on_kernel(const struct search *s, const struct nsmap_class *c)
{
	for (size_t i = 0; i < mounts_count(s->mounts); i++) {
		const struct mount *m = mounts_get(s->mounts, i);

		if (m->kind == MOUNT_KERNEL && c->root_dev >> 32 == m->dev_major &&
		    (uint32_t)c->root_dev == m->dev_minor)
			return true;
	}
	return false;
}

/* Is something mounted in there that the host does not show? */
static bool has_own_mounts(struct search *s, const struct nsmap_member *member)
{
	int process CLEANUP(fd_close) = guest_find_process(s->proc_fd, (uint32_t)member->pid);
	struct mounts *m;
	bool found = false;

	pulse_call(s->pulse, PULSE_READ);
	m = guest_find_mounts(process, "mountinfo", (struct bytes){ NULL, 0 });
	pulse_idle(s->pulse);
	if (m == NULL)
		return false;
	mounts_mark_view(m, s->mounts);
	for (size_t i = 0; i < mounts_count(m) && !found; i++) {
		const struct mount *k = mounts_get(m, i);

		found = k->kind == MOUNT_LOCAL && !k->covered && !k->passed;
	}
	mounts_free(m);
	return found;
}

/* Asked once for each class, through its first member. */
static bool is_view(struct search *s, const struct nsmap_member *m)
{
	int8_t *known = &s->private[m->class];

	if (s->map->class[m->class].ino[NSMAP_MNT] == s->host_mnt)
		return false;
	if (*known == 0)
		*known = has_own_mounts(s, m) ? 1 : -1;
	return *known > 0;
}

static void consider(struct search *s, const struct nsmap_member *m)
{
	const struct nsmap_class *c = &s->map->class[m->class];
	bool ours = c->root_ino == s->root_ino && c->root_dev == s->root_dev;

	if (m->tid != 0 || c->root_ino == 0)
		return;
	if (ours ? is_view(s, m) : !on_kernel(s, c))
		add_process(s, m, ours);
}

static uint64_t namespace_of(const struct nsmap *m, pid_t pid)
{
	for (size_t i = 0; i < m->members && pid > 0; i++)
		if (m->member[i].pid == pid && m->member[i].tid == 0)
			return m->class[m->member[i].class].ino[NSMAP_MNT];
	return 0;
}

static void consider_all(struct search *s, const struct guest_env *env)
{
	struct item_stat root;

	if (meta_stat(env->host->root_fd, "", &root) != 0)
		return;
	s->list = env->list;
	s->mounts = env->host->mounts;
	s->pulse = env->live->pulse;
	s->proc_fd = env->live->proc_fd;
	s->host_mnt = namespace_of(s->map, env->recorder);
	s->root_dev = (uint64_t)root.dev_major << 32 | root.dev_minor;
	s->root_ino = root.ino;
	for (size_t i = 0; i < s->map->members; i++)
		consider(s, &s->map->member[i]);
}

void guest_find(const struct guest_env *env)
{
	struct search *s = calloc(1, sizeof(*s));

	env->list->count = env->list->left_out = 0;
	if (s == NULL)
		return;
	s->map = nsmap_new(env->live);
	if (s->map != NULL)
		consider_all(s, env);
	nsmap_free(s->map);
	free(s);
}

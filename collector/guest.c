#include "collector/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collector/acquire/meta.h"
#include "collector/facts.h"
#include "collector/guest_find.h"
#include "collector/host/glass.h"
#include "collector/volatile/answer.h"
#include "lib/base/buf.h"
#include "lib/base/fd.h"
#include "lib/base/text.h"

#define CGROUP_MAX 16384u		/* bytes looked at of /proc/PID/cgroup */

static const char self_fd[] = "self/fd";	/* from within a procfs */

const struct guest *guest_at(const struct guests *list, const struct cursor *c)
{
	if (c->guest == 0 || c->guest > GUESTS_MAX || c->guest > list->count)
		return NULL;
	return &list->row[c->guest - 1];
}

size_t guest_path(const struct guest *g, char *out)
{
	return (size_t)snprintf(out, GUEST_PREFIX_MAX, "/proc/%u/root", g->container.pid);
}

/* ===== items of a guest ===== */

/* Gives items their path on the host and the mark of the container. */
struct guest_sink {
	struct sink sink;
	struct sink *to;
	const struct guest *guest;
	char path[ITEM_PATH_MAX], link[ITEM_PATH_MAX];
};

/* The walk leaves room for the prefix (WALK_PREFIX_MAX). */
static struct bytes on_host(const struct guest *g, struct bytes inside, char *out)
{
	size_t head = guest_path(g, out), n = inside.len == 1 ? 0 : inside.len;

	n = n < ITEM_PATH_MAX - head ? n : ITEM_PATH_MAX - head;
	memcpy(out + head, inside.p, n);
	return (struct bytes){ out, head + n };
}

static int guest_begin(struct sink *to, const struct item *it)
{
	struct guest_sink *s = (struct guest_sink *)to;
	struct item marked = *it;

	marked.path = on_host(s->guest, it->path, s->path);
	if (it->hardlink.len > 0)
		marked.hardlink = on_host(s->guest, it->hardlink, s->link);
	marked.category = artifact_category_word(CATEGORY_GUEST);
	marked.container = s->guest->container;
	return s->to->begin(s->to, &marked);
}

static int guest_write(struct sink *to, const void *data, size_t n)
{
	struct guest_sink *s = (struct guest_sink *)to;

	return s->to->write(s->to, data, n);
}

static int guest_end(struct sink *to, const struct item_end *how)
{
	struct guest_sink *s = (struct guest_sink *)to;

	return s->to->end(s->to, how);
}

/* ===== one visit ===== */

struct visit {
	struct guest_env *env;
	const struct guest *guest;
	struct guest_sink sink;
	struct walk walk;
	struct glass glass;
	struct glass_place home;
	struct mounts *mounts;
	int process;			/* its directory of /proc */
	bool moved;			/* behind glass */
	int oserr;			/* why not */
};

/* The guest as a whole could not be had. */
static int refuse(struct visit *v, enum gap gap, int oserr, const char *call)
{
	struct item it = { .path = { "/", 1 }, .artifact = "-", .type = ITEM_DIR,
			   .depth = DEPTH_META, .opened = clock_read() };
	struct item_end how = { .gap = gap, .oserr = oserr, .syscall = call };
	struct sink *to = &v->sink.sink;

	how.closed = clock_read();
	return to->begin(to, &it) < 0 || to->end(to, &how) < 0 ? -1 : 0;
}

/* Its root directory and namespace, if the process is still the one that was found. */
static bool open_place(struct visit *v, struct glass_place *to)
{
	const struct guest *g = v->guest;
	struct item_stat root;
	struct stat ns;

	v->process = guest_find_process(v->env->live->proc_fd, g->container.pid);
	if (v->process < 0)
		return false;
	errno = ESRCH;
	if (guest_find_start(v->process) != g->start)
		return false;
	to->proc = v->env->live->proc_fd;
	to->ns = openat(v->process, "ns/mnt", O_RDONLY | O_CLOEXEC);
	to->root = fd_handle(v->process, "root", O_DIRECTORY);
	if (to->root < 0)
		return false;
	errno = ESRCH;
	return meta_stat(to->root, "", &root) == 0 && root.ino == g->root_ino &&
	       ((uint64_t)root.dev_major << 32 | root.dev_minor) == g->root_dev &&
	       (to->ns < 0 || (fstat(to->ns, &ns) == 0 && ns.st_ino == g->container.mnt));
}

/* Behind glass; where that is refused, straight through the descriptor of its root. */
static int step_in(struct visit *v, struct glass_place *to)
{
	struct walk *w = &v->walk;
	int moved = to->ns < 0 || v->home.ns < 0 ? -1 : glass_move(&v->glass, to, &v->home);

	v->oserr = moved == 0 ? 0 : errno;
	v->moved = moved == 0;
	if (moved > 0)
		return -1;
	if (v->moved) {
		struct bytes gone = { v->glass.gone, v->glass.gone_len };

		w->root_fd = fd_handle(AT_FDCWD, "/", O_DIRECTORY);
		v->mounts = guest_find_mounts(v->home.proc, "self/mountinfo", gone);
		/* its own /proc may be anything; if this fails, attributes are not read */
		w->self_fd = self_fd;
		if (fchdir(v->home.proc) != 0)
			v->oserr = errno;
	} else {
		glass_unavailable(&v->glass, "its mounts are read as they are");
		w->root_fd = fd_take(&to->root);
		v->mounts = guest_find_mounts(v->process, "mountinfo",
						      (struct bytes){ NULL, 0 });
	}
	w->mounts = v->mounts;
	w->noatime = v->glass.noatime;
	pulse_idle(w->pulse);
	return w->root_fd < 0 || w->mounts == NULL ? -1 : 0;
}

/* Is the root directory itself something that is never touched? */
static bool is_remote(const struct mounts *mounts)
{
	const struct mount *m = mounts_at(mounts, (struct bytes){ "/", 1 });

	return m != NULL && (m->kind == MOUNT_REMOTE || m->kind == MOUNT_OTHER);
}

/* ===== what it is, for the archive ===== */

static void put_notes(struct buf *b, const struct glass *g)
{
	const char *p = g->notes, *end = p + g->notes_len;

	buf_puts(b, ",\"glass\":[");
	while (p < end) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));

		stop = stop == NULL ? end : stop;
		if (p != g->notes)
			buf_putc(b, ',');
		text_json(b, p, (size_t)(stop - p));
		p = stop + 1;
	}
	buf_putc(b, ']');
}

static void put_guest(const struct visit *v, struct buf *b)
{
	const struct guest *g = v->guest;
	char cgroup[CGROUP_MAX];
	ssize_t n = guest_find_read(v->process, "cgroup", cgroup, sizeof(cgroup));

	buf_printf(b, "{\"pid\":%u,\"start\":%llu,\"processes\":%u,\"mnt\":%llu,"
		   "\"root_dev\":\"%u:%u\",\"root_ino\":%llu,\"runtime\":\"%s\",\"id\":",
		   g->container.pid, (unsigned long long)g->start, g->processes,
		   (unsigned long long)g->container.mnt, (unsigned)(g->root_dev >> 32),
		   (unsigned)g->root_dev, (unsigned long long)g->root_ino, g->container.runtime);
	text_json_escaped(b, g->container.id, strlen(g->container.id));
	buf_puts(b, ",\"cgroup\":");
	text_json_escaped(b, cgroup, n < 0 ? 0 : (size_t)n);
	buf_printf(b, ",\"host_root\":%s,\"private\":%s,\"noatime\":%s",
		   g->view ? "true" : "false", v->moved ? "true" : "false",
		   v->glass.noatime ? "true" : "false");
	if (v->oserr != 0)
		buf_printf(b, ",\"errno\":%d,\"errname\":\"%s\"", v->oserr, err_name(v->oserr));
	put_notes(b, &v->glass);
	buf_puts(b, "}\n");
}

static int introduce(const struct visit *v)
{
	struct source_env *live = v->env->live;
	struct answer a;
	struct buf b;
	int end;

	live->category = artifact_category_word(CATEGORY_GUEST);
	live->artifact = "container";
	answer_begin(&a, live, "container/%u.json", v->guest->container.pid);
	buf_init(&b, ANSWER_PART);
	put_guest(v, &b);
	end = b.failed ? answer_fail(&a, GAP_INTERNAL, ENOMEM, NULL) : answer_add(&a, b.p, b.len);
	buf_release(&b);
	return answer_end(&a) < 0 ? -1 : end;
}

/* ===== walking ===== */

/* Homes and links on the way, as seen in there; NULL facts if there is no memory. */
static int read_facts(struct visit *v, struct plan_request *request, struct plan_facts *to)
{
	struct plan *plan = plan_new(request, NULL, NULL);
	struct facts *facts = plan == NULL ? NULL : facts_new(to, NULL);
	struct walk w = v->walk;
	int end = -1;

	if (facts != NULL) {
		w.plan = plan;
		w.category = CATEGORY_FACTS;
		w.to = facts_sink(facts);
		w.dry = false;
		w.budget = NULL;
		end = walk_run(&w, NULL);
	}
	facts_free(facts);
	plan_free(plan);
	return end;
}

static struct plan *make_plan(struct visit *v, const struct cursor *from, int *end)
{
	struct plan_request request = *v->env->request;
	struct plan_facts *facts = v->guest->view ? NULL : calloc(1, sizeof(*facts));
	struct plan *plan;

	request.inside = true;
	*end = 0;
	if (v->guest->view)	/* its homes are the host's */
		return plan_new(&request, v->env->facts, NULL);
	/* Who was lost with the facts would be lost there again. */
	if (facts != NULL && (from == NULL || from->guest_category != CATEGORY_FACTS))
		*end = read_facts(v, &request, facts);
	plan = *end != 0 ? NULL : plan_new(&request, facts, NULL);
	free(facts);
	return plan;
}

static int walk_categories(struct visit *v, const struct cursor *from)
{
	struct walk *w = &v->walk;
	struct plan *plan;
	int end;

	plan = make_plan(v, from, &end);
	if (plan == NULL && end == 0)
		return -1;
	w->plan = plan;
	w->done = 0;
	for (unsigned c = CATEGORY_FACTS + 1; c < CATEGORY_COUNT && end == 0; c++) {
		bool here = from != NULL && from->guest_category == c;

		if (!plan_has(plan, (enum category)c))
			continue;
		if (from == NULL || from->guest_category <= c) {
			w->category = (enum category)c;
			/* nowhere in it yet: who is lost here has the whole of it taken again */
			w->at->depth = w->at->path_len = 0;
			w->at->guest_category = c;
			end = walk_run(w, here ? from : NULL);
		}
		w->done |= UINT64_C(1) << c;
	}
	plan_free(plan);
	return end;
}

static int visit_inside(struct visit *v, const struct cursor *from)
{
	bool first = from == NULL && !v->walk.dry;

	if (first && introduce(v) < 0)
		return -1;
	if (is_remote(v->mounts))
		return refuse(v, GAP_NETWORK_FS, 0, NULL);
	if (v->guest->view)
		mounts_mark_view(v->mounts, v->env->host->mounts);
	else
		mounts_mark_host(v->mounts, v->env->host->mounts);
	return walk_categories(v, from);
}

static void set_up(struct visit *v, struct guest_env *env, uint32_t i)
{
	struct cursor *at = env->host->at;

	v->env = env;
	v->guest = &env->list->row[i];
	v->sink.sink = (struct sink){ guest_begin, guest_write, guest_end };
	v->sink.to = env->host->to;
	v->sink.guest = v->guest;
	v->process = -1;
	v->walk = *env->host;
	v->walk.to = &v->sink.sink;
	v->walk.proc_fd = v->walk.root_fd = -1;
	v->walk.mounts = NULL;
	v->walk.hung_count = 0;		/* as ever: the ids of its mounts are new each time */
	v->walk.links = links_new();
	at->guest = i + 1;
	at->guest_category = CATEGORY_FACTS;
	at->row = UINT32_MAX;
	at->mount = 0;
	at->depth = 0;
	at->path_len = 1;
	memcpy(at->path, "/", 2);
	v->home.proc = env->live->proc_fd;
	v->home.ns = openat(v->home.proc, "self/ns/mnt", O_RDONLY | O_CLOEXEC);
	v->home.root = fd_handle(AT_FDCWD, "/", O_DIRECTORY);
}

/* Let go of it; we stay where we are. */
static void end_visit(struct visit *v)
{
	fd_close(&v->walk.root_fd);
	mounts_free(v->mounts);
	links_free(v->walk.links);
	fd_close(&v->process);
	fd_close(&v->home.ns);
	fd_close(&v->home.root);
}

/* From here on nothing of the guest can use the rights that brought us in. */
static void shed(struct visit *v)
{
	fd_close(&v->home.ns);
	fd_close(&v->home.root);
	sandbox_enter(v->env->sandbox, SANDBOX_FILES);
	v->env->spent = true;
}

static int visit(struct guest_env *env, uint32_t i, const struct cursor *from)
{
	struct visit *v = calloc(1, sizeof(*v));
	struct glass_place to = { -1, -1, -1 };
	bool inside = false;
	int end;

	if (v == NULL)
		return -1;
	set_up(v, env, i);
	pulse_call(env->host->pulse, PULSE_OPEN);
	if (!open_place(v, &to))
		end = refuse(v, errno == EACCES || errno == EPERM ? GAP_PERMISSION : GAP_VANISHED,
			     errno, "openat");
	else
		end = (inside = step_in(v, &to) == 0) ? 0 : -1;
	fd_close(&to.ns);
	fd_close(&to.root);
	if (inside) {
		shed(v);
		end = visit_inside(v, from);
	}
	end_visit(v);
	free(v);
	return end;
}

int guest_run(struct guest_env *env, const struct cursor *from)
{
	struct cursor *at = env->host->at;
	uint32_t first = from == NULL ? 0 : from->guest - 1;
	int end = 0;

	if (env->live->proc_fd < 0)
		return 0;
	if (from == NULL)
		guest_find(env);
	else if (from->guest_category >= CATEGORY_COUNT)	/* given up */
		first++;
	for (uint32_t i = first; i < env->list->count && end == 0; i++) {
		if (env->spent)
			return GUEST_SPENT;
		end = atomic_load(env->host->stop) != 0 ? 1 :
		      visit(env, i, from != NULL && i + 1 == from->guest ? from : NULL);
	}
	at->guest = 0;
	at->depth = 0;
	at->path_len = 0;
	env->live->category = artifact_category_word(CATEGORY_GUEST);
	env->live->artifact = "container";
	if (end == 0 && env->list->left_out > 0)
		end = answer_gap(env->live, "container", GAP_ENTRY_LIMIT, 0, NULL);
	return end;
}

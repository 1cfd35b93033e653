#include "collector/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collector/acquire/open.h"
#include "collector/guest.h"
#include "collector/volatile/source.h"
#include "collector/wire.h"
#include "lib/base/buf.h"
#include "lib/base/fd.h"

#define MOUNTINFO_MAX (16u << 20)	/* bytes; 100,000 mounts */
#define READ_CHUNK 65536u
#define ORPHAN_NS 3000000000ull		/* how often an idle reader looks whether it is needed */

/* The sink that a walk sees: it fills the ring. */
struct ring_sink {
	struct sink sink;
	struct ring_end end;
};

struct reader {
	const struct reader_setup *setup;
	struct board *board;
	struct station *station;
	struct ring_sink out;
	struct walk walk;
	struct source_env live;		/* state that is not a file; unused with --root */
	struct guest_env guest;		/* the inside of containers; unused with --root */
	struct plan *plan;
	bool plan_with_facts;
	enum sandbox_stage stage;
};

/* Ends this process, and says why where the recorder will look. */
static _Noreturn void give_up(struct reader *r, enum station_trouble why, int oserr)
{
	atomic_store(&r->station->oserr, oserr);
	atomic_store(&r->station->trouble, why);
	_exit(1);
}

enum sandbox_stage reader_stage(const struct reader_setup *setup, enum category c)
{
	if (setup->root != NULL)
		return SANDBOX_FILES;
	if (c == CATEGORY_GUEST)
		return SANDBOX_GUEST;
	if (c == CATEGORY_EXTRA && setup->raw_ext4)
		return SANDBOX_DEVICE;
	return c <= CATEGORY_PROCESS ? SANDBOX_ASKS : SANDBOX_COPIES;
}

/* Those that go on from category to category; of them a later one has less. */
static void shed(struct reader *r, enum sandbox_stage stage)
{
	if (stage > SANDBOX_FILES || stage == r->stage ||
	    (stage < r->stage && r->stage <= SANDBOX_FILES))
		return;
	sandbox_enter(r->board->sandbox, stage);
	r->stage = stage;
}

static int sink_begin(struct sink *to, const struct item *it)
{
	struct ring_sink *s = (struct ring_sink *)to;
	size_t n = wire_item_size(it);
	void *room = ring_reserve(&s->end, n);

	if (room == NULL)
		return -1;
	wire_put_item(room, it);
	ring_commit(&s->end, WIRE_BEGIN, n);
	return 0;
}

static int sink_write(struct sink *to, const void *data, size_t n)
{
	struct ring_sink *s = (struct ring_sink *)to;
	const unsigned char *p = data;

	while (n > 0) {
		size_t part = n < RING_WAKE ? n : RING_WAKE;
		void *room = ring_reserve(&s->end, part);

		if (room == NULL)
			return -1;
		memcpy(room, p, part);
		ring_commit(&s->end, WIRE_DATA, part);
		p += part;
		n -= part;
	}
	return 0;
}

static int sink_end(struct sink *to, const struct item_end *how)
{
	struct ring_sink *s = (struct ring_sink *)to;
	struct wire_end *room = ring_reserve(&s->end, sizeof(*room));

	if (room == NULL)
		return -1;
	wire_put_end(room, how);
	ring_commit(&s->end, WIRE_END, sizeof(*room));
	return 0;
}

/* Our own mount table as the kernel tells it, empty where /proc is missing. */
static struct mounts *read_mounts(const char *root, const struct glass *g)
{
	int fd CLEANUP(fd_close) = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	struct buf text;
	struct mounts *m;
	ssize_t n = 0;
	char *room;

	buf_init(&text, MOUNTINFO_MAX);
	while (fd >= 0 && (room = buf_room(&text, READ_CHUNK)) != NULL &&
	       (n = read(fd, room, READ_CHUNK)) > 0)
		text.len += (size_t)n;
	m = mounts_parse(text.p, text.len, (struct bytes){ g->gone, g->gone_len }, root, NULL);
	buf_release(&text);
	return m;
}

/* The plan before and after the facts are known is not the same. */
static int make_plan(struct reader *r)
{
	bool facts = atomic_load(&r->board->facts_made) != 0;

	if (r->plan != NULL && r->plan_with_facts == facts)
		return 0;
	plan_free(r->plan);
	r->plan = plan_new(r->setup->request, facts ? &r->board->facts : NULL, NULL);
	r->plan_with_facts = facts;
	return r->plan == NULL ? -1 : 0;
}

/* Rows of the category on one side of its files; those of a directory given by --root
 * would be another host's. */
static int run_sources(struct reader *r, enum source_when when, size_t first)
{
	if (r->setup->root != NULL)
		return 0;
	r->live.dry = r->station->job.dry;
	r->live.plan = r->plan;
	return source_run(&r->live, r->station->job.category, when, first);
}

/* The files of a category, or the inside of all containers. */
static int run_files(struct reader *r, const struct cursor *from)
{
	if (r->station->job.category == CATEGORY_INVENTORY)
		shed(r, SANDBOX_FILES);
	if (r->station->job.category != CATEGORY_GUEST)
		return walk_run(&r->walk, from);
	return r->setup->root != NULL ? 0 : guest_run(&r->guest, from);
}

/* Is the own directory of the one mount of the job what was waited for? */
static bool is_own(const struct reader *r, const struct cursor *from)
{
	const struct mount *m =
		mounts_at(r->walk.mounts, (struct bytes){ from->path, from->path_len });

	return m != NULL && m->id == r->station->job.only;
}

/* The one mount of the job.  If it was walked, and lost only when its own directory was listed
 * further or left, nothing is behind it; if that was not even listed, nothing of it was taken,
 * and it is begun anew. */
static int do_mount(struct reader *r, const struct cursor *from)
{
	bool own = from != NULL && is_own(r, from);

	r->walk.reached = own && from->listed != 0;
	return walk_run(&r->walk, own && from->listed == 0 ? NULL : from);
}

/* Sources, files, sources; a reader that takes over begins behind what the one before
 * was lost on. */
static int do_category(struct reader *r)
{
	const struct cursor *from = r->station->job.resume ? &r->station->from : NULL;
	const struct source *lost = from == NULL ? NULL : source_at(from);
	size_t first = lost == NULL ? 0 : source_from(&r->live, from);
	bool on_files = from != NULL && lost == NULL;
	bool after = lost != NULL && lost->when == SOURCE_AFTER;
	int end = 0;

	if (r->station->job.only != 0)
		return do_mount(r, on_files ? from : NULL);
	if (!on_files && !after)
		end = run_sources(r, SOURCE_BEFORE, first);
	if (end == 0 && !after)
		end = run_files(r, on_files ? from : NULL);
	if (end == 0)
		end = run_sources(r, SOURCE_AFTER, after ? first : 0);
	return end;
}

static void do_job(struct reader *r)
{
	const struct station_job *job = &r->station->job;
	struct walk *w = &r->walk;
	uint32_t *done;
	int end;

	if (job->quit)
		_exit(0);
	shed(r, reader_stage(r->setup, job->category));
	if (make_plan(r) < 0)
		give_up(r, STATION_NO_PLAN, ENOMEM);
	w->plan = r->plan;
	w->category = job->category;
	w->done = job->done;
	w->dry = job->dry;
	w->item_seconds = job->item_seconds;
	w->hung_count = job->hung_count < WALK_HUNG_MAX ? job->hung_count : WALK_HUNG_MAX;
	memcpy(w->hung, job->hung, sizeof(w->hung));
	w->only = job->only;
	w->reached = false;
	w->stuck = &job->stuck;
	end = do_category(r);
	done = end < 0 ? NULL : ring_reserve(&r->out.end, sizeof(*done));
	if (done == NULL) {
		give_up(r, job->category == CATEGORY_GUEST ? STATION_NO_PLACE : STATION_NO_TROUBLE,
			0);
		return;
	}
	*done = end == 0 && w->only != 0 && !w->reached ? WIRE_AWAY : (uint32_t)end;
	ring_commit(&r->out.end, WIRE_DONE, sizeof(*done));
	ring_flush(&r->out.end);
	if (end == GUEST_SPENT)
		_exit(0);
}

static void open_walk(struct reader *r)
{
	struct walk *w = &r->walk;

	w->root_fd = fd_handle(AT_FDCWD, r->setup->root == NULL ? "/" : r->setup->root,
			       O_DIRECTORY);
	w->proc_fd = -1;
	if (w->root_fd < 0)
		give_up(r, STATION_NO_ROOT, errno);
	w->own_fds = open_own_fds();
	w->mounts = read_mounts(r->setup->root, &r->board->glass);
	if (w->mounts == NULL)
		give_up(r, STATION_NO_MOUNTS, ENOMEM);
	w->noatime = r->board->glass.noatime;
	w->links = links_new();		/* without it every name is stored */
	memcpy(w->self, r->setup->self, sizeof(w->self));
	w->self_count = r->setup->self_count;
	w->to = &r->out.sink;
	w->at = &r->station->at;
	w->pulse = &r->station->pulse;
	w->budget = r->setup->with_budget ? &r->board->budget : NULL;
	w->stop = &r->station->stop;
}

/* For good: a reader of a rare stage does nothing else. */
static void shed_rare(void *ctx)
{
	shed(ctx, SANDBOX_FILES);
}

static void open_sources(struct reader *r)
{
	r->live.to = &r->out.sink;
	r->live.at = &r->station->at;
	r->live.pulse = &r->station->pulse;
	r->live.stop = &r->station->stop;
	r->live.budget = r->walk.budget;
	r->live.raw_ext4 = r->setup->raw_ext4;
	r->live.shed = shed_rare;
	r->live.shed_ctx = r;
	r->live.private_keys = r->setup->request->private_keys;
	r->live.walk = &r->walk;
	r->live.file_max = r->setup->request->file_max;
	r->live.physical = r->setup->physical;
	r->live.processes = r->setup->processes;
	source_open(&r->live);
	r->guest = (struct guest_env){ &r->walk, &r->live, r->setup->request,
				      &r->board->facts, r->setup->recorder,
				      &r->board->guests, r->board->sandbox, false };
}

void reader_main(const struct reader_setup *setup, struct board *board,
		 struct station *s)
{
	static struct reader r;		/* too large for the stack; this process has one */
	pid_t parent = getppid();
	uint32_t seen = 0;

	r.setup = setup;
	r.board = board;
	r.station = s;
	r.out.sink = (struct sink){ sink_begin, sink_write, sink_end };
	r.stage = (enum sandbox_stage)s->stage;
	sandbox_enter(board->sandbox, r.stage);
	ring_open(&r.out.end, &s->ring);
	open_walk(&r);
	if (setup->root == NULL)
		open_sources(&r);
	while (getppid() == parent && !atomic_load(&s->ring.closed)) {
		uint32_t posted = atomic_load(&s->posted);

		if (posted == seen) {
			ring_wait(&s->posted, seen, ORPHAN_NS);
			continue;
		}
		seen = posted;
		do_job(&r);
	}
	_exit(0);
}

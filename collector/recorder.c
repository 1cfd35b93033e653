#include "collector/recorder.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "collector/volatile/source.h"
#include "lib/base/clock.h"
#include "lib/base/err.h"

#define POLL_NS 20000000ull		/* how long one wait for a message lasts */
#define SECOND_NS 1000000000ull
#define IDLE_FACTOR 6u			/* a reader that is in no call gets this much longer */
#define TICK_MESSAGES 64u		/* messages between two ticks */
#define STOP_SECONDS 3u			/* a reader told to stop has this long */
#define HUNG_STREAK 2u			/* readers that a mount may swallow one after the other */
#define HUNG_TOTAL 16u			/* and in all */

/* What the loop does next. */
enum step { STEP_ON, STEP_DONE, STEP_SPENT, STEP_LOST, STEP_FAILED };

static void post(struct recorder *r)
{
	struct station *s = r->station;

	s->job = r->job;
	atomic_fetch_add(&s->posted, 1);
	ring_wake(&s->posted);
	r->silence_ns = 0;
	r->looked_ns = clock_monotonic_ns();
}

static bool hatch(struct recorder *r)
{
	r->station = nursery_hatch(r->nursery, r->stage);
	if (r->station == NULL)
		return false;
	ring_open(&r->ring, &r->station->ring);
	return true;
}

/* Is this a stage for one category, with rights that the others do without? */
static bool is_rare(enum sandbox_stage stage)
{
	return stage == SANDBOX_GUEST || stage == SANDBOX_DEVICE;
}

/* A reader that may do what the category needs; the one of before waits if it may not. */
static bool seat(struct recorder *r, enum category c)
{
	r->stage = reader_stage(r->nursery->setup, c);
	if (is_rare(r->stage)) {
		r->aside = r->station;
		r->aside_ring = r->ring;
		r->station = NULL;
	}
	return r->station != NULL || hatch(r);
}

/* The reader of a rare stage ends with its category. */
static void unseat(struct recorder *r)
{
	if (!is_rare(r->stage))
		return;
	if (r->station != NULL) {
		r->job.quit = true;
		post(r);
		r->job.quit = false;
		station_retire(r->station);
	}
	r->station = r->aside;
	r->ring = r->aside_ring;
	r->aside = NULL;
}

/* ===== messages ===== */

static enum step take_begin(struct recorder *r, size_t n, struct sink *to)
{
	if (r->open)
		return STEP_LOST;
	r->ended = false;
	/* The item's bytes must live until its end; the next message comes before that. */
	memcpy(r->begun, r->message, n);
	if (wire_get_item(r->begun, n, &r->item) < 0)
		return STEP_LOST;
	r->open = true;
	return to->begin(to, &r->item.it) < 0 ? STEP_FAILED : STEP_ON;
}

/* A mount that gives a file is not dead, only that other file was. */
static void note_answer(struct recorder *r, enum gap gap)
{
	const struct item *it = &r->item.it;

	if (r->hung_count == 0 || gap != GAP_NONE || it->type != ITEM_FILE ||
	    it->depth == DEPTH_META)
		return;
	for (uint32_t i = 0; i < r->hung_count; i++)
		if (r->hung[i].mount == it->st.mnt_id)
			r->hung[i].streak = 0;
}

static enum step take_end(struct recorder *r, size_t n, struct sink *to)
{
	struct wire_end end;

	if (!r->open || wire_get_end(r->message, n, &end) < 0)
		return STEP_LOST;
	r->open = false;
	r->ended = true;
	note_answer(r, end.how.gap);
	return to->end(to, &end.how) < 0 ? STEP_FAILED : STEP_ON;
}

static enum step how_done(const struct recorder *r, size_t n)
{
	uint32_t done;

	if (n != sizeof(done))
		return STEP_LOST;
	memcpy(&done, r->message, sizeof(done));
	return done == WIRE_SPENT ? STEP_SPENT : STEP_DONE;
}

static enum step take(struct recorder *r, uint32_t type, size_t n, struct sink *to)
{
	switch (type) {
	case WIRE_BEGIN:
		return take_begin(r, n, to);
	case WIRE_DATA:
		if (!r->open)
			return STEP_LOST;
		return to->write(to, r->message, n) < 0 ? STEP_FAILED : STEP_ON;
	case WIRE_END:
		return take_end(r, n, to);
	case WIRE_DONE:
		return r->open ? STEP_LOST : how_done(r, n);
	default:
		return STEP_LOST;
	}
}

/* ===== a reader that does not answer ===== */

/* The cursor was written by a process that may have gone wrong. */
static bool cursor_plausible(const struct cursor *c)
{
	uint32_t last = 0;

	if (c->depth > CURSOR_DEPTH_MAX || c->path_len > ITEM_PATH_MAX || c->guest > GUESTS_MAX)
		return false;
	if (c->depth == 0 && c->guest == 0)
		return false;
	for (uint32_t i = 0; i < c->depth; i++) {
		bool inside = i > 0 && i + 1 == c->depth && c->end[i] == last;

		if ((c->end[i] <= last && !inside) || c->end[i] > c->path_len)
			return false;
		last = c->end[i];
	}
	return c->path[0] == '/' && (c->live == 0 || c->path_len > 1);
}

/* Path of what a cursor names, of a guest's as the host sees it.  Valid until the next call. */
static struct bytes path_of(struct recorder *r, const struct cursor *c)
{
	static char path[ITEM_PATH_MAX];	/* used by this process only */
	const struct guest *g = guest_at(&r->nursery->board->guests, c);
	size_t head, n = c->path_len == 1 ? 0 : c->path_len;

	if (g == NULL)
		return (struct bytes){ c->path, c->path_len };
	head = guest_path(g, path);
	n = n < ITEM_PATH_MAX - head ? n : ITEM_PATH_MAX - head;
	memcpy(path + head, c->path, n);
	return (struct bytes){ path, head + n };
}

/* The mark of a guest, which a reader gone wrong may have left without its end. */
static struct item_container container_of(struct recorder *r, const struct cursor *c)
{
	const struct guest *g = guest_at(&r->nursery->board->guests, c);
	struct item_container mark = { 0 };

	if (g == NULL)
		return mark;
	mark = g->container;
	mark.runtime[sizeof(mark.runtime) - 1] = '\0';
	mark.id[sizeof(mark.id) - 1] = '\0';
	return mark;
}

static struct item_end end_of(enum gap gap, const char *call)
{
	struct item_end how = { .gap = gap, .syscall = call };

	how.closed = clock_read();
	return how;
}

/* Can the source go on behind what it was touching? */
static bool has_step(const struct cursor *c)
{
	return c->step[0] != 0 || c->step[1] != 0;
}

/* Below live/: the object that the source was at, or the source. */
static struct bytes live_name(const struct cursor *c, const struct source *source)
{
	if (has_step(c))
		return (struct bytes){ c->path + 1, c->path_len - 1 };
	return (struct bytes){ source->id, strlen(source->id) };
}

/* The object that was being touched when no item was open for it, or the source. */
static int record_lost(struct recorder *r, const struct cursor *c, enum gap gap,
		       const char *call, struct sink *to)
{
	struct item it = { .path = path_of(r, c), .type = ITEM_UNKNOWN,
			   .depth = DEPTH_META, .artifact = "-", .container = container_of(r, c) };
	struct item_end how = end_of(gap, call);
	const struct source *source = source_at(c);

	it.category = artifact_category_word(r->job.category);
	if (source != NULL) {
		it.live = true;
		it.artifact = source->id;
		it.path = live_name(c, source);
	} else if (c->guest == 0 && r->plan != NULL && c->row < plan_rows(r->plan))
		it.artifact = plan_row(r->plan, c->row)->id;
	it.opened = clock_read();
	return to->begin(to, &it) < 0 || to->end(to, &how) < 0 ? -1 : 0;
}

/* A mount that does not answer twice, and gave nothing between, is left alone.  One that
 * somebody guards a few files on (fanotify) is not. */
static void note_mount(struct recorder *r, uint64_t mount)
{
	uint32_t i = 0;

	while (i < r->hung_count && r->hung[i].mount != mount)
		i++;
	if (mount == 0 || i == WALK_HUNG_MAX)
		return;
	if (i == r->hung_count)
		r->hung[r->hung_count++] = (struct recorder_hung){ .mount = mount };
	r->hung[i].streak++;
	r->hung[i].total++;
	if ((r->hung[i].streak == HUNG_STREAK || r->hung[i].total == HUNG_TOTAL) &&
	    r->job.hung_count < WALK_HUNG_MAX)
		r->job.hung[r->job.hung_count++] = mount;
}

/* Did the object that the cursor names come to its end already?  Its reader was lost before it
 * could take the next step.  A directory can be lost later, too: while it is listed. */
static bool came_whole(struct recorder *r, const struct cursor *c)
{
	const struct item *it = &r->item.it;
	struct bytes path = path_of(r, c);

	if (!r->ended || it->type == ITEM_DIR || it->live != (c->live != 0))
		return false;
	if (it->live)
		path = (struct bytes){ c->path + 1, c->path_len - 1 };
	return it->path.len == path.len && memcmp(it->path.p, path.p, path.len) == 0;
}

static void tell(struct recorder *r, const struct cursor *c, const char *call, const char *why)
{
	const struct source *source = source_at(c);
	struct bytes path = path_of(r, c);
	char name[PATH_MAX];

	if (source != NULL) {
		struct bytes lost = live_name(c, source);

		snprintf(name, sizeof(name), "live/%.*s", (int)lost.len, (const char *)lost.p);
		path = (struct bytes){ name, strlen(name) };
	}
	if (r->hooks.abandoned != NULL)
		r->hooks.abandoned(r->hooks.ctx, path, call, why);
}

/* The second time that a guest does not answer, it is left alone. */
static int give_up_guest(struct recorder *r, struct cursor *c, struct sink *to)
{
	if (r->guest_lost != c->guest) {
		r->guest_lost = c->guest;
		return 0;
	}
	c->guest_category = CATEGORY_COUNT;
	c->path_len = 1;
	return record_lost(r, c, GAP_HUNG_MOUNT, NULL, to);
}

/* The system call that a reader is in, NULL: none. */
static const char *call_of(struct pulse *p)
{
	enum pulse_call call = (enum pulse_call)atomic_load(&p->call);

	return call == PULSE_IDLE ? NULL : pulse_word(call);
}

/* What a reader that ended said of it, if that makes sense. */
static const char *reason_of(const struct station *s, char *out, size_t n)
{
	static const char *const troubles[STATION_TROUBLES] = {
		[STATION_NO_ROOT] = "the root directory could not be opened",
		[STATION_NO_MOUNTS] = "the mount table could not be kept",
		[STATION_NO_PLAN] = "the plan could not be made",
		[STATION_NO_PLACE] = "there was no way back from a container",
	};
	uint32_t trouble = atomic_load(&s->trouble);
	int oserr = atomic_load(&s->oserr);

	if (trouble == STATION_NO_TROUBLE || trouble >= STATION_TROUBLES)
		return "was ended";
	snprintf(out, n, "ended, %s%s%s%s", troubles[trouble], oserr == 0 ? "" : " (",
		 oserr == 0 ? "" : err_name(oserr), oserr == 0 ? "" : ")");
	return out;
}

/* What must not be tried again. */
static void note_hang(struct recorder *r, const struct cursor *c)
{
	note_mount(r, c->mount);
	if (c->live == 0)
		stuck_add(&r->job.stuck, (struct bytes){ c->path, c->path_len });
}

/* Leave the reader, give its object a gap, and go on behind it with another. */
static enum step replace_reader(struct recorder *r, bool died, struct sink *to)
{
	static struct cursor c;		/* 140 KiB: not for the stack; used by this process only */
	struct station *old = r->station;
	const char *call = call_of(&old->pulse);
	enum gap gap = died ? GAP_READER_DIED : r->open ? GAP_TIME_LIMIT : GAP_HUNG;
	struct item_end how = end_of(gap, call);
	char why[96];
	const char *reason = died ? reason_of(old, why, sizeof(why)) : "does not answer";
	bool known;

	memcpy(&c, &old->at, sizeof(c));
	known = cursor_plausible(&c);
	r->station = NULL;
	station_retire(old);
	if (r->open && to->end(to, &how) < 0)
		return STEP_FAILED;
	/* with a source its other answers are lost too, whatever was open, unless it can go on */
	if (known &&
	    ((!r->open && !came_whole(r, &c)) || (source_at(&c) != NULL && !has_step(&c))) &&
	    record_lost(r, &c, gap, call, to) < 0)
		return STEP_FAILED;
	r->open = false;
	r->ended = false;
	if (!known)
		c.path_len = 0;
	else if (c.guest == 0 && !died)
		note_hang(r, &c);
	tell(r, &c, call, reason);
	r->job.resume = known;
	if (known && c.guest != 0 && give_up_guest(r, &c, to) < 0)
		return STEP_FAILED;
	if (r->stop_asked != 0 || !known || !hatch(r))
		return STEP_LOST;
	memcpy(&r->station->from, &c, sizeof(c));
	post(r);
	return STEP_ON;
}

/* The reader has done one guest; another one does the next.  Each must be a later one. */
static enum step next_guest(struct recorder *r)
{
	uint32_t guest = r->station->at.guest;
	struct cursor *from;

	if (r->stop_asked != 0)
		return STEP_DONE;
	if (guest <= r->guest_done || guest > GUESTS_MAX)
		return STEP_LOST;
	r->guest_done = guest;
	if (!nursery_renew(r->nursery, r->station, r->stage)) {
		station_retire(r->station);
		if (!hatch(r))
			return STEP_LOST;
	}
	ring_open(&r->ring, &r->station->ring);
	from = &r->station->from;
	from->guest = guest;
	from->guest_category = CATEGORY_COUNT;
	from->path[0] = '/';
	from->path_len = 1;
	r->job.resume = true;
	post(r);
	return STEP_ON;
}

/* Nothing came: is the reader alive?  Time in which we did not run ourselves
 * (stopped, suspended, starved) is not held against it. */
static enum step watch(struct recorder *r, struct sink *to)
{
	struct station *s = r->station;
	uint64_t now = clock_monotonic_ns();
	uint64_t passed = now - r->looked_ns;
	uint32_t beats = atomic_load(&s->pulse.beats);
	bool calling = atomic_load(&s->pulse.call) != PULSE_IDLE;
	uint64_t limit = r->item_seconds * SECOND_NS * (calling ? 1 : IDLE_FACTOR);

	r->looked_ns = now;
	if (atomic_load(&s->state) == STATION_GONE || !nursery_alive(r->nursery))
		return replace_reader(r, true, to);
	r->silence_ns = beats == r->beats ? r->silence_ns +
			(passed < 5 * POLL_NS ? passed : 5 * POLL_NS) : 0;
	r->beats = beats;
	if (r->stop_asked != 0 && r->silence_ns > STOP_SECONDS * SECOND_NS)
		return replace_reader(r, false, to);
	return r->silence_ns > limit ? replace_reader(r, false, to) : STEP_ON;
}

/* ===== the loop ===== */

static enum step step(struct recorder *r, struct sink *to)
{
	uint32_t type;
	size_t n;

	switch (ring_next(&r->ring, POLL_NS, &type, r->message, &n)) {
	case RING_MESSAGE:
		r->silence_ns = 0;
		return take(r, type, n, to);
	case RING_TIMEOUT:
		return watch(r, to);
	default:
		return STEP_LOST;
	}
}

static void tick(struct recorder *r)
{
	if (r->hooks.tick(r->hooks.ctx) == 0 || r->stop_asked != 0)
		return;
	r->stop_asked = 1;
	atomic_store(&r->station->stop, 1);
}

/* A message that makes no sense is a reader gone wrong: leave it, as if it had died. */
static enum step recover(struct recorder *r, enum step s, struct sink *to)
{
	if (s == STEP_SPENT)
		s = next_guest(r);
	if (s == STEP_LOST && r->station != NULL)
		return replace_reader(r, true, to);
	return s;
}

enum recorder_end recorder_run(struct recorder *r, enum category c, uint64_t done, bool dry,
			       struct sink *to)
{
	enum step s = STEP_ON;
	uint32_t quiet = 0;

	if (!seat(r, c)) {
		unseat(r);
		return RECORDER_CRIPPLED;
	}
	r->job.category = c;
	r->job.done = done;
	r->job.dry = dry;
	r->job.resume = false;
	r->job.item_seconds = r->item_seconds;
	r->stop_asked = 0;
	r->guest_done = 0;
	r->open = r->ended = false;
	post(r);
	while (s == STEP_ON) {
		s = recover(r, step(r, to), to);
		if (s == STEP_ON && (++quiet >= TICK_MESSAGES || r->silence_ns != 0)) {
			quiet = 0;
			tick(r);
		}
	}
	unseat(r);
	if (s == STEP_FAILED)
		return RECORDER_FAILED;
	if (r->stop_asked != 0)
		return RECORDER_STOPPED;
	return s == STEP_DONE ? RECORDER_WALKED : RECORDER_CRIPPLED;
}

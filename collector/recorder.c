#include "collector/recorder.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "collector/volatile/source.h"
#include "lib/base/clock.h"
#include "lib/base/err.h"

#define POLL_NS 20000000ull		/* how long one wait for a message lasts */
#define SECOND_NS 1000000000ull
#define TICK_MESSAGES 64u		/* messages between two ticks */
#define TICK_NS 100000000ull		/* and nanoseconds: one message can take long */
#define STOP_SECONDS 3u			/* a reader told to stop has this long */

/* What the loop does next. */
enum step { STEP_ON, STEP_DONE, STEP_SPENT, STEP_LOST, STEP_FAILED };

static void post(struct recorder *r)
{
	struct station *s = r->station;

	s->job = r->job;
	atomic_fetch_add(&s->posted, 1);
	ring_wake(&s->posted);
	patience_reset(&r->patience);
	r->sights = atomic_load(&s->asked);
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

/* What an item says of mounts that hung. */
static void note_answer(struct recorder *r, enum gap gap)
{
	const struct item *it = &r->item.it;

	if (gap == GAP_NONE && it->type == ITEM_FILE && it->depth != DEPTH_META)
		givenup_answered(&r->givenup, it->st.mnt_id);
	r->givenup.live |= it->live && gap == GAP_HUNG_MOUNT && r->job.hung_count > 0;
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

static enum step how_done(struct recorder *r, size_t n)
{
	uint32_t done;

	if (n != sizeof(done))
		return STEP_LOST;
	memcpy(&done, r->message, sizeof(done));
	r->reached |= done != WIRE_AWAY;
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
	it.opened = how.closed;
	return to->begin(to, &it) < 0 || to->end(to, &how) < 0 ? -1 : 0;
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
	r->givenup.guests++;
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

static void tell_given_up(struct recorder *r, const struct cursor *c, bool again)
{
	if (r->hooks.given_up != NULL)
		r->hooks.given_up(r->hooks.ctx, path_of(r, c), again);
}

/* What must not be tried again. */
static void note_hang(struct recorder *r, const struct cursor *c)
{
	if (givenup_lost(&r->givenup, c, r->job.category, r->trying != NULL) != NULL)
		tell_given_up(r, c, false);
	r->job.hung_count = givenup_list(&r->givenup, r->job.only, r->job.hung);
	r->tried_in_vain = r->trying != NULL;
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
	if (r->tried_in_vain)
		return STEP_DONE;
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

/* What the nursery saw of a silent reader, and the wish for more. */
static void look_at(struct recorder *r, struct station *s)
{
	uint32_t looked = atomic_load(&s->looked);

	if (looked != r->sights)
		patience_see(&r->patience, s->seen ? &s->sight : NULL);
	r->sights = looked;
	if (patience_due(&r->patience))
		nursery_look(r->nursery, s);
}

/* Nothing came: is the reader alive? */
static enum step watch(struct recorder *r, struct sink *to)
{
	struct station *s = r->station;
	uint64_t now = clock_monotonic_ns();
	uint64_t passed = now - r->looked_ns;
	uint32_t beats = atomic_load(&s->pulse.beats);
	bool calling = atomic_load(&s->pulse.call) != PULSE_IDLE;

	r->looked_ns = now;
	if (atomic_load(&s->state) == STATION_GONE || !nursery_alive(r->nursery))
		return replace_reader(r, true, to);
	if (beats != r->beats)
		patience_reset(&r->patience);
	else
		patience_wait(&r->patience, passed);
	r->beats = beats;
	look_at(r, s);
	if (r->stop_asked != 0 && r->patience.silence_ns > STOP_SECONDS * SECOND_NS)
		return replace_reader(r, false, to);
	return patience_over(&r->patience, calling) ? replace_reader(r, false, to) : STEP_ON;
}

/* ===== the loop ===== */

static enum step step(struct recorder *r, struct sink *to)
{
	uint32_t type;
	size_t n;

	switch (ring_next(&r->ring, POLL_NS, &type, r->message, &n)) {
	case RING_MESSAGE:
		patience_reset(&r->patience);
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

static void begin_job(struct recorder *r, enum category c, uint64_t done, bool dry)
{
	const struct givenup_mount *m = r->trying;

	r->patience.limit_ns = r->item_seconds * SECOND_NS;
	r->job.category = c;
	r->job.done = done;
	r->job.dry = dry;
	r->job.item_seconds = r->item_seconds;
	r->job.only = m != NULL ? m->id : 0;
	r->job.resume = m != NULL && m->has_from && m->at == c;
	if (r->job.resume)
		memcpy(&r->station->from, &m->from, sizeof(m->from));
	if (m == NULL && !dry)
		givenup_begin(&r->givenup, c);
	r->job.hung_count = givenup_list(&r->givenup, r->job.only, r->job.hung);
	r->stop_asked = 0;
	r->guest_done = 0;
	r->open = r->ended = false;
	post(r);
}

enum recorder_end recorder_run(struct recorder *r, enum category c, uint64_t done, bool dry,
			       struct sink *to)
{
	enum step s = STEP_ON;
	uint64_t ticked = clock_monotonic_ns();
	uint32_t quiet = 0;

	if (!seat(r, c)) {
		unseat(r);
		return RECORDER_CRIPPLED;
	}
	begin_job(r, c, done, dry);
	while (s == STEP_ON) {
		s = recover(r, step(r, to), to);
		if (s == STEP_ON && (++quiet >= TICK_MESSAGES || r->patience.silence_ns != 0 ||
				     clock_monotonic_ns() - ticked >= TICK_NS)) {
			quiet = 0;
			ticked = clock_monotonic_ns();
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

/* All that was left out on a mount, category by category, until it does not answer again.  A
 * way to it that was not found, because a mount above it is given up, too, or a directory was
 * renamed, is no answer: then nothing was tried. */
static enum recorder_end try_again(struct recorder *r, struct givenup_mount *m, uint64_t done,
				   struct sink *to)
{
	static struct cursor at;	/* 140 KiB: not for the stack; used by this process only */
	enum recorder_end end = RECORDER_WALKED;
	uint64_t walked = 0;

	memcpy(&at, &m->from, sizeof(at));
	r->trying = m;
	r->tried_in_vain = false;
	r->reached = false;
	for (unsigned c = CATEGORY_FACTS + 1; c < CATEGORY_COUNT && end == RECORDER_WALKED; c++) {
		if (!(m->left >> c & 1))
			continue;
		end = recorder_run(r, (enum category)c, done, false, to);
		if (r->tried_in_vain)
			break;
		if (end == RECORDER_WALKED)
			walked |= UINT64_C(1) << c;
	}
	if (r->reached)
		m->left &= ~walked;
	else if (!r->tried_in_vain)
		m->tries--;
	r->trying = NULL;
	r->tried_in_vain = false;
	if (m->left != 0)
		return end;
	givenup_back(m);
	tell_given_up(r, &at, true);
	return end;
}

/* Every mount that is given up, once. */
static enum recorder_end try_all(struct recorder *r, uint64_t done, bool last, struct sink *to)
{
	uint64_t wait = PATIENCE_FACTOR * r->patience.limit_ns;
	enum recorder_end end = RECORDER_WALKED;

	for (uint32_t i = 0; i < r->givenup.count && end == RECORDER_WALKED; i++)
		if (nursery_ample(r->nursery) &&
		    givenup_try(&r->givenup.mount[i], last, clock_monotonic_ns(), wait))
			end = try_again(r, &r->givenup.mount[i], done, to);
	return end;
}

enum recorder_end recorder_again(struct recorder *r, uint64_t done, bool last, struct sink *to)
{
	uint32_t out = givenup_list(&r->givenup, 0, r->job.hung);
	enum recorder_end end = try_all(r, done, last, to);

	/* what came back may have been in the way of another */
	if (last && end == RECORDER_WALKED && givenup_list(&r->givenup, 0, r->job.hung) != out)
		end = try_all(r, done, last, to);
	return end;
}

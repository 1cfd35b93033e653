#include "collector/run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/archive/codec.h"
#include "lib/base/clock.h"
#include "lib/base/fd.h"
#include "lib/base/keymem.h"
#include "lib/base/text.h"

#define SECOND_NS 1000000000ull
#define TICK_NS 100000000ull		/* how often ticks look around */

/* ===== preparation ===== */

static int make_session_id(struct run *r)
{
	static const char digits[] = "0123456789abcdef";

	if (keymem_random(r->session, sizeof(r->session)) != 0)
		return err_set(&r->err, errno, "drawing the session id from random numbers");
	for (size_t i = 0; i < sizeof(r->session); i++) {
		r->session_hex[2 * i] = digits[r->session[i] >> 4];
		r->session_hex[2 * i + 1] = digits[r->session[i] & 15];
	}
	return 0;
}

/* The directory of --root as an absolute path: it must not depend on where we are.  Who is
 * in a directory can reach what lies there by a name that leads him nowhere from the top. */
static int resolve_root(struct run *r)
{
	int fd CLEANUP(fd_close) = -1;
	struct stat st;
	size_t len;
	char *real;

	if (r->args->root == NULL)
		return 0;
	if (stat(r->args->root, &st) == 0 && !S_ISDIR(st.st_mode))
		return err_set(&r->err, 0, "--root %s: that is no directory", r->args->root);
	real = realpath(r->args->root, NULL);
	len = real == NULL ? sizeof(r->root) : strlen(real);
	if (len < sizeof(r->root))
		memcpy(r->root, real, len + 1);
	free(real);
	if (len < sizeof(r->root))
		fd = open(r->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_set(&r->err, errno, "--root %s: cannot be opened", r->args->root);
	return 0;
}

static int open_output(struct run *r)
{
	struct output_name name = { .exhibit = r->args->exhibit, .when = r->begun.realtime,
				    .session = r->session_hex };
	char suffix[24], host[256] = "";

	if (r->args->plan)
		return 0;
	snprintf(suffix, sizeof(suffix), ".tar%s%s", codec_suffix(r->args->compress.kind),
		 r->args->recipient_count > 0 ? ".age" : "");
	gethostname(host, sizeof(host) - 1);
	name.host = host;
	name.suffix = suffix;
	if (output_open(&r->output, r->args->output, &name) < 0) {
		r->err = r->output.err;
		return -1;
	}
	r->output.stop = r->signal;
	actions_add(&r->actions, "output-open", r->output.path);
	return 0;
}

static void know_ourselves(struct walk_self *s, uint64_t ino, uint32_t dev_major,
			   uint32_t dev_minor)
{
	*s = (struct walk_self){ .ino = ino, .dev_major = dev_major, .dev_minor = dev_minor };
}

struct plan_request run_request(const struct args *a)
{
	return (struct plan_request){
		.profile = a->profile, .include = a->include.p, .include_count = a->include.n,
		.exclude = a->exclude.p, .exclude_count = a->exclude.n,
		.file_max = a->file_size, .private_keys = a->private_keys,
		.memory = a->memory || a->process_memory != NULL,
	};
}

static void set_up_readers(struct run *r)
{
	struct reader_setup *s = &r->setup;

	r->request = run_request(r->args);
	s->request = &r->request;
	s->root = r->root[0] == '\0' ? NULL : r->root;
	s->recorder = getpid();
	s->with_budget = r->args->budget != 0;
	s->raw_ext4 = r->args->raw_ext4;
	s->physical = r->args->memory;
	s->processes = r->args->process_memory;
	know_ourselves(&s->self[s->self_count++], r->self.exe_ino, r->self.exe_dev_major,
		       r->self.exe_dev_minor);
	if (r->output.file)
		know_ourselves(&s->self[s->self_count++], r->output.ino, r->output.dev_major,
			       r->output.dev_minor);
}

static int start_readers(struct run *r)
{
	r->board = station_board();
	if (r->board == NULL)
		return err_set(&r->err, errno, "mapping the memory shared with the readers");
	atomic_store(&r->board->budget, r->args->budget);
	set_up_readers(r);
	if (nursery_start(&r->nursery, &r->setup, r->board, RUN_GLASS_SECONDS, &r->err) < 0)
		return -1;
	run_note_glass(r);
	return 0;
}

/* From here on this process opens nothing any more. */
static void lock_down(struct run *r)
{
	r->room = UINT64_MAX;
	if (r->args->plan && r->args->output != NULL &&
	    output_room(r->args->output, &r->room) < 0)
		r->room = UINT64_MAX;
	sandbox_enter(r->board->sandbox, SANDBOX_RECORDER);
	r->nursery.locked = true;
}

int run_prepare(struct run *r)
{
	r->begun = clock_read();
	r->begun_ns = clock_monotonic_ns();
	r->output.fd = -1;
	r->nursery.request_fd = -1;
	progress_start(&r->progress, STDERR_FILENO, r->args, r->begun_ns);
	actions_init(&r->actions);
	actions_add(&r->actions, "start", "");
	self_read(&r->self);
	snprintf(r->self.inherited, sizeof(r->self.inherited), "%s", r->inherited);
	self_circumstances(&r->self);
	tool_read(&r->tool);
	if (make_session_id(r) < 0)
		return -1;
	if (resolve_root(r) < 0 || open_output(r) < 0) {
		r->refused = !r->output.made;
		return -1;
	}
	if (start_readers(r) < 0)
		return -1;
	lock_down(r);
	return 0;
}

/* ===== walking ===== */

/* Why the run has to end early, or NULL. */
static const char *reason_to_stop(const struct run *r, uint64_t now)
{
	if (*r->signal != 0)
		return "interrupted by a signal";
	if (r->args->deadline != 0 && now - r->begun_ns > r->args->deadline * SECOND_NS)
		return "the deadline of the run was reached";
	return NULL;
}

static void show(struct run *r, uint64_t now)
{
	struct progress_now n = { .category = artifact_category_word(r->category),
				  .category_number = r->category_number,
				  .category_count = r->category_count };

	if (r->bundle == NULL)
		return;
	n.counts = bundle_write_counts(r->bundle);
	n.reading = r->recorder->item.it.path;
	if (!r->recorder->open)
		n.reading.len = 0;
	progress_tick(&r->progress, &n, now);
}

int run_tick(void *ctx)
{
	struct run *r = ctx;
	uint64_t now = clock_monotonic_ns();

	run_note_forks(r);
	run_note_signal(r);
	if (r->stopped == NULL)
		r->stopped = reason_to_stop(r, now);
	if (now - r->shown_ns < TICK_NS)
		return r->stopped != NULL;
	r->shown_ns = now;
	if (r->bundle != NULL && bundle_write_tick(r->bundle, now) < 0)
		r->broken = true;
	show(r, now);
	return r->stopped != NULL || r->broken;
}

static void on_abandoned(void *ctx, struct bytes path, const char *call, const char *why)
{
	struct run *r = ctx;
	struct buf raw, shown;

	r->readers_lost++;
	buf_init(&raw, ITEM_PATH_MAX + 256);
	buf_init(&shown, 4 * (size_t)ITEM_PATH_MAX + 1024);
	buf_printf(&raw, "reader %u %s (%s) at ", r->readers_lost, why,
		   call == NULL ? "between calls" : call);
	if (path.len > 0)
		buf_add(&raw, path.p, path.len);
	else
		buf_puts(&raw, "an unknown place");
	actions_add(&r->actions, "reader-abandoned", buf_cstr(&raw));
	text_escape(&shown, raw.p, raw.len);
	progress_say(&r->progress, buf_cstr(&shown));
	buf_release(&raw);
	buf_release(&shown);
}

static void on_given_up(void *ctx, struct bytes path, bool again)
{
	struct run *r = ctx;
	struct buf raw, shown;

	buf_init(&raw, ITEM_PATH_MAX + 256);
	buf_init(&shown, 4 * (size_t)ITEM_PATH_MAX + 1024);
	buf_puts(&raw, again ? "answers again, nothing of it is left out: the file system of " :
			       "left out, its calls do not end: the file system of ");
	buf_add(&raw, path.p, path.len);
	actions_add(&r->actions, again ? "mount-again" : "mount-given-up", buf_cstr(&raw));
	text_escape(&shown, raw.p, raw.len);
	progress_say(&r->progress, buf_cstr(&shown));
	buf_release(&raw);
	buf_release(&shown);
}

static int make_recorder(struct run *r)
{
	r->recorder = calloc(1, sizeof(*r->recorder));
	if (r->recorder == NULL)
		return err_set(&r->err, ENOMEM, "making the recorder");
	r->recorder->nursery = &r->nursery;
	r->recorder->item_seconds = r->args->item_deadline;
	r->recorder->hooks = (struct recorder_hooks){ run_tick, on_abandoned,
							on_given_up, r };
	return 0;
}

static void count_categories(struct run *r)
{
	for (unsigned c = CATEGORY_FACTS + 1; c < CATEGORY_COUNT; c++)
		if (plan_has(r->plan, (enum category)c))
			r->category_count++;
}

int run_facts(struct run *r)
{
	enum recorder_end end;

	if (make_recorder(r) < 0)
		return -1;
	r->facts = facts_new(&r->board->facts, &r->err);
	if (r->facts == NULL)
		return -1;
	r->recorder->plan = r->plan = plan_new(&r->request, NULL, &r->err);
	if (r->plan == NULL)
		return -1;
	actions_add(&r->actions, "read-fact", "identity and homes, see the session");
	end = recorder_run(r->recorder, CATEGORY_FACTS, 0, false, facts_sink(r->facts));
	run_note_forks(r);
	if (end == RECORDER_CRIPPLED && r->recorder->station == NULL)
		actions_add(&r->actions, "read-fact", "incomplete: a reader was lost");
	atomic_store(&r->board->facts_made, 1);
	plan_free(r->plan);
	r->recorder->plan = r->plan = plan_new(&r->request, &r->board->facts, &r->err);
	if (r->plan == NULL)
		return -1;
	count_categories(r);
	return 0;
}

int run_category(struct run *r, enum category c, bool dry, struct sink *to)
{
	enum recorder_end end;

	r->category = c;
	r->category_number++;
	end = recorder_run(r->recorder, c, r->done, dry, to);
	if (c == CATEGORY_GUEST)
		run_note_guests(r);
	if (end == RECORDER_WALKED && !dry)
		end = recorder_again(r->recorder, r->done,
				     r->category_number == r->category_count, to);
	switch (end) {
	case RECORDER_WALKED:
		r->done |= UINT64_C(1) << c;
		return 0;
	case RECORDER_STOPPED:
		actions_add(&r->actions, "limit", r->stopped);
		return r->broken ? -1 : 1;
	case RECORDER_CRIPPLED:
		if (r->stopped == NULL)
			r->stopped = "a category could not be read to its end, see actions.jsonl";
		actions_add(&r->actions, "limit", "this category could not be read to its end");
		return 0;
	default:
		return -1;
	}
}

const char *run_left_out(const struct run *r)
{
	return !givenup_any(&r->recorder->givenup) ? NULL :
	       "what stopped answering was left out, see the hung-mount gaps";
}

void run_release(struct run *r)
{
	/* It may not have been allowed to ask for its end with its parent's. */
	if (r->recorder != NULL && r->recorder->station != NULL)
		station_retire(r->recorder->station);
	nursery_end(&r->nursery);
	self_release(&r->self);
	output_release(&r->output);
	bundle_write_free(r->bundle);
	facts_free(r->facts);
	plan_free(r->plan);
	actions_release(&r->actions);
	free(r->recorder);
}

#include "collector/run.h"

#include <errno.h>
#include <string.h>

#include "collector/footprint.h"
#include "collector/session.h"
#include "lib/custody/readme.h"
#include "lib/custody/summary.h"
#include "lib/hash/digest.h"

#define TEXT_MAX (4u << 20)		/* bytes of one text of our own */
#define COMPRESS_THREADS 2u

/* The bundle fails when the output does: the output knows what happened. */
static int output_failed(struct run *r)
{
	if (r->output.err.set)
		r->err = r->output.err;
	return err_set(&r->err, 0, "the archive could not be written");
}

/* Archive a text of our own and let go of it. */
static int put_text(struct run *r, const char *member, struct buf *text)
{
	int ret = -1;

	if (text->failed)
		err_set(&r->err, ENOMEM, "writing %s", member);
	else
		ret = bundle_write_text(r->bundle, member, text->p, text->len);
	buf_release(text);
	return ret;
}

static void show_begin(struct run *r, const uint8_t public[KEY_PUBLIC_LEN])
{
	struct progress_begin begin = { .session = r->session_hex, .output = r->output.path,
					.profile = session_profile(r->args),
					.recipients = r->args->recipients,
					.recipient_count = r->args->recipient_count };
	struct buf missing;

	buf_init(&missing, 65536);
	self_missing(&r->self, &missing);
	digest_of(public, KEY_PUBLIC_LEN, begin.fingerprint);
	begin.missing = buf_cstr(&missing);
	progress_begin(&r->progress, &begin);
	buf_release(&missing);
}

static int write_session(struct run *r, const uint8_t public[KEY_PUBLIC_LEN], bool locked)
{
	struct session s = { .id = r->session, .args = r->args, .argv = r->argv,
			     .root = r->setup.root, .tool = &r->tool,
			     .self = &r->self, .facts = r->facts, .plan = r->plan,
			     .glass = &r->board->glass, .sandbox = r->board->sandbox,
			     .plan_facts = &r->board->facts,
			     .public_key = public, .key_locked = locked };
	struct buf text;

	buf_init(&text, TEXT_MAX);
	if (session_text(&s, &text) < 0)
		text.failed = true;
	return put_text(r, "CUSTODY/session.txt", &text);
}

static int write_readme(struct run *r)
{
	struct buf text;

	buf_init(&text, TEXT_MAX);
	readme_text(&text);
	return put_text(r, "CUSTODY/README.txt", &text);
}

/* A file is filled up, which may take minutes: a signal or the deadline is noted, and the
 * recorder ends the run behind it. */
static void meanwhile(void *ctx)
{
	(void)run_tick(ctx);
}

int run_open_bundle(struct run *r)
{
	const struct args *a = r->args;
	struct bundle_write_options o = { .compress = a->compress, .seal_bytes = a->seal_bytes,
					  .seal_seconds = a->seal_seconds, .out = output_write,
					  .sealed = output_sealed, .ctx = &r->output,
					  .meanwhile = meanwhile, .meanwhile_ctx = r,
					  .recipients = a->recipients,
					  .recipient_count = a->recipient_count,
					  .checksums = facts_checksums(r->facts) };
	uint8_t public[KEY_PUBLIC_LEN];
	struct key *key = key_new(&r->err);
	bool locked;

	if (key == NULL)
		return -1;
	key_public(key, public);
	locked = key_locked(key) != 0;
	o.first_key = key;
	o.compress.threads = COMPRESS_THREADS;
	memcpy(o.session, r->session, sizeof(o.session));
	r->bundle = bundle_write_open(&o, &r->err);
	if (r->bundle == NULL)
		return -1;
	show_begin(r, public);
	if (write_session(r, public, locked) < 0 || write_readme(r) < 0)
		return output_failed(r);
	return 0;
}

/* ===== the end ===== */

static int write_footprint(struct run *r)
{
	struct self_usage used;
	struct footprint f = { .self = &r->self, .usage = &used, .output = &r->output,
			       .glass = &r->board->glass, .readers_lost = r->readers_lost,
			       .evidence_bytes = bundle_write_counts(r->bundle)->bytes_read,
			       .processes = 1 + r->nursery.abandoned + r->nursery.hatched,
			       .directory = r->root[0] != '\0' };
	struct buf text;

	self_usage(&r->self, &used);
	buf_init(&text, TEXT_MAX);
	footprint_json(&f, &text);
	return put_text(r, "CUSTODY/footprint.json", &text);
}

static int write_summary(struct run *r)
{
	const struct bundle_counts *c = bundle_write_counts(r->bundle);
	struct summary s = { .session = r->session_hex, .begin = r->begun, .end = clock_read(),
			     .complete = r->stopped == NULL, .reason = r->stopped,
			     .objects = c->objects, .members = c->members,
			     .bytes_read = c->bytes_read, .bytes_stored = c->bytes_stored,
			     .seals = c->seals, .by_result = c->by_result, .by_gap = c->by_gap };
	struct buf text;

	buf_init(&text, TEXT_MAX);
	summary_text(&text, &s);
	return put_text(r, "CUSTODY/summary.txt", &text);
}

/* Limits and rights that kept the plan from being completed, though every category
 * was walked to its end. */
static const char *shortcoming(struct run *r)
{
	const struct bundle_counts *c = bundle_write_counts(r->bundle);
	struct buf missing;
	bool lacking;

	if (c->by_gap[GAP_BUDGET] != 0)
		return "the byte budget of the run was used up";
	if (err_starved())
		return "memory was refused to the recorder, acts may be missing in actions.jsonl";
	if (run_left_out(r) != NULL)
		return run_left_out(r);
	if (c->by_gap[GAP_INTERNAL] != 0)
		return "a limit of this program was reached, see the internal-error gaps";
	buf_init(&missing, 65536);
	self_missing(&r->self, &missing);
	lacking = (missing.failed || missing.len != 0) && c->by_gap[GAP_PERMISSION] != 0;
	buf_release(&missing);
	return lacking ? "rights were missing, objects were refused" : NULL;
}

int run_close_bundle(struct run *r)
{
	if (r->stopped == NULL)
		r->stopped = shortcoming(r);
	run_note_forks(r);
	run_note_signal(r);
	run_note_sandbox(r);
	actions_add(&r->actions, "end", r->stopped);
	if (bundle_write_text(r->bundle, "CUSTODY/actions.jsonl", r->actions.text.p,
			      r->actions.text.len) < 0 ||
	    write_footprint(r) < 0 || write_summary(r) < 0 ||
	    bundle_write_close(r->bundle, r->stopped == NULL, r->root_hash) < 0)
		return output_failed(r);
	if (output_finish(&r->output) < 0)
		return output_failed(r);
	r->sealed = true;
	return 0;
}

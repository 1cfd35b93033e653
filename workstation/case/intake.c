#include "workstation/case/intake.h"

#include <stdio.h>
#include <string.h>

#include "lib/archive/codec.h"
#include "lib/base/fd.h"
#include "workstation/case/case_query.h"
#include "workstation/case/intake_state.h"
#include "workstation/case/loader.h"

void intake_tell(struct intake *in, const char *what)
{
	if (in->options->progress != NULL)
		in->options->progress(in->options->ctx, what, in->objects);
}

int64_t intake_ns(struct instant t)
{
	int64_t ns;

	if (__builtin_mul_overflow(t.sec, INT64_C(1000000000), &ns) ||
	    __builtin_add_overflow(ns, (int64_t)t.nsec, &ns) || ns == CASE_NULL)
		return t.sec < 0 ? INT64_MIN + 1 : INT64_MAX;
	return ns;
}

/* The row is written at once: the journal of the case is open from then on. */
static int begin(struct intake *in)
{
	case_init_host(&in->host);
	in->host.archive = (struct bytes){ in->options->archive, strlen(in->options->archive) };
	in->host.loaded = intake_ns(clock_realtime());
	in->host.ticks = 100; /* USER_HZ of every architecture but alpha and ia64 */
	if (case_put_host(in->db, &in->host, in->e) != 0)
		return -1;
	in->id = case_last(in->db);
	db_host(in->db, in->id);
	if (in->options->enter != NULL)
		in->options->enter(in->options->ctx);
	return 0;
}

/* Does ${now} say less than ${had}, of the same run?  What is COMPLETE is all there is. */
static enum intake_less compare(const struct intake_measure *now, const struct intake_measure *had)
{
	if (now->verdict > had->verdict)
		return INTAKE_LESS_WORTH;
	if (now->verdict == BUNDLE_COMPLETE)
		return INTAKE_NOT_LESS;
	if (now->proven_bytes < had->proven_bytes)
		return INTAKE_LESS_PROVEN;
	if (now->objects < had->objects || now->members < had->members)
		return INTAKE_LESS_IN_IT;
	if (now->proven_bytes > had->proven_bytes || now->unsealed > had->unsealed)
		return INTAKE_NOT_LESS;
	return now->unsealed < had->unsealed ||
			       (now->verdict == had->verdict && now->file_bytes < had->file_bytes)
		       ? INTAKE_LESS_IN_IT
		       : INTAKE_NOT_LESS;
}

static enum bundle_verdict verdict_of(struct bytes word)
{
	int v = BUNDLE_ALTERED;

	while (v > BUNDLE_COMPLETE && (word.len != strlen(bundle_read_verdict_word(v)) ||
				       memcmp(word.p, bundle_read_verdict_word(v), word.len) != 0))
		v--;
	return (enum bundle_verdict)v;
}

/* A row of the query below against this archive. */
static enum intake_less compare_old(struct intake *in, struct case_query *q)
{
	const struct bundle_facts *f = &in->out->facts;
	const struct intake_measure now = {
		f->verdict,          (int64_t)f->proven_bytes, (int64_t)f->objects,
		(int64_t)f->members, (int64_t)f->unsealed,     in->host.archive_bytes,
	};
	struct intake_measure *had = &in->out->had;

	*had = (struct intake_measure){ verdict_of(case_query_text(q, 1)),
					case_query_int(q, 2),
					case_query_int(q, 3),
					case_query_int(q, 4),
					case_query_int(q, 5),
					case_query_int(q, 6) };
	if (case_query_int(q, 7) != 0)
		return INTAKE_OTHER_KEY;
	if (now.verdict == BUNDLE_COMPLETE && had->verdict == BUNDLE_COMPLETE &&
	    case_query_int(q, 8) != 0)
		return INTAKE_OTHER_ROOT;
	return compare(&now, had);
}

/* What is in the case of that session: its row in *${old}; CASE_NULL: nothing. */
static int find_old(struct intake *in, int64_t *old)
{
	struct case_query *q CLEANUP(case_query_close) = NULL;
	int r;

	*old = CASE_NULL;
	if (case_query_open(&q, in->db,
			    "SELECT id, verdict, proven_bytes, objects, members, unsealed, "
			    "iif(compression = ?5 AND encrypted = ?6, archive_bytes, 0), "
			    "fingerprint IS NOT ?3, root IS NOT ?4 FROM host "
			    "WHERE session = ?1 AND id <> ?2",
			    in->e) != 0)
		return -1;
	case_query_bind_text(q, 1, in->host.session);
	case_query_bind(q, 2, in->id);
	case_query_bind_blob(q, 3, in->host.fingerprint);
	case_query_bind_blob(q, 4, in->host.root);
	case_query_bind_text(q, 5,
			     (struct bytes){ in->host.compression, strlen(in->host.compression) });
	case_query_bind(q, 6, in->host.encrypted);
	r = case_query_step(q, in->e);
	if (r <= 0)
		return r;
	*old = case_query_int(q, 0);
	in->out->less = compare_old(in, q);
	return 0;
}

/* A session that is in the case already: the older load of it goes, unless it says more. */
static int replace(struct intake *in)
{
	int64_t old;

	if (find_old(in, &old) != 0)
		return -1;
	if (old == CASE_NULL)
		return 0;
	if (in->out->less != INTAKE_NOT_LESS && !in->options->force) {
		in->out->end = INTAKE_WORSE;
		return 0;
	}
	in->out->replaced = true;
	return db_forget(in->db, old, in->e);
}

static void put_verdict(struct intake *in)
{
	static const char *const kinds[] = {
		[COMPRESS_NONE] = "none",
		[COMPRESS_GZIP] = "gzip",
		[COMPRESS_ZSTD] = "zstd",
	};
	const struct bundle_facts *f = &in->out->facts;
	struct case_host *h = &in->host;

	h->verdict = bundle_read_verdict_word(f->verdict);
	h->forced = f->verdict == BUNDLE_ALTERED;
	h->compression = kinds[f->compression];
	h->objects = (int64_t)f->objects;
	h->members = (int64_t)f->members;
	h->seals = (int64_t)f->seals;
	h->unsealed = (int64_t)f->unsealed;
	h->findings = (int64_t)f->findings;
	h->proven_bytes = (int64_t)f->proven_bytes;
	if (f->has_key)
		h->fingerprint = (struct bytes){ f->fingerprint, sizeof(f->fingerprint) };
	if (f->has_root)
		h->root = (struct bytes){ f->root, sizeof(f->root) };
	if (f->has_seal)
		h->end = intake_ns(f->last_seal.utc);
	h->completed = f->has_seal && f->last_seal.status == SEAL_COMPLETE;
	h->plan = planned_end_word(in->plan.end);
	if (in->plan.end != PLANNED_CUT && in->plan.reason[0] != '\0')
		h->stopped = (struct bytes){ in->plan.reason, strlen(in->plan.reason) };
}

/* What became of each category of the plan: where nothing is, it is to be known why. */
static int put_plan(struct intake *in)
{
	struct buf said;

	for (size_t i = 0; i < in->plan.count; i++) {
		struct case_planned row;

		case_init_planned(&row);
		row.number = (int64_t)i + 1;
		row.category = (struct bytes){ in->plan.of[i].word, strlen(in->plan.of[i].word) };
		row.state = planned_word(planned_state(&in->plan, i));
		if (case_put_planned(in->db, &row, in->e) != 0)
			return -1;
	}
	buf_init(&said, sizeof(in->out->plan));
	planned_say(&said, &in->plan, "; ");
	snprintf(in->out->plan, sizeof(in->out->plan), "%s", buf_cstr(&said));
	buf_release(&said);
	return 0;
}

static int sum(struct intake *in)
{
	uint64_t bytes = 0;
	bool encrypted = false;

	if (in->source->sum(in->source->ctx, in->sha256, &bytes, &encrypted, in->e) != 0)
		return -1;
	in->host.sha256 = (struct bytes){ in->sha256, sizeof(in->sha256) };
	in->host.archive_bytes = (int64_t)bytes;
	in->host.encrypted = encrypted;
	return 0;
}

/* What no seal covers is not proven by any. */
static int unprove(struct intake *in)
{
	char sql[96];

	snprintf(sql, sizeof(sql),
		 "UPDATE object SET segment = NULL WHERE host = %lld AND segment >= %lld",
		 (long long)in->id, (long long)in->segment);
	return in->out->facts.verdict == BUNDLE_COMPLETE ? 0 : db_exec(in->db, sql, in->e);
}

static int join(struct intake *in)
{
	const struct finishing f = { in->db, in->id, &in->host, in->e, &in->run };

	intake_tell(in, "joining");
	return loader_finish(&f);
}

/* Both passes.  The verdict decides after the first. */
static int run(struct intake *in)
{
	if (begin(in) != 0 || intake_inventory(in) != 0 || intake_expect(in) != 0)
		return -1;
	if (!in->has_session)
		in->out->end = INTAKE_NOT_OURS;
	else if (in->out->facts.verdict == BUNDLE_ALTERED && !in->options->force)
		in->out->end = INTAKE_REFUSED;
	if (in->out->end != INTAKE_LOADED)
		return 0;
	put_verdict(in);
	if (sum(in) != 0 || replace(in) != 0)
		return -1;
	if (in->out->end != INTAKE_LOADED)
		return 0;
	if (put_plan(in) != 0 || db_update_host(in->db, in->id, &in->host, in->e) != 0)
		return -1;
	intake_tell(in, "indexing");
	if (unprove(in) != 0 || db_index(in->db, DB_AFTER_INVENTORY, in->e) != 0)
		return -1;
	if (in->source->rewind(in->source->ctx, in->e) != 0 || intake_content(in) != 0)
		return -1;
	intake_tell(in, "indexing");
	return db_index(in->db, DB_AFTER_CONTENT, in->e) == 0 ? join(in) : -1;
}

int intake_run(struct case_db *db, const struct intake_source *source,
	       const struct intake_options *options, struct intake_result *out, struct err *e)
{
	struct intake in = { .db = db, .source = source, .options = options, .out = out, .e = e };
	int r;

	*out = (struct intake_result){ .end = INTAKE_LOADED };
	buf_init(&in.text, BUNDLE_SESSION_MAX + 1);
	planned_init(&in.plan);
	if (db_begin(db, e) != 0)
		return -1;
	r = run(&in);
	out->host = in.id;
	if (r == 0 && out->end == INTAKE_LOADED)
		r = db_commit(db, e);
	else
		db_rollback(db);
	loader_run_end(&in.run);
	buf_release(&in.text);
	planned_release(&in.plan);
	return r;
}

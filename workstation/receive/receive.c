#include "workstation/receive/receive.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "lib/custody/session_read.h"

#define TICK_MS 500
#define SYNC_NS UINT64_C(1000000000)	/* at most so often: a seal can come every millisecond */

static const struct {
	const char *word, *text;
} ends[] = {
	[RECEIVE_RUNNING] = { "running", "it goes on" },
	[RECEIVE_ENDED] = { "end-of-stream", "the sender closed the stream" },
	[RECEIVE_BROKEN] = { "read-error", "reading the stream failed" },
	[RECEIVE_STOPPED] = { "stopped", "a signal ended it" },
	[RECEIVE_FULL] = { "write-error", "what came could not be written" },
};

const char *receive_end_word(enum receive_end end)
{
	return ends[end].word;
}

const char *receive_end_text(enum receive_end end)
{
	return ends[end].text;
}

static int finish(struct receive *r, enum receive_end end, int oserr, const char *what)
{
	if (r->end == RECEIVE_RUNNING || end == RECEIVE_FULL)
		r->end = end;
	if (what != NULL)
		err_set(&r->failure, oserr, "%s %.150s", what,
			end == RECEIVE_FULL ? r->options.output : r->options.source);
	return 0;
}

/* Waits until something comes, and lets the person see that we wait. */
static bool wait_for_bytes(struct receive *r)
{
	struct pollfd p = { .fd = r->in, .events = POLLIN };
	int n = 0;

	while (n == 0 && *r->options.stop == 0) {
		n = poll(&p, 1, TICK_MS);
		if (n < 0 && errno == EINTR)
			n = 0;
		if (r->options.tick != NULL)
			r->options.tick(r->options.tick_ctx, r);
	}
	return *r->options.stop == 0;
}

/* Keeps ${n} bytes; how many of them the medium took. */
static size_t keep(struct receive *r, const char *data, size_t n)
{
	size_t kept = 0;

	while (kept < n) {
		ssize_t done = write(r->out, data + kept, n - kept);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0) {
			finish(r, RECEIVE_FULL, done < 0 ? errno : EIO, "writing");
			break;
		}
		kept += (size_t)done;
	}
	digest_add(r->hash, data, kept);
	r->bytes += kept;
	r->unsynced = true;
	return kept;
}

ssize_t receive_read(void *ctx, void *data, size_t n)
{
	struct receive *r = ctx;
	ssize_t got = -1;

	if (r->end != RECEIVE_RUNNING)
		return 0;
	do {
		if (!wait_for_bytes(r))
			return finish(r, RECEIVE_STOPPED, 0, NULL);
		got = read(r->in, data, n);
	} while (got < 0 && (errno == EINTR || errno == EAGAIN));
	if (got < 0)
		return finish(r, RECEIVE_BROKEN, errno, "reading");
	if (got == 0)
		return finish(r, RECEIVE_ENDED, 0, NULL);
	r->arrived = clock_realtime();
	r->arrived_ns = clock_monotonic_ns();
	return (ssize_t)keep(r, data, (size_t)got);
}

void receive_drain(struct receive *r)
{
	char piece[65536];

	while (receive_read(r, piece, sizeof(piece)) > 0)
		;
}

static void sync_file(struct receive *r)
{
	if (r->unsynced && fdatasync(r->out) != 0 && errno != EINVAL)
		finish(r, RECEIVE_FULL, errno, "writing to the medium");
	r->unsynced = false;
	r->synced_ns = clock_monotonic_ns();
}

void receive_store(struct receive *r)
{
	sync_file(r);
	if (fsync(r->dir) != 0 && errno != EINVAL)
		finish(r, RECEIVE_FULL, errno, "writing to the medium the name of");
	digest_peek(r->hash, r->sha256);
}

/* The bytes first, then the line that speaks of them. */
static void end_line(struct receive *r, bool always)
{
	bool due = always || clock_monotonic_ns() - r->synced_ns >= SYNC_NS;

	if (due)
		sync_file(r);
	if (journal_end(&r->log, &r->failure) == 0 && due)
		(void)journal_sync(&r->log, &r->failure);
}

/* ------------------------------------------------------------ what the verifier sees */

static bool same_nonce(const struct receive *r, struct bytes is)
{
	return is.len > 0 && is.len == strlen(r->nonce) &&
	       strncasecmp(is.p, r->nonce, is.len) == 0;
}

static struct bytes fact(const struct verify *v, const char *name)
{
	struct bytes b = session_read_find(v->session.p, v->session.len, name);

	return b.len == 1 && *(const char *)b.p == '-' ? (struct bytes){ NULL, 0 } : b;
}

static void note_offset(struct journal *log, const struct offset *o)
{
	if (o->has_low)
		journal_number(log, "clock_offset_min_ns", o->low);
	if (o->has_high)
		journal_number(log, "clock_offset_max_ns", o->high);
}

static int on_session(void *ctx, const struct verify *v)
{
	struct receive *r = ctx;
	struct bytes nonce = fact(v, "nonce"), time = fact(v, "time-realtime");
	bool answers = same_nonce(r, nonce);
	struct instant stamp;

	journal_begin(&r->log, "session");
	journal_time(&r->log, "arrived", r->arrived);
	journal_number(&r->log, "file_bytes", (int64_t)r->bytes);
	journal_hex(&r->log, "session", v->facts.session, sizeof(v->facts.session));
	journal_hex(&r->log, "fingerprint", v->facts.fingerprint, DIGEST_LEN);
	journal_text(&r->log, "nonce", nonce.p, nonce.len);
	if (*r->nonce != '\0')
		journal_json(&r->log, "answers_nonce", answers ? "true" : "false");
	if (clock_parse_utc(time.p, time.len, &stamp) == 0) {
		offset_arrived(&r->offset, stamp, r->arrived);
		if (answers && r->has_issued)
			offset_answered(&r->offset, stamp, r->issued);
		journal_time(&r->log, "host_time", stamp);
		note_offset(&r->log, &r->offset);
	}
	end_line(r, true);
	r->v = v;
	return 0;
}

static int on_seal(void *ctx, const struct verify *v, const struct seal *s)
{
	struct receive *r = ctx;
	uint8_t hash[DIGEST_LEN];
	struct buf text;

	(void)v;
	buf_init(&text, SEAL_TEXT_MAX);
	seal_format(&text, s);
	digest_of(text.p, text.len, hash);
	buf_release(&text);
	r->has_seal = true;
	r->sealed = r->arrived;
	r->sealed_bytes = r->bytes;
	offset_arrived(&r->offset, s->utc, r->arrived);
	journal_begin(&r->log, "seal");
	journal_time(&r->log, "arrived", r->arrived);
	journal_number(&r->log, "seq", (int64_t)s->seq);
	journal_number(&r->log, "file_bytes", (int64_t)r->bytes);
	journal_number(&r->log, "tar_bytes", (int64_t)s->stream_bytes);
	journal_hex(&r->log, "seal_sha256", hash, sizeof(hash));
	journal_time(&r->log, "host_time", s->utc);
	journal_json(&r->log, "final", s->final ? "true" : "false");
	end_line(r, s->final);
	return 0;
}

const struct verify_watch receive_watch = { .session = on_session, .sealed = on_seal };

/* ------------------------------------------------------------ the other lines */

void receive_note_readback(struct receive *r, const char *what, const char *typed,
			   enum verify_match match, const char *how)
{
	static const char *const words[] = {
		[VERIFY_NOT_GIVEN] = "not-given", [VERIFY_HOLDS] = "holds",
		[VERIFY_DIFFERS] = "differs", [VERIFY_NOT_COMPARED] = "not-compared",
	};

	journal_begin(&r->log, "readback");
	journal_text(&r->log, "what", what, strlen(what));
	if (typed != NULL) {
		journal_text(&r->log, "typed", typed, strlen(typed));
		journal_text(&r->log, "how", how, strlen(how));
	}
	journal_text(&r->log, "match", words[match], strlen(words[match]));
	end_line(r, false);
}

static void note_proof(struct journal *log, const struct verify *v)
{
	const char *verdict = bundle_read_verdict_word(v->verdict);

	journal_text(log, "verdict", verdict, strlen(verdict));
	if (v->verdict != BUNDLE_COMPLETE && v->finding_count > 0) {
		const char *word = finding_word(v->first.id);

		journal_text(log, "finding", word, strlen(word));
	}
	journal_number(log, "proven_bytes", (int64_t)v->facts.proven_bytes);
	journal_number(log, "seals", (int64_t)v->facts.seals);
	if (v->facts.has_root)
		journal_hex(log, "root", v->facts.root, DIGEST_LEN);
}

void receive_note_end(struct receive *r, const struct verify *v, const char *unseen)
{
	const char *word = receive_end_word(r->end);

	journal_begin(&r->log, "end");
	journal_text(&r->log, "why", word, strlen(word));
	if (r->failure.set) {
		journal_text(&r->log, "failure", r->failure.what, strlen(r->failure.what));
		journal_text(&r->log, "errno", err_name(r->failure.oserr),
			     strlen(err_name(r->failure.oserr)));
	}
	journal_time(&r->log, "arrived", r->arrived);
	journal_number(&r->log, "file_bytes", (int64_t)r->bytes);
	journal_hex(&r->log, "sha256", r->sha256, DIGEST_LEN);
	if (v != NULL)
		note_proof(&r->log, v);
	else
		journal_text(&r->log, "unseen", unseen, strlen(unseen));
	note_offset(&r->log, &r->offset);
	end_line(r, true);
}

/* The log of the arrival: by itself, and against the archive. Whoever had the log could make its
 * chain anew over any lies; what he cannot make anew is the archive. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "lib/custody/session_read.h"
#include "workstation/receipt/receipt.h"

void receipt_log(struct receipt *r)
{
	struct arrival *a = &r->log;
	char listed[DIGEST_HEX_LEN];
	struct err e = { 0 };
	struct buf text;

	if (file_load_below(r->dir, RECEIPT_LOG, &text, JOURNAL_FILE_MAX, &e) != 0) {
		receipt_note(r, e.oserr == ENOENT ? RECEIPT_NO_LOG : RECEIPT_LOG_BROKEN, "%s", "");
		buf_release(&text);
		return;
	}
	arrival_read(a, text.p, text.len);
	buf_release(&text);
	r->has_log = a->fault == NULL;
	if (a->fault != NULL)
		receipt_note(r, RECEIPT_LOG_BROKEN, "line %" PRIu64 ": %s", a->line, a->fault);
	else if (!a->ended)
		receipt_note(r, RECEIPT_LOG_OPEN, "%s", "");
	if (a->ended && (!r->has_sha256 || strcmp(a->sha256, digest_hex(listed, r->sha256)) != 0))
		receipt_note(r, RECEIPT_LOG_OTHER, "%s", "");
	if (a->differed)
		receipt_note(r, RECEIPT_OTHER_KEY, "when it arrived");
	strlcpy(r->key, a->key, sizeof(r->key));
	strlcpy(r->root, a->root, sizeof(r->root));
	strlcpy(r->nonce, a->nonce, sizeof(r->nonce));
}

/* ------------------------------------------------------------ reading as it came */

int receipt_open_archive(struct receipt *r, struct err *e)
{
	struct stat st;

	if (*r->archive == '\0')
		return err_set(e, 0, "the bag does not say which file it is");
	r->archive_fd = file_open_below(r->dir, r->archive, e);
	if (r->archive_fd < 0)
		return -1;
	if (fstat(r->archive_fd, &st) != 0)
		return err_set(e, errno, "looking at %.200s", r->archive);
	r->archive_size = (uint64_t)st.st_size;
	return 0;
}

/* How much of the file had come when the next thing was there that the log speaks of. */
static uint64_t next_arrival(const struct receipt *r)
{
	if (r->log.has_session && r->archive_bytes < r->log.session_bytes)
		return r->log.session_bytes;
	return r->met < r->log.count ? r->log.seals[r->met].file_bytes : 0;
}

ssize_t receipt_read(void *ctx, void *data, size_t n)
{
	struct receipt *r = ctx;
	uint64_t next = next_arrival(r);
	ssize_t got;

	if (next > r->archive_bytes && n > next - r->archive_bytes)
		n = (size_t)(next - r->archive_bytes);
	do {
		got = read(r->archive_fd, data, n);
	} while (got < 0 && errno == EINTR);
	if (got > 0)
		r->archive_bytes += (uint64_t)got;
	return got;
}

/* ------------------------------------------------------------ what the archive denies */

/* Of a file that is not the one that was put in, the log need not be true. */
static void deny(struct receipt *r, const char *what)
{
	if (r->bag.fault != BAG_CHANGED)
		receipt_note(r, RECEIPT_LOG_CONTRADICTS, "%s", what);
}

static void deny_seal(struct receipt *r, const struct seal *s, const char *what)
{
	char text[96];

	snprintf(text, sizeof(text), "seal %" PRIu64 " %s", s->seq, what);
	deny(r, text);
}

static bool is_hex(const char *hex, const void *data, size_t n)
{
	uint8_t bytes[DIGEST_LEN];

	return text_unhex(bytes, n, hex) == 0 && memcmp(bytes, data, n) == 0;
}

static bool same_time(struct instant a, struct instant b)
{
	return a.sec == b.sec && a.nsec == b.nsec;
}

/* A fact of the session; "-": the collector was not told. */
static struct bytes fact(const struct verify *v, const char *name)
{
	struct bytes b = session_read_find(v->session.p, v->session.len, name);

	return b.len == 1 && *(const char *)b.p == '-' ? (struct bytes){ NULL, 0 } : b;
}

static int meet_session(void *ctx, const struct verify *v)
{
	struct receipt *r = ctx;
	const struct arrival *a = &r->log;
	struct bytes nonce = fact(v, "nonce"), time = fact(v, "time-realtime");
	struct instant stamp = { 0, 0 };

	if (!r->has_log || !a->has_session)
		return 0;
	(void)clock_parse_utc(time.p, time.len, &stamp);
	if (!is_hex(a->session, v->facts.session, sizeof(v->facts.session)))
		deny(r, "another session");
	if (!is_hex(a->fingerprint, v->facts.fingerprint, DIGEST_LEN))
		deny(r, "another fingerprint");
	if (nonce.len != strlen(a->answer) || strncasecmp(nonce.p, a->answer, nonce.len) != 0)
		deny(r, "another nonce of the session");
	if (!same_time(stamp, a->session_host))
		deny(r, "another time of the session");
	if (r->archive_bytes > a->session_bytes)
		deny(r, "the session came later than the log says");
	return 0;
}

static void meet_arrival(struct receipt *r, const struct seal *s, const struct arrival_seal *a)
{
	uint8_t hash[DIGEST_LEN];
	struct buf text;

	buf_init(&text, SEAL_TEXT_MAX);
	seal_format(&text, s);
	digest_of(text.p, text.len, hash);
	buf_release(&text);
	if (memcmp(hash, a->sha256, sizeof(hash)) != 0)
		receipt_note(r, RECEIPT_SEAL_GONE, "seal %" PRIu64 " is another one", s->seq);
	else if (s->stream_bytes != a->tar_bytes || s->final != a->final ||
		 !same_time(s->utc, a->host_time))
		deny_seal(r, s, "says otherwise");
	else if (r->archive_bytes > a->file_bytes)
		deny_seal(r, s, "came later than the log says");
}

static int meet_seal(void *ctx, const struct verify *v, const struct seal *s)
{
	struct receipt *r = ctx;

	(void)v;
	if (r->met < r->log.count && r->has_log)
		meet_arrival(r, s, &r->log.seals[r->met]);
	r->met++;
	return 0;
}

const struct verify_watch receipt_watch = { .session = meet_session, .sealed = meet_seal };

static bool same_offset(const struct offset *a, const struct offset *b)
{
	return a->has_low == b->has_low && a->has_high == b->has_high &&
	       (!a->has_low || a->low == b->low) && (!a->has_high || a->high == b->high);
}

/* What was found when it came, against what is found now: by the seals alone, or with what was
 * known of it besides. */
static void meet_verdict(struct receipt *r, const struct verify *v)
{
	const struct arrival *a = &r->log;

	if (strcmp(a->verdict, bundle_read_verdict_word(v->facts.verdict)) != 0 &&
	    strcmp(a->verdict, bundle_read_verdict_word(v->verdict)) != 0)
		deny(r, "another verdict");
	if (a->proven_bytes != (int64_t)v->facts.proven_bytes ||
	    a->seal_count != (int64_t)v->facts.seals || a->count != r->met)
		deny(r, "another number of seals or proven bytes");
	if (v->facts.has_root ? !is_hex(a->end_root, v->facts.root, DIGEST_LEN) :
				*a->end_root != '\0')
		deny(r, "another root");
}

void receipt_log_meet(struct receipt *r, const struct verify *v)
{
	const struct arrival *a = &r->log;
	struct offset offset;

	if (a->count > r->met)
		receipt_note(r, RECEIPT_SEAL_GONE, "seal %zu and what came after it", r->met);
	if (!r->has_log || !a->ended)
		return;
	arrival_offset(a, &offset);
	if (!same_offset(&offset, &a->offset))
		deny(r, "other bounds of the host's clock than its own lines give");
	if (a->file_bytes != r->archive_size)
		deny(r, "another length");
	if (*a->verdict != '\0')
		meet_verdict(r, v);
}

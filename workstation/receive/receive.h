/*
 * receive: an archive that arrives, written down as it comes.
 *
 * Every byte is on its way to the medium before the verifier sees it; the verifier pulls,
 * so what it says of a seal is said right behind the read that brought the seal.
 * Whatever ends the stream, what came is kept, and the log says how it ended.  Nothing is
 * overwritten; files have mode 0600.
 */
#ifndef EXHIBIT_RECEIVE_RECEIVE_H
#define EXHIBIT_RECEIVE_RECEIVE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/clock.h"
#include "lib/base/err.h"
#include "workstation/receive/journal.h"
#include "workstation/receive/offset.h"
#include "workstation/verify/verify.h"

#define RECEIVE_LOG_SUFFIX ".receive.jsonl"	/* behind the name of the archive */
#define RECEIVE_NONCE_LEN 32u			/* bytes of a nonce that we issue */

/* Why no more bytes come. */
enum receive_end {
	RECEIVE_RUNNING,
	RECEIVE_ENDED,		/* the sender closed the stream, whole or not */
	RECEIVE_BROKEN,		/* reading failed */
	RECEIVE_STOPPED,	/* a signal asked us to end */
	RECEIVE_FULL		/* what came could not be written */
};

struct receive;

struct receive_options {
	const char *output;		/* path of the archive to make */
	const char *source;		/* how the log calls where it comes from */
	const char *version;		/* of this program */
	const char *nonce;		/* that was given to the collector; NULL: not known, or
					 * it was issued into this log */
	const struct instant *issued;	/* when, if not into this log; NULL: not known */
	const volatile sig_atomic_t *stop;	/* not zero: end */
	/* Called every now and then, also while nothing comes. */
	void (*tick)(void *ctx, const struct receive *r);
	void *tick_ctx;
};

struct receive {
	struct receive_options options;
	struct journal log;
	int in, out, dir;		/* in is the caller's */
	enum receive_end end;
	struct err failure;		/* of receive_end BROKEN and FULL, or of the log */
	bool unsynced;			/* something came since the last sync */
	struct digest *hash;
	uint64_t bytes;			/* that came and were written */
	uint8_t sha256[DIGEST_LEN];	/* of them, after receive_close */
	struct instant arrived;		/* when the last of them came */
	uint64_t arrived_ns, synced_ns;	/* CLOCK_MONOTONIC */
	char nonce[260];		/* hex; "" if there is none */
	bool has_issued;
	struct instant issued;		/* when the nonce was */
	struct offset offset;		/* of the host's clock */
	bool has_seal;
	struct instant sealed;		/* arrival of the last seal that holds */
	uint64_t sealed_bytes;		/* of the file that had come by then */
	const struct verify *v;		/* what is known of the archive; NULL: nothing yet */
};

/**
 * receive_issue(output, nonce, e):
 * Begin the log of an archive to come with a fresh ${nonce} and the time.  Return 0, or -1.
 */
int receive_issue(const char *output, char nonce[2 * RECEIVE_NONCE_LEN + 1], struct err *e);

/**
 * receive_open(r, in, options, e):
 * Make the archive, and its log or go on with one that has a nonce and nothing else.  ${in}
 * gives the bytes; it stays the caller's.  Return 0, or -1 with ${e}: then no archive was made.
 */
int receive_open(struct receive *r, int in, const struct receive_options *options,
		 struct err *e);

/**
 * receive_read(ctx, data, n):
 * An age_read_in and decompress_in; ${ctx} is a struct receive.  Gives bytes that are
 * written already, and 0 at any end.
 */
ssize_t receive_read(void *ctx, void *data, size_t n);

/* A verify_watch for a struct receive: notes session and seals in the log. */
extern const struct verify_watch receive_watch;

/* Take all that still comes, unseen. */
void receive_drain(struct receive *r);

/**
 * receive_store(r):
 * Everything that came is put on the medium, and its hash is taken.  A failure goes into
 * r->failure and makes r->end RECEIVE_FULL.
 */
void receive_store(struct receive *r);

/* What a person read from the host's screen, "key" or "root", and how it came to us. */
void receive_note_readback(struct receive *r, const char *what, const char *typed,
			   enum verify_match match, const char *how);

/**
 * receive_note_end(r, v, unseen):
 * The last line of the log: how it ended and what is proven.  ${v} is the verification, or NULL
 * if there was none, for the reason ${unseen}.
 */
void receive_note_end(struct receive *r, const struct verify *v, const char *unseen);

/* Close everything.  The files stay. */
void receive_release(struct receive *r);

/* A word for the log; a sentence for a person. */
const char *receive_end_word(enum receive_end end);
const char *receive_end_text(enum receive_end end);

#endif

/*
 * receipt: the bag around an archive as a whole: what goes in, and whether it proves what
 * it is for (docs/FORMAT.md section 14).
 *
 * Checked is: the bag's lists, the custodian's signature, the time stamp, the archive's
 * seals, what a person read from the host's screen, the log of the arrival, the custody
 * record, the collector.  Each check has one outcome; the closed lists are in
 * receipt_check.def and receipt_fault.def.
 */
#ifndef EXHIBIT_RECEIPT_RECEIPT_H
#define EXHIBIT_RECEIPT_RECEIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "lib/base/err.h"
#include "lib/base/option.h"
#include "workstation/custody/ledger_check.h"
#include "workstation/receipt/bag.h"
#include "workstation/receipt/cms.h"
#include "workstation/receipt/stamp.h"
#include "workstation/receipt/trust.h"
#include "workstation/receive/arrival.h"
#include "workstation/verify/verify.h"

/* Names in data/ besides the archive. */
#define RECEIPT_LOG "data/receive.jsonl"
#define RECEIPT_RECORD "data/custody.jsonl"
#define RECEIPT_COLLECTOR "data/exhibit-collect"
#define RECEIPT_PROVENANCE "data/provenance.json"

/* ---- making one */

struct receipt_plan {
	const char *bag;		/* folder to make */
	const char *archive, *log, *record, *collector;	/* files; all but the first may be NULL */
	const char *custodian, *organisation;		/* NULL: not said */
	const struct verify *v;		/* of the archive, NULL: it could not be seen */
	/* Called when all but the proofs are in the folder ${dir}, before it has its name. */
	int (*prove)(void *ctx, int dir, struct err *e);
	void *prove_ctx;
	bool *compared;		/* becomes true if a hash was there to compare the collector with:
				 * the archive's, or else the record's.  May be NULL */
};

/**
 * receipt_make(plan, e):
 * Make the bag.  Return 0, or -1 with ${e} and without a bag: a file cannot be read or
 * written, or they do not belong together (the log or record is broken or of another archive,
 * the collector is not the one that the session names, or, where that could not be seen, a
 * first line of the record).
 */
int receipt_make(const struct receipt_plan *plan, struct err *e);

/* Put copies of ${files} into trust/ of the bag that is the set's folder. */
int receipt_add_trust(struct file_set *s, const struct option_list *files, struct err *e);

/* ---- checking one */

enum receipt_check {
#define CHECK(id, word, text) RECEIPT_CHECK_##id,
#include "workstation/receipt/receipt_check.def"
#undef CHECK
	RECEIPT_CHECK_COUNT
};

enum receipt_fault {
#define FAULT(id, word, check, severity, text) RECEIPT_##id,
#include "workstation/receipt/receipt_fault.def"
#undef FAULT
	RECEIPT_FAULT_COUNT,
	RECEIPT_NONE = RECEIPT_FAULT_COUNT	/* it holds */
};

/* The worse ones later; UNKNOWN: not compared, or not to be told at this time. */
enum receipt_severity { RECEIPT_HOLDS, RECEIPT_UNKNOWN, RECEIPT_LACKS, RECEIPT_FAILS };

/* Words and sentences; static.  A check's fault, its severity. */
const char *receipt_check_word(enum receipt_check c);
const char *receipt_check_text(enum receipt_check c);
const char *receipt_fault_word(enum receipt_fault f);
const char *receipt_fault_text(enum receipt_fault f);
enum receipt_check receipt_fault_check(enum receipt_fault f);
enum receipt_severity receipt_fault_severity(enum receipt_fault f);

/* What the checker brings. */
struct receipt_expect {
	const struct option_list *ca, *tsa_ca;	/* files of anchors; none: the bag's own */
	const char *signer;		/* file of the certificate that must have signed, or NULL */
	time_t at;			/* when certificates must be valid */
	struct verify_expect archive;	/* what the checker knows of the archive himself */
};

#define RECEIPT_CLOCKS_APART 300	/* seconds that clocks of two houses may differ */

struct receipt {
	int dir;			/* of the bag, owned */
	char archive[FILE_NAME_MAX_LEN];	/* data/NAME, "" if the bag does not say */
	struct {
		enum receipt_fault fault;	/* RECEIPT_NONE: it holds */
		char detail[256];		/* to be shown; may be empty */
	} of[RECEIPT_CHECK_COUNT];
	struct bag_look bag;
	struct cms_checked sign;
	struct stamp_checked stamp;
	bool has_sign, has_stamp;
	uint8_t tags_sha256[DIGEST_LEN];	/* of the tag manifest: what is signed */
	uint8_t sha256[DIGEST_LEN];	/* of the archive, by the bag's list */
	bool has_sha256;
	struct arrival log;		/* the log of its arrival; owned */
	bool has_log;			/* it is there, and nothing in it contradicts itself */
	size_t met;			/* seals of the archive that were seen */
	int archive_fd;			/* owned; -1: it is not open */
	uint64_t archive_bytes, archive_size;	/* that were read of it; that it has */
	char key[256], root[256], nonce[260];	/* typed and issued, by the log, or else by the
						 * custody record; "" if not */
	struct ledger_check record;	/* the custody record, into ${record_text}; both owned */
	struct buf record_text;
	uint64_t custody_lines;
	char custody_head[DIGEST_HEX_LEN];	/* of its last line; "" if there is none */
};

/**
 * receipt_open(r, path, x, e):
 * Look at everything but the archive itself.  Return 0, or -1 with ${e}: the folder cannot be
 * opened, or what the checker brings cannot be read.  Release in both cases.
 */
int receipt_open(struct receipt *r, const char *path, const struct receipt_expect *x,
		 struct err *e);
void receipt_release(struct receipt *r);

/* A verify_watch that meets session and seals of the archive with those of the log; ctx is
 * ${r}. */
extern const struct verify_watch receipt_watch;

/**
 * receipt_open_archive(r, e) / receipt_read(ctx, data, n):
 * Open the archive in the bag: 0, or -1 with ${e}.  Then an age_read_in, ctx is ${r}: no more at
 * once than had arrived, by the log, when the next seal was there, so that a seal that needs
 * more shows.
 */
int receipt_open_archive(struct receipt *r, struct err *e);
ssize_t receipt_read(void *ctx, void *data, size_t n);

/**
 * receipt_finish(r, v, unseen):
 * Add what the verification of the archive said, NULL for the reason ${unseen}.
 */
void receipt_finish(struct receipt *r, const struct verify *v, const char *unseen);

/* The worst of all checks. */
enum receipt_severity receipt_verdict(const struct receipt *r);

/* "PROVEN", "INCOMPLETE", "ALTERED". */
const char *receipt_verdict_word(enum receipt_severity s);

/* For the files of this module: note a fault unless its check has a worse one. */
void receipt_note(struct receipt *r, enum receipt_fault f, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The record and the log, of the bag that is open: what they say, and faults. */
void receipt_papers(struct receipt *r);
void receipt_log(struct receipt *r);

/* What the log says of this archive and the archive ${v} denies: faults. */
void receipt_log_meet(struct receipt *r, const struct verify *v);

/* What the custody record says of this archive and the archive ${v} denies, or itself tells to
 * be wrong: faults.  NULL: the archive was not read. */
void receipt_record(struct receipt *r, const struct verify *v);

/* How the archive ends, by its last seal: "completed", "stopped" before the end of the plan,
 * "cut": it is not there, or "unknown": the archive does not show what it says.  Static. */
const char *receipt_plan_word(const struct verify *v);

/* ---- showing one */

/* Append the page for a person, and one JSON object with LF.  ${name} as the user typed it;
 * ${v} as for receipt_finish. */
void receipt_show_text(struct buf *b, const struct receipt *r, const struct verify *v,
		       const char *name);
void receipt_show_json(struct buf *b, const struct receipt *r, const struct verify *v,
		       const char *name);

#endif

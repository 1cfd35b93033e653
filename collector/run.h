/*
 * run: everything that one acquisition holds, from start to seal.
 *
 * collect.c is the pipeline; the steps around it are here, so that the
 * pipeline stays one page.  Owned by main's call to collect(); no global.
 */
#ifndef EXHIBIT_COLLECTOR_RUN_H
#define EXHIBIT_COLLECTOR_RUN_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "collector/cmd/args.h"
#include "collector/cmd/progress.h"
#include "collector/facts.h"
#include "collector/host/output.h"
#include "collector/host/self.h"
#include "collector/nursery.h"
#include "collector/recorder.h"
#include "collector/select/plan.h"
#include "collector/station.h"
#include "collector/tool.h"
#include "lib/base/err.h"
#include "lib/bundle/bundle_write.h"
#include "lib/custody/actions.h"

#define RUN_GLASS_SECONDS 15u		/* patience with the private mount namespace */

struct run {
	const struct args *args;
	char *const *argv;
	const volatile sig_atomic_t *signal;	/* that asks to stop, negative: twice; or 0 */
	const char *inherited;			/* note of self_sanitise */
	struct err err;				/* what broke the promise */
	struct self self;
	struct tool tool;
	uint8_t session[16];
	char session_hex[33];
	char root[4096];			/* absolute form of --root, "" for the live host */
	struct plan_request request;
	struct reader_setup setup;
	struct output output;
	struct board *board;
	struct nursery nursery;
	struct recorder *recorder;
	struct facts *facts;
	struct plan *plan;
	struct bundle_write *bundle;
	struct actions actions;
	struct progress progress;
	uint64_t begun_ns;			/* CLOCK_MONOTONIC */
	struct clocks begun;
	enum category category;			/* being walked */
	unsigned category_number, category_count;
	uint64_t done;				/* bit per category that was completed */
	uint64_t shown_ns;			/* last time that ticks looked around */
	uint32_t readers_lost;
	const char *stopped;			/* why the plan was not completed, or NULL */
	bool refused;				/* the command line asks what cannot be */
	bool signal_noted;			/* in the actions */
	uint32_t forks_noted;			/* readers in the actions */
	uint64_t room;				/* bytes that may be written at DEST, for --plan */
	bool broken;				/* the promise is broken: see err */
	bool sealed;				/* the final seal is written */
	uint8_t root_hash[DIGEST_LEN];
};

/* What the command line asks of a plan.  Points into ${a}. */
struct plan_request run_request(const struct args *a);

/**
 * run_prepare(r):
 * Know ourselves, make session id, output, shared memory and readers, then give up all rights
 * but those to write to what is open.  Return 0, or -1 with r->err: nothing was collected.
 */
int run_prepare(struct run *r);

/**
 * run_facts(r):
 * Read the category FACTS, then make the plan.  Return 0, or -1 with r->err.
 */
int run_facts(struct run *r);

/* What is done many times a second; ${r} is a struct run.  Non-zero: the run has to end. */
int run_tick(void *r);

/**
 * run_note_glass(r) / run_note_guests(r) / run_note_forks(r) / run_note_signal(r) /
 * run_note_sandbox(r):
 * Write into the actions how the host's mounts were kept from us, how many containers were
 * looked into, the readers that were made, the signal that came, unless that was noted before,
 * and which rights each kind of process had.
 */
void run_note_glass(struct run *r);
void run_note_sandbox(struct run *r);
void run_note_guests(struct run *r);
void run_note_forks(struct run *r);
void run_note_signal(struct run *r);

/**
 * run_open_bundle(r):
 * Make the first key, open the archive, show the fingerprint, write session and
 * readme.  Return 0, or -1 with r->err.
 */
int run_open_bundle(struct run *r);

/**
 * run_category(r, c, to):
 * Walk one category into ${to}.  Return 0 to go on, 1 when the run is to end early
 * (r->stopped says why), -1 when the sink failed.
 */
int run_category(struct run *r, enum category c, bool dry, struct sink *to);

/* Why the plan was not completed though every category was walked: a file system or a container
 * was left out; NULL: none was. */
const char *run_left_out(const struct run *r);

/**
 * run_close_bundle(r):
 * Write actions, footprint, summary, the final seal; finish the output.  Return 0, or
 * -1 with r->err.
 */
int run_close_bundle(struct run *r);

/**
 * run_release(r):
 * Free everything; let the readers go.
 */
void run_release(struct run *r);

#endif

/*
 * meter: what a person sees while an archive arrives, on standard error: one live line on a
 * terminal, otherwise a line every ten seconds.
 */
#ifndef EXHIBIT_RECEIVE_METER_H
#define EXHIBIT_RECEIVE_METER_H

#include <stdbool.h>
#include <stdint.h>

#include "workstation/receive/receive.h"

struct meter {
	int fd;				/* -1: show nothing */
	bool live;			/* a terminal */
	bool shown;			/* a live line stands there */
	uint64_t begun_ns, shown_ns;	/* CLOCK_MONOTONIC */
	uint64_t shown_bytes;
};

void meter_open(struct meter *m, int fd, bool quiet);

/* A tick of struct receive_options; ${ctx} is the struct meter. */
void meter_tick(void *ctx, const struct receive *r);

/**
 * meter_line(b, r, rate, now_ns):
 * Append the line without its end: size, ${rate} in bytes per second, seals, what they prove,
 * and for how long nothing came.  Nothing in it is of the host.
 */
void meter_line(struct buf *b, const struct receive *r, uint64_t rate, uint64_t now_ns);

/* Remove the live line, before something else is said. */
void meter_clear(struct meter *m);

#endif

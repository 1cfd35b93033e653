/*
 * pulse: the reader's sign of life.
 *
 * Before every system call on evidence the reader says which one and when;
 * the recorder watches the age of that note from outside.  A call that does not
 * return within the deadline is a reader to be abandoned.
 */
#ifndef EXHIBIT_ACQUIRE_PULSE_H
#define EXHIBIT_ACQUIRE_PULSE_H

#include <stdatomic.h>
#include <stdint.h>

/* What the reader is doing; the words of pulse_word() go into the manifest. */
enum pulse_call {
	PULSE_IDLE,		/* nothing that can hang: computing, or waiting for the recorder */
	PULSE_OPEN, PULSE_STAT, PULSE_LIST, PULSE_READ, PULSE_READLINK, PULSE_XATTR, PULSE_SEEK,
	PULSE_CLOSE,
	PULSE_NETLINK, PULSE_BPF, PULSE_LOG, PULSE_OPTION,	/* of collector/volatile */
	PULSE_COUNT
};

/* Shared memory: written by the reader, read by the recorder. */
struct pulse {
	_Atomic uint32_t call;		/* enum pulse_call */
	_Atomic uint32_t beats;		/* grows with every change of call */
};

/* Say that a call begins; that it returned.  Costs two stores, no system call:
 * the age is measured by the watcher, who sees beats stand still. */
void pulse_call(struct pulse *p, enum pulse_call call);
void pulse_idle(struct pulse *p);

/* Name of the system call behind it: "openat", "statx", ...; static string. */
const char *pulse_word(enum pulse_call call);

#endif

/*
 * audit: records of auditd, and events out of them (audit.log(5); Linux Audit documentation,
 * "Specs": log file, audit events and fields).
 *
 *	type=SYSCALL msg=audit(1783414661.335:485): arch=c000003e ...<1d>UID="root"
 *
 * Behind the byte 0x1d an enriched log repeats numbers as names.  A value that could not be
 * quoted is written in hex.  Records of one serial number are one event; they stand together,
 * though not always without another between them.
 */
#ifndef EXHIBIT_PARSE_AUDIT_H
#define EXHIBIT_PARSE_AUDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/bytes.h"
#include "workstation/parse/scan.h"

struct audit_line {
	struct bytes type;	/* "SYSCALL" */
	int64_t time_ns;
	uint64_t serial;
	struct scan fields;	/* what follows the colon */
};

/* Read the head of one record.  False: it is none. */
bool audit_parse(const char *s, size_t n, struct audit_line *out);

/**
 * audit_field(s, key, value, quoted):
 * The next field of a record; those inside msg='...' and the names behind 0x1d come in turn
 * like the others.  False at the end.
 */
bool audit_field(struct scan *s, struct bytes *key, struct bytes *value, bool *quoted);

/**
 * audit_decode(value, quoted, out):
 * Append a value of a field that may be in hex: an even number of hex digits that stand in no
 * quotes are bytes.
 */
void audit_decode(struct bytes value, bool quoted, struct buf *out);

/* What is kept of an event.  NAME: as in the record; _NAME: behind 0x1d. */
enum audit_what {
	AUDIT_EXE, AUDIT_COMM, AUDIT_CMD, AUDIT_CWD, AUDIT_ACCT, AUDIT_ADDR, AUDIT_HOSTNAME,
	AUDIT_TERMINAL, AUDIT_TTY, AUDIT_OP, AUDIT_RES, AUDIT_SUCCESS, AUDIT_EXIT, AUDIT_SYSCALL,
	AUDIT_UID, AUDIT_AUID, AUDIT_PID, AUDIT_PPID, AUDIT_SES, AUDIT_KEY, AUDIT_UNIT,
	AUDIT_PROCTITLE, AUDIT_NAME, AUDIT_SYSCALL_NAME, AUDIT_UID_NAME, AUDIT_AUID_NAME,
	AUDIT_ARGV,
	AUDIT_FIELDS
};

#define AUDIT_OPEN 8u		/* events that may be open at once */
#define AUDIT_TEXT_MAX 16384u	/* bytes of one field; the rest is left out */

struct audit_event {
	uint64_t pos, line;	/* of its first record */
	int64_t time_ns;
	uint64_t serial;
	char type[32];		/* of its first record */
	bool executes;		/* there is an EXECVE: AUDIT_ARGV is set */
	bool used;
	struct buf field[AUDIT_FIELDS];		/* decoded; empty: not there */
};

/* An event is complete.  Returns 0, or anything else to stop everything. */
typedef int audit_emit(void *ctx, const struct audit_event *ev);

struct audit {
	audit_emit *emit;
	void *ctx;
	unsigned oldest;
	struct audit_event open[AUDIT_OPEN];
};

/* Name of a field ("exe"), static. */
const char *audit_name(enum audit_what what);

void audit_begin(struct audit *a, audit_emit *emit, void *ctx);
void audit_release(struct audit *a);

/**
 * audit_line(a, s, n, pos, line):
 * The next line.  Returns 0, 1 if it is no record, or what ${emit} returned to stop, made
 * negative.
 */
int audit_line(struct audit *a, const char *s, size_t n, uint64_t pos, uint64_t line);

/* The file is over: hand out what is open, oldest first. */
int audit_finish(struct audit *a);

#endif

/*
 * symbols: does this kernel already have what a question needs?
 *
 * Asking netlink for a protocol whose module is not loaded makes the kernel run
 * /proc/sys/kernel/modprobe as root.  So nothing is asked before the function that would
 * answer was seen in /proc/kallsyms (its names are readable by everybody, even
 * where its addresses are hidden).  /sys/module is not enough: it does not list what
 * is built in.
 */
#ifndef EXHIBIT_VOLATILE_SYMBOLS_H
#define EXHIBIT_VOLATILE_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/acquire/pulse.h"

enum symbol {
#define SYMBOL(id, name) SYMBOL_##id,
#include "collector/volatile/symbols.def"
#undef SYMBOL
	SYMBOL_COUNT
};

enum symbols_state { SYMBOLS_UNREAD, SYMBOLS_READ, SYMBOLS_ABSENT };

struct symbols {
	enum symbols_state state;
	int oserr;			/* why it is ABSENT */
	uint64_t seen;			/* bit per enum symbol */
};

/**
 * symbols_load(s, proc_fd, pulse):
 * Read kallsyms of the procfs ${proc_fd} once, line by line in 64 KiB, unless
 * that was done.  Without it, or with a failure on the way, nothing counts as present.
 */
void symbols_load(struct symbols *s, int proc_fd, struct pulse *pulse);

/**
 * symbols_line(s, line, n):
 * Take note of one line "ADDRESS TYPE NAME [MODULE]", ${n} bytes without newline.
 * A name counts with what a compiler may append to it (".llvm.123").
 */
void symbols_line(struct symbols *s, const char *line, size_t n);

/* Was it seen?  Its name. */
bool symbols_has(const struct symbols *s, enum symbol which);
const char *symbols_name(enum symbol which);

#endif

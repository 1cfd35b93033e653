/*
 * suspect: the facts of suspect.def, from bytes that /proc gave.
 *
 * Pure functions; a set of facts is a bit mask.
 */
#ifndef EXHIBIT_VOLATILE_SUSPECT_H
#define EXHIBIT_VOLATILE_SUSPECT_H

#include <stdbool.h>
#include <stddef.h>

#include "collector/volatile/region.h"

/* Numbers of the facts; bit (1 << number) of a set. */
enum suspect {
#define SUSPECT(id, word, fact) SUSPECT_##id,
#include "collector/volatile/suspect.def"
#undef SUSPECT
	SUSPECT_COUNT
};

/* Word of a fact; static string, "" for a number that is none. */
const char *suspect_word(unsigned number);

/**
 * suspect_executable(link, n):
 * What the target of /proc/PID/exe, ${n} bytes, says.  Of a deleted one it cannot know whether
 * another file has the name: the caller looks, see suspect_was_deleted.
 */
unsigned suspect_executable(const char *link, size_t n);

/**
 * suspect_was_deleted(link, n, name_len):
 * Does the kernel say of that file that it is deleted?  Then its name has *${name_len} bytes.
 * proc(5): " (deleted)" is appended, to names that end so by themselves too.
 */
bool suspect_was_deleted(const char *link, size_t n, size_t *name_len);

/* What one mapping says; what the first ${n} bytes of /proc/PID/cmdline say. */
unsigned suspect_region(const struct region *r);
unsigned suspect_command(const char *text, size_t n);

#endif

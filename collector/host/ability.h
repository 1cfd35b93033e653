/*
 * ability: what this kernel cannot do for us, and what is done instead.
 *
 * Every caller finds out by itself and falls back by itself; this only asks the same
 * kernel once more, so that the session can say in what way the run was a lesser one.
 */
#ifndef EXHIBIT_HOST_ABILITY_H
#define EXHIBIT_HOST_ABILITY_H

#include "lib/base/buf.h"

/**
 * ability_missing(out):
 * Append a line "call, Linux 4.11: what is done in its place" ended by LF for each row of
 * ability.def that the kernel does not have (ENOSYS, of a flag EINVAL), or that a filter
 * above us says it has not.  Nothing is opened but "/" and ourselves, nothing loaded,
 * nothing changed.  What cannot be asked is not in the list.
 */
void ability_missing(struct buf *out);

#endif

/*
 * runtime: a guess at which program runs a container, from its control group.
 *
 * Pure text.  What the guess was made from is recorded beside it; whoever made the group
 * chose its name, so it is a hint and no proof.
 */
#ifndef EXHIBIT_ITEM_RUNTIME_H
#define EXHIBIT_ITEM_RUNTIME_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/item/item.h"

/**
 * runtime_guess(text, n, out):
 * Read the ${n} bytes of a /proc/PID/cgroup (cgroups(7): lines "ID:CONTROLLERS:PATH") and
 * fill runtime and id of ${out}; a longer id is cut.  False, and nothing filled, if no line
 * says anything.
 */
bool runtime_guess(const char *text, size_t n, struct item_container *out);

#endif

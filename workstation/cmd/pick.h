/*
 * pick: which members a user means by the paths of a command line.
 *
 * A person may type a path of the host ("/etc/passwd"), a member name
 * ("[root]/etc/passwd", "live/..."), either of them raw or escaped as list shows it.
 */
#ifndef EXHIBIT_CMD_PICK_H
#define EXHIBIT_CMD_PICK_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/item/item.h"

/**
 * pick_is(typed, member):
 * True if ${typed} means ${member} (raw; the slash that ends a directory's name
 * does not count, in neither).
 */
bool pick_is(const char *typed, struct bytes member);

/**
 * pick_holds(typed, member):
 * True if ${typed} means ${member} or a directory above it.
 */
bool pick_holds(const char *typed, struct bytes member);

#endif

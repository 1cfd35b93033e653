/*
 * list: --list, the catalogue and the profiles for a person.
 */
#ifndef EXHIBIT_CMD_LIST_H
#define EXHIBIT_CMD_LIST_H

#include "lib/base/buf.h"

/**
 * list_print(out):
 * Append the profiles with their categories, then every category in the order in which
 * it is taken with its reason and its catalogue rows: id, depth, cap, glob, reason.
 */
void list_print(struct buf *out);

#endif

/*
 * package: where package managers put programs and libraries.
 *
 * A file below one of these directories can be held against the database of its
 * package, so its hash says whether it is what was shipped.  One elsewhere was put
 * there by somebody, and nobody has a second copy of it.  Pure: only the path is judged
 * (Filesystem Hierarchy Standard 3.0, chapters 3 and 4, without /usr/local and /opt).
 */
#ifndef EXHIBIT_SELECT_PACKAGE_H
#define EXHIBIT_SELECT_PACKAGE_H

#include <stdbool.h>

#include "lib/item/item.h"

/* True if the absolute raw ${path} lies below such a directory. */
bool package_owns(struct bytes path);

#endif

/*
 * load_package: what the loaders of package databases share.
 *
 * Of dpkg the files of a package are told by several members (the list, the sums, the
 * configuration in status), which come in any order.  So they are first put into tables that go
 * away with the connection, and joined by finish_dpkg.
 */
#ifndef EXHIBIT_CASE_LOAD_PACKAGE_H
#define EXHIBIT_CASE_LOAD_PACKAGE_H

#include <stdbool.h>

#include "lib/base/buf.h"
#include "workstation/case/case_query.h"
#include "workstation/case/loaders.h"

#define LOAD_PACKAGE_TEXT_MAX (1u << 20)	/* bytes of an escaped path and the like */

/**
 * load_package_text(scratch, raw):
 * ${raw} as it lies in the database: escaped.  Valid as long as both.
 */
struct bytes load_package_text(struct buf *scratch, struct bytes raw);

/**
 * load_package_outside(l):
 * True if the member is of a container: its packages are not those of the host, and say nothing
 * of the host's files.
 */
bool load_package_outside(const struct loading *l);

/**
 * load_package_bad(l, count):
 * Note that so many records of the member were none.  0, or -1 with l->e.
 */
int load_package_bad(struct loading *l, uint64_t count);

#endif

/*
 * sink: the only way out for evidence.
 *
 * Everything that finds evidence (collector/acquire, collector/volatile) sees
 * only this; everything that keeps evidence (lib/bundle) sits behind it.
 *
 * For each item: one begin, any number of writes, one end, in this order and
 * never nested.  The writes of an item with a known promise add up to at most
 * promise bytes; if they are fewer, end must name the gap.  For a sparse file
 * the written bytes are those of its extents, one after the other.  An item
 * with depth META, of a type other than ITEM_FILE, or with a hardlink has a
 * promise of 0.
 *
 * Each call returns 0, or -1 when nothing more can be kept (output full, no
 * memory); then the run must end and no further call may be made on the sink.
 * Nothing about the evidence itself is ever an error here.
 */
#ifndef EXHIBIT_ITEM_SINK_H
#define EXHIBIT_ITEM_SINK_H

#include <stddef.h>

#include "lib/item/item.h"

struct sink {
	int (*begin)(struct sink *to, const struct item *it);
	int (*write)(struct sink *to, const void *data, size_t n);
	int (*end)(struct sink *to, const struct item_end *how);
};

#endif

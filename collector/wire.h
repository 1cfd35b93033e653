/*
 * wire: an item and its end as messages of the ring, between a reader and the
 * recorder, which are the same program and share the layout of structs.  The
 * reading side checks every length: the writer may be a reader gone wrong.
 */
#ifndef EXHIBIT_COLLECTOR_WIRE_H
#define EXHIBIT_COLLECTOR_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include "collector/ring.h"
#include "lib/item/item.h"

/* Types of messages.  A job is: (BEGIN DATA* END)* DONE. */
enum wire_type {
	WIRE_BEGIN = 1,		/* an item, see wire_get_item */
	WIRE_DATA,		/* bytes of its content */
	WIRE_END,		/* struct item_end, see wire_get_end */
	WIRE_DONE		/* uint32_t of enum wire_done */
};

/* How a job ended. */
enum wire_done {
	WIRE_WALKED,
	WIRE_STOPPED,		/* the walk was told to stop */
	WIRE_SPENT,		/* the guest of the cursor is done; another reader must go on, this
				 * one has given up the rights for it and ends */
	WIRE_AWAY		/* walked, but nothing of the one mount of the job was met */
};

/* Bytes of strings that wire keeps for an unpacked item. */
#define WIRE_WORD_MAX 64u

/* An unpacked item and the memory behind its words. */
struct wire_item {
	struct item it;
	char category[WIRE_WORD_MAX], artifact[WIRE_WORD_MAX], fstype[WIRE_WORD_MAX];
	struct extent extents[ITEM_EXTENTS_MAX];
};

/* Bytes that the item needs as a message. */
size_t wire_item_size(const struct item *it);

/**
 * wire_put_item(out, it):
 * Pack ${it} into ${out} of wire_item_size bytes.
 */
void wire_put_item(void *out, const struct item *it);

/**
 * wire_get_item(message, n, w):
 * Unpack.  The byte arrays of ${w}->it point into ${message}.  Return 0, or -1 if the
 * message is not one that wire_put_item makes.
 */
int wire_get_item(const void *message, size_t n, struct wire_item *w);

/* The same for the end of an item; the message has a fixed size. */
#define WIRE_SYSCALL_MAX 24u
struct wire_end {
	struct item_end how;		/* how.syscall is not valid, see syscall */
	char syscall[WIRE_SYSCALL_MAX];
};

void wire_put_end(struct wire_end *out, const struct item_end *how);

/**
 * wire_get_end(message, n, out):
 * Unpack; ${out}->how.syscall points into ${out}.  Return 0 or -1.
 */
int wire_get_end(const void *message, size_t n, struct wire_end *out);

#endif

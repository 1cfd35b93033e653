/*
 * live_box: a sink that keeps what sources of volatile state send, the environment they
 * run in, and processes in network namespaces of their own for them to find.
 */
#ifndef EXHIBIT_TESTS_LIVE_BOX_H
#define EXHIBIT_TESTS_LIVE_BOX_H

#include <stdint.h>
#include <sys/types.h>

#include "collector/acquire/walk.h"
#include "collector/volatile/source.h"
#include "lib/base/buf.h"

#define LIVE_BOX_ITEMS 8192

struct live_item {
	char name[300];
	char artifact[64];
	struct item_end how;
	bool has_content;
	enum depth depth;
	bool has_stat, noatime;
	struct item_stat st;
	size_t extents;			/* of a sparse file */
	uint64_t promise;		/* bytes, kept exactly, or a gap; from 2^63 on: unknown */
	struct buf data;
};

struct live_box {
	struct sink sink;
	struct source_env env;
	struct pulse pulse;
	struct cursor at;
	_Atomic uint32_t stop;
	_Atomic uint64_t budget;
	struct walk walk;		/* of this machine's root, with the plan of triage */
	struct live_item *items;
	size_t count;
	size_t refuse_at;		/* number of the item whose begin fails, 0: none */
};

/* An open box; its environment asks the kernel of this machine. */
struct live_box *live_box_new(void);
void live_box_free(struct live_box *b);

/* Make the plan anew, with that exclude. */
void live_box_exclude(struct live_box *b, const char *glob);

/* The item of that name (printf), which must be there; the same, or NULL. */
const struct live_item *live_box_get(const struct live_box *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
const struct live_item *live_box_find(const struct live_box *b, const char *name);

/* Items whose name begins so; those that ended with the gap. */
size_t live_box_count(const struct live_box *b, const char *prefix);
size_t live_box_gaps(const struct live_box *b, enum gap gap);

/* True if the content holds these bytes. */
bool live_item_has(const struct live_item *i, const void *data, size_t n);

/*
 * A child in a new network namespace, in which ${prepare} was called; it waits to be ended.
 * Returns its pid, and the number of the namespace; 0 if namespaces cannot be made here.
 */
pid_t live_box_child(void (*prepare)(void), uint64_t *netns);
void live_box_end(pid_t pid);

/* Number of the network namespace of a process. */
uint64_t live_box_netns(pid_t pid);

#endif

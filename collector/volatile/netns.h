/*
 * netns: the network namespaces of this host that we can reach.
 *
 * Found by the links /proc/PID/task/TID/ns/net of every thread, by the descriptors of every
 * process, and by the nsfs mounts of our mount table (those that "ip netns add" makes need no
 * process).  The reader goes into
 * each by setns(2) itself and comes back, so that no process is forked; one that is lost
 * inside takes nobody with it.  Memory is bounded by NETNS_MAX.
 */
#ifndef EXHIBIT_VOLATILE_NETNS_H
#define EXHIBIT_VOLATILE_NETNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "collector/volatile/source.h"

#define NETNS_MAX 256u			/* namespaces; the rest is counted */

struct netns {
	uint64_t ino;			/* "net:[INO]", its name in the archive */
	int fd;				/* for setns, -1: only seen */
	pid_t pid;			/* a process in it, 0: a mount or descriptor keeps it */
	pid_t holder;			/* a process that has it open; 0: not needed */
	uint32_t threads;		/* seen in it */
	bool own;			/* the one that we started in */
	bool of_init;			/* of process 1: its files are taken as [root]/proc/1/net */
};

struct netns_list {
	struct netns ns[NETNS_MAX];
	size_t count;
	uint32_t left_out;		/* more than NETNS_MAX */
	uint32_t unseen;		/* threads whose link could not be read */
	int oserr;			/* why the first of them could not */
	int own_fd;
};

/**
 * netns_find(env):
 * The list, made at the first call and kept in ${env}; our own namespace comes first.  NULL
 * without memory.
 */
struct netns_list *netns_find(struct source_env *env);
void netns_free(struct netns_list *l);

/* What is to be done in one namespace; returns as run of a source. */
typedef int netns_work(struct source_env *env, const struct netns *ns);

/**
 * netns_each(env, work):
 * Do ${work} inside every namespace.  One that cannot be entered is a gap named
 * live/net/INO/ID.  Returns as run of a source; -1 too when there is no way back.
 */
int netns_each(struct source_env *env, netns_work *work);

#endif

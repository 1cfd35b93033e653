/*
 * bpf_query: which programs of bpf are attached at a place?
 *
 * By BPF_PROG_QUERY (4.15, bpf(2)), which changes nothing: of a control group, a network
 * namespace, an interface.  A program that was attached without a link shows only so.
 */
#ifndef EXHIBIT_VOLATILE_BPF_QUERY_H
#define EXHIBIT_VOLATILE_BPF_QUERY_H

#include <stddef.h>
#include <stdint.h>

#include "collector/volatile/answer.h"

union bpf_attr;

/**
 * bpf_query_call(env, command, attr):
 * One call of bpf(2), announced by the pulse; ${attr} is zero but for what is asked.  What the
 * kernel returned, or -1 with errno.
 */
long bpf_query_call(struct source_env *env, int command, union bpf_attr *attr);

/* A place, and the ways in which something can be attached to it. */
struct bpf_place {
	uint32_t target;		/* descriptor, or number of an interface */
	const uint8_t *types;		/* enum bpf_attach_type of linux/bpf.h */
	size_t count;
	const char *line;		/* how its lines begin: {"ifindex":5 */
};

/**
 * bpf_query(env, a, p):
 * Append a JSON line to ${a} for each type that has programs: what p->line says, "type",
 * "flags" (BPF_F_ALLOW_*), "programs": their numbers.  A type that the kernel does not know
 * leaves none; a refusal is noted in ${a}.  0, or -1 when the sink failed.
 */
int bpf_query(struct source_env *env, struct answer *a, const struct bpf_place *p);

#endif

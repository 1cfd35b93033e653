/*
 * cgroup: every task that is a member of a control group (cgroups(7)).
 *
 * The kernel keeps these lists apart from the one that /proc shows.  The second version of
 * the hierarchy is read where it is mounted, else the first hierarchy of the first version; every
 * task is a member of some group of each.
 */
#ifndef EXHIBIT_VOLATILE_CGROUP_H
#define EXHIBIT_VOLATILE_CGROUP_H

#include <stdint.h>

#include "collector/volatile/source.h"
#include "collector/volatile/view.h"

#define CGROUP_MAX 20000u		/* groups that are read */
#define CGROUP_DEPTH 64u		/* levels of groups below each other */

struct cgroup_walk {
	unsigned version;		/* 1 or 2 */
	uint32_t count, left_out;	/* groups read, and not */
};

/**
 * cgroup_members(w, env, out):
 * Add the number of every member, threads too where the kernel lists them (4.14, or the first
 * version).  Those of other pid namespaces have none.  0, or an errno: ENOENT where no hierarchy
 * is mounted.
 */
int cgroup_members(struct cgroup_walk *w, struct source_env *env, struct view_set *out);

#endif

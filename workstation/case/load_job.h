/*
 * load_job: what the loaders of things that are started by time or event share.
 */
#ifndef EXHIBIT_CASE_LOAD_JOB_H
#define EXHIBIT_CASE_LOAD_JOB_H

#include "workstation/case/loader.h"

/* A row of `job`; empty bytes are put as NULL. */
struct load_job {
	const char *kind;
	struct bytes name, owner, schedule, command;
};

/**
 * load_job_put(l, pos, line, job):
 * Put it; whether it is enabled is not known yet.  0, or -1 with l->e.
 */
int load_job_put(struct loading *l, uint64_t pos, uint64_t line, const struct load_job *job);

#endif

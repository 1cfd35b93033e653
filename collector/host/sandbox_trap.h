/*
 * sandbox_trap: which system calls a filter stopped, by name.
 *
 * Only in the build for those who change the program or its libraries, `make traps`: there a
 * call that is stopped raises SIGSYS, the handler notes it in shared memory and lets the call
 * fail with EPERM as it would have, and the end of the run prints a line for each.  In every
 * other build there is no handler and nothing to tell.
 */
#ifndef EXHIBIT_HOST_SANDBOX_TRAP_H
#define EXHIBIT_HOST_SANDBOX_TRAP_H

#include <stdint.h>

#include "collector/host/sandbox.h"
#include "lib/base/buf.h"

/* What a filter returns for a call that no right allows: SECCOMP_RET_ERRNO with EPERM. */
uint32_t sandbox_trap_action(void);

/* Before the filter of a stage: from now on what is stopped is noted in ${mine}. */
void sandbox_trap_begin(struct sandbox *mine);

/**
 * sandbox_trap_report(s, out):
 * Append a line for each call that was stopped: stage, name, arguments of the last one.
 */
void sandbox_trap_report(const struct sandbox *s, struct buf *out);

#endif

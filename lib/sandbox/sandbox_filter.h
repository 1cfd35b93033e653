/*
 * sandbox_filter: from rights to a program for seccomp(2).
 *
 * The table sandbox_calls.def says which system calls a right allows.  The program checks
 * the architecture first, because a number means another call on another one: a call of a
 * foreign architecture, or of x32, ends the process.  Then each call of the table is compared
 * in turn; what is left fails with EPERM.  Classic BPF, as linux/filter.h and seccomp(2)
 * describe it.
 */
#ifndef EXHIBIT_SANDBOX_SANDBOX_FILTER_H
#define EXHIBIT_SANDBOX_SANDBOX_FILTER_H

#include <linux/filter.h>
#include <stddef.h>
#include <stdint.h>

/* What a process may do; a stage has a set of them. */
#define SANDBOX_BASE 1u			/* memory, time, to read and close what is open, to end */
#define SANDBOX_RECORD 2u		/* to write to what is open, threads, locked memory */
#define SANDBOX_READ 4u			/* to open for reading, to look, to list */
#define SANDBOX_ASK 8u			/* netlink, bpf, the kernel's log, signal 0, namespaces */
#define SANDBOX_UNDER 16u		/* copies of mounts that are mounted nowhere */
#define SANDBOX_STEP 32u		/* into the mounts of a container */
#define SANDBOX_NODE 64u		/* the node of a block device in a tmpfs of our own */
#define SANDBOX_SHED 128u		/* to lose more rights */
#define SANDBOX_BREED 256u		/* to make readers, with the rights they are born with */
#define SANDBOX_KEEP 512u		/* workstation: to write anywhere into what is open */
#define SANDBOX_OLD_SOCKETS 1024u	/* to ask a kernel that has no call but socketcall(2) */
#define SANDBOX_APPEND 2048u		/* workstation: folders, and files to append to */
#define SANDBOX_PLACE 4096u		/* workstation: folders, links and files that are new */

#define SANDBOX_FILTER_MAX 1024u	/* instructions */

/**
 * sandbox_filter_make(rights, denied, out):
 * Write the program into ${out}, which has room for SANDBOX_FILTER_MAX instructions.
 * ${denied} is what it returns for a call that no right allows: SECCOMP_RET_ERRNO | EPERM.
 * Return its length, or 0 if it does not fit or this architecture is not known.
 */
size_t sandbox_filter_make(uint32_t rights, uint32_t denied, struct sock_filter *out);

/**
 * sandbox_filter_calls(rights):
 * The number of different system calls that the rights allow, with some arguments or all.
 */
unsigned sandbox_filter_calls(uint32_t rights);

#endif

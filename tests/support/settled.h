/*
 * settled: when a process that a test has started is at rest.
 *
 * Its state alone does not tell: it says "sleeping" a moment before it is put aside, and a new
 * program has closed what its caller had open before its code and its arguments are there.
 */
#ifndef EXHIBIT_TESTS_SETTLED_H
#define EXHIBIT_TESTS_SETTLED_H

#include <sys/types.h>

/* Wait until ${pid} sleeps in a system call that is not number ${past}, its last one before
 * that: it has no processor any more, and its counters stand still (proc_pid_syscall(5); a
 * kernel without it: a tenth of a second).  Aborts after a minute. */
void settled_wait(pid_t pid, long past);

#endif

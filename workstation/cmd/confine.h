/*
 * confine: the workstation's program gives up what it does not need, before it looks at the
 * first byte that somebody else wrote.
 *
 * From then on it can read and write what is open, take memory, and end: it opens no file,
 * executes nothing, makes no process and no connection, sends no signal.  Four layers, held by
 * the kernel: no_new_privs; Landlock without a path (Linux 5.13); no new descriptor and no core
 * (setrlimit(2)); a list of system calls (seccomp(2), lib/sandbox), of which others fail with
 * EPERM.  There is no way back.
 */
#ifndef EXHIBIT_CMD_CONFINE_H
#define EXHIBIT_CMD_CONFINE_H

/**
 * confine_enter():
 * Enter all layers; a second call does nothing.  Whatever this kernel does not enforce is said
 * on standard error, one line for each layer, and the others hold.  A build with SANDBOX_NONE, as
 * that of the sanitizers is, enters none.
 */
void confine_enter(void);

#endif

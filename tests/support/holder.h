/*
 * holder: processes that hold what a collector must find, and files without a name.
 */
#ifndef EXHIBIT_TESTS_HOLDER_H
#define EXHIBIT_TESTS_HOLDER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A file below /tmp with this content, whose name is gone; the open descriptor. */
int holder_deleted(const void *data, size_t n);

/* The name of a file in the archive, "FOLDER/MAJOR-MINOR-INODE", of a descriptor. */
const char *holder_name(const char *folder, int fd);

/*
 * Copy the program ${from} to ${to} and run it as a child, "sleep" for a minute; returns once
 * it runs there.  End it with live_box_end.
 */
pid_t holder_run(const char *from, const char *to);

/*
 * A child with two threads, of which the second calls ${prepare} (with the argument) and then
 * waits; the first ends after that if ${first_ends}.  Returns once the second waits, with its
 * number in *${tid}.
 */
pid_t holder_threads(void (*prepare)(void *), void *arg, int first_ends, pid_t *tid);

/* Make a child run that descriptor instead. */
pid_t holder_run_fd(int fd);

#endif

/*
 * collect: the acquisition as a pipeline, on one page.
 */
#ifndef EXHIBIT_COLLECTOR_COLLECT_H
#define EXHIBIT_COLLECTOR_COLLECT_H

#include <signal.h>

#include "collector/cmd/args.h"

/**
 * collect(args, argv, stop):
 * Do what ${args} say: collect, or with --plan print what would be collected.  ${stop}
 * becomes the number of a signal that asks to end; ${inherited} is the note of
 * self_sanitise.  Everything that a person has to know was shown on return.
 * Returns the exit code of the process.
 */
enum args_exit collect(const struct args *args, char *const argv[],
		       const volatile sig_atomic_t *stop, const char *inherited);

#endif

/*
 * brood: which process is the reader of a nursery, for tests that stop or kill it.
 */
#ifndef EXHIBIT_TESTS_BROOD_H
#define EXHIBIT_TESTS_BROOD_H

#include <sys/types.h>

/* The youngest child of the nursery that has not ended; 0: there is none. */
pid_t brood_reader(pid_t nursery);

#endif

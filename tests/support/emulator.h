/*
 * emulator: what a test cannot ask of an emulator of processes.
 *
 * Tests of another machine run under qemu-user, which hands most system calls to the kernel,
 * does some itself and lacks others.  Who tests one that is lacking asks here first, and for
 * that one alone.  make sets EMULATOR; on a kernel that runs the program itself it is empty.
 */
#ifndef EXHIBIT_TESTS_EMULATOR_H
#define EXHIBIT_TESTS_EMULATOR_H

#include <stdbool.h>
#include <stddef.h>

/**
 * emulator_lacks(what):
 * Under an emulator say on standard error that the calling test is skipped for lack of
 * ${what} ("seccomp filters") and return true.  Otherwise return false.
 */
bool emulator_lacks(const char *what);

/**
 * emulator_rounds(n):
 * Return how often to do what is done ${n} times only to be likely to meet a race, or to try
 * many inputs of one kind: ${n}, and a twentieth of it under an emulator, which is as much
 * slower.  The machine that the test is written on does all of them.
 */
int emulator_rounds(int n);

/**
 * emulator_step(void):
 * Return how far it is from one to the next where every byte of something is tried: 1, and 19
 * under an emulator.
 */
size_t emulator_step(void);

#endif

/*
 * samples: files of real hosts that lie beside the project, not in it: in the folder that
 * EXHIBIT_SAMPLES names, else in ../shared/samples.
 */
#ifndef EXHIBIT_TESTS_SAMPLES_H
#define EXHIBIT_TESTS_SAMPLES_H

#include "lib/base/buf.h"

/**
 * samples_read(name, b):
 * Read one file into ${b}.  False, with a word about it, where it is absent: skip the test.
 */
bool samples_read(const char *name, struct buf *b);

#endif

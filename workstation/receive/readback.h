/*
 * readback: a person types what the screen of the host showed.
 *
 * What the archive says is never shown before: a hash that could be copied from our own
 * screen would prove nothing about the host's.
 */
#ifndef EXHIBIT_RECEIVE_READBACK_H
#define EXHIBIT_RECEIVE_READBACK_H

#include <stdbool.h>

#include "lib/base/buf.h"

#define READBACK_TRIES 5u

/**
 * readback_ask(in, out, what, typed):
 * Ask on ${out} for ${what} ("the fingerprint") and read a line from ${in} until it has the
 * form of a hash (64 digits or short form with its check letter), at most READBACK_TRIES
 * times.  True: ${typed} is it.  False: nothing was typed, or the input ended.
 */
bool readback_ask(int in, int out, const char *what, struct buf *typed);

/* The terminal of this process, to be closed by the caller, or -1. */
int readback_terminal(void);

#endif

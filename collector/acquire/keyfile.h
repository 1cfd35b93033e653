/*
 * keyfile: does a file hold a private key?
 *
 * Known by how it begins; a key somewhere inside a log or a script is evidence of
 * something else and does not count.
 */
#ifndef EXHIBIT_ACQUIRE_KEYFILE_H
#define EXHIBIT_ACQUIRE_KEYFILE_H

#include <stdbool.h>
#include <stddef.h>

/**
 * keyfile_is_private(data, n):
 * True if the first ${n} bytes of a file are those of a private key: PEM (RFC 7468) of
 * any kind, certificates before it included, OpenSSH's and PuTTY's own forms.
 */
bool keyfile_is_private(const void *data, size_t n);

#endif

/*
 * identity: files of secret keys, as age-keygen(1) makes them, made and read on the
 * workstation, for the laboratory and for a second holder (escrow).
 */
#ifndef EXHIBIT_CUSTODY_IDENTITY_H
#define EXHIBIT_CUSTODY_IDENTITY_H

#include "lib/base/err.h"
#include "lib/crypt/age_recipient.h"

/**
 * identity_new(path, r, e):
 * Make a key and the file ${path} of it, which must not exist (mode 0600, synced): "age -d -i"
 * reads it.  ${r} becomes its public half.  Return 0, or -1 with ${e}: then there is no file.
 */
int identity_new(const char *path, struct age_recipient *r, struct err *e);

/**
 * identity_recipient(path, r, e):
 * The public half of the one key in an identity file.  Return 0, or -1 with ${e}: it cannot
 * be read, or holds several, of which one has to be chosen.
 */
int identity_recipient(const char *path, struct age_recipient *r, struct err *e);

#endif

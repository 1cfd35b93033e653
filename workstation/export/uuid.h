/*
 * uuid: identifiers that are made of what they name (RFC 9562 section 5.5, UUIDv5): the same
 * name, the same identifier, in every case and on every workstation.
 *
 * Observables of STIX have a space of their own (STIX 2.1 section 2.9), in which everybody's
 * identifier of the same file or address is the same; nothing else may be named in it.
 */
#ifndef EXHIBIT_EXPORT_UUID_H
#define EXHIBIT_EXPORT_UUID_H

#include "lib/base/buf.h"

enum uuid_space {
	UUID_STIX, /* 00abedb4-aa42-466c-9c01-fed23315a9b7: the name is canonical JSON (RFC 8785) */
	UUID_OURS  /* 3a1f9d52-7c0e-4b6b-9a35-5d1c86e2f047: "what:name", whatever we call so */
};

/**
 * uuid_put(b, space, name):
 * Append the 36 characters of the identifier of ${name}.  If ${name} failed, or there is no
 * memory, ${b} has failed, too.  digest_start must have been called.
 */
void uuid_put(struct buf *b, enum uuid_space space, const struct buf *name);

#endif

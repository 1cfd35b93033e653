/*
 * load_rpm: the databases of rpm, whatever keeps them: SQLite, ndb or Berkeley DB.
 *
 * A SQLite database on a host that ran may have pages in its write-ahead log that its file does
 * not have yet; these are two members, which come in any order.  Where there is such a log both
 * are kept until finish_rpm joins them.
 */
#ifndef EXHIBIT_CASE_LOAD_RPM_H
#define EXHIBIT_CASE_LOAD_RPM_H

#include <stdint.h>

#include "workstation/case/loader.h"

/**
 * load_rpm_header(l, blob, pos):
 * Put a package and its files from the header ${blob}, which begins at ${pos} of the member
 * (CASE_NULL: nowhere in one piece).  What is no header is a note.  0, or -1 with l->e.
 */
int load_rpm_header(struct loading *l, struct bytes blob, int64_t pos);

/**
 * load_rpm_image(l, image, n):
 * Put all packages of the SQLite database ${image}, which is written to: it is made one without
 * a log.  A database that SQLite cannot read is a note.  0, or -1 with l->e.
 */
int load_rpm_image(struct loading *l, uint8_t *image, size_t n);

#endif

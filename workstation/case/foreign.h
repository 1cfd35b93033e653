/*
 * foreign: an SQLite database that was found in an archive, read from memory.
 *
 * Somebody may have made it to harm its reader.  It is a copy, read-only; its triggers and
 * views are not run and its schema is not trusted; lengths, depth and the work that one query
 * may take are limited, and cells are checked (sqlite.org/security.html, "Untrusted SQLite
 * Database Files").
 */
#ifndef EXHIBIT_CASE_FOREIGN_H
#define EXHIBIT_CASE_FOREIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"

struct foreign;

/* NULL: no memory.  What is wrong with the database is seen at the first query. */
struct foreign *foreign_open(const void *p, size_t n);
void foreign_close(struct foreign *f);

/* Begin a query; false: foreign_why says why it cannot be. */
bool foreign_ask(struct foreign *f, const char *sql);

/* Go to the next row: 1, 0 behind the last, -1: the database is damaged, or takes too long. */
int foreign_step(struct foreign *f);

/* A column of the row, from 0: a number (INT64_MIN: it is none), or bytes, valid until the next
 * step (p NULL: it is NULL). */
int64_t foreign_int(struct foreign *f, int column);
struct bytes foreign_text(struct foreign *f, int column);

/* What SQLite says of the last failure; it may quote names of the database. */
const char *foreign_why(struct foreign *f);

#endif

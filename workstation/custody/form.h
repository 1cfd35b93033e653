/*
 * form: the custody record on paper: one HTML page that loads nothing, runs nothing, and
 * prints on A4 and on Letter.
 *
 * Item, hashes, clock, every event, lines for ink signatures, what is proven and what is
 * not, and a declaration to be filled in (Fed. R. Evid. 902(11), (13), (14); 28 U.S.C. 1746).
 * Everything from the record is escaped text already (lib/base/text) and is escaped for HTML
 * here: no name can become markup.  A record that does not hold is printed with that said
 * first.
 */
#ifndef EXHIBIT_CUSTODY_FORM_H
#define EXHIBIT_CUSTODY_FORM_H

#include <stdbool.h>

#include "lib/base/buf.h"
#include "workstation/custody/ledger.h"

#define FORM_MAX (64u << 20)	/* bytes of a page; a record of 16 MiB fits */

/* The paper; FORM_ANY leaves it to the printer. */
enum form_paper { FORM_ANY, FORM_A4, FORM_LETTER };

/**
 * form_write(out, l, paper, now):
 * Append the page.  Bad signatures in ${l} have been told before (ledger_check_add).  ${now}
 * is printed as the time of the page.
 */
void form_write(struct buf *out, const struct ledger *l, enum form_paper paper,
		struct instant now);

/**
 * form_escape(out, s):
 * Append escaped text so that HTML takes it for text, in an element and in a quoted attribute.
 */
void form_escape(struct buf *out, const char *s);

#endif

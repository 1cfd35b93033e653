/*
 * readme: CUSTODY/README.txt, how to check an archive without this program.
 *
 * A page of instructions and, verbatim, scripts/verify-by-hand.sh, which is put
 * into the program when it is built.
 */
#ifndef EXHIBIT_CUSTODY_README_H
#define EXHIBIT_CUSTODY_README_H

#include "lib/base/buf.h"

/* Line before and after the text of the script; sed can cut it out. */
#define README_SCRIPT_BEGIN "----- begin verify-by-hand.sh -----"
#define README_SCRIPT_END "----- end verify-by-hand.sh -----"

/**
 * readme_text(out):
 * Append the whole text.  It depends on nothing but the program's version.
 */
void readme_text(struct buf *out);

#endif

/*
 * worth: what a case is worth as evidence, in the words that everything that reads it uses.
 */
#ifndef EXHIBIT_CASE_WORTH_H
#define EXHIBIT_CASE_WORTH_H

#include "lib/bundle/bundle_read.h"
#include "workstation/case/db.h"

/**
 * worth_worst(db, v, e):
 * The worst verdict of the archives of a case into ${v}: of none BUNDLE_COMPLETE; a word that is
 * no verdict, in a case that somebody else made, is BUNDLE_ALTERED.  Return 0, or -1.
 */
int worth_worst(struct case_db *db, enum bundle_verdict *v, struct err *e);

/* The sentence that goes with an answer out of such a case, without a newline; NULL: nothing
 * has to be said. */
const char *worth_sentence(enum bundle_verdict v);

#endif

/*
 * report: what an examiner reads first, as one HTML page.
 *
 * The page needs no other file, no network and no script to be read; a content security policy
 * forbids it everything but its own style and script, by their hashes.  Its size does not grow
 * with the inventory: it has what rules noticed, pictures, counts, and for the rest the command
 * that shows it.  docs/decisions/0030-report.md says why.
 */
#ifndef EXHIBIT_REPORT_REPORT_H
#define EXHIBIT_REPORT_REPORT_H

#include "workstation/case/db.h"

/**
 * report_write(db, fd, name, e):
 * Write the page on the case ${db}, in which rules_run was called, to ${fd}, which stays the
 * caller's.  ${name} is what the page tells its reader to give to `exhibit show`: the case or the
 * archive as the user named it.  Return 0, or -1; then what was written is no whole page.
 */
int report_write(struct case_db *db, int fd, const char *name, struct err *e);

#endif

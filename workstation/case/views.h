/*
 * views: the views of views.def, among them `event`, the one timeline of a case.
 */
#ifndef EXHIBIT_CASE_VIEWS_H
#define EXHIBIT_CASE_VIEWS_H

#include "workstation/case/db.h"

/**
 * views_create(db, e):
 * Put them into a new case, for whoever opens it with another tool.  Return 0, or -1.
 */
int views_create(struct case_db *db, struct err *e);

/**
 * views_make(db, e):
 * Make them for this connection alone, as db_open does: those that lie in a case are not used,
 * since anybody may have put something else there.
 */
int views_make(struct case_db *db, struct err *e);

#endif

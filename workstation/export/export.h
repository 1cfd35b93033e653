/*
 * export: a case in the forms that other tools read.
 *
 * Every form is written in one pass over answers of SQL and in constant memory.  Text of the
 * evidence is escaped text (docs/FORMAT.md section 1) in all of them; what a form forbids
 * besides is told at its row of export.def.  The same case gives the same bytes.
 */
#ifndef EXHIBIT_EXPORT_EXPORT_H
#define EXHIBIT_EXPORT_EXPORT_H

#include <stdbool.h>

#include "workstation/case/db.h"

enum export_form {
#define EXPORT(id, option, help) EXPORT_##id,
#include "workstation/export/export.def"
#undef EXPORT
	EXPORT_COUNT
};

/**
 * export_write(db, form, fd, e):
 * Write the case to ${fd}, which stays the caller's: a file, of EXPORT_JSONL a folder.  Return 0,
 * or -1: then what was written is not whole.  digest_start must have been called.
 */
int export_write(struct case_db *db, enum export_form form, int fd, struct err *e);

/* True of a form that tells what rules noticed: rules_run comes first. */
bool export_needs_rules(enum export_form form);

/* True of a form that makes files of its own, below the folder and by appending. */
bool export_makes_files(enum export_form form);

#endif

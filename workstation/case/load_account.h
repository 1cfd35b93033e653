/*
 * load_account: what the loaders of accounts share.
 */
#ifndef EXHIBIT_CASE_LOAD_ACCOUNT_H
#define EXHIBIT_CASE_LOAD_ACCOUNT_H

#include "workstation/case/loader.h"
#include "workstation/parse/account.h"

/**
 * load_account_note(l, kind, pos, line, what):
 * Note that a line was no ${what}, or points to NIS; nothing for an empty one.  0 or -1.
 */
int load_account_note(struct loading *l, enum account_line kind, uint64_t pos, uint64_t line,
		      const char *what);

#endif

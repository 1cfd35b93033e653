#include "workstation/case/load_account.h"

int load_account_note(struct loading *l, enum account_line kind, uint64_t pos, uint64_t line,
		      const char *what)
{
	if (kind == ACCOUNT_BAD)
		return case_note(l, (int64_t)pos, (int64_t)line, "unreadable", "no %s", what);
	if (kind == ACCOUNT_NIS)
		return case_note(l, (int64_t)pos, (int64_t)line, "elsewhere",
				 "a line for NIS: more of these are on another machine");
	return 0;
}

#include <string.h>

#include "workstation/case/db_state.h"
#include "workstation/parse/histset.h"
#include "workstation/parse/line.h"

/* history_setting(environ, kind): the variable that switches the history off, or moves it; NULL. */
static void history_setting(sqlite3_context *c, int n, sqlite3_value **v)
{
	const char *text = (const char *)sqlite3_value_text(v[0]);
	const char *word = (const char *)sqlite3_value_text(v[1]);
	enum histset_kind wanted;
	struct scan s;

	(void)n;
	if (text == NULL || word == NULL)
		return;
	wanted = strcmp(word, "off") == 0 ? HISTSET_OFF : HISTSET_MOVED;
	s = scan_begin(text, (size_t)sqlite3_value_bytes(v[0]));
	while (!line_ended(&s)) {
		struct bytes one;

		if (!line_to(&s, "\\x0a", &one))
			one = line_rest(&s);
		if (histset_variable(one) != wanted)
			continue;
		sqlite3_result_text64(c, one.p, one.len, SQLITE_TRANSIENT, SQLITE_UTF8);
		return;
	}
}

int db_functions(struct case_db *db)
{
	return sqlite3_create_function_v2(db->sqlite, "history_setting", 2,
					  SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY,
					  NULL, history_setting, NULL, NULL, NULL);
}

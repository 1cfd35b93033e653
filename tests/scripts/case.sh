#!/bin/sh
set -eu
# shellcheck source=/dev/null
. "$TESTDIR/expect"
check="$SRCDIR/scripts/gen-case.sh"

# shellcheck disable=SC1003  # the backslash ends a line of C
printf '%s\n' '#define CASE_HOST(COL) \' '	COL(TEXT, name, "its name")' \
	'#define CASE_WHERE(COL) \' '	COL(REF, object, "who says it")' \
	'#define CASE_LOGIN(COL) CASE_WHERE(COL) \' '	COL(TIME, time, "when")' \
	'#define CASE_TABLES(TABLE) \' '	TABLE(login, CASE_LOGIN, "somebody came")' |
	file workstation/case/tables.def
echo 'LOADER(wtmp, "/var/log/wtmp /run/utmp", WHOLE, 64 << 20, "who came")' | file workstation/case/loaders.def
echo 'FINISH(login, "who left")' | file workstation/case/finish.def
echo 'INDEX(login_time, login, "(host, time)", DB_AFTER_CONTENT)' | file workstation/case/indexes.def
echo 'VIEW(event, "what happened", "SELECT 1")' | file workstation/case/views.def
file docs/CASE.md </dev/null
refuses 'run scripts/gen-case.sh' "$check" --check
passes "$check"
passes "$check" --check
# shellcheck disable=SC2016  # the backquotes are Markdown
for line in '## login' 'Somebody came.' '| `object` | REF | who says it |' '| `time` | TIME | when |' \
	'| `name` | TEXT | its name |' '| `wtmp` | `/var/log/wtmp` `/run/utmp` | who came |' \
	'- `login`: who left' '- `event`: what happened' '| `login` | (host, time) |'; do
	grep -qxF -- "$line" "$TREE/docs/CASE.md"
done
echo 'FINISH(login, "who stayed")' | file workstation/case/finish.def
refuses 'run scripts/gen-case.sh' "$check" --check

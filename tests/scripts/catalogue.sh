#!/bin/sh
set -eu
# shellcheck source=/dev/null
. "$TESTDIR/expect"
check="$SRCDIR/scripts/gen-catalogue.sh"

echo 'CATEGORY(LOGS, "logs", "what services wrote")' | file collector/select/category.def
# shellcheck disable=SC1003  # the backslash ends a line of C
printf '%s\n' '#define PROFILE_TRIAGE ( \' '	C(LOGS))' \
	'PROFILE("triage", PROFILE_TRIAGE | C(NONE),' '	"some")' | file collector/select/profile.def
row='ARTIFACT(auth, LOGS, CONTENT, "/var/log/auth*", MIB(4), SCRIPTS, "who came in")'
echo "$row" | file collector/select/catalogue.def
echo 'SOURCE(tail, LOGS, AFTER, "", tail_run, "what came last")' | file collector/volatile/sources.def
file docs/CATALOGUE.md </dev/null
refuses 'run scripts/gen-catalogue.sh' "$check" --check
passes "$check"
passes "$check" --check
# shellcheck disable=SC2016  # the backquotes are Markdown
grep -qF '| `tail` | `live/` | content | | what came last |' "$TREE/docs/CATALOGUE.md"
# shellcheck disable=SC2016
grep -qF '| `auth` | `/var/log/auth*` | content (text only) | 4 MiB | who came in |' "$TREE/docs/CATALOGUE.md"
echo "$row" | sed 's/came in/went out/' | file collector/select/catalogue.def
refuses 'run scripts/gen-catalogue.sh' "$check" --check

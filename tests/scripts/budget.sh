#!/bin/sh
set -eu
# shellcheck source=/dev/null
. "$TESTDIR/expect"
check="$SRCDIR/scripts/check-budget.sh"

# function NAME LINES
function_of() {
	printf 'void %s(void)\n{\n' "$1"
	seq 1 $(($2 - 3)) | sed 's/.*/\tf(&);/'
	printf '}\n'
}
{ function_of a 80; function_of b 5; function_of c 5; } | file lib/base/a.c
passes "$check"
grep -q '3 functions: median 5, .*, longest 80 lines' output
{ function_of a 81; function_of b 5; function_of c 5; } | file lib/base/a.c
refuses 'lib/base/a.c:1: 81 lines' "$check"
{ function_of a 20; function_of b 20; function_of c 5; } | file lib/base/a.c
refuses 'the median function has 20 lines' "$check"
seq 1 601 | sed 's/.*/\/\* & *\//' | file lib/base/a.c
refuses '601 lines, at most 600' "$check"

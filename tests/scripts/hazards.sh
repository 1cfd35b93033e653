#!/bin/sh
set -eu
# shellcheck source=/dev/null
. "$TESTDIR/expect"
check="$SRCDIR/scripts/check-hazards.sh"
echo '#!/bin/sh' | file tests/hostile/one.sh
echo 'START_TEST(test_it_holds)' | file tests/collector/acquire/test_walk.c
# shellcheck disable=SC2016  # backquotes of a table
table='| a | `hostile/one.sh`, `collector/acquire/walk:test_it_holds` | b |'
echo "$table" | file docs/HAZARDS.md
passes "$check"
grep -q '1 scenarios and 1 unit tests' output
echo "$table" | sed 's:one.sh:two.sh:' | file docs/HAZARDS.md
refuses 'there is no tests/hostile/two.sh' "$check"
echo "$table" | sed 's:test_it_holds:test_it_fails:' | file docs/HAZARDS.md
refuses 'test_walk.c has no test_it_fails' "$check"
echo nothing | file docs/HAZARDS.md
refuses 'names no test' "$check"

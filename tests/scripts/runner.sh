#!/bin/sh
set -eu
# shellcheck source=/dev/null
. "$TESTDIR/expect"
run="$SRCDIR/tests/cli/run"
unset T KEEP

printf 'echo hello; echo "took 12 s"; echo x; echo end; echo oops >&2; exit 3\n' | file t/a.sh
echo 3 | file t/a.exit
printf 'hello\ntook * s\n...\nend\n' | file t/a.stdout.glob
printf 'oops\n' | file t/a.stderr.exact
passes "$run" "$TREE/t"
grep -q '^1 passed, 0 failed$' output

echo 0 | file t/a.exit
refuses 'exit code 3, wanted 0' "$run" "$TREE/t"
refuses '0 passed, 1 failed' "$run" "$TREE/t"
echo 3 | file t/a.exit
printf 'hello\ntook ? s\n...\n' | file t/a.stdout.glob
refuses 'wanted: took ? s' "$run" "$TREE/t"
printf 'hello\n...\nnever\n' | file t/a.stdout.glob
refuses 'no line fits: never' "$run" "$TREE/t"
printf 'hello\n' | file t/a.stdout.glob
refuses 'more than expected: took 12 s' "$run" "$TREE/t"
printf '...\n' | file t/a.stdout.glob
printf 'else\n' | file t/a.stderr.exact
refuses '+oops' "$run" "$TREE/t"
passes "$run" --bless "$TREE/t"
grep -qx oops "$TREE/t/a.stderr.exact"
passes "$run" "$TREE/t"

printf 'sleep 20\n' | file t/slow.sh
TEST_TIMEOUT=1 refuses 'exit code 124' "$run" "$TREE/t" slow
rm "$TREE/t/slow.sh"
printf 'echo "no such tool here" >&2; exit 77\n' | file t/none.sh
passes "$run" "$TREE/t"
grep -q '^skip none: no such tool here$' output
grep -q '^1 passed, 0 failed$' output
passes "$run" "$TREE/missing"

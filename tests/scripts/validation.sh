#!/bin/sh
set -eu
# shellcheck source=/dev/null
. "$TESTDIR/expect"
check="$SRCDIR/scripts/validation.sh"
BUILD=build
export BUILD

tap() { # RESULT: of one unit test
	printf 'ok 1 - tests/a/test_b.c:case:test_it_holds: Passed\n%s 2 - tests/a/test_b.c:case:test_loops: %s\nok 3 - tests/a/test_b.c:case:test_loops: Passed\n' \
		"$1" "$1" | file build/checks/unit.tap
}
mkdir -p "$TREE/build"
for name in exhibit-collect exhibit; do
	printf '#!/bin/sh\necho "%s 1"\n' "$name" | file "build/$name"
	chmod +x "$TREE/build/$name"
done
cat <<'END' | file tests/validation.def
# a comment
LC-01 | It holds. | tests/a/test_b.c:it_holds, tests/hostile/one.sh, make check-repro | -
LC-02 | It loops. | tests/a/test_b.c:loops | nothing else
LC-03 | It flies. | - | this version does not fly
END
file docs/VALIDATION.md </dev/null
refuses 'run make check first' "$check"
tap ok
printf 'ok one\n1 passed, 0 failed\n' | file build/checks/hostile.log
echo 0 | file build/checks/hostile.code
echo 0 | file build/checks/repro.code
file build/checks/repro.log </dev/null
refuses 'is not what' "$check" --check
passes "$check"
passes "$check" --check
grep -qF '3 assertions: 2 passed, 0 not tried here, 1 not shown' output || { cat output; exit 1; }
# shellcheck disable=SC2016  # the backquotes are Markdown
grep -qF '| LC-02 | It loops. | `tests/a/test_b.c:loops` | passed | nothing else |' "$TREE/docs/VALIDATION.md"
grep -qF '| LC-03 | It flies. |  | not shown | this version does not fly |' "$TREE/docs/VALIDATION.md"

# each of a looped test has to pass
tap 'not ok'
refuses '| FAILED |' "$check" --check
tap ok
echo 'skip one: no root here' | file build/checks/hostile.log
passes "$check" --check
grep -qF '1 not tried here' output
passes "$check"
grep -qF '| not tried, no root here |' "$TREE/docs/VALIDATION.md"
echo 1 | file build/checks/repro.code
refuses '| FAILED |' "$check" --check
echo 0 | file build/checks/repro.code
file build/checks/hostile.log </dev/null
refuses '| NOT FOUND |' "$check" --check

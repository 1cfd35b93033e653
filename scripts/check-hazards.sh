#!/bin/sh
# docs/HAZARDS.md names tests: each must be there. TREE names another tree to look at.
set -eu
LC_ALL=C
export LC_ALL
cd "${TREE:-$(dirname "$0")/..}"
table=docs/HAZARDS.md
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
status=0

# Scenarios, in backquotes: folder/name.sh.
# shellcheck disable=SC2016  # no expansion is meant
grep -o '`[a-z]*/[a-z0-9-]*\.sh`' "$table" | tr -d '`' | grep -v '^scripts/' | sort -u >"$scratch/scenarios" || :
while IFS= read -r name; do
	[ -f "tests/$name" ] || { echo "$table: there is no tests/$name"; status=1; }
done <"$scratch/scenarios"

# Unit tests: path/of/module:test_name.
# shellcheck disable=SC2016
grep -o '`[a-z0-9_/]*:test_[a-z0-9_]*`' "$table" | tr -d '`' | sort -u >"$scratch/units" || :
while IFS=: read -r module test; do
	file=tests/${module%/*}/test_${module##*/}.c
	grep -qs "^START_TEST($test)" "$file" || { echo "$table: $file has no $test"; status=1; }
done <"$scratch/units"

if [ ! -s "$scratch/scenarios" ] || [ ! -s "$scratch/units" ]; then
	echo "$table names no test"
	status=1
fi
[ "$status" -ne 0 ] ||
	echo "$(wc -l <"$scratch/scenarios") scenarios and $(wc -l <"$scratch/units") unit tests are there"
exit "$status"

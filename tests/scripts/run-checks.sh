#!/bin/sh
# The exit code is that of the checks: 0 if all of them passed, in either lane, else another.
set -eu
# shellcheck source=/dev/null
. "$TESTDIR/expect"
mkdir -p scripts
cp "$SRCDIR/scripts/run-checks.sh" scripts/
{
	printf 'all harness build/unit:\n\t@:\n'
	printf 'check-budget check-cli check-symbols:\n\t@echo well\n'
	printf 'check-source check-fuzz:\n\t@echo badly; exit 1\n'
} >Makefile
check=scripts/run-checks.sh
passes "$check" budget
passes "$check" cli
passes "$check" budget cli symbols
grep -qx '3 passed, 0 failed' output
grep -q '^ok   cli .*well$' output
refuses '0 passed, 1 failed' "$check" source
refuses '0 passed, 1 failed' "$check" fuzz
refuses '2 passed, 1 failed' "$check" budget fuzz cli
refuses '2 passed, 1 failed' "$check" source cli symbols

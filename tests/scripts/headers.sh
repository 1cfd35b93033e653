#!/bin/sh
set -eu
# shellcheck source=/dev/null
. "$TESTDIR/expect"
check="$SRCDIR/scripts/check-headers.sh"

printf '/* What\n * and why. */\nstruct a;\n' | file lib/base/a.h
passes "$check"
printf '/* Long\n * enough\n * comment. */\nvoid b(size_t n);\n' | file lib/base/b.h
refuses 'lib/base/b.h: does not compile alone' "$check"
printf '\nint b(int);\nint c(int);\nint d(int);\nint e(int); /* one */\n' | file lib/base/b.h
refuses 'at least 45 %' "$check"

#!/bin/sh
set -eu
# shellcheck source=/dev/null
. "$TESTDIR/expect"
CPPFLAGS=-I.
export CPPFLAGS
cp "$SRCDIR/.clang-tidy" "$TREE/"

printf 'int a(const int *p);\nint a(const int *p)\n{\n\treturn *p;\n}\n' | file lib/base/a.c
passes "$SRCDIR/scripts/check-cppcheck.sh"
passes "$SRCDIR/scripts/check-tidy.sh" cache
printf 'int a(void);\nint a(void)\n{\n\tint v[2] = { 0, 0 };\n\treturn v[2];\n}\n' | file lib/base/a.c
refuses 'arrayIndexOutOfBounds' "$SRCDIR/scripts/check-cppcheck.sh"
refuses 'clang-' "$SRCDIR/scripts/check-tidy.sh" cache
# A refusal is not remembered as a pass.
refuses 'clang-' "$SRCDIR/scripts/check-tidy.sh" cache
printf 'int a(int b);\nint a(int b)\n{\n\tif (b) {\n\t\tif (b > 1) {\n\t\t\tif (b > 2) {\n\t\t\t\tif (b > 3) {\n\t\t\t\t\treturn 9;\n\t\t\t\t}\n\t\t\t}\n\t\t}\n\t}\n\treturn b;\n}\n' |
	file lib/base/a.c
refuses 'readability-function-size' "$SRCDIR/scripts/check-tidy.sh" cache
# A table that a file includes counts as part of it.
printf 'int a(int b);\nint a(int b)\n{\n\treturn b;\n}\n' | file lib/base/a.c
passes "$SRCDIR/scripts/check-tidy.sh" cache

mkdir -p "$TREE/scripts" "$TREE/tests" "$TREE/.ci"
# shellcheck disable=SC2016  # the text of a script
printf '#!/bin/sh\necho "$1"\n' | file scripts/a.sh
passes "$SRCDIR/scripts/check-shell.sh"
# shellcheck disable=SC2016
printf '#!/bin/sh\nrm -rf $1/x\n' | file scripts/a.sh
refuses 'SC2086' "$SRCDIR/scripts/check-shell.sh"

#!/bin/sh
set -eu
# shellcheck source=/dev/null
. "$TESTDIR/expect"
check="$SRCDIR/scripts/check-source.sh"

good() { printf '/* Fine.\n * Really. */\nint a_b(void)\n{\n\treturn 1;\n}\n' | file lib/base/a.c; }
good
printf 'mktemp -d x.XXXXXX\n' | file scripts/a.sh
printf 'Suite *suite_a(void)\n{\n\treturn suite_create("lib/base/a");\n}\n' | file tests/lib/base/test_a.c
passes "$check"

refused() { # TEXT LINE
	{ cat "$TREE/lib/base/a.c"; printf '%b\n' "$2"; } | file lib/base/next.c
	mv "$TREE/lib/base/next.c" "$TREE/lib/base/a.c"
	refuses "$1" "$check"
	good
}
refused 'unfinished business' '/* TO''DO: more */'
refused 'unfinished business' '/* XX''X why */'
refused 'blanks at the end' 'int b; '
refused 'carriage return' 'int b;\r'
refused 'indented with tabs' '    int b;'
refused 'comment of the other kind' '\tint b; // no'
refused '101 columns' "/* $(printf '%095d' 0) */"
passes "$check"

sed 's:lib/base/a:a:' "$TREE/tests/lib/base/test_a.c" | file tests/lib/base/test_b.c
refuses 'no Suite *suite_b(void)' "$check"
refuses 'not named "lib/base/b"' "$check"
rm "$TREE/tests/lib/base/test_b.c"
mkdir -p "$TREE/tests/lib/item"
sed 's:base:item:' "$TREE/tests/lib/base/test_a.c" | file tests/lib/item/test_a.c
refuses 'test files of the same name: test_a.c' "$check"

rm -r "$TREE/tests/lib/item"
# The name of a folder may stand in an address; its path may not stand anywhere.
TREE=$TREE/check/tree
export TREE
mkdir -p "$TREE/docs"
mkdir "${TREE%/*}/beside"
echo "see https://example.org/libcheck/check/tree/beside and /check/tree" | file docs/a.md
passes "$check"
echo "see $TREE/docs" | file docs/a.md
refuses 'names a path of this machine' "$check"
echo "(${TREE%/*}/beside)" | file docs/a.md
refuses 'names a path of this machine' "$check"
rm "$TREE/docs/a.md"

# shellcheck disable=SC2016  # apt expands the format
host=$(apt-get indextargets --no-release-info --format '$(REPO_URI)' 2>/dev/null |
	sed -n 's#^[a-z+]*://\([^/:]*\).*#\1#p' | head -n 1)
if [ -n "$host" ] && [ "$host" != localhost ]; then
	echo "see $host" | file docs/a.md
	refuses 'names a package mirror' "$check"
fi

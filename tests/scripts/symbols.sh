#!/bin/sh
set -eu
# shellcheck source=/dev/null
. "$TESTDIR/expect"
check="$SRCDIR/scripts/check-symbols.sh"

compile() {
	(cd "$TREE" && find lib collector -name '*.c' 2>/dev/null) | while read -r source; do
		mkdir -p "obj/${source%/*}"
		cc-musl -fno-common -c "$TREE/$source" -o "obj/${source%.c}.o"
	done
}

echo 'int foo_go(void); int foo_go(void) { return 1; } static int bar; int foo; int *foo_p = &bar;' | file lib/base/foo.c
echo 'int bundle_put; int bundle_write_more;' | file lib/bundle/bundle_write.c
echo 'int process_collect;' | file collector/volatile/src_process.c
echo 'int plan_new; int plan_facts_of;' | file collector/select/plan_facts.c
echo '' | file collector/select/plan.h
echo 'int main(void) { return 0; }' | file collector/main.c
compile
passes "$check" obj

echo 'int helper(void); int helper(void) { return 1; }' | file lib/base/bad.c
refuses 'not compiled' "$check" obj
compile
refuses 'exports helper' "$check" obj
rm "$TREE/lib/base/bad.c"
echo '' | file collector/select/plan_facts.h
refuses 'exports plan_new' "$check" obj
rm "$TREE/collector/select/plan_facts.h"
echo 'int main(void) { return 0; }' | file lib/base/foo.c
compile
refuses 'exports main' "$check" obj

#!/bin/sh
# Runs the tests of tests/kernel on the kernel of each named suite of Debian: the same static
# binary boots, collects, and what it made is verified outside.
#
#   kernels.sh SUITE...        EXHIBIT_COLLECT and EXHIBIT name the programs
#
# A suite whose kernel is no other than that of one before, or that the mirror does not have, is
# said and passed over.
set -eu
cd "$(dirname "$0")/.."
cache=${EXHIBIT_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/exhibit}
failed=0 tried=0 seen=

for suite; do
	code=0
	out=$(EXHIBIT_KERNEL_SUITE=$suite tests/cli/run tests/kernel "${T:-collect}" 2>&1) || code=$?
	sum=$(cat "$cache/kernel-$suite/sha256" 2>/dev/null) || sum=
	case " $seen " in
	*" $sum "*) [ -z "$sum" ] || { echo "same $suite"; continue; } ;;
	esac
	seen="$seen $sum"
	version=$(sed -n 's/.* linux-\(image\|binary\)-[^_]*_\([^_]*\)_.*/\2/p' "$cache/kernel-$suite/sha256" 2>/dev/null) || :
	echo "$out" | sed "s/^/$suite ${version:-?}: /"
	tried=$((tried + 1))
	[ "$code" -eq 0 ] || failed=$((failed + 1))
done
echo "$tried kernels tried, $failed failed"
[ "$failed" -eq 0 ]

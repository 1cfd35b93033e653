#!/bin/sh
# Runs shellcheck over every shell script, found by its first line. A .sh file
# without one is read by others and is checked as POSIX sh.
set -eu
cd "${TREE:-$(dirname "$0")/..}"
programs=
parts=
for file in $(find scripts tests .ci -type f 2>/dev/null | sort); do
	case $(head -c 64 "$file" | head -n 1 | tr -d '\0') in
	'#!/bin/sh'* | '#!/bin/bash'* | '#!/usr/bin/env bash'*) programs="$programs $file" ;;
	*) case $file in *.sh | tests/scripts/expect) parts="$parts $file" ;; esac ;;
	esac
done
# shellcheck disable=SC2086  # a list of files
[ -z "$programs" ] || shellcheck -x $programs
# shellcheck disable=SC2086
[ -z "$parts" ] || shellcheck -x -s sh $parts
# shellcheck disable=SC2086
set -- $programs $parts
echo "$# scripts without a finding"

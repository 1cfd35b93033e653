#!/bin/sh
# Runs shellcheck over every shell script, found by its first line.
set -eu
cd "${TREE:-$(dirname "$0")/..}"
list=$(find scripts tests .ci -type f 2>/dev/null | sort)
scripts=
for file in $list; do
	case $(head -c 64 "$file" | head -n 1 | tr -d '\0') in
	'#!/bin/sh'* | '#!/bin/bash'* | '#!/usr/bin/env bash'*) scripts="$scripts $file" ;;
	*) case $file in *.sh) echo "$file: no #! line"; exit 1 ;; esac ;;
	esac
done
# shellcheck disable=SC2086  # a list of files
shellcheck $scripts
# shellcheck disable=SC2086
set -- $scripts
echo "$# scripts without a finding"

#!/bin/sh
# cppcheck over our own code; a suppression stands beside its line, with the why.
set -eu
cd "${TREE:-$(dirname "$0")/..}"
folders=
for folder in lib collector workstation; do
	[ ! -d "$folder" ] || folders="$folders $folder"
done
[ -n "$folders" ] || { echo "nothing to check yet"; exit 0; }
# Unused functions and missing system headers are not findings in a library that
# grows, and checkers that only inform would drown the others.
# shellcheck disable=SC2086  # lists of options and folders
cppcheck -q -j "${EXHIBIT_JOBS:-$(nproc)}" --std=c11 --platform=unix64 --error-exitcode=1 \
	--enable=warning,performance,portability --inline-suppr \
	--suppress=missingInclude --suppress=missingIncludeSystem \
	--suppress=unmatchedSuppression --suppress=normalCheckLevelMaxBranches \
	-D__linux__ -D__x86_64__ ${CPPFLAGS:--I.} $folders
echo "no finding"

#!/bin/sh
# Builds both programs, collects this machine and verifies the archive.
#
#   demo.sh [FOLDER]      where the archive goes; build/demo unless given
set -eu
folder=${1:-}
[ -z "$folder" ] || { mkdir -p "$folder"; folder=$(cd "$folder" && pwd); }
cd "$(dirname "$0")/.."
folder=${folder:-$PWD/build/demo}
scripts/setup.sh build
make
mkdir -p "$folder"

# A code of 1 means: sealed, and the summary says what the rights or limits left out.
code=0
build/exhibit-collect -o "$folder" --case DEMO --examiner "$(id -un)" --notes "scripts/demo.sh" || code=$?
[ "$code" -le 1 ] || exit "$code"

archive=$(find "$folder" -maxdepth 1 -type f -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d ' ' -f 2-)
[ -n "$archive" ] || { echo "demo: no archive in $folder" >&2; exit 3; }
ls -l "$archive"
build/exhibit verify "$archive"

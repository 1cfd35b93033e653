#!/bin/sh
# Builds the same tree in two folders of different depth and compares the bytes.
#
#   repro.sh [BINARY...]     these, already built, have to be the same as well
#
# REPRO_DEPS=1 also builds the dependencies twice, from the cached sources.
set -eu
umask 022
unset MAKEFLAGS MFLAGS MAKELEVEL BUILD
cd "$(dirname "$0")/.."
scratch=$(mktemp -d "${TMPDIR:-/tmp}/exhibit-repro.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM
jobs=${EXHIBIT_JOBS:-$(nproc)}

# The copies have no history; they are told what the original was.
scripts/build-id.sh "$scratch/id.h"
EXHIBIT_COMMIT=$(sed -n 's/^#define EXHIBIT_COMMIT "\(.*\)"/\1/p' "$scratch/id.h")
export EXHIBIT_COMMIT
sources=$(scripts/build-deps.sh --sources)
out=build${EXHIBIT_ARCH:+/$EXHIBIT_ARCH}

build_in() { # FOLDER
	mkdir -p "$1"
	tar -cf - --exclude=./.git --exclude='./build' --exclude='./build-*' . | tar -xf - -C "$1"
	if [ "${REPRO_DEPS:-0}" = 1 ]; then
		EXHIBIT_SOURCES=$sources EXHIBIT_CACHE=$1.cache
		export EXHIBIT_SOURCES EXHIBIT_CACHE
	fi
	make --no-print-directory -C "$1" -j"$jobs" all >"$1.log" 2>&1 || { tail -n 20 "$1.log"; exit 1; }
}

first=$scratch/a
second=$scratch/b/some/deeper/folder
build_in "$first"
build_in "$second"

status=0
same() {
	cmp -s "$1" "$2" || { echo "differs: $3"; status=1; }
}
if [ "${REPRO_DEPS:-0}" = 1 ]; then
	same "$(find "$first.cache" -name complete)" "$(find "$second.cache" -name complete)" "the dependencies"
fi
for name in exhibit-collect exhibit; do
	same "$first/$out/$name" "$second/$out/$name" "$name, built in two folders"
	same "$first/$out/$name.debug" "$second/$out/$name.debug" "$name.debug, built in two folders"
done
for binary; do
	same "$first/$out/${binary##*/}" "$binary" "$binary and a clean build"
done
(cd "$first/$out" && sha256sum exhibit-collect exhibit)
[ "$status" -ne 0 ] || echo "the same bytes in every folder"
exit "$status"

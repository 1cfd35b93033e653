#!/bin/sh
set -eu
# shellcheck source=/dev/null
. "$TESTDIR/expect"
fetch="$SRCDIR/scripts/fetch-deps.sh"

mkdir sources
echo good >sources/thing.tar
sum=$(sha256sum <sources/thing.tar | cut -c1-64)
printf '[thing]\nversion 1\nfile thing.tar\nsha256 %s\napt none none\nupstream none\n' "$sum" >lock
# No network in this test: a mirror that is a folder.
EXHIBIT_MIRROR=file:$PWD/nowhere EXHIBIT_SOURCES=$PWD/sources
export EXHIBIT_MIRROR EXHIBIT_SOURCES

passes "$fetch" cache lock
grep -q 'thing.tar: folder EXHIBIT_SOURCES' output
EXHIBIT_SOURCES='' passes "$fetch" cache lock
echo evil >cache/thing.tar
passes "$fetch" cache lock
grep -q 'REFUSED: cached thing.tar' output
grep -qx good cache/thing.tar

rm cache/thing.tar
echo evil >sources/thing.tar
refuses 'REFUSED: thing.tar' "$fetch" cache lock
refuses 'no route led to thing.tar' "$fetch" cache lock
[ ! -e cache/thing.tar ]
printf '[thing]\nversion 1\nfile thing.tar\n' >lock
refuses 'no usable sha256' "$fetch" cache lock

#!/bin/sh
# Limits that would mean the opposite, wrap round or not fit: refused before
# anything is made.  And help that cannot be printed is an error.
set -eu
mkdir tree
refused() {
	code=0
	"$EXHIBIT_COLLECT" -o x.tar --root tree "$@" 2>log >&2 || code=$?
	sed 1q log
	[ "$code" -eq 2 ] || echo "exit $code: $*"
	[ ! -e x.tar ] || { echo "an archive was made: $*"; rm x.tar; }
}
refused --budget 0
refused --file-size 0
refused --deadline 0
refused --deadline 300000d
long=$(head -c 131000 /dev/zero | tr '\0' x)
refused --case "$long" --notes "$long" --witness "$long" --location "$long"
code=0
"$EXHIBIT_COLLECT" --help >/dev/full 2>log || code=$?
echo "help to a full disk: exit $code"
cat log

#!/bin/sh
# A full medium or a closed pipe: clear error, exit code 3, what was sealed stays valid.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
mkdir tree
i=0
while [ "$i" -lt 16 ]; do
	head -c 1048576 /dev/urandom >"tree/f$i"
	i=$((i + 1))
done

# the reader takes three megabytes and goes away
code=0
{ "$EXHIBIT_COLLECT" --quiet --root tree --profile logs --include '/**' --compress none --seal-bytes 1M -o - 2>log || echo $? >code; } |
	head -c 3000000 >pipe.tar
code=$(cat code)
[ "$code" -eq 3 ] || { cat log >&2; fixture_fail "closed pipe: exit $code, not 3"; }
grep -qi 'standard output' log || { cat log >&2; fixture_fail "closed pipe: the error names no output"; }
code=0
"$EXHIBIT" verify --quiet pipe.tar || code=$?
[ "$code" -eq 1 ] || fixture_fail "closed pipe: verdict $code, not TRUNCATED"

[ "$(id -u)" -eq 0 ] || { echo "skipped in part: needs root for a small file system"; exit 0; }
mkdir mnt
# shellcheck disable=SC2016
unshare -m sh -eu -c '
	. "$SRCDIR/tests/support/fixture.sh"
	mount -t tmpfs -o size=5m tmpfs mnt
	code=0
	fixture_collect tree mnt/x.tar --compress none --seal-bytes 1M 2>log || code=$?
	[ "$code" -eq 3 ] || { cat log >&2; fixture_fail "full medium: exit $code, not 3"; }
	grep -q "mnt/x.tar" log && grep -qi "space" log || { cat log >&2; fixture_fail "full medium: unclear message"; }
	code=0
	"$EXHIBIT" verify --json mnt/x.tar >verdict || code=$?
	[ "$code" -eq 1 ] || { cat verdict >&2; fixture_fail "full medium: verdict $code, not TRUNCATED"; }
	proven=$(sed -n "s/.*\"proven_bytes\": *\\([0-9]*\\).*/\\1/p" verdict)
	[ "$proven" -ge 2000000 ] || fixture_fail "full medium: only $proven bytes proven"
'

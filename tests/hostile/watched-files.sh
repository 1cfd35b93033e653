#!/bin/sh
# Files that somebody watches: whoever holds a lease is not told that we were there; whoever is
# asked before a file is opened or read, and does not answer, costs that file, and not the rest
# of its file system, unless it watches all of it; an automount is not triggered, not even
# where we may not detach it.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
fixture_alone
collect() { # EXIT-CODE ARCHIVE ARGUMENT...
	expected=$1
	archive=$2
	shift 2
	code=0
	"$@" timeout 120 "$EXHIBIT_COLLECT" --quiet --root tree --profile logs --include '/**' \
		--item-deadline 1 -o "$archive" 2>log || code=$?
	[ "$code" -eq "$expected" ] || { cat log >&2; fixture_fail "$archive: exit $code"; }
	fixture_complete "$archive"
}
mkdir tree
mount -t tmpfs tmpfs tree
mkdir tree/auto tree/leases tree/guarded
for n in 0 1 2 3 4 5 6 7 8 9; do
	echo "$n" >"tree/guarded/$n"
	echo "$n" >"tree/leases/$n"
done
touch -d '2020-01-02 03:04:05 UTC' tree/leases/*

fixture_watch lease tree/leases/3 tree/leases/4
fixture_watch share tree/leases/5
fixture_watch auto tree/auto
fixture_watch open tree/guarded/2 tree/guarded/6
fixture_watch read tree/guarded/4
collect 0 x.tar.zst
for n in 3 4; do fixture_row x.tar.zst "/leases/$n" leased '"size":2'; done
for n in 0 2 5 9; do fixture_row x.tar.zst "/leases/$n" none; done
fixture_row x.tar.zst /guarded/2 no-answer '"syscall":"openat"'
fixture_row x.tar.zst /guarded/6 no-answer '"syscall":"openat"'
fixture_row x.tar.zst /guarded/4 no-answer '"syscall":"read"'
for n in 0 1 3 5 7 8 9; do fixture_row x.tar.zst "/guarded/$n" none; done
fixture_row x.tar.zst /auto network-filesystem
[ ! -e told ] || { cat told >&2; fixture_fail "somebody was told"; }

collect 0 weak.tar.zst setpriv --bounding-set -sys_admin
fixture_row weak.tar.zst /auto network-filesystem
fixture_row weak.tar.zst /leases/3 leased
[ ! -e told ] || { cat told >&2; fixture_fail "somebody was told, without CAP_SYS_ADMIN"; }

# and the test can fail: whoever opens does tell them
cat tree/leases/3 >/dev/null 2>&1 &
plain=$!
fixture_until grep -q ^lease told
kill -KILL "$plain"
ls tree/auto/name >/dev/null 2>&1 &
plain=$!
fixture_until grep -q ^auto told
kill -KILL "$plain"

# all of a file system: two files prove it, a third at the end, the rest is not tried
mkdir tree/whole
mount -t tmpfs tmpfs tree/whole
for n in 0 1 2 3 4 5; do echo "$n" >"tree/whole/$n"; done
fixture_watch all tree/whole
collect 1 whole.tar.zst
"$EXHIBIT" list --json whole.tar.zst | grep '"path":"/whole' >rows
[ "$(grep -c '"gap":"no-answer"' rows)" -eq 3 ] || { cat rows >&2; fixture_fail "not three readers"; }
grep -q '"path":"/whole",.*"gap":"hung-mount"' rows || { cat rows >&2; fixture_fail "the rest is not told"; }

#!/bin/sh
# A tree that stands still, collected twice: the same hashes and the same metadata, line by
# line; and another program finds the same hash for every file.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"

mkdir tree
fixture_tree tree
rm tree/tmp/sparse	# a tebibyte: nobody else hashes it in time

# What may differ: the number of the private mount, and when the object was read. Without
# the right to forbid it, the access time of directories too.
lines() {
	fixture_collect tree "$1.tar" --compress none
	tar -xOf "$1.tar" --wildcards 'CUSTODY/segments/*/manifest.jsonl' 2>/dev/null >"$1.all"
	sed 's/"mnt":[0-9]*,//; s/,"opened":.*//; s/"atime":\(.*"noatime":false\)/\1/' "$1.all" >"$1.lines"
}
lines a
lines b
cmp a.lines b.lines || fixture_fail "two runs over the same tree differ"
[ "$(wc -l <a.lines)" -gt 20 ] || fixture_fail "hardly anything was collected"

sed -n 's/.*"type":"file".*"sha256":"\([0-9a-f]*\)".*/\1/p' a.all | sort >ours
find tree -type f -exec sha256sum {} + | sed 's/^\\//' | cut -c1-64 | sort >theirs
sort -u ours >ours.once
sort -u theirs >theirs.once
cmp ours.once theirs.once || fixture_fail "sha256sum says otherwise"
[ "$(wc -l <ours)" -gt 10 ] || fixture_fail "hardly a file has a hash"
echo more >>tree/etc/passwd
lines c
! cmp -s a.lines c.lines || fixture_fail "the comparison sees nothing"

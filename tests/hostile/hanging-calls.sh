#!/bin/sh
# A file system that the kernel calls local (overlay) over one that never answers: whichever
# call hangs, it costs one deadline and the object, and its neighbours are taken.  Then a disk
# that stops (ext4 on a loop device of a file that is never read): the reader cannot even be
# killed, and it is left behind.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
fixture_alone
fixture_hazards "$PWD/fuse"
mkdir tree empty
for call in lookup getattr open read readlink listxattr getxattr opendir readdir; do
	mkdir "tree/$call"
	mount -t overlay -o "ro,lowerdir=$PWD/fuse/$call:$PWD/empty" overlay "tree/$call" 2>/dev/null ||
		{ echo "needs overlayfs over FUSE" >&2; exit 77; }
done
code=0
timeout 120 "$EXHIBIT_COLLECT" --quiet --root tree --profile logs --include '/**' \
	--item-deadline 2 -o x.tar.zst 2>log || code=$?
fixture_complete x.tar.zst
# asked of the kernel: a size to read, an overlay's own way to look, ...
for row in lookup:openat getattr: open:openat read:read readlink:readlinkat \
	listxattr:listxattr getxattr: opendir:openat readdir:getdents64; do
	fixture_row x.tar.zst "/${row%%:*}/x" no-answer "\"syscall\":\"${row#*:}"
	fixture_row x.tar.zst "/${row%%:*}/0" none
done
for call in getattr open read readlink listxattr opendir readdir; do
	fixture_row x.tar.zst "/$call/z" none
done
# whoever waits for a name keeps its directory locked: what is in there is behind one more gap
grep -q '"path":"/lookup",.*"gap":"no-answer"' x.tar.zst.lines || fixture_fail "/lookup is not told"
# what else stands there is not known, nor where an overlay looks for an attribute of its own: these
# two file systems are left out, no other, and neither is said to answer again
[ "$code" -eq 1 ] || { cat log >&2; fixture_fail "exit $code"; }
"$EXHIBIT" cat x.tar.zst CUSTODY/actions.jsonl >actions
grep -o '"mount-given-up".*\|"mount-again".*' actions >given
if ! grep -q 'given-up.* /lookup"' given || grep -vq 'given-up.* /\(lookup\|getxattr\)"' given; then
	cat given >&2
	fixture_fail "not /lookup was left out, or another"
fi

# a disk that stops: what it has to read from there is waited for where no signal is heard
PATH=$PATH:/sbin:/usr/sbin
command -v mke2fs >/dev/null || { echo "no mke2fs: without the disk that stops"; exit 0; }
mkdir seed disks disks/stops disks/beside
for n in 1 2 3 4; do head -c 300000 /dev/urandom >"seed/$n"; done
truncate -s 16M disk
mke2fs -q -t ext4 -O ^has_journal -d seed disk 2>/dev/null
mount -o loop,ro "$PWD/fuse/disk/image" disks/stops 2>/dev/null || { echo "no loop device on FUSE"; exit 0; }
echo beside >disks/beside/file
: >disk.stop
"$EXHIBIT_COLLECT" --quiet --root disks --profile logs --include '/**' --item-deadline 1 -o d.tar.zst 2>log &
recorder=$!
# one of ours waits uninterruptibly
deep=
state() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -c 1; }
waits_deep() { # and not for a moment
	for deep in $(pgrep exhibit-reader); do
		[ "$(state "$deep")" = D ] && sleep 0.3 && [ "$(state "$deep")" = D ] && return 0
	done
	return 1
}
fixture_until waits_deep
code=0
wait "$recorder" || code=$?
[ "$code" -eq 0 ] || { cat log >&2; fixture_fail "the disk that stops: exit $code"; }
fixture_complete d.tar.zst
fixture_row d.tar.zst /beside/file none
"$EXHIBIT" list --json --gap any d.tar.zst >gaps
grep -q '"path":"/stops.*"gap":"no-answer"' gaps || { cat gaps >&2; fixture_fail "no gap for the disk"; }
[ -e "/proc/$deep" ] || fixture_fail "the reader could be ended: nothing was tested"
kill -KILL "$hazard_fs"

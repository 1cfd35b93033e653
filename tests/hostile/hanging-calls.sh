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
timeout 120 "$EXHIBIT_COLLECT" --quiet --root tree --profile logs --include '/**' \
	--item-deadline 1 -o x.tar.zst 2>log || { cat log >&2; fixture_fail "exit $?"; }
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

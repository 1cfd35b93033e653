#!/bin/sh
# btrfs: subvolumes, snapshots of them and a second mount of one. What each holds is taken
# under its own path, with the state that it has there; a subvolume is no other file system;
# what is mounted twice is taken once. And a quota that is used up ends the run like a full
# medium.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
PATH=$PATH:/sbin:/usr/sbin
fixture_alone
command -v mkfs.btrfs >/dev/null || { echo "needs mkfs.btrfs" >&2; exit 77; }
mkdir tree
truncate -s 300M image
mkfs.btrfs -q image >/dev/null 2>&1 || { echo "needs a working mkfs.btrfs" >&2; exit 77; }
mount -o loop image tree 2>/dev/null || { echo "needs btrfs and a loop device" >&2; exit 77; }
cd tree
btrfs -q subvolume create home >/dev/null
mkdir -p home/alice var/log twice
echo 'before the intruder' >home/alice/.bash_history
btrfs -q subvolume snapshot -r home snapshot >/dev/null
echo 'wget evil' >home/alice/.bash_history
echo log >var/log/syslog
btrfs -q subvolume create home/below >/dev/null
echo nested >home/below/file
cp --reflink=always var/log/syslog var/log/copy
truncate -s 1G var/log/lastlog
cd ..
mount -o "loop,subvol=home" image tree/twice 2>/dev/null || mount --bind tree/home tree/twice
timeout 100 "$EXHIBIT_COLLECT" --quiet --root tree --profile logs --include '/**' -o x.tar.zst 2>log ||
	{ cat log >&2; fixture_fail "exit $?"; }
fixture_complete x.tar.zst
[ "$("$EXHIBIT" cat x.tar.zst /home/alice/.bash_history)" = 'wget evil' ] || fixture_fail "the subvolume"
[ "$("$EXHIBIT" cat x.tar.zst /snapshot/alice/.bash_history)" = 'before the intruder' ] || fixture_fail "the snapshot"
[ "$("$EXHIBIT" cat x.tar.zst /home/below/file)" = nested ] || fixture_fail "a subvolume in another"
fixture_row x.tar.zst /var/log/copy none
fixture_row x.tar.zst /var/log/lastlog none '"read":0'
fixture_row x.tar.zst /twice duplicate-mount
# the place of a subvolume in a snapshot is an empty directory
! grep '"gap":"\(other-filesystem\|replaced\|vanished\)"' x.tar.zst.lines || fixture_fail "taken for another file system"

btrfs -q subvolume create tree/out >/dev/null
if ! btrfs quota enable tree 2>/dev/null || ! btrfs qgroup limit 3M tree/out 2>/dev/null; then
	echo "no quota here"
	exit 0
fi
head -c 20000000 /dev/urandom >tree/var/log/large
sync
code=0
timeout 100 "$EXHIBIT_COLLECT" --quiet --root tree --profile logs --compress none --seal-bytes 1M \
	-o tree/out/x.tar 2>log || code=$?
[ "$code" -eq 3 ] || { cat log >&2; fixture_fail "quota: exit $code"; }
grep -q quota log || { cat log >&2; fixture_fail "the quota is not named"; }
code=0
"$EXHIBIT" verify --quiet tree/out/x.tar || code=$?
[ "$code" -eq 1 ] || fixture_fail "quota: verdict $code, not TRUNCATED"

#!/bin/sh
# What lies under a mount, on ext4: the device has it, the kernel shows nothing of it.
# And a device that is damaged while it is mounted ends with a gap, not with the run.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
PATH=$PATH:/sbin:/usr/sbin
[ "$(id -u)" -eq 0 ] || { echo "needs root for a mount namespace" >&2; exit 77; }
command -v mke2fs >/dev/null || { echo "needs mke2fs" >&2; exit 77; }
mkdir -p tree/covered/deep mnt
echo plain >tree/plain
echo buried >tree/covered/deep/treasure
truncate -s 8M image
mke2fs -q -t ext4 -d tree image 2>/dev/null
# shellcheck disable=SC2016
unshare -m --propagation private sh -eu -c '
	. "$SRCDIR/tests/support/fixture.sh"
	mount -o loop image mnt 2>/dev/null || { echo "needs a loop device" >&2; exit 77; }
	mount -t tmpfs -o size=16k none mnt/covered
	device=$(awk -v place="$PWD/mnt" "\$5 == place { sub(\":\", \"-\", \$3); print \$3 }" \
		/proc/self/mountinfo)
	collect() { timeout 60 "$@" --quiet --profile logs --include "$PWD/mnt/**"; }

	collect "$EXHIBIT_COLLECT" -o without.tar.zst
	"$EXHIBIT" list without.tar.zst >all
	! grep -q "raw/" all || fixture_fail "a device was read without having been asked for"

	strace -f -qq -e trace=open,openat,openat2,mknodat,mount -o trace \
		timeout 60 "$EXHIBIT_COLLECT" --quiet --profile logs --include "$PWD/mnt/**" \
		--raw-ext4 -o with.tar.zst
	"$EXHIBIT" verify --quiet with.tar.zst
	"$EXHIBIT" extract with.tar.zst -C out >/dev/null
	find out -name actions.jsonl -exec cat {} + >actions
	[ -s actions ] || zstd -q -dc with.tar.zst |
		tar --warning=no-unknown-keyword -xOf - CUSTODY/actions.jsonl >actions
	grep -q "\"act\":\"device\"" actions || fixture_fail "the actions do not say that devices are opened"
	lines=$(find out -path "*live/raw/$device/ext4")
	[ -n "$lines" ] || fixture_fail "nothing came of $device"
	grep -q "covered/deep/treasure\"" "$lines" || { cat "$lines"; fixture_fail "not told"; }
	grep -q "\"view\":\"totals\".*\"unreadable\":0.*\"limit\":null" "$lines" ||
		{ cat "$lines"; fixture_fail "not whole"; }
	grep -q "^buried\$" "${lines%/ext4}"/inode/* || fixture_fail "not kept"
	! grep -q "plain" "$lines" || { cat "$lines"; fixture_fail "a difference where there is none"; }
	# One node of ours, for reading; no name below /dev is opened (the glass looks at one place).
	grep -vE "\"/dev/mqueue\".*O_PATH" trace >opened
	! grep -E "\"/dev/|\"device\".*O_(RDWR|WRONLY)" opened || fixture_fail "a device by name, or to write"
	grep -q "\"device\", O_RDONLY" trace || fixture_fail "the test did not see the device opened"

	loop=$(losetup -j image -O NAME -n)
	dd if=/dev/zero of="$loop" bs=1024 seek=1 count=1 conv=notrunc,fsync 2>/dev/null
	collect "$EXHIBIT_COLLECT" --raw-ext4 -o damaged.tar.zst
	"$EXHIBIT" verify --quiet damaged.tar.zst
	"$EXHIBIT" list --gap unsupported damaged.tar.zst >gaps
	grep -q "raw/$device/ext4" gaps || { cat gaps; fixture_fail "no gap for the damaged one"; }
	umount mnt/covered
	umount mnt 2>/dev/null || umount -l mnt
'

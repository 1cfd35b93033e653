#!/bin/sh
# File systems of the kernel that the host has not mounted are read all the same, and
# the host does not see it; what the kernel would mount by itself when somebody enters
# it is not entered: that would be written into the kernel's log.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
[ "$(id -u)" -eq 0 ] || { echo "needs root for a mount namespace" >&2; exit 77; }
if ! grep -q '	debugfs$' /proc/filesystems || [ ! -d /sys/kernel/debug ]; then
	echo "no debugfs here" >&2
	exit 77
fi
# shellcheck disable=SC2016
unshare -m --propagation private sh -eu -c '
	. "$SRCDIR/tests/support/fixture.sh"
	collect() {
		"$EXHIBIT_COLLECT" --quiet --profile logs --exclude "/var/**" \
			--include "/sys/kernel/debug/tracing/current_tracer" \
			--include "/sys/kernel/security/*" -o "$1"
		tar --zstd -xOf "$1" CUSTODY/session.txt >session 2>/dev/null
	}
	for place in tracing debug security; do
		while umount -l "/sys/kernel/$place" 2>/dev/null; do :; done
	done
	cp /proc/self/mountinfo before
	collect without.tar.zst
	cmp before /proc/self/mountinfo || fixture_fail "the table of mounts has changed"
	grep -q "^glass: mounted: /sys/kernel/debug debugfs" session ||
		{ cat session >&2; fixture_fail "debugfs was not mounted for us"; }
	if grep -q "	securityfs$" /proc/filesystems && [ -e /sys/kernel/security ]; then
		[ "$("$EXHIBIT" list --path /sys/kernel/security/lsm without.tar.zst | wc -l)" -eq 1 ] ||
			fixture_fail "securityfs was not read"
	fi

	mount -t debugfs none /sys/kernel/debug
	cp /proc/self/mountinfo before
	dmesg 2>/dev/null | grep -c Automounting >log || true
	collect with.tar.zst
	cmp before /proc/self/mountinfo || fixture_fail "the table of mounts has changed"
	! grep -q "^glass: mounted: /sys/kernel/debug" session || fixture_fail "mounted twice"
	dmesg 2>/dev/null | grep -c Automounting | cmp - log || fixture_fail "the kernel logged that something was mounted"
	"$EXHIBIT" list --json --path /sys/kernel/debug/tracing with.tar.zst >line
	[ ! -s line ] || ! grep -q "\"automount\"]" line || fixture_fail "an automount was entered"
	[ ! -s line ] || grep -q "\"gap\":\"network-filesystem\"" line || { cat line >&2; fixture_fail "wrong gap"; }
'

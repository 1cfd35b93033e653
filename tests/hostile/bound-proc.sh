#!/bin/sh
# A file of the kernel that must not be read, bound over a file that everybody
# collects: the deny list goes by what it is, not by where it is.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
[ "$(id -u)" -eq 0 ] || { echo "needs root for a mount namespace" >&2; exit 77; }
mkdir -p tree/etc tree/var/log
: >tree/etc/passwd
: >tree/etc/group
: >tree/var/log/wtmp
# shellcheck disable=SC2016
unshare -m --propagation private sh -eu -c '
	. "$SRCDIR/tests/support/fixture.sh"
	mount --bind /proc/kmsg tree/etc/passwd
	mount --bind /proc/self/mem tree/var/log/wtmp
	mount --bind /proc/version tree/etc/group
	timeout 60 "$EXHIBIT_COLLECT" --quiet --root tree -o x.tar.zst
	for path in /etc/passwd /var/log/wtmp; do
		"$EXHIBIT" list --gap any --path "$path" --json x.tar.zst >line
		# refused by rule before it was opened: no call failed
		grep -q "\"gap\":\"pseudo-file-blocking\"" line && ! grep -q "\"syscall\"" line ||
			{ cat line >&2; fixture_fail "$path was touched"; }
	done
	"$EXHIBIT" cat x.tar.zst /etc/group | cmp - /proc/version || fixture_fail "a harmless one was not taken"
'

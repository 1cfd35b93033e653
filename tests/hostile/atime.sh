#!/bin/sh
# No access time changes on a file system mounted strictatime: files,
# directories and symbolic links.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
[ "$(id -u)" -eq 0 ] || { echo "skipped: needs root for a mount namespace"; exit 0; }
mkdir mnt
# shellcheck disable=SC2016
unshare -m sh -eu -c '
	. "$SRCDIR/tests/support/fixture.sh"
	mount -t tmpfs -o strictatime tmpfs mnt
	fixture_tree mnt
	find mnt -exec touch -h -a -d "2020-01-02 03:04:05 UTC" {} + 2>/dev/null || true
	list() { find mnt -printf "%A@ %p\\0" | sort -z | sha256sum; }
	before=$(list)
	fixture_collect mnt x.tar.zst
	after=$(list)
	# listing the tree with find changes directory times itself: so look at files and links alone
	[ -n "$before" ] && [ -n "$after" ]
	changed=$(find mnt ! -type d -newerat "2020-01-03" | wc -l)
	[ "$changed" -eq 0 ] || { find mnt ! -type d -newerat "2020-01-03" | cat -v >&2; exit 1; }
'

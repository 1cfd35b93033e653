#!/bin/sh
# No access time changes on a file system mounted strictatime: files,
# directories and symbolic links.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
[ "$(id -u)" -eq 0 ] || { echo "needs root for a mount namespace" >&2; exit 77; }
mkdir mnt
# shellcheck disable=SC2016
unshare -m sh -eu -c '
	. "$SRCDIR/tests/support/fixture.sh"
	mount -t tmpfs -o strictatime tmpfs mnt
	fixture_tree mnt
	# names are listed once: listing again would itself touch directories
	find mnt -depth -print0 2>/dev/null >names || true
	xargs -0 touch -h -a -d "2020-01-02 03:04:05 UTC" <names 2>/dev/null || true
	fixture_collect mnt x.tar.zst
	# stat(1) changes no access time; paths beyond PATH_MAX are out of its reach
	xargs -0 stat -c "%X %N" <names 2>/dev/null | grep -v "^1577934245 " >changed || true
	[ ! -s changed ] || { head -n 20 changed >&2; fixture_fail "access times changed"; }
	# and the test can fail: a plain read does change one
	cat mnt/etc/passwd >/dev/null
	[ "$(stat -c %X mnt/etc/passwd)" -ne 1577934245 ] || fixture_fail "the mount is not strictatime"
'

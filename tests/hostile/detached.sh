#!/bin/sh
# A FUSE file system that never answers: out of the way, said in the manifest, and
# what somebody hid under it is taken.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
[ "$(id -u)" -eq 0 ] || { echo "needs root for a mount namespace" >&2; exit 77; }
[ -c /dev/fuse ] || { echo "needs /dev/fuse" >&2; exit 77; }
mkdir -p tree/dead tree/etc
echo hidden >tree/dead/under
echo beside >tree/etc/beside
# shellcheck disable=SC2016
unshare -m --propagation private sh -eu -c '
	. "$SRCDIR/tests/support/fixture.sh"
	exec 3<>/dev/fuse
	mount -i -t fuse -o fd=3,rootmode=40000,user_id=0,group_id=0 nobody tree/dead ||
		{ echo "needs FUSE in the kernel" >&2; exit 77; }
	timeout 60 "$EXHIBIT_COLLECT" --quiet --root tree --profile logs --include "/**" -o x.tar.zst
	"$EXHIBIT" verify --quiet x.tar.zst
	"$EXHIBIT" list --gap network-filesystem --json x.tar.zst >gaps
	[ "$(wc -l <gaps)" -eq 1 ] || { cat gaps >&2; fixture_fail "not one gap"; }
	grep -q "\"path\":\"/dead\"" gaps || { cat gaps >&2; fixture_fail "not where it was mounted"; }
	[ "$("$EXHIBIT" cat x.tar.zst /dead/under)" = hidden ] || fixture_fail "what lies under it was not taken"
	[ "$("$EXHIBIT" cat x.tar.zst /etc/beside)" = beside ] || fixture_fail "what lies beside it was not taken"
	"$EXHIBIT" cat x.tar.zst CUSTODY/actions.jsonl >actions 2>/dev/null ||
		zstd -q -dc x.tar.zst | tar --warning=no-unknown-keyword -xOf - CUSTODY/actions.jsonl >actions
	grep -q "\"act\":\"mount\",\"detail\":\"detached in our namespace: .*/tree/dead\"" actions ||
		{ cat actions >&2; fixture_fail "the actions do not say what was detached"; }
	grep -q "\"act\":\"procfs\"" actions || fixture_fail "the actions do not name our procfs"
	grep -q "\"act\":\"fork\",\"detail\":\"reader 1\"" actions || fixture_fail "the actions do not name the reader"
	exec 3>&-
'

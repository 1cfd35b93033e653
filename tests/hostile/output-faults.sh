#!/bin/sh
# An output that fails (no space, quota, a broken medium), at once, later, or when it is to be
# kept: exit code 3 and a sentence that names it (enospc.sh verifies what is left).  One that
# is slow costs time and nothing else.  One that lies in the tree, or that somebody mounts
# over, is not read, and goes on being written where it was opened.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
fixture_alone
mkdir tree
for n in 0 1 2 3 4 5 6 7; do head -c 524288 /dev/urandom >"tree/f$n"; done
collect() { # OUTPUT ARGUMENT...
	output=$1
	shift
	code=0
	timeout 100 "$EXHIBIT_COLLECT" --quiet --root tree --profile logs --include '/**' \
		--compress none --seal-bytes 1M -o "$output" "$@" 2>log || code=$?
}

fixture_hazards "$PWD/fuse"
for fault in 'ENOSPC 0' 'ENOSPC 1500000' 'EDQUOT 1500000' 'EIO 1500000' 'EFBIG 1500000' 'EIO sync' 'EDQUOT sync'; do
	echo "$fault" >out.errno
	collect "$PWD/fuse/out/$(echo "$fault" | tr ' ' -)"
	[ "$code" -eq 3 ] || { cat log >&2; fixture_fail "$fault: exit $code"; }
	grep -q "fuse/out/" log || { cat log >&2; fixture_fail "$fault: the message names no output"; }
	case $fault in
	ENOSPC*) words='no space' ;;
	EDQUOT*) words=quota ;;
	EIO*) words='medium failed' ;;
	*) words='no larger file' ;;
	esac
	grep -q "$words" log || { cat log >&2; fixture_fail "$fault: not named"; }
done

# slow: a hundredth of a second for each piece
fixture_hazards "$PWD/slow" 0.01
rm out.errno
collect "$PWD/slow/out/x.tar"
[ "$code" -eq 0 ] || { cat log >&2; fixture_fail "slow: exit $code"; }
mkfifo pipe
perl -e '$| = 1; while (sysread(STDIN, $b, 65536)) { print $b; select(undef, undef, undef, 0.02) }' <pipe >slow.tar &
collect - >pipe
wait "$!"
[ "$code" -eq 0 ] || { cat log >&2; fixture_fail "a slow pipe: exit $code"; }
fixture_complete slow.tar
"$EXHIBIT" list --gap any slow.tar >gaps 2>/dev/null || :
[ ! -s gaps ] || { cat gaps >&2; fixture_fail "waiting for the output was held against the evidence"; }

# in the tree, with a sparse file beside it that would take all space
truncate -s 4T tree/hole
collect tree/x.tar
[ "$code" -eq 0 ] || { cat log >&2; fixture_fail "in the tree: exit $code"; }
fixture_complete tree/x.tar
fixture_row tree/x.tar /x.tar own-output
fixture_row tree/x.tar /f0 none
rm tree/x.tar

# the same through another name; and when somebody mounts over its folder meanwhile
mkdir elsewhere
mount --bind tree elsewhere
head -c 150000000 /dev/zero >tree/large	# so that there is time
timeout 100 "$EXHIBIT_COLLECT" --quiet --root tree --profile logs --include '/**' --compress none \
	-o elsewhere/x.tar 2>log &
runner=$!
while [ ! -e elsewhere/x.tar ]; do kill -0 "$runner"; done
pkill -STOP -P "$runner"
mount -t tmpfs tmpfs elsewhere
echo other >elsewhere/x.tar
pkill -CONT -P "$runner"
code=0
wait "$runner" || code=$?
[ "$code" -eq 0 ] || { cat log >&2; fixture_fail "through another name: exit $code"; }
[ "$(cat elsewhere/x.tar)" = other ] || fixture_fail "it wrote to what was mounted over"
umount elsewhere
fixture_complete elsewhere/x.tar
fixture_row elsewhere/x.tar /x.tar own-output

# at a place that is mounted over by something else before: that is what is written to
: >covered
mount --bind covered tree/f0
collect tree/f0
[ "$code" -eq 2 ] || { cat log >&2; fixture_fail "over a file that exists: exit $code"; }
[ ! -s covered ] || fixture_fail "what lay there was overwritten"

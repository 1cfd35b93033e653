#!/bin/sh
# SIGKILL at random points: the archive verifies up to its last seal, says
# TRUNCATED, and loses no more than one seal interval.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
times=${KILL_TIMES:-40}
interval=1048576
mkdir tree tree/d
i=0
while [ "$i" -lt 64 ]; do
	head -c 1048576 /dev/urandom >"tree/d/f$i"
	i=$((i + 1))
done
complete=0
i=0
while [ "$i" -lt "$times" ]; do
	rm -f x.tar.zst
	# not through fixture_collect: its subshell would be killed instead
	"$EXHIBIT_COLLECT" --quiet --root tree --profile logs --include '/**' -o x.tar.zst \
		--seal-bytes "$interval" 2>log &
	pid=$!
	sleep "0.$(printf '%03d' $((i * 400 / times)))"
	kill -KILL "$pid" 2>/dev/null || true
	wait "$pid" 2>/dev/null || true
	i=$((i + 1))
	[ -s x.tar.zst ] || continue
	code=0
	"$EXHIBIT" verify --json x.tar.zst >verdict || code=$?
	if [ "$code" -eq 0 ]; then
		complete=$((complete + 1))
		continue
	fi
	[ "$code" -eq 1 ] || { cat verdict >&2; fixture_fail "killed run $i: exit $code, not TRUNCATED"; }
	proven=$(sed -n 's/.*"proven_bytes": *\([0-9]*\).*/\1/p' verdict)
	plain=$(zstd -q -dc x.tar.zst 2>/dev/null | wc -c)
	lost=$((plain - proven))
	# one interval, the member that was open when it ended, and the seal itself
	[ "$lost" -le $((interval * 2 + 2097152)) ] || fixture_fail "lost $lost bytes of $plain"
done
[ "$complete" -lt "$times" ] || fixture_fail "every run was complete: nothing was tested"
echo "$((times - complete)) of $times runs were cut"

# Where an archive arrives there is no room for it, or the receiver is killed: what came is
# kept and verifies, the log says how far, and another stream never takes its place.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
mkdir tree
i=0
while [ "$i" -lt 16 ]; do
	head -c 1048576 /dev/urandom >"tree/f$i"
	i=$((i + 1))
done
fixture_collect tree x.tar --compress none --seal-bytes 1M 2>/dev/null

# killed while it waits for more, when all that came is noted
head -c 7000000 x.tar >begun.tar
"$EXHIBIT" verify --json begun.tar >verdict || :
seals=$(sed -n 's/.*"seals":\([0-9]*\).*/\1/p' verdict)
[ "$seals" -ge 4 ] || fixture_fail "$seals seals in the first bytes"
mkfifo pipe
{ head -c 7000000 x.tar; sleep 30; } >pipe &
holder=$!
"$EXHIBIT" receive --quiet --no-ask -o killed.tar pipe &
pid=$!
fixture_until grep -q "\"seq\":$((seals - 1))," killed.tar.receive.jsonl
kill -KILL "$pid"
wait "$pid" 2>/dev/null || :
kill "$holder" 2>/dev/null || :
wait "$holder" 2>/dev/null || :
code=0
"$EXHIBIT" verify --json killed.tar >verdict || code=$?
[ "$code" -eq 1 ] || fixture_fail "killed: verdict $code, not TRUNCATED"
seals=$(sed -n 's/.*"seals":\([0-9]*\).*/\1/p' verdict)
noted=$(grep -c '"event":"seal"' killed.tar.receive.jsonl)
[ "$noted" -eq "$seals" ] || fixture_fail "$noted seals noted, $seals in the file"
code=0
"$EXHIBIT" receive --quiet --no-ask -o killed.tar <x.tar 2>/dev/null || code=$?
[ "$code" -eq 4 ] || fixture_fail "a second stream: exit $code"

[ "$(id -u)" -eq 0 ] || { echo "skipped in part: needs root for a small file system"; exit 0; }
mkdir mnt
# shellcheck disable=SC2016
unshare -m sh -eu -c '
	. "$SRCDIR/tests/support/fixture.sh"
	mount -t tmpfs -o size=6m tmpfs mnt
	code=0
	"$EXHIBIT" receive --json --no-ask -o mnt/x.tar <x.tar >verdict 2>log || code=$?
	[ "$code" -eq 4 ] || { cat log >&2; fixture_fail "full medium: exit $code, not 4"; }
	grep -q "mnt/x.tar" log && grep -qi "space" log || { cat log >&2; fixture_fail "full medium: unclear"; }
	grep -q "\"event\":\"end\".*\"why\":\"write-error\".*ENOSPC" mnt/x.tar.receive.jsonl ||
		{ cat mnt/x.tar.receive.jsonl >&2; fixture_fail "full medium: the log does not say it"; }
	cmp -n "$(wc -c <mnt/x.tar)" mnt/x.tar x.tar
	proven=$(sed -n "s/.*\"proven_bytes\":\\([0-9]*\\).*/\\1/p" verdict)
	[ "$proven" -ge 3000000 ] || fixture_fail "full medium: only $proven bytes proven"
	code=0
	"$EXHIBIT" verify --json mnt/x.tar >again || code=$?
	[ "$code" -eq 1 ] && grep -q "\"proven_bytes\":$proven," again || fixture_fail "full medium: verify disagrees"
'

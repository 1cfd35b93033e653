#!/bin/sh
# SIGKILL while the archive is being encrypted: age decrypts the same prefix as we do, which
# verifies up to its last seal; what the encryption holds back is at most one chunk. And at
# a signal that asks to stop, the encryption is ended like the archive.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
times=${KILL_TIMES:-15}
interval=1048576
key=$SRCDIR/tests/support/age-key
to=age1fmwlzlqnm6jlu9jwyq7eghcvsxweyr5vscefy9lfxautskpumugs4vkpqy
command -v age >/dev/null || { echo "there is no age here" >&2; exit 77; }
mkdir tree
i=0
while [ "$i" -lt 64 ]; do
	head -c 1048576 /dev/urandom >"tree/f$i"
	i=$((i + 1))
done
# a slow machine may not come to a seal in any of these times: the last run is killed behind one
sealed() { [ "$(stat -c %s x.age)" -gt $((4 * interval)) ] || ! kill -0 "$pid"; }
complete=0
proved=0
i=0
while [ "$i" -lt "$times" ]; do
	rm -f x.age
	"$EXHIBIT_COLLECT" --quiet --root tree --profile logs --include '/**' -o x.age \
		--recipient "$to" --seal-bytes "$interval" 2>log &
	pid=$!
	if [ $((i + 1)) -lt "$times" ]; then
		sleep "0.$(printf '%03d' $((i * 400 / times)))"
	else
		fixture_until sealed
	fi
	kill -KILL "$pid" 2>/dev/null || true
	wait "$pid" 2>/dev/null || true
	i=$((i + 1))
	[ -s x.age ] || continue
	code=0
	"$EXHIBIT" verify --json x.age --identity "$key" >verdict || code=$?
	if [ "$code" -eq 0 ]; then
		complete=$((complete + 1))
		continue
	fi
	[ "$code" -eq 1 ] || { cat verdict >&2; fixture_fail "killed run $i: exit $code, not TRUNCATED"; }
	grep -q '"finding":"cut-encryption"' verdict || fixture_fail "killed run $i: another finding"
	! age -d -i "$key" x.age >x.zst 2>/dev/null || fixture_fail "killed run $i: age found an end"
	# all but the chunk that was being written came out: header 200 bytes, 16 for each chunk
	have=$(wc -c <x.zst)
	all=$(wc -c <x.age)
	[ $((all - have)) -le $((65536 + 200 + 32 + all / 4096)) ] || fixture_fail "age gave $have of $all"
	same=0
	"$EXHIBIT" verify --json x.zst >plain || same=$?
	[ "$same" -eq 1 ] || fixture_fail "what age gave is not TRUNCATED but $same"
	for what in proven_bytes seals; do
		ours=$(sed -n "s/.*\"$what\":\([0-9]*\).*/\1/p" verdict)
		theirs=$(sed -n "s/.*\"$what\":\([0-9]*\).*/\1/p" plain)
		[ "$ours" = "$theirs" ] || fixture_fail "$what: $ours by us, $theirs of what age gave"
	done
	proven=$(sed -n 's/.*"proven_bytes":\([0-9]*\).*/\1/p' verdict)
	[ "$proven" -eq 0 ] || proved=$((proved + 1))
	plain=$(zstd -q -dc x.zst 2>/dev/null | wc -c)
	[ $((plain - proven)) -le $((interval * 2 + 2097152)) ] || fixture_fail "lost $((plain - proven)) of $plain"
done
[ "$complete" -lt "$times" ] || fixture_fail "every run was complete: nothing was tested"
[ "$proved" -gt 0 ] || fixture_fail "no run got as far as a seal: nothing was tested"

mkfifo pipe
rm -f x.age
fixture_hold_back pipe x.age &
reader=$!
env --default-signal=INT "$EXHIBIT_COLLECT" --quiet --root tree --profile logs --include '/**' \
	--recipient "$to" -o - >pipe 2>log &
pid=$!
fixture_until test -s x.age
kill -INT "$pid"
: >go
code=0
wait "$pid" || code=$?
wait "$reader"
[ "$code" -eq 1 ] || fixture_fail "SIGINT: exit $code"
age -d -i "$key" x.age >x.zst || fixture_fail "SIGINT: the encryption has no end"
"$EXHIBIT" verify --quiet x.zst
"$EXHIBIT" verify --quiet x.age -i "$key"
echo "$((times - complete)) of $times runs were cut"

#!/bin/sh
# Our own processes stopped, or killed, in mid-run. Stopped for several deadlines and woken,
# together or the recorder alone: nothing is held against the evidence. A reader that stays
# stopped, or is killed, costs one object each time. Without the process that makes readers
# the run ends early, sealed, and says so.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
fixture_alone
mkdir tree
for n in $(seq 0 95); do head -c 262144 /dev/urandom >"tree/f$n"; done
mkfifo pipe

# Takes 64 KiB at a time, and so makes a run last some three seconds.
begin() {
	rm -f x.tar
	perl -e '$| = 1; while (sysread(STDIN, $b, 65536)) { print $b; select(undef, undef, undef, 0.007) }' \
		<pipe >x.tar &
	taker=$!
	"$EXHIBIT_COLLECT" --quiet --root tree --profile logs --include '/**' --compress none \
		--item-deadline 1 -o - >pipe 2>log &
	recorder=$!
	fixture_until grep -aq '\[root\]/f' x.tar
	nursery=$(pgrep -P "$recorder")
	reader=$(pgrep -n -P "$nursery")
}
finish() { # CODE
	code=0
	wait "$recorder" || code=$?
	wait "$taker"
	[ "$code" -eq "$1" ] || { cat log >&2; fixture_fail "exit $code, not $1"; }
	fixture_complete x.tar
	"$EXHIBIT" list --json x.tar >lines
	grep -v '"gap":"none"' lines >gaps || :
}
all_there() {
	for n in $(seq 0 95); do
		[ "$(grep -c "\"path\":\"/f$n\"," lines)" -eq 1 ] || fixture_fail "/f$n: not one line"
	done
}

begin
kill -STOP "$recorder"
sleep 3.5
kill -CONT "$recorder"
finish 0
[ ! -s gaps ] || { cat gaps >&2; fixture_fail "the recorder was stopped: held against the evidence"; }
all_there

begin
kill -STOP "$recorder" "$nursery" "$reader"
sleep 3.5
kill -CONT "$recorder" "$nursery" "$reader"
finish 0
[ ! -s gaps ] || { cat gaps >&2; fixture_fail "all were stopped: held against the evidence"; }
all_there

begin
kill -STOP "$reader"
finish 0
[ "$(wc -l <gaps)" -le 1 ] || { cat gaps >&2; fixture_fail "a stopped reader cost more than one object"; }
all_there

begin
kill -KILL "$reader"
first=$reader
# shellcheck disable=SC2317,SC2329  # called by name
another() { reader=$(pgrep -n -P "$nursery") && [ "$reader" -ne "$first" ]; }
fixture_until another
kill -KILL "$reader"
finish 0
[ "$(wc -l <gaps)" -le 2 ] || { cat gaps >&2; fixture_fail "two readers cost more than two objects"; }
! grep -v '"gap":"reader-died"' gaps || fixture_fail "another gap"
all_there

begin
kill -KILL "$nursery"
finish 1
[ "$(grep -c '"path":"/f' lines)" -lt 96 ] || fixture_fail "the run was over: nothing was tested"
tar --warning=no-unknown-keyword -xOf x.tar CUSTODY/summary.txt >summary
grep -q 'could not be read to its end' summary || { cat summary >&2; fixture_fail "the summary does not say why"; }

#!/bin/sh
# SIGINT, SIGTERM, SIGHUP: stops acquiring, seals what it has, exit code 1.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
mkdir tree
i=0
while [ "$i" -lt 64 ]; do
	head -c 4194304 /dev/urandom >"tree/f$i"
	i=$((i + 1))
done
for signal in INT TERM HUP; do
	rm -f x.tar go
	mkfifo pipe
	fixture_hold_back pipe x.tar &
	reader=$!
	env --default-signal=INT "$EXHIBIT_COLLECT" --quiet --root tree --profile logs --include '/**' --compress none -o - >pipe 2>log &
	pid=$!
	fixture_until test -s x.tar
	kill -s "$signal" "$pid"
	: >go
	code=0
	wait "$pid" || code=$?
	wait "$reader"
	rm pipe
	[ "$code" -eq 1 ] || { cat log >&2; fixture_fail "$signal: exit $code, not 1"; }
	grep -qi interrupt log || { cat log >&2; fixture_fail "$signal: nothing was said"; }
	"$EXHIBIT" verify --quiet x.tar || fixture_fail "$signal: the archive is not COMPLETE"
	tar --warning=no-unknown-keyword -xOf x.tar --wildcards 'CUSTODY/segments/*/seal.txt' |
		grep -q '^status: incomplete$' || fixture_fail "$signal: the final seal does not say incomplete"
done

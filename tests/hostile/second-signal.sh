#!/bin/sh
# Nobody takes the output: the first signal waits to seal, the second gives up.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
mkdir tree
head -c 4194304 /dev/urandom >tree/f
mkfifo pipe
# Takes the first bytes, and nothing more.
{ head -c 512 >first; exec sleep 60; } <pipe &
sleeper=$!
env --default-signal=INT "$EXHIBIT_COLLECT" --quiet --root tree --profile logs --include '/**' --compress none -o - >pipe 2>log &
pid=$!
fixture_until test -s first
kill -s INT "$pid"
# two that wait at the same time are one: bit 1 of those that wait is SIGINT
taken() { grep -q '^ShdPnd:.*[014589cd]$' "/proc/$pid/status"; }
fixture_until taken
sleep 1
kill -0 "$pid" 2>/dev/null || fixture_fail "the first signal did not wait"
kill -s INT "$pid"
code=0
wait "$pid" || code=$?
kill "$sleeper" 2>/dev/null || true
[ "$code" -eq 3 ] || { cat log >&2; fixture_fail "exit $code, not 3"; }
grep -q 'second signal' log || { cat log >&2; fixture_fail "it does not say why"; }

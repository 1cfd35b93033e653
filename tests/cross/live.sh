#!/bin/sh
# A run on this very host by the programs of another machine ends, is whole, and verifies on
# this one. What holds its processes down is said: all of it on a kernel that runs them by
# itself; an emulator has no filters, and the session tells so.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
fixture_own_network
code=0
fixture_volatile live.tar.zst --exclude '/tmp/**' --exclude '/dev/shm/**' >log 2>&1 || code=$?
[ "$code" -le 1 ] || { cat log >&2; fixture_fail "the run ended with $code"; }
"${HOME_BUILD:?run by make}/exhibit" verify --quiet live.tar.zst
"$HOME_BUILD/exhibit" cat live.tar.zst CUSTODY/session.txt >session
died=$("$HOME_BUILD/exhibit" list --gap reader-died live.tar.zst 2>/dev/null)
[ -z "$died" ] || { echo "$died" >&2; fixture_fail "a reader died"; }
"$HOME_BUILD/exhibit" list live.tar.zst >objects
for wanted in "/proc/$$/cmdline" "/proc/$$/mountinfo" /proc/meminfo; do
	grep -qF "$wanted" objects || fixture_fail "$wanted was not collected"
done
if [ -n "${EMULATOR:-}" ]; then
	grep -q '^unenforced: sandbox of the recorder: system calls are not filtered' session ||
		{ cat session >&2; fixture_fail "an emulator without filters is not told"; }
elif [ "$(id -u)" -eq 0 ]; then
	! grep '^unenforced:.*system calls' session >&2 || fixture_fail "a filter does not hold"
fi

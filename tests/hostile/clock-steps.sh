#!/bin/sh
# A clock that is set back and forth while we run, by hours and by centuries: limits and seals
# go by a clock that cannot be set, each line tells the time since boot beside, and the
# archive verifies by our tool and by hand.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
[ -x "$EXHIBIT_COLLECT.stepped" ] || { echo "needs exhibit-collect.stepped" >&2; exit 77; }
mkdir tree
for n in $(seq 400); do echo "$n" >"tree/$n"; done
begin=$(date +%s)
"$EXHIBIT_COLLECT.stepped" --quiet --root tree --profile logs --include '/**' --seal-bytes 64k \
	--deadline 100s -o x.tar.zst 2>log || { cat log >&2; fixture_fail "exit $?"; }
[ $(($(date +%s) - begin)) -lt 60 ] || fixture_fail "it waited for the clock"
fixture_complete x.tar.zst
"$SRCDIR/scripts/verify-by-hand.sh" x.tar.zst >hand 2>&1 || { cat hand >&2; fixture_fail "by hand"; }
"$EXHIBIT" list --json x.tar.zst >lines
[ "$(grep -c '"gap":"none"' lines)" -eq 401 ] || fixture_fail "not every file"
# steps there were, and the time since boot shows the order
sed -n 's/.*"opened":\[\(-\{0,1\}[0-9]*\),.*/\1/p' lines >opened
[ "$(sort -n opened | head -n 1)" -lt 0 ] || fixture_fail "the clock was not set back"
[ "$(sort -n opened | tail -n 1)" -gt 4294967296 ] || fixture_fail "the clock was not set far ahead"
! sort -n -c opened 2>/dev/null || fixture_fail "the clock never went back"
sed -n 's/.*"boot":\[\([0-9]*\),\([0-9]*\)\].*/\1 \2/p' lines >boot
[ "$(wc -l <boot)" -eq 401 ] || fixture_fail "lines without the time since boot"
sort -n -k1,1 -k2,2 -c boot || fixture_fail "the time since boot went back"
zstd -q -dc x.tar.zst | tar --warning=no-unknown-keyword -xOf - --wildcards 'CUSTODY/segments/*/seal.txt' |
	grep '^utc: ' >seals
[ "$(wc -l <seals)" -gt 3 ] || fixture_fail "few seals"

code=0
"$EXHIBIT_COLLECT.stepped" --quiet --root / --profile logs --include '/**' --deadline 2 -o y.tar.zst 2>log || code=$?
if [ "$code" -ne 1 ] || ! grep -q deadline log; then
	cat log >&2
	fixture_fail "the deadline went by the clock that was set"
fi
fixture_complete y.tar.zst

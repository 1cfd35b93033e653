#!/bin/sh
# Two hundred thousand files in one directory: each is a line, in little memory, and in the
# order of the directory, which nobody holds as a whole. Ten million: tests/long/ten-million.sh.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
fixture_alone
count=200000
mkdir tree
mount -t tmpfs tmpfs tree
mkdir -p tree/var/log
python3 - "$count" <<'P'
import os, sys
at = os.open("tree/var/log", os.O_RDONLY)
for n in range(int(sys.argv[1])):
    os.mknod(f"{n:08d}", dir_fd=at)
P
timeout 250 "$EXHIBIT_COLLECT" --quiet --root tree --profile triage -o x.tar.zst 2>log ||
	{ cat log >&2; fixture_fail "exit $?"; }
fixture_complete x.tar.zst
"$EXHIBIT" list --json x.tar.zst | grep -c '"path":"/var/log/[0-9]\{8\}","member":' >lines || :
[ "$(cat lines)" -eq "$count" ] || fixture_fail "$(cat lines) of $count"
zstd -q -dc x.tar.zst | tar --warning=no-unknown-keyword -xOf - CUSTODY/footprint.json >footprint
peak=$(sed -n 's/.*"recorder_peak_rss_bytes": *\([0-9]*\).*/\1/p' footprint)
[ "$peak" -lt 41943040 ] || { cat footprint >&2; fixture_fail "the recorder took $peak bytes"; }

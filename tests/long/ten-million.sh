#!/bin/sh
# Ten million files in one directory (COUNT: how many) on ext4: each is a line, and memory does
# not grow with them. Takes some twenty minutes and 12 GiB of disk.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
PATH=$PATH:/sbin:/usr/sbin
fixture_alone
command -v mke2fs >/dev/null || { echo "needs mke2fs" >&2; exit 77; }
count=${COUNT:-10000000}
mkdir tree
truncate -s "$((count * 1024 + 1073741824))" image
mke2fs -q -t ext4 -I 128 -N "$((count + 1000))" -O ^has_journal,large_dir image 2>/dev/null
mount -o loop,noatime image tree 2>/dev/null || { echo "needs a loop device" >&2; exit 77; }
mkdir tree/many
python3 - "$count" <<'P'
import os, sys
at = os.open("tree/many", os.O_RDONLY)
for n in range(int(sys.argv[1])):
    os.mknod(f"{n:08d}", dir_fd=at)
P
"$EXHIBIT_COLLECT" --progress none --root tree --profile triage -o x.tar.zst 2>log &
recorder=$!
# all our processes together, as they share it
most=0
while kill -0 "$recorder" 2>/dev/null; do
	sum=0
	for pid in "$recorder" $(pgrep -P "$recorder") $(pgrep -P "$recorder" | xargs -rn1 pgrep -P); do
		pss=$(sed -n 's/^Pss: *\([0-9]*\) kB/\1/p' "/proc/$pid/smaps_rollup" 2>/dev/null || :)
		sum=$((sum + ${pss:-0}))
	done
	[ "$sum" -le "$most" ] || most=$sum
	sleep 1
done
code=0
wait "$recorder" || code=$?
[ "$code" -eq 0 ] || { cat log >&2; fixture_fail "exit $code"; }
fixture_complete x.tar.zst
"$EXHIBIT" list --json x.tar.zst | grep -c '"path":"/many/[0-9]\{8\}"' >lines || :
[ "$(cat lines)" -eq "$count" ] || fixture_fail "$(cat lines) of $count"
[ "$most" -lt 49152 ] || fixture_fail "$most KiB for all processes"
grep '^Taken' log
echo "$count files, $most KiB at most"

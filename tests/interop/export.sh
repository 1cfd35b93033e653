#!/bin/sh
# What exhibit export writes of two hosts, one broken into, one with hostile names, is read by
# mactime and by readers of JSON and CSV that share nothing with us, and nothing is lost.
set -eu
. "$SRCDIR/tests/support/fixture.sh"
. "$SRCDIR/tests/scenario/scenario.sh"
command -v mactime >/dev/null || { echo "needs mactime" >&2; exit 77; }
fixture_alone
scenario_disk breached breached.tar.zst 2>/dev/null
fixture_tree tree
mkdir tree/home/eve
touch "tree/home/eve/a|b|" "tree/home/eve/=cmd|'-C calc'!A0" 'tree/home/eve/@a,"b"' 'tree/home/eve/\x7c'
printf 'web2\n' >tree/etc/hostname
fixture_collect tree odd.tar.zst 2>/dev/null
"$EXHIBIT" load -q breached.tar.zst odd.tar.zst >/dev/null

mkdir out
for form in bodyfile timesketch csv case stix; do
	"$EXHIBIT" export --$form case.db >out/$form
done
"$EXHIBIT" export --jsonl -o out/jsonl case.db
mactime -b out/bodyfile -d -y -z UTC >out/mactime.csv
python3 "$SRCDIR/tests/interop/export_check.py" case.db out

# The root of the host as Plaso takes it, with its times.
"$EXHIBIT" export -q --plaso-dir plaso breached.tar.zst >told 2>/dev/null
grep -qxF "log2timeline.py --storage-file 'plaso.plaso' 'plaso/[root]'" told
for file in etc/passwd var/log/auth.log; do
	"$EXHIBIT" cat breached.tar.zst "/$file" 2>/dev/null | cmp - "plaso/[root]/$file"
done
stat -c %Y 'plaso/[root]/var/log/auth.log' >got
python3 - >expected <<'EOF'
import sqlite3
print(sqlite3.connect("case.db").execute("SELECT mtime / 1000000000 FROM object WHERE host = 1 AND path = '/var/log/auth.log'").fetchone()[0])
EOF
cmp got expected

# What says that a case is ALTERED is no line of the table.
python3 "$SRCDIR/tests/support/mkarchive.py" --forge flip-data altered.tar >/dev/null
"$EXHIBIT" load -q --force -o altered.db altered.tar >/dev/null || [ $? -eq 3 ]
"$EXHIBIT" export --bodyfile altered.db >marked 2>/dev/null || [ $? -eq 3 ]
grep -q '^# ALTERED: ' marked
grep -v '^#' marked >plain
for body in marked plain; do
	mactime -b $body -d -y -z UTC >$body.csv 2>$body.error
done
cmp marked.csv plain.csv
cmp marked.error plain.error
[ "$(wc -l <marked.csv)" -gt 3 ]

#!/bin/sh
# Whatever ends the process that reads an archive, the case is as it was before, and a new one is
# not there. What ends the one that writes, too, may come after all was written: then the case
# holds the whole of the archive, and never a part of it.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
python3 "$SRCDIR/tests/support/mkarchive.py" whole.tar >/dev/null
python3 "$SRCDIR/tests/support/mkarchive.py" --forge many many.tar >/dev/null
# another session, so that it would be a second host
python3 "$SRCDIR/tests/support/mkarchive.py" --run other other.tar >/dev/null
"$EXHIBIT" load -qo case.db other.tar >/dev/null

# All that the case $1 holds, but for the time at which it was loaded.
content() {
	sqlite3 "$1" .dump >dump || return 1
	sed 's/\(INSERT INTO host VALUES([^,]*,[^,]*,[^,]*,[^,]*,[^,]*,[^,]*,\)[0-9]*/\1T/' dump
}

content case.db >before
cp case.db whole.db
"$EXHIBIT" load -qo whole.db many.tar >/dev/null
content whole.db >after
rm whole.db
"$EXHIBIT" load -qo whole.db many.tar >/dev/null
content whole.db >alone
cmp -s before after && fixture_fail "a load changes nothing"
cp case.db first.db

# Start a load, wait for the process that reads, kill it and perhaps the one that waits.
# 0: it was killed before it was ready.
attempt() { # WHO CASE DELAY
	"$EXHIBIT" load -qo "$2" many.tar >out 2>&1 &
	waiting=$!
	reading=
	while [ -z "$reading" ] && kill -0 "$waiting" 2>/dev/null; do
		reading=$(ps -o pid= --ppid "$waiting" | tr -d ' ' | head -n 1)
	done
	sleep "$3"
	[ "$1" = reading ] || kill -KILL "$waiting" 2>/dev/null || :
	[ -z "$reading" ] || kill -KILL "$reading" 2>/dev/null || :
	code=0
	wait "$waiting" 2>/dev/null || code=$?
	[ "$code" -ne 0 ]
}

# The case $1 is what it was, or, if the process that writes was killed, all that it was to be.
unharmed() { # CASE WHO BEFORE AFTER
	# by SQLite's own shell, which undoes what was begun, as any reader does
	sqlite3 "$1" 'PRAGMA integrity_check' | grep -qx ok || fixture_fail "the case is broken"
	content "$1" >now
	cmp -s now "$3" && return 0
	[ "$2" = both ] && cmp -s now "$4" && return 0
	fixture_fail "the case was changed: $(cmp now "$3" 2>&1)"
}

killed=0
for delay in 0 0.01 0.02 0.03 0.04 0.06 0.08 0.1; do
	for who in reading both; do
		for case in case.db new.db; do
			cp first.db case.db
			rm -f new.db
			attempt "$who" "$case" "$delay" || continue
			killed=$((killed + 1))
			[ "$who" = both ] || grep -q 'signal 9: nothing was loaded' out || fixture_fail "$(cat out)"
			unharmed case.db "$who" before after
			[ ! -e new.db ] || unharmed new.db "$who" alone alone
			[ ! -e new.db ] || [ "$who" = both ] || fixture_fail "half of a case is there"
		done
	done
done
cp first.db case.db
rm -f new.db
[ "$killed" -gt 0 ] || { echo "no load was slow enough to be killed" >&2; exit 77; }
"$EXHIBIT" load -qo case.db whole.tar >/dev/null
"$EXHIBIT" load -qo new.db whole.tar >/dev/null
rm -f ./*.part case.db-journal

# Without memory: a sentence, and nothing changed.
sqlite3 -readonly case.db .dump >before
for kib in 3000 8000 16000; do
	code=0
	prlimit --data=$((kib * 1024)) "$EXHIBIT" load -qo case.db many.tar >out 2>&1 || code=$?
	[ "$code" -eq 4 ] || [ "$code" -eq 0 ] || fixture_fail "exit code $code with $kib KiB: $(cat out)"
	[ "$code" -eq 0 ] || sqlite3 case.db .dump | cmp - before || fixture_fail "the case was changed"
done

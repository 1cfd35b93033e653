#!/bin/sh
# --key and --root of load, report, export and show: an archive that somebody made anew is COMPLETE in
# itself, and only what was written down at the host tells that it is another.
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
fixture_emulator_lacks "seccomp filters and Landlock, which is told in what is compared"
mkarchive=$SRCDIR/tests/support/mkarchive.py
python3 "$mkarchive" true.tar >/dev/null
python3 "$mkarchive" --run other anew.tar >/dev/null
of() { # FIELD: of the true archive
	"$EXHIBIT" verify --json true.tar | python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"
}
key=$(of fingerprint)
root=$(of root)
code() { # WANTED ARGUMENTS...
	want=$1
	shift
	got=0
	"$EXHIBIT" "$@" >out 2>&1 || got=$?
	sed -E 's/ [0-9]+ objects.*//' out
	[ "$got" -eq "$want" ] || fixture_fail "exit code $got, wanted $want: $*"
}
code 0 verify -q anew.tar
echo "---- load"
code 0 load -q -o right.db --key "$key" --root "$root" true.tar
sqlite3 -readonly right.db 'SELECT verdict, findings FROM host'
code 3 load -q -o wrong.db --key "$key" anew.tar
code 3 load -q -o wrong.db -r "$root" anew.tar
ls wrong.db 2>&1
code 3 load -q -o wrong.db --force --key "$key" --root "$root" anew.tar
sqlite3 -readonly wrong.db 'SELECT verdict, forced, findings FROM host; SELECT severity, word FROM finding'
head -c 20000 true.tar >cut.tar
code 1 load -q -o cut.db --key "$key" --root "$root" cut.tar
sqlite3 -readonly cut.db "SELECT verdict FROM host; SELECT word FROM finding WHERE word = 'not-compared'"
echo "---- report, export"
code 3 report -q -o wrong.html --key "$key" anew.tar
code 0 report -q -o right.html --key "$key" true.tar
code 3 report -q --force -o forced.html -r "$root" anew.tar
grep -o '<strong>[A-Z]*</strong>' forced.html
code 3 export -q --csv -o wrong.csv --key "$key" anew.tar
code 0 export -q --csv -o right.csv --key "$key" --root "$root" true.tar
ls wrong.html wrong.csv 2>&1
echo "---- show"
code 0 show session -n 1 --key "$key" --root "$root" true.tar
code 3 show hosts --key "$key" anew.tar
code 3 show files --root "$root" anew.tar
code 3 show findings --force -k "$key" -r "$root" anew.tar
code 1 show findings --key "$key" --root "$root" cut.tar
echo "---- refused"
code 2 load -q -o more.db --key "$key" true.tar anew.tar
code 2 load -q -o more.db --key "${key%?}" true.tar
code 2 report -q -o more.html --key "$key" right.db
code 2 export --csv --root "$root" right.db
code 2 show hosts --key "$key" right.db
code 2 show hosts --root "${root%?}" true.tar
code 2 show strings --key "$key" true.tar /etc/hostname
code 2 export --plaso-dir plaso --key "$key" true.tar
ls more.db more.html plaso 2>&1 || :

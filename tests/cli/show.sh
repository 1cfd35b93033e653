#!/bin/sh
# What is shown of an archive and of a case is the same, in three forms, and each row leads back
# to a member. No name of the host reaches the terminal as it is.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
fixture_emulator_lacks "seccomp filters and Landlock, which is told in what is compared"
a=$SRCDIR/tests/golden/whole.tar.zst
cp "$a" .
"$EXHIBIT" load -qo case.db whole.tar.zst >/dev/null

for what in $("$EXHIBIT" help show | sed -n '/^Verbs/,/^$/s/^  \([a-z-]*\) .*/\1/p'); do
	"$EXHIBIT" show "$what" --help >help
	grep -q "^usage: exhibit show $what " help || fixture_fail "no help of $what"
	grep -q 'ARCHIVE|CASE' help || continue
	set -- "$what"
	[ "$what" != owner ] || set -- owner --path /
	"$EXHIBIT" show "$@" case.db --json >one 2>one.err
	"$EXHIBIT" show "$@" whole.tar.zst --json >other 2>other.err
	sed -i 's/"loaded":[^,]*,//' one other
	cmp one other || fixture_fail "$what differs"
	python3 - <<'P' || fixture_fail "$what --json is no JSON"
import json
for line in open("one"):
    row = json.loads(line)
    assert "host" in row, row
P
	"$EXHIBIT" show "$@" case.db --csv >csv 2>/dev/null
	python3 - <<'P' || fixture_fail "$what --csv is not the same"
import csv, json
rows = list(csv.DictReader(open("csv", newline="")))
lines = [json.loads(line) for line in open("one")]
assert len(rows) == len(lines)
for row, line in zip(rows, lines):
    for key, value in line.items():
        assert row[key] == ("" if value is None else str(value)), (key, row[key], value)
P
done

echo "---- tables"
"$EXHIBIT" show files case.db --dir /tmp
"$EXHIBIT" show files case.db --dir / --type directory
"$EXHIBIT" show files case.db --below /etc/ --csv | cut -d , -f 6,22-
"$EXHIBIT" show files case.db --setuid
"$EXHIBIT" show files case.db --mode 4755 -n 1 --json | grep -o '"mode":"[0-9]*"'
"$EXHIBIT" show files case.db --until 2000-01-01
"$EXHIBIT" show files case.db --newer /var/log/wtmp --path '/etc/*' | wc -l
"$EXHIBIT" show gaps case.db
"$EXHIBIT" show hosts case.db
"$EXHIBIT" show session case.db -n 3
"$EXHIBIT" show strings whole.tar.zst /etc/hostname
"$EXHIBIT" show strings whole.tar.zst --path /etc/hostname -n 1
"$EXHIBIT" show files case.db --hidden || echo "exit $?"
if LC_ALL=C grep -q "$(printf '\033')" one; then fixture_fail "an escape sequence"; fi

echo "---- refused"
refused() { # EXIT ARGUMENTS...
	want=$1
	shift
	code=0
	"$EXHIBIT" show "$@" >out 2>&1 </dev/null || code=$?
	echo "$code $(cat out)"
	[ "$code" -eq "$want" ] || fixture_fail "exit code $code, wanted $want"
}
refused 2
refused 2 nothing case.db
for typed in last lastb 'ps aux' lsof netstat ss lsattr 'crontab -l' top 'dpkg -V' rpm 'rpm -Va' 'rpm -V'; do
	# shellcheck disable=SC2086  # words
	refused 2 $typed
done
for typed in strings last 'rpm -Va'; do
	# shellcheck disable=SC2086
	"$EXHIBIT" $typed 2>&1 || :
done
refused 2 strings whole.tar.zst
refused 2 strings whole.tar.zst /etc/hostname --path /etc/hostname
refused 2 files
refused 2 files case.db more
refused 2 files case.db --json --csv
refused 2 files case.db --since yesterday
refused 2 files case.db --mode 9
refused 2 files case.db --by size
refused 2 files case.db --type dir
refused 2 gaps case.db --user root
refused 2 strings case.db /etc/hostname
refused 4 strings whole.tar.zst /nowhere
refused 4 files nowhere
refused 4 files /etc/hostname
python3 "$SRCDIR/tests/support/mkarchive.py" --forge flip-data flip.tar >/dev/null
refused 3 hosts flip.tar
"$EXHIBIT" show findings flip.tar --force || echo "exit $?"
head -c 50000 case.db >half.db
refused 4 files half.db

#!/bin/sh
# Local times in the logs of a host in Berlin and one in New York are the times that date(1) makes
# of them, summer and winter, and the hours when clocks are changed are told; without the file
# of the zone it is said that they are read as UTC.
set -eu
LC_ALL=C
TZ=UTC
export LC_ALL TZ
. "$SRCDIR/tests/support/fixture.sh"
fixture_alone
zones=/usr/share/zoneinfo
for zone in Europe/Berlin America/New_York; do
	[ -f "$zones/$zone" ] || { echo "needs $zones/$zone" >&2; exit 77; }
done

# host NAME ZONE: a tree whose clocks are those of ZONE; its name for the zone leads on to another.
host() {
	mkdir -p "$1/etc" "$1/var/log" "$1/usr/share/zoneinfo/Old" "$1/usr/share/zoneinfo/${2%/*}"
	cp "$zones/$2" "$1/usr/share/zoneinfo/$2"
	ln -s "../$2" "$1/usr/share/zoneinfo/Old/Name"
	ln -s ../usr/share/zoneinfo/Old/Name "$1/etc/localtime"
	echo "$1" >"$1/etc/hostname"
	for when in '2026-01-15 12:00:00' '2026-03-08 12:00:00' '2026-03-29 12:00:00' '2026-07-15 23:30:00' \
		'2026-10-31 12:00:00'; do
		echo "$when status installed x:amd64 1" >>"$1/var/log/dpkg.log"
	done
	cat >"$1/var/log/auth.log" <<-'L'
		Jul 20 10:00:00 h sshd[9]: Accepted password for root from 192.0.2.7 port 40 ssh2
	L
	touch -d '2026-07-21 00:00' "$1/var/log/auth.log"
}

# read_by NAME COLUMN: times of the lines of dpkg, as the report has them.
read_by() {
	"$EXHIBIT" show log --source dpkg --json "$1.tar.zst" | python3 -c 'import json, sys
for row in map(json.loads, sys.stdin):
    print(row["time"][:19].replace("T", " "), row["time_from"])'
}
# as date(1) reads them.
expected() {
	while read -r day clock _; do
		TZ=":$zones/$2" date -d "$day $clock" +%s | while read -r at; do
			date -u -d "@$at" '+%Y-%m-%d %H:%M:%S zone'
		done
	done <"$1/var/log/dpkg.log"
}
for row in berlin:Europe/Berlin york:America/New_York; do
	name=${row%%:*} zone=${row#*:}
	host "$name" "$zone"
	"$EXHIBIT_COLLECT" -q --root "$name" -o "$name.tar.zst" 2>/dev/null
	read_by "$name" >read.txt
	expected "$name" "$zone" >expected.txt
	diff -u expected.txt read.txt
	"$EXHIBIT" show zones --csv "$name.tar.zst" | grep -q "/usr/share/zoneinfo/$zone,file" ||
		{ echo "$name: show zones does not say $zone" >&2; exit 1; }
	"$EXHIBIT" report -q -o "$name.html" "$name.tar.zst" >/dev/null
	grep -q "read by .*$zone" "$name.html" || { echo "$name: the report does not say $zone" >&2; exit 1; }
done
"$EXHIBIT" show logins --json berlin.tar.zst | grep -q '2026-07-20T08:00:00'
"$EXHIBIT" show logins --json york.tar.zst | grep -q '2026-07-20T14:00:00'

# clocks are put forward, and back
cat >berlin/var/log/dpkg.log <<-'L'
	2026-03-29 02:30:00 never
	2026-10-25 02:45:00 first
	2026-10-25 02:15:00 second
L
"$EXHIBIT_COLLECT" -q --root berlin -o change.tar.zst 2>/dev/null
read_by change >read.txt
diff -u - read.txt <<-'L'
	2026-03-29 01:30:00 zone-skipped
	2026-10-25 00:45:00 zone-ambiguous
	2026-10-25 01:15:00 zone-ambiguous
L

# somebody has changed the last line
python3 - <<'P'
name = "berlin/usr/share/zoneinfo/Europe/Berlin"
data = open(name, "rb").read()
open(name, "wb").write(data[:data.rindex(b"\n", 0, -1)] + b"\nCET-9\n")
P
"$EXHIBIT_COLLECT" -q --root berlin -o odd.tar.zst 2>/dev/null
read_by odd | grep -q '2026-03-29 02:30:00 zone-assumed'
"$EXHIBIT" show notes --csv odd.tar.zst | grep -q 'contradicts the last transition.*zoneinfo/Europe/Berlin'
"$EXHIBIT" report -q -o odd.html odd.tar.zst >/dev/null
grep -q 'read as UTC.*contradicts itself' odd.html

rm berlin/usr/share/zoneinfo/Europe/Berlin
"$EXHIBIT_COLLECT" -q --root berlin -o none.tar.zst 2>/dev/null
read_by none >read.txt
diff -u - read.txt <<-'L'
	2026-03-29 02:30:00 zone-assumed
	2026-10-25 02:15:00 zone-assumed
	2026-10-25 02:45:00 zone-assumed
L
"$EXHIBIT" report -q -o none.html none.tar.zst >/dev/null
grep -q 'read as UTC' none.html

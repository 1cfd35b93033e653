#!/bin/sh
# dpkg -V and exhibit show verify say the same of a host that dpkg installed and somebody changed.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
for tool in dpkg dpkg-deb; do
	command -v "$tool" >/dev/null || { echo "$tool is not here" >&2; exit 77; }
done
[ "$(id -u)" -eq 0 ] || { echo "dpkg needs root" >&2; exit 77; }

# package NAME: what lies in NAME/ becomes NAME.deb, its sums as dh_md5sums writes them
package() {
	mkdir -p "$1/DEBIAN"
	printf 'Package: %s\nVersion: 1:2.0-3\nArchitecture: all\nMaintainer: examiner <e@example.org>\nDescription: a %s\n' \
		"$1" "$1" >"$1/DEBIAN/control"
	(cd "$1" && find usr bin -type f -print0 2>/dev/null | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
	dpkg-deb --root-owner-group -b "$1" "$1.deb" >/dev/null
}

mkdir -p tool/bin tool/usr/bin tool/etc tool/usr/share/tool other/usr/bin
for name in kept changed gone diverted linked; do echo "$name" >"tool/usr/bin/$name"; done
chmod 755 tool/usr/bin/*
ln -s kept tool/usr/bin/alias
echo merged >tool/bin/merged
echo 'with blank' >'tool/usr/share/tool/a b'
echo set >tool/etc/tool.conf
echo quiet >tool/etc/quiet.conf
mkdir tool/DEBIAN
printf '/etc/tool.conf\n/etc/quiet.conf\n' >tool/DEBIAN/conffiles
package tool
echo taken >other/usr/bin/diverted
package other

# a host with /bin -> usr/bin
mkdir -p root/usr/bin root/etc root/var/lib/dpkg/info root/var/lib/dpkg/updates
ln -s usr/bin root/bin
: >root/var/lib/dpkg/status
printf 'root:x:0:0::/root:/bin/sh\n' >root/etc/passwd
printf 'root:x:0:\n' >root/etc/group
on_host() { dpkg --root="$PWD/root" --force-script-chrootless --log=/dev/null "$@"; }
dpkg-divert --admindir "$PWD/root/var/lib/dpkg" --instdir "$PWD/root" --package other --no-rename \
	--divert /usr/bin/diverted.tool --add /usr/bin/diverted >/dev/null
on_host -i tool.deb other.deb >/dev/null

[ "$(cat root/usr/bin/diverted.tool)" = diverted ] || fixture_fail "dpkg diverted nothing"
echo more >>root/usr/bin/changed
echo more >>root/usr/bin/diverted.tool
echo more >>root/bin/merged
echo more >>root/etc/tool.conf
echo more >>'root/usr/share/tool/a b'
rm root/usr/bin/gone
echo '#!/bin/sh' >root/usr/bin/backdoor
chmod 4755 root/usr/bin/backdoor
mkdir -p root/usr/local/bin
echo own >root/usr/local/bin/own

on_host -V | sort >want || true
"$EXHIBIT_COLLECT" --quiet --root root -o host.tar.zst
"$EXHIBIT" show verify host.tar.zst --csv >verify.csv
# marks, attribute, path; csv has no blanks to align
awk -F, 'NR > 1 { printf "%-9s %s %s\n", $1, $2 == "" ? " " : $2, $3 }' verify.csv | sort >got
# dpkg -V does not look at files that are diverted
echo '??5??????   /usr/bin/diverted.tool' >>want
sort -o want want
diff -u want got || fixture_fail "dpkg -V and exhibit show verify differ"
[ "$(wc -l <got)" -eq 6 ] || fixture_fail "six files were changed: $(cat got)"

"$EXHIBIT" show unowned host.tar.zst --csv | cut -d, -f 6 | tail -n +2 >nobodys
[ "$(cat nobodys)" = /usr/bin/backdoor ] || fixture_fail "unowned: $(cat nobodys)"
"$EXHIBIT" show owner host.tar.zst --path /usr/bin/merged --csv | tail -n 1 | grep -q '^/usr/bin/merged,tool,1:2.0-3,' ||
	fixture_fail "the owner of a file behind /bin -> usr/bin"
"$EXHIBIT" show owner host.tar.zst --path '/usr/bin/diverted*' --csv | tail -n +2 | cut -d, -f 1,2 | sort >owners
printf '/usr/bin/diverted,other\n/usr/bin/diverted.tool,tool\n' | diff -u - owners || fixture_fail "diverted files"
"$EXHIBIT" show packages host.tar.zst --csv | grep -q ',dpkg,installed,tool,1:2.0-3,all,' || fixture_fail "packages"

# Who takes the sums away, or the lists, silences nothing.
says() { # WHAT FILE TEXT
	grep -qF -- "$3" "$2" || fixture_fail "$1: $(cat "$2")"
}
rm root/var/lib/dpkg/info/tool.md5sums
echo more >>root/usr/bin/diverted
"$EXHIBIT_COLLECT" --quiet --root root -o sums.tar.zst
"$EXHIBIT" load -q -o sums.db sums.tar.zst >loaded
"$EXHIBIT" show verify sums.db >got
for path in /bin/merged /usr/bin/changed /usr/bin/kept; do
	grep -q "^[?]* .* $path " got || fixture_fail "without sums: $(cat got)"
done
grep -q ' /usr/bin/alias ' got && fixture_fail "a link has no digest"
"$EXHIBIT" show notes sums.db >got
says "the note" got '6 files of packages could not be compared: the package database has no digest'
"$EXHIBIT" report -q -o sums.html sums.db >reported
says "the report" sums.html 'no digest of 6 files of package tool'
"$EXHIBIT" show unowned sums.db >got 2>said
[ ! -s said ] || fixture_fail "there are lists: $(cat said)"

# Nor who calls a program configuration and takes its line out of the list, or makes it too long.
cp -a root/var/lib/dpkg dpkg
cp root/usr/bin/diverted diverted
sed -i '/^Package: other/a Conffiles:\n /usr/bin/diverted newconffile' root/var/lib/dpkg/status
sed -i '\,/usr/bin/diverted,d' root/var/lib/dpkg/info/other.list
"$EXHIBIT_COLLECT" --quiet --root root -o lines.tar.zst
"$EXHIBIT" report -q -o lines.html lines.tar.zst >reported
says "the report" lines.html 'The content of /usr/bin/diverted is not what package other holds'
truncate -s 1025M root/usr/bin/diverted
"$EXHIBIT_COLLECT" --quiet --root root -o long.tar.zst
"$EXHIBIT" report -q -o long.html long.tar.zst >reported
says "the report" long.html 'The archive has no digest of /usr/bin/diverted'
mv diverted root/usr/bin/diverted
rm -r root/var/lib/dpkg
mv dpkg root/var/lib/dpkg

rm root/var/lib/dpkg/info/other.list
"$EXHIBIT_COLLECT" --quiet --root root -o list.tar.zst
"$EXHIBIT" show verify list.tar.zst >got 2>said
grep -q '^[?][?]5[?]* .* /usr/bin/diverted  *other ' got || fixture_fail "by its sum alone: $(cat got)"
says "an unlisted package" said 'of 1 installed packages no list of files is there'
rm root/var/lib/dpkg/info/other.md5sums
"$EXHIBIT_COLLECT" --quiet --root root -o both.tar.zst
"$EXHIBIT" show unowned both.tar.zst >got 2>said
says "a program of an unlisted package" got /usr/bin/diverted
says "an unlisted package" said 'of 1 installed packages no list of files is there'

rm root/var/lib/dpkg/info/*
"$EXHIBIT_COLLECT" --quiet --root root -o none.tar.zst
"$EXHIBIT" load -q -o none.db none.tar.zst >loaded
for verb in verify unowned; do
	"$EXHIBIT" show "$verb" none.db >got 2>said
	says "$verb without lists" said 'this cannot be asked: no package database says whose files these are (2 installed'
done
"$EXHIBIT" show notes none.db >got
says "the note" got 'of 2 installed packages, other among them, no list of files is there'
"$EXHIBIT" report -q -o none.html none.db >reported
says "the report" none.html 'Package tool is installed, and no list of its files is there'

#!/bin/sh
# rpm -Va and exhibit show verify say the same of a host that rpm installed and somebody changed,
# whether its database is SQLite (with or without a write-ahead log), ndb or Berkeley DB.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
for tool in rpm rpmbuild db5.3_load python3; do
	command -v "$tool" >/dev/null || { echo "$tool is not here" >&2; exit 77; }
done
[ "$(id -u)" -eq 0 ] || { echo "rpm needs root" >&2; exit 77; }

cat >tool.spec <<'SPEC'
Name: tool
Epoch: 1
Version: 2.0
Release: 3
Summary: a tool
License: none
Vendor: examiner
BuildArch: noarch
%description
%install
mkdir -p %{buildroot}/usr/bin %{buildroot}/etc %{buildroot}/usr/share/doc/tool %{buildroot}/var/log
cd %{buildroot}/usr/bin
for name in kept content mode owner gone touched capable 'with blank'; do echo "$name" >"$name"; done
ln -s kept alias
ln -s kept relinked
echo set >%{buildroot}/etc/tool.conf
echo read >%{buildroot}/usr/share/doc/tool/README
for i in $(seq 300); do echo "$i" >%{buildroot}/usr/share/doc/tool/many.$i; done
: >%{buildroot}/var/log/tool.log
%files
%attr(0755,root,root) /usr/bin/kept
%attr(0755,root,root) /usr/bin/content
%attr(0755,root,root) /usr/bin/mode
%attr(0755,root,root) /usr/bin/owner
%attr(0755,root,root) /usr/bin/gone
%attr(0755,root,root) /usr/bin/touched
%attr(0755,root,root) /usr/bin/capable
%attr(0755,root,mail) "/usr/bin/with blank"
/usr/bin/alias
/usr/bin/relinked
%config(noreplace) /etc/tool.conf
%doc /usr/share/doc/tool
%ghost %attr(0600,root,root) /var/log/tool.log
SPEC
cat >other.spec <<'SPEC'
Name: other
Version: 9
Release: 1
Summary: another
License: none
BuildArch: noarch
%description
%install
mkdir -p %{buildroot}/usr/bin
echo other >%{buildroot}/usr/bin/other
%files
/usr/bin/other
SPEC
for name in tool other; do
	rpmbuild --quiet -bb --define "_topdir $PWD/build" --define "_rpmdir $PWD" --define '_build_id_links none' \
		"$name.spec" >build.log 2>&1 || fixture_fail "rpmbuild: $(cat build.log)"
done

mkdir -p root/etc root/var/lib/rpm
printf 'root:x:0:0::/root:/bin/sh\nresponder:x:1000:1000::/:/bin/sh\n' >root/etc/passwd
printf 'root:x:0:\nmail:x:8:\nresponder:x:1000:\n' >root/etc/group
on_host() { # BACKEND ARGUMENTS...
	backend=$1
	shift
	rpm --root "$PWD/root" --define '_dbpath /var/lib/rpm' --define "_db_backend $backend" "$@"
}
on_host sqlite --initdb
on_host sqlite -i --force --nodeps --force-debian noarch/tool-*.rpm noarch/other-*.rpm 2>/dev/null

echo more >>root/usr/bin/content
chmod 4755 root/usr/bin/mode
chown 1000:1000 root/usr/bin/owner
rm root/usr/bin/gone
touch -d 2020-01-01 root/usr/bin/touched
setcap cap_net_raw+ep root/usr/bin/capable
ln -sfn /tmp/elsewhere root/usr/bin/relinked
chgrp root 'root/usr/bin/with blank'
echo more >>root/etc/tool.conf
mkdir -p root/var/log
echo grown >>root/var/log/tool.log
chown 1000 root/var/log/tool.log
echo more >>root/usr/share/doc/tool/many.7
echo new >root/usr/bin/unowned

verified() { # ARCHIVE: the lines of rpm -Va
	"$EXHIBIT" show verify "$1" --csv | awk -F, 'NR > 1 { printf "%s%s %s\n", $1 == "missing" ? "missing   " : $1 "  ", $2 == "" ? " " : $2, $3 }' | sort
}

on_host sqlite -Va 2>/dev/null | sort >want || true
[ "$(wc -l <want)" -ge 9 ] || fixture_fail "rpm -Va: $(cat want)"
"$EXHIBIT_COLLECT" --quiet --root root -o sqlite.tar.zst 2>/dev/null
verified sqlite.tar.zst >got
diff -u want got || fixture_fail "rpm -Va and exhibit show verify differ"
"$EXHIBIT" show unowned sqlite.tar.zst --csv | cut -d, -f 6 | tail -n +2 >unowned
[ "$(cat unowned)" = /usr/bin/unowned ] || fixture_fail "unowned: $(cat unowned)"
installed=$(on_host sqlite -q --qf '%{INSTALLTIME}' tool)
"$EXHIBIT" show packages sqlite.tar.zst --csv >packages
grep -q "^$(date -u -d "@$installed" +%Y-%m-%dT%H:%M:%S)[.0]*Z,rpm,installed,tool,1:2.0-3,noarch,a tool," packages ||
	fixture_fail "packages: $(cat packages)"

# The same headers in the database of SUSE, which Debian's rpm does not write, and in a hash of
# Berkeley DB, as rpm before 4.16 had it, of either byte order.
python3 - >packages.dump <<'PY'
import sqlite3, struct, zlib
print("VERSION=3\nformat=bytevalue\ntype=hash\nh_nelem=3\ndb_pagesize=4096\nHEADER=END")
rows = sqlite3.connect("root/var/lib/rpm/rpmdb.sqlite").execute("select hnum, blob from Packages").fetchall()
for n, blob in [(0, struct.pack("=I", len(rows)))] + rows:
    print(" " + struct.pack("=I", n).hex() + "\n " + bytes(blob).hex())
print("DATA=END")
slots, blobs, at = b"", b"", 4096 // 16
for n, blob in rows:
    blob = bytes(blob)
    data = struct.pack("<4sIII", b"BlbS", n, 1, len(blob)) + blob
    data += b"\0" * (-(len(data) + 12) % 16)
    data += struct.pack("<II4s", zlib.adler32(data), len(blob), b"BlbE")
    slots += struct.pack("<4sIII", b"Slot", n, at, len(data) // 16)
    blobs += data
    at += len(data) // 16
head = struct.pack("<4sIIII", b"RpmP", 0, 1, 1, rows[-1][0] + 1).ljust(32, b"\0") + slots
free = struct.pack("<4sIII", b"Slot", 0, 0, 0)
head += free * ((4096 - len(head)) // 16)
open("Packages.db", "wb").write(head + blobs)
PY
rm root/var/lib/rpm/*
cp Packages.db root/var/lib/rpm
"$EXHIBIT_COLLECT" --quiet --root root -o ndb.tar.zst 2>/dev/null
verified ndb.tar.zst | diff -u want - || fixture_fail "ndb"
rm root/var/lib/rpm/*
for order in 1234 4321; do
	rm -f root/var/lib/rpm/Packages
	sed "s/^type=hash/&\ndb_lorder=$order/" packages.dump | db5.3_load root/var/lib/rpm/Packages
	"$EXHIBIT_COLLECT" --quiet --root root -o "bdb$order.tar.zst" 2>/dev/null
	verified "bdb$order.tar.zst" | diff -u want - || fixture_fail "Berkeley DB, byte order $order"
done

# One package is in the file, the other in its log alone: both members are joined.
rm root/var/lib/rpm/*
python3 - <<'PY'
import shutil, sqlite3
rows = []
for line in list(open("packages.dump"))[9:-1:2]:
    rows.append(bytes.fromhex(line.strip()))
path = "root/var/lib/rpm/rpmdb.sqlite"
db = sqlite3.connect("live.sqlite", isolation_level=None)
db.execute("pragma journal_mode=wal")
db.execute("pragma wal_autocheckpoint=0")
db.execute("create table Packages (hnum integer primary key, blob blob not null)")
db.execute("insert into Packages values (1, ?)", (rows[1],))
db.execute("pragma wal_checkpoint(truncate)")
db.execute("insert into Packages values (2, ?)", (rows[0],))
shutil.copy("live.sqlite", path)
shutil.copy("live.sqlite-wal", path + "-wal")
PY
[ -s root/var/lib/rpm/rpmdb.sqlite-wal ] || fixture_fail "no write-ahead log was made"
"$EXHIBIT_COLLECT" --quiet --root root -o wal.tar.zst 2>/dev/null
"$EXHIBIT" show packages wal.tar.zst --csv | tail -n +2 | cut -d, -f 4 | sort >got
printf 'other\ntool\n' | diff -u - got || fixture_fail "the write-ahead log was not read"

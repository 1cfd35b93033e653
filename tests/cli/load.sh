#!/bin/sh
# Archives become a case that SQLite's own shell reads: whole, once, all or nothing, and
# with the hash of every member where sha256sum finds it too.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
fixture_emulator_lacks "seccomp filters and Landlock, which is told in what is compared"
mkarchive=$SRCDIR/tests/support/mkarchive.py

# How many members are read, and what is noted of them, grows with what can be read.
counted() {
	sed -E 's/, [0-9]+ of [0-9]+ members read(, [0-9]+ notes)?/, .../; s/ [0-9]+ objects/ N objects/'
}

mkdir -p tree/etc tree/home/u tree/proc/1
cat >tree/etc/passwd <<'P'
root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
toor::0:0:,,,:/root:/bin/sh
u:x:1000:1000:U ser:/home/u:/bin/zsh
broken:x:one:1
P
cat >tree/etc/shadow <<'P'
root:$y$j9T$salt$hashhashhash:19700:0:99999:7:::
daemon:*:19000:0:99999:7:::
u:!$6$salt$hash:20000:0:99999:7:::
ghost:$1$salt$hash:1:::::
P
printf 'root:x:0:\nsudo:x:27:u,daemon\n' >tree/etc/group
printf 'name\n' >tree/etc/hostname
fixture_collect tree . >/dev/null 2>&1
a=$(echo ./*.tar.zst)

"$EXHIBIT" load -o case.db "$a" | counted | sed 's/:.*tar.zst:/: ARCHIVE:/'
sqlite3 -readonly case.db 'PRAGMA integrity_check; PRAGMA user_version;
	SELECT name, uid, password, scheme, changed_day FROM account ORDER BY id;
	SELECT name, gid, members FROM user_group;
	SELECT parser, kind, text, line FROM note WHERE parser IN ('"'"'passwd'"'"', '"'"'shadow'"'"', '"'"'group'"'"');
	SELECT path, line FROM account, object WHERE object.id = account.object AND name = '"'toor'"';'
if sqlite3 -readonly case.db .dump | grep -q 'hashhash'; then fixture_fail "a hash of a password is in the case"; fi
[ "$(sqlite3 -readonly case.db "SELECT lower(hex(sha256)) FROM object WHERE path = '/etc/hostname'")" = \
	"$(sha256sum <tree/etc/hostname | cut -c1-64)" ] || fixture_fail "another hash of a member"
[ "$(sqlite3 -readonly case.db "SELECT lower(hex(sha256)) FROM host")" = \
	"$(sha256sum <"$a" | cut -c1-64)" ] || fixture_fail "another hash of the archive"
[ "$(sqlite3 -readonly case.db 'SELECT count(*) FROM object')" = "$("$EXHIBIT" list "$a" | wc -l)" ] ||
	fixture_fail "not every object"
left() { # FILE...: none of them may be there
	for _file; do
		[ ! -e "$_file" ] || fixture_fail "$_file was left"
	done
}
left case.db-journal case.db.part

echo "---- the same again, and a second host"
"$EXHIBIT" load -qo case.db "$a" | grep -o 'in place of an earlier load'
python3 "$mkarchive" whole.tar >/dev/null
"$EXHIBIT" load -qo case.db whole.tar | counted
"$EXHIBIT" show hosts case.db --csv | cut -d , -f 2,3,10
[ "$(sqlite3 -readonly case.db 'SELECT count(DISTINCT host) FROM object')" = 2 ]
"$EXHIBIT" show files case.db --host web01 --json | wc -l
sqlite3 -readonly case.db 'PRAGMA integrity_check'

echo "---- what is refused leaves the case as it was"
sqlite3 -readonly case.db .dump | sha256sum >before
refused() { # EXIT ARGUMENTS...
	want=$1
	shift
	code=0
	"$EXHIBIT" load "$@" >out 2>&1 </dev/null || code=$?
	echo "$code $(cat out)"
	[ "$code" -eq "$want" ] || fixture_fail "exit code $code, wanted $want"
}
python3 "$mkarchive" --forge flip-data flip.tar >/dev/null
python3 "$mkarchive" --forge drop-session nosession.tar >/dev/null
echo 'no archive' >text
refused 3 -qo case.db flip.tar
refused 4 -qo case.db nosession.tar
refused 4 -qo case.db text
refused 4 -qo case.db nowhere.tar
refused 4 -qo case.db -
for from in file pipe; do
	code=0
	if [ "$from" = file ]; then
		"$EXHIBIT" load -qo case.db - >out 2>&1 <whole.tar || code=$?
	else
		code=$(dd if=whole.tar 2>copied | { "$EXHIBIT" load -qo case.db - >out 2>&1 || echo $?; })
	fi
	echo "$code $(cat out)"
done
refused 4 -qo case.db case.db
refused 4 -qo nowhere/case.db whole.tar
refused 4 -qo text whole.tar
sqlite3 foreign.db 'CREATE TABLE x (y)'
refused 4 -qo foreign.db whole.tar
sqlite3 -readonly case.db .dump | sha256sum >after
cmp before after || fixture_fail "the case was changed"
left case.db-journal case.db.part nowhere

echo "---- forced, cut, and a new case of which nothing comes"
code=0
"$EXHIBIT" load -q --force -o forced.db flip.tar >out || code=$?
echo "exit $code: $(counted <out)"
sqlite3 -readonly forced.db 'SELECT verdict, forced FROM host; SELECT severity, word FROM finding'
python3 "$mkarchive" --forge one-segment cut.tar >/dev/null
code=0
"$EXHIBIT" load -qo cut.db cut.tar >out || code=$?
echo "exit $code: $(counted <out)"
sqlite3 -readonly cut.db 'SELECT verdict, root IS NULL FROM host; SELECT count(*) > 0 FROM object'
refused 3 -qo none.db flip.tar
[ ! -e none.db ] || fixture_fail "a case of nothing"

#!/bin/sh
# Without rights, everything that could not be had is listed with the reason, what could is
# there, the session says what could not be enforced, and the exit code is 1.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
[ "$(id -u)" -eq 0 ] || { echo "needs root to be nobody" >&2; exit 77; }
command -v setpriv >/dev/null || { echo "setpriv is missing" >&2; exit 77; }

mkdir tree tree/closed
echo open >tree/open
echo secret >tree/secret
echo inside >tree/closed/inside
chmod 600 tree/secret
chmod 700 tree/closed
chmod 755 tree . ..
cp "$EXHIBIT_COLLECT" collect
nobody="setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set=-all"
code=0
# from where nobody can come down from the top, the tree is refused and not called empty
mkdir -p blind/tree
cp collect blind/tree
chmod 700 blind
# shellcheck disable=SC2086  # words
(cd blind/tree && exec $nobody ./collect --root . -o -) >none 2>said && fixture_fail "a tree out of reach was collected"
grep -q 'cannot be opened (EACCES)' said || { cat said >&2; fixture_fail "no reason"; }
# shellcheck disable=SC2086
$nobody ./collect --quiet --root tree --profile logs --include '/**' --compress none -o - >a.tar 2>said || code=$?
[ "$code" -eq 1 ] || { cat said >&2; fixture_fail "exit code $code"; }
"$EXHIBIT" verify a.tar >verdict || { cat verdict; fixture_fail "it does not verify"; }
tar -xOf a.tar --wildcards 'CUSTODY/segments/*/manifest.jsonl' 2>/dev/null >lines

line() { grep "\"path\":\"$1\"" lines || fixture_fail "no line for $1"; }
line /open | grep -q '"gap":"none"' || fixture_fail "/open was not taken"
line /secret | grep '"gap":"permission"' | grep -q '"errname":"EACCES"' || fixture_fail "/secret has no reason"
line /closed | grep -q '"gap":"permission"' || fixture_fail "/closed has no reason"
! grep -q inside lines || fixture_fail "what nobody could see is there"
tar -xOf a.tar CUSTODY/session.txt 2>/dev/null >session
for said in '^uid: 65534$' '^capabilities: 0000000000000000$' '^unenforced: no mount namespace'; do
	grep -q "$said" session || { cat session >&2; fixture_fail "the session does not say $said"; }
done

#!/bin/sh
# Started by somebody without rights the processes are locked down all the same, but for the user
# that they cannot change, which the session says.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
[ "$(id -u)" -eq 0 ] || { echo "needs root to become somebody else" >&2; exit 77; }
place=$(mktemp -d /tmp/exhibit-test-XXXXXX)
trap 'rm -rf "$place"' EXIT
chmod 755 "$place"
mkdir "$place/tree" "$place/out"
fixture_tree "$place/tree"
cp "$EXHIBIT_COLLECT" "$place/collect"
chown 12345:12345 "$place/out"
cd "$place"
setpriv --reuid 12345 --regid 12345 --clear-groups ./collect --quiet --root tree --profile logs \
	--include '/**' -o out/x.tar.zst >out/log 2>&1 || [ $? -eq 1 ] || { cat out/log >&2; fixture_fail "the run"; }
"$EXHIBIT" verify --quiet out/x.tar.zst
zstd -q -dc out/x.tar.zst | tar --warning=no-unknown-keyword -xOf - CUSTODY/session.txt >out/session
for line in '^sandbox: recorder: capabilities 0000000000000000, [0-9]* system calls, no_new_privs' \
	'^sandbox: reader of files: capabilities 0000000000000000, [0-9]* system calls, no_new_privs' \
	'^unenforced: sandbox of the recorder: keeps the user it was started by (EPERM)$'; do
	grep -q "$line" out/session || { cat out/session >&2; fixture_fail "not: $line"; }
done

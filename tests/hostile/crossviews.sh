#!/bin/sh
# A host that hides a process under a mount over its directory in /proc, and a file under
# another mount: both are told. And a pid namespace, from the inside: nothing is.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
[ "$(id -u)" -eq 0 ] || { echo "needs root for a mount namespace" >&2; exit 77; }
mkdir -p place/deep empty
echo hidden >place/secret
sleep 1000 &
victim=$!
trap 'kill "$victim"' EXIT
export victim
# shellcheck disable=SC2016
unshare -m --propagation private sh -eu -c '
	mount --bind empty "/proc/$victim"
	mount -t tmpfs none place
	mkdir place/deep
	echo deeper >place/deep/secret
	mount -t tmpfs none place/deep
	timeout 120 "$EXHIBIT_COLLECT" --quiet --exclude "/**" -o x.tar.zst || [ $? -eq 1 ]
'
"$EXHIBIT" verify --quiet x.tar.zst
"$EXHIBIT" cat x.tar.zst live/view/procfs/mounts >mounts
grep -q "\"table\":\"started\".*\"path\":\"/proc/$victim\".*\"id\":$victim,\"lookup_errno\":0,\"tgid\":$victim,.*\"name\":\"sleep\"" mounts ||
	{ cat mounts >&2; fixture_fail "the process under a mount is not told"; }
[ "$("$EXHIBIT" cat x.tar.zst "live/under$(pwd)/place/secret")" = hidden ] ||
	fixture_fail "the file under a mount is not taken"
"$EXHIBIT" list --path "live/under-*$(pwd)/place/deep/secret" x.tar.zst | grep -q secret ||
	fixture_fail "the file under a mount on that mount is not taken"
"$EXHIBIT" cat x.tar.zst live/view/under | grep -q "\"path\":\"$(pwd)/place\".*\"entries\":2" ||
	fixture_fail "the mount point is not told"

# All that differs, in any view of the archive; a count that does not hold.
differences() {
	"$EXHIBIT" list --json "$1" | sed -n 's/.*"member":"\(live\/view\/[^"]*\)".*/\1/p' |
	while read -r name; do
		"$EXHIBIT" cat "$1" "$name" | grep -E '"only":|"outside":-?[1-9]|"check":"links","path"' || :
	done
}
differences x.tar.zst >found
[ ! -s found ] || { cat found >&2; fixture_fail "something else is told to be hidden"; }

unshare -p -f -m --mount-proc "$EXHIBIT_COLLECT" --quiet --exclude "/**" -o y.tar.zst || [ $? -eq 1 ]
"$EXHIBIT" cat y.tar.zst live/view/count/tasks | grep -q '"comparable":false' ||
	fixture_fail "counts of the whole kernel are compared with a namespace"
differences y.tar.zst >found
[ ! -s found ] || { cat found >&2; fixture_fail "a namespace is told to hide something"; }

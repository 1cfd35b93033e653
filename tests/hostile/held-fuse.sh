#!/bin/sh
# A deleted file on a FUSE file system whose server answers no more: told from the mount table,
# never touched.  Detached from every table it cannot be told: then it costs one deadline.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
[ "$(id -u)" -eq 0 ] || { echo "needs root for a mount namespace" >&2; exit 77; }
[ -c /dev/fuse ] || { echo "needs /dev/fuse" >&2; exit 77; }

if [ "${1:-}" != inside ]; then
	# The namespace, and with it the file system, ends with its last process.
	code=0
	unshare -m -p --fork --kill-child --mount-proc --propagation private \
		sh "$0" inside || code=$?
	exit "$code"
fi

mkdir mnt
python3 "$SRCDIR/tests/support/fuse_server.py" "$PWD/mnt" 2>server.err &
server=$!
for _ in $(seq 200); do
	[ ! -e mounted ] || break
	kill -0 "$server" 2>/dev/null || { echo "needs FUSE in the kernel: $(cat server.err)" >&2; exit 77; }
	sleep 0.05
done
exec 9<mnt/file
rm mnt/file
echo beside >beside
exec 8<beside
rm beside
: >hang
sleep 0.2
case $(readlink /proc/$$/fd/9) in *"/mnt/file (deleted)") ;; *) fixture_fail "the file is not deleted" ;; esac

# Everything but this folder is left out.
top=${PWD#/}
for beside in /* /.[!.]*; do
	[ "$beside" = "/${top%%/*}" ] || echo "$beside"
done >leave
fixture_beside "$PWD" >>leave
collect() {
	set --
	while IFS= read -r glob; do
		set -- "$@" --exclude "$glob"
	done <leave
	timeout 100 "$EXHIBIT_COLLECT" --quiet "$@" --item-deadline 2 -o x.tar.zst
}

# Both are in the list; $1 is the gap of the one, and the other is whole.
judge() {
	"$EXHIBIT" verify --quiet x.tar.zst
	"$EXHIBIT" cat x.tar.zst live/open/index | grep "\"pid\":$$,.*\"fd\":[89]," >lines
	stuck=$(sed -n 's/.*"fd":9,.*"object":"\([^"]*\)".*/\1/p' lines)
	good=$(sed -n 's/.*"fd":8,.*"object":"\([^"]*\)".*/\1/p' lines)
	if [ -z "$stuck" ] || [ -z "$good" ]; then
		cat lines >&2
		fixture_fail "not both are listed"
	fi
	[ "$("$EXHIBIT" cat x.tar.zst "$good")" = beside ] || fixture_fail "the other one"
	"$EXHIBIT" list --gap any --json x.tar.zst | grep "\"path\":\"$stuck\"" >gap ||
		fixture_fail "$stuck has no gap"
	grep -q "\"gap\":\"$1\"" gap || { cat gap >&2; fixture_fail "not $1"; }
}

collect
judge network-filesystem
! grep -q '"syscall"' gap || fixture_fail "it was touched"

rm x.tar.zst
# umount(8) would ask the server first
python3 -c 'import ctypes, sys; sys.exit(ctypes.CDLL(None).umount2(b"mnt", 2))'
collect
judge no-answer

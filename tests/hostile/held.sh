#!/bin/sh
# Programs and files that have lost their names, and one descriptor of every kind: found, and
# recovered byte for byte, while those that hold them see no signal, no stop and no change.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
[ "$(id -u)" -eq 0 ] || { echo "needs root to see other processes' files" >&2; exit 77; }

children=
end_children() {
	for child in $children; do
		kill -KILL "$child" 2>/dev/null || :
	done
}
trap end_children EXIT
trap 'exit 1' HUP INT TERM


seq 1 2000 >wiped.want
mkdir facts.d
cp /bin/sleep program.want
printf '%s' "$$" >>program.want		# nobody else has these bytes

# Every signal that reaches it, and every stop, is in its trace.
strace -o target.trace -e trace=none -e signal=all python3 "$SRCDIR/tests/support/target.py" 2>target.err &
children="$children $!"
fixture_until test -e facts
begun=$(wc -l <target.trace)
target=$(sed -n 's/^pid \([0-9]*\) -$/\1/p' facts)
children="$children $target"

cp program.want deleted
chmod +x deleted
./deleted 1000 &
deleted=$!
children="$children $deleted"
fixture_until fixture_runs "$deleted" "$PWD/deleted"
rm deleted

cp program.want replaced
chmod +x replaced
./replaced 1000 &
replaced=$!
children="$children $replaced"
fixture_until fixture_runs "$replaced" "$PWD/replaced"
cp /bin/true other
mv other replaced

python3 -c '
import os
fd = os.memfd_create("in memory")
os.write(fd, open("program.want", "rb").read())
os.execve(fd, ["[kworker/0:1]", "1000"], {})' &
hidden=$!
children="$children $hidden"
fixture_until fixture_runs "$hidden" "/memfd:in memory (deleted)"

# In a mount namespace of its own something else lies over a program of the system.
namespace=
sleep=$(readlink -f /bin/sleep)
if unshare -m true 2>/dev/null; then
	cp program.want masked
	chmod +x masked
	# shellcheck disable=SC2016
	unshare -m --propagation private sh -c 'mount --bind masked "$1" && exec "$1" 1000' sh "$sleep" &
	namespace=$!
	children="$children $namespace"
	fixture_until cmp -s "/proc/$namespace/exe" program.want
fi

# A writer waits for somebody to open the other end; whoever does kills it.
mkfifo wait
sh -c 'echo never >wait' &
writer=$!
children="$children $writer"

# Nothing but /proc, this folder, and the program that is lain over.
here=${PWD#/}
there=${sleep#/}
for top in /* /.[!.]*; do
	case $top in /proc | "/${here%%/*}" | "/${there%%/*}") ;; *) echo "$top" ;; esac
done >leave
fixture_beside "$PWD" >>leave
fixture_beside "$sleep" >>leave
set --
while IFS= read -r glob; do
	set -- "$@" --exclude "$glob"
done <leave
timeout 300 "$EXHIBIT_COLLECT" --quiet "$@" -o x.tar.zst
"$EXHIBIT" verify --quiet x.tar.zst

# What was held is as it was, nobody was signalled or stopped; the signal shows that the trace sees one.
kill -USR1 "$target"
fixture_until grep -q SIGUSR1 target.trace
: >finish
fixture_until test -e report
[ ! -s report ] || { cat report >&2; fixture_fail "the target was disturbed"; }
tail -n "+$((begun + 1))" target.trace >signals
[ "$(grep -c '^---' signals)" -eq 1 ] || { cat signals >&2; fixture_fail "the target got a signal"; }
for pid in "$deleted" "$replaced" "$hidden" $namespace "$writer"; do
	kill -0 "$pid" || fixture_fail "process $pid is gone"
done

"$EXHIBIT" cat x.tar.zst live/exe/index >exe.index
"$EXHIBIT" cat x.tar.zst live/open/index >open.index

# The member that the line of process $2 in index $1 that matches $3 names.
find_object() {
	grep "^{\"pid\":$2," "$1" | grep -e "$3" >lines || { cat "$1" >&2; fixture_fail "$1 has no line for $2 with $3"; }
	object=$(sed -n '1s/.*"object":"\([^"]*\)".*/\1/p' lines)
	[ -n "$object" ] || { cat lines >&2; fixture_fail "nothing was taken for $2"; }
}

# Its content, into "got".
recover() {
	find_object "$@"
	"$EXHIBIT" cat x.tar.zst "$object" >got
}

recover exe.index "$deleted" '"deleted":true,"at_path":"absent"'
cmp got program.want || fixture_fail "the deleted program"
recover exe.index "$replaced" '"deleted":true,"at_path":"other"'
cmp got program.want || fixture_fail "the replaced program"
recover exe.index "$hidden" '"memfd":true'
cmp got program.want || fixture_fail "the program in memory"
start=$(sed 's/.*) //' "/proc/$hidden/stat" | cut -d ' ' -f 20)
grep -q "\"start\":\[$start,$start\]" lines || fixture_fail "the start time of $hidden"
if [ -n "$namespace" ]; then
	recover exe.index "$namespace" "\"link\":\"$sleep\".*\"deleted\":false,\"at_path\":\"other\",\"package_directory\":true,\"own_root\":true"
	cmp got program.want || fixture_fail "the program that lies over another"
fi
recover open.index "$target" '/wiped.log (deleted)"'
cmp got wiped.want || fixture_fail "the deleted file"
recover open.index "$target" '"map":.*"access":"r-xp".*/library.so (deleted)"'
head -c 10000 /dev/zero | tr '\0' L | cmp got - || fixture_fail "the deleted library"
# a tebibyte, of which a page is there: looked up, never unpacked
find_object open.index "$target" '/memfd:stage two (deleted)"'
"$EXHIBIT" list --json x.tar.zst >all.json
grep "\"path\":\"$object\"" all.json | grep -q '"size":1099511627776.*"extents":\[\[549755813888,4096\]\]' ||
	fixture_fail "the file of holes in memory"

# Each descriptor has its link in the manifest, and its fdinfo says of what kind it is.
grep -v '^pid ' facts | while read -r kind fd pattern; do
	grep "\"path\":\"/proc/$target/fd/$fd\"" all.json | grep -q '"type":"symlink".*"link":"' ||
		fixture_fail "$kind: descriptor $fd has no link"
	"$EXHIBIT" cat x.tar.zst "/proc/$target/fdinfo/$fd" >info
	grep -qP "$pattern" info || { cat info >&2; fixture_fail "$kind: no $pattern"; }
done
grep "\"path\":\"/proc/$target/fd/" all.json | grep -q '"link":"socket:\[[0-9]*\]"' || fixture_fail "no socket's inode"

#!/bin/sh
# Archives made on one machine verify on another, whatever the order of its bytes and the size
# of its words: the programs of this machine and those of another, both ways, in every form. What
# both say of one archive, and of the case that either loads it into, is the same byte for byte,
# and their manifests of one tree agree.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
theirs=$EXHIBIT theirs_collect=$EXHIBIT_COLLECT
ours=${HOME_BUILD:?run by make}/exhibit ours_collect=$HOME_BUILD/exhibit-collect
key=$SRCDIR/tests/support/age-key
to=age1fmwlzlqnm6jlu9jwyq7eghcvsxweyr5vscefy9lfxautskpumugs4vkpqy

mkdir tree
fixture_tree tree
setfattr -n user.one -v 1 tree/etc/passwd 2>/dev/null || :
# Logins as a machine with the low byte first writes them, and one with the high byte first.
python3 - <<'EOF'
import struct
def records(order):
    for boot in range(5):
        at = 1700000000 + 100000 * boot
        for kind, pid, line, user, host, sec in ((2, 0, "~", "reboot", "6.1.0", at),
                                                 (7, 301, "pts/1", "alice", "192.0.2.7", at + 60),
                                                 (8, 301, "pts/1", "", "", at + 3600)):
            yield struct.pack(order + "hhi32s4s32s256shhiiiI", kind, 0, pid, line.encode(), line[-4:].encode(),
                              user.encode(), host.encode(), 0, 0, 0, sec, 250000, 0).ljust(384, b"\0")
for name, order in (("wtmp", "<"), ("wtmp.1", ">")):
    open("tree/var/log/" + name, "wb").write(b"".join(records(order)))
EOF

# collect COLLECTOR READER NAME OPTIONS...: made by one, judged by the other
collect() {
	EXHIBIT_COLLECT=$1
	_reader=$2
	_archive=$3
	shift 3
	fixture_collect tree "$_archive" "$@" 2>log || { cat log >&2; fixture_fail "$_archive was not made"; }
	"$_reader" verify --quiet "$_archive" --identity "$key" ||
		fixture_fail "$_archive does not verify on the other machine"
}
for how in zstd:1 gzip:6 none; do
	collect "$theirs_collect" "$ours" "theirs-$how" --compress "$how"
	collect "$ours_collect" "$theirs" "ours-$how" --compress "$how"
done
collect "$theirs_collect" "$ours" theirs-encrypted --recipient "$to"
collect "$ours_collect" "$theirs" ours-encrypted --recipient "$to"

# A changed byte is found by each in the archive of the other.
changed() { # READER ARCHIVE
	python3 - "$2" <<'EOF'
import sys
data = bytearray(open(sys.argv[1], "rb").read())
data[data.index(b"wget http://192.0.2.7/x")] ^= 1
open("changed", "wb").write(data)
EOF
	code=0
	"$1" verify changed >verdict 2>&1 || code=$?
	[ "$code" -ne 0 ] || fixture_fail "$2, changed, verifies"
	grep -q ALTERED verdict || { cat verdict >&2; fixture_fail "$2, changed, is not found"; }
}
changed "$ours" theirs-none
changed "$theirs" ours-none

# What is said of an archive does not depend on who reads it.
for archive in theirs-zstd:1 ours-zstd:1 "$SRCDIR/tests/golden/whole.tar.zst"; do
	for verb in "verify --json" "list --json" list; do
		# shellcheck disable=SC2086  # a verb and its option
		"$ours" $verb "$archive" >said.ours 2>&1 || [ $? -lt 4 ] || { cat said.ours >&2; fixture_fail "$verb"; }
		# shellcheck disable=SC2086
		"$theirs" $verb "$archive" >said.theirs 2>&1 || :
		cmp said.ours said.theirs >&2 || { diff said.ours said.theirs | head >&2; fixture_fail "$verb $archive differs"; }
	done
done
"$theirs" extract ours-zstd:1 -C out.theirs >/dev/null
# but for what would take an hour to read: its digest is in the manifests
"$ours" extract ours-zstd:1 -C out.ours >/dev/null
diff -r --no-dereference --exclude=sparse out.ours out.theirs >&2 || fixture_fail "not the same files are extracted"

"$ours" list --json theirs-zstd:1 >theirs.json
"$ours" list --json ours-zstd:1 >ours.json
python3 - <<'EOF'
import json, sys

def told(name):
    objects = []
    for line in open(name):
        o = json.loads(line)
        for of_the_run in ("opened", "closed", "boot", "mnt", "atime"):
            o.pop(of_the_run, None)
        objects.append(o)
    return objects

here, there = told("ours.json"), told("theirs.json")
different = [(a, b) for a, b in zip(here, there) if a != b]
for a, b in different[:5]:
    print(a.get("path"), {k: (a.get(k), b.get(k)) for k in {**a, **b} if a.get(k) != b.get(k)}, file=sys.stderr)
if different or len(here) != len(there) or len(here) < 20:
    sys.exit("FAILED: the manifests do not agree: %d and %d objects" % (len(here), len(there)))
EOF

# A case that either makes tells the same, and is read by the other.
for archive in theirs-zstd:1 ours-zstd:1; do
	rm -f case.*
	"$ours" load -qo case.ours "$archive" >/dev/null 2>load.ours || { cat load.ours >&2; fixture_fail "load"; }
	"$theirs" load -qo case.theirs "$archive" >/dev/null 2>load.theirs || { cat load.theirs >&2; fixture_fail "load"; }
	for what in logins accounts files session notes findings; do
		"$ours" show "$what" case.ours --json >said.ours
		"$theirs" show "$what" case.theirs --json >said.theirs
		"$ours" show "$what" case.theirs --json >said.across
		sed -i 's/"loaded":[^,]*,//' said.ours said.theirs said.across
		cmp said.ours said.theirs >&2 || fixture_fail "show $what of $archive differs"
		cmp said.ours said.across >&2 || fixture_fail "show $what of $archive differs, of the case of the other"
		[ "$what" != logins ] || [ "$(grep -c '"user":"alice"' said.ours)" -eq 10 ] ||
			{ cat said.ours >&2; fixture_fail "not all logins of $archive are shown"; }
	done
done

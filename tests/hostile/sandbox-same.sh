#!/bin/sh
# What the sandbox takes from the processes costs no evidence: what two runs without it agree
# on, name, type, digest, attributes and gap of each object, a run with it between them has, too.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
[ -x "$EXHIBIT_COLLECT.open" ] || { echo "needs make traps" >&2; exit 77; }
mkdir tree
fixture_tree tree
setfattr -n user.one -v 1 tree/etc/passwd 2>/dev/null || :
setfattr -n trusted.two -v 2 tree/etc/passwd 2>/dev/null || :
chmod 0 tree/home/alice/.bash_history
chown 1000:1000 tree/home/alice/.bash_history 2>/dev/null || :
# somebody of another user and name space, with files that have no name
# shellcheck disable=SC2016
python3 -c '
import os, time
gone = os.open("gone", os.O_RDWR | os.O_CREAT)
os.write(gone, b"deleted")
os.unlink("gone")
memory = os.memfd_create("memory")
os.write(memory, b"in memory")
try:
    os.setgid(12345); os.setuid(12345)
except OSError:
    pass
print("ready", flush=True)
time.sleep(1000)' >said &
holder=$!
trap 'kill "$holder" 2>/dev/null || :' EXIT
fixture_until grep -q ready said

# One name for all programs: each passes itself by.
collect_thrice() {
	for run in open.1 sandboxed open.2; do
		program=$EXHIBIT_COLLECT
		[ "$run" = sandboxed ] || program=$EXHIBIT_COLLECT.open
		cp "$program" program
		(
			EXHIBIT_COLLECT=$PWD/program
			set -- --raw-ext4 --include "$PWD/tree/**" --exclude '/dev/shm/**'
			while read -r beside; do
				set -- "$@" --exclude "$beside"
			done <leave
			fixture_volatile "$run.tar.zst" "$@" >"$run.log" 2>&1
		) || [ $? -eq 1 ] || { cat "$run.log" >&2; fixture_fail "$run"; }
		"$EXHIBIT" verify --quiet "$run.tar.zst"
		"$EXHIBIT" list --json "$run.tar.zst" >"$run.json"
	done
}

# of this folder's own tree alone, of the way to it nothing else
fixture_beside "$PWD/tree" >leave

cat >compare.py <<'EOF2'
import json, sys
KEYS = ("type", "depth", "result", "gap", "errname", "syscall", "mode", "uid", "gid", "nlink", "size", "sha256",
        "link", "mtime", "ctime", "btime", "attr", "xattr", "xattr_errno", "noatime", "container", "hardlink_of")

def read(name):
    objects = {}
    for line in open(name + ".json"):
        o = json.loads(line)
        if "path" in o:
            if o.get("fstype") in ("proc", "sysfs"):        # times of the instance, or of now
                for k in ("mtime", "ctime", "btime"):
                    o.pop(k, None)
            if o["path"].endswith("/sched"):                # measures how long two looks at a clock take
                o.pop("sha256", None)
            if "/net/sockstat" in o["path"]:                # counts sockets of ours, too, as they come and go
                o.pop("sha256", None)
            objects[o["path"], o["artifact"]] = {k: o.get(k) for k in KEYS}
    return objects

first, last, here = read("open.1"), read("open.2"), read("sandboxed")
same = 0
for key, was in first.items():
    if last.get(key) != was:
        continue
    got = here.get(key)
    if got == was:
        same += 1
    elif got is None:
        print("missing:", *key)
    else:
        print("different:", *key, *(k for k in KEYS if got[k] != was[k]))
if same < 1000 or not any(path.startswith("/proc/%s/" % sys.argv[1]) for path, _ in here):
    print("too little to compare:", same)
EOF2

# A host does not stand still: what is different in every round is different.
round=0
while [ "$round" -lt 4 ]; do
	round=$((round + 1))
	collect_thrice
	python3 compare.py "$holder" | sort >now
	[ "$round" -eq 1 ] || comm -12 now left >both
	if [ "$round" -eq 1 ]; then mv now left; else mv both left; fi
	[ -s left ] || break
	rm -f ./*.tar.zst
done
[ ! -s left ] || { cat left >&2; fixture_fail "different in each of $round rounds"; }
zstd -q -dc open.1.tar.zst | tar --warning=no-unknown-keyword -xOf - CUSTODY/session.txt |
	grep -q '^unenforced: sandbox of the recorder: system calls are not filtered' ||
	fixture_fail "the build without sandbox does not say so"

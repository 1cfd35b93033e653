#!/bin/sh
# A FIFO, a socket, a character device and a block device at every place where the catalogue
# expects a file, those of the facts included: none is opened, each is a line, and the run
# ends as ever.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
fixture_alone
mkdir tree
mount -t tmpfs -o dev tmpfs tree
mkdir tree/home tree/root
# a path that each row with content wants: stars become a letter, every home is /root
"$EXHIBIT_COLLECT" --list |
	sed -n 's/^  [a-z0-9_]* *\(content\|hash\|digest\|sha256\)  *\([0-9.]* [KMG]iB\|\)  *\([/~][^ ]*\) .*/\3/p' |
	sed 's:^~:/root:; s:/\*\*$:/d/f:; s:/\*\*/:/d/:g; s:\[[^]]*\]:a:g; s:[*?]:a:g' |
	grep -v '^/proc\|^/sys\|[{}]' | sort -u >paths
[ "$(wc -l <paths)" -gt 300 ] || { wc -l <paths >&2; fixture_fail "the list of places is short"; }
cat >special.py <<'P'
import json, os, socket, stat, sys
KINDS = "fifo", "socket", "character", "block"


def make(turn):
    here = os.getcwd()
    with open("paths") as paths, open("made", "w") as made:
        for n, path in enumerate(paths.read().split("\n")[:-1]):
            folder, name = os.path.split("tree" + path)
            try:
                os.makedirs(folder, exist_ok=True)
            except OSError:             # another place is on the way to it
                continue
            os.chdir(folder)            # a socket has a short name only
            kind = KINDS[(n + turn) % 4]
            if os.path.lexists(name):
                pass
            elif kind == "fifo":
                os.mkfifo(name)
            elif kind == "socket":
                socket.socket(socket.AF_UNIX).bind(name)
            elif kind == "character":
                os.mknod(name, stat.S_IFCHR | 0o600, os.makedev(1, 3))
            else:
                os.mknod(name, stat.S_IFBLK | 0o600, os.makedev(7, 99))
            if not os.path.isdir(name):
                made.write(path + "\n")
            os.chdir(here)


def judge():
    with open("lines") as lines:
        rows = {row["path"]: row for row in map(json.loads, lines)}
    special = 0
    for path in open("made").read().split("\n")[:-1]:
        row = rows.get(path)
        if row is None or (row["gap"] != "special-file" and row["depth"] != "metadata"):
            sys.exit(f"{path}: {row}")
        special += row["gap"] == "special-file"
    if special < 250:
        sys.exit(f"only {special} special files")


judge() if sys.argv[1] == "judge" else make(int(sys.argv[1]))
P
for turn in 0 1 2 3; do
	rm -rf tree/* tree/.[!.]*
	mkdir tree/home tree/root
	python3 special.py "$turn"
	fixture_watch notes tree
	timeout 100 "$EXHIBIT_COLLECT" --quiet --root tree --profile full --item-deadline 2 -o "x$turn.tar.zst" 2>log ||
		{ cat log >&2; fixture_fail "turn $turn: exit $?"; }
	fixture_complete "x$turn.tar.zst"
	[ ! -e told ] || { head told >&2; fixture_fail "something was opened"; }
	"$EXHIBIT" list --json "x$turn.tar.zst" >lines
	python3 special.py judge || fixture_fail "turn $turn"
	kill "$watcher"
done
# and the test can fail
fixture_watch notes tree
echo x >tree/plain
cat tree/plain >/dev/null
fixture_until test -e told

#!/bin/sh
# An archive whose names, sums and texts are shell and terminal commands: neither the
# script nor the program executes them or lets an escape through, whatever the verdict.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$SRCDIR/tests/support" python3 - <<'PY'
import mkarchive as m

EVIL = "\x1b[31m$(touch pwned);`touch pwned`\x07"


def write(name, archive):
    with open(name, "wb") as f:
        f.write(b"".join(tar for _, tar in archive.parts))


def session(text):
    a = m.Archive()
    a.session = text
    a.begin()
    a.segment([], final=True)
    a.end()
    return a


def named(lies=None):
    return m.whole([[m.Object(b"/tmp/" + EVIL.encode(), data=b"x"),
                     m.Object(b"/tmp/a\n-rf", data=b"x")]], lies=lies)


write("name.tar", named())
write("sums.tar", named({"sums": m.sum_line(b"[root]/tmp/" + EVIL.encode(), "0" * 64)}))
write("line.tar", named({"sums": EVIL.encode() + b"\n"}))
write("session.tar", session(EVIL))
write("command.tar", session("`touch pwned`"))
write("seal.tar", m.whole(lies={"seal 1": {"stream-bytes": EVIL, "utc": "@" + EVIL}}))
write("key.tar", m.whole(lies={"seal 1": {"next-key": EVIL}}))
PY

for archive in *.tar; do
	hand=0
	ours=0
	"$SRCDIR/scripts/verify-by-hand.sh" "$archive" >hand 2>&1 || hand=$?
	"$EXHIBIT" verify "$archive" >ours 2>&1 || ours=$?
	[ "$hand" -eq "$ours" ] || fixture_fail "$archive: by hand $hand, exhibit $ours"
	for said in hand ours; do
		if LC_ALL=C grep -q '[[:cntrl:]]' "$said"; then
			fixture_fail "$archive: raw bytes on the screen ($said)"
		fi
	done
done
[ "$(find . -name pwned | wc -l)" -eq 0 ] || fixture_fail "something was executed"

# At a terminal the fingerprint and the root are asked for, and those of the archive are not
# shown before; a typing error is asked again, and what differs is ALTERED.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
python3 "$SRCDIR/tests/support/mkarchive.py" whole.tar >hashes
cat >terminal.py <<'END'
import os, pty, select, sys, time
out, typed = sys.argv[1], sys.argv[2:]
pid, fd = pty.fork()
if pid == 0:
    os.execv(os.environ["EXHIBIT"], ["exhibit", "receive", "-o", out, "whole.tar"])
shown, asked, end = b"", 0, time.time() + 60
while time.time() < end:
    if not select.select([fd], [], [], 1)[0]:
        continue
    try:
        piece = os.read(fd, 4096)
    except OSError:
        break
    if not piece:
        break
    shown += piece
    if shown.count(b"that the host showed") > asked:
        asked += 1
        sys.stdout.buffer.write(b"before question %d: %s\n" % (asked, b"shown" if b"Fingerprint" in shown else b"not shown"))
        os.write(fd, (typed[asked - 1] + "\n").encode())
_, status = os.waitpid(pid, 0)
print("asked", asked, "exit", os.waitstatus_to_exitcode(status))
print("mistyped" if b"mistyped" in shown else "-", shown.split()[-1].decode() if shown else "-")
END
key=$(sed -n 's/^fingerprint //p' hashes)
root=$(sed -n 's/^root //p' hashes)
python3 terminal.py right "$key" "$root"
python3 terminal.py again abc "$key" "$root"
python3 terminal.py other "$root" "$root" | sed 's/segment.*//'
python3 terminal.py none '' ''
grep -c '"how":"terminal","match":"holds"' right.receive.jsonl

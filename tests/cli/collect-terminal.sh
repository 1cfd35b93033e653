#!/bin/sh
# Whoever sits at a terminal, or is reached through a socket, sees what he has to write down.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
mkdir -p tree/var/log
echo line >tree/var/log/syslog
cat >shown.py <<'EOF'
import os, pty, socket, sys
run = [os.environ["EXHIBIT_COLLECT"], "--root", "tree", "--profile", "logs", "-o", sys.argv[2]]
if sys.argv[1] == "terminal":
    pid, ours = pty.fork()
else:
    a, b = socket.socketpair()
    pid = os.fork()
    ours = a.fileno()
    if pid == 0:
        os.dup2(b.fileno(), 2)
        a.close()
    b.close()
if pid == 0:
    os.execv(run[0], run)
while True:
    try:
        text = os.read(ours, 4096)
    except OSError:
        text = b""
    if not text:
        break
    os.write(1, text)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
EOF
for what in terminal socket; do
	python3 shown.py $what $what.tar >shown || { cat shown; fixture_fail "$what: the run failed"; }
	for line in 'fingerprint of the seal key' 'done: the plan was completed' 'Write down the root'; do
		grep -q "$line" shown || { cat shown; fixture_fail "$what: no line of: $line"; }
	done
done

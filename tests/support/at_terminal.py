"""Run a command at a terminal of its own, as a person would, and type an answer to its question:
at_terminal.py QUESTION ANSWER COMMAND [ARGUMENT...]. QUESTION is a regular expression; the answer
is typed each time it is shown, ten times at most. What was shown goes to standard output, the exit
code is the command's; 97: it was not done in a minute."""
import os
import pty
import re
import select
import sys
import time

QUESTION, ANSWER, COMMAND = sys.argv[1].encode(), sys.argv[2].encode(), sys.argv[3:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(COMMAND[0], COMMAND)
shown, answered, end = b"", 0, time.monotonic() + 60
ended = False
while not ended and time.monotonic() < end:
    if not select.select([terminal], [], [], 1)[0]:
        continue
    try:
        piece = os.read(terminal, 4096)
    except OSError:
        piece = b""
    ended = not piece
    shown += piece
    if answered < min(10, len(re.findall(QUESTION, shown))):
        answered += 1
        os.write(terminal, ANSWER + b"\n")
if not ended:
    os.kill(pid, 9)
sys.stdout.buffer.write(shown)
code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
sys.exit(97 if not ended else code if code >= 0 else 128 - code)

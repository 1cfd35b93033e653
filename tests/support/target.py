"""A process that holds one descriptor of every kind, for tests/hostile/held.sh.

Writes "facts": its number, and a line "KIND FD PATTERN" for each descriptor, PATTERN being a
regular expression that its fdinfo must match.  Waits for the file "finish", then writes
"report": what it found changed of what it held, nothing if all is as it was.
"""
import ctypes
import mmap
import os
import select
import signal
import socket
import struct
import sys
import time

libc = ctypes.CDLL(None, use_errno=True)
SECOND = 10**9
OLD = 1000 * SECOND             # an access time that any reading would move
facts = []


def fact(kind, fd, pattern):
    if fd >= 0:
        facts.append(f"{kind} {fd} {pattern}")
    else:
        print(f"no {kind} here: {os.strerror(ctypes.get_errno())}", file=sys.stderr)


def deleted(name, data):
    fd = os.open(name, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    os.write(fd, data)
    os.unlink(name)
    os.utime(fd, ns=(OLD, time.time_ns()))
    return fd


for number in range(1, 65):
    if number not in (signal.SIGKILL, signal.SIGSTOP, 32, 33):
        signal.signal(number, lambda *_: None)

wiped = deleted("wiped.log", open("wiped.want", "rb").read())
os.lseek(wiped, 17, os.SEEK_SET)
fact("deleted", wiped, r"^pos:\s17$")

memory = os.memfd_create("stage two", 0)
os.ftruncate(memory, 1 << 40)
os.pwrite(memory, b"in memory only", 1 << 39)
fact("memfd", memory, r"^flags:\s0[0-7]*2$")

library = deleted("library.so", b"L" * 10000)
mapping = mmap.mmap(library, 0, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_EXEC)
os.close(library)

pipe_out, pipe_in = os.pipe()
os.write(pipe_in, b"waiting in a pipe")
fact("pipe", pipe_out, r"^pos:\s0$")

os.mkfifo("fifo")
fifo = os.open("fifo", os.O_RDWR)
os.write(fifo, b"waiting in a fifo")
fact("fifo", fifo, r"^flags:")

near, far = socket.socketpair()
far.send(b"waiting in a socket")
fact("socket", near.fileno(), r"^ino:")

poll = select.epoll()
poll.register(pipe_out, select.EPOLLIN)
fact("epoll", poll.fileno(), rf"^tfd:\s+{pipe_out} events:")

watch = libc.inotify_init1(0)
libc.inotify_add_watch(watch, b"fifo", 0x20)      # IN_OPEN
fact("inotify", watch, r"^inotify wd:")

SYS_fanotify_init, SYS_fanotify_mark = 300, 301
group = libc.syscall(SYS_fanotify_init, 0, 0)
if group >= 0:
    libc.fanotify_mark(group, 1, ctypes.c_uint64(0x20), -100, b"facts.d")
fact("fanotify", group, r"^fanotify (ino|mnt_id):?")

ring = libc.syscall(425, 4, ctypes.create_string_buffer(120))   # io_uring_setup
fact("io_uring", ring, r"^SqMask:")

fact("eventfd", libc.eventfd(7, 0), r"^eventfd-count:\s+7$")

timer = libc.timerfd_create(1, 0)
fact("timerfd", timer, r"^clockid: 1$")

fact("signalfd", libc.signalfd(-1, struct.pack("Q", 1 << 9), 0), r"^sigmask:")
fact("pidfd", libc.syscall(434, os.getpid(), 0), r"^Pid:")

with open("facts.new", "w") as out:
    out.write(f"pid {os.getpid()} -\n" + "\n".join(facts) + "\n")
os.rename("facts.new", "facts")

while not os.path.exists("finish"):
    time.sleep(0.05)

report = []
if os.fstat(wiped).st_atime_ns != OLD:
    report.append("the access time of the deleted file changed")
if os.lseek(wiped, 0, os.SEEK_CUR) != 17:
    report.append("the position in the deleted file changed")
if os.read(pipe_out, 100) != b"waiting in a pipe":
    report.append("the pipe lost data")
if os.read(fifo, 100) != b"waiting in a fifo":
    report.append("the fifo lost data")
if near.recv(100) != b"waiting in a socket":
    report.append("the socket lost data")
os.set_blocking(watch, False)
try:
    os.read(watch, 4096)
    report.append("the fifo was opened by somebody")
except BlockingIOError:
    pass
with open("report.new", "w") as out:
    out.write("".join(line + "\n" for line in report))
os.rename("report.new", "report")

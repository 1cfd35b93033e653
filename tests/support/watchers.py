#!/usr/bin/env python3
"""Somebody who watches evidence and never answers, for tests/hostile/.

    watchers.py lease FILE...       holds a lease for writing on each; "told" when one is broken
    watchers.py share FILE...       holds a lease for reading on each
    watchers.py open FILE...        is asked before each is opened (fanotify), and says nothing
    watchers.py read FILE...        is asked before each is read
    watchers.py all FOLDER          is asked before any file of that file system is opened
    watchers.py auto FOLDER         mounts an automount there; "told" when it is triggered
    watchers.py notes FOLDER        "told" when anything but a directory below is opened

Writes "ready.KIND" when it watches; exits with 77 if this kernel cannot.
"""
import ctypes
import fcntl
import os
import signal
import struct
import sys
import time

FAN_CLASS_CONTENT, FAN_MARK_ADD, FAN_MARK_FILESYSTEM = 4, 1, 0x100
FAN_OPEN_PERM, FAN_ACCESS_PERM = 0x10000, 0x20000
libc = ctypes.CDLL(None, use_errno=True)


def told(*what):
    with open("told", "a", encoding="latin-1") as out:
        out.write(" ".join([*sys.argv[1:], *map(str, what)]) + "\n")


def must(result, what):
    if result < 0:
        print(f"{what}: {os.strerror(ctypes.get_errno())}", file=sys.stderr)
        sys.exit(77)
    return result


def lease(files, kind):
    signal.signal(signal.SIGIO, told)
    held = [os.open(f, os.O_RDWR if kind == fcntl.F_WRLCK else os.O_RDONLY) for f in files]
    for fd in held:
        fcntl.fcntl(fd, fcntl.F_SETLEASE, kind)
    return held


def guard(files, mask, flags):
    group = must(libc.fanotify_init(FAN_CLASS_CONTENT, os.O_RDONLY), "fanotify_init")
    for name in files:
        must(libc.fanotify_mark(group, FAN_MARK_ADD | flags, ctypes.c_uint64(mask), -100, name.encode()),
             "fanotify_mark")
    return group


def automount(where):
    ours, theirs = os.pipe2(os.O_DIRECT)
    os.setpgid(0, 0)
    options = f"fd={theirs},pgrp={os.getpgrp()},minproto=5,maxproto=5,indirect"
    must(libc.mount(b"auto", where.encode(), b"autofs", 0, options.encode()), "mount autofs")
    return ours


def notes(folder):
    """Watch every directory below; opens of O_PATH are no news."""
    IN_OPEN = 0x20
    watch = must(libc.inotify_init1(0), "inotify_init1")
    for place, _, _ in os.walk(folder):
        must(libc.inotify_add_watch(watch, place.encode(), IN_OPEN), "inotify_add_watch")
    return watch


def read_notes(watch):
    IN_ISDIR, events = 0x40000000, os.read(watch, 65536)
    while events:
        _, mask, _, length = struct.unpack_from("iIII", events)
        name = events[16:16 + length].rstrip(b"\0").decode("latin-1")
        if name and not mask & IN_ISDIR:
            told(name)
        events = events[16 + length:]


def main():
    kind, names = sys.argv[1], sys.argv[2:]
    pipe = -1
    if kind in ("lease", "share"):
        lease(names, fcntl.F_WRLCK if kind == "lease" else fcntl.F_RDLCK)
    elif kind in ("open", "read"):
        guard(names, FAN_OPEN_PERM if kind == "open" else FAN_ACCESS_PERM, 0)
    elif kind == "all":
        guard(names, FAN_OPEN_PERM, FAN_MARK_FILESYSTEM)
    elif kind == "notes":
        pipe = notes(names[0])
    else:
        pipe = automount(names[0])
    with open("ready." + kind, "w", encoding="ascii"):
        pass
    while True:
        if pipe < 0:
            time.sleep(60)
        elif kind == "notes":
            read_notes(pipe)
        elif os.read(pipe, 4096):
            told()


main()

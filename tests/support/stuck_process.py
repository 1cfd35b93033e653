#!/usr/bin/env python3
"""A process whose memory does not answer, for tests/hostile/stuck-processes.sh.

    stuck_process.py FUSE

FUSE is a mount of hazard_fs.py.  One thread touches a page of FUSE/read/x, which never comes;
another maps the same file past the cache, for which the kernel waits for that page while it
holds the lock of the whole address space.  Adds a line with its number to the file "stuck".
"""
import ctypes
import os
import sys
import threading
import time

PROT_READ, MAP_SHARED, MAP_PRIVATE = 1, 1, 2
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int,
                      ctypes.c_long]
libc.memchr.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]
path = sys.argv[1] + "/read/x"
cached = os.open(path, os.O_RDONLY)
past = os.open(path, os.O_RDONLY | os.O_NONBLOCK)


def touch():
    libc.memchr(libc.mmap(None, 4096, PROT_READ, MAP_SHARED, cached, 0), 1, 1)


def hold():
    time.sleep(0.3)
    libc.mmap(None, 4096, PROT_READ, MAP_PRIVATE, past, 0)


for work in touch, hold:
    threading.Thread(target=work, daemon=True).start()
time.sleep(0.6)
with open("stuck", "a", encoding="ascii") as out:
    out.write(f"{os.getpid()}\n")
time.sleep(1000)

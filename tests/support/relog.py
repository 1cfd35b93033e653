#!/usr/bin/env python3
"""Forges a log of an arrival (docs/FORMAT.md section 13) and makes its chain anew.

    relog.py LOG LIE    the lies are below; "nothing" is none
"""
import hashlib, json, sys
path, case = sys.argv[1:]
rows = [json.loads(line) for line in open(path)]
of = lambda event: [r for r in rows if r["event"] == event]
seal, session, end, h = of("seal"), of("session")[0], of("end")[0], "0" * 63 + "1"
changes = {
    "verdict": (end, "verdict", "TRUNCATED"), "proven": (end, "proven_bytes", 1), "seals": (end, "seals", 1),
    "root": (end, "root", h), "length": (end, "file_bytes", end["file_bytes"] + 1),
    "session": (session, "session", "0" * 32), "fingerprint": (session, "fingerprint", h),
    "answer": (session, "nonce", h), "session-time": (session, "host_time", "2026-01-01T00:00:00.000000000Z"),
    "session-early": (session, "file_bytes", 10), "seal-hash": (seal[1], "seal_sha256", h),
    "tar-bytes": (seal[1], "tar_bytes", seal[1]["tar_bytes"] - 512),
    "seal-early": (seal[1], "file_bytes", seal[0]["file_bytes"]),
    "seal-time": (seal[1], "host_time", "2026-01-01T00:00:00.000000000Z"), "final": (seal[1], "final", True),
    "offset": (end, "clock_offset_min_ns", end["clock_offset_min_ns"] + 1),
    "sequence": (seal[1], "seq", 2), "backwards": (seal[1], "file_bytes", 1)}
if case in changes:
    row, key, value = changes[case]
    assert row[key] != value
    row[key] = value
elif case == "all-seals":
    for row in seal:
        row["seal_sha256"] = h
elif case == "two-ends":
    rows.append(dict(end))
elif case == "two-sessions":
    rows.insert(rows.index(session), dict(session))
elif case == "behind-end":
    rows.append(dict(seal[-1], seq=len(seal)))
elif case == "no-begin":
    rows = [r for r in rows if r["event"] not in ("begin", "nonce")]
elif case == "hole":
    rows.remove(seal[1])
elif case == "last-seal":
    rows.remove(seal[-1])
previous = "0" * 64
with open(path, "w") as f:
    for n, row in enumerate(rows):
        line = json.dumps(dict(row, n=n, previous=previous), separators=(",", ":")) + "\n"
        previous = hashlib.sha256(line.encode()).hexdigest()
        f.write(line)

#!/usr/bin/env python3
"""A second, independent writer of custody records (docs/FORMAT.md section 11), and a forger.

    mkcustody.py FILE                   a record of seven lines, always the same
    mkcustody.py --forge HOW IN OUT     what somebody made of a record

HOW: edited N, replaced N, removed N, moved N, repeated N, rewritten N, cut, shortened.
"rewritten" makes everything from line N on anew, so that the chain holds; "shortened" leaves
the last line away. Only a hash that is known from elsewhere finds these two.
"""
import hashlib
import json
import sys

RECORD = "00112233445566778899aabbccddeeff"
EVENTS = [
    {"event": "planned", "case": "2026-11", "exhibit": "A1", "host": "web01", "by": "N. N."},
    {"event": "key0-readback", "fingerprint": "ab" * 32, "read_by": "O. O.", "heard_by": "N. N.",
     "channel": "telephone"},
    {"event": "received", "received_by": "N. N.", "method": "ssh", "archive": "A1.tar.zst"},
    {"event": "verified", "by": "N. N.", "hash_alg": "sha256", "hash_expected": "cd" * 32,
     "hash_observed": "cd" * 32, "match": "yes", "verdict": "COMPLETE"},
    {"event": "transferred", "released_by": "N. N.", "received_by": "P. P.", "purpose": "storage",
     "method": "by hand", "sealed": "yes", "seal_new": "S 0001"},
    {"event": "stored", "by": "P. P.", "location": "safe 3 \"B\""},
    {"event": "noted", "by": "P. P.", "comments": "na\u00efve \\\\ \\x1b[31m"},
]
ORDER = """utc local time_source tool event when case exhibit root_exhibit description host by
    released_by received_by purpose method location archive hash_alg hash_expected hash_observed
    match verdict fingerprint read_by heard_by channel sealed seal_old seal_new condition
    comments""".split()


def dump(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def line(n, prev, fields):
    """The text of a line and its hash."""
    body = {"custody": 1, "record": RECORD, "n": n, "prev": prev, **fields}
    text = dump(body)[:-1]
    digest = hashlib.sha256(text.encode()).hexdigest()
    return text + ',"sha256":"' + digest + '"}\n', digest


def make():
    prev, lines = "0" * 64, []
    for n, event in enumerate(EVENTS, 1):
        fields = {"utc": f"2026-11-23T10:53:0{n}.000000000Z", "local": f"2026-11-23T11:53:0{n}+01:00",
                  "tool": "mkcustody", **event}
        fields = {k: fields[k] for k in ORDER if k in fields}
        text, prev = line(n, prev, fields)
        lines.append(text)
    return lines


def again(text, prev=None, note=" (altered)"):
    """The line with something altered and its hash made anew."""
    fields = json.loads(text)
    n, before = fields["n"], prev or fields["prev"]
    for key in ("custody", "record", "n", "prev", "sha256"):
        del fields[key]
    global RECORD
    RECORD = json.loads(text)["record"]
    fields["tool"] += note
    return line(n, before, fields)


def forge(how, n, lines):
    if how == "edited":
        lines[n - 1] = lines[n - 1].replace('"utc":"2', '"utc":"1', 1)
    elif how == "replaced":
        lines[n - 1] = again(lines[n - 1])[0]
    elif how == "removed":
        del lines[n - 1]
    elif how == "moved":
        lines[n - 1], lines[n] = lines[n], lines[n - 1]
    elif how == "repeated":
        lines.append(lines[n - 1])
    elif how == "rewritten":
        lines[n - 1], prev = again(lines[n - 1])
        for i in range(n, len(lines)):
            lines[i], prev = again(lines[i], prev, "")
    elif how == "cut":
        lines[-1] = lines[-1][:-10]
    elif how == "shortened":
        del lines[-1]
    else:
        sys.exit(__doc__)
    return lines


def main(args):
    if len(args) == 1:
        lines, out = make(), args[0]
    elif len(args) in (4, 5) and args[0] == "--forge":
        n = int(args[2]) if len(args) == 5 else 0
        with open(args[-2], encoding="utf-8") as f:
            lines, out = forge(args[1], n, f.readlines()), args[-1]
    else:
        sys.exit(__doc__)
    with open(out, "w", encoding="utf-8") as f:
        f.write("".join(lines))


main(sys.argv[1:])

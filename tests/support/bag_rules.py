#!/usr/bin/env python3
"""The rules of BagIt 1.0, from RFC 8493 alone: sections 2.1 (required), 2.2 (optional), 3 (valid).

    bag_rules.py BAG        exit code 0 if it is valid, else 1 and why
"""
import hashlib
import os
import re
import sys


def fail(why):
    print(why)
    sys.exit(1)


def lines(path):
    with open(path, "rb") as f:
        text = f.read()
    if text.startswith(b"\xef\xbb\xbf"):
        fail(path + " begins with a byte-order mark")
    return [line for line in re.split(r"\r\n|\r|\n", text.decode("utf-8")) if line]


def unquote(name):
    return re.sub("%(0A|0D|25)", lambda m: chr(int(m.group(1), 16)), name, flags=re.I)


def manifest(bag, name, digits):
    rows = {}
    for line in lines(os.path.join(bag, name)):
        m = re.fullmatch(r"([0-9A-Fa-f]{%d})[ \t]+\*?(.+)" % digits, line)
        if m is None:
            fail("%s: no line of a manifest: %r" % (name, line))
        path = unquote(m.group(2))
        if path in rows or os.path.isabs(path) or ".." in path.split("/"):
            fail("%s: a second time, or outside: %r" % (name, path))
        rows[path] = m.group(1).lower()
    return rows


def digest(algorithm, path):
    with open(path, "rb") as f:
        return hashlib.new(algorithm, f.read()).hexdigest()


def main():
    bag = sys.argv[1]
    if not os.path.isfile(bag + "/bagit.txt") or lines(bag + "/bagit.txt") != [
            "BagIt-Version: 1.0", "Tag-File-Character-Encoding: UTF-8"]:
        fail("bagit.txt")
    if not os.path.isdir(bag + "/data"):
        fail("no data/")
    payload = set()
    for folder, _, names in os.walk(bag + "/data"):
        for name in names:
            path = os.path.join(folder, name)
            if os.path.islink(path) or not os.path.isfile(path):
                fail("no plain file: " + path)
            payload.add(os.path.relpath(path, bag))
    found = {True: [], False: []}
    for name in os.listdir(bag):
        m = re.fullmatch(r"(tag)?manifest-([a-z0-9]+)\.txt", name)
        if m and m.group(2) in hashlib.algorithms_available:
            found[m.group(1) is not None].append((name, m.group(2)))
    if not found[False]:
        fail("no payload manifest")
    for is_tag, manifests in found.items():
        for name, algorithm in manifests:
            rows = manifest(bag, name, 2 * hashlib.new(algorithm).digest_size)
            if not is_tag and set(rows) != payload:
                fail("%s and data/ differ in %s" % (name, sorted(set(rows) ^ payload)))
            if is_tag and not {n for n, _ in found[False]} <= set(rows):
                fail(name + " does not list every payload manifest")
            if is_tag and any(re.fullmatch(r"tagmanifest-.*\.txt", p) for p in rows):
                fail(name + " lists a tag manifest")
            for path, value in rows.items():
                full = os.path.join(bag, path)
                if not os.path.isfile(full) or digest(algorithm, full) != value:
                    fail("%s: %s is missing or was changed" % (name, path))
    for line in lines(bag + "/fetch.txt") if os.path.isfile(bag + "/fetch.txt") else []:
        m = re.fullmatch(r"(\S+)[ \t]+(\d+|-)[ \t]+(.+)", line)
        if m is None or unquote(m.group(3)) not in payload:
            fail("fetch.txt: no such file in the payload, or no line of it: %r" % line)
    for line in lines(bag + "/bag-info.txt") if os.path.isfile(bag + "/bag-info.txt") else []:
        if line.lower().startswith("payload-oxum:"):
            size = sum(os.path.getsize(os.path.join(bag, p)) for p in payload)
            if line.split(":", 1)[1].strip() != "%d.%d" % (size, len(payload)):
                fail("Payload-Oxum")
    print("valid")


if __name__ == "__main__":
    main()

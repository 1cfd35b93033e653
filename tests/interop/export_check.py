"""Read the exports of a case as other programs do, and hold them against the case:
export_check.py CASE FOLDER. The folder has a file named like each form, and mactime.csv, what
mactime made of the body file."""
import csv
import datetime
import json
import os
import re
import sqlite3
import sys
import uuid

case, folder = sys.argv[1:]
db = sqlite3.connect("file:%s?mode=ro" % case, uri=True)
wrong = []
UTC = datetime.timezone.utc


def one(sql):
    return db.execute(sql).fetchone()[0]


def must(what, fine):
    if not fine:
        wrong.append(what)


def lines(name):
    with open(os.path.join(folder, name), newline="", encoding="utf-8") as f:
        return f.read().split("\n")[:-1]


def load(name):
    def pairs(members):
        must("%s: a name twice in %s" % (name, members), len(dict(members)) == len(members))
        return dict(members)
    with open(os.path.join(folder, name), encoding="utf-8") as f:
        return json.load(f, object_pairs_hook=pairs)


def check_bodyfile():
    rows = [line.split("|") for line in lines("bodyfile")]
    must("bodyfile: rows", len(rows) == one("SELECT count(*) FROM object WHERE path GLOB '/*'"))
    times = 0
    for row in rows:
        must("bodyfile: fields of %s" % row, len(row) == 11)
        must("bodyfile: %s" % row, re.fullmatch(r"0|[0-9a-f]{32}", row[0]) and
             re.fullmatch(r"([-rdlpscb])/\1[-r][-w][-xsS][-r][-w][-xsS][-r][-w][-xtT]", row[3]) and
             all(re.fullmatch(r"-?\d+(\.\d{9})?", n) for n in row[2:3] + row[4:]))
        times += sum(t != "0" for t in row[7:])
    known = one("SELECT sum((o.atime > 0) + (o.mtime > 0) + (o.ctime > 0) + (COALESCE(o.btime, 0) > 0))"
                " FROM object o WHERE o.path GLOB '/*'")
    must("bodyfile: %d times, the case has %d" % (times, known), times == known > 100)
    with open(os.path.join(folder, "mactime.csv"), newline="", encoding="utf-8") as f:
        table = list(csv.DictReader(f))
    shown = sum(len(row["Type"].replace(".", "")) for row in table if not row["Date"].startswith("0000"))
    must("mactime shows %d times of %d" % (shown, times), shown == times)
    names = {row["File Name"] for row in table}
    expected = {row[1] for row in rows if any(t != "0" for t in row[7:])}
    must("mactime lost %s" % (expected - names), expected <= names)


def event_count():
    return one("SELECT count(*) FROM event")


def check_timesketch():
    rows = [json.loads(line) for line in lines("timesketch")]
    must("timesketch: %d rows of %d" % (len(rows), event_count()), len(rows) == event_count() > 1000)
    for row in rows:
        when = datetime.datetime.fromisoformat(row["datetime"])
        micro = (when - datetime.datetime(1970, 1, 1, tzinfo=UTC)) // datetime.timedelta(microseconds=1)
        must("timesketch: %s" % row, row["message"] and row["timestamp_desc"] and when.utcoffset() is not None and
             row["timestamp"] == micro and all(len(str(v).encode()) <= 32766 for v in row.values()))
    return rows


def check_csv(events):
    with open(os.path.join(folder, "csv"), newline="", encoding="utf-8") as f:
        rows = list(csv.DictReader(f, strict=True))
    must("csv: rows", len(rows) == len(events))
    for row, event in zip(rows, events):
        must("csv: %s" % row, None not in row and row["datetime"] == event["datetime"] and
             row["message"].startswith(event["message"][:1000]) and
             not any(v[:1] in tuple("=+-@\t\r") for v in row.values() if v))


def stix_id(row):
    """Section 2.9 of STIX 2.1: version 5, of the contributing properties as canonical JSON."""
    keys = {"ipv4-addr": ["value"], "ipv6-addr": ["value"], "directory": ["path"],
            "file": ["hashes", "name", "parent_directory_ref"]}[row["type"]]
    name = json.dumps({k: row[k] for k in keys}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return row["type"] + "--" + str(uuid.uuid5(uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7"), name))


def check_stix():
    bundle = load("stix")
    rows = bundle["objects"]
    ids = [row["id"] for row in rows]
    must("stix: an identifier twice", len(set(ids)) == len(ids))
    for row in rows:
        must("stix: %s" % row, row["spec_version"] == "2.1" and re.fullmatch(
            row["type"] + "--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", row["id"]))
        refs = row.get("object_refs", []) + [row[k] for k in row if k.endswith("_ref")]
        must("stix: %s refers to nothing" % row["id"], set(refs) <= set(ids))
        if row["type"] in ("ipv4-addr", "ipv6-addr", "file", "directory"):
            must("stix: identifier of %s" % row, row["id"] == stix_id(row))
        for key in ("created", "modified", "first_observed", "last_observed"):
            if key in row:
                must("stix: %s" % row, re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,6}Z", row[key]))
    kinds = [row["type"] for row in rows]
    must("stix: a note for each observed-data", kinds.count("note") == kinds.count("observed-data") > 5)
    must("stix: the address", "203.0.113.66" in [row.get("value") for row in rows])
    for path, hash_ in db.execute("SELECT path, lower(hex(sha256)) FROM object WHERE path IN"
                                  " ('/usr/bin/.sysd', '/root/.ssh/authorized_keys')"):
        must("stix: %s" % path, [1 for row in rows if row.get("name") == os.path.basename(path) and
                                 row["hashes"] == {"SHA-256": hash_}])


def nodes(value):
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for v in value:
            yield from nodes(v)


def check_case():
    document = load("case")
    prefixes = document["@context"]
    defined = [row["@id"] for row in nodes(document["@graph"]) if "@id" in row and "@type" in row]
    must("case: a node twice", len(set(defined)) == len(defined))
    for row in nodes(document["@graph"]):
        for term in list(row) + [v for k, v in row.items() if k == "@type"]:
            must("case: %s has no meaning" % term, term[0] == "@" or term.split(":")[0] in prefixes)
        if list(row) == ["@id"]:
            must("case: %s is not there" % row, row["@id"] in defined)
    kinds = [row["@type"] for row in document["@graph"]]
    for kind in ("uco-observable:Device", "case-investigation:ProvenanceRecord", "uco-tool:Tool", "uco-identity:Identity",
                 "case-investigation:InvestigativeAction", "case-investigation:Investigation"):
        must("case: %s of each host" % kind, kinds.count(kind) == one("SELECT count(*) FROM host"))
    must("case: observations", kinds.count("uco-core:Annotation") > 15)


def check_jsonl():
    found = {}
    for top, _, names in os.walk(os.path.join(folder, "jsonl")):
        for name in names:
            host, day = re.search(r"host=([^/]+)/day=([^/]+)$", top).groups()
            for line in lines(os.path.join(os.path.relpath(top, folder), name)):
                row = json.loads(line)
                when = row.get("time") or row.get("start") or row.get("opened")
                must("jsonl: %s in %s" % (row, top), row["host"] == host and (when or "none")[:10] == day)
                found.setdefault(name, {})[row["id"]] = row
    for (table,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
                               " AND name NOT IN ('meta')").fetchall():
        rows = found.pop(table + ".jsonl", {})
        must("jsonl: %d rows of %s" % (len(rows), table), len(rows) == one('SELECT count(*) FROM "%s"' % table))
        cursor = db.execute('SELECT * FROM "%s"' % table)
        for values in cursor:
            row = rows[values[0]]
            for (column, *_), value in zip(cursor.description, values):
                if column == "host":
                    continue
                if isinstance(value, bytes):
                    value = value.hex()
                got = row.get(column)
                if isinstance(value, int) and isinstance(got, str):
                    got = got.rstrip("Z").split(".")
                    got = (datetime.datetime.fromisoformat(got[0] + "+00:00") - datetime.datetime(
                        1970, 1, 1, tzinfo=UTC)) // datetime.timedelta(seconds=1) * 10**9 + int(got[1])
                must("jsonl: %s of %s is %r, not %r" % (column, table, got, value), got == value)
    must("jsonl: of no table %s" % list(found), not found)


check_bodyfile()
check_csv(check_timesketch())
check_stix()
check_case()
check_jsonl()
for what in wrong[:20]:
    print(what, file=sys.stderr)
sys.exit(bool(wrong))

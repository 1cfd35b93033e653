"""Hold what the commands of docs/SCALE.md handed over against the rows that were exported:
scale_check.py OUT HANDED CASE. HANDED has create.sql and insert.TABLE, which clickhouse-client was
given, template and bulk.*, which curl was given; CASE is any case, for the tables there are."""
import fnmatch
import glob
import json
import os
import re
import sqlite3
import sys

out, handed, case = sys.argv[1:]
BULK_LIMIT = 100 << 20  # http.max_content_length of OpenSearch
wrong = []


def must(what, fine):
    if not fine:
        wrong.append(what)


def read(*path):
    with open(os.path.join(*path), "rb") as f:
        return f.read()


def lines(content):
    return content.split(b"\n")[:-1]


def exported():
    rows = {}
    for path in glob.glob(os.path.join(out, "host=*", "day=*", "*.jsonl")):
        rows.setdefault(os.path.basename(path)[:-6], []).extend(lines(read(path)))
    return {table: sorted(some) for table, some in rows.items()}


def created():
    """The columns of each table, with their types."""
    tables = {}
    for line in read(handed, "create.sql").decode().splitlines():
        name, columns = re.fullmatch(r"CREATE TABLE `(\w+)` \((.*)\) ENGINE = MergeTree ORDER BY \(host, id\);", line).groups()
        pairs = [re.fullmatch(r"`?(\w+)`? (?:Nullable\()?(Int64|String)\)?", column).groups() for column in columns.split(", ")]
        must("%s: a column twice in %s" % (name, columns), len(dict(pairs)) == len(pairs))
        tables[name] = dict(pairs)
    return tables


def check_tables(tables, rows):
    db = sqlite3.connect("file:%s?mode=ro" % case, uri=True)
    names = {name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
                                            " AND name <> 'meta'")}
    must("tables: %s" % (names ^ set(tables)), names == set(tables))
    for table, some in rows.items():
        columns = tables.get(table, {})
        for row in map(json.loads, some):
            for key, value in row.items():
                kind = {int: "Int64", str: "String"}.get(type(value))
                must("%s.%s is %s, not %r" % (table, key, columns.get(key), value), columns.get(key) == kind)
        must("rows of %s" % table, sorted(lines(read(handed, "insert." + table))) == some)


def check_bulk(rows):
    """Action and document in turn, each on one line, a newline at the end; names of indices."""
    template = json.loads(read(handed, "template"))
    must("template", template["template"]["mappings"]["date_detection"] is False)
    (pattern,) = template["index_patterns"]
    found = {}
    pieces = glob.glob(os.path.join(handed, "bulk.*"))
    for piece in map(read, pieces):
        must("bulk: no newline at the end, or too long", piece.endswith(b"\n") and len(piece) < BULK_LIMIT)
        parts = lines(piece)
        must("bulk: an action without a document", len(parts) % 2 == 0)
        for action, document in zip(parts[::2], parts[1::2]):
            index = json.loads(action)["index"]["_index"]
            must("bulk: %s" % action, json.loads(action) == {"index": {"_index": index}} and
                 re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,200}", index) and fnmatch.fnmatchcase(index, pattern))
            found.setdefault(index[len(pattern) - 1:], []).append(document)
    must("bulk: rows", {table: sorted(some) for table, some in found.items()} == rows)
    must("bulk: no table was long enough to be split", len(pieces) > len(rows))


ROWS = exported()
must("two hosts and their rows", len(glob.glob(os.path.join(out, "host=*"))) == 2 and len(ROWS) > 10 and
     sum(map(len, ROWS.values())) > 5000)
check_tables(created(), ROWS)
check_bulk(ROWS)
for problem in wrong[:20]:
    print(problem, file=sys.stderr)
sys.exit(bool(wrong))

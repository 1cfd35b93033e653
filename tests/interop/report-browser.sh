#!/bin/sh
# The report in a real browser: nothing is asked for, nothing is complained of, nothing of the
# evidence runs; it works with scripts and reads without; it fits a telephone and a desk.
set -eu
command -v chromium >/dev/null || { echo "no chromium" >&2; exit 77; }
"$EXHIBIT" load -q -o case.db "$SRCDIR/tests/golden/whole.tar.zst" >/dev/null
python3 -B "$TESTDIR/report_case.py" case.db
"$EXHIBIT" report -o page.html case.db >/dev/null
python3 -B "$TESTDIR/report_browser.py" "$PWD/page.html"

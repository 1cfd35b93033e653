#!/bin/sh
# System calls and allocations that fail, one at a time and for ever: a sample, spread over the
# whole run.  `make check-faults` tries every one.
set -eu
"$SRCDIR/tests/faults/run.py" --stride "${STRIDE:-11}" --most 30 tree
"$SRCDIR/tests/faults/run.py" --stride "${STRIDE:-23}" --most 20 read
# each: holes are found by another call where this one fails
"$SRCDIR/tests/faults/run.py" --only list tree

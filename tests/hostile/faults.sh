#!/bin/sh
# System calls that fail, one at a time and for ever: a sample, spread over the whole run.
# `make check-faults` tries every one.
set -eu
"$SRCDIR/tests/faults/run.py" --stride "${STRIDE:-11}" tree
"$SRCDIR/tests/faults/run.py" --stride "${STRIDE:-23}" read

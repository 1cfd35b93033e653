# The whole table; names are escaped, times are UTC to the nanosecond.
"$EXHIBIT" list "$SRCDIR/tests/golden/whole.tar.zst"

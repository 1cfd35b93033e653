"$EXHIBIT" extract - <"$SRCDIR/tests/golden/whole.tar.zst"

# One JSON object; the same archive from standard input.
"$EXHIBIT" verify --json - <"$SRCDIR/tests/golden/whole.tar.zst"

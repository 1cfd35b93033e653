# A list of an altered archive says so, on standard error and by its exit code.
python3 "$SRCDIR/tests/support/mkarchive.py" --forge flip-data x.tar >/dev/null
"$EXHIBIT" list --path '*/wtmp' x.tar

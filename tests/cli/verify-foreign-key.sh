# A whole archive that was made anew by somebody else: only the fingerprint tells.
set -eu
python3 "$SRCDIR/tests/support/mkarchive.py" --run intruder x.tar >/dev/null
"$EXHIBIT" verify --quiet x.tar
"$EXHIBIT" verify --quiet --key d60b62bb2a6ee4479623d41527ab1d32b38727dd03be471acaf89d2978afed0a x.tar

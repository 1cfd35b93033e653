# One letter wrong in the short form is a typing error, not an altered archive.
"$EXHIBIT" verify --key 2yf-wfo-zkn-3se-pfr-d2q-ksp-ky5-gin "$SRCDIR/tests/golden/whole.tar.zst"

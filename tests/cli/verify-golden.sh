# The test vector: every fact of it, and the verdict.
cp "$SRCDIR/tests/golden/whole.tar.zst" .
"$EXHIBIT" verify whole.tar.zst --key d60b62bb2a6ee4479623d41527ab1d32b38727dd03be471acaf89d2978afed0a \
	--root a16d30ceee07db801f44b00a709115d027ed5652999a7819e9a136dc8301e040 \
	--session acba25512100f80b56fc3ccd14c65be5 --nonce 00FF00FF

# The test vector: every fact of it, and the verdict.
cp "$SRCDIR/tests/golden/whole.tar.zst" .
"$EXHIBIT" verify whole.tar.zst --key d60b62bb2a6ee4479623d41527ab1d32b38727dd03be471acaf89d2978afed0a \
	--root 5908f9f9a7e769895f348e50368a4c637db77da87c6dddf80b11aaa94c40b0ba \
	--session acba25512100f80b56fc3ccd14c65be5 --nonce 00FF00FF

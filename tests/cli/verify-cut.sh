# Cut in the middle: what was sealed before is proven.
head -c 3000 "$SRCDIR/tests/golden/whole.tar.zst" >cut.tar.zst
"$EXHIBIT" verify cut.tar.zst

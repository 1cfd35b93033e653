#!/bin/sh
# Section 7 of docs/FORMAT.md is the vocabulary of lib/item/gap.def, row by row.
# shellcheck disable=SC2016  # backticks of Markdown
sed -nE 's/^GAP\([A-Z_]+, +"([a-z-]+)", +([A-Z]+), +"(.*)"\)$/| `\1` | \L\2\E | \3 |/p' \
	"$SRCDIR/lib/item/gap.def" >table
[ "$(wc -l <table)" -eq "$(grep -c '^GAP(' "$SRCDIR/lib/item/gap.def")" ] || echo "a row was not understood"
# shellcheck disable=SC2016
sed -n '/^## 7\. /,/^## 8\. /p' "$SRCDIR/docs/FORMAT.md" | grep '^| `' >section || :
diff section table

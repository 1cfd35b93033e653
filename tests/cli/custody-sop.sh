# The commands of docs/CUSTODY.md, as they stand and in their order, on a small tree.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
mkdir bin disk tree
ln -s "$EXHIBIT" bin/exhibit
cp "$EXHIBIT_COLLECT" exhibit-collect
sha256sum exhibit-collect >SHA256SUMS
for who in novak petrov; do
	openssl genpkey -algorithm ed25519 -out $who.pem 2>/dev/null
	openssl pkey -in $who.pem -pubout -out $who.pub
done
fixture_tree tree
PATH=$PWD/bin:$PATH
here=$PWD

# Blocks of one kind, by number: what stands between two fences.
block() { # KIND NUMBER
	awk -v want="$1" -v n="$2" '
		/^```sh / { if ($2 == want) k++; inside = ($2 == want && k == n); next }
		/^```/ { inside = 0 }
		inside' "$SRCDIR/docs/CUSTODY.md"
}
value() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$here/A1/custody.jsonl" | tail -n 1; }
# After "Write down the ...", the short form, as a person would.
read_aloud() { grep -A 1 "$1" "$here/screen" | tail -n 1 | tr -d ' '; }
printed() { sed -n "s/.* | exhibit receive .* --$1 \([^ ]*\).*/\1/p" "$here/printed" 2>/dev/null; }
run() { # FOLDER KIND NUMBER
	block "$2" "$3" | sed -e "s:/media/usb:$here/disk:g" -e "s/FINGERPRINT/$(read_aloud fingerprint)/g" \
		-e "s/ROOT/$(read_aloud 'the root')/g" -e "s/NONCE/$(printed nonce)/g" -e "s/ISSUED/$(printed nonce-issued)/g" -e "s/HEAD/$(value sha256)/g" >"$here/block"
	[ -s "$here/block" ] || fixture_fail "no block $2 $3"
	(cd "$1" && sh -eu "$here/block") >"$here/out" || fixture_fail "block $2 $3: $(cat "$here/block" "$here/out")"
}
: >screen
run . workstation 1
cp out printed
# The host is a tree; all else is as the page says.
block host 1 | sed "s:^\./exhibit-collect:& --root $here/tree --profile logs --include /** --quiet:" >typed
(cd disk && sh -euf ../typed) 2>screen
n=2
while [ -n "$(block workstation $n)" ]; do
	run A1 workstation $n
	n=$((n + 1))
done
echo "$((n - 1)) blocks"
tail -n 1 out
"$EXHIBIT" custody check -R A1/custody.jsonl | sed -n 's/^ *\([0-9]*\)  20[0-9TZ:-]*  /\1 /p' | sed 's/key [0-9a-f]*/key/'
[ "$(grep -c '"match":"no"' A1/custody.jsonl)" -eq 0 ] || fixture_fail "something did not match"
[ -s "A1/form.html" ] || fixture_fail "no form"
python3 - A1/form.html <<-'PYTHON'
	import re, sys
	text = open(sys.argv[1]).read()
	for label in ("Workstation's clock before", "Host's clock between", "Workstation's clock after"):
	    assert re.search(label.replace("'", "&#39;") + "</th><td>2[0-9TZ:.-]+<", text), label
	low, high = (float(re.search("Host ahead by at %s, seconds</th><td>([-+0-9.]+)<" % w, text).group(1)) for w in ("least", "most"))
	assert low <= 0 <= high and high - low < 120, (low, high)
PYTHON
cmp work/'[root]'/etc/passwd tree/etc/passwd

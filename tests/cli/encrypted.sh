# Collected to a recipient and read with the identity: every verb, a file or a stream. A key
# that does not fit, none, and what is no key end with 4 and one sentence; nothing is made.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
key=$SRCDIR/tests/support/age-key
to=age1fmwlzlqnm6jlu9jwyq7eghcvsxweyr5vscefy9lfxautskpumugs4vkpqy
mkdir -p tree/etc
echo web01 >tree/etc/hostname
fixture_collect tree . --recipient "$to" >/dev/null 2>&1
a=$(echo ./*.tar.zst.age)
[ -f "$a" ] || fixture_fail "no file of that name"
[ "$(head -n 1 "$a")" = age-encryption.org/v1 ] || fixture_fail "not encrypted"

"$EXHIBIT" verify -q "$a" --identity "$key"
"$EXHIBIT" verify -q - -i "$key" <"$a"
"$EXHIBIT" list "$a" -i "$key" --path '*hostname' | sed 's/.*content/content/'
"$EXHIBIT" cat "$a" /etc/hostname -i "$key"
"$EXHIBIT" extract "$a" -i "$key" -C here
cat 'here/[root]/etc/hostname'
"$EXHIBIT" cat "$a" CUSTODY/session.txt -i "$key" | grep -E '^(encryption|recipient|compression):'
# an identity does no harm where nothing is encrypted
"$EXHIBIT" verify -q "$SRCDIR/tests/golden/whole.tar.zst" -i "$key"

refused() { # EXIT ARGUMENTS...
	want=$1
	shift
	code=0
	"$EXHIBIT" "$@" >stdout 2>stderr </dev/null || code=$?
	echo "---- $code $1"
	cat stdout stderr
	[ "$code" -eq "$want" ] || fixture_fail "exit code $code, wanted $want"
}
echo AGE-SECRET-KEY-1XMWWC06LY3EE5RYTXM9MFLAZ2U56JJJ36S0MYPDRWSVLUL66MV4QX3S7F6 >other
sed 's/W75F$/W75G/' "$key" >mistyped
echo "# nothing" >empty
cp "$a" x.age
for verb in verify list extract; do refused 4 "$verb" x.age; done
refused 4 cat x.age /etc/hostname
refused 4 verify x.age -i other
refused 4 verify x.age -i mistyped
refused 4 verify x.age -i empty
refused 4 verify x.age -i nowhere
refused 4 verify x.age -i x.age
printf -- '-----BEGIN AGE ENCRYPTED FILE-----\n' >armored
refused 4 verify armored -i "$key"

# Cut is TRUNCATED, changed is ALTERED, with the finding's name.
finding() {
	"$EXHIBIT" verify --json "$1" -i "$key" | grep -oE '"verdict":"[A-Z]*"|"finding":"[a-z-]*"' | sort -u
}
head -c 100 x.age >'cut'
finding cut
head -c "$(($(wc -c <x.age) - 1))" x.age >'cut'
finding cut
# the last digit of the MAC of the header but one
sed '1,/^---/s/^\(--- .*\).\(.\)$/\1+\2/' x.age >changed
cmp -s changed x.age && sed '1,/^---/s/^\(--- .*\).\(.\)$/\1-\2/' x.age >changed
finding changed

# What examines reads it, too; without a key that fits it makes nothing.
"$EXHIBIT" load -q -o case.db x.age -i "$key" >/dev/null
"$EXHIBIT" show files case.db --path /etc/hostname --csv | grep -o '/etc/hostname' | head -n 1
"$EXHIBIT" show files x.age -i "$key" --path /etc/hostname --csv 2>/dev/null | grep -o '/etc/hostname' | head -n 1
"$EXHIBIT" report -q -o report.html x.age -i "$key" >/dev/null
grep -o '<strong>[A-Z]*</strong>' report.html
"$EXHIBIT" export --bodyfile x.age -i "$key" 2>/dev/null | grep -o '|/etc/hostname|'
refused 4 load -o none.db x.age
refused 4 show files x.age
refused 4 report -o none.html x.age -i other
refused 4 export --stix -o none.json x.age
for made in none*; do [ ! -e "$made" ] || fixture_fail "$made was made"; done

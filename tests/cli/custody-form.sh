# The form of a known record, whole; signed hand-overs; a record that does not hold is printed
# with that said first, and ends with 3.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
python3 "$SRCDIR/tests/support/mkcustody.py" custody.jsonl
"$EXHIBIT" custody form --paper letter | sed 's/Printed [0-9TZ:-]*/Printed NOW/'
"$EXHIBIT" custody form -o form.html
"$EXHIBIT" custody form -o - | grep -q '^</body></html>$' || fixture_fail "nothing on standard output"
[ ! -e ./- ] || fixture_fail "a file named -"
[ "$(stat -c %a form.html)" = 600 ] || fixture_fail "mode"
grep -q '@page{size:auto' form.html || fixture_fail "paper"

openssl genpkey -algorithm ed25519 -out key.pem 2>/dev/null
"$EXHIBIT" custody sign 5 --role received_by --by 'P. P.' --key key.pem >/dev/null
"$EXHIBIT" custody form | grep -oE 'signed with a key: line 8|The signature holds'

"$EXHIBIT" custody add corrected --corrects 6 --by 'P. P.' --comments 'safe 4' --no-archive >/dev/null
"$EXHIBIT" custody form | grep -c 'safe 3.*Corrected by line 9'

refused() { # EXIT ARGUMENTS...
	want=$1
	shift
	code=0
	echo "---- $*"
	"$EXHIBIT" custody form "$@" 2>&1 >page </dev/null || code=$?
	[ "$code" -eq "$want" ] || fixture_fail "exit code $code, wanted $want"
}
refused 2 --paper a0
refused 2 operand
refused 4 -o form.html
refused 4 -R nowhere.jsonl
python3 "$SRCDIR/tests/support/mkcustody.py" --forge removed 3 custody.jsonl forged.jsonl
refused 3 -R forged.jsonl
grep -o 'does not hold.*following\|does not hold.*after it' page
# a signature that does not hold is no signature
sed -i 's/"role":"received_by"/"role":"released_by"/' custody.jsonl
refused 3
grep -c 'signed with a key' page || :

# A custody record that another program wrote from the specification holds, and each way of
# changing it is found by name; what the chain cannot see, the hash on paper finds.
make() {
	python3 "$SRCDIR/tests/support/mkcustody.py" "$@"
}
make custody.jsonl
"$EXHIBIT" custody check
head=$("$EXHIBIT" custody check --json | sed 's/.*"head":"\([0-9a-f]*\)".*/\1/')
"$EXHIBIT" custody check -q --head "$head"

forged() { # EXIT ARGUMENTS-OF-FORGE... -- ARGUMENTS-OF-CHECK...
	want=$1
	shift
	how=
	while [ "$1" != -- ]; do
		how="$how $1"
		shift
	done
	shift
	# shellcheck disable=SC2086  # words
	make --forge $how custody.jsonl forged.jsonl
	echo "----$how"
	code=0
	"$EXHIBIT" custody check -R forged.jsonl "$@" >out || code=$?
	grep -vE '^( |Case|Exhibit|Head|Signatures|Not compared|$)' out
	[ "$code" -eq "$want" ] || echo "exit code $code, wanted $want"
}
forged 3 edited 1 --
forged 3 edited 5 --
forged 3 edited 7 --
forged 3 replaced 5 --
forged 3 removed 1 --
forged 3 removed 4 --
forged 3 moved 3 --
forged 3 repeated 2 --
forged 1 'cut' --
# the chain cannot see these ...
forged 0 rewritten 5 --
forged 0 shortened --
forged 0 replaced 7 --
# ... the form can
forged 3 rewritten 5 -- --head "$head"
forged 3 shortened -- --head "$head"
forged 3 replaced 7 -- --head "$head"
forged 3 edited 7 -- --head "$head"

try() {
	want=$1
	shift
	echo "---- $want $*"
	code=0
	"$EXHIBIT" custody check "$@" 2>&1 </dev/null | tail -n 1
	"$EXHIBIT" custody check "$@" >out 2>&1 </dev/null || code=$?
	[ "$code" -eq "$want" ] || echo "exit code $code, wanted $want"
}
try 2 operand
try 2 --head 0123
try 4 -R nowhere.jsonl
try 4 -R .
try 4 --key custody.jsonl
python3 "$SRCDIR/tests/support/mkarchive.py" whole.tar >/dev/null
try 3 -R whole.tar
: >empty
try 3 -R empty
"$EXHIBIT" custody check -R - --json <custody.jsonl
# as the specification says, by hand
[ "$(sed -n '7s/,"sha256":"[0-9a-f]*"}$//p' custody.jsonl | tr -d '\n' | sha256sum | cut -c1-64)" = "$head" ] ||
	echo "the hash by hand is another"

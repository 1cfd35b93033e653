#!/bin/sh
# Who reads an archive, a bag or a record on the workstation and answers with a verdict or a list
# has given up its rights before: what comes after the filter opens nothing, or reads what it was
# given; and all of it works as before.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
fixture_emulator_lacks "seccomp filters and Landlock"
# shellcheck source=tests/support/receipt.sh
. "$SRCDIR/tests/support/receipt.sh"
archive=good/data/a.tar.zst.age

# traced NAME CODE ARGUMENT...: one run of exhibit, that ends with CODE.
traced() {
	name=$1
	wanted=$2
	shift 2
	code=0
	strace -f -qq -o "$name.trace" "$EXHIBIT" "$@" >"$name.out" 2>"$name.err" || code=$?
	[ "$code" -eq "$wanted" ] || { cat "$name.out" "$name.err" >&2; fixture_fail "$name: code $code"; }
	awk '/PR_SET_SECCOMP, SECCOMP_MODE_FILTER/ { inside = 1; next } inside' "$name.trace" >"$name.inside"
	[ -s "$name.inside" ] || fixture_fail "$name: no filter"
	grep -q 'landlock_restrict_self(.* = 0' "$name.trace" ||
		grep -q 'landlock_create_ruleset(NULL.* = -1' "$name.trace" || fixture_fail "$name: no Landlock"
	! grep -E ' = -1 E(PERM|ACCES|NOSYS)' "$name.inside" >&2 || fixture_fail "$name: a call is stopped"
	! grep -E '^[0-9]+ +(execve|socket|connect|fork|clone|kill|unlink|rename|mkdir)' "$name.inside" >&2 ||
		fixture_fail "$name: a forbidden call"
}
opens_nothing() {
	! grep -E '^[0-9]+ +open' "$1.inside" >&2 || fixture_fail "$1: opens a file"
}
only_reads() {
	grep -qE '^[0-9]+ +open' "$1.inside" || fixture_fail "$1: reads nothing after the filter: nothing is tested"
	! grep -E '^[0-9]+ +open.*(O_WRONLY|O_RDWR|O_CREAT)' "$1.inside" >&2 || fixture_fail "$1: opens to write"
}

traced verify 0 verify "$archive" -i "$key"
traced list 0 list "$archive" -i "$key"
traced cat 0 cat -i "$key" "$archive" /etc/hostname
cmp cat.out tree/etc/hostname
traced receive 0 receive --no-ask -i "$key" -o got.tar.zst.age "$archive"
for name in verify list cat receive; do opens_nothing "$name"; done
cmp got.tar.zst.age "$archive"
# without a key it is stored unseen
code=0
"$EXHIBIT" receive -q --no-ask -o unseen.tar.zst.age "$archive" >/dev/null || code=$?
[ "$code" -eq 5 ] || fixture_fail "unseen: code $code"
traced custody 0 custody check -R good/data/custody.jsonl
traced bag 0 verify --bag good -i "$key" --ca ca/ca.pem --tsa-ca ca/tsa-root.pem --signer ca/custodian.pem
for name in custody bag; do only_reads "$name"; done
grep -q PROVEN bag.out || { cat bag.out >&2; fixture_fail "not proven"; }

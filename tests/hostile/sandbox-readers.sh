#!/bin/sh
# Who reads an archive, a bag or a record on the workstation and answers with a verdict, a list or
# a line of the record has given up its rights before: what comes after the filter opens nothing,
# or reads what it was given; and all of it works as before.
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

# ---- who writes into a record: it is open before, and nothing else can be written
mkdir case
cp a.custody case/custody.jsonl
cp "$archive" kept.age
ln -s ../kept.age case/a.tar.zst.age
cp good/data/receive.jsonl case/a.tar.zst.age.receive.jsonl
openssl genpkey -algorithm ED25519 -out case/person.pem 2>/dev/null
openssl pkey -in case/person.pem -pubout -out case/public.pem 2>/dev/null
value() { sed -n "\$s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" case/custody.jsonl; }
add() { "$EXHIBIT" custody add -R case/custody.jsonl "$@"; }
given='stored --by N --location safe'

# the archive that is given with its log, then the one that the record names, by a link that leads
# out of its folder
traced received 0 custody add -R case/custody.jsonl -a "$archive" -i "$key" received --received-by N --method ssh \
	--log case/a.tar.zst.age.receive.jsonl
[ "$(value verdict) $(value match)" = 'COMPLETE yes' ] || fixture_fail "the archive was not read"
[ -n "$(value clock_offset_from)" ] || fixture_fail "the log was not read"
traced add 0 custody add -R case/custody.jsonl -i "$key" received --received-by N --method ssh
[ "$(value verdict) $(value match)" = 'COMPLETE yes' ] || fixture_fail "the archive beside was not read"
[ -n "$(value clock_offset_from)" ] || fixture_fail "the log beside was not read"
lines=$(wc -l <case/custody.jsonl)
traced sign 0 custody sign -R case/custody.jsonl --role received_by --by N --key case/person.pem "$lines"
traced message 0 custody sign -R case/custody.jsonl --role received_by --message "$lines"
openssl pkeyutl -sign -rawin -inkey case/person.pem -in message.out -out signature
traced taken 0 custody sign -R case/custody.jsonl --role received_by --by N --signature signature \
	--public-key case/public.pem "$lines"
for name in received add sign message taken; do only_reads "$name"; done
traced form 0 custody form -R case/custody.jsonl -o case/form.html
[ "$(grep -cE '^[0-9]+ +open' form.inside)" -eq 1 ] || fixture_fail "form: more than the page is opened"
grep -qE '^[0-9]+ +openat\([0-9]+, "form.html", O_WRONLY\|O_CREAT\|O_EXCL' form.inside || fixture_fail "form: by another way"
traced printed 0 custody form -R case/custody.jsonl
opens_nothing printed
[ "$(wc -c <case/form.html)" -gt 10000 ] || fixture_fail "no page"
code=0
"$EXHIBIT" custody form -R case/custody.jsonl -o case/form.html 2>log || code=$?
[ "$code" -eq 4 ] || fixture_fail "a page was written over: code $code"
grep -q 'case/form.html: File exists' log || { cat log >&2; fixture_fail "a page was written over"; }
"$EXHIBIT" custody check -q -R case/custody.jsonl >/dev/null || fixture_fail "the record does not hold"

# the time of this place: its zone is no file that was given
python3 - zone <<-'PYTHON'
	import struct, sys
	block = struct.pack(">4s1s15x6l", b"TZif", b"2", 0, 0, 0, 0, 1, 4) + struct.pack(">lbb", 19800, 0, 0) + b"XST\0"
	open(sys.argv[1], "wb").write(block + block + b"\nXST-5:30\n")
PYTHON
# shellcheck disable=SC2086  # words
TZ=$PWD/zone add -i "$key" $given >/dev/null
case $(value local) in *+05:30) ;; *) fixture_fail "local time: $(value local)" ;; esac
# a person is asked, by a program that cannot ask the kernel for the terminal any more
# shellcheck disable=SC2086
python3 "$SRCDIR/tests/support/at_terminal.py" '(may stay empty\):|yes or no\)) ' yes \
	"$EXHIBIT" custody add -R case/custody.jsonl -i "$key" $given >asked || { cat asked >&2; fixture_fail "nobody was asked"; }
[ "$(value condition)" = yes ] || { cat asked >&2; fixture_fail "the answer is not in the line"; }

# ended while it waits for another program: nothing is written; not ended: it is, afterwards
held() { # SECONDS: somebody has the lock
	rm -f locked
	python3 -c 'import fcntl, sys, time
f = open("case/custody.jsonl")
fcntl.flock(f, fcntl.LOCK_EX)
open("locked", "w")
time.sleep(60)' &
	holder=$!
	fixture_until test -e locked
	# shellcheck disable=SC2086
	"$EXHIBIT" custody add -R case/custody.jsonl --no-archive $given >waited 2>&1 &
	waiter=$!
	fixture_until grep -q -- "-> FLOCK .* $waiter " /proc/locks
}
before=$(sha256sum <case/custody.jsonl)
held
kill -TERM "$waiter"
wait "$waiter" 2>/dev/null || :
kill "$holder"
wait "$holder" 2>/dev/null || :
[ "$(sha256sum <case/custody.jsonl)" = "$before" ] || fixture_fail "ended, and something was written"
lines=$(wc -l <case/custody.jsonl)
held
kill "$holder"
wait "$holder" 2>/dev/null || :
wait "$waiter" || { cat waited >&2; fixture_fail "waited in vain"; }
[ "$(wc -l <case/custody.jsonl)" -eq $((lines + 1)) ] || fixture_fail "no line after waiting"

# no room: the record is as it was
[ "$(id -u)" -eq 0 ] || { echo "skipped in part: needs root for a small file system"; exit 0; }
mkdir small
# shellcheck disable=SC2016
GIVEN=$given unshare -m sh -eu -c '
	. "$SRCDIR/tests/support/fixture.sh"
	mount -t tmpfs -o size=64k tmpfs small
	cp case/custody.jsonl small/
	cat /dev/zero >small/rest 2>/dev/null || :
	i=0
	while sum=$(sha256sum <small/custody.jsonl) &&
		"$EXHIBIT" custody add -R small/custody.jsonl --no-archive $GIVEN >/dev/null 2>log; do
		i=$((i + 1))
		[ "$i" -lt 20 ] || fixture_fail "room without end"
	done
	grep -q "writing the custody record: No space left" log || { cat log >&2; fixture_fail "full: unclear"; }
	[ "$(sha256sum <small/custody.jsonl)" = "$sum" ] || fixture_fail "full: half a line stays"
	"$EXHIBIT" custody check -q -R small/custody.jsonl >/dev/null || fixture_fail "full: the record does not hold"
'

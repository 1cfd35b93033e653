# Each event is one line; the archive is read anew with it, and one that was altered, swapped
# or cut is told, in the record too. At a terminal what is missing is asked for.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
x() { "$EXHIBIT" custody add "$@"; }
told() { sed -n '$s/.*"event":"\([^"]*\)".*/\1/p' custody.jsonl; }
value() { sed -n "\$s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" custody.jsonl; }
python3 "$SRCDIR/tests/support/mkarchive.py" A.tar >printed
fpr=$(grep -oE '[0-9a-f]{64}' printed | head -n 1)
root=$(grep -oE '[0-9a-f]{64}' printed | tail -n 1)
nonce=$("$EXHIBIT" cat A.tar CUSTODY/session.txt | sed -n 's/^nonce: //p')
"$EXHIBIT" prepare --case 1 --exhibit A --examiner 'N. N.' >/dev/null
# The archive answers its own nonce, not that of the record: swapped, or another run's.
x key0-readback --read-by O --heard-by N --channel telephone --fingerprint "$fpr" | head -n 1
x root-readback --read-by O --heard-by N --channel telephone --root "$root" | head -n 1
code=0
x received --received-by N --method ssh --archive A.tar >/dev/null 2>stderr || code=$?
echo "other nonce: $code $(value verdict)"
cat stderr

# A record of that nonce. The last line is written by hand, as the specification says.
rm collect.json
python3 - "$nonce" <<-'PYTHON'
	import hashlib, json, sys
	f = {"custody": 1, "record": "00" * 16, "n": 1, "prev": "0" * 64, "utc": "2026-11-23T10:53:00.000000000Z",
	     "event": "planned", "case": "1", "exhibit": "A", "by": "N. N."}
	if sys.argv[1] not in ("", "-"):
	    f["nonce"] = sys.argv[1]
	text = json.dumps(f, separators=(",", ":"))[:-1]
	open("custody.jsonl", "w").write(text + ',"sha256":"' + hashlib.sha256(text.encode()).hexdigest() + '"}\n')
PYTHON
x key0-readback --read-by O --heard-by N --channel telephone --fingerprint "$fpr" | head -n 1
x received --received-by N --method ssh --archive A.tar | head -n 1
echo "$(value verdict) $(value match) $(value archive)"
[ "$(value hash_observed)" = "$(sha256sum <A.tar | cut -c1-64)" ] || fixture_fail "wrong hash"
[ "$(value fingerprint) $(value root)" = "$fpr $root" ] || fixture_fail "wrong seals"
hash=$(value hash_observed)
for event in 'verified --by N' 'transferred --released-by N --received-by P --purpose x --method hand' \
	'opened --by P --purpose x' 'copied --by P --purpose x' 'sealed --by P --seal-new 7' \
	'unsealed --by P --purpose x --seal-old 7 --condition good' 'stored --by P --location safe' \
	'returned --released-by P --received-by N' 'noted --by P --comments x' \
	'corrected --by P --corrects 2 --comments x' 'deployed --by N --method ssh' 'started --by N' \
	'destroyed --by N --authority a --method m --witness w'; do
	# shellcheck disable=SC2086  # words
	x $event >/dev/null
	echo "$(told) $(value match) $(value verdict)"
	[ "$(value hash_expected)" = "$hash" ] || fixture_fail "another expected hash"
done
x stored --by P --location safe --no-archive >/dev/null
echo "not at hand: $(value match)"

altered() { # WHAT
	code=0
	x verified --by N >/dev/null 2>stderr || code=$?
	echo "$1: $code $(value match) $(value verdict)"
	cat stderr
}
cp A.tar whole
fixture_flip A.tar 2000
altered flipped
head -c 20000 whole >A.tar
altered 'cut'
python3 "$SRCDIR/tests/support/mkarchive.py" --run other A.tar >/dev/null
altered swapped
zstd -q <whole >A.tar
altered compressed
cp whole A.tar
altered 'as it was'
"$EXHIBIT" custody check -q

# What is read from the screen after the archive is there, or a second time: in either form.
read_aloud() { # WHAT EVENT OPTION HASH [OPTIONS...]
	what=$1
	event=$2
	option=$3
	hash=$4
	shift 4
	code=0
	x "$event" --read-by O --heard-by N --channel telephone "$option" "$hash" "$@" >/dev/null 2>stderr || code=$?
	echo "$what: $code $(value match) $(cat stderr)"
}
short=$("$EXHIBIT" verify A.tar | sed -n '/^Fingerprint/{n;s/ //gp;}')
read_aloud 'the same' key0-readback --fingerprint "$fpr"
read_aloud 'the same, short' key0-readback --fingerprint "$short"
read_aloud 'the same, archive not at hand' key0-readback --fingerprint "$short" --no-archive
read_aloud 'another fingerprint' key0-readback --fingerprint "$root"
read_aloud 'another fingerprint, archive not at hand' key0-readback --fingerprint "$root" --no-archive
read_aloud 'another root' root-readback --root "$fpr"
"$EXHIBIT" custody check | grep -c 'IT DID NOT MATCH'
"$EXHIBIT" custody form | grep -o 'SHA-256 computed anew: identical</div><div><span class="no">NOT what was known of it' | wc -l

# The log of its arrival gives the clock block of the form, and the time.
cp custody.jsonl saved
"$EXHIBIT" receive -q --no-ask -o B.tar --issue-nonce >/dev/null
"$EXHIBIT" receive -q --no-ask -o B.tar A.tar >/dev/null || :
x received --received-by N --method USB --archive B.tar | head -n 1
log() { sed -n "s/.*\"event\":\"$1\".*\"$2\":\"\{0,1\}\([^\",}]*\).*/\1/p" B.tar.receive.jsonl | tail -n 1; }
[ "$(value clock_host)" = "$(log session host_time)" ] || fixture_fail "the host's time"
[ "$(value clock_received)" = "$(log session arrived)" ] || fixture_fail "when that came"
[ "$(value clock_sent)" = "$(log nonce utc)" ] || fixture_fail "when the nonce was issued"
[ "$(value when)" = "$(log end arrived)" ] || fixture_fail "when it came"
python3 - "$(value clock_offset_from)" "$(log end clock_offset_min_ns)" <<-'PYTHON'
	import decimal, sys
	assert decimal.Decimal(sys.argv[1]) == decimal.Decimal(sys.argv[2]) / 10**9, sys.argv
PYTHON
# the session answers no nonce of ours, so nothing bounds it from above
[ -z "$(value clock_offset_to)" ] || fixture_fail "a bound that is none"
"$EXHIBIT" custody form | grep -c "Host&#39;s clock between</th><td>$(value clock_host)"
x received --received-by N --method USB --archive B.tar --no-log >/dev/null
[ -z "$(value clock_host)$(value when)" ] || fixture_fail "--no-log is not heard"
sed -i 's/"seq":1/"seq":7/' B.tar.receive.jsonl
cp custody.jsonl before
code=0
x received --received-by N --method USB --archive B.tar 2>&1 || code=$?
x received --received-by N --method USB --archive A.tar --log nowhere.jsonl 2>&1 || code=$code$?
"$EXHIBIT" receive -q --no-ask -o C.tar whole >/dev/null || :
"$EXHIBIT" receive -q --no-ask -o D.tar custody.jsonl >/dev/null || :
x received --received-by N --method USB --archive C.tar --log D.tar.receive.jsonl 2>&1 || code=$code$?
[ "$code" = 444 ] || fixture_fail "a log that is none was taken: $code"
cmp before custody.jsonl
mv saved custody.jsonl

refused() { # EXIT ARGUMENTS...
	want=$1
	shift
	code=0
	echo "---- $*"
	x "$@" 2>&1 </dev/null || code=$?
	[ "$code" -eq "$want" ] || fixture_fail "exit code $code, wanted $want"
}
cp custody.jsonl before
refused 2
refused 2 frobbed --by N
refused 2 planned --by N
refused 2 signed --by N
refused 2 transferred --released-by N --received-by P
refused 2 stored --by N --location x --sealed perhaps
refused 2 corrected --by N --comments x --corrects 99
refused 2 corrected --by N --comments x --corrects 1x
refused 2 root-readback --read-by O --heard-by N --channel telephone --root 12
refused 4 stored --by N --location x -R nowhere.jsonl
refused 4 stored --by N --location x --archive nowhere.tar
mv A.tar away.tar
refused 4 stored --by N --location x
mv away.tar A.tar
cmp before custody.jsonl
# hostile texts become one line that is safe to show
x noted --by "$(printf 'N\033[31m')" --comments "$(printf 'a","event":"stored\n{\xe2\x80\xae')" >/dev/null
tail -n 1 custody.jsonl | grep -oE '"by".*"comments":"([^"\\]|\\.)*"'
"$EXHIBIT" custody check | grep '31m' | cut -c28-

# At a terminal: questions, an answer that is needed comes again, and a last look before.
if command -v script >/dev/null; then
	printf 'P\n\n\ngood seal\n\nsafe 3\n\n\nno\n' >answers
	ask() {
		# The terminal shows what it was given; only what is written counts here.
		script -qec "'$EXHIBIT' custody add stored --no-archive" /dev/null <answers >shown || :
	}
	before=$(wc -l <custody.jsonl)
	printf 'P\n\nsafe 3\n\n\ngood\n\nno\n' >answers
	ask
	[ "$(wc -l <custody.jsonl)" -eq "$before" ] || fixture_fail "written though the answer was no"
	printf 'P\n\nsafe 3\n\n\ngood\n\nyes\n' >answers
	ask
	[ "$(wc -l <custody.jsonl)" -eq $((before + 1)) ] || { cat shown >&2; fixture_fail "not written"; }
	[ "$(value by)/$(value location)/$(value condition)" = "P/safe 3/good" ] || fixture_fail "other answers"
fi

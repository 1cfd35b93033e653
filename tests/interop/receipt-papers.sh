#!/bin/sh
# Papers in a bag that was signed and stamped over them: a custody record and a log that were
# changed, and such as hold by themselves and say what the archive denies.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
# shellcheck source=tests/support/receipt.sh
. "$SRCDIR/tests/support/receipt.sh"
fingerprint_of_a=$fingerprint
other

# ---- papers
lie edited
sed -i '2s/sent for/not sent/' edited/data/custody.jsonl
papers edited broken-custody-record
grep -q 'edited-line' json || { cat json >&2; fixture_fail "not named as edited"; }
lie removed
sed -i 2d removed/data/custody.jsonl
papers removed broken-custody-record
grep -q 'removed-line' json || { cat json >&2; fixture_fail "not named as removed"; }
lie log-edited
sed -i 's/"seq":1,/"seq":2,/' log-edited/data/receive.jsonl
papers log-edited broken-log
lie log-removed
sed -i '/"seq":1,/d' log-removed/data/receive.jsonl
papers log-removed broken-log
lie log-swapped
cp b.tar.zst.age.receive.jsonl log-swapped/data/receive.jsonl
papers log-swapped log-of-other-archive missing-seal readback-differs other-nonce
# whoever has the log can make its chain anew; what it says is set against the archive
relogged() { # WORD CASES...
	word=$1
	shift
	for case; do
		lie relogged
		python3 "$SRCDIR/tests/support/relog.py" relogged/data/receive.jsonl "$case"
		papers relogged "$word"
	done
}
relogged log-contradicts-archive verdict proven seals root length session fingerprint answer session-time \
	session-early tar-bytes seal-early seal-time final offset last-seal
relogged broken-log sequence backwards two-ends two-sessions behind-end no-begin hole
relogged missing-seal seal-hash
lie relogged
python3 "$SRCDIR/tests/support/relog.py" relogged/data/receive.jsonl nothing
relist relogged
bag_by_hand relogged
ask relogged
must 0
lie other-tool
cp "$EXHIBIT" other-tool/data/exhibit-collect
papers other-tool other-collector

# ---- a record that holds by itself and says what the archive denies
other=$(printf other | sha256sum | cut -c1-64)
says() { # NAME WORD ARGUMENTS OF custody add...: one line more in the record of a good bag
	lie "$1"
	name=$1 word=$2
	shift 2
	"$EXHIBIT" custody add "$@" --record "$name/data/custody.jsonl" --no-archive >/dev/null
	papers "$name" "$word"
}
heard="--read-by A --heard-by B --channel telephone"
# shellcheck disable=SC2086  # words
says other-key custody-contradicts-archive key0-readback $heard --fingerprint "$other"
# shellcheck disable=SC2086
says other-root custody-contradicts-archive root-readback $heard --root "$other"
grep -q '"detail":"line [0-9]*: root"' json || { cat json >&2; fixture_fail "which line is not said"; }
# Put text behind text in the record of a good bag, and make its chain anew.
tells() { # NAME WORD BEHIND TEXT
	lie "$1"
	python3 - "$1/data/custody.jsonl" "$3" "$4" <<-'PYTHON'
		import hashlib, re, sys
		path, behind, text = sys.argv[1:]
		prev, lines = "0" * 64, []
		for line in open(path).read().splitlines():
		    head = re.sub('"prev":"[0-9a-f]*"', '"prev":"%s"' % prev, line.rsplit(',"sha256":', 1)[0])
		    head = head.replace(behind, behind + text)
		    prev = hashlib.sha256(head.encode()).hexdigest()
		    lines.append('%s,"sha256":"%s"}\n' % (head, prev))
		open(path, "w").write("".join(lines))
	PYTHON
	papers "$1" "$2"
}
tells other-planned custody-contradicts-archive '"exhibit":"17-A"' ",\"collector_sha256\":\"$other\""
tells other-plan custody-contradicts-archive '"exhibit":"17-A"' ',"nonce":"0011223344556677"'
tells other-session custody-contradicts-archive '"method":"ssh"' ',"session":"00112233445566778899aabbccddeeff"'
tells other-end custody-contradicts-archive '"method":"ssh"' ',"plan":"stopped"'
tells no-match custody-tells-alteration '"method":"ssh"' ',"match":"no"'
tells told-altered custody-tells-alteration '"method":"ssh"' ',"verdict":"ALTERED"'

# ---- a mistake that a later line corrects is no contradiction, and is told; what a program measured
# is undone by no word
misheard() { # ARGUMENTS OF custody add...: heard of the screen
	"$EXHIBIT" custody add key0-readback --read-by A --heard-by B --channel telephone --record heard.custody "$@" >/dev/null
}
corrects() { # LINE RECORD
	"$EXHIBIT" custody add corrected --corrects "$1" --by B --comments misheard --record "$2" --no-archive >/dev/null
}
for from in "--archive a.tar.zst.age --identity $key" --no-archive; do
	cp a.custody heard.custody
	# shellcheck disable=SC2086
	misheard --fingerprint "$other" $from 2>/dev/null || [ "$?" -eq 3 ]
	lie corrected
	cp heard.custody corrected/data/custody.jsonl
	papers corrected custody-contradicts-archive
	corrects 4 heard.custody
	# shellcheck disable=SC2086
	misheard --fingerprint "$fingerprint_of_a" $from || fixture_fail "the right line is refused: $from"
	cp heard.custody corrected/data/custody.jsonl
	relist corrected
	bag_by_hand corrected
	ask corrected
	must 0
	grep -q '"custody_corrected":\[{"line":4,"by":5}\]' json || { cat json >&2; fixture_fail "the correction is not told"; }
	identity=
	ask corrected
	must 1 custody-not-compared
	identity=$key
	"$EXHIBIT" verify --bag corrected -i "$key" --ca ca/ca.pem --tsa-ca ca/tsa-root.pem | grep -q '^Custody corrects  line 4 by line 5$' ||
		fixture_fail "nor on the page"
done
for lie in told-altered no-match; do
	corrects 3 $lie/data/custody.jsonl
	papers $lie custody-tells-alteration
done
corrects 3 other-session/data/custody.jsonl
papers other-session custody-contradicts-archive

# ---- the collector that goes into a bag is the one that the archive names, or else, without a
# key, the one that the record says was sent; that neither was there to ask is said
exhibit_prepare() { "$EXHIBIT" prepare -y -C "$1" --case 2026-17 --exhibit 17-A --examiner 'N. N.' --collector "$2" >/dev/null; }
exhibit_prepare sent "$EXHIBIT_COLLECT"
exhibit_prepare other-sent "$EXHIBIT"
puts() { # EXIT TEXT COLLECTOR OPTIONS...: TEXT on standard error, or nothing
	want=$1 text=$2
	collector=$3
	shift 3
	rm -rf put
	code=0
	"$EXHIBIT" receipt put --archive a.tar.zst.age --collector "$collector" "$@" 2>log </dev/null || code=$?
	[ "$code" -eq "$want" ] || { cat log >&2; fixture_fail "exit $code, wanted $want: $collector $*"; }
	[ -e put ] || [ "$want" -ne 0 ] || fixture_fail "no bag"
	[ ! -e put ] || [ "$want" -eq 0 ] || fixture_fail "a bag"
	if [ -n "$text" ]; then
		grep -qF "$text" log || { cat log >&2; fixture_fail "not said: $text"; }
	else
		[ ! -s log ] || { cat log >&2; fixture_fail "more is said"; }
	fi
}
puts 0 '' "$EXHIBIT_COLLECT" --record sent/custody.jsonl
puts 4 'not the program that the custody record names' "$EXHIBIT" --record sent/custody.jsonl
puts 4 'not the program that the custody record names' "$EXHIBIT_COLLECT" --record other-sent/custody.jsonl
puts 0 'not compared' "$EXHIBIT" --record a.custody
puts 0 'not compared' "$EXHIBIT"
puts 0 '' "$EXHIBIT_COLLECT" -i "$key"
puts 4 'not the program that made the archive' "$EXHIBIT" -i "$key" --record other-sent/custody.jsonl

# ---- read back into the custody record alone: that counts, and counts against another
"$EXHIBIT" receive -q --no-ask -o c.tar.zst.age -i "$key" a.tar.zst.age >/dev/null
cp a.custody c.custody
"$EXHIBIT" verify --json a.tar.zst.age -i "$key" >a.json
for what in fingerprint root; do
	hash=$(grep -oE "\"$what\":\"[0-9a-f]{64}\"" a.json | cut -d '"' -f 4)
	event="root-readback"
	[ "$what" = root ] || event="key0-readback"
	"$EXHIBIT" custody add "$event" --record c.custody --no-archive --read-by A --heard-by B \
		--channel telephone "--$what" "$hash" >/dev/null
done
bag readback c.tar.zst.age c.tar.zst.age.receive.jsonl c.custody
ask readback
must 1 no-nonce
! grep -q no-readback json || fixture_fail "the record's read-back does not count"
cp b.tar.zst.age readback/data/c.tar.zst.age
relist readback
ask readback
must 3 readback-differs

# ---- a signature in the record is checked, too: it holds; moved to another role it does not
openssl genpkey -algorithm ed25519 -out side.pem 2>/dev/null
lie signed
"$EXHIBIT" custody sign 3 --role received_by --by 'N. N.' --key side.pem --record signed/data/custody.jsonl >/dev/null
relist signed
bag_by_hand signed
ask signed
must 0
python3 - signed/data/custody.jsonl <<-'PYTHON'
	import hashlib, sys
	lines = open(sys.argv[1]).read().splitlines()
	head = lines[-1].rsplit(',"sha256":', 1)[0].replace('"role":"received_by"', '"role":"released_by"')
	lines[-1] = '%s,"sha256":"%s"}' % (head, hashlib.sha256(head.encode()).hexdigest())
	open(sys.argv[1], "w").write("\n".join(lines) + "\n")
PYTHON
papers signed broken-custody-record
grep -q 'bad-signature: ' json || { cat json >&2; fixture_fail "not named as a signature"; }

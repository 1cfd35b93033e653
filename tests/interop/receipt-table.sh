#!/bin/sh
# For each forgery what everybody says who can look at it: coreutils, the rules of RFC 8493,
# openssl cms and ts, age, the script that needs nothing of ours, the chain of the record by sed
# and sha256sum, and exhibit verify --bag. Where they look at the same thing they agree.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
# shellcheck source=tests/support/receipt.sh
. "$SRCDIR/tests/support/receipt.sh"
cms_signer() { # it holds, and is the custodian's own
	cms "$1" && openssl cms -verify -binary -inform DER -in "$1/tagmanifest-sha256.txt.p7s" -noverify \
		-content "$1/tagmanifest-sha256.txt" -signer who.pem -out /dev/null 2>/dev/null &&
		cmp -s who.pem ca/custodian.pem
}
age_d() { age -d -i "$key" -o plain "$1"/data/*.age 2>/dev/null; }
by_hand() {
	age -d -i "$key" "$1"/data/*.age >plain 2>/dev/null || :
	TMPDIR=$PWD "$SRCDIR/scripts/verify-by-hand.sh" plain "$fingerprint" >/dev/null 2>&1
}
chain() { # as docs/FORMAT.md says, and it names the hash of the archive
	[ -e "$1/data/custody.jsonl" ] || return 1
	_prev=$(printf '%064d' 0)
	while IFS= read -r _line; do
		_was=$_prev
		_prev=$(printf '%s\n' "$_line" | sed -n 's/,"sha256":"[0-9a-f]*"}$//p' | tr -d '\n' | sha256sum | cut -c1-64)
		case $_line in *"\"prev\":\"$_was\""*"\"sha256\":\"$_prev\"}") ;; *) return 1 ;; esac
	done <"$1/data/custody.jsonl"
	grep -q "\"hash_observed\":\"$(sed -n 's/ .*\.age$//p' "$1/manifest-sha256.txt")\"" "$1/data/custody.jsonl"
}
answers_nonce() { # session.txt has the challenge of the log
	_issued=$(sed -n 's/.*"event":"begin".*"nonce":"\([0-9a-f]*\)".*/\1/p; s/.*"event":"nonce".*"nonce":"\([0-9a-f]*\)".*/\1/p' \
		"$1/data/receive.jsonl" | head -n 1)
	age -d -i "$key" "$1"/data/*.age 2>/dev/null | zstd -dcq 2>/dev/null | tar -xOf - CUSTODY/session.txt 2>/dev/null |
		grep -qx "nonce: $_issued"
}

holds() { grep -q "\"$1\":{\"result\":\"holds\"" json; }
unseen() { grep -qE "\"$1\":\{\"result\":\"unknown\",\"fault\":\"([a-z]*-not-compared|archive-unseen)\"" json; }
# agrees TOOL BAG CHECKS...: it takes what all of these checks find to hold, and nothing else;
# of what verify --bag says that it did not look at it there is nothing to agree on
agrees() {
	_tool=$1
	_bag=$2
	shift 2
	_ours=yes
	for _check; do
		if unseen "$_check"; then
			[ $_ours = NO ] || _ours=unseen
		else
			holds "$_check" || _ours=NO
		fi
	done
	_theirs=yes
	"$_tool" "$_bag" || _theirs=NO
	[ $_ours = unseen ] || [ $_theirs = $_ours ] || { cat json >&2; fixture_fail "$row: $_tool says $_theirs, verify --bag of $* $_ours"; }
	printf '%-6s' $_theirs
}
row() { # NAME BAG
	row=$1
	ask "$2"
	printf '%-29s' "$row"
	agrees sums "$2" bag
	agrees rules "$2" bag
	agrees cms_signer "$2" signature signer
	agrees ts "$2" timestamp authority
	# age sees what was changed outside the seals; what is false inside of them it cannot
	if age_d "$2"; then
		printf 'yes   '
	else
		printf 'NO    '
		! holds seals || fixture_fail "$row: age refuses, verify --bag does not"
	fi
	agrees by_hand "$2" seals readback
	agrees chain "$2" custody
	agrees answers_nonce "$2" nonce
	printf '%s %s\n' "$code" "$(grep -oE '"fault":"[a-z-]*"' json | cut -d '"' -f 4 | paste -sd ' ')"
}
shown() { sed -n "/$1/{n;s/ //gp;}" screen; } # by the collector, behind these words
again() { # NAME: lists, signature and stamp made anew by the custodian himself
	relist "$1"
	bag_by_hand "$1"
}

printf '%-29ssums  rules cms   ts    age   hand  chain nonce verify --bag\n' ''
row nothing good
lie x
fixture_flip x/data/a.tar.zst.age 1500000
row 'flipped byte' x
again x
row 'flipped byte, signed anew' x
lie x
truncate -s 2000000 x/data/a.tar.zst.age
row 'cut archive' x
again x
row 'cut archive, signed anew' x
lie x
sed -i '2s/sent for/not sent/' x/data/custody.jsonl
row 'edited custody line' x
again x
row 'edited line, signed anew' x
lie x
sed -i 2d x/data/custody.jsonl
row 'removed custody line' x
again x
row 'removed line, signed anew' x

bag y a.tar.zst.age a.tar.zst.age.receive.jsonl a.custody colleague
row 'wrong signer, a colleague' y
rm -r y
bag y a.tar.zst.age a.tar.zst.age.receive.jsonl a.custody stranger
row 'wrong signer, a stranger' y
lie x
cp y/tagmanifest-sha256.txt.p7s x/
row 'signature of another bag' x
lie x
cp y/tagmanifest-sha256.txt.tsr x/
row 'foreign timestamp' x
lie x
authority_stamp foreign-tsa x/tagmanifest-sha256.txt.tsq x/tagmanifest-sha256.txt.tsr
row "a stranger's timestamp" x
authority_issue_short tsa-root short-tsa 'extendedKeyUsage=critical,timeStamping'
lie x
authority_stamp short-tsa x/tagmanifest-sha256.txt.tsq x/tagmanifest-sha256.txt.tsr
authority_expired short-tsa
row 'expired timestamp' x

# The log of the arrival tells of other seals, its chain made anew by the custodian himself; the
# last three are what can be told without a key, by verify --bag alone.
lie x
python3 "$SRCDIR/tests/support/relog.py" x/data/receive.jsonl all-seals
again x
row 'forged log, signed anew' x
identity=
row 'forged log, no identity' x
row 'nothing, no identity' good
lie x
rm x/data/exhibit-collect x/data/custody.jsonl
again x
row 'no papers, no identity' x
identity=$key

# A run that its deadline ended, because its archive was not taken off it: what is there is proven,
# and it is not what was to be taken.
nonce=$("$EXHIBIT" receive -o stopped.tar.zst.age --issue-nonce)
{
	fixture_collect tree - --seal-bytes 1M --nonce "$nonce" --recipient "$to" --deadline 1s 2>screen || echo "$?" >stopped.code
} | { head -c 512; sleep 3; cat; } >stopped.host
[ "$(cat stopped.code)" -eq 1 ] || { cat screen >&2; fixture_fail "the run was not stopped"; }
"$EXHIBIT" receive -q --no-ask -o stopped.tar.zst.age -i "$key" --key "$(shown 'fingerprint of the seal key')" \
	--root "$(shown 'the root:')" stopped.host >/dev/null
record stopped.custody stopped.tar.zst.age
"$EXHIBIT" custody add verified --by 'N. N.' --record stopped.custody --archive stopped.tar.zst.age -i "$key" >/dev/null
bag stopped stopped.tar.zst.age stopped.tar.zst.age.receive.jsonl stopped.custody
fingerprint_of_good=$fingerprint
fingerprint=$(shown 'fingerprint of the seal key')
row 'run that was stopped' stopped
fingerprint=$fingerprint_of_good
grep -q '"plan":"stopped","plan_missing":"NOT COMPLETED: .*deadline.*categor' json || fixture_fail "the JSON does not say that the run was stopped"
grep -q '^Exhibit-Plan: stopped$' stopped/bag-info.txt || fixture_fail "nor does the description"
grep -q '"plan":"stopped","plan_missing":"NOT COMPLETED: .*deadline' stopped.custody || fixture_fail "nor does the custody record"
"$EXHIBIT" verify --bag stopped --ca ca/ca.pem --tsa-ca ca/tsa-root.pem -i "$key" >page || :
head -n 3 page | grep -q '^Plan  *NOT COMPLETED: .*deadline' || { cat page >&2; fixture_fail "nor do the first lines of the page"; }
"$EXHIBIT" custody form --record stopped.custody | head -n 30 | grep -q 'class="warn".*did not complete its plan.*deadline' ||
	fixture_fail "nor does the head of the form"

# An archive that somebody else sent, whole in itself, received and bagged by the custodian.
sent() { # NAME ARCHIVE OPTIONS-OF-RECEIVE...
	_sent=$1.tar.zst.age
	_archive=$2
	shift 2
	"$EXHIBIT" receive -q --no-ask -o "$_sent" -i "$key" "$@" "$_archive" >/dev/null || :
	# shellcheck disable=SC2086  # words, or none
	record "$_sent.custody" "$_sent" $case_exhibit
	rm -rf y
	bag y "$_sent" "$_sent.receive.jsonl" "$_sent.custody"
}
case_exhibit=
# With the papers of the run that it should be: swapped.
lie x
other
cp b.tar.zst.age x/data/a.tar.zst.age
again x
fingerprint=$("$EXHIBIT" verify --json a.tar.zst.age -i "$key" | grep -oE '"fingerprint":"[0-9a-f]{64}' | cut -c 16-)
row 'swapped archive' x
root=$("$EXHIBIT" verify --json a.tar.zst.age -i "$key" | grep -oE '"root":"[0-9a-f]{64}' | cut -c 9-)
sent nonce a.tar.zst.age --key "$fingerprint" --root "$root" --nonce 0011223344556677
row 'wrong nonce' y
"$EXHIBIT" receive -o again.tar.zst.age --issue-nonce >/dev/null
sent again a.tar.zst.age --key "$fingerprint" --root "$root"
row 'replayed session' y
python3 "$SRCDIR/tests/support/mkarchive.py" --compress zstd --forge plan-not-done early.tar.zst >hashes
fingerprint=$(sed -n 's/^fingerprint //p' hashes)
age -r "$to" -o early.age early.tar.zst
nonce=$("$EXHIBIT" cat early.tar.zst CUSTODY/session.txt | sed -n 's/^nonce: //p')
case_exhibit=$("$EXHIBIT" cat early.tar.zst CUSTODY/session.txt | sed -n 's/^\(case\|exhibit\): //p' | paste -sd ' ')
sent early early.age --key "$fingerprint" --root "$(sed -n 's/^root //p' hashes)" --nonce "$nonce"
row 'early final seal' y

#!/bin/sh
# A receipt, whole: openssl cms, openssl ts, sha256sum and age agree with exhibit verify --bag.
# Then every lie that can be told about the bag and its archive, each of which must be named, and
# where another program looks at the same thing it must refuse it, too.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
# shellcheck source=tests/support/receipt.sh
. "$SRCDIR/tests/support/receipt.sh"

# ---- whole: everybody agrees
ask good
must 0
for who in cms ts sums rules; do "$who" good || fixture_fail "$who refuses a good bag"; done
age -d -i "$key" good/data/a.tar.zst.age | "$EXHIBIT" verify -q - --key "$fingerprint" --root "$root"
[ "$("$EXHIBIT" verify --bag good -q -i "$key" --ca ca/ca.pem --tsa-ca ca/tsa-root.pem)" = PROVEN ] || fixture_fail "not proven"
"$EXHIBIT" verify --bag good -i "$key" --ca ca/ca.pem --tsa-ca ca/tsa-root.pem >page
[ "$(wc -l <page)" -le 60 ] || fixture_fail "more than a page"
[ "$(wc -L <page)" -le 90 ] || { cat page >&2; fixture_fail "wider than a page"; }
# without anchors of our own the bag vouches for itself; without the key nothing is seen
code=0
"$EXHIBIT" verify --bag good --json >json || code=$?
must 1 signer-by-bag-only authority-by-bag-only archive-unseen
"$EXHIBIT" verify --bag good --ca ca/ca.pem --tsa-ca ca/tsa-root.pem >page || :
grep -q '^Nothing that could be looked at is false' page || { cat page >&2; fixture_fail "more than was looked at"; }
[ "$(grep -c '^  UNKNOWN ' page) $(grep -c '^  MISSING ' page)" = '8 0' ] || { cat page >&2; fixture_fail "unread is unknown, not missing"; }

# ---- the bag
lie flipped
fixture_flip flipped/data/a.tar.zst.age 1500000
ask flipped
must 3 changed-file archive-altered
refuses sums flipped
refuses rules flipped
! age -d -i "$key" flipped/data/a.tar.zst.age >/dev/null 2>&1 || fixture_fail "age takes a flipped byte"
relist flipped
ask flipped
must 3 bad-signature foreign-timestamp log-of-other-archive custody-of-other-archive
sums flipped || fixture_fail "this lie was to be about the signature"
refuses cms flipped
refuses ts flipped
lie cut
truncate -s 2000000 'cut/data/a.tar.zst.age'
ask 'cut'
must 3 changed-file archive-truncated missing-seal
refuses sums 'cut'
refuses rules 'cut'
! age -d -i "$key" cut/data/a.tar.zst.age >/dev/null 2>&1 || fixture_fail "age takes a cut archive"
lie gone
rm gone/data/custody.jsonl
ask gone
must 3 missing-file no-custody-record
refuses sums gone
refuses rules gone
lie more
echo more >more/data/more
ask more
must 3 extra-file
refuses rules more
lie linked
mv linked/data/custody.jsonl elsewhere
ln -s ../../elsewhere linked/data/custody.jsonl
ask linked
must 3 extra-file
refuses rules linked
lie described
sed -i 's/N. N./M. M./' described/bag-info.txt
ask described
must 3 changed-list
refuses sums described
refuses rules described
lie uncounted
sed -i 's/^Payload-Oxum:.*/Payload-Oxum: 1.1/' uncounted/bag-info.txt
(cd uncounted && sha256sum bag-info.txt bagit.txt manifest-sha256.txt manifest-sha512.txt >tagmanifest-sha256.txt)
ask uncounted
must 3 wrong-oxum bad-signature
refuses rules uncounted
lie unlisted
grep -v manifest-sha512 good/tagmanifest-sha256.txt >unlisted/tagmanifest-sha256.txt
ask unlisted
must 3 changed-list bad-signature
refuses rules unlisted
lie fetched
printf 'http://192.0.2.7/x 5 data/x\n' >fetched/fetch.txt
ask fetched
must 3 fetch-list
refuses rules fetched
lie md5
(cd md5 && md5sum data/* >manifest-md5.txt && sed -i 's/^./x/' manifest-md5.txt)
ask md5
must 3 unchecked-list
refuses rules md5
lie beside
echo 'PROVEN' >beside/verdict.txt
ask beside
must 1 unlisted-file
mv beside/verdict.txt beside/trust/
ask beside
must 1 unlisted-file
lie formless
echo 'BagIt-Version: 0.97' >formless/bagit.txt
ask formless
must 3 no-bag
refuses rules formless

# ---- another archive, well made, in this bag
other
lie swapped
cp b.tar.zst.age swapped/data/a.tar.zst.age
relist swapped
ask swapped
must 3 bad-signature log-of-other-archive missing-seal readback-differs other-nonce custody-of-other-archive
refuses cms swapped
refuses ts swapped
# and by the custodian himself: no list and no signature is wrong, the papers are
ask inside
must 0
bag_by_hand swapped
ask swapped
must 3 log-of-other-archive missing-seal readback-differs other-nonce custody-of-other-archive
for who in cms ts sums rules; do "$who" swapped || fixture_fail "$who: this lie was to be about the papers"; done

# ---- an early end, forged by who owns the process, against the plan that left before
python3 "$SRCDIR/tests/support/mkarchive.py" --forge plan-not-done early.tar >/dev/null
"$EXHIBIT" receipt early --archive early.tar
ask early
must 3 archive-altered
grep -q 'plan-not-done' json || { cat json >&2; fixture_fail "the plan was not compared"; }

# ---- a budget: all was walked, not all was taken, and no page says that the end was not reached
fixture_collect tree short.tar.zst --budget 1M 2>screen || [ "$?" -eq 1 ]
record short.custody short.tar.zst
"$EXHIBIT" custody add verified --by 'N. N.' --record short.custody --archive short.tar.zst >/dev/null
"$EXHIBIT" receipt short --archive short.tar.zst --record short.custody
ask short
must 1 plan-not-completed
"$EXHIBIT" verify --bag short >page || :
"$EXHIBIT" custody form --record short.custody >>page
for said in 'byte budget of the run was used up' 'were walked to their end' 'was left out within them' \
	'did not complete its plan'; do
	[ "$(tr -s ' \n' ' ' <page | grep -o "$said" | wc -l)" -ge 2 ] || { cat page >&2; fixture_fail "not twice: $said"; }
done
! tr -s ' \n' ' ' <page | grep -q 'end of its plan' || { cat page >&2; fixture_fail "it contradicts itself"; }

# ---- a final seal that the archive does not bear out: its log of acts was full
python3 "$SRCDIR/tests/support/mkarchive.py" --forge completed-log-full full.tar >/dev/null
record full.custody full.tar 2025-0001 A
"$EXHIBIT" custody add verified --by 'N. N.' --record full.custody --archive full.tar >/dev/null
"$EXHIBIT" receipt full --archive full.tar --record full.custody
ask full
must 1 plan-not-known
grep -q '"plan":"unknown","plan_missing":"NOT KNOWN: .*nothing is seen' json || fixture_fail "the JSON does not say it"
grep -q '"plan":"unknown","plan_missing":"NOT KNOWN: ' full.custody || fixture_fail "nor does the custody record"
"$EXHIBIT" custody form --record full.custody | grep -q 'class="warn".*does not show it' || fixture_fail "nor does the form"

# ---- nonce and session
ask good --nonce 0011223344556677
must 3 other-nonce
ask good --root "$fingerprint"
must 3 readback-differs
ask good --session 00112233445566778899aabbccddeeff
must 3 other-session

#!/bin/sh
# scripts/timestamp.sh and an authority of our own behind HTTP on the loopback: the answer
# comes into the bag; an authority that refuses, or is another one, does not.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
fixture_own_network
# shellcheck source=tests/support/authority.sh
. "$SRCDIR/tests/support/authority.sh"
command -v curl >/dev/null || { echo "there is no curl" >&2; exit 77; }
authority_make
authority_serve
python3 "$SRCDIR/tests/support/mkarchive.py" whole.tar >/dev/null
"$EXHIBIT" receipt bag --archive whole.tar
! "$SRCDIR/scripts/timestamp.sh" bag "$url/closed" 2>/dev/null || fixture_fail "an answer of 503 was taken"
! "$SRCDIR/scripts/timestamp.sh" bag "$url/foreign-tsa" --tsa-ca ca/tsa-root.pem 2>/dev/null || fixture_fail "a stranger was taken"
[ ! -e bag/tagmanifest-sha256.txt.tsr ] || fixture_fail "something was kept"
"$SRCDIR/scripts/timestamp.sh" bag "$url/tsa" --tsa-ca ca/tsa-root.pem
openssl ts -verify -in bag/tagmanifest-sha256.txt.tsr -queryfile bag/tagmanifest-sha256.txt.tsq \
	-CAfile ca/tsa-root.pem >/dev/null 2>&1 || fixture_fail "openssl refuses it"
"$EXHIBIT" verify --bag bag --json --tsa-ca ca/tsa-root.pem |
	grep -q '"timestamp":{"result":"holds"},"authority":{"result":"holds"}' || fixture_fail "exhibit refuses it"

# ---- the custodian's commands of docs/CUSTODY.md, as they stand, end in PROVEN
mkdir -p tree/etc bin
echo web01 >tree/etc/hostname
ln -s "$EXHIBIT" bin/exhibit
ln -s "$SRCDIR/scripts" scripts
cp "$EXHIBIT_COLLECT" exhibit-collect
PATH=$PWD/bin:$PATH
exhibit prepare -y -C A1 --case 1 --exhibit A1 --examiner 'N. Novak' --collector exhibit-collect --new-identity lab.key >printed
./exhibit-collect --quiet --config A1/collect.json --root tree --profile logs --include '/**' -o host.tar.zst.age 2>screen
fingerprint=$(sed -n '/fingerprint of the seal key/{n;s/ //gp;}' screen)
root=$(sed -n '/the root:/{n;s/ //gp;}' screen)
line=$(sed -n 's/.* | \(exhibit receive .*\)/\1/p' printed)
sh -c "$line --key $fingerprint --root $root -q host.tar.zst.age" >verdict
[ "$(cat verdict)" = COMPLETE ] || fixture_fail "received: $(cat verdict)"
cd A1
exhibit custody add received --received-by 'N. Novak' --method ssh --archive A1.tar.zst.age --identity ../lab.key >/dev/null
openssl pkcs12 -export -inkey ../ca/custodian.key -in ../ca/custodian.pem -passout pass: -out custodian.p12
cp ../ca/ca.pem ca.pem
cp ../ca/tsa-root.pem tsa.pem
awk '/^```sh custodian/ { inside = 1; next } /^```/ { inside = 0 } inside' "$SRCDIR/docs/CUSTODY.md" |
	sed "s,https://tsa.example/,$url/tsa," >../block
grep -q 'timestamp.sh bag http' ../block || fixture_fail "no commands of the custodian"
sh -eu ../block >../out || { cat ../out >&2; fixture_fail "the commands of the custodian"; }
[ "$(tail -n 1 ../out)" = PROVEN ] || { cat ../out >&2; fixture_fail "not proven"; }

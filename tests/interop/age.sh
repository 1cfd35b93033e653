#!/bin/sh
# age and exhibit read each other's archives: ours by age, for each recipient alone; age's by
# us, with recipients of other kinds beside; whole, cut and changed, both stop at the same
# byte. The script that needs no tool of ours says how to go on.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
for tool in age age-keygen ssh-keygen; do
	command -v "$tool" >/dev/null || { echo "there is no $tool here" >&2; exit 77; }
done
age-keygen -o lab 2>/dev/null
age-keygen -o escrow 2>/dev/null
lab=$(age-keygen -y lab)
escrow=$(age-keygen -y escrow)
mkdir -p tree/var
fixture_tree tree
rm tree/tmp/sparse
head -c 300000 /dev/urandom >tree/var/random

for how in none gzip zstd; do
	fixture_collect tree "x.$how" --compress "$how" --recipient "$lab" --recipient "$escrow"
	"$EXHIBIT" verify -q "x.$how" -i lab >/dev/null || fixture_fail "$how: not COMPLETE"
	age -d -i lab "x.$how" >by-lab
	age -d -i escrow "x.$how" | cmp - by-lab
	"$EXHIBIT" verify -q by-lab >/dev/null || fixture_fail "$how: what age gave is not COMPLETE"
	"$SRCDIR/scripts/verify-by-hand.sh" by-lab >/dev/null || fixture_fail "$how: not by hand"
	# encrypted by age, in front of keys of other kinds
	age -r "$escrow" -r "$lab" -o "y.$how" by-lab
	"$EXHIBIT" verify -q "y.$how" -i lab >/dev/null || fixture_fail "$how: age's is not COMPLETE"
done
ssh-keygen -q -t ed25519 -N '' -f ssh
age -R ssh.pub -r "$lab" -o z by-lab
"$EXHIBIT" verify -q z -i lab >/dev/null || fixture_fail "beside an ssh key"
age -R ssh.pub -o z by-lab
code=0
"$EXHIBIT" verify -q z -i lab >/dev/null 2>&1 || code=$?
[ "$code" -eq 4 ] || fixture_fail "to an ssh key alone: exit $code"

# Cut and changed: not one byte more than age gives, and no verdict but TRUNCATED or ALTERED.
size=$(wc -c <x.none)
for at in 10 100 300 500 66000 "$((size / 2))" "$((size - 1))"; do
	head -c "$at" x.none >'cut'
	age -d -i lab cut >prefix 2>/dev/null && fixture_fail "age found an end at $at"
	code=0
	got=$("$EXHIBIT" verify --json cut -i lab | sed -n 's/.*"archive_bytes":\([0-9]*\).*/\1/p') || :
	"$EXHIBIT" verify -q cut -i lab >/dev/null || code=$?
	[ "$code" -eq 1 ] || fixture_fail "cut at $at: exit $code"
	[ "$at" -le 300 ] || [ "$got" -eq "$(wc -c <prefix)" ] || fixture_fail "cut at $at: $got bytes"
done
for at in 66000 "$((size / 2))"; do
	cp x.none changed
	fixture_flip changed "$at"
	age -d -i lab changed >prefix 2>/dev/null && fixture_fail "age took what was changed"
	code=0
	"$EXHIBIT" verify --json changed -i lab >verdict || code=$?
	[ "$code" -eq 3 ] || fixture_fail "changed at $at: exit $code"
	grep -q damaged-encryption verdict || fixture_fail "changed at $at: another finding"
	[ "$(sed -n 's/.*"archive_bytes":\([0-9]*\).*/\1/p' verdict)" -eq "$(wc -c <prefix)" ] ||
		fixture_fail "changed at $at: other bytes than age's"
done
cp x.none longer
cat x.zstd >>longer
code=0
"$EXHIBIT" verify -q longer -i lab >/dev/null || code=$?
[ "$code" -eq 3 ] || fixture_fail "something appended: exit $code"

code=0
"$SRCDIR/scripts/verify-by-hand.sh" x.zstd >said 2>&1 || code=$?
[ "$code" -eq 4 ] || fixture_fail "by hand, encrypted: exit $code"
grep -q 'age -d' said || fixture_fail "by hand, encrypted: not told what to do"

# A key that a plugin of age holds, as a token does: age asks the plugin, ours says who can.
mkdir bin
ln -s "$SRCDIR/tests/support/age_plugin_holder.py" bin/age-plugin-holder
HOLDER_KEY=$PWD/lab
export HOLDER_KEY
bin/age-plugin-holder --identity >holder
fixture_collect tree held --recipient "$lab" 2>/dev/null
PATH=$PWD/bin:$PATH age -d -i holder held >by-plugin || fixture_fail "age and its plugin do not decrypt it"
"$EXHIBIT" verify -q by-plugin >/dev/null || fixture_fail "what the plugin opened is not COMPLETE"
HOLDER_KEY=$PWD/escrow
! PATH=$PWD/bin:$PATH age -d -i holder held >/dev/null 2>&1 || fixture_fail "another key opens it, too"
code=0
"$EXHIBIT" verify -q held -i holder 2>said || code=$?
[ "$code" -eq 4 ] || fixture_fail "an identity of a plugin: exit $code"
grep -q 'plugins.*age -d' said || { cat said >&2; fixture_fail "not told what to do with a plugin's key"; }
# recipients of plugins (age-plugin-yubikey, age-plugin-tpm) are theirs to write
for to in age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t age1tpm1qg86fn5esp30u9h6jy6zvu9gcsvnac09vn8jzjxt8s3qtlcv5h2x287wm36; do
	code=0
	fixture_collect tree refused --recipient "$to" 2>said || code=$?
	[ "$code" -eq 2 ] || { cat said >&2; fixture_fail "a recipient of a plugin: exit $code"; }
	grep -q 'plugin' said || { cat said >&2; fixture_fail "not told that it is a plugin's"; }
	[ ! -e refused ] || fixture_fail "something was collected"
done

#!/bin/sh
# On a kernel with modules, whose module loader is a trap: tunnels are taken without their
# keys, or with them when asked for, and nothing that is asked loads a module or runs the
# loader. That the trap works is shown at the end.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
# shellcheck source=tests/kernel/rig
. "$TESTDIR/rig"

wanted="wireguard drbg esp4 xfrm_user authenc echainiv iptable_filter"
rig_guest guest
rig_compile tunnels guest/tunnels
# shellcheck disable=SC2086  # a list
rig_modules guest $wanted
collect="/exhibit-collect --quiet --exclude /out/** --exclude /sys/** --exclude /modules/**"
cat >guest/commands <<END
load /modules/list
run /tunnels make
copy /proc/modules /out/before
run $collect -o /out/a.tar.zst
run $collect --private-keys -o /out/b.tar.zst
copy /proc/modules /out/after
run /tunnels untouched
run /tunnels spring
END
rig_boot guest 256 out
rig_all_done guest out
cmp out/before out/after || fixture_fail "modules came or went"

mkdir a b
tar --zstd -xf out/a.tar.zst -C a 2>/dev/null
tar --zstd -xf out/b.tar.zst -C b 2>/dev/null
set -- a/live/net/*/generic/wireguard
[ -f "$1" ] || fixture_fail "no wireguard"
grep -qaF 'public key of the peer, as it is' "$1" || fixture_fail "the peer of wireguard is missing"
grep -q '"keys_blanked":2' "$1.json" || fixture_fail "nothing says that keys were blanked"
grep -qaF 'hmac(sha256)' a/live/net/*/xfrm/state || fixture_fail "the association of IPsec is missing"
[ -s "$(echo a/live/net/*/xtables/ip.filter.entries)" ] || fixture_fail "the table of iptables is missing"
for key in 'y of this wireguard' 'preshared key of the other end !' 'key of the ipsec'; do
	! grep -rqaF "$key" a || fixture_fail "a key was kept: $key"
	grep -rqaF "$key" b/live || fixture_fail "a key was not kept: $key"
done
# what was not loaded says so
grep -q '"path":"live/socket_diag/tcp4".*"gap":"unsupported"' a/CUSTODY/segments/*/manifest.jsonl ||
	fixture_fail "no gap where a module is absent"

# Through a real sshd on the loopback, of its own: whole; broken in mid-stream by the death
# of the connection, of which the log says how much came and is proven; and by our own end.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
fixture_own_network
for program in /usr/sbin/sshd /usr/bin/ssh /usr/bin/ssh-keygen; do
	[ -x "$program" ] || { echo "there is no $program" >&2; exit 77; }
done
home=$PWD
ssh-keygen -q -t ed25519 -N '' -f host-key
ssh-keygen -q -t ed25519 -N '' -f user-key
cp user-key.pub authorized
cat >sshd_config <<END
ListenAddress 127.0.0.1
HostKey $home/host-key
AuthorizedKeysFile $home/authorized
PidFile $home/sshd.pid
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
Subsystem sftp internal-sftp
END
# Debian's sshd wants its empty folder; where there is none this user cannot make it.
[ -d /run/sshd ] || mkdir -m 755 /run/sshd 2>/dev/null || [ "$(id -u)" -ne 0 ] ||
	{ echo "there is no /run/sshd" >&2; exit 77; }
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || :' EXIT
trap 'exit 1' HUP INT TERM
# a port that nobody has: tried until one is free
for port in $(seq $((20000 + $$ % 10000)) 29 60000); do
	/usr/sbin/sshd -D -e -f sshd_config -p "$port" 2>sshd.log &
	server=$!
	for _ in $(seq 100); do
		grep -q 'Server listening' sshd.log && break 2
		kill -0 "$server" 2>/dev/null || break
		sleep 0.05
	done
	kill "$server" 2>/dev/null || :
	wait "$server" 2>/dev/null || :
	server=
	grep -q 'in use' sshd.log || break
done
[ -n "$server" ] || { cat sshd.log >&2; fixture_fail "sshd did not start"; }
become_remote() {
	exec ssh -q -F none -p "$port" -i user-key -o BatchMode=yes -o StrictHostKeyChecking=no \
		-o UserKnownHostsFile=known -o ServerAliveInterval=5 "$(id -un)@127.0.0.1" "$@"
}
remote() { (become_remote "$@"); }
remote true || { cat sshd.log >&2; fixture_fail "no way in"; }

mkdir tree
i=0
while [ "$i" -lt 24 ]; do
	head -c 1048576 /dev/urandom >"tree/f$i"
	i=$((i + 1))
done
collect="'$EXHIBIT_COLLECT' --root '$home/tree' --profile logs --include '/**' --seal-bytes 1M -o -"
field() { # FILE KEY EVENT
	sed -n "s/.*\"event\":\"$3\".*\"$2\":\"\{0,1\}\([^\",}]*\).*/\1/p" "$1" | tail -n 1
}

# whole, with a nonce, and both hashes as they stood on the host's screen
nonce=$("$EXHIBIT" receive -o whole.tar.zst --issue-nonce)
remote "$collect --nonce $nonce" 2>screen | "$EXHIBIT" receive --quiet --no-ask -o whole.tar.zst >verdict
[ "$(cat verdict)" = COMPLETE ] || fixture_fail "whole: $(cat verdict)"
key=$(sed -n '/fingerprint of the seal key/{n;s/ //gp;}' screen)
root=$(sed -n '/the root:/{n;s/ //gp;}' screen)
"$EXHIBIT" verify -q whole.tar.zst --key "$key" --root "$root" --nonce "$nonce"
grep -q '"answers_nonce":true' whole.tar.zst.receive.jsonl || fixture_fail "the nonce was not answered"
low=$(field whole.tar.zst.receive.jsonl clock_offset_min_ns end)
high=$(field whole.tar.zst.receive.jsonl clock_offset_max_ns end)
# one machine, one clock: the true offset is 0
[ "$low" -le 0 ] || fixture_fail "0 is not between $low and $high"
[ "$high" -ge 0 ] || fixture_fail "0 is not between $low and $high"

# the connection dies in mid-stream: a pipe holds the collector back until we saw seals
mkfifo gate
become_remote "$collect" 2>/dev/null >gate &
client=$!
{ head -c 9000000; kill -KILL "$client"; cat; } <gate |
	{ code=0; "$EXHIBIT" receive --json --no-ask -o broken.tar.zst >verdict || code=$?; echo "$code" >code; }
wait "$client" 2>/dev/null || :
[ "$(cat code)" -eq 1 ] || { cat verdict >&2; fixture_fail "broken: exit $(cat code), not TRUNCATED"; }
log=broken.tar.zst.receive.jsonl
[ "$(field $log file_bytes end)" -eq "$(wc -c <broken.tar.zst)" ] || fixture_fail "not all that came is there"
proven=$(field $log proven_bytes end)
[ "$proven" -ge 4000000 ] || fixture_fail "only $proven bytes proven of 9000000 that came"
"$EXHIBIT" verify --json broken.tar.zst | grep -q "\"proven_bytes\":$proven," || fixture_fail "verify says another number"
[ "$(field $log sha256 end)" = "$(sha256sum broken.tar.zst | cut -d ' ' -f 1)" ] || fixture_fail "another hash"
[ "$(grep -c '"event":"seal"' $log)" -ge 4 ] || fixture_fail "seals were not noted"

# a signal to us: the same
become_remote "$collect" 2>/dev/null >gate &
client=$!
mkfifo slow
{ head -c 5000000; sleep 60; } <gate >slow &
holder=$!
env --default-signal=INT "$EXHIBIT" receive --quiet --no-ask -o stopped.tar.zst slow >verdict &
receiver=$!
fixture_until grep -q '"seq":2' stopped.tar.zst.receive.jsonl
kill -INT "$receiver"
code=0
wait "$receiver" || code=$?
kill "$holder" "$client" 2>/dev/null || :
wait "$holder" "$client" 2>/dev/null || :
[ "$code" -eq 1 ] || fixture_fail "stopped: exit $code"
grep -q '"event":"end".*"why":"stopped"' stopped.tar.zst.receive.jsonl || fixture_fail "no word of the signal"

# the line that prepare prints, as it is pasted: collector, configuration and archive go through ssh
cat >ssh_config <<END
Host *
	Port $port
	IdentityFile $home/user-key
	BatchMode yes
	StrictHostKeyChecking no
	UserKnownHostsFile $home/known
	LogLevel QUIET
END
mkdir bin there
ln -s "$EXHIBIT" bin/exhibit
for program in ssh scp; do
	printf '#!/bin/sh\nexec /usr/bin/%s -F "%s/ssh_config" "$@"\n' $program "$home" >bin/$program
	chmod +x bin/$program
done
cp "$EXHIBIT_COLLECT" exhibit-collect
"$EXHIBIT" prepare -y -C case --case 1 --exhibit 'A 1' --examiner 'N. N.' --collector exhibit-collect \
	--new-identity lab.key --ssh "$(id -un)@127.0.0.1" --host-directory "$home/there" --profile logs \
	--with "root=$home/tree" --with 'include=/**' >printed
sed -n '/^  scp/p' printed >line
[ "$(wc -l <line)" -eq 1 ] || fixture_fail "prepare prints no line for ssh"
PATH=$home/bin:$PATH sh -eu line >out 2>screen </dev/null || { cat out screen >&2; fixture_fail "the line of prepare"; }
grep -qx COMPLETE out || { cat out screen >&2; fixture_fail "the line of prepare brought no whole archive"; }
[ "$(ls there)" = exhibit-collect ] || fixture_fail "more than the collector was written to the host: $(ls there)"
archive=$(ls case/*.tar.zst.age)
grep -q '"answers_nonce":true' "$archive.receive.jsonl" || fixture_fail "another nonce"
[ -n "$(field "$archive.receive.jsonl" clock_offset_max_ns end)" ] || fixture_fail "the clock has no upper bound"
"$EXHIBIT" custody add received -R case/custody.jsonl --received-by 'N. N.' --method ssh --archive "$archive" \
	--identity lab.key >/dev/null || fixture_fail "the record refuses it"

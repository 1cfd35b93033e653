#!/bin/sh
# Inside a container, through its own root: what belongs there is taken and marked as of
# the container, byte for byte; nothing that a link in it points to outside; no access
# time changes; what the host shows itself is not taken twice.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
[ "$(id -u)" -eq 0 ] || { echo "needs root for namespaces" >&2; exit 77; }
mkdir world out
python3 "$SRCDIR/tests/support/world.py" "$PWD/world" "$PWD/out" plain "$EXHIBIT_COLLECT" \
	--quiet -o /out/x.tar >/dev/null 2>log || { code=$?; cat log >&2; exit "$code"; }
read -r _ box mnt <<end
$(grep '^box ' out/pids)
end
read -r _ jail _ <<end
$(grep '^jail ' out/pids)
end
read -r _ view view_mnt <<end
$(grep '^view ' out/pids)
end
[ "$(cat out/exit)" = 0 ] || { cat log >&2; fixture_fail "the collector ended with $(cat out/exit)"; }
[ ! -s out/mounts ] || { cat out/mounts >&2; fixture_fail "mount tables changed"; }
[ ! -s out/atimes ] || { cat out/atimes >&2; fixture_fail "access times changed"; }
"$EXHIBIT" verify out/x.tar | tail -n 1 | grep -qx COMPLETE || fixture_fail "not COMPLETE"
"$EXHIBIT" list --json out/x.tar >lines
tar --warning=no-unknown-keyword -tf out/x.tar >members
inside() { # PATH CONTENT
	"$EXHIBIT" cat out/x.tar "/proc/$box/root$1" >got || fixture_fail "$1 is not there"
	printf '%b' "$2" | cmp - got || fixture_fail "$1 is not what was there"
	grep -qxF "[root]/proc/$box/root$1" members || fixture_fail "tar does not list $1"
	grep -F "\"path\":\"/proc/$box/root$1\"" lines |
		grep -qF "\"container\":{\"mnt\":$mnt,\"pid\":$box}" || fixture_fail "$1 is not marked"
}
inside /etc/passwd 'root:x:0:0::/root:/bin/sh\nodd:x:1000:1000::/srv/odd:/bin/sh\n'
inside /etc/shadow 'root:inside:1::::::\n'
inside /etc/ld.so.preload '/tmp/evil.so\n'
inside /etc/cron.d/job '* * * * * root /tmp/evil\n'
inside /var/log/auth.log 'sshd: inside\n'
inside /var/log/own/log 'inside\n'			# a mount below
inside /root/.bash_history 'curl inside | sh\n'
inside /srv/odd/.bash_history 'odd home inside\n'	# a home by the container's own passwd
inside /data/spool/cron/crontabs/root '@reboot /tmp/evil\n'	# by its own link /var/spool
inside /run/state 'run inside\n'
inside /dev/shm/tool 'shm inside\n'
inside /var/tmp/kept 'var tmp inside\n'
inside /tmp/evil '\0177ELF inside\n'
"$EXHIBIT" cat out/x.tar "/proc/$box/root/var/log/wtmp" | wc -c | grep -qx 768 || fixture_fail "wtmp"
grep -F "\"path\":\"/proc/$box/root/root/.ssh/id_ed25519\"" lines | grep -qF '"gap":"private-key"' ||
	fixture_fail "the private key"
grep -F "\"path\":\"/proc/$box/root/var/log/fifo\"" lines | grep -qF '"gap":"special-file"' ||
	fixture_fail "the fifo"
grep -F "\"path\":\"/proc/$box/root/var/log/x\"" lines | grep -qF '"link":"/etc/shadow"' ||
	fixture_fail "the link"
# only under its own names, once each
[ "$(tar --warning=no-unknown-keyword -xOf out/x.tar | grep -ac 'SECRET-OF-THE-HOST')" -eq 2 ] ||
	fixture_fail "a secret of the host is there more or less often than under its two names"
[ "$(tar --warning=no-unknown-keyword -xOf out/x.tar | grep -ac 'seen by both')" -eq 1 ] ||
	fixture_fail "what is mounted from the host is not there once"
grep -F "\"path\":\"/proc/$box/root/var/log/shared\"" lines | grep -qF '"gap":"duplicate-mount"' ||
	fixture_fail "what is mounted from the host is not mentioned"
! grep -F "\"path\":\"/proc/$box/root/" lines | grep -qE '/root/(usr|tmp/all/|tmp/out/|var/log/(dir|up)/|proc/)' ||
	fixture_fail "something that was not asked for, or behind a link"
[ -z "$(sort members | uniq -d)" ] || fixture_fail "a member is there twice"
# of a process with the host's root only what it alone has mounted
[ "$("$EXHIBIT" cat out/x.tar "/proc/$view/root/tmp/deep/hidden")" = "seen by one process" ] ||
	fixture_fail "what one process sees"
grep "\"category\":\"guest\".*\"path\":\"/proc/$view/root" lines | grep -v "/root/tmp[/\"]" >others || true
[ ! -s others ] || { cat others >&2; fixture_fail "the host was taken for a container"; }
"$EXHIBIT" cat out/x.tar "live/container/$view.json" | grep -qF '"host_root":true' || fixture_fail "the view"
service=$(sed -n 's/^service \([0-9]*\) .*/\1/p' out/pids)
! grep -q "\"path\":\"/proc/$service/root/\|live/container/$service.json" lines ||
	fixture_fail "a service was taken for a container"
# a root directory of its own in the host's mounts is one
[ "$("$EXHIBIT" cat out/x.tar "/proc/$jail/root/tmp/jailed")" = "in the jail" ] || fixture_fail "the jail"
# a container of a user's: its mounts are locked together, but read-only for us
rootless=$(sed -n 's/^rootless \([0-9]*\) .*/\1/p' out/pids)
[ "$("$EXHIBIT" cat out/x.tar "/proc/$rootless/root/var/log/below/log")" = below ] || fixture_fail "rootless"
"$EXHIBIT" cat out/x.tar "live/container/$rootless.json" >about
grep -qF '"private":true,"noatime":true' about || { cat about >&2; fixture_fail "rootless: not kept from us"; }
overlay=$(sed -n 's/^overlay \([0-9]*\) .*/\1/p' out/pids)
if grep -q 'overlay$' /proc/filesystems; then
	[ "$("$EXHIBIT" cat out/x.tar "/proc/$overlay/root/tmp/new")" = "written inside" ] || fixture_fail "overlay: new"
	[ "$("$EXHIBIT" cat out/x.tar "/proc/$overlay/root/var/log/image")" = "changed inside" ] ||
		fixture_fail "overlay: changed"
	! grep -qxF "[root]/proc/$overlay/root/tmp/gone" members || fixture_fail "overlay: deleted"
	"$EXHIBIT" cat out/x.tar "live/container/$overlay.json" | grep -qF '"private":true,"noatime":true' ||
		fixture_fail "overlay: not kept from us"
fi
# what never answers
[ ! -c /dev/fuse ] || grep -F "\"path\":\"/proc/$box/root/var/log/dead\"" lines |
	grep -qF '"gap":"network-filesystem"' || fixture_fail "FUSE is not mentioned"
# two names of one file
grep -E "\"path\":\"/proc/$box/root/(tmp/evil|var/tmp/hard)\"" lines |
	grep -qE "\"hardlink_of\":\"/proc/$box/root/(tmp/evil|var/tmp/hard)\"" || fixture_fail "hard link"
# what it is, and that it was kept from us
"$EXHIBIT" cat out/x.tar "live/container/$box.json" >about
for what in "\"pid\":$box," "\"mnt\":$mnt," '"private":true,"noatime":true' '"cgroup":"'; do
	grep -qF "$what" about || { cat about >&2; fixture_fail "the container's line lacks $what"; }
done
"$EXHIBIT" cat out/x.tar "live/container/$jail.json" | grep -qF '"private":true,"noatime":true' ||
	fixture_fail "the jail was not kept from us"
# the namespaces name their members
"$EXHIBIT" cat out/x.tar live/namespaces >spaces
grep -qE "^\{\"type\":\"mnt\",\"ns\":$mnt,.*\"pids\":\[$box\]" spaces || { cat spaces >&2; fixture_fail "namespaces"; }
grep -qE "^\{\"type\":\"mnt\",\"ns\":$view_mnt,.*\"pids\":\[$view\]" spaces || fixture_fail "namespaces: view"
"$EXHIBIT" cat out/x.tar "live/mnt/$mnt/mountinfo" | grep -q ' /var/log/own ' || fixture_fail "its mounts"

# Without the right to make namespaces its root is read as it is; then the archive says so.
rm -rf out && mkdir out
python3 "$SRCDIR/tests/support/world.py" "$PWD/world" "$PWD/out" weak "$EXHIBIT_COLLECT" \
	--quiet -o /out/x.tar >/dev/null 2>log || { code=$?; cat log >&2; exit "$code"; }
box=$(sed -n 's/^box \([0-9]*\) .*/\1/p' out/pids)
"$EXHIBIT" verify --quiet out/x.tar || fixture_fail "weak: verify"
[ "$("$EXHIBIT" cat out/x.tar "/proc/$box/root/tmp/evil" | wc -c)" -eq 12 ] || fixture_fail "weak: not taken"
[ "$("$EXHIBIT" cat out/x.tar "/proc/$box/root/var/log/own/log")" = inside ] || fixture_fail "weak: a mount below"
"$EXHIBIT" cat out/x.tar "live/container/$box.json" | grep -qF '"private":false,"noatime":false,"errno":1,' ||
	fixture_fail "weak: not said"
[ "$(tar --warning=no-unknown-keyword -xOf out/x.tar | grep -ac 'SECRET-OF-THE-HOST')" -eq 2 ] ||
	fixture_fail "weak: a secret of the host went along"
grep -vE '^(\.|.*/(x|dir|up|all|out|spool|eve)|proc)$' out/atimes >files || true
[ ! -s files ] || { cat files >&2; fixture_fail "weak: access times that O_NOATIME protects changed"; }

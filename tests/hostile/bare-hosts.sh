#!/bin/sh
# Hosts that have next to nothing: only the program and some files; no /proc, no /sys, no
# /dev; a root that is read-only; the rights of a container, or of a user. What can be had
# is had with the right digest, and the session says what could not be done.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
[ "$(id -u)" -eq 0 ] || { echo "needs root for namespaces" >&2; exit 77; }
unshare -mpf --propagation private true 2>/dev/null || { echo "no namespaces here" >&2; exit 77; }

# A host below $1, with a procfs if $2 says so; on a file system of its own.
cat >host.sh <<'END'
. "$SRCDIR/tests/support/fixture.sh"
make_host() {
	mkdir -p "$1"
	mount -t tmpfs -o mode=755 tmpfs "$1"
	mkdir -p "$1/etc" "$1/var/log" "$1/root" "$1/home/ann" "$1/tmp"
	chmod 700 "$1/root" "$1/home/ann"
	chown 1000:1000 "$1/home/ann"
	echo 'root:x:0:0::/root:/bin/sh' >"$1/etc/passwd"
	echo 'root:SECRET:1::::::' >"$1/etc/shadow"
	chmod 600 "$1/etc/shadow"
	echo 'a line' >"$1/var/log/messages"
	echo 'curl x | sh' >"$1/root/.ash_history"
	setfattr -n security.selinux -v 'system_u:object_r:var_log_t:s0' "$1/var/log/messages" 2>/dev/null || :
	setfattr -n security.apparmor -v 'profile' "$1/etc/passwd" 2>/dev/null || :
	cp "$EXHIBIT_COLLECT" "$1/exhibit-collect"
	touch -a -d '2020-01-02 03:04:05 UTC' "$1/etc/passwd" "$1/var/log/messages"
}

# NAME EXIT COMMAND...: runs it, its output is the archive; then it must verify.
collect() {
	name=$1
	want=$2
	shift 2
	code=0
	timeout -k 5 120 "$@" --quiet --profile logs --include /etc/passwd --include /etc/shadow \
		--include '/root/**' --item-deadline 5 -o - >"$name.tar.zst" 2>"$name.log" || code=$?
	[ "$code" -eq "$want" ] || { cat "$name.log" >&2; fixture_fail "$name: exit $code, not $want"; }
	"$EXHIBIT" verify --quiet "$name.tar.zst" || fixture_fail "$name: does not verify"
	tar --zstd -xOf "$name.tar.zst" CUSTODY/session.txt >session 2>/dev/null
	"$EXHIBIT" list --json "$name.tar.zst" >lines
}

# The content of a file of the host is in the archive.
has() { # HOST PATH
	digest=$(sha256sum <"$1$2" | cut -d ' ' -f 1)
	grep "\"path\":\"$2\"" lines | grep -q "\"sha256\":\"$digest\"" ||
		fixture_fail "$name: $2 is missing or another"
}

refused() { # PATH
	grep "\"path\":\"$1\"" lines | grep -q '"gap":"permission","errno":13' ||
		fixture_fail "$name: $1 is not said to be refused"
}

says() {
	grep -q "^$1" session || { cat session >&2; fixture_fail "$name: the session does not say: $1"; }
}

atimes_kept() {
	[ "$(stat -c %x "$1/etc/passwd" | cut -c1-10)" = 2020-01-02 ] || fixture_fail "$name: an access time changed"
}
END

in_namespaces() { unshare -mpf --propagation private --kill-child sh -eu -c ". ./host.sh; $1"; }

# shellcheck disable=SC2016
in_namespaces '
	make_host host
	collect bare 0 chroot host /exhibit-collect
	says "glass: mounts: all set in one call"
	atimes_kept host
	has host /etc/passwd; has host /etc/shadow; has host /var/log/messages; has host /root/.ash_history
	says "unenforced: the mount table cannot be read"
	if getfattr -n security.selinux host/var/log/messages >/dev/null 2>&1; then
		grep "/var/log/messages" lines | grep -q "\"xattr_errno\"\|\"security.selinux\"" ||
			fixture_fail "bare: the label is missing without a word"
	fi
'

# shellcheck disable=SC2016
in_namespaces '
	make_host host
	mkdir host/proc
	collect proc 0 chroot host /exhibit-collect
	atimes_kept host
	has host /etc/passwd; has host /var/log/messages
	says "glass: proc: own procfs instance"
	says "glass: namespace: private mount namespace"
	if getfattr -n security.selinux host/var/log/messages >/dev/null 2>&1; then
		label=$(printf "system_u:object_r:var_log_t:s0" | base64)
		grep "\"path\":\"/var/log/messages\"" lines | grep -q "\"security.selinux\":\"$label" ||
			fixture_fail "proc: the label of SELinux is not kept"
		grep "\"path\":\"/etc/passwd\"" lines | grep -q "\"security.apparmor\":\"cHJvZmlsZQ==\"" ||
			fixture_fail "proc: the label of AppArmor is not kept"
	fi
'

# shellcheck disable=SC2016
in_namespaces '
	make_host host
	mkdir host/proc
	mount -o remount,ro host
	collect readonly 0 chroot host /exhibit-collect
	has host /etc/passwd; has host /etc/shadow; has host /var/log/messages
	says "glass: proc: own procfs instance"
'

# The rights that container engines leave: none to mount, and /proc is there already.
# shellcheck disable=SC2016
in_namespaces '
	make_host host
	mkdir host/proc
	mount -t proc proc host/proc
	collect container 0 setpriv --bounding-set=-sys_admin,-sys_ptrace,-dac_read_search,-syslog,-net_admin \
		--inh-caps=-all chroot host /exhibit-collect
	atimes_kept host
	has host /etc/passwd; has host /etc/shadow; has host /root/.ash_history
	says "unenforced: no mount namespace of our own (EPERM)"
	grep -q "CAP_SYS_ADMIN" container.log || fixture_fail "container: the screen does not say what is missing"
'

# A user: what is closed to him is refused and said, and the run is no whole one.
# shellcheck disable=SC2016
in_namespaces '
	make_host host
	mkdir host/proc
	mount -t proc proc host/proc
	collect user 1 chroot --userspec=65534:65534 host /exhibit-collect
	has host /etc/passwd; has host /var/log/messages
	refused /etc/shadow; refused /root
	says "unenforced: no mount namespace of our own (EPERM)"
	says "unenforced: access times can change"
	says "uid: 65534"
'

# BusyBox alone, and nothing of the usual tools, is enough to run it.
busybox=$(command -v busybox) || { echo "skipped in part: no busybox" >&2; exit 0; }
if file -L "$busybox" 2>/dev/null | grep -q 'statically linked'; then
	BUSYBOX=$busybox
	export BUSYBOX
	# shellcheck disable=SC2016
	in_namespaces '
		make_host host
		mkdir host/proc host/bin
		cp "$BUSYBOX" host/bin/busybox
		for tool in sh ls cat ps; do ln -s busybox "host/bin/$tool"; done
		echo "exec /exhibit-collect \"\$@\"" >host/run
		collect busybox 0 chroot host /bin/sh /run
		atimes_kept host
		has host /etc/passwd; has host /etc/shadow; has host /root/.ash_history
		says "glass: proc: own procfs instance"
	'
fi

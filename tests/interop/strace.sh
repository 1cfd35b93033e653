#!/bin/sh
# A traced run, live and of a directory: executes nothing, opens nothing for
# writing except its output, makes no socket other than netlink, few forks.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
fixture_emulator_lacks "calls of its own that are ours alone"
mkdir tree
fixture_tree tree

# $1: trace. Every line that would break the promise is printed.
forbidden() {
	# the first execve is strace starting the collector
	grep -E '^[0-9]+ +execve(at)?\(' "$1" | sed 1d
	grep -E '^[0-9]+ +(open|openat|openat2)\(' "$1" | grep -E 'O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND' |
		grep -vF "$2" | grep -vF '"/dev/null"'
	grep -E '^[0-9]+ +(unlink|unlinkat|rename|renameat2?|mkdir|mkdirat|rmdir|link|linkat|symlink|symlinkat|mknod|mknodat|chmod|fchmod|fchmodat|chown|fchown|lchown|fchownat|utimensat|utime|utimes|truncate|setxattr|lsetxattr|fsetxattr|removexattr|ptrace|init_module|finit_module|process_vm_writev|process_vm_readv|kexec_load|perf_event_open)\(' "$1"
	# beside netlink only what getsockopt of iptables needs, never bound, connected or sent through
	grep -E '^[0-9]+ +socket\(' "$1" | grep -v AF_NETLINK |
		grep -vE 'socket\((AF_INET6?), SOCK_STREAM\|SOCK_CLOEXEC, IPPROTO_IP[) ]'
	grep -E '^[0-9]+ +setsockopt\(' "$1" | grep -vF 'SOL_SOCKET, SO_RCVTIMEO'
	grep -E '^[0-9]+ +(connect|bind|sendto)\(' "$1"
	grep -E '^[0-9]+ +sendmsg\(' "$1" | grep -vF 'msg_name={sa_family=AF_NETLINK, nl_pid=0,'
	# objects of bpf are looked at, none is made, changed or attached
	grep -E '^[0-9]+ +bpf\(' "$1" |
		grep -vE 'bpf\(BPF_((PROG|MAP|LINK|BTF)_GET_(NEXT_ID|FD_BY_ID)|OBJ_GET(_INFO_BY_FD)?|PROG_QUERY), '
	# the kernel's log is read, never consumed or cleared
	grep -E '^[0-9]+ +syslog\(' "$1" | grep -vE 'SYSLOG_ACTION_(READ_ALL|SIZE_BUFFER)'
	# lists are asked for; ACK alone (4, 5) asks for one thing; the types are those that tell
	grep -E '^[0-9]+ +sendmsg\(' "$1" |
		grep -E 'nlmsg_type=(RTM|NFT_MSG|AUDIT|IPCTNL_MSG)?_?(NEW|DEL|SET|ADD|DESTROY)'
}

check() {
	found=$(forbidden "$1" "$2" || true)
	[ -z "$found" ] || { printf '%s\n' "$found" | head -n 20 >&2; fixture_fail "a forbidden call"; }
	forks=$(grep -cE '(clone|clone3|fork|vfork)\(.*= [0-9]+$|<\.\.\. (clone|clone3|fork|vfork) resumed.*= [0-9]+$' "$1" || true)
	[ "$forks" -lt 10 ] || fixture_fail "$forks forks and threads"
}

strace -f -qq -s 300 -o dir.trace "$EXHIBIT_COLLECT" --quiet --root tree --profile logs --include '/**' -o dir.tar.zst
check dir.trace dir.tar.zst
"$EXHIBIT" verify --quiet dir.tar.zst

# Live: every source that is no file, asked of this machine; no file with it.
# Memory of a process that waits for us, and of the machine, where there is such a file.
sleep 1000 &
target=$!
trap 'kill "$target"' EXIT
strace -f -qq -s 300 -o sources.trace "$EXHIBIT_COLLECT" --quiet --exclude '/**' \
	--memory --process-memory "$target" -o sources.tar.zst
check sources.trace sources.tar.zst
grep -qE 'openat\([0-9]+, "mem", O_RDONLY' sources.trace || fixture_fail "no memory was asked for"
grep -q 'sendmsg(.*SOCK_DIAG_BY_FAMILY' sources.trace || [ ! -r /proc/kallsyms ] ||
	! grep -q ' tcp_diag_dump' /proc/kallsyms || fixture_fail "no socket was asked for"
"$EXHIBIT" verify --quiet sources.tar.zst

# Live: a few categories are enough to pass through every kind of source.
code=0
strace -f -qq -s 300 -o live.trace "$EXHIBIT_COLLECT" --quiet --profile logs --exclude '/var/log/journal/**' \
	--include '/proc/self/status' -o live.tar.zst || code=$?
[ "$code" -le 1 ] || fixture_fail "live run ended with $code"
check live.trace live.tar.zst
"$EXHIBIT" verify --quiet live.tar.zst

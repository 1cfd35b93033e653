#!/bin/sh
# Follows Dockerfile.build for real where no engine is at hand: a minimal Debian
# by debootstrap, then every COPY and RUN in order, inside a chroot. Needs root,
# debootstrap and the mirror that apt is configured for. Not part of `make check`
# unless CHECK_DOCKER_FULL=1: it takes minutes.
#
# The chroot shares the network but has its own mount namespace: what is mounted
# in it ends with it.
set -eu
LC_ALL=C
export LC_ALL
cd "$(dirname "$0")/.."
file=Dockerfile.build
[ "$(id -u)" -eq 0 ] || { echo "$0: needs root" >&2; exit 1; }
command -v debootstrap >/dev/null || { echo "$0: needs debootstrap" >&2; exit 1; }

base=$(mktemp -d /var/tmp/exhibit-docker.XXXXXX)
trap 'rm -rf --one-file-system "$base"' EXIT
trap 'exit 1' HUP INT TERM
suite=$(sed -n 's/^ARG BASE=debian:\([a-z]*\)-slim$/\1/p' "$file")
# shellcheck disable=SC2016  # apt expands the format
mirror=${EXHIBIT_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' \
	'Identifier: Packages' 'Label: Debian' | head -n 1)}

debootstrap --variant=minbase "$suite" "$base/root" "$mirror" >"$base/log" 2>&1 ||
	{ tail -n 20 "$base/log"; exit 1; }
cp /etc/resolv.conf /etc/hosts "$base/root/etc/"
# The way to the network is this machine's: its proxy, its trust.
for item in /etc/apt/apt.conf /etc/apt/apt.conf.d; do
	[ ! -e "$item" ] || cp -r "$item" "$base/root/etc/apt/"
done

folder=/
while read -r word rest; do
	case $word in
	WORKDIR) folder=$rest; mkdir -p "$base/root$folder" ;;
	ENV) export "${rest?}" ;;
	COPY)
		target=${rest##* }
		for source in ${rest% *}; do
			mkdir -p "$base/root$folder/$target"
			tar -cf - --exclude=./build --exclude='./build-*' "$source" |
				tar -xf - -C "$base/root$folder"
		done
		;;
	RUN)
		echo "RUN $rest"
		# shellcheck disable=SC2016  # the inner shell expands these
		unshare --mount --propagation private sh -eu -c '
			mount -t proc proc "$1/proc"
			mount --rbind /dev "$1/dev"
			exec chroot "$1" /bin/sh -c "cd $2 && $3"
		' - "$base/root" "$folder" "$rest" >"$base/log" 2>&1 </dev/null ||
			{ tail -n 30 "$base/log"; exit 1; }
		;;
	esac
done <"$file"
(cd "$base/root$folder/build" && sha256sum exhibit-collect exhibit)
for name in exhibit-collect exhibit; do
	[ ! -f "build/$name" ] || cmp "build/$name" "$base/root$folder/build/$name"
done

#!/bin/sh
# What can be proved of Dockerfile.build without an engine: its sources exist, its
# packages are setup.sh's, its commands are the README's. CHECK_DOCKER_FULL=1
# follows it for real in a chroot made by debootstrap (root, network).
set -eu
LC_ALL=C
export LC_ALL
cd "${TREE:-$(dirname "$0")/..}"
file=Dockerfile.build
status=0
fail() { echo "$file: $*"; status=1; }

grep -q '^ARG BASE=debian:[a-z]*-slim$' "$file" || fail "BASE is not a Debian release by name"
# shellcheck disable=SC2016  # Docker expands it
grep -q '^FROM ${BASE}$' "$file" || fail "FROM is not the BASE argument"
! grep -q 'apt-get\|apt \|pip \|curl ' "$file" || fail "a second recipe: packages belong in scripts/packages.build"

sources=$(sed -n 's/^COPY \(.*\) [^ ]*$/\1/p' "$file")
for source in $sources; do
	[ -e "$source" ] || fail "COPY $source: there is no such file"
done
# A script that runs before the whole tree is there has to be copied first.
copied=" "
while read -r word rest; do
	case $word in
	COPY) copied="$copied$rest " ;;
	RUN)
		case $rest in
		scripts/*)
			[ -x "${rest%% *}" ] || fail "RUN $rest: not executable"
			case $copied in *" ${rest%% *} "* | *" . "*) ;; *) fail "RUN $rest: not copied yet" ;; esac
			;;
		make | make\ *) ;;
		*) fail "RUN $rest: neither a script of the tree nor make" ;;
		esac
		;;
	esac
done <"$file"
# build-deps.sh has to find beside it what it reads.
for name in fetch-deps.sh static.specs deps.lock targets; do
	case $copied in *" scripts/$name "*) ;; *) fail "scripts/$name is not copied before build-deps.sh runs" ;; esac
done

if [ -f README.md ]; then
	grep -q "$file" README.md || fail "README.md does not mention it"
	# shellcheck disable=SC2016  # a literal dollar
	grep -qE '(^[[:blank:]]*(\$ )?|`)make( |`|$)' README.md || fail "README.md does not build with the same command: make"
fi
for list in scripts/packages.build scripts/packages.check scripts/packages.cross; do
	if ! grep -v '^#' "$list" | sort -cu || grep -v '^#' "$list" | grep -vqE '^[a-z0-9][a-z0-9+.-]*$'; then
		fail "$list is not a sorted list of packages, one per line, each once"
	fi
done
[ "$status" -eq 0 ] || exit 1

if [ "${CHECK_DOCKER_FULL:-0}" = 1 ]; then
	scripts/check-docker-full.sh
fi
echo "$file agrees with setup.sh and README.md"

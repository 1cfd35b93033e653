#!/bin/sh
# Obtains every source file of deps.lock into a folder and checks its SHA-256.
#
#   fetch-deps.sh FOLDER [LOCK]
#
# Routes in order: FOLDER itself, the folder EXHIBIT_SOURCES, the apt source
# package from the mirror that apt is configured for, the upstream address.
# EXHIBIT_MIRROR replaces the mirror derived from apt (needed where that is not
# a Debian mirror). Nothing under /etc or /var is touched.
set -eu
umask 022
LC_ALL=C
export LC_ALL
unset CDPATH

here=$(cd "$(dirname "$0")" && pwd)
dest=${1:?usage: fetch-deps.sh FOLDER [LOCK]}
lock=${2:-$here/deps.lock}
mkdir -p "$dest"
dest=$(cd "$dest" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

say() { echo "fetch-deps: $*" >&2; }
die() { say "$*"; exit 1; }

# field NAME KEY: the rest of the line of that key in the stanza
field() {
	awk -v want="[$1]" -v key="$2" '
		/^\[/ { on = ($0 == want) }
		on && $1 == key { $1 = ""; sub(/^ +/, ""); print; exit }
	' "$lock"
}

matches() { # FILE SHA256
	[ -f "$1" ] && [ "$(sha256sum <"$1" | cut -c1-64)" = "$2" ]
}

# keep FILE SHA256 NAME ROUTE: moves a file into place if it is the pinned one
keep() {
	[ -f "$1" ] || return 1
	if ! matches "$1" "$2"; then
		say "REFUSED: $3 from $4 has SHA-256 $(sha256sum <"$1" | cut -c1-64), the lock says $2"
		rm -f "$1"
		return 1
	fi
	mv -f "$1" "$dest/.$3.part"
	mv -f "$dest/.$3.part" "$dest/$3"
	say "$3: $4"
}

apt_mirror() {
	if [ -n "${EXHIBIT_MIRROR:-}" ]; then
		echo "$EXHIBIT_MIRROR"
		return
	fi
	# Release files name the archive's label; without them (no update yet) any
	# configured address that is not a security archive has to do.
	# shellcheck disable=SC2016  # apt expands the format, not the shell
	{
		apt-get indextargets --format '$(REPO_URI)' \
			'Identifier: Packages' 'Label: Debian' 2>/dev/null
		apt-get indextargets --no-release-info --format '$(REPO_URI)' \
			'Identifier: Packages' 2>/dev/null | grep -v security
	} | head -n 1
}

# apt with a private source list and private lists, per suite
apt_private() { # SUITE COMMAND...
	_suite=$1
	_command=$2
	shift 2
	"$_command" -qq \
		-o "Dir::Etc::sourcelist=$tmp/$_suite.sources" \
		-o "Dir::Etc::sourceparts=/dev/null" \
		-o "Dir::State::lists=$tmp/$_suite/lists" \
		-o "Dir::Cache=$tmp/$_suite/cache" \
		-o "APT::Sandbox::User=$(id -un)" \
		-o "Acquire::Retries=2" "$@"
}

apt_ready() { # SUITE
	[ -e "$tmp/$1.failed" ] && return 1
	[ -e "$tmp/$1.sources" ] && return 0
	_keyring=/usr/share/keyrings/debian-archive-keyring.gpg
	_mirror=$(apt_mirror)
	if [ -z "$_mirror" ] || [ ! -r "$_keyring" ]; then
		say "apt knows no Debian mirror or the Debian archive keyring is missing (EXHIBIT_MIRROR, debian-archive-keyring)"
		: >"$tmp/$1.failed"
		return 1
	fi
	mkdir -p "$tmp/$1/lists/partial" "$tmp/$1/cache/archives/partial"
	printf 'Types: deb-src\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' \
		"$_mirror" "$1" "$_keyring" >"$tmp/$1.sources"
	apt_private "$1" apt-get update >&2 || { : >"$tmp/$1.failed"; return 1; }
}

# The versions in the signed index that list a file with this hash.
apt_versions() { # SUITE PACKAGE SHA256
	apt_private "$1" apt-cache showsrc --only-source "$2" 2>/dev/null | awk -v sha="$3" '
		/^Version:/ { version = $2 }
		$1 == sha && !seen[version]++ { print version }
	'
}

from_apt() { # FILE SHA256 SUITE PACKAGE
	command -v apt-get >/dev/null || return 1
	apt_ready "$3" || return 1
	case $1 in
	*.debian.tar.*) _part=--diff-only ;;
	*) _part=--tar-only ;;
	esac
	for _version in $(apt_versions "$3" "$4" "$2"); do
		(cd "$tmp" && apt_private "$3" apt-get source --download-only \
			--only-source "$_part" "$4=$_version") >&2 || continue
		keep "$tmp/$1" "$2" "$1" "apt source $4=$_version ($3)" && return 0
	done
	return 1
}

from_upstream() { # FILE SHA256 STATE ADDRESS
	case $3 in
	same | unproven) ;;
	*) return 1 ;;
	esac
	if command -v curl >/dev/null; then
		curl -fsSL --proto '=https' --retry 2 --max-time 600 -o "$tmp/$1" "$4" || return 1
	elif command -v wget >/dev/null; then
		wget -q --https-only -O "$tmp/$1" "$4" || return 1
	else
		return 1
	fi
	keep "$tmp/$1" "$2" "$1" "upstream address"
}

from_folder() { # FILE SHA256
	[ -n "${EXHIBIT_SOURCES:-}" ] && [ -f "$EXHIBIT_SOURCES/$1" ] || return 1
	cp "$EXHIBIT_SOURCES/$1" "$tmp/$1"
	keep "$tmp/$1" "$2" "$1" "folder EXHIBIT_SOURCES"
}

fetch() { # NAME
	file=$(field "$1" file)
	sha=$(field "$1" sha256)
	[ "${#sha}" -eq 64 ] || die "$lock: [$1] has no usable sha256"
	if [ -f "$dest/$file" ]; then
		matches "$dest/$file" "$sha" && return 0
		say "REFUSED: cached $file does not have the SHA-256 of the lock; removed"
		rm -f "$dest/$file"
	fi
	from_folder "$file" "$sha" && return 0
	# shellcheck disable=SC2046  # two words: suite and package; state and address
	from_apt "$file" "$sha" $(field "$1" apt) && return 0
	# shellcheck disable=SC2046
	from_upstream "$file" "$sha" $(field "$1" upstream) && return 0
	die "no route led to $file with SHA-256 $sha"
}

names=$(sed -n 's/^\[\(.*\)\]$/\1/p' "$lock")
for name in $names; do
	fetch "$name"
done

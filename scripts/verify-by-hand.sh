#!/bin/sh
# verify-by-hand.sh ARCHIVE [FINGERPRINT]
#
# Checks an Exhibit archive (docs/FORMAT.md, version 1) with nothing of Exhibit's:
# tar (GNU), sha256sum and the other coreutils, openssl 3, and zstd or gzip.
# FINGERPRINT is what was read from the screen of the host, in full or short form.
# Unpacks into a temporary directory (TMPDIR) that is removed at the end.
#
# An encrypted archive (.age) is decrypted first, with age and the key of a recipient:
#     age -d -i KEYFILE ARCHIVE.age > PLAIN; verify-by-hand.sh PLAIN [FINGERPRINT]
# If age ends without an error the encryption is whole; whether the archive is, its seals
# say. If age complains, the archive was cut or changed, and which of the two exhibit verify
# tells; what age gave until then is what was encrypted, and is checked like any other.
#
# Last line and exit code: COMPLETE 0, TRUNCATED at N 1, ALTERED 3; 2 usage, 4 cannot read.
#
# Each seal is signed by the key that the seal before announced, contains the hash
# of the seal before, and the last one contains the hash of all bytes before it. So
# one hash of the bytes, and the chain of signatures, prove everything.
set -u
LC_ALL=C
export LC_ALL
unset TAR_OPTIONS GZIP

say() { printf '%s\n' "$*"; }
altered() { say "$*"; say "ALTERED"; exit 3; }
hash() { sha256sum | cut -d ' ' -f 1; }
plain() { case $kind in zstd) zstd -dcq -- "$archive" ;; gzip) gzip -dc -- "$archive" ;; *) cat -- "$archive" ;; esac }

unhex() {
	rest=$1
	while [ -n "$rest" ]; do
		tail=${rest#??}
		printf '%b' "\\0$(printf '%o' "0x${rest%"$tail"}")"
		rest=$tail
	done
}

is_hex() { # TEXT LENGTH
	case $1 in *[!0-9a-f]*) return 1 ;; esac
	[ ${#1} -eq "$2" ]
}

# The value of the first line "NAME: value" of FILE.
value() { sed -n "s/^$1: //p" "$2" | head -n 1; }

# The bytes before seal N, hashed, are those that it signed.
stream_holds() {
	f=$(seal_of "$1")
	plain 2>/dev/null | head -c "$(value stream-bytes "$f")" | hash >"$tmp/stream"
	[ "$(cat "$tmp/stream")" = "$(value stream-sha256 "$f")" ]
}

seal_of() { printf '%s/CUSTODY/segments/%06d/seal.txt' "$tree" "$1"; }

# Checks seal number $n against $key and $previous; moves them on.
check_seal() {
	f=$(seal_of "$n")
	[ "$(head -n 1 "$f")" = "exhibit-seal-v1" ] || altered "seal $n is no seal"
	[ "$(value session "$f")" = "$session" ] || altered "seal $n belongs to another session"
	[ "$(value seq "$f")" = "$n" ] || altered "seal $n has another number"
	[ "$(value prev-seal-sha256 "$f")" = "$previous" ] || altered "seal $n does not follow the one before"
	is_hex "$key" 64 || altered "there is no key for seal $n"
	unhex "302a300506032b6570032100$key" >"$tmp/key.der"
	openssl pkeyutl -verify -pubin -keyform DER -inkey "$tmp/key.der" -rawin \
		-in "$f" -sigfile "$f.sig" >/dev/null 2>&1 || altered "seal $n has a wrong signature"
	bytes=$(value stream-bytes "$f")
	case $bytes in '' | *[!0-9]*) altered "seal $n is no seal" ;; esac
	previous=$(hash <"$f")
	key=$(value next-key "$f")
	final=$(value final "$f")
}

# Names the first seal whose bytes are not those that it signed: at most log2 passes.
find_first_bad() {
	low=0
	high=$1
	while [ "$low" -lt "$high" ]; do
		middle=$(((low + high) / 2))
		if stream_holds "$middle"; then low=$((middle + 1)); else high=$middle; fi
	done
	altered "the bytes before seal $low are not those that were sealed"
}

# SHA256SUMS of a segment, run where the archive was unpacked. The names are
# foreign: only those of this format, and nothing but plain files is left there.
check_sums() {
	sums=$(dirname "$(seal_of "$1")")/SHA256SUMS
	[ -f "$sums" ] || altered "segment $1 has no SHA256SUMS"
	[ -s "$sums" ] || return 0
	if grep -aEv '^\\?[0-9a-f]{64}  (\[root\]|live|CUSTODY)/' "$sums" | grep -q . ||
		grep -aEq '(/|  )\.\.?(/|$)' "$sums"; then
		altered "SHA256SUMS of segment $1 has a line of another form"
	fi
	(cd "$tree" && sha256sum -c --quiet -- "$sums") >"$tmp/check" 2>&1 && return 0
	# Names too long to be unpacked here are no sign of anything.
	if ! grep -aq 'FAILED$' "$tmp/check" && grep -aq 'File name too long' "$tmp/tar.err"; then
		say "segment $1: names too long for this system; these members are proven by the seal alone"
		return 0
	fi
	cat -v "$tmp/check" | cut -c 1-300 | sed 's/^/  /'
	altered "segment $1: these members are not what its SHA256SUMS says"
}

# No seal covers the members of the final one, so they have only one form: made again
# with tar, together with the two zero blocks that end the archive, they must be
# exactly what is there from the header of that seal on.
check_end() {
	name=CUSTODY/segments/$(printf '%06d' "$1")/seal.txt
	tar -C "$tree" -b 1 --format=ustar --numeric-owner --owner=0 --group=0 --mode=0444 \
		--mtime="$(value utc "$tree/$name")" -cf "$tmp/end" "$name" "$name.sig" 2>/dev/null
	plain 2>/dev/null | tail -c "+$((bytes + 1))" | cmp - "$tmp/end" >"$tmp/cmp" 2>&1 &&
		! [ -s "$tmp/plain.err" ] && return 0
	if grep -aqi 'differ' "$tmp/cmp" || [ "$((total - bytes))" -gt "$(wc -c <"$tmp/end")" ]; then
		altered "something was changed around the final seal, or follows it"
	fi
	say "the end mark after the final seal is cut"
	truncated
}

not_known() { # WHY FILE
	say "the plan is NOT KNOWN to be completed, the log of actions $1 $(cat -v "$2" | paste -s -d ' ' -)"
}

# The plan was signed before anything was taken: of a run that says it was completed each
# category has a line in the manifests, or the log of actions says that it ended. Lines alone
# do not show that, where the log has no end.
check_plan() {
	[ "$(value status "$(seal_of "$1")")" = complete ] || return 0
	log=$tree/CUSTODY/actions.jsonl
	[ -f "$log" ] || log=/dev/null
	# A last line that is torn is none.
	if [ "$(tail -c 1 "$log" | od -An -tx1)" = " 0a" ]; then cat "$log"; else sed '$d' "$log"; fi >"$tmp/acts"
	sed -n 's/^plan: \([0-9]*\) \([^ ]*\).*/\1 \2/p' "$s" | while read -r number word; do
		[ "$number" != 0 ] || continue
		grep -aF '"act":"category-end"' "$tmp/acts" | grep -aqF "\"detail\":\"$word\"" && continue
		say "$word" >&3
		grep -aqF "\"category\":\"$word\"" "$tmp/manifests" || say "$word"
	done 3>"$tmp/open" >"$tmp/missing"
	if ! [ -s "$tmp/missing" ]; then
		! [ -s "$tmp/open" ] || tail -n 1 "$log" | grep -aqF '"act":"end"' ||
			not_known "has no end: no end is seen of" "$tmp/open"
	elif tail -n 1 "$log" | grep -aqF '"act":"limit"'; then
		not_known "was full: nothing is seen of" "$tmp/missing"
	elif [ "$(tr -c '\n' x <"$tmp/acts" | wc -L)" -gt 65536 ]; then
		not_known "has a line that is too long to be read: nothing is seen of" "$tmp/missing"
	else
		altered "planned and not done, though it says it was: $(head -n 1 "$tmp/missing" | cat -v)"
	fi
}

truncated() { say "TRUNCATED at ${bytes:-0}"; exit 1; }

case $# in 1 | 2) ;; *) say "usage: $0 ARCHIVE [FINGERPRINT]" >&2; exit 2 ;; esac
archive=$1
given=$(printf '%s' "${2-}" | tr '[:upper:]' '[:lower:]' | tr -d ' .-')
if [ ! -f "$archive" ] || [ ! -r "$archive" ]; then say "cannot read $archive" >&2; exit 4; fi
case $archive in /*) ;; *) archive=$PWD/$archive ;; esac

if [ "$(head -n 1 -- "$archive" | head -c 22 | tr -d '\0')" = age-encryption.org/v1 ]; then
	say "$archive is encrypted. Decrypt it first, as an ordinary user, to a place of your own:" >&2
	say "    age -d -i KEYFILE ARCHIVE > PLAIN    (Debian package age)" >&2
	say "then check PLAIN with this script; its head says what an error of age means." >&2
	exit 4
fi

umask 077
tmp=$(mktemp -d) || exit 4
trap 'rm -rf "$tmp"' EXIT
trap 'exit 4' HUP INT TERM
tree=$tmp/tree
mkdir "$tree"

case $(head -c 4 "$archive" | od -An -tx1 | tr -d ' \n') in
28b52ffd) kind=zstd ;;
1f8b*) kind=gzip ;;
*) kind=plain ;;
esac

# Unpack. A second member of the same name never replaces the first one, nothing of
# the host's owners and rights is restored, then all that is no plain file is removed.
plain 2>"$tmp/plain.err" | {
	tar -x -v -R -f - -C "$tree" --skip-old-files --no-same-owner --no-same-permissions \
		--warning=no-unknown-keyword --warning=no-timestamp >"$tmp/list" 2>"$tmp/tar.err"
	cat >/dev/null
}
chmod -R u+rwX "$tree"
find "$tree" ! -type f ! -type d -exec rm -f -- {} +
total=$(plain 2>/dev/null | wc -c)

# What the decompressor and tar complain of, apart from an end that comes too early.
grep -av '^$\|premature end\|unexpected end of file' "$tmp/plain.err" >"$tmp/damage"
[ "$total" -lt 512 ] || grep -a 'Skipping to next header\|does not look like a tar\|Malformed' "$tmp/tar.err" >>"$tmp/damage"
s=$tree/CUSTODY/session.txt
if ! [ -f "$s" ]; then
	[ -s "$tmp/damage" ] && altered "$(head -n 1 "$tmp/damage" | cat -v)"
	grep -av '\*\* \(Block of NULs\|End of File\) \*\*$' "$tmp/list" | grep -aq . &&
		altered "there is no CUSTODY/session.txt"
	say "the archive stops before its first member"
	truncated
fi
session=$(value session "$s")
if ! is_hex "$session" 32; then
	[ -s "$tmp/damage" ] && altered "$(head -n 1 "$tmp/damage" | cat -v)"
	[ -f "$tree/CUSTODY/README.txt" ] && altered "CUSTODY/session.txt has no session id"
	say "the archive stops in its first member"
	truncated
fi
key=$(value seal-key "$s")
is_hex "$key" 64 || key=
fingerprint=$(unhex "$key" | hash)
short=$(unhex "$fingerprint" | head -c 16 | base32 | tr '[:upper:]' '[:lower:]' | cut -c 1-26)
say "session $session"
say "fingerprint $fingerprint"
if [ -n "$given" ]; then
	[ "$given" = "$fingerprint" ] || [ "$(printf '%s' "$given" | cut -c 1-26)" = "$short" ] ||
		altered "this is not the fingerprint that you gave"
fi

n=0
bytes=0
final=no
previous=$(printf '%064d' 0)
while [ "$final" != yes ] && [ -f "$(seal_of $n).sig" ]; do
	# A signature that is cut is the end of a cut archive.
	[ "$(wc -c <"$(seal_of $n).sig")" -eq 64 ] || [ -f "$(seal_of $((n + 1)))" ] || break
	check_seal
	n=$((n + 1))
done
say "$n seals signed in a chain, over $bytes of $total bytes"

if [ "$n" -gt 0 ]; then
	stream_holds $((n - 1)) || find_first_bad $((n - 1))
	i=0
	: >"$tmp/manifests"
	while [ "$i" -lt "$n" ]; do
		check_sums "$i"
		cat "$(dirname "$(seal_of "$i")")/manifest.jsonl" >>"$tmp/manifests" ||
			altered "segment $i has no manifest"
		i=$((i + 1))
	done
	[ "$(hash <"$tmp/manifests")" = "$(value manifest-sha256 "$(seal_of $((n - 1)))")" ] ||
		altered "the manifests are not those that were sealed"
fi

[ -s "$tmp/damage" ] && altered "$(head -n 1 "$tmp/damage" | cat -v)"
if [ "$final" = yes ]; then
	say "root $previous"
	check_end $((n - 1))
	check_plan $((n - 1))
	say "COMPLETE"
	exit 0
fi
grep -aq 'Block of NULs' "$tmp/list" && altered "the tar ends properly, but without a final seal"
[ -f "$(seal_of $((n + 1)))" ] && altered "seal $n is missing"
truncated

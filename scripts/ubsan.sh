#!/bin/sh
# Collects this machine with programs that end where behaviour is undefined, and verifies it.
# A reader that ended so is a gap.
#
#   ubsan.sh FOLDER        of the programs
set -eu
folder=${1:?usage: ubsan.sh FOLDER}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM

"$folder/exhibit-collect" --quiet -o "$scratch/archive" 2>"$scratch/said" ||
	{ code=$?; cat "$scratch/said" >&2; exit "$code"; }
"$folder/exhibit" verify "$scratch/archive" | tail -n 1
died=$("$folder/exhibit" list --gap reader-died "$scratch/archive" 2>/dev/null)
[ -z "$died" ] || { echo "a reader ended: $died" >&2; exit 1; }
"$folder/exhibit" extract "$scratch/archive" -C "$scratch" >/dev/null
echo "nothing undefined was done"

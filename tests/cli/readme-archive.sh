# The README examines the archive that its five commands make: encrypted, so with the identity.
set -eu
readme=$SRCDIR/README.md
grep -o 'A1/A1[^ ]*' "$readme" | sort -u
grep -cE '^    exhibit (report|cat) A1/A1[^ ]* --identity lab\.key' "$readme"

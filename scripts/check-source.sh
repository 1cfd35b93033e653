#!/bin/sh
# Small mistakes that a search finds: what must not be in any file, and the
# layout that editors get wrong. TREE names another tree to look at.
set -eu
LC_ALL=C
export LC_ALL
cd "${TREE:-$(dirname "$0")/..}"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
status=0

if [ -e .git ] && git ls-files --cached --others --exclude-standard >"$scratch/tracked" 2>/dev/null; then
	# A file that is deleted but not yet committed is still in the index.
	while IFS= read -r file; do [ ! -f "$file" ] || echo "$file"; done <"$scratch/tracked"
else
	find . -type f ! -path './build/*' ! -path './.git/*' | sed 's:^\./::'
fi | grep -vE '^LICENSE$|\.(exact|glob|bin|zst|age|gz|tar|img)$|^tests/(golden|fuzz/corpus)/' >"$scratch/all" || :
grep -E '\.(c|h|def)$' "$scratch/all" >"$scratch/code" || :
grep -E '^(lib|collector|workstation)/.*\.[ch]$' "$scratch/all" >"$scratch/own" || :

# refuse WHY LIST PATTERN [GREP-OPTION]
refuse() {
	[ -s "$2" ] && [ -n "$3" ] || return 0
	if tr '\n' '\0' <"$2" | xargs -0 grep -nIH "${4:--E}" -e "$3" /dev/null >"$scratch/hits"; then
		echo "$1:"
		sed 's/^/    /' "$scratch/hits" | cut -c1-160
		status=1
	fi
}

# Where this checkout lies, and what lies beside it unless that is a folder that every
# machine has. As whole words: /check/ may be a folder here, and a part of some project's
# address everywhere.
place=$(pwd -P)
set -- "$place"
case ${place%/*}/ in
/ | /home/ | /mnt/ | /opt/ | /root/ | /srv/ | /tmp/ | /usr/* | /var/*) ;;
*) set -- "${place%/*}"/* ;;
esac
for path; do
	case $path in /*/*) ;; *) continue ;; esac
	word=$(printf '%s' "$path" | sed 's/[][\\.*^$+?(){}|]/\\&/g')
	refuse "names a path of this machine" "$scratch/all" \
		"(^|[^[:alnum:]_./-])$word(/|[^[:alnum:]_./-]|\$)"
done

# The hosts that apt fetches from here: a mirror is derived, never named.
if command -v apt-get >/dev/null; then
	# shellcheck disable=SC2016  # apt expands the format
	for host in $(apt-get indextargets --no-release-info --format '$(REPO_URI)' 2>/dev/null |
		sed -n 's#^[a-z+]*://\([^/:]*\).*#\1#p' | sort -u); do
		[ "$host" = localhost ] || refuse "names a package mirror" "$scratch/all" "$host" -F
	done
fi

refuse "unfinished business" "$scratch/all" '(^|[^A-Za-z])(TO''DO|FIX''ME|XX''X)([^A-Za-z]|$)'
refuse "blanks at the end of a line" "$scratch/all" '[[:blank:]]+$'
refuse "carriage return" "$scratch/all" "$(printf '\r')" -F
refuse "C is indented with tabs" "$scratch/code" '^ ([^*]|$)'
refuse "a comment of the other kind" "$scratch/own" '(^|[[:blank:];{}])//'

# Tabs count as eight.
while IFS= read -r file; do
	expand "$file" | awk -v file="$file" 'length($0) > 100 { print file ":" FNR ": " length($0) " columns" }'
done <"$scratch/own" >"$scratch/long"
if [ -s "$scratch/long" ]; then
	echo "longer than 100 columns:"
	sed 's/^/    /' "$scratch/long"
	status=1
fi

# A suite is picked by its path, so it has to carry it.
grep -E '^tests/.*/test_[^/]*\.c$' "$scratch/all" >"$scratch/suites" || :
while IFS= read -r file; do
	stem=${file##*/test_}
	stem=${stem%.c}
	path=${file#tests/}
	path=${path%test_*}$stem
	grep -q "^Suite \*suite_$stem(void)" "$file" || { echo "$file: no Suite *suite_$stem(void)"; status=1; }
	grep -q "suite_create(\"$path\")" "$file" || { echo "$file: its suite is not named \"$path\""; status=1; }
done <"$scratch/suites"
sed 's:.*/::' "$scratch/suites" | sort | uniq -d >"$scratch/twice"
[ ! -s "$scratch/twice" ] || { echo "test files of the same name: $(tr '\n' ' ' <"$scratch/twice")"; status=1; }

[ "$status" -ne 0 ] || echo "$(wc -l <"$scratch/all") files without a finding"
exit "$status"

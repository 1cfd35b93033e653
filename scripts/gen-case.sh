#!/bin/sh
# docs/CASE.md from workstation/case/tables.def, loaders.def, indexes.def and views.def, so that who asks a
# case by SQL need not read C.
#
#   gen-case.sh           writes docs/CASE.md
#   gen-case.sh --check   fails if it is not what the tables say
#
# Every row of the tables is one line; fields in quotation marks hold no quotation marks.
set -eu
LC_ALL=C
export LC_ALL
cd "${TREE:-$(dirname "$0")/..}"
case=workstation/case
page=docs/CASE.md

# shellcheck disable=SC2016  # the backquotes are Markdown
generate() {
	cat <<'HEAD'
# The case database

Made by `scripts/gen-case.sh` from `workstation/case/*.def`; do not edit.

`exhibit load` writes one SQLite 3 file for one case (`application_id` 1163412035, `user_version` the version of this page, 2). Any reader of SQLite opens it: `sqlite3 -readonly case.db`.

- Every table but `host` and `meta` begins with `id` and `host` (a row of `host`). `object` is a row of `object`: the member of the archive that says it, with its SHA-256; `pos` the offset of its first byte in the content, of a packed log in the unpacked text; `line` counts from 1.
- INT: integer. TIME: nanoseconds since 1970-01-01 UTC; `datetime(time / 1000000000, 'unixepoch')` shows it. TEXT: escaped text as in section 1 of `FORMAT.md`: bytes that are not printable UTF-8 are `\xNN`, a backslash is `\\`. WORD: a word of ours. HASH: raw bytes, `hex()` shows them. REF: `id` of a row, of the table in its name or of `object`. NULL: not known, or there is none.
- What could not be read is in `note`. What is wrong with an archive is in `finding`, its verdict in `host`: rows of a host with the verdict ALTERED may be false.
HEAD
	awk -F '"' '
		/^#define CASE_[A-Z_]*\(COL\)/ {
			name = $0
			sub(/^#define CASE_/, "", name)
			sub(/\(.*/, "", name)
			rows[name] = /CASE_WHERE\(COL\)/ && name != "WHERE" ? rows["WHERE"] : ""
		}
		/^\tCOL\(/ {
			split(substr($1, 6), head, /, */)
			rows[name] = rows[name] sprintf("| `%s` | %s | %s |\n", head[2], head[1], $2)
		}
		/^\tTABLE\(/ {
			split(substr($1, 8), head, /, */)
			sub(/^CASE_/, "", head[2])
			table(head[1], head[2], $2)
		}
		function table(title, columns, what) {
			printf "\n## %s\n%s%s.\n\n| column | kind | what it says |\n|---|---|---|\n%s", title,
				toupper(substr(what, 1, 1)), substr(what, 2), rows[columns]
		}
		/^#define CASE_TABLES/ {
			table("host", "HOST", "an archive that was loaded, and the host that it is of")
		}
	' $case/tables.def
	printf '\n## Who reads what\nFiles of the host, and the same inside containers; packed ones (gzip, xz, zstd) are unpacked.\n\n'
	printf '| loader | members | what it reads |\n|---|---|---|\n'
	# a row goes over several lines, and its text is joined as C joins it
	awk '{ row = row $0 } /^(LOADER|\t).*\)$/ { gsub(/"[ \t]*"/, "", row); print row } /\)$|\*\/$/ { row = "" }' \
		$case/loaders.def | awk -F '"' '/^LOADER(_STATE)?\(/ {
		id = $1
		gsub(/LOADER(_STATE)?\(|[ ,]/, "", id)
		gsub(/[ \t]+/, "` `", $2)
		printf "| `%s` | `%s` | %s |\n", id, $2, $4
	}'
	printf '\nAfter the last member, in this order:\n'
	awk -F '"' '/^FINISH\(/ { id = $1; gsub(/FINISH\(|[ ,]/, "", id); printf "- `%s`: %s\n", id, $2 }' $case/finish.def
	printf '\n## Indexes\n| table | columns |\n|---|---|\n'
	awk -F '"' '/^INDEX\(/ { split(substr($1, 7), head, /, */); printf "| `%s` | %s |\n", head[2], $2 }' $case/indexes.def
	printf '\n## Views\n'
	awk -F '"' '/^VIEW\(/ { split(substr($1, 6), head, /, */); printf "- `%s`: %s\n", head[1], $2 }' $case/views.def
}

case ${1:-} in
'') generate >"$page" ;;
--check)
	new=$(mktemp)
	trap 'rm -f "$new"' EXIT
	generate >"$new"
	if ! diff "$page" "$new"; then
		echo "$page is not what the tables say; run scripts/gen-case.sh"
		exit 1
	fi
	echo "$page says what the tables say: $(grep -c '^## ' "$new") headings"
	;;
*) echo "gen-case: unknown option $1" >&2; exit 2 ;;
esac

#!/bin/sh
# Who may include what. The folders are the design; these tables are its walls.
# TREE names another tree to look at.
set -eu
LC_ALL=C
export LC_ALL
cd "${TREE:-$(dirname "$0")/..}"

# folder: what its files may include besides their own folder. The row of the
# longest folder that holds a file counts. A trailing slash stands for the whole
# tree below. Own headers are named by their path from the top.
layers='
lib/base                :
lib/item                : lib/base/
lib/hash                : lib/base/
lib/archive             : lib/base/ lib/item/
lib/seal                : lib/base/ lib/hash/
lib/crypt               : lib/base/ lib/hash/
lib/sandbox             : lib/base/
lib/custody             : lib/base/ lib/item/ lib/hash/
lib/bundle              : lib/base/ lib/item/ lib/hash/ lib/archive/ lib/custody/ lib/seal/ lib/crypt/

collector               : lib/ collector/
collector/cmd           : lib/ collector/
collector/select        : lib/base/ lib/item/
collector/host          : lib/base/ lib/sandbox/
collector/acquire       : lib/base/ lib/item/ collector/select/
collector/raw           : lib/base/
collector/volatile      : lib/base/ lib/item/ collector/select/ collector/acquire/ collector/raw/

workstation             : lib/ workstation/
workstation/cmd         : lib/ workstation/
workstation/parse       : lib/base/
workstation/verify      : lib/
workstation/custody     : lib/ workstation/verify/
workstation/receive     : lib/ workstation/verify/
workstation/receipt     : lib/ workstation/verify/ workstation/receive/ workstation/custody/
workstation/case        : lib/ workstation/verify/ workstation/parse/
workstation/show        : lib/ workstation/case/ workstation/parse/
workstation/report      : lib/ workstation/case/
workstation/export      : lib/ workstation/case/
'

# header: the folders that may see it. Everything else is the system's.
foreign='
archive.h               : lib/archive
archive_entry.h         : lib/archive
zstd.h                  : lib/archive workstation/parse
zstd_errors.h           : lib/archive workstation/parse
zlib.h                  : lib/archive workstation/parse
lzma.h                  : workstation/parse
openssl/                : lib/hash lib/seal lib/crypt workstation/custody workstation/receipt
yyjson.h                : lib/custody workstation
ext2fs/                 : collector/raw
et/                     : collector/raw
sqlite3.h               : workstation/case
check.h                 : tests
build_id.h              : collector workstation
'

find lib collector workstation -type f \( -name '*.c' -o -name '*.h' -o -name '*.def' \) 2>/dev/null | sort |
awk -v layers="$layers" -v foreign="$foreign" '
	function load(text, table,    n, i, lines, half) {
		n = split(text, lines, "\n")
		for (i = 1; i <= n; i++)
			if (split(lines[i], half, " *: *") >= 1 && half[1] != "")
				table[half[1]] = " " half[2] " "
	}
	function below(path, folder) {
		return index(path, folder "/") == 1
	}
	function row_of(file,    folder, best) {
		best = ""
		for (folder in may)
			if (below(file, folder) && length(folder) > length(best))
				best = folder
		return best
	}
	function parent(path) {
		sub("/[^/]*$", "", path)
		return path
	}
	# own or allowed folder?
	function own_ok(file, name,    row, n, i, allowed) {
		row = row_of(file)
		if (row == "" || parent(file) == parent(name) || (below(name, row) && row ~ "/"))
			return row != ""
		n = split(may[row], allowed, " ")
		for (i = 1; i <= n; i++)
			if (index(name, allowed[i]) == 1)
				return 1
		return 0
	}
	function foreign_ok(file, name,    key, n, i, allowed) {
		for (key in sees) {
			if (name != key && !(key ~ "/$" && index(name, key) == 1))
				continue
			n = split(sees[key], allowed, " ")
			for (i = 1; i <= n; i++)
				if (below(file, allowed[i]))
					return 1
			return 0
		}
		return -1
	}
	function complain(what) {
		printf "%s:%d: %s\n", file, line, what
		bad = 1
	}
	function look(name, quoted,    ok) {
		ok = foreign_ok(file, name)
		if (ok == 0)
			complain("only" sees_text(name) "may include " name)
		else if (ok < 0 && quoted && name !~ "^(lib|collector|workstation)/")
			complain("include " name " by its path from the top")
		else if (ok < 0 && quoted && !own_ok(file, name))
			complain(row_of(file) == "" ? parent(file) " has no row in the table of layers" : \
				row_of(file) " may not include " name)
	}
	function sees_text(name,    key) {
		for (key in sees)
			if (name == key || (key ~ "/$" && index(name, key) == 1))
				return sees[key]
	}
	BEGIN { load(layers, may); load(foreign, sees) }
	{
		file = $0
		line = 0
		while ((getline text < file) > 0) {
			line++
			if (text !~ /^[ \t]*#[ \t]*include[ \t]*[<"]/)
				continue
			name = text
			sub(/^[^<"]*/, "", name)
			quoted = substr(name, 1, 1) == "\""
			name = substr(name, 2)
			sub(/[>"].*/, "", name)
			count++
			look(name, quoted)
		}
		close(file)
	}
	END {
		if (!bad)
			printf "%d includes, every one allowed\n", count
		exit bad
	}
'

#!/bin/sh
# Time exhibit load and show on an archive of many files, against exhibit verify and list of the
# same archive in the same run, and say how much memory and disk it took.
#
#   scripts/bench/case.sh [scratch-directory]
#
# BENCH_ROWS (default 1000000). Ten million need 6 GB of disk, and as much memory as they say.
set -eu
cd "$(dirname "$0")/../.."
exhibit=$PWD/build/exhibit
[ -x "$exhibit" ] || { echo "bench: build first: make" >&2; exit 1; }
rows=${BENCH_ROWS:-1000000}
deps=$(scripts/build-deps.sh --print)
scratch=$(mktemp -d "${1:-${TMPDIR:-/var/tmp}}/exhibit-bench.XXXXXX")
trap 'rm -rf "$scratch"' EXIT INT TERM HUP

"$deps/bin/cc-musl" -O2 -std=c11 -D_GNU_SOURCE -I. -Ibuild -o "$scratch/genarchive" scripts/bench/genarchive.c \
	build/lib.a -larchive -lzstd -lz -lyyjson -lcrypto
"$scratch/genarchive" "$rows" >"$scratch/a.tar.zst"
echo "$rows rows, an archive of $(($(stat -c %s "$scratch/a.tar.zst") / 1048576)) MiB, $(nproc) processors, load $(cut -d ' ' -f 1 /proc/loadavg)"

# Wall clock, processor time and peak memory of what is run, by the kernel's own count.
timed() { # NAME COMMAND...
	name=$1
	shift
	python3 - "$name" "$@" <<'P'
import os, resource, subprocess, sys, time
begin = time.monotonic()
code = subprocess.call(sys.argv[2:], stdout=subprocess.DEVNULL)
spent = time.monotonic() - begin
use = resource.getrusage(resource.RUSAGE_CHILDREN)
print("%-28s %7.1f s  cpu %7.1f s  peak %5d MiB%s" % (sys.argv[1], spent, use.ru_utime + use.ru_stime,
      use.ru_maxrss // 1024, "" if code == 0 else "  EXIT %d" % code))
P
}
timed verify "$exhibit" verify -q "$scratch/a.tar.zst"
timed list "$exhibit" list "$scratch/a.tar.zst"
timed load "$exhibit" load -q -o "$scratch/case.db" "$scratch/a.tar.zst"
echo "case.db: $(($(stat -c %s "$scratch/case.db") / 1048576)) MiB"
timed 'show files --below' "$exhibit" show files "$scratch/case.db" --below /usr/share/package-0001
timed 'show files --changed-since' "$exhibit" show files "$scratch/case.db" --changed-since 2025-06-01 -n 100
timed 'show files --csv' "$exhibit" show files "$scratch/case.db" --csv

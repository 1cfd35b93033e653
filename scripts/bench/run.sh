#!/bin/sh
# Time exhibit-collect against Debian's tools on trees made from a seed, in
# turn (A B C A B C ...), on cached data, and print medians and ratios.
#
#   scripts/bench/run.sh [scratch-directory]
#
# BENCH_LOG_BYTES (default 1 GiB), BENCH_FILES (200000), BENCH_RUNS (5)
set -eu
cd "$(dirname "$0")/../.."
collect=$PWD/build/exhibit-collect
[ -x "$collect" ] || { echo "bench: build first: make" >&2; exit 1; }
for tool in tar zstd bsdtar sha256sum; do
	command -v "$tool" >/dev/null || { echo "bench: $tool is missing: apt-get install libarchive-tools zstd" >&2; exit 1; }
done
log_bytes=${BENCH_LOG_BYTES:-1073741824}
files=${BENCH_FILES:-200000}
runs=${BENCH_RUNS:-5}
scratch=$(mktemp -d "${1:-${TMPDIR:-/tmp}}/exhibit-bench.XXXXXX")
# What is made goes into memory: exhibit-collect waits at its end until everything is
# on the medium, the others do not, and the disk would decide.
made=$(mktemp -d /dev/shm/exhibit-bench.XXXXXX)
trap 'rm -rf "$scratch" "$made"' EXIT INT TERM HUP

${CC:-cc} -O2 -o "$scratch/gentree" scripts/bench/gentree.c
${CC:-cc} -O2 -o "$scratch/measure" scripts/bench/measure.c
mkdir "$scratch/logs" "$scratch/small"
"$scratch/gentree" logs "$scratch/logs/data" "$log_bytes"
"$scratch/gentree" small "$scratch/small/data" "$files"

# The commands that are compared. Each reads the tree $1 and keeps what it makes
# in $made; what exhibit-collect does in one run, the others do in parts.
cat >"$scratch/exhibit" <<EOF
exec '$collect' --quiet --root "\$1" --profile logs --include '/**' -o '$made/out'
EOF
cat >"$scratch/tar-zstd" <<EOF
tar -c -C "\$1" data | zstd -q -1 -T0 -o '$made/out'
EOF
cat >"$scratch/bsdtar-zstd" <<EOF
exec bsdtar -c --zstd --options zstd:compression-level=1 -f '$made/out' -C "\$1" data
EOF
cat >"$scratch/sha256sum+tar" <<EOF
cd "\$1" && find data -type f -print0 | xargs -0 sha256sum >'$made/out.sums'
tar -cf '$made/out' data
EOF
commands='exhibit tar-zstd bsdtar-zstd sha256sum+tar'

# The kernel may have dropped what was cached, and a first reader would pay for it.
warm() { find "$1" -type f -exec cat {} + >/dev/null; }

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

for tree in logs small; do
	i=0
	while [ "$i" -le "$runs" ]; do
		for c in $commands; do
			rm -f "$made/out" "$made/out.sums"
			# The first round looks at memory, which takes time, so its time is not counted.
			what="time"
			[ "$i" -gt 0 ] || what="memory"
			warm "$scratch/$tree"
			"$scratch/measure" $what sh "$scratch/$c" "$scratch/$tree" >>"$scratch/$tree.$c.$what" 2>"$scratch/said" ||
				{ cat "$scratch/said" >&2; echo "bench: $c failed on $tree" >&2; exit 1; }
			stat -c %s "$made/out" >"$scratch/$tree.$c.size"
		done
		i=$((i + 1))
	done
	own=$(cut -d' ' -f1 "$scratch/$tree.exhibit.time" | median)
	printf '\n%s: %s, %s runs, medians\n' "$tree" "$(du -sh --apparent-size "$scratch/$tree" | cut -f1)" "$runs"
	printf '%-16s %9s %9s %12s %12s %8s\n' command wall-s cpu-s peak-MiB out-MiB ratio
	for c in $commands; do
		wall=$(cut -d' ' -f1 "$scratch/$tree.$c.time" | median)
		cpu=$(cut -d' ' -f2 "$scratch/$tree.$c.time" | median)
		peak=$(cat "$scratch/$tree.$c.memory")
		size=$(cat "$scratch/$tree.$c.size")
		awk -v c="$c" -v w="$wall" -v p="$cpu" -v k="$peak" -v s="$size" -v o="$own" \
			'BEGIN { printf "%-16s %9.2f %9.2f %12.1f %12.1f %8.2f\n", c, w, p, k / 1024, s / 1048576, w / o }'
	done
done
printf '\nratio: wall time of the command by that of exhibit (above 1: exhibit is faster)\n'

#!/bin/sh
# Time and memory of exhibit-collect over all that dies with the host, on this machine with
# some hundred processes more.
#
#   scripts/bench/live.sh [scratch-directory]
#
# BENCH_PROCESSES (500), BENCH_RUNS (5)
set -eu
cd "$(dirname "$0")/../.."
collect=$PWD/build/exhibit-collect
[ -x "$collect" ] || { echo "bench: build first: make" >&2; exit 1; }
processes=${BENCH_PROCESSES:-500}
runs=${BENCH_RUNS:-5}
scratch=$(mktemp -d "${1:-${TMPDIR:-/tmp}}/exhibit-bench.XXXXXX")
made=$(mktemp -d /dev/shm/exhibit-bench.XXXXXX)
trap 'exec 3>&-; wait; rm -rf "$scratch" "$made"' EXIT
trap 'exit 1' INT TERM HUP

${CC:-cc} -O2 -o "$scratch/measure" scripts/bench/measure.c
${CC:-cc} -D_GNU_SOURCE -O2 -pthread -o "$scratch/genprocs" scripts/bench/genprocs.c

# They end when the last writer of this pipe does, whatever becomes of us.
mkfifo "$scratch/stay"
"$scratch/genprocs" "$processes" <"$scratch/stay" >"$scratch/said" &
exec 3>"$scratch/stay"
until [ -s "$scratch/said" ]; do
	kill -0 $! || { echo "bench: cannot start $processes processes" >&2; exit 1; }
	sleep 0.1
done

run() { # WHAT
	rm -f "$made/out"
	"$scratch/measure" "$1" "$collect" --quiet --profile live -o "$made/out" 3>&- >>"$scratch/$1" 2>"$scratch/told" ||
		{ cat "$scratch/told" >&2; exit 1; }
}

# Looking at memory takes time, so that run's is not counted.
run memory
i=0
while [ "$i" -lt "$runs" ]; do
	run "time"
	i=$((i + 1))
done
printf '\nlive: %s processes, %s threads, %s runs, median\n' "$(find /proc -maxdepth 1 -name '[0-9]*' 2>/dev/null | wc -l)" \
	"$(sed 's:.*/\([0-9]*\) .*:\1:' /proc/loadavg)" "$runs"
sort -n "$scratch/time" | awk -v peak="$(cat "$scratch/memory")" -v size="$(stat -c %s "$made/out")" \
	'{ line[NR] = $0 } END { split(line[int((NR + 1) / 2)], v)
	printf "wall %.2f s, cpu %.2f s, peak %.1f MiB, archive %.1f MiB\n", v[1], v[2], peak / 1024, size / 1048576 }'

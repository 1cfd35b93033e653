#!/bin/sh
# Runs the named checks one after the other and counts them.
#
#   run-checks.sh NAME...        each is the make target check-NAME
#
# All of them run, whatever fails. Logs stay in $BUILD/checks, with NAME.code for the exit code
# and unit.tap for the unit tests one by one (scripts/validation.sh reads them).
set -eu
unset MAKEFLAGS MFLAGS MAKELEVEL
cd "$(dirname "$0")/.."
logs=${BUILD:-build}/checks
jobs=${EXHIBIT_JOBS:-$(nproc)}
rm -rf "$logs"
mkdir -p "$logs"
CK_TAP_LOG_FILE_NAME=$(cd "$logs" && pwd)/unit.tap
export CK_TAP_LOG_FILE_NAME
passed=0 failed=0
# These use little of this machine but its processor (kernel has one of its own): they run beside
# the others, behind them.
beside=' cli fuzz cppcheck tidy repro kernel '

# One check's prerequisites are built inside its time; building first keeps the
# figures honest, a compiler error in one place, and two lanes from making the same file.
make --no-print-directory -k -j"$jobs" all harness "${BUILD:-build}/unit" || echo "the build is broken; checking what can be checked"

run() { # NAME JOBS
	_started=$(date +%s)
	_code=0
	make --no-print-directory -j"$2" "check-$1" >"$logs/$1.log" 2>&1 </dev/null || _code=$?
	echo $(($(date +%s) - _started)) >"$logs/$1.took"
	echo "$_code" >"$logs/$1.code"
}

is_beside() {
	case $beside in *" $1 "*) return 0 ;; esac
	return 1
}

(
	renice -n 10 -p "$(exec sh -c 'echo "$PPID"')" >/dev/null 2>&1 || :
	for name; do
		if is_beside "$name"; then run "$name" 1; fi
	done
) &
lane=$!
trap 'kill "$lane" 2>/dev/null || :; wait || :' EXIT # what is not caught here becomes our exit code
trap 'exit 1' HUP INT TERM

for name; do
	if is_beside "$name"; then
		wait "$lane" || :
	else
		run "$name" "$jobs"
	fi
	grep '^skip ' "$logs/$name.log" || :
	took=$(cat "$logs/$name.took")
	if [ "$(cat "$logs/$name.code")" -eq 0 ]; then
		passed=$((passed + 1))
		printf 'ok   %-10s %4d s   %s\n' "$name" "$took" "$(tail -n 1 "$logs/$name.log")"
	else
		failed=$((failed + 1))
		printf 'FAIL %-10s %4d s   %s\n' "$name" "$took" "$logs/$name.log"
		grep -v '^ok ' "$logs/$name.log" | tail -n 60 | sed 's/^/    /'
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

#!/bin/sh
# Everything that is checked, from a clean machine to the last line "N passed, N
# failed".
set -eu
cd "$(dirname "$0")/.."
scripts/setup.sh check
exec make check

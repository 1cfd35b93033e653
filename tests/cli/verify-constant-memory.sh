# 200 MB of tar, verified within 32 MiB of address space for data.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
fixture_emulator_lacks "bounds of memory that are not its own"
mkdir -p root/var/log
head -c 200000000 /dev/zero >root/var/log/big
"$EXHIBIT_COLLECT" --root root --quiet -o x.tar.zst >/dev/null 2>&1
rm root/var/log/big
# shellcheck disable=SC3045  # dash and bash have it
ulimit -d 32768
"$EXHIBIT" verify --quiet x.tar.zst

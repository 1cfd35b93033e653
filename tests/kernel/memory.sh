#!/bin/sh
# A guest is collected with --memory and --process-memory, and an examiner's reader finds
# in the image what was planted: the banner of the kernel at its place, the list of
# tasks with a process of a name that only this run knows, and its arguments.
set -eu
# shellcheck source=tests/support/fixture.sh
. "$SRCDIR/tests/support/fixture.sh"
# shellcheck source=tests/kernel/rig
. "$TESTDIR/rig"

random=$(od -An -N6 -tx1 /dev/urandom | tr -d ' \n')
name=pl$random
secret=$(echo "$random" | rev)-tnemugra
rig_guest guest
rig_compile planted guest/planted
cat >guest/commands <<END
start /planted $name argument-$random
copy /proc/version /out/version
copy /proc/iomem /out/iomem
copy /proc/kallsyms /out/kallsyms
copy /sys/kernel/btf/vmlinux /out/btf
run /exhibit-collect --quiet --profile logs --memory --process-memory suspicious -o /out/a.tar.zst
END
rig_boot guest 256 out

rig_all_done guest out
"$EXHIBIT" verify out/a.tar.zst | grep -q '^COMPLETE' || fixture_fail "the archive does not verify"
"$EXHIBIT" extract out/a.tar.zst -C taken >/dev/null

image=taken/live/memory/physical.lime
python3 "$TESTDIR/lime.py" "$image" out >found || { tail -n 3 found; fixture_fail "the image cannot be read"; }
head -n 2 found
grep -q '^Linux version ' found || fixture_fail "no banner"
grep -E "^[0-9]+ $name /planted $name argument-$random \$" found || fixture_fail "the planted process is not in the list"
grep -q '^1 init ' found || fixture_fail "the first process is not in the list"
grep -q '^2 kthreadd ' found || fixture_fail "a thread of the kernel is not in the list"
grep -qaF "$secret" "$image" || fixture_fail "its private memory is not in the image"
grep -q '"own_key":"withheld"' "$image.json" || fixture_fail "the place of our key was not found"
python3 "$TESTDIR/keys.py" "$image" taken || fixture_fail "the image holds a key of a seal"

pid=$(grep -E "^[0-9]+ $name " found | cut -d ' ' -f 1)
part=taken/live/memory/process/$pid.lime
grep -qaF "$secret" "$part" || fixture_fail "its private memory was not taken"
grep -q '"executable-elsewhere"' "$part.json" || fixture_fail "nothing says why it was taken"
[ "$(wc -c <"$part")" -lt 1000000 ] || fixture_fail "what it never touched was taken too"
grep -q '"gap":"own-output"' taken/CUSTODY/segments/*/manifest.jsonl || fixture_fail "our own memory was taken"

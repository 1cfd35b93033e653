#!/bin/sh
# A target that finds something fails the run, and the others are fuzzed all the same.
set -eu
mkdir programs
cat >programs/fuzz_seal <<'EOF2'
#!/bin/sh
echo "Done 5 runs in 1 second(s)"
EOF2
cat >programs/fuzz_session <<'EOF2'
#!/bin/sh
echo "==1== ERROR: AddressSanitizer: heap-buffer-overflow"
exit 77
EOF2
chmod +x programs/*
"$SRCDIR/tests/fuzz/run" programs 1 seal >said
grep -q '^seal: Done 5 runs' said
code=0
"$SRCDIR/tests/fuzz/run" programs 1 session seal >said 2>named || code=$?
[ "$code" -eq 1 ]
grep -q '^session: FAILED' said
grep -q '^seal: Done' said
grep -q heap-buffer-overflow named

set -u
a=$SRCDIR/tests/golden/whole.tar.zst
mkdir -p 'out/[root]/etc'
echo mine >'out/[root]/etc/hostname'
"$EXHIBIT" extract -q -C out "$a" /etc/hostname
code=$?
cat 'out/[root]/etc/hostname'
exit $code

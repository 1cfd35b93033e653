#!/bin/sh
# Wrong command lines end with 2, what cannot be read with 4, in one sentence.
python3 "$SRCDIR/tests/support/mkarchive.py" whole.tar >/dev/null
try() {
	want=$1
	shift
	echo "---- $want $*"
	"$EXHIBIT" "$@" >out 2>&1 </dev/null
	code=$?
	cat out
	[ "$code" -eq "$want" ] || echo "exit code $code, wanted $want"
}
try 2
try 2 frob
try 2 help frob
try 2 verify
try 2 verify a b
try 2 verify whole.tar --frob
try 2 verify whole.tar --json=1
try 2 verify whole.tar --key
try 2 verify whole.tar --key abc
try 2 verify whole.tar --root 0123
try 2 verify whole.tar --session 12
try 2 verify whole.tar --nonce xyz
try 2 receive whole.tar
try 2 receive -o x whole.tar more
try 2 receive -o x whole.tar --nonce xyz
try 2 receive -o x whole.tar --nonce 0011 --nonce-issued yesterday
try 2 receive -o x whole.tar --nonce-issued 2026-11-23T10:53:00.000000000Z
try 2 receive -o x whole.tar --key abc
try 2 receive -o x whole.tar --signer-key whole.tar
try 2 receive -o x --tsa-request bag
try 2 receive --tsa-response answer bag --json
try 2 receive --tsa-request bag -i whole.tar --nonce 0011
try 2 receive --tsa-request
try 2 receive --tsa-request -
try 2 receive --tsa-request bag more
try 2 receive --tsa-ca whole.tar bag
try 2 receive -o x --trust whole.tar whole.tar
try 2 receipt
try 2 receipt bag
try 2 verify whole.tar --ca whole.tar
try 2 verify --bag . --at yesterday
try 2 list
try 2 list whole.tar --gap permision
try 2 list whole.tar --result good
try 2 list whole.tar --type dir
try 2 list whole.tar --depth deep
try 2 cat whole.tar
try 2 extract
try 2 extract -
try 4 receive -o x nowhere.tar
try 4 receipt nowhere --tsa-request
try 4 receive nowhere --tsa-request
try 4 receive . --tsa-response nowhere
try 4 receipt bag --archive nowhere.tar
try 4 receipt . --archive whole.tar
try 4 verify --bag nowhere
try 4 verify --bag . --ca whole.tar
try 3 verify --bag . -q
try 4 receive -o x .
try 4 verify nowhere.tar
try 4 verify .
try 4 list nowhere.tar
try 4 cat nowhere.tar /x
try 4 cat whole.tar /nowhere
try 4 cat whole.tar /etc
try 4 cat whole.tar /run/initctl
try 4 extract nowhere.tar
try 4 extract whole.tar -C nowhere/below
try 4 extract whole.tar -C whole.tar

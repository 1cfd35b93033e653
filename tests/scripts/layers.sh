#!/bin/sh
set -eu
# shellcheck source=/dev/null
. "$TESTDIR/expect"
check="$SRCDIR/scripts/check-layers.sh"

# include FILE HEADER: the only file of the tree
include() {
	rm -rf "$TREE"
	echo "#include $2" | file "$1"
}
allowed() { include "$@"; passes "$check"; }
forbidden() { include "$2" "$3"; refuses "$1" "$check"; }

allowed collector/acquire/read.c '"lib/item/item.h"'
allowed collector/acquire/read.c '"collector/select/plan.h"'
allowed collector/acquire/read.c '<sys/stat.h>'
allowed collector/cmd/args.c '"collector/host/self.h"'
allowed collector/main.c '"build_id.h"'
allowed collector/ring.c '"collector/acquire/walk.h"'
allowed lib/bundle/bundle_write.c '"lib/seal/key.h"'
allowed lib/archive/pax_write.c '<archive.h>'
allowed lib/hash/digest.c '<openssl/evp.h>'
allowed workstation/receipt/sign.c '<openssl/cms.h>'
allowed workstation/case/store.c '<sqlite3.h>'

forbidden 'may not include lib/bundle' collector/acquire/read.c '"lib/bundle/bundle_write.h"'
forbidden 'may not include collector/host' collector/volatile/process.c '"collector/host/self.h"'
forbidden 'may not include collector/acquire' collector/select/plan.c '"collector/acquire/walk.h"'
forbidden 'may not include workstation' collector/main.c '"workstation/verify/verify.h"'
forbidden 'may not include collector' workstation/main.c '"collector/ring.h"'
forbidden 'may not include collector' lib/base/buf.c '"collector/ring.h"'
forbidden 'may not include lib/item' lib/base/buf.c '"lib/item/item.h"'
forbidden 'may not include lib/bundle' workstation/parse/utmp.c '"lib/bundle/bundle_read.h"'
forbidden 'may include archive.h' lib/bundle/bundle_write.c '<archive.h>'
forbidden 'may include openssl/evp.h' collector/main.c '<openssl/evp.h>'
forbidden 'may include yyjson.h' collector/cmd/args.c '<yyjson.h>'
forbidden 'may include zstd.h' collector/main.c '  "zstd.h"'
forbidden 'by its path from the top' lib/base/buf.c '"buf.h"'
forbidden 'has no row' lib/new/thing.c '"lib/base/buf.h"'

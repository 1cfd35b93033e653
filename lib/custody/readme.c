#include "lib/custody/readme.h"

/* The path is relative to the top of the source tree, where make runs.  The
 * script is text: the zero behind it makes it a C string. */
__asm__(".pushsection .rodata.readme_script, \"a\", %progbits\n"
	"	.hidden readme_script\n"
	"	.globl readme_script\n"
	"readme_script:\n"
	"	.incbin \"scripts/verify-by-hand.sh\"\n"
	"	.byte 0\n"
	"	.popsection\n");

extern const char readme_script[];

static const char page[] =
"Exhibit archive: how to read it and how to verify it\n"
"\n"
"This is a POSIX tar archive made by exhibit-collect on a running host. Format version 1.\n"
"  CUSTODY/session.txt   who collected what, when, where, with which program and which plan\n"
"  [root]/...            files of the host under their absolute path, as read(2) returned them\n"
"  live/...              answers of the kernel that are no file\n"
"  CUSTODY/segments/N/   manifest.jsonl: one line for each object attempted, gaps included;\n"
"                        SHA256SUMS; seal.txt and its Ed25519 signature\n"
"  CUSTODY/summary.txt   counts, gaps by reason, and what this archive cannot prove\n"
"\n"
"Reading\n"
"  zstd -dc ARCHIVE | tar --warning=no-unknown-keyword -tvf - | cat -v\n"
"  (gzip -dc for .tar.gz; of an archive .age first: age -d -i KEYFILE ARCHIVE.age > ARCHIVE.)\n"
"  Unpack only as an ordinary user, into an empty directory, and execute nothing of it:\n"
"  zstd -dc ARCHIVE | tar --warning=no-unknown-keyword --no-same-owner \\\n"
"          --no-same-permissions -xf -\n"
"  A file name may contain control characters: keep \"| cat -v\" between it and your terminal.\n"
"  The manifest is authoritative where tar cannot say something (birth times, short reads).\n"
"\n"
"Verifying\n"
"  1. Write down, before looking at the archive, the fingerprint of the first seal key and the\n"
"     root that were read from the host's screen. They tie the archive to that run.\n"
"  2. Run \"exhibit verify ARCHIVE --key FINGERPRINT --root ROOT\", or the script below, which\n"
"     needs nothing but tar, sha256sum, openssl and zstd or gzip:\n"
"     sh verify-by-hand.sh ARCHIVE FINGERPRINT\n"
"  3. By hand: the fingerprint is the SHA-256 of the 32 bytes of seal-key in session.txt. Seal 0\n"
"     is signed by that key; each seal names the key of the next one and the hash of the seal\n"
"     before, and holds the length and SHA-256 of all tar bytes before its own header. The root\n"
"     is the SHA-256 of the last seal.txt, which says \"final: yes\".\n"
"  4. Unpacked: sha256sum -c CUSTODY/segments/*/SHA256SUMS | cat -v\n"
"\n"
"An archive without a final seal was cut short: it is proven up to its last seal, no further.\n"
"tar's own exit code says nothing about completeness. Take this text, and the script, for a\n"
"convenience: somebody who altered the archive could have altered them too, so use a copy of the\n"
"script that comes from elsewhere.\n"
"\n";

void readme_text(struct buf *out)
{
	buf_puts(out, page);
	buf_puts(out, README_SCRIPT_BEGIN "\n");
	buf_puts(out, readme_script);
	buf_puts(out, README_SCRIPT_END "\n");
}

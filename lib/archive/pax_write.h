/*
 * pax_write: POSIX pax tar members, through libarchive.
 *
 * The only writer of tar bytes.  libarchive pads a member that came out short
 * with zeros and drops what is too long, both without a word, so the caller
 * counts (lib/bundle); this module refuses to take more than was promised.
 * Options in force: format pax (not restricted: atime and ctime are kept),
 * hdrcharset=BINARY, xattrheader=SCHILY, no blocking factor.  A header's bytes
 * are a function of its item alone: no time of ours, no padding of chance.
 *
 * What these headers cannot say, and the manifest says instead: a birth time
 * that is not before the modification time (libarchive leaves it out); the
 * fraction of the last second before 1970 (left out; other fractions before 1970
 * are right as decimals, though libarchive's own reader takes them for another
 * instant); xattr names with % = or unprintable bytes (percent-encoded).
 */
#ifndef EXHIBIT_ARCHIVE_PAX_WRITE_H
#define EXHIBIT_ARCHIVE_PAX_WRITE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/item/item.h"

/* Longer sparse files are not written as such: libarchive has to be walked
 * through every hole in steps of 2 GiB, and a hostile size must not cost hours. */
#define PAX_WRITE_SPARSE_MAX (UINT64_C(1) << 46)	/* bytes, logical size */

struct pax_write;

/* Takes tar bytes in order; returns 0, or -1 with its own error set. */
typedef int pax_out(void *ctx, const void *data, size_t n);

/**
 * pax_write_new(out, ctx, e):
 * Make a writer that hands its bytes to ${out}(${ctx}).  NULL with ${e} if there
 * is no memory.  ${e} is kept: every later failure is described there.
 */
struct pax_write *pax_write_new(pax_out *out, void *ctx, struct err *e);

/* Forget the writer; nothing more is handed to out, closed or not. */
void pax_write_free(struct pax_write *w);

/**
 * pax_write_item(w, member, it, size):
 * Write the header of ${it} under the name ${member} (raw bytes) with ${size}
 * bytes of data to follow (for a sparse file: the sum of its extents).  Times,
 * mode, owner, links, devices, xattrs and sparse map come from the item; xattr
 * names and values are raw.  it->hardlink, if any, must name the member that holds
 * the content, not the path on the host.  Sockets have no form in pax: the caller
 * must not ask for one.  The pointers of ${it} are used until pax_write_end.
 * Return 0, or -1 with the error of pax_write_new.
 */
int pax_write_item(struct pax_write *w, struct bytes member, const struct item *it, uint64_t size);

/**
 * pax_write_text(w, member, data, n, mtime):
 * Write a whole small member of our own: mode 0444, owner 0, mtime as given.
 */
int pax_write_text(struct pax_write *w, const char *member, const void *data, size_t n,
		   struct instant mtime);

/**
 * pax_write_bare(w, member, data, n, seconds):
 * Write a whole small member in the one form of lib/archive/ustar.h, past libarchive.
 */
int pax_write_bare(struct pax_write *w, const char *member, const void *data, size_t n,
		   int64_t seconds);

/**
 * pax_write_data(w, data, n):
 * Add data to the open member.  More than its size in total is an error.
 */
int pax_write_data(struct pax_write *w, const void *data, size_t n);

/**
 * pax_write_pad(w, n):
 * Fill at most ${n} of the bytes that the open member lacks with zeros.  1 if it lacks
 * more, 0 if none, or -1.  For a caller that has other things to do meanwhile.
 */
int pax_write_pad(struct pax_write *w, uint64_t n);

/**
 * pax_write_end(w):
 * Finish the open member; missing bytes are filled with zeros.  Afterwards
 * every byte of the member has been handed to out (no delay inside).
 */
int pax_write_end(struct pax_write *w);

/**
 * pax_write_close(w):
 * Write the two zero blocks that end the archive.
 */
int pax_write_close(struct pax_write *w);

#endif

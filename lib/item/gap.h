/*
 * gap: the closed vocabulary of what can be missing from one piece of evidence.
 * The list, its words and their meaning are in gap.def.
 */
#ifndef EXHIBIT_ITEM_GAP_H
#define EXHIBIT_ITEM_GAP_H

enum gap {
#define GAP(id, word, class, text) GAP_##id,
#include "lib/item/gap.def"
#undef GAP
	GAP_COUNT
};

/* What became of an object: the "result" of its manifest line. */
enum result { RESULT_OK, RESULT_PARTIAL, RESULT_SKIPPED, RESULT_ERROR, RESULT_COUNT };

/* Word in the manifest, meaning for a person, class, word of a class.  Static
 * strings; an out-of-range value gives those of GAP_INTERNAL / RESULT_ERROR. */
const char *gap_word(enum gap g);
const char *gap_text(enum gap g);
enum result gap_result(enum gap g);
const char *gap_result_word(enum result r);

/**
 * gap_by_word(word):
 * Return the gap with that manifest word, or GAP_COUNT if there is none.
 */
enum gap gap_by_word(const char *word);

/**
 * gap_from_errno(oserr):
 * The gap that a failed open, stat or listing means: ENOENT, ESRCH, ENOTDIR and
 * ESTALE are VANISHED, EACCES and EPERM are PERMISSION, ELOOP is REPLACED (we
 * never ask for links to be followed), EIO and friends are IO_ERROR,
 * everything else is OPEN_FAILED.
 */
enum gap gap_from_errno(int oserr);

/* The same for a call that only asks for metadata: META_FAILED in place of OPEN_FAILED.  What a
 * process has open can be asked of a descriptor of it when it has ended (proc_fd_getattr of
 * fs/proc/fd.c, 6.2: ENOENT), which is VANISHED here as everywhere. */
enum gap gap_from_stat_errno(int oserr);

#endif

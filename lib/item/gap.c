#include "lib/item/gap.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

/* The classes of gap.def in its own short words. */
#define CLASS_OK RESULT_OK
#define CLASS_PARTIAL RESULT_PARTIAL
#define CLASS_SKIPPED RESULT_SKIPPED
#define CLASS_ERROR RESULT_ERROR

static const struct row {
	const char *word;
	const char *text;
	enum result result;
} rows[] = {
#define GAP(id, word, class, text) [GAP_##id] = { word, text, CLASS_##class },
#include "lib/item/gap.def"
#undef GAP
};

_Static_assert(sizeof(rows) / sizeof(rows[0]) == GAP_COUNT, "one row for each gap");

static const char *const result_words[] = {
	[RESULT_OK] = "ok",
	[RESULT_PARTIAL] = "partial",
	[RESULT_SKIPPED] = "skipped",
	[RESULT_ERROR] = "error",
};

_Static_assert(sizeof(result_words) / sizeof(result_words[0]) == RESULT_COUNT,
	       "one word for each result");

static const struct {
	int oserr;
	enum gap gap;
} by_errno[] = {
	{ ENOENT, GAP_VANISHED }, { ESRCH, GAP_VANISHED }, { ENOTDIR, GAP_VANISHED },
	{ ESTALE, GAP_VANISHED }, { EACCES, GAP_PERMISSION }, { EPERM, GAP_PERMISSION },
	{ ELOOP, GAP_REPLACED }, { EIO, GAP_IO_ERROR }, { EREMOTEIO, GAP_IO_ERROR },
	{ EUCLEAN, GAP_IO_ERROR }, { EBADMSG, GAP_IO_ERROR }, { ENODATA, GAP_IO_ERROR },
	{ EILSEQ, GAP_IO_ERROR }, { ENOMEDIUM, GAP_IO_ERROR }, { EHWPOISON, GAP_IO_ERROR },
	{ ETIMEDOUT, GAP_IO_ERROR },
};

static const struct row *row_of(enum gap g)
{
	return (unsigned)g < GAP_COUNT ? &rows[g] : &rows[GAP_INTERNAL];
}

const char *gap_word(enum gap g)
{
	return row_of(g)->word;
}

const char *gap_text(enum gap g)
{
	return row_of(g)->text;
}

enum result gap_result(enum gap g)
{
	return row_of(g)->result;
}

const char *gap_result_word(enum result r)
{
	return result_words[(unsigned)r < RESULT_COUNT ? r : RESULT_ERROR];
}

enum gap gap_by_word(const char *word)
{
	for (unsigned g = 0; g < GAP_COUNT; g++)
		if (strcmp(rows[g].word, word) == 0)
			return (enum gap)g;
	return GAP_COUNT;
}

enum gap gap_from_errno(int oserr)
{
	for (size_t i = 0; i < sizeof(by_errno) / sizeof(by_errno[0]); i++)
		if (by_errno[i].oserr == oserr)
			return by_errno[i].gap;
	return GAP_OPEN_FAILED;
}

enum gap gap_from_stat_errno(int oserr)
{
	enum gap gap = gap_from_errno(oserr);

	return gap == GAP_OPEN_FAILED ? GAP_META_FAILED : gap;
}

/*
 * artifact: what can be taken.  The catalogue (catalogue.def) has one line per
 * artifact, the categories (category.def) give the order of volatility and the
 * profiles (profile.def) choose categories.  All three are data: adding an
 * artifact is adding a row.
 *
 * GLOBS are absolute and matched component by component against raw bytes:
 *   *  ?  [a-z] [!a-z]   inside one component; a leading dot needs no special care
 *   {pid}     a component of decimal digits only (the processes of /proc)
 *   **        any number of components, none included; only as a whole component.
 *             A glob that ends in / ** takes the directory before it and all below.
 *   ~         as the first component: the home of every user (see plan.h)
 * A glob names what is taken under its own path; a symbolic link is taken as a
 * link and never followed.
 */
#ifndef EXHIBIT_SELECT_ARTIFACT_H
#define EXHIBIT_SELECT_ARTIFACT_H

#include <stddef.h>
#include <stdint.h>

#include "lib/item/item.h"

enum category {
#define CATEGORY(id, word, reason) CATEGORY_##id,
#include "collector/select/category.def"
#undef CATEGORY
	CATEGORY_COUNT
};

/* Rules for a row beyond its glob. */
enum artifact_flag {
	/* Content only of text: a file whose first 512 bytes hold a NUL is metadata only. */
	ARTIFACT_SCRIPTS = 1,
	/* Content though it may be a private key.  Never in the catalogue: plan_new sets it
	 * on every row when private keys were asked for (plan_request.private_keys). */
	ARTIFACT_KEYS = 2,
	/* Also every directory that the literal beginning of any glob leads through, outside
	 * /proc, /sys and /dev: is it a symbolic link?  (plan_facts_alias) */
	ARTIFACT_WAYS = 4
};

struct artifact {
	const char *id;			/* unique, lower case with underscores: "shell_bash" */
	enum category category;
	enum depth depth;
	const char *glob;
	uint64_t cap;			/* bytes to read: a file with more is metadata only, one of
					 * unknown length is cut */
	unsigned flags;			/* enum artifact_flag */
	const char *reason;		/* why an examiner wants it, one line */
};

/*
 * The catalogue in the order of its file; category by category, most volatile
 * first.  artifact_count rows.
 *
 * Rows may overlap: plan_match gives an object to the deepest one.  Rows of FACTS
 * never own anything: their pass asks for plan_match.mine.  A row of metadata takes
 * whatever it names without opening it, files of /proc/PID/fd among them; a tree of
 * metadata or digests ("/" followed by **) is not meant for file systems of the
 * kernel, see plan_match.named.
 */
extern const struct artifact artifact_rows[];
extern const size_t artifact_count;

/* Word ("logs") and reason of a category; CATEGORY_COUNT for an unknown word. */
const char *artifact_category_word(enum category c);
const char *artifact_category_reason(enum category c);
enum category artifact_category_by_word(const char *word);

#endif

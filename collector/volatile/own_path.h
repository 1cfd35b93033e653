/*
 * own_path: what a path of a process means for us.
 *
 * A process names its files from where it stands; the same words can lead to another
 * file in the root that we read from, or nowhere.  Looked up component by component
 * without following a link and without opening anything.
 */
#ifndef EXHIBIT_VOLATILE_OWN_PATH_H
#define EXHIBIT_VOLATILE_OWN_PATH_H

#include <stdbool.h>

#include "collector/select/plan.h"
#include "collector/volatile/source.h"

enum own_path {
	OWN_PATH_SAME,		/* the same device and inode */
	OWN_PATH_OTHER,		/* something else */
	OWN_PATH_ABSENT,	/* nothing */
	OWN_PATH_UNKNOWN	/* could not be looked up, or is no absolute path */
};

/* Where does ${path} lead, compared with ${st}?  The word of it. */
enum own_path own_path_compare(const struct source_env *env, struct bytes path,
			       const struct item_stat *st);
const char *own_path_word(enum own_path p);

/**
 * own_path_match(env, path, m):
 * How the plan of this run stands to ${path}.  False without a plan or an absolute path.
 */
bool own_path_match(const struct source_env *env, struct bytes path, struct plan_match *m);

#endif

/*
 * scene: a directory to be walked, a walk of it, and a sink that remembers.
 *
 * The directory is made in the process that runs the suite and removed there, so
 * that a test that dies leaves nothing behind.
 */
#ifndef EXHIBIT_TESTS_SCENE_H
#define EXHIBIT_TESTS_SCENE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "collector/acquire/walk.h"

#define SCENE_KEEP 65536u		/* bytes of content kept of one item */
#define SCENE_GLOBS 8u

/* One item as the sink got it. */
struct scene_item {
	struct item it;			/* its pointers lead into text */
	struct item_end how;
	char *text;
	uint64_t bytes;			/* written */
	char *data;			/* the first SCENE_KEEP of them */
	struct extent *extents;
	struct cursor *at;		/* the cursor at its end, if asked for */
};

struct scene {
	char dir[256];			/* what is "/" for the walk */
	int fd;
	struct sink sink;
	struct scene_item *item;
	size_t count;
	bool open;			/* begun and not ended */
	bool keep_cursors;
	size_t fail_after;		/* the sink fails at its nth begin; 0: never */
	/* Called at the first write of each item. */
	void (*meanwhile)(struct scene *s, const struct item *it);
	uint64_t writes;		/* of the open item */
	/* What the walk is given. */
	const char *include[SCENE_GLOBS], *exclude[SCENE_GLOBS];
	uint64_t file_max;
	bool private_keys;
	struct walk walk;
	struct mounts *mounts;		/* read before the first walk unless given */
	struct cursor *at;
	struct pulse pulse;
	_Atomic uint32_t stop;
	_Atomic uint64_t budget;
};

/* Unchecked fixture: the directory of all scenes, and its removal. */
void scene_setup(void);
void scene_teardown(void);

/* A new empty directory and a walk of it with everything at rest. */
void scene_open(struct scene *s);

/* Forget what was given and let go; the directory goes with scene_teardown. */
void scene_close(struct scene *s);
void scene_forget(struct scene *s);

/* Make objects below the directory, with the directories before them.  These abort on failure. */
void scene_dir(struct scene *s, const char *path);
void scene_file(struct scene *s, const char *path, const void *data, size_t n);
void scene_text(struct scene *s, const char *path, const char *text);
void scene_link(struct scene *s, const char *path, const char *target);

/* Walk one category; the result of walk_run. */
int scene_walk(struct scene *s, enum category c, const struct cursor *from);

/* The only item of this path: NULL if there is none, abort if there are two. */
const struct scene_item *scene_find(const struct scene *s, const char *path);
size_t scene_times(const struct scene *s, struct bytes path);

#endif

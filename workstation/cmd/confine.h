/*
 * confine: the workstation's program gives up what it does not need, before it looks at the
 * first byte that somebody else wrote.
 *
 * From then on it can read and write what is open, take memory, and end: it opens no file,
 * executes nothing, makes no process and no connection, sends no signal.  Four layers, held by
 * the kernel: no_new_privs; Landlock without a path (Linux 5.13); no new descriptor and no core
 * (setrlimit(2)); a list of system calls (seccomp(2), lib/sandbox), of which others fail with
 * EPERM.  There is no way back.
 *
 * Who fills a folder keeps a few calls more, and Landlock has that folder as its one path.  What
 * these calls are for, the filter sees by their flags: nothing is opened for reading but a
 * folder, whose names cannot be listed, nothing is emptied, removed, renamed or written over.
 * Where they go it does not see, for that lies behind a pointer.  So without Landlock new names
 * could be made, and files appended to by who appends, wherever the user may; with it, outside
 * of the folder only times could be set and stat(2) be asked, of which Landlock knows nothing.
 */
#ifndef EXHIBIT_CMD_CONFINE_H
#define EXHIBIT_CMD_CONFINE_H

#include <stddef.h>

#define CONFINE_PATHS_MAX 250u

/**
 * confine_enter():
 * Enter all layers; a second call, of this or the other, does nothing.  Whatever this kernel does
 * not enforce is said on standard error, one line for each layer, and the others hold.  A build
 * with SANDBOX_NONE, as that of the sanitizers is, enters none.
 */
void confine_enter(void);

/* The same for verbs whose answer is a verdict of few lines, by which nothing else shall stand:
 * what this kernel does not enforce is not said. */
void confine_enter_silently(void);

/* Files, and folders with all below them, that are still to be opened for reading. */
struct confine_paths {
	int fds[CONFINE_PATHS_MAX];	/* O_PATH */
	size_t n;
};

/**
 * confine_allow(paths, path):
 * Add ${path}; NULL, and what cannot be found, is left out: opening it says why.  What is more
 * than CONFINE_PATHS_MAX is left out, too, and cannot be opened.
 */
void confine_allow(struct confine_paths *paths, const char *path);

/**
 * confine_enter_paths(paths):
 * As confine_enter_silently(), but files can be opened for reading: those of ${paths}, where the
 * kernel has Landlock, else any.  Closes what ${paths} holds.
 */
void confine_enter_paths(struct confine_paths *paths);

/* What is done in a folder. */
enum confine_folder {
	CONFINE_APPENDS, /* folders and files are made, and files appended to */
	CONFINE_PLACES   /* folders, files and links are made, all new; their times and modes */
};

/**
 * confine_enter_folder(folder, how):
 * The same, but for ${how} in the open directory ${folder} and below it: files are opened with
 * O_NOFOLLOW, by openat(2), with O_CREAT | O_APPEND or O_CREAT | O_EXCL, folders with O_DIRECTORY
 * | O_NOFOLLOW, at most 64 at once.  CONFINE_PLACES is without Landlock before Linux 5.19, which
 * refused hard links between folders; that is said, too.
 */
void confine_enter_folder(int folder, enum confine_folder how);

#endif

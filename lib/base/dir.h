/*
 * dir: directories as streams of entries (readdir(3)) with one owner.
 *
 * For /proc, /sys and what else the kernel makes up; directories of evidence are listed
 * by collector/acquire/listing, in constant memory.
 */
#ifndef EXHIBIT_BASE_DIR_H
#define EXHIBIT_BASE_DIR_H

#include <dirent.h>

/**
 * dir_open(at, name):
 * Open the directory ${name} of ${at}; a symbolic link is not followed.  NULL with errno.
 */
DIR *dir_open(int at, const char *name);

/**
 * dir_take(fdp):
 * The stream of an open directory, which owns *${fdp} from then on.  NULL with errno if
 * *${fdp} is negative or cannot be listed; then it stays the caller's.
 */
DIR *dir_take(int *fdp);

/* Close unless it is NULL.  Made for CLEANUP. */
void dir_close(DIR **d);

/* Name of the next entry that begins with a digit (processes, threads, descriptors), valid
 * until the next call; NULL at the end. */
const char *dir_next_number(DIR *d);

#endif

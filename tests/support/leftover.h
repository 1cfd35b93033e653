/*
 * leftover: folders that a test made, for whoever runs it.
 *
 * A test that fails does not come to its own removal: it ends where it failed.  So each folder
 * is noted when it is made, in memory that the runner shares with all tests, and the runner
 * removes at its end whatever of them is still there.
 */
#ifndef EXHIBIT_TESTS_LEFTOVER_H
#define EXHIBIT_TESTS_LEFTOVER_H

/* In the runner, before the first test and after the last. */
void leftover_begin(void);
void leftover_end(void);

/**
 * leftover_dir(template):
 * mkdtemp(3), and noted.  Aborts if it cannot be made; more than fit are not noted.
 */
void leftover_dir(char *template);

/* Remove a folder and what is below, by descriptors, because some trees are deeper than a
 * path can say.  Another file system is left alone. */
void leftover_remove(int parent, const char *name);

#endif

/*
 * recover: files that processes hold, as items of the archive.
 *
 * Each file of a table is reached through the link of the process that holds it, looked at
 * with O_PATH once more, compared, and only then opened for reading, by that very handle: a
 * FIFO, a socket, a device can never be opened by accident.  It is read as any file of the
 * host is (acquire/take.h): promised and measured, holes as holes, within its deadline, private
 * keys by hash.  O_NOATIME keeps its access time where we may ask for that: the file is
 * reached through the mount of its process, not through ours.
 *
 * A file on which a process holds a lease (/proc/locks) is left alone, because the kernel
 * would signal that process before it lets us in.  Each file is a step of its source: one
 * that does not answer costs itself.
 */
#ifndef EXHIBIT_VOLATILE_RECOVER_H
#define EXHIBIT_VOLATILE_RECOVER_H

#include <stdint.h>

#include "collector/volatile/found.h"
#include "collector/volatile/source.h"

/* Bytes of content of one file: tools, libraries and all but the largest logs are smaller, and
 * it is read in less than a second.  Bytes that are only hashed: as the rows of BINARY. */
#define RECOVER_FILE_MAX (UINT64_C(256) << 20)
#define RECOVER_DIGEST_MAX (UINT64_C(2) << 30)

/* Bytes that one source reads in all: a few seconds. */
#define RECOVER_TOTAL (UINT64_C(2) << 30)

#define RECOVER_NAME_MAX 80u		/* bytes of a name, NUL included */

/* Name of a file below live/: "FOLDER/MAJOR-MINOR-INODE". */
void recover_name(char out[RECOVER_NAME_MAX], const char *folder, const struct found_file *f);

/**
 * recover_all(env, files, folder, total):
 * Give every file of ${files}, those that must not be opened as a line with their gap,
 * ascending by device and inode, behind env->behind.  A file with more data than is left of
 * ${total} bytes is BUDGET; larger than what one file may have, SIZE_LIMIT.  Returns as run of
 * a source.
 */
int recover_all(struct source_env *env, struct found *files, const char *folder,
		uint64_t total);

#endif

/*
 * facts: what the host says of itself before the session is written.
 *
 * A sink for the category FACTS: it keeps small contents and link targets by
 * path, in bounded memory, and gathers the homes of users and the directories
 * that are symbolic links for the plan.  Hostile input: nothing here trusts a
 * length, an encoding or a line.
 */
#ifndef EXHIBIT_COLLECTOR_FACTS_H
#define EXHIBIT_COLLECTOR_FACTS_H

#include <stdbool.h>
#include <stddef.h>

#include "collector/select/plan.h"
#include "lib/base/err.h"
#include "lib/item/item.h"
#include "lib/item/sink.h"

#define FACTS_PASSWD_MAX (1u << 20)	/* bytes looked at of /etc/passwd and of an environ */
#define FACTS_CONTENT_MAX (256u << 10)	/* bytes kept of a file, or of a link's target */
#define FACTS_TOTAL_MAX (2u << 20)	/* bytes kept of all, names included */

struct facts;

/**
 * facts_new(to, e):
 * Gather facts, and homes and aliases into ${to} (the caller's, zeroed before; may be
 * NULL).  NULL with ${e} without memory.
 */
struct facts *facts_new(struct plan_facts *to, struct err *e);
void facts_free(struct facts *f);

/**
 * facts_sink(f):
 * The sink.  Homes come from the sixth field of /etc/passwd, from directories
 * /home/NAME and /root, and from HOME= in /proc/PID/environ (not kept); a symbolic link
 * taken by metadata only is an alias (a directory on the way to a row).  Its calls
 * never fail: what does not fit sets the full mark.
 */
struct sink *facts_sink(struct facts *f);

/**
 * facts_get(f, path):
 * Content of a file, or target of a link, as captured; p is NULL if there is none.  A file
 * of which only metadata was taken is there, without content.
 * Valid until the sink is used again.
 */
struct bytes facts_get(const struct facts *f, const char *path);

/**
 * facts_next(f, from, prefix, suffix, path):
 * The next fact, counted from *${from} (0 at first, advanced), whose path begins with
 * ${prefix} and ends in ${suffix}; its path goes into ${path} (may be NULL).  p is NULL at
 * the end.
 */
struct bytes facts_next(const struct facts *f, size_t *from, const char *prefix,
			const char *suffix, struct bytes *path);

/**
 * facts_checksums(f):
 * The kinds of checksum, CHECKSUM_BIT of lib/hash/checksum.h, that the package databases of
 * this host keep, by the databases that are there: dpkg MD5, apk SHA-1.  rpm and pacman keep
 * SHA-256, which every file has anyway.
 */
unsigned facts_checksums(const struct facts *f);

/* Something did not fit or could not be kept. */
bool facts_full(const struct facts *f);

#endif

/*
 * bag: BagIt 1.0 (RFC 8493) around an archive.
 *
 * What we write: names of plain ASCII only, both hashes that the RFC asks for, so that
 * bagit.py, `sha256sum -c` and this program agree.  What we read may come from anybody:
 * links are not followed, files and lists are bounded, names are decoded as the RFC says.
 */
#ifndef EXHIBIT_RECEIPT_BAG_H
#define EXHIBIT_RECEIPT_BAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "workstation/receipt/file.h"

#define BAG_LIST_MAX (4u << 20)		/* bytes of a manifest or tag file that is read */
#define BAG_FILES_MAX 4096u		/* files of one bag */
#define BAG_DEPTH_MAX 16u		/* folders below each other */

#define BAG_INFO "bag-info.txt"
#define BAG_TAGS "tagmanifest-sha256.txt"
#define BAG_SIGNATURE "tagmanifest-sha256.txt.p7s"
#define BAG_REQUEST "tagmanifest-sha256.txt.tsq"
#define BAG_RESPONSE "tagmanifest-sha256.txt.tsr"
#define BAG_TRUST "trust"

/* ---- lists of hashes */

/* One line of a manifest. */
struct bag_line {
	char *path;			/* decoded, owned */
	uint8_t hash[64];
	size_t hash_len;		/* 32 or 64 */
	bool seen;			/* for who compares with what is there */
};

struct bag_list {
	struct bag_line *lines;		/* sorted by path */
	size_t count;
};

/**
 * bag_list_parse(l, text, n, hash_len):
 * Take ${n} hostile bytes apart as lines "HEX PATH".  Return 0, or the number of the first line
 * (from 1) that is none, or is there twice, or -1: no memory.  Release in any case.
 */
long bag_list_parse(struct bag_list *l, const char *text, size_t n, size_t hash_len);
void bag_list_release(struct bag_list *l);

/* The line of that path, or NULL. */
struct bag_line *bag_list_find(const struct bag_list *l, const char *path);

/**
 * bag_info_find(text, n, label, out):
 * Append the first value of ${label} in a bag-info.txt.  False if there is none.
 */
bool bag_info_find(const char *text, size_t n, const char *label, struct buf *out);

/* ---- making one */

struct bag_made {
	char *path;			/* below the bag, owned */
	struct file_hash hash;
};

struct bag_maker {
	char name[FILE_NAME_MAX_LEN], partial[FILE_NAME_MAX_LEN];
	int dir;			/* of the bag, owned */
	struct bag_made *files;		/* of data/ */
	size_t count;
};

/* Can a file have this name in a bag of ours: letters, digits, and inside ._- only? */
bool bag_is_name(const char *name);

/**
 * bag_begin(m, name, e):
 * Make the folder ${name}.partial, which becomes ${name} only when it is whole.  Return 0, or -1
 * with ${e}: one of them exists, or it cannot be made.
 */
int bag_begin(struct bag_maker *m, const char *name, struct err *e);

/**
 * bag_copy(m, fd, name, hash, e) / bag_put(m, data, n, name, e):
 * Make data/${name} of what ${fd} gives, telling what was copied in *${hash} (may be NULL); of
 * ${n} bytes.  Return 0 or -1.
 */
int bag_copy(struct bag_maker *m, int fd, const char *name, struct file_hash *hash,
	     struct err *e);
int bag_put(struct bag_maker *m, const void *data, size_t n, const char *name, struct err *e);

/**
 * bag_list(m, info, e):
 * Write the tag files, ${info} being the lines of bag-info.txt but Payload-Oxum.  What is made in
 * m->dir after that is in no list.  Return 0 or -1.
 */
int bag_list(struct bag_maker *m, const struct buf *info, struct err *e);

/* Put all on the medium and give the bag its name.  Return 0 or -1. */
int bag_end(struct bag_maker *m, struct err *e);

/* Forget it; a bag that has not ended is removed with everything in it. */
void bag_abandon(struct bag_maker *m);

/* ---- looking at one */

/* What can be wrong with a bag as such, the worst that was found first. */
enum bag_fault {
	BAG_GOOD,
	BAG_NO_FORM,			/* not a bag of version 1.0, or one that cannot be read */
	BAG_TAG_CHANGED,		/* a tag file is not that of the tag manifest */
	BAG_CHANGED,			/* a file of data/ is not that of a manifest */
	BAG_MISSING,			/* a manifest names a file that is not there */
	BAG_EXTRA,			/* data/ has a file that a manifest does not name */
	BAG_FETCH,			/* there is a fetch.txt: files that are elsewhere */
	BAG_OTHER_LIST,			/* a list by an algorithm that is not looked at here */
	BAG_OXUM,			/* Payload-Oxum does not count what is there */
	BAG_UNLISTED			/* beside data/ is a file that no list names, and that is
					 * neither a proof nor in trust/ */
};

struct bag_look {
	enum bag_fault fault;
	char detail[200];		/* which file or line; to be shown */
	uint64_t bytes, files;		/* of data/ */
};

/**
 * bag_look(dir, out):
 * Check form, tag files and payload of the bag whose folder is ${dir}, up to the first thing
 * that is wrong.
 */
void bag_look(int dir, struct bag_look *out);

#endif

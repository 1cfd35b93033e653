#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "lib/base/dir.h"
#include "lib/base/fd.h"
#include "lib/base/text.h"
#include "workstation/receipt/bag.h"

/* The bag and its lists, while it is looked at. */
struct look {
	int dir;
	struct bag_look *out;
	struct bag_list sha256, sha512;		/* of data/; sha512 may be empty */
	struct bag_list tags;			/* of what is beside data/ */
	bool has_sha512;
	int (*found)(struct look *l, const char *path);	/* a file below a folder */
};

/* Lists that are looked at. */
#define PAYLOAD_256 "manifest-sha256.txt"
#define PAYLOAD_512 "manifest-sha512.txt"

/* Notes the first thing that is wrong; names in it are escaped here. */
static int wrong(struct bag_look *out, enum bag_fault fault, const char *what, const char *name)
{
	struct buf b;

	if (out->fault != BAG_GOOD)
		return -1;
	buf_init(&b, 8192);
	buf_printf(&b, "%s%s", what, *name != '\0' && *what != '\0' ? " " : "");
	text_escape(&b, name, strlen(name));
	strlcpy(out->detail, buf_cstr(&b), sizeof(out->detail));
	buf_release(&b);
	out->fault = fault;
	return -1;
}

static int load_list(struct look *l, const char *name, struct bag_list *list, size_t hash_len)
{
	struct err e = { 0 };
	struct buf b;
	long line = 0;
	int r = file_load_below(l->dir, name, &b, BAG_LIST_MAX, &e);

	if (r == 0)
		line = bag_list_parse(list, b.p, b.len, hash_len);
	buf_release(&b);
	if (r != 0)
		return wrong(l->out, BAG_NO_FORM, "no list", name);
	return line == 0 ? 0 : wrong(l->out, BAG_NO_FORM, "a line of the list is none:", name);
}

/* bagit.txt: two lines, the version and the encoding that we know. */
static int look_declaration(struct look *l)
{
	struct err e = { 0 };
	struct buf b, value;
	bool good;

	good = file_load_below(l->dir, "bagit.txt", &b, 4096, &e) == 0;
	buf_init(&value, 4096);
	good = good && bag_info_find(b.p, b.len, "BagIt-Version", &value) &&
	       strcmp(buf_cstr(&value), "1.0") == 0;
	buf_clear(&value);
	good = good && bag_info_find(b.p, b.len, "Tag-File-Character-Encoding", &value) &&
	       strcasecmp(buf_cstr(&value), "UTF-8") == 0;
	buf_release(&value);
	buf_release(&b);
	return good ? 0 : wrong(l->out, BAG_NO_FORM, "no bag of version 1.0:", "bagit.txt");
}

/* Compares one file with a line; 0 if it is what it should be. */
static int look_file(struct look *l, const char *path, const struct file_hash *hash,
		     struct bag_line *line, enum bag_fault fault)
{
	const uint8_t *have;

	if (line == NULL)
		return wrong(l->out, BAG_EXTRA, "", path);
	have = line->hash_len == 32 ? hash->sha256 : hash->sha512;
	line->seen = true;
	return memcmp(have, line->hash, line->hash_len) == 0 ? 0 : wrong(l->out, fault, "", path);
}

static int hash_of(struct look *l, const char *path, struct file_hash *hash,
		   enum bag_fault fault)
{
	struct err e = { 0 };
	int fd CLEANUP(fd_close) = file_open_below(l->dir, path, &e);

	if (fd >= 0 && file_hash(fd, -1, hash, &e) == 0)
		return 0;
	return wrong(l->out, fault, e.oserr == ENOENT ? "it is not there:" : "it cannot be read:",
		     path);
}

/* The tag manifest names every manifest, and what it names is unchanged. */
static int look_tags(struct look *l)
{
	struct file_hash hash = { .bytes = 0 };
	int r = load_list(l, BAG_TAGS, &l->tags, 32);

	if (r == 0 && (bag_list_find(&l->tags, PAYLOAD_256) == NULL ||
		       (l->has_sha512 && bag_list_find(&l->tags, PAYLOAD_512) == NULL)))
		r = wrong(l->out, BAG_TAG_CHANGED, "it does not name every manifest:", BAG_TAGS);
	for (size_t i = 0; r == 0 && i < l->tags.count; i++) {
		struct bag_line *line = &l->tags.lines[i];

		r = hash_of(l, line->path, &hash, BAG_TAG_CHANGED);
		if (r == 0)
			r = look_file(l, line->path, &hash, line, BAG_TAG_CHANGED);
	}
	return r;
}

static int look_payload(struct look *l, const char *path)
{
	struct file_hash hash = { .bytes = 0 };

	if (++l->out->files > BAG_FILES_MAX)
		return wrong(l->out, BAG_NO_FORM, "more files than a bag of ours has:", "data");
	if (bag_list_find(&l->sha256, path) == NULL)
		return wrong(l->out, BAG_EXTRA, "", path);
	if (hash_of(l, path, &hash, BAG_CHANGED) != 0)
		return -1;
	l->out->bytes += hash.bytes;
	if (look_file(l, path, &hash, bag_list_find(&l->sha256, path), BAG_CHANGED) != 0)
		return -1;
	return !l->has_sha512 ? 0 :
	       look_file(l, path, &hash, bag_list_find(&l->sha512, path), BAG_CHANGED);
}

static int look_folder(struct look *l, int at, const char *path, unsigned depth);

static int look_entry(struct look *l, int at, const char *path, unsigned depth)
{
	const char *name = strrchr(path, '/') + 1;
	struct stat st;

	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return wrong(l->out, BAG_NO_FORM, "it cannot be read:", path);
	if (S_ISDIR(st.st_mode))
		return look_folder(l, at, path, depth + 1);
	/* A link could be made to lead elsewhere afterwards. */
	return S_ISREG(st.st_mode) ? l->found(l, path) :
	       wrong(l->out, BAG_EXTRA, "neither file nor folder:", path);
}

static int look_folder(struct look *l, int at, const char *path, unsigned depth)
{
	const char *slash = strrchr(path, '/');
	DIR *d CLEANUP(dir_close) = dir_open(at, slash == NULL ? path : slash + 1);
	const struct dirent *entry;
	char below[FILE_NAME_MAX_LEN];

	if (d == NULL || depth > BAG_DEPTH_MAX)
		return wrong(l->out, BAG_NO_FORM, "it cannot be listed:", path);
	while ((entry = readdir(d)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if ((size_t)snprintf(below, sizeof(below), "%s/%s", path, entry->d_name) >=
		    sizeof(below))
			return wrong(l->out, BAG_NO_FORM, "too long a name in", path);
		if (look_entry(l, dirfd(d), below, depth) != 0)
			return -1;
	}
	return 0;
}

/* ------------------------------------------------------------ beside data/ */

static bool is_list(const char *name)
{
	size_t n = strlen(name);

	return n > 4 && strcmp(name + n - 4, ".txt") == 0 &&
	       (strncmp(name, "manifest-", 9) == 0 || strncmp(name, "tagmanifest-", 12) == 0);
}

/* A valid bag has no file elsewhere, and no list that we would not have looked at. */
static int look_lists(struct look *l, const char *name)
{
	if (strcmp(name, "fetch.txt") == 0)
		return wrong(l->out, BAG_FETCH, "", name);
	if (is_list(name) && strcmp(name, PAYLOAD_256) != 0 && strcmp(name, PAYLOAD_512) != 0 &&
	    strcmp(name, BAG_TAGS) != 0)
		return wrong(l->out, BAG_OTHER_LIST, "", name);
	return 0;
}

static int look_tag_file(struct look *l, const char *path)
{
	return bag_list_find(&l->tags, path) != NULL ? 0 : wrong(l->out, BAG_UNLISTED, "", path);
}

/* What has its own proof is in no list: it came later. */
static int look_unlisted(struct look *l, const char *name)
{
	static const char *const known[] = {
		"data", BAG_TRUST, BAG_TAGS, BAG_SIGNATURE, BAG_REQUEST, BAG_RESPONSE,
	};
	struct stat st;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(name, known[i]) == 0)
			return 0;
	if (fstatat(l->dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	    (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)))
		return wrong(l->out, BAG_UNLISTED, "neither file nor folder:", name);
	return S_ISREG(st.st_mode) ? look_tag_file(l, name) : look_folder(l, l->dir, name, 0);
}

static int look_root(struct look *l, int (*look)(struct look *l, const char *name))
{
	DIR *d CLEANUP(dir_close) = dir_open(l->dir, ".");
	const struct dirent *entry;

	if (d == NULL)
		return wrong(l->out, BAG_NO_FORM, "it cannot be listed:", ".");
	while ((entry = readdir(d)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
		    look(l, entry->d_name) != 0)
			return -1;
	return 0;
}

/* ------------------------------------------------------------ all of it */

static int look_seen(struct look *l, const struct bag_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (!list->lines[i].seen)
			return wrong(l->out, BAG_MISSING, "", list->lines[i].path);
	return 0;
}

static int look_oxum(struct look *l)
{
	char is[64];
	struct err e = { 0 };
	struct buf b, value;
	int r = 0;

	snprintf(is, sizeof(is), "%" PRIu64 ".%" PRIu64, l->out->bytes, l->out->files);
	buf_init(&value, 4096);
	if (file_load_below(l->dir, BAG_INFO, &b, BAG_LIST_MAX, &e) == 0 &&
	    bag_info_find(b.p, b.len, "Payload-Oxum", &value) && strcmp(buf_cstr(&value), is) != 0)
		r = wrong(l->out, BAG_OXUM, buf_cstr(&value), "");
	buf_release(&value);
	buf_release(&b);
	return r;
}

void bag_look(int dir, struct bag_look *out)
{
	struct look l = { .dir = dir, .out = out, .found = look_payload };
	struct stat st;

	*out = (struct bag_look){ .fault = BAG_GOOD };
	l.has_sha512 = fstatat(dir, PAYLOAD_512, &st, AT_SYMLINK_NOFOLLOW) == 0;
	if (look_declaration(&l) == 0 && look_root(&l, look_lists) == 0 && look_tags(&l) == 0 &&
	    load_list(&l, PAYLOAD_256, &l.sha256, 32) == 0 &&
	    (!l.has_sha512 || load_list(&l, PAYLOAD_512, &l.sha512, 64) == 0) &&
	    look_folder(&l, dir, "data", 0) == 0 && look_seen(&l, &l.sha256) == 0 &&
	    look_seen(&l, &l.sha512) == 0 && look_oxum(&l) == 0) {
		l.found = look_tag_file;
		(void)look_root(&l, look_unlisted);
	}
	bag_list_release(&l.tags);
	bag_list_release(&l.sha256);
	bag_list_release(&l.sha512);
}

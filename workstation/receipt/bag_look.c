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
	bool has_sha512;
};

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
	struct bag_list tags = { 0 };
	struct file_hash hash = { .bytes = 0 };
	int r = load_list(l, BAG_TAGS, &tags, 32);

	if (r == 0 && (bag_list_find(&tags, "manifest-sha256.txt") == NULL ||
		       (l->has_sha512 && bag_list_find(&tags, "manifest-sha512.txt") == NULL)))
		r = wrong(l->out, BAG_TAG_CHANGED, "it does not name every manifest:", BAG_TAGS);
	for (size_t i = 0; r == 0 && i < tags.count; i++) {
		r = hash_of(l, tags.lines[i].path, &hash, BAG_TAG_CHANGED);
		if (r == 0)
			r = look_file(l, tags.lines[i].path, &hash, &tags.lines[i],
				      BAG_TAG_CHANGED);
	}
	bag_list_release(&tags);
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
	return S_ISREG(st.st_mode) ? look_payload(l, path) :
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
	struct look l = { .dir = dir, .out = out };
	struct stat st;

	*out = (struct bag_look){ .fault = BAG_GOOD };
	l.has_sha512 = fstatat(dir, "manifest-sha512.txt", &st, AT_SYMLINK_NOFOLLOW) == 0;
	if (look_declaration(&l) == 0 && look_tags(&l) == 0 &&
	    load_list(&l, "manifest-sha256.txt", &l.sha256, 32) == 0 &&
	    (!l.has_sha512 || load_list(&l, "manifest-sha512.txt", &l.sha512, 64) == 0) &&
	    look_folder(&l, dir, "data", 0) == 0 && look_seen(&l, &l.sha256) == 0 &&
	    look_seen(&l, &l.sha512) == 0)
		(void)look_oxum(&l);
	bag_list_release(&l.sha256);
	bag_list_release(&l.sha512);
}

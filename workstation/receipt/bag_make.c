#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/dir.h"
#include "lib/base/fd.h"
#include "lib/base/text.h"
#include "workstation/receipt/bag.h"

#define DECLARATION "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
#define TAG_FILES 4

bool bag_is_name(const char *name)
{
	static const char inside[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "0123456789._-";
	size_t n = strlen(name);

	return n > 0 && n < 200 && strspn(name, inside) == n && name[0] != '.' && name[0] != '-';
}

int bag_begin(struct bag_maker *m, const char *name, struct err *e)
{
	struct stat st;

	*m = (struct bag_maker){ .dir = -1 };
	if (strlcpy(m->name, name, sizeof(m->name)) + sizeof(".partial") > sizeof(m->name))
		return err_set(e, ENAMETOOLONG, "making the bag");
	while (strlen(m->name) > 1 && m->name[strlen(m->name) - 1] == '/')
		m->name[strlen(m->name) - 1] = '\0';
	snprintf(m->partial, sizeof(m->partial), "%.1000s.partial", m->name);
	if (lstat(m->name, &st) == 0)
		return err_set(e, EEXIST, "making the bag %.150s", m->name);
	if (mkdir(m->partial, 0700) != 0)
		return err_set(e, errno, "making the bag %.150s", m->partial);
	m->dir = open(m->partial, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (m->dir < 0 || mkdirat(m->dir, "data", 0700) != 0 ||
	    mkdirat(m->dir, BAG_TRUST, 0700) != 0) {
		err_set(e, errno, "making the bag %.150s", m->partial);
		bag_abandon(m);
		return -1;
	}
	return 0;
}

static struct bag_made *add_file(struct bag_maker *m, const char *name, struct err *e)
{
	struct bag_made *files = realloc(m->files, (m->count + 1) * sizeof(*files));
	char *path = NULL;

	if (files != NULL)
		m->files = files;
	if (files != NULL && bag_is_name(name) && asprintf(&path, "data/%s", name) > 0) {
		files[m->count] = (struct bag_made){ .path = path };
		return &files[m->count++];
	}
	err_set(e, 0, "%.150s cannot be the name of a file in a bag: letters, digits and ._- only",
		name);
	return NULL;
}

int bag_copy(struct bag_maker *m, int fd, const char *name, struct file_hash *hash,
	     struct err *e)
{
	struct bag_made *f = add_file(m, name, e);
	int to CLEANUP(fd_close) = f == NULL ? -1 :
		openat(m->dir, f->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (to < 0)
		return err_set(e, errno, "making %.150s in the bag", name);
	if (file_hash(fd, to, &f->hash, e) != 0)
		return -1;
	if (hash != NULL)
		*hash = f->hash;
	return fsync(to) == 0 ? 0 : err_set(e, errno, "writing %.150s in the bag", name);
}

int bag_put(struct bag_maker *m, const void *data, size_t n, const char *name, struct err *e)
{
	struct bag_made *f = add_file(m, name, e);
	int fd CLEANUP(fd_close) = -1;

	if (f == NULL || file_make(m->dir, f->path, data, n, e) != 0)
		return -1;
	fd = file_open_below(m->dir, f->path, e);
	return fd < 0 ? -1 : file_hash(fd, -1, &f->hash, e);
}

/* A manifest of data/, by one of the two hashes. */
static int write_manifest(struct bag_maker *m, const char *name, bool sha512, struct err *e)
{
	struct buf b;
	int r;

	buf_init(&b, BAG_LIST_MAX);
	for (size_t i = 0; i < m->count; i++) {
		const struct bag_made *f = &m->files[i];

		text_hex(&b, sha512 ? f->hash.sha512 : f->hash.sha256, sha512 ? 64 : 32);
		buf_printf(&b, "  %s\n", f->path);
	}
	r = b.failed ? err_set(e, ENOMEM, "making the bag") :
	    file_make(m->dir, name, b.p, b.len, e);
	buf_release(&b);
	return r;
}

static int write_info(struct bag_maker *m, const struct buf *info, struct err *e)
{
	uint64_t bytes = 0;
	struct buf b;
	int r;

	for (size_t i = 0; i < m->count; i++)
		bytes += m->files[i].hash.bytes;
	buf_init(&b, BAG_LIST_MAX);
	buf_add(&b, info->p, info->len);
	buf_printf(&b, "Payload-Oxum: %" PRIu64 ".%zu\n", bytes, m->count);
	r = b.failed ? err_set(e, ENOMEM, "making the bag") :
	    file_make(m->dir, BAG_INFO, b.p, b.len, e);
	buf_release(&b);
	return r;
}

static int write_tags(struct bag_maker *m, struct err *e)
{
	static const char *const names[TAG_FILES] = {
		BAG_INFO, "bagit.txt", "manifest-sha256.txt", "manifest-sha512.txt",
	};
	struct file_hash hash;
	struct buf b;
	int r = 0;

	buf_init(&b, BAG_LIST_MAX);
	for (size_t i = 0; i < TAG_FILES && r == 0; i++) {
		int fd CLEANUP(fd_close) = file_open_below(m->dir, names[i], e);

		r = fd < 0 ? -1 : file_hash(fd, -1, &hash, e);
		text_hex(&b, hash.sha256, sizeof(hash.sha256));
		buf_printf(&b, "  %s\n", names[i]);
	}
	if (r == 0)
		r = b.failed ? err_set(e, ENOMEM, "making the bag") :
		    file_make(m->dir, BAG_TAGS, b.p, b.len, e);
	buf_release(&b);
	return r;
}

/* The names of a folder on the medium. */
static int sync_folder(int at, const char *name)
{
	int fd CLEANUP(fd_close) = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || (fsync(fd) != 0 && errno != EINVAL) ? -1 : 0;
}

int bag_list(struct bag_maker *m, const struct buf *info, struct err *e)
{
	if (file_make(m->dir, "bagit.txt", DECLARATION, strlen(DECLARATION), e) != 0 ||
	    write_manifest(m, "manifest-sha256.txt", false, e) != 0 ||
	    write_manifest(m, "manifest-sha512.txt", true, e) != 0 ||
	    write_info(m, info, e) != 0 || write_tags(m, e) != 0)
		return -1;
	return 0;
}

int bag_end(struct bag_maker *m, struct err *e)
{
	if (sync_folder(m->dir, "data") != 0 || sync_folder(m->dir, BAG_TRUST) != 0 ||
	    sync_folder(m->dir, ".") != 0 ||
	    renameat2(AT_FDCWD, m->partial, AT_FDCWD, m->name, RENAME_NOREPLACE) != 0 ||
	    sync_folder(m->dir, "..") != 0)
		return err_set(e, errno, "finishing the bag %.150s", m->name);
	m->partial[0] = '\0';
	return 0;
}

static void empty_folder(int at, const char *name)
{
	DIR *d CLEANUP(dir_close) = dir_open(at, name);
	const struct dirent *entry;

	while (d != NULL && (entry = readdir(d)) != NULL)
		(void)unlinkat(dirfd(d), entry->d_name, 0);	/* no folder goes by that */
}

/* The folder was made here, by mkdir(2) and for nobody else: what is in it is ours. */
static void remove_partial(const struct bag_maker *m)
{
	static const char *const folders[] = { "data", BAG_TRUST };

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		empty_folder(m->dir, folders[i]);
		(void)unlinkat(m->dir, folders[i], AT_REMOVEDIR);
	}
	empty_folder(m->dir, ".");
	(void)rmdir(m->partial);
}

void bag_abandon(struct bag_maker *m)
{
	if (m->dir >= 0 && m->partial[0] != '\0')
		remove_partial(m);
	for (size_t i = 0; i < m->count; i++)
		free(m->files[i].path);
	free(m->files);
	m->files = NULL;
	m->count = 0;
	fd_close(&m->dir);
}

#include "collector/acquire/meta.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#define WANTED (STATX_BASIC_STATS | STATX_BTIME | STATX_MNT_ID)
#define NAME_LEN 256u		/* NAME_MAX and a NUL */
#define FEW 512u		/* bytes of names that most files keep within */
#define VALUE_MAX 65536u	/* XATTR_SIZE_MAX of the kernel */

/* Whose attributes: an open descriptor, or the path of something not opened. */
struct target {
	int fd;
	char path[sizeof("/proc/self/fd/") + 11 + NAME_LEN];
};

static struct instant instant_of(struct statx_timestamp t)
{
	return (struct instant){ t.tv_sec, t.tv_nsec };
}

static struct instant instant_old(struct timespec t)
{
	return (struct instant){ t.tv_sec, (uint32_t)t.tv_nsec };
}

/* Each kernel refuses flags that it does not know: AT_NO_AUTOMOUNT is of 2.6.38, and where
 * there is no AT_EMPTY_PATH (2.6.39) an open descriptor is asked as such. */
static int stat_plain(int dirfd, const char *name, struct stat *st)
{
	if (name[0] == '\0')
		return fstat(dirfd, st);
	if (fstatat(dirfd, name, st, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) == 0)
		return 0;
	return errno == EINVAL ? fstatat(dirfd, name, st, AT_SYMLINK_NOFOLLOW) : -1;
}

/* Kernels before 4.11, and containers whose filter does not know statx(2). */
static int stat_old(int dirfd, const char *name, struct item_stat *out)
{
	struct stat st;

	if (stat_plain(dirfd, name, &st) != 0)
		return -1;
	*out = (struct item_stat){
		.mode = st.st_mode, .uid = st.st_uid, .gid = st.st_gid,
		.nlink = (uint32_t)st.st_nlink, .ino = st.st_ino,
		.dev_major = major(st.st_dev), .dev_minor = minor(st.st_dev),
		.rdev_major = major(st.st_rdev), .rdev_minor = minor(st.st_rdev),
		.size = (uint64_t)st.st_size, .blocks = (uint64_t)st.st_blocks,
		.atime = instant_old(st.st_atim), .mtime = instant_old(st.st_mtim),
		.ctime = instant_old(st.st_ctim),
	};
	return 0;
}

int meta_stat(int dirfd, const char *name, struct item_stat *out)
{
	const int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH |
			  AT_STATX_DONT_SYNC;
	struct statx st;

	/* Not the C library's: where the call is missing it gives our flags to fstatat(2). */
	if (syscall(SYS_statx, dirfd, name, flags, WANTED, &st) != 0)
		return errno == ENOSYS || errno == EPERM ? stat_old(dirfd, name, out) : -1;
	*out = (struct item_stat){
		.mode = st.stx_mode, .uid = st.stx_uid, .gid = st.stx_gid,
		.nlink = st.stx_nlink, .ino = st.stx_ino,
		.dev_major = st.stx_dev_major, .dev_minor = st.stx_dev_minor,
		.rdev_major = st.stx_rdev_major, .rdev_minor = st.stx_rdev_minor,
		.size = st.stx_size, .blocks = st.stx_blocks,
		.mnt_id = st.stx_mask & STATX_MNT_ID ? st.stx_mnt_id : 0,
		.attributes = st.stx_attributes & st.stx_attributes_mask,
		.attributes_mask = st.stx_attributes_mask,
		.atime = instant_of(st.stx_atime), .mtime = instant_of(st.stx_mtime),
		.ctime = instant_of(st.stx_ctime),
		.has_btime = (st.stx_mask & STATX_BTIME) != 0,
	};
	if (out->has_btime)
		out->btime = instant_of(st.stx_btime);
	return 0;
}

bool meta_same(const struct item_stat *a, const struct item_stat *b)
{
	return a->ino == b->ino && a->dev_major == b->dev_major && a->dev_minor == b->dev_minor &&
	       (a->mode & S_IFMT) == (b->mode & S_IFMT);
}

static ssize_t list(const struct target *t, char *out, size_t n)
{
	return t->fd >= 0 ? flistxattr(t->fd, out, n) : llistxattr(t->path, out, n);
}

static ssize_t get(const struct target *t, const char *name, char *out, size_t n)
{
	return t->fd >= 0 ? fgetxattr(t->fd, name, out, n) : lgetxattr(t->path, name, out, n);
}

/* Append one attribute to what is packed; return the new length. */
static size_t pack(const struct target *t, const char *name, struct meta_room *room, size_t used,
		   int *oserr)
{
	uint16_t name_len = (uint16_t)strlen(name);
	const size_t head = sizeof(uint16_t) + sizeof(uint32_t);
	char *p = room->packed + used;
	size_t space = sizeof(room->packed) - used;
	uint32_t value_len;
	ssize_t n;

	if (space < head + name_len + 1) {
		*oserr = ERANGE;
		return used;
	}
	space -= head + name_len;
	n = get(t, name, p + head + name_len, space < VALUE_MAX ? space : VALUE_MAX);
	if (n < 0) {
		if (errno != ENODATA)	/* removed since it was listed */
			*oserr = errno;
		return used;
	}
	value_len = (uint32_t)n;
	memcpy(p, &name_len, sizeof(name_len));
	memcpy(p + sizeof(name_len), &value_len, sizeof(value_len));
	memcpy(p + head, name, name_len);
	return used + head + name_len + value_len;
}

void meta_xattrs(struct meta_room *room, int fd, int dirfd, const char *name, struct item *it)
{
	struct target t = { .fd = fd };
	size_t used = 0;
	ssize_t n;

	if (fd < 0)
		snprintf(t.path, sizeof(t.path), "%s/%d/%s", room->self_fd != NULL ?
			 room->self_fd : "/proc/self/fd", dirfd, name);
	/* the kernel makes room for as much as is asked for, and most files have little */
	n = list(&t, room->list, FEW);
	if (n < 0 && errno == ERANGE)
		n = list(&t, room->list, sizeof(room->list) - 1);
	if (n <= 0) {
		if (n < 0 && errno != ENOTSUP)
			it->xattrs_oserr = errno;
		return;
	}
	room->list[n] = '\0';
	for (const char *p = room->list; p < room->list + n; p += strlen(p) + 1)
		used = pack(&t, p, room, used, &it->xattrs_oserr);
	it->xattrs = (struct bytes){ room->packed, used };
}

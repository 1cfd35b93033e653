#include "collector/raw/ext4.h"

#include <dirent.h>
#include <endian.h>
#include <ext2fs/ext2fs.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "collector/raw/ext4_io.h"

#define PIECE 65536u			/* bytes of content given at once */
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct ext4 {
	ext2_filsys fs;
	struct ext4_watch *watch;
};

static const char *const words[EXT4_END_COUNT] = {
	[EXT4_DONE] = "done", [EXT4_STOPPED] = "stopped", [EXT4_READ] = "read-failed",
	[EXT4_MEMORY] = "no-memory", [EXT4_NONE] = "unknown-format", [EXT4_LARGE] = "too-large",
	[EXT4_DAMAGED] = "damaged",
};

static const struct {
	errcode_t code;
	enum ext4_end end;
} ends[] = {
	{ 0, EXT4_DONE },
	{ EXT2_ET_CANCEL_REQUESTED, EXT4_STOPPED },
	{ EXT2_ET_SHORT_READ, EXT4_READ },
	{ EXT2_ET_NO_MEMORY, EXT4_MEMORY },
	{ EXT2_ET_BAD_MAGIC, EXT4_NONE },
	{ EXT2_ET_UNSUPP_FEATURE, EXT4_NONE },
	{ EXT2_ET_REV_TOO_HIGH, EXT4_NONE },
};

/* By the type of a directory entry on the device. */
static const uint8_t types[EXT2_FT_MAX] = {
	[EXT2_FT_REG_FILE] = DT_REG, [EXT2_FT_DIR] = DT_DIR, [EXT2_FT_CHRDEV] = DT_CHR,
	[EXT2_FT_BLKDEV] = DT_BLK, [EXT2_FT_FIFO] = DT_FIFO, [EXT2_FT_SOCK] = DT_SOCK,
	[EXT2_FT_SYMLINK] = DT_LNK,
};

const char *ext4_word(enum ext4_end end)
{
	return words[end];
}

static enum ext4_end end_of(errcode_t code)
{
	for (size_t i = 0; i < COUNT(ends); i++)
		if (ends[i].code == code)
			return ends[i].end;
	return EXT4_DAMAGED;
}

/* What check_size asks of a superblock, in our order of bytes; the device has the low one first. */
static void order(struct ext2_super_block *s)
{
	s->s_magic = le16toh(s->s_magic);
	s->s_desc_size = le16toh(s->s_desc_size);
	s->s_log_block_size = le32toh(s->s_log_block_size);
	s->s_blocks_per_group = le32toh(s->s_blocks_per_group);
	s->s_blocks_count = le32toh(s->s_blocks_count);
	s->s_blocks_count_hi = le32toh(s->s_blocks_count_hi);
	s->s_feature_incompat = le32toh(s->s_feature_incompat);
}

/* The library would allocate whatever the superblock says. */
static enum ext4_end check_size(int fd, struct ext4_watch *watch)
{
	struct ext2_super_block s;
	errcode_t code = ext4_io_read(fd, watch, SUPERBLOCK_OFFSET, &s, sizeof(s));
	uint64_t blocks, groups;

	if (code != 0)
		return end_of(code);
	order(&s);
	if (s.s_magic != EXT2_SUPER_MAGIC)
		return EXT4_NONE;
	if (s.s_blocks_per_group == 0 || s.s_log_block_size > 6)
		return EXT4_DAMAGED;
	blocks = s.s_blocks_count;
	if (ext2fs_has_feature_64bit(&s))
		blocks |= (uint64_t)s.s_blocks_count_hi << 32;
	groups = blocks / s.s_blocks_per_group + 1;
	if (groups > EXT4_GROUPS_MAX / EXT2_MIN_DESC_SIZE)
		return EXT4_LARGE;
	return groups * EXT2_DESC_SIZE(&s) > EXT4_GROUPS_MAX ? EXT4_LARGE : EXT4_DONE;
}

struct ext4 *ext4_open(int fd, struct ext4_watch *watch, enum ext4_end *end)
{
	const int flags = EXT2_FLAG_64BITS | EXT2_FLAG_SKIP_MMP | EXT2_FLAG_IGNORE_CSUM_ERRORS |
			  EXT2_FLAG_SOFTSUPP_FEATURES;
	struct ext4 *fs = calloc(1, sizeof(*fs));

	*end = EXT4_MEMORY;
	if (fs == NULL)
		return NULL;
	fs->watch = watch;
	*end = check_size(fd, watch);
	if (*end == EXT4_DONE)
		*end = end_of(ext2fs_open2("", NULL, flags, 0, 0, ext4_io_manager(fd, watch),
					   &fs->fs));
	if (*end == EXT4_DONE)
		return fs;
	free(fs);
	return NULL;
}

void ext4_close(struct ext4 *fs)
{
	if (fs == NULL)
		return;
	ext2fs_free(fs->fs);
	free(fs);
}

void ext4_tell(const struct ext4 *fs, struct ext4_about *out)
{
	const struct ext2_super_block *s = fs->fs->super;

	*out = (struct ext4_about){
		.block_size = fs->fs->blocksize,
		.blocks = ext2fs_blocks_count(fs->fs->super),
		.inodes = s->s_inodes_count,
		.compatible = s->s_feature_compat, .incompatible = s->s_feature_incompat,
		.read_only = s->s_feature_ro_compat, .state = s->s_state,
	};
	memcpy(out->uuid, s->s_uuid, sizeof(out->uuid));
}

/* The lower two bits of the second word widen the seconds (to the year 2446). */
static struct ext4_time time_of(uint32_t seconds, uint32_t extra)
{
	return (struct ext4_time){ (int32_t)seconds + ((int64_t)(extra & 3) << 32), extra >> 2 };
}

enum ext4_end ext4_look(struct ext4 *fs, uint32_t ino, struct ext4_inode *out)
{
	const size_t used = offsetof(struct ext2_inode_large, i_atime_extra) -
			    EXT2_GOOD_OLD_INODE_SIZE;
	struct ext2_inode_large i;
	errcode_t code;
	bool extra;

	memset(&i, 0, sizeof(i));
	code = ext2fs_read_inode_full(fs->fs, ino, (struct ext2_inode *)&i, sizeof(i));
	if (code != 0)
		return end_of(code);
	extra = EXT2_INODE_SIZE(fs->fs->super) > EXT2_GOOD_OLD_INODE_SIZE &&
		i.i_extra_isize >= used;
	*out = (struct ext4_inode){
		.size = EXT2_I_SIZE(&i), .mode = i.i_mode,
		.uid = inode_uid(i), .gid = inode_gid(i), .links = i.i_links_count,
		.flags = i.i_flags, .dtime = i.i_dtime,
		.mtime = time_of(i.i_mtime, extra ? i.i_mtime_extra : 0),
		.ctime = time_of(i.i_ctime, extra ? i.i_ctime_extra : 0),
		.nanoseconds = extra,
	};
	return EXT4_DONE;
}

/* A listing on its way through the library. */
struct tour {
	int (*each)(void *ctx, const struct ext4_entry *e);
	void *ctx;
	bool stopped;
};

static bool is_dot(const char *name, size_t n)
{
	return (n == 1 || n == 2) && name[0] == '.' && name[n - 1] == '.';
}

static int pass_on(struct ext2_dir_entry *d, int offset, int size, char *block, void *ctx)
{
	struct tour *t = ctx;
	unsigned type = (unsigned)ext2fs_dirent_file_type(d);
	struct ext4_entry e = {
		.name = d->name, .len = (size_t)ext2fs_dirent_name_len(d), .ino = d->inode,
		.type = type < COUNT(types) ? types[type] : DT_UNKNOWN,
	};

	(void)offset;
	(void)size;
	(void)block;
	if (e.len == 0 || is_dot(e.name, e.len))
		return 0;
	t->stopped = t->each(t->ctx, &e) != 0;
	return t->stopped ? DIRENT_ABORT : 0;
}

enum ext4_end ext4_list(struct ext4 *fs, uint32_t ino,
			int (*each)(void *ctx, const struct ext4_entry *e), void *ctx)
{
	struct tour t = { each, ctx, false };
	errcode_t code = ext2fs_dir_iterate(fs->fs, ino, 0, NULL, pass_on, &t);

	return t.stopped ? EXT4_STOPPED : end_of(code);
}

static enum ext4_end read_pieces(ext2_file_t file, uint64_t max,
				 int (*each)(void *ctx, const void *data, size_t n), void *ctx)
{
	static char piece[PIECE];

	while (max > 0) {
		unsigned got = 0, want = max < PIECE ? (unsigned)max : PIECE;
		errcode_t code = ext2fs_file_read(file, piece, want, &got);

		if (got > 0 && each(ctx, piece, got) != 0)
			return EXT4_STOPPED;
		if (code != 0 || got < want)
			return end_of(code);
		max -= got;
	}
	return EXT4_DONE;
}

enum ext4_end ext4_read(struct ext4 *fs, uint32_t ino, uint64_t max,
			int (*each)(void *ctx, const void *data, size_t n), void *ctx)
{
	ext2_file_t file;
	errcode_t code = ext2fs_file_open2(fs->fs, ino, NULL, 0, &file);
	enum ext4_end end = end_of(code);
	__u64 size;

	if (code != 0)
		return end;
	/* Of a file that lies in its inode the library would give all 60 bytes. */
	code = ext2fs_file_get_lsize(file, &size);
	end = code != 0 ? end_of(code) : read_pieces(file, size < max ? size : max, each, ctx);
	ext2fs_file_close(file);
	return end;
}

enum ext4_end ext4_orphans(struct ext4 *fs, unsigned max, int (*each)(void *ctx, uint32_t ino),
			   void *ctx)
{
	uint32_t ino = fs->fs->super->s_last_orphan;

	for (; ino != 0 && max > 0; max--) {
		struct ext4_inode i = { .dtime = 0 };
		enum ext4_end end = ext4_look(fs, ino, &i);

		if (end != EXT4_DONE)
			return end;
		if (each(ctx, ino) != 0)
			return EXT4_STOPPED;
		ino = i.dtime;
	}
	return EXT4_DONE;
}

#include "lib/item/item.h"

#include <string.h>
#include <sys/stat.h>

static const char *const type_words[] = {
	[ITEM_FILE] = "file",
	[ITEM_DIR] = "directory",
	[ITEM_SYMLINK] = "symlink",
	[ITEM_FIFO] = "fifo",
	[ITEM_SOCKET] = "socket",
	[ITEM_CHARDEV] = "chardev",
	[ITEM_BLOCKDEV] = "blockdev",
	[ITEM_UNKNOWN] = "unknown",
};

_Static_assert(sizeof(type_words) / sizeof(type_words[0]) == ITEM_TYPE_COUNT,
	       "one word for each type");

static const char *const depth_words[] = {
	[DEPTH_META] = "metadata",
	[DEPTH_DIGEST] = "digest",
	[DEPTH_CONTENT] = "content",
};

_Static_assert(sizeof(depth_words) / sizeof(depth_words[0]) == DEPTH_COUNT,
	       "one word for each depth");

bool item_xattr_next(struct bytes packed, size_t *offset, struct item_xattr *out)
{
	const char *p = packed.p;
	size_t at = *offset;
	uint16_t name_len;
	uint32_t value_len;
	const size_t head = sizeof(name_len) + sizeof(value_len);

	if (at > packed.len || packed.len - at < head)
		return false;
	memcpy(&name_len, p + at, sizeof(name_len));
	memcpy(&value_len, p + at + sizeof(name_len), sizeof(value_len));
	at += head;
	if (name_len > packed.len - at || value_len > packed.len - at - name_len)
		return false;
	out->name = (struct bytes){ p + at, name_len };
	out->value = (struct bytes){ p + at + name_len, value_len };
	*offset = at + name_len + value_len;
	return true;
}

enum item_type item_type_of(uint32_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return ITEM_FILE;
	case S_IFDIR:
		return ITEM_DIR;
	case S_IFLNK:
		return ITEM_SYMLINK;
	case S_IFIFO:
		return ITEM_FIFO;
	case S_IFSOCK:
		return ITEM_SOCKET;
	case S_IFCHR:
		return ITEM_CHARDEV;
	case S_IFBLK:
		return ITEM_BLOCKDEV;
	default:
		return ITEM_UNKNOWN;
	}
}

const char *item_type_word(enum item_type t)
{
	return type_words[(unsigned)t < ITEM_TYPE_COUNT ? t : ITEM_UNKNOWN];
}

const char *item_depth_word(enum depth d)
{
	return depth_words[(unsigned)d < DEPTH_COUNT ? d : DEPTH_META];
}

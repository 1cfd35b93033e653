#include "workstation/parse/rpm_header.h"

#include <string.h>

#include "workstation/parse/binary.h"

#define ENTRY 16u             /* bytes of an entry */
#define DATA_MAX (256u << 20) /* rpm's own bound, bytes */

/* Types of values. */
enum {
	TYPE_CHAR = 1,
	TYPE_INT8 = 2,
	TYPE_INT16 = 3,
	TYPE_INT32 = 4,
	TYPE_INT64 = 5,
	TYPE_STRING = 6,
	TYPE_BIN = 7,
	TYPE_STRINGS = 8,
	TYPE_I18N = 9
};

/* Tags with a value for each file. */
enum {
	TAG_OLDFILENAMES = 1027,
	TAG_FILESIZES = 1028,
	TAG_FILESTATES = 1029,
	TAG_FILEMODES = 1030,
	TAG_FILERDEVS = 1033,
	TAG_FILEMTIMES = 1034,
	TAG_FILEDIGESTS = 1035,
	TAG_FILELINKTOS = 1036,
	TAG_FILEFLAGS = 1037,
	TAG_FILEUSERNAME = 1039,
	TAG_FILEGROUPNAME = 1040,
	TAG_FILEVERIFYFLAGS = 1045,
	TAG_DIRINDEXES = 1116,
	TAG_BASENAMES = 1117,
	TAG_DIRNAMES = 1118,
	TAG_LONGFILESIZES = 5008,
	TAG_FILECAPS = 5010,
	TAG_FILEDIGESTALGO = 5011
};

bool rpm_header_open(struct rpm_header *h, const void *p, size_t n)
{
	const uint8_t *at = p;
	uint64_t need;

	if (n < 8)
		return false;
	h->entries = binary_u32(at, true);
	h->size = binary_u32(at + 4, true);
	need = 8 + (uint64_t)h->entries * ENTRY + h->size;
	if (h->entries == 0 || h->entries > RPM_ENTRIES_MAX || h->size > DATA_MAX || need > n)
		return false;
	h->index = at + 8;
	h->data = h->index + (size_t)h->entries * ENTRY;
	return true;
}

static uint32_t width_of(uint32_t type)
{
	static const uint8_t widths[] = { [TYPE_CHAR] = 1,
					  [TYPE_INT8] = 1,
					  [TYPE_INT16] = 2,
					  [TYPE_INT32] = 4,
					  [TYPE_INT64] = 8 };

	return type < sizeof(widths) ? widths[type] : 0;
}

static bool is_text(uint32_t type)
{
	return type == TYPE_STRING || type == TYPE_STRINGS || type == TYPE_I18N;
}

/* The values of an entry, as far as they are there. */
static bool read_entry(const struct rpm_header *h, const uint8_t *entry, struct rpm_column *out)
{
	uint32_t type = binary_u32(entry + 4, true), offset = binary_u32(entry + 8, true);

	*out = (struct rpm_column){ .width = width_of(type), .left = binary_u32(entry + 12, true) };
	if (offset >= h->size || (out->width == 0 && !is_text(type)))
		return false;
	if (out->width > 0 && (uint64_t)out->left * out->width > h->size - offset)
		return false;
	out->p = h->data + offset;
	out->end = h->data + h->size;
	return out->left > 0;
}

static bool find(const struct rpm_header *h, uint32_t tag, struct rpm_column *out)
{
	*out = (struct rpm_column){ 0 };
	for (uint32_t i = 0; i < h->entries; i++) {
		const uint8_t *entry = h->index + (size_t)i * ENTRY;

		if (binary_u32(entry, true) != tag)
			continue;
		if (read_entry(h, entry, out))
			return true;
		*out = (struct rpm_column){ 0 };
		return false;
	}
	return false;
}

/* The next text of the column. */
static bool take_text(struct rpm_column *c, struct bytes *out)
{
	const uint8_t *nul;

	*out = (struct bytes){ "", 0 };
	if (c->p == NULL || c->width != 0 || c->left == 0 || c->p == c->end)
		return false;
	nul = memchr(c->p, 0, (size_t)(c->end - c->p));
	if (nul == NULL)
		return false;
	*out = (struct bytes){ c->p, (size_t)(nul - c->p) };
	c->p = nul + 1;
	c->left--;
	return true;
}

static bool take_number(struct rpm_column *c, uint64_t *out)
{
	*out = 0;
	if (c->p == NULL || c->width == 0 || c->left == 0)
		return false;
	for (uint32_t i = 0; i < c->width; i++)
		*out = *out << 8 | c->p[i];
	c->p += c->width;
	c->left--;
	return true;
}

static uint32_t take_u32(struct rpm_column *c, uint32_t absent)
{
	uint64_t v;

	return take_number(c, &v) ? (uint32_t)v : absent;
}

bool rpm_header_text(const struct rpm_header *h, uint32_t tag, struct bytes *out)
{
	struct rpm_column c;

	*out = (struct bytes){ NULL, 0 };
	return find(h, tag, &c) && take_text(&c, out);
}

bool rpm_header_number(const struct rpm_header *h, uint32_t tag, uint64_t *out)
{
	struct rpm_column c;

	return find(h, tag, &c) && take_number(&c, out);
}

/* ------------------------------------------------------------ files */

void rpm_header_files(struct rpm_files *f, const struct rpm_header *h)
{
	uint64_t algorithm;

	*f = (struct rpm_files){ .h = h, .algorithm = 1, .dir_at = UINT32_MAX };
	/* rpm 3 kept whole paths */
	if (find(h, TAG_BASENAMES, &f->base))
		(void)find(h, TAG_DIRINDEXES, &f->dir);
	else
		(void)find(h, TAG_OLDFILENAMES, &f->base);
	(void)find(h, TAG_FILEUSERNAME, &f->user);
	(void)find(h, TAG_FILEGROUPNAME, &f->group);
	(void)find(h, TAG_FILEDIGESTS, &f->digest);
	(void)find(h, TAG_FILELINKTOS, &f->link);
	(void)find(h, TAG_FILECAPS, &f->caps);
	if (!find(h, TAG_LONGFILESIZES, &f->size))
		(void)find(h, TAG_FILESIZES, &f->size);
	(void)find(h, TAG_FILEMODES, &f->mode);
	(void)find(h, TAG_FILEMTIMES, &f->mtime);
	(void)find(h, TAG_FILEFLAGS, &f->flags);
	(void)find(h, TAG_FILEVERIFYFLAGS, &f->verify);
	(void)find(h, TAG_FILESTATES, &f->state);
	(void)find(h, TAG_FILERDEVS, &f->rdev);
	if (rpm_header_number(h, TAG_FILEDIGESTALGO, &algorithm))
		f->algorithm = (uint32_t)algorithm;
}

/* Directory ${at} of the list; most often the one before, or the next. */
static bool seek_dir(struct rpm_files *f, uint32_t at)
{
	if (at == UINT32_MAX)
		return false;
	if (at == f->dir_at)
		return true;
	if (f->dir_at == UINT32_MAX || at < f->dir_at) {
		f->dir_at = UINT32_MAX;
		if (!find(f->h, TAG_DIRNAMES, &f->dirs))
			return false;
	}
	while (f->dir_at != at) {
		if (f->steps > RPM_STEPS_MAX || !take_text(&f->dirs, &f->dir_name))
			return false;
		f->steps += 1 + (uint32_t)(f->dir_name.len / 64);
		f->dir_at++;
	}
	return true;
}

bool rpm_header_next(struct rpm_files *f, struct rpm_file *out)
{
	*out = (struct rpm_file){ .dir = { "", 0 }, .algorithm = f->algorithm };
	if (f->base.p == NULL || f->base.left == 0)
		return false;
	if (!take_text(&f->base, &out->base) ||
	    (f->dir.p != NULL && !seek_dir(f, take_u32(&f->dir, UINT32_MAX)))) {
		f->broken = true;
		return false;
	}
	if (f->dir.p != NULL)
		out->dir = f->dir_name;
	(void)take_text(&f->user, &out->user);
	(void)take_text(&f->group, &out->group);
	(void)take_text(&f->digest, &out->digest);
	(void)take_text(&f->link, &out->link);
	(void)take_text(&f->caps, &out->caps);
	(void)take_number(&f->size, &out->size);
	out->mode = take_u32(&f->mode, 0) & 0xffff;
	out->mtime = take_u32(&f->mtime, 0);
	out->flags = take_u32(&f->flags, 0);
	out->verify = take_u32(&f->verify, UINT32_MAX);
	out->state = take_u32(&f->state, RPM_NORMAL);
	out->rdev = take_u32(&f->rdev, 0);
	return true;
}

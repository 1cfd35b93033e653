#include "collector/wire.h"

#include <string.h>

/* The fixed part of a packed item; the variable parts follow in the order of
 * enum part, without padding. */
enum part { PART_PATH, PART_LINK, PART_XATTRS, PART_HARDLINK, PART_EXTENTS,
	    PART_CATEGORY, PART_ARTIFACT, PART_FSTYPE, PART_COUNT };

struct fixed {
	struct item it;			/* its pointers mean nothing */
	uint32_t length[PART_COUNT];
};

static const size_t part_max[PART_COUNT] = {
	[PART_PATH] = ITEM_PATH_MAX, [PART_LINK] = ITEM_PATH_MAX, [PART_XATTRS] = ITEM_XATTRS_MAX,
	[PART_HARDLINK] = ITEM_PATH_MAX,
	[PART_EXTENTS] = ITEM_EXTENTS_MAX * sizeof(struct extent),
	[PART_CATEGORY] = WIRE_WORD_MAX - 1, [PART_ARTIFACT] = WIRE_WORD_MAX - 1,
	[PART_FSTYPE] = WIRE_WORD_MAX - 1,
};

static struct bytes word(const char *s)
{
	struct bytes b = { s, s == NULL ? 0 : strnlen(s, WIRE_WORD_MAX - 1) };

	return b;
}

static void parts_of(const struct item *it, struct bytes part[PART_COUNT])
{
	part[PART_PATH] = it->path;
	part[PART_LINK] = it->link;
	part[PART_XATTRS] = it->xattrs;
	part[PART_HARDLINK] = it->hardlink;
	part[PART_EXTENTS] = (struct bytes){ it->extents, it->extents == NULL ? 0 :
					     it->extent_count * sizeof(struct extent) };
	part[PART_CATEGORY] = word(it->category);
	part[PART_ARTIFACT] = word(it->artifact);
	part[PART_FSTYPE] = word(it->fstype);
}

size_t wire_item_size(const struct item *it)
{
	struct bytes part[PART_COUNT];
	size_t n = sizeof(struct fixed);

	parts_of(it, part);
	for (int i = 0; i < PART_COUNT; i++)
		n += part[i].len;
	return n;
}

void wire_put_item(void *out, const struct item *it)
{
	struct bytes part[PART_COUNT];
	struct fixed f;
	unsigned char *p = (unsigned char *)out + sizeof(f);

	parts_of(it, part);
	memset(&f, 0, sizeof(f));
	f.it = *it;
	for (int i = 0; i < PART_COUNT; i++) {
		f.length[i] = (uint32_t)part[i].len;
		if (part[i].len != 0)
			memcpy(p, part[i].p, part[i].len);
		p += part[i].len;
	}
	memcpy(out, &f, sizeof(f));
}

static void get_word(char *out, struct bytes b)
{
	if (b.len != 0)
		memcpy(out, b.p, b.len);
	out[b.len] = '\0';
}

/* Another byte than 0 and 1 must not be loaded as a bool. */
static bool is_bool(const bool *b)
{
	return *(const unsigned char *)b <= 1;
}

/* What our tables have, and what the manifest shows as it is. */
static bool is_word(struct bytes b)
{
	const char *s = b.p;

	for (size_t i = 0; i < b.len; i++)
		if (s[i] <= ' ' || s[i] >= 0x7f || s[i] == '"' || s[i] == '\\')
			return false;
	return b.len != 0;
}

static bool plausible(const struct item *it)
{
	const struct item_container *c = &it->container;
	size_t runtime = strnlen(c->runtime, sizeof(c->runtime));

	return is_bool(&it->live) && is_bool(&it->has_stat) && is_bool(&it->noatime) &&
	       is_bool(&it->st.has_btime) && (unsigned)it->type < ITEM_TYPE_COUNT &&
	       (unsigned)it->depth < DEPTH_COUNT &&
	       runtime < sizeof(c->runtime) &&
	       (runtime == 0 || is_word((struct bytes){ c->runtime, runtime })) &&
	       memchr(c->id, '\0', sizeof(c->id)) != NULL;
}

/* A name is a C string for the kernel, and for whoever reads the archive. */
static bool is_name(struct bytes b)
{
	return b.len == 0 || memchr(b.p, '\0', b.len) == NULL;
}

/* Only the host has a root, and that is a directory, if anything is known of it. */
static bool has_root(const struct item *it)
{
	return !it->live && (it->type == ITEM_DIR || it->type == ITEM_UNKNOWN);
}

/* Of an object of the host or of a source: no component is empty, "." or "..". */
static bool is_path(struct bytes b, bool may_be_root)
{
	const char *p = b.p, *end = p + b.len;
	bool root = b.len == 1 && *p == '/' && may_be_root;

	if (b.len == 0 || !is_name(b))
		return false;
	for (p += *p == '/'; p <= end && !root; p++) {
		const char *slash = memchr(p, '/', (size_t)(end - p));
		size_t n = (size_t)((slash != NULL ? slash : end) - p);

		if (n == 0 || (n <= 2 && memcmp(p, "..", n) == 0))
			return false;
		p += n;
	}
	return true;
}

static bool are_names(const struct bytes part[PART_COUNT], const struct item *it)
{
	return is_path(part[PART_PATH], has_root(it)) && is_name(part[PART_LINK]) &&
	       is_name(part[PART_HARDLINK]) && is_name(part[PART_FSTYPE]) &&
	       is_word(part[PART_CATEGORY]) && is_word(part[PART_ARTIFACT]);
}

/* Extents out of order or beyond the size would have the recorder hash zeros for ever. */
static bool extents_hold(const struct item *it)
{
	uint64_t end = 0, sum = 0;

	for (size_t i = 0; it->extents != NULL && i < it->extent_count; i++) {
		const struct extent *x = &it->extents[i];

		if (x->offset < end || x->length > it->st.size ||
		    x->offset > it->st.size - x->length)
			return false;
		end = x->offset + x->length;
		sum += x->length;
	}
	return it->extents == NULL || sum == it->promise;
}

int wire_get_item(const void *message, size_t n, struct wire_item *w)
{
	const unsigned char *p = (const unsigned char *)message + sizeof(struct fixed);
	struct bytes part[PART_COUNT];
	struct fixed f;
	bool sparse;

	if (n < sizeof(f))
		return -1;
	memcpy(&f, message, sizeof(f));
	n -= sizeof(f);
	for (int i = 0; i < PART_COUNT; i++) {
		if (f.length[i] > part_max[i] || f.length[i] > n)
			return -1;
		part[i] = (struct bytes){ p, f.length[i] };
		p += f.length[i];
		n -= f.length[i];
	}
	if (n != 0 || !plausible(&f.it) || !are_names(part, &f.it))
		return -1;
	sparse = f.it.extents != NULL;
	w->it = f.it;
	w->it.path = part[PART_PATH];
	w->it.link = part[PART_LINK];
	w->it.xattrs = part[PART_XATTRS];
	w->it.hardlink = part[PART_HARDLINK];
	if (part[PART_EXTENTS].len != 0)
		memcpy(w->extents, part[PART_EXTENTS].p, part[PART_EXTENTS].len);
	w->it.extent_count = part[PART_EXTENTS].len / sizeof(struct extent);
	w->it.extents = sparse ? w->extents : NULL;
	if (!extents_hold(&w->it))
		return -1;
	get_word(w->category, part[PART_CATEGORY]);
	get_word(w->artifact, part[PART_ARTIFACT]);
	get_word(w->fstype, part[PART_FSTYPE]);
	w->it.category = w->category;
	w->it.artifact = w->artifact;
	w->it.fstype = w->fstype[0] == '\0' ? NULL : w->fstype;
	return 0;
}

void wire_put_end(struct wire_end *out, const struct item_end *how)
{
	struct bytes b = { how->syscall, how->syscall == NULL ? 0 :
			   strnlen(how->syscall, WIRE_SYSCALL_MAX - 1) };

	memset(out, 0, sizeof(*out));
	out->how = *how;
	get_word(out->syscall, b);
}

int wire_get_end(const void *message, size_t n, struct wire_end *out)
{
	struct bytes call = { out->syscall, 0 };

	if (n != sizeof(*out))
		return -1;
	memcpy(out, message, sizeof(*out));
	out->syscall[WIRE_SYSCALL_MAX - 1] = '\0';
	call.len = strlen(out->syscall);
	out->how.syscall = call.len == 0 ? NULL : out->syscall;
	if (call.len != 0 && !is_word(call))
		return -1;
	return (unsigned)out->how.gap < GAP_COUNT && is_bool(&out->how.has_after) &&
	       is_bool(&out->how.after.has_btime) ? 0 : -1;
}

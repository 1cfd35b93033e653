#include "workstation/extract/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "lib/base/text.h"
#include "lib/hash/digest.h"

#define DIRECTORY_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define HASH_DIGITS 16u

void place_init(struct place *p, int top, bool raw_names)
{
	*p = (struct place){ .top = top, .raw_names = raw_names, .parent = -1 };
	buf_init(&p->parent_name, ITEM_PATH_MAX * 2);
}

void place_release(struct place *p)
{
	fd_close(&p->parent);
	buf_release(&p->parent_name);
}

/* Cuts what is too long between characters of UTF-8 and marks it with a hash. */
static void shorten(char *out, const char *s, size_t n, const struct buf *full)
{
	uint8_t hash[DIGEST_LEN];
	char hex[DIGEST_HEX_LEN];
	/* Without memory for the name its hash alone has to do. */
	size_t keep = full->failed ? 0 : PLACE_NAME_MAX - 1 - HASH_DIGITS;

	while (keep > 0 && ((unsigned char)full->p[keep] & 0xc0) == 0x80)
		keep--;
	digest_of(s, n, hash);
	memcpy(out, full->p, keep);
	out[keep] = '~';
	memcpy(out + keep + 1, digest_hex(hex, hash), HASH_DIGITS);
	out[keep + 1 + HASH_DIGITS] = '\0';
}

bool place_component(char out[PLACE_NAME_MAX + 1], const char *s, size_t n, bool raw)
{
	bool dots = n <= 2 && memcmp(s, "..", n) == 0;
	struct buf b;
	bool changed;

	buf_init(&b, 4 * ITEM_PATH_MAX + 16);
	if (dots)
		buf_puts(&b, n == 1 ? "\\x2e" : "\\x2e\\x2e");
	else if (raw)
		buf_add(&b, s, n);
	else
		text_escape(&b, s, n);
	if (b.failed || b.len > PLACE_NAME_MAX) {
		shorten(out, s, n, &b);
	} else {
		memcpy(out, b.p, b.len);
		out[b.len] = '\0';
	}
	changed = dots || strlen(out) != n || memcmp(out, s, n) != 0;
	buf_release(&b);
	return changed;
}

/* Opens the directory ${name} in ${parent}, after making it if asked to. */
static int enter(int parent, const char *name, bool create)
{
	int fd = openat(parent, name, DIRECTORY_FLAGS);
	struct timespec t[2];
	struct stat st;

	if (fd >= 0 || errno != ENOENT || !create)
		return fd;
	if (fstat(parent, &st) != 0)
		return -1;
	if (mkdirat(parent, name, 0700) != 0 && errno != EEXIST)
		return -1;
	t[0] = st.st_atim;
	t[1] = st.st_mtim;
	futimens(parent, t);
	return openat(parent, name, DIRECTORY_FLAGS);
}

/* The next component of [*at, end), or false behind the last; empty ones do not count. */
static bool next_component(const char **at, const char *end, struct bytes *out)
{
	const char *slash;

	while (*at < end && **at == '/')
		(*at)++;
	if (*at == end)
		return false;
	slash = memchr(*at, '/', (size_t)(end - *at));
	if (slash == NULL)
		slash = end;
	*out = (struct bytes){ *at, (size_t)(slash - *at) };
	*at = slash;
	return true;
}

/* Walks down the directories of ${member} but the last component. */
static int walk(struct place *p, struct bytes member, bool create)
{
	const char *at = member.p, *end = at + member.len;
	struct bytes part, next;
	int fd = openat(p->top, ".", DIRECTORY_FLAGS);

	p->depth = 0;
	p->changed = false;
	if (!next_component(&at, end, &part)) {
		fd_close(&fd);
		errno = EINVAL;
		return -1;
	}
	while (fd >= 0 && next_component(&at, end, &next)) {
		int below;

		p->changed |= place_component(p->name, part.p, part.len, p->raw_names);
		below = enter(fd, p->name, create);
		fd_close(&fd);
		fd = below;
		p->depth++;
		part = next;
	}
	p->changed |= place_component(p->name, part.p, part.len, p->raw_names);
	return fd;
}

/* The directory part: everything up to the last slash that is not at the end. */
static size_t parent_length(struct bytes member)
{
	const char *s = member.p;
	size_t n = member.len;

	while (n > 0 && s[n - 1] == '/')
		n--;
	while (n > 0 && s[n - 1] != '/')
		n--;
	return n;
}

/* Most members lie in the same directory as the one before. */
static bool is_cached(const struct place *p, struct bytes member)
{
	size_t n = parent_length(member);

	return p->parent >= 0 && n > 0 && n == p->parent_name.len &&
	       memcmp(p->parent_name.p, member.p, n) == 0;
}

int place_find(struct place *p, struct bytes member, bool create)
{
	size_t n = parent_length(member);
	const char *s = member.p;
	size_t len = member.len;

	if (is_cached(p, member)) {
		while (len > n && s[len - 1] == '/')
			len--;
		p->changed = place_component(p->name, s + n, len - n, p->raw_names);
		return 0;
	}
	fd_close(&p->parent);
	p->parent = walk(p, member, create);
	if (p->parent < 0)
		return -1;
	buf_clear(&p->parent_name);
	buf_add(&p->parent_name, s, n);
	return 0;
}

void place_times(const struct place *p, struct timespec t[2])
{
	struct stat st = { 0 };

	t[0].tv_nsec = t[1].tv_nsec = UTIME_OMIT;
	if (fstat(p->parent, &st) == 0) {
		t[0] = st.st_atim;
		t[1] = st.st_mtim;
	}
}

void place_restore(const struct place *p, const struct timespec t[2])
{
	futimens(p->parent, t);
}

#include "workstation/parse/marks.h"

#include <string.h>
#include <sys/stat.h>

/* What is compared of a file of this type at all (rpm, lib/verify.c). */
static unsigned applies(int64_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return MARKS_ALL & ~(unsigned)(MARKS_LINK | MARKS_RDEV);
	case S_IFLNK:
		return MARKS_LINK | MARKS_MODE | MARKS_USER | MARKS_GROUP;
	case S_IFCHR:
	case S_IFBLK:
		return MARKS_MODE | MARKS_RDEV | MARKS_USER | MARKS_GROUP;
	default:
		return MARKS_MODE | MARKS_USER | MARKS_GROUP;
	}
}

static bool other_type(int64_t said, int64_t found)
{
	return (said & S_IFMT) != 0 && (said & S_IFMT) != (found & S_IFMT);
}

static char mode_mark(const struct marks_rules *rules, const struct marks_file *said,
		      const struct marks_file *found)
{
	/* who says the type alone says no rights */
	bool rights = (said->mode & ~S_IFMT) != 0 || (rules->said & MARKS_MODE) != 0;

	if (rights && ((said->mode ^ found->mode) & 07777) != 0)
		return 'M';
	/* a ghost may be made of any type */
	return !rules->ghost && other_type(said->mode, found->mode) ? 'M' : '.';
}

static char digest_mark(const struct marks_file *said, const struct marks_file *found)
{
	if (said->digest.len == 0 || found->digest.len != said->digest.len)
		return '?';
	return memcmp(said->digest.p, found->digest.p, said->digest.len) == 0 ? '.' : '5';
}

static char link_mark(const struct marks_file *said, const struct marks_file *found)
{
	bool same =
		said->link.len == found->link.len &&
		(said->link.len == 0 || memcmp(said->link.p, found->link.p, said->link.len) == 0);

	return same ? '.' : 'L';
}

static char number_mark(int64_t said, int64_t found, char letter)
{
	if (said == MARKS_NOT_KNOWN || found == MARKS_NOT_KNOWN)
		return '?';
	return said == found ? '.' : letter;
}

/* Text and bits of capabilities are two notations: only that there are some is compared. */
static char caps_mark(bool said, bool found)
{
	if (said != found)
		return 'P';
	return said ? '?' : '.';
}

static char mark(unsigned i, const struct marks_rules *rules, const struct marks_file *said,
		 const struct marks_file *found)
{
	switch (1u << i) {
	case MARKS_SIZE:
		return number_mark(said->size, found->size, 'S');
	case MARKS_MODE:
		return mode_mark(rules, said, found);
	case MARKS_DIGEST:
		return digest_mark(said, found);
	case MARKS_LINK:
		return link_mark(said, found);
	case MARKS_USER:
		return number_mark(said->uid, found->uid, 'U');
	case MARKS_GROUP:
		return number_mark(said->gid, found->gid, 'G');
	case MARKS_MTIME:
		return number_mark(said->mtime, found->mtime, 'T');
	case MARKS_CAPS:
		return caps_mark(said->caps, found->caps);
	default:
		return '?'; /* device numbers: no package brings devices today */
	}
}

enum marks_verdict marks_compare(const struct marks_rules *rules, const struct marks_file *said,
				 const struct marks_file *found, char out[MARKS_LEN])
{
	unsigned counts = rules->wanted & applies(found->mode), wanted;
	bool differs = false;

	if (rules->link_digest && (found->mode & S_IFMT) == S_IFLNK)
		counts |= rules->said & rules->wanted & MARKS_DIGEST;
	if (rules->ghost)
		counts &= ~(unsigned)(MARKS_SIZE | MARKS_DIGEST | MARKS_MTIME | MARKS_LINK);
	wanted = counts & rules->said;
	/* another type is told, even where nothing else of this type can be */
	if (said->mode != MARKS_NOT_KNOWN && !rules->ghost && other_type(said->mode, found->mode))
		wanted |= MARKS_MODE & rules->wanted;
	memset(out, 0, MARKS_LEN);
	for (unsigned i = 0; i < MARKS_LEN - 1; i++) {
		out[i] = (rules->said & 1u << i) != 0 ? '.' : '?';
		if ((wanted & 1u << i) != 0)
			out[i] = mark(i, rules, said, found);
		differs = differs || (out[i] != '.' && out[i] != '?');
	}
	if (differs)
		return MARKS_DIFFER;
	return (counts & MARKS_DIGEST) != 0 && out[2] == '?' ? MARKS_NOT_COMPARED : MARKS_AGREE;
}

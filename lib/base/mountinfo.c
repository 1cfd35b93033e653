#include "lib/base/mountinfo.h"

#include <stddef.h>
#include <string.h>

/* A type is remote if it is a word of this list, or begins with one that ends
 * in a dot or with nothing but digits after it (nfs4, smb3). */
static const char *const remote_types[] = {
	"nfs", "cifs", "smb", "smbfs", "fuse", "fuse.", "fuseblk", "autofs", "9p", "virtiofs",
	"ceph", "afs", "kafs", "coda", "ncpfs", "ncp", "gfs", "ocfs", "lustre", "glusterfs",
	"pvfs", "orangefs", "beegfs", "gpfs", "davfs", "sshfs", "vboxsf", "vmhgfs", "prl_fs",
	"hostfs", "pohmelfs", "mfs", "panfs", "acfs",
};

/* The byte of an escape, \ooo, or 0 if ${s} does not begin with one. */
static unsigned char escaped_byte(const char *s)
{
	unsigned v = 0;

	if (s[0] != '\\')
		return 0;
	for (int i = 1; i <= 3; i++) {
		if (s[i] < '0' || s[i] > '7')
			return 0;
		v = v * 8 + (unsigned)(s[i] - '0');
	}
	return v < 256 ? (unsigned char)v : 0;
}

/* Undoes the kernel's escapes in place (mangle_path in fs/seq_file.c). */
static void unescape(char *s)
{
	char *to = s;

	while (*s != '\0') {
		unsigned char c = escaped_byte(s);

		*to++ = c != 0 ? (char)c : *s;
		s += c != 0 ? 4 : 1;
	}
	*to = '\0';
}

static char *field(char **line)
{
	char *p = *line;

	if (p == NULL)
		return NULL;
	*line = strchr(p, ' ');
	if (*line != NULL)
		*(*line)++ = '\0';
	return p;
}

static int number(char **p, uint64_t *out)
{
	uint64_t v = 0;
	char *s = *p;

	if (*s < '0' || *s > '9')
		return -1;
	for (; *s >= '0' && *s <= '9'; s++) {
		if (v > UINT64_MAX / 10 - 1)
			return -1;
		v = v * 10 + (unsigned)(*s - '0');
	}
	*p = s;
	*out = v;
	return 0;
}

static int parse_id(char *s, uint64_t *out)
{
	if (s == NULL || number(&s, out) != 0 || *s != '\0')
		return -1;
	return 0;
}

static int parse_device(char *s, struct mountinfo *out)
{
	uint64_t major, minor;

	if (s == NULL || number(&s, &major) != 0 || *s++ != ':' || number(&s, &minor) != 0)
		return -1;
	if (*s != '\0' || major > UINT32_MAX || minor > UINT32_MAX)
		return -1;
	out->dev_major = (uint32_t)major;
	out->dev_minor = (uint32_t)minor;
	return 0;
}

/* The fields between the options and a lone dash: none, or more than one. */
static char *parse_tags(char **line)
{
	char *tags = *line, *end;

	if (tags == NULL)
		return NULL;
	if (tags[0] == '-' && tags[1] == ' ') {
		*line = tags + 2;
		tags[0] = '\0';
		return tags;
	}
	end = strstr(tags, " - ");
	if (end == NULL)
		return NULL;
	*end = '\0';
	*line = end + 3;
	return tags;
}

static int parse_line(char *line, struct mountinfo *out)
{
	char *strings[7];

	if (parse_id(field(&line), &out->id) != 0 || parse_id(field(&line), &out->parent) != 0 ||
	    parse_device(field(&line), out) != 0)
		return -1;
	strings[0] = field(&line);
	strings[1] = field(&line);
	strings[2] = field(&line);
	strings[3] = parse_tags(&line);
	strings[4] = field(&line);
	strings[5] = field(&line);
	strings[6] = field(&line);
	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
		if (strings[i] == NULL)
			return -1;
		unescape(strings[i]);
	}
	out->root = strings[0];
	out->path = strings[1];
	out->options = strings[2];
	out->tags = strings[3];
	out->fstype = strings[4];
	out->source = strings[5];
	out->super_options = strings[6];
	return out->path[0] == '/' ? 0 : -1;
}

int mountinfo_next(char **text, struct mountinfo *out)
{
	char *line = *text;
	size_t len = strcspn(line, "\n");

	if (*line == '\0')
		return 0;
	*text = line + len + (line[len] == '\n');
	line[len] = '\0';
	return parse_line(line, out) == 0 ? 1 : -1;
}

bool mountinfo_has(const char *list, const char *word)
{
	size_t n = strlen(word);

	while (*list != '\0') {
		size_t len = strcspn(list, ",");

		if (len == n && memcmp(list, word, n) == 0)
			return true;
		list += len + (list[len] == ',');
	}
	return false;
}

bool mountinfo_is_remote(const char *fstype)
{
	for (size_t i = 0; i < sizeof(remote_types) / sizeof(remote_types[0]); i++) {
		size_t n = strlen(remote_types[i]);
		bool any_end = remote_types[i][n - 1] == '.';

		if (strncmp(fstype, remote_types[i], n) != 0)
			continue;
		if (any_end || fstype[n + strspn(fstype + n, "0123456789")] == '\0')
			return true;
	}
	return false;
}

bool mountinfo_below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	while (n > 0 && dir[n - 1] == '/')
		n--;
	return strncmp(path, dir, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

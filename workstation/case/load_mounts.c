/*
 * The mount table of process 1, /proc/1/mountinfo.
 */
#include <stdio.h>
#include <string.h>

#include "lib/base/mountinfo.h"
#include "workstation/case/loaders.h"

static struct bytes text(const char *s)
{
	return (struct bytes){ s, strlen(s) };
}

int load_mounts(struct loading *l, const char *s, size_t n, uint64_t pos, uint64_t line)
{
	char copy[LOADER_LINE_MAX + 1], dev[32], *at = copy;
	struct mountinfo m;
	struct case_mount row;

	memcpy(copy, s, n);
	copy[n] = '\0';
	if (memchr(s, '\0', n) != NULL || mountinfo_next(&at, &m) != 1)
		return case_note(l, (int64_t)pos, (int64_t)line, "unreadable",
				 "no line of mountinfo");
	snprintf(dev, sizeof(dev), "%u:%u", m.dev_major, m.dev_minor);
	case_init_mount(&row);
	row.object = l->object;
	row.pos = (int64_t)pos;
	row.line = (int64_t)line;
	row.mnt = (int64_t)m.id;
	row.parent = (int64_t)m.parent;
	row.dev = text(dev);
	row.root = text(m.root);
	row.point = text(m.path);
	row.options = text(m.options);
	row.fstype = text(m.fstype);
	row.source = text(m.source);
	return case_put_mount(l->db, &row, l->e);
}

#include "collector/acquire/cursor.h"

#include <string.h>

uint32_t cursor_dir_len(const struct cursor *c, uint32_t i)
{
	return i == 0 ? 0 : c->end[i - 1];
}

void cursor_entry(struct cursor *c, uint32_t depth, struct bytes name, int64_t next)
{
	uint32_t i = depth - 1, from = cursor_dir_len(c, i);

	c->row = UINT32_MAX;
	c->path[from] = '/';
	memcpy(c->path + from + 1, name.p, name.len);
	c->path_len = from + 1 + (uint32_t)name.len;
	c->path[c->path_len] = '\0';
	c->end[i] = c->path_len;
	c->next[i] = next;
	c->depth = depth;
	c->listed = 0;
}

void cursor_directory(struct cursor *c, uint32_t depth)
{
	uint32_t i = depth - 1;

	c->depth = i;
	c->listed = 1;
	c->path_len = i == 0 ? 1 : c->end[i - 1];
	c->path[c->path_len] = '\0';
}

void cursor_inside(struct cursor *c, uint32_t depth)
{
	c->end[depth] = c->path_len;
	c->next[depth] = 0;
	c->depth = depth + 1;
	c->listed = 0;
}

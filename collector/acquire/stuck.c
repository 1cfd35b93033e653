#include "collector/acquire/stuck.h"

#include <string.h>

/* Names in /proc/PID and /proc/PID/task/TID. */
static const char *const of_memory[] = {
	"cmdline", "environ", "auxv", "maps", "map_files", "smaps", "smaps_rollup", "numa_maps",
	"pagemap", "mem", "clear_refs", "ksm_stat", "ksm_merging_pages",
};

/* A component of a path from ${at}, which is moved behind it. */
static struct bytes component(struct bytes path, size_t *at)
{
	const char *p = path.p;
	size_t from = *at + (*at < path.len && p[*at] == '/'), to = from;

	while (to < path.len && p[to] != '/')
		to++;
	*at = to;
	return (struct bytes){ p + from, to - from };
}

static bool is(struct bytes name, const char *word)
{
	return name.len == strlen(word) && memcmp(name.p, word, name.len) == 0;
}

/* 0 if it is no number of a process. */
static uint32_t number(struct bytes name)
{
	const char *p = name.p;
	uint32_t n = 0;

	for (size_t i = 0; i < name.len; i++) {
		if (p[i] < '0' || p[i] > '9' || n > UINT32_MAX / 10 - 1)
			return 0;
		n = n * 10 + (uint32_t)(p[i] - '0');
	}
	return n;
}

static const struct stuck *find(const struct stuck_list *list, uint32_t pid)
{
	for (uint32_t i = 0; i < list->count && i < STUCK_MAX && pid != 0; i++)
		if (list->row[i].pid == pid)
			return &list->row[i];
	return NULL;
}

void stuck_add(struct stuck_list *list, struct bytes path)
{
	size_t at = 0;
	bool proc = is(component(path, &at), "proc");
	uint32_t pid = number(component(path, &at));
	const struct stuck *known = find(list, pid);

	if (!proc || pid == 0 || at == path.len)
		return;
	if (known != NULL)
		list->row[known - list->row].lost++;
	else if (list->count < STUCK_MAX)
		list->row[list->count++] = (struct stuck){ pid, 1 };
}

static bool tells_of_memory(struct bytes name)
{
	for (size_t i = 0; i < sizeof(of_memory) / sizeof(of_memory[0]); i++)
		if (is(name, of_memory[i]))
			return true;
	return false;
}

bool stuck_has(const struct stuck_list *list, struct bytes below)
{
	size_t at = 0;
	const struct stuck *s = find(list, number(component(below, &at)));
	struct bytes name;

	if (s == NULL || at == below.len)
		return false;
	name = component(below, &at);
	if (is(name, "task")) {
		component(below, &at);
		name = component(below, &at);
	}
	return s->lost > 1 || tells_of_memory(name);
}

bool stuck_on(const struct stuck_list *list, const struct mount *m, struct bytes path)
{
	if (list->count == 0 || m == NULL || strcmp(m->fstype, "proc") != 0 ||
	    m->path_len > path.len)
		return false;
	path.p = (const char *)path.p + m->path_len;
	path.len -= m->path_len;
	return stuck_has(list, path);
}

bool stuck_memory(const struct stuck_list *list, uint32_t pid)
{
	return find(list, pid) != NULL;
}

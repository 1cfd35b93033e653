/* mounts, mountinfo: whatever a mount table says, paths are absolute or empty, what is below
 * a path comes in order and once, and a name that is asked for again is found again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "collector/acquire/mounts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void expect(int holds)
{
	if (!holds)
		abort();
}

static struct bytes path_of(const struct mount *m)
{
	return (struct bytes){ m->path, m->path_len };
}

static void check_below(const struct mounts *m, const struct mount *top)
{
	const struct mount *below, *last = NULL;
	size_t from = 0;

	while ((below = mounts_below(m, path_of(top), &from)) != NULL) {
		expect(below->path_len > top->path_len || top->path_len == 1);
		expect(last == NULL || strcmp(last->path, below->path) <= 0);
		last = below;
	}
}

static void check_table(const struct mounts *m)
{
	for (size_t i = 0; i < mounts_count(m); i++) {
		const struct mount *one = mounts_get(m, i), *holds;

		expect(one->path[0] == '/' && one->path_len == strlen(one->path));
		holds = mounts_at(m, path_of(one));
		expect(holds == NULL || strcmp(holds->path, one->path) == 0);
		mounts_of(m, path_of(one));
		mounts_gone(m, path_of(one));
		mounts_by_id(m, one->id);
		if (i < 64)
			check_below(m, one);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *text = (const char *)data;
	static const char gone[] = "/gone\0/mnt/gone";
	struct bytes no = { NULL, 0 }, two = { gone, sizeof(gone) };
	struct mounts *host = mounts_parse(text, n / 2, no, "", NULL);
	struct mounts *other = mounts_parse(text + n / 2, n - n / 2, two, "", NULL);
	struct mounts *inside = mounts_parse(text, n, no, "/mnt/root", NULL);

	expect(host != NULL && other != NULL && inside != NULL);
	mounts_mark_host(other, host);
	mounts_mark_view(other, host);
	check_table(host);
	check_table(other);
	check_table(inside);
	mounts_free(host);
	mounts_free(other);
	mounts_free(inside);
	return 0;
}

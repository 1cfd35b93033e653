#include "collector/select/plan_alias.h"

#include <stdlib.h>
#include <string.h>

static int compare(const char *path, size_t len, const struct plan_alias *a)
{
	if (len != a->from_len)
		return len < a->from_len ? -1 : 1;
	return memcmp(path, a->from, len);
}

static int compare_rows(const void *left, const void *right)
{
	const struct plan_alias *a = left;

	return compare(a->from, a->from_len, right);
}

int plan_alias_parse(struct plan_aliases *to, const char *packed, size_t len)
{
	size_t room = 1;

	for (size_t i = 0; i < len; i++)
		room += packed[i] == '\0';
	*to = (struct plan_aliases){ .row = calloc(room / 2 + 1, sizeof(*to->row)) };
	if (to->row == NULL)
		return -1;
	for (size_t at = 0; at < len; ) {
		struct plan_alias a = { .from = packed + at };

		a.from_len = strlen(a.from);
		a.target = a.from + a.from_len + 1;
		a.target_len = strlen(a.target);
		a.plain = strpbrk(a.from, "*?[{") == NULL;
		at += a.from_len + a.target_len + 2;
		if (a.from[0] == '/' && a.target[0] == '/')
			to->row[to->count++] = a;
	}
	if (to->count > 0)
		qsort(to->row, to->count, sizeof(*to->row), compare_rows);
	return 0;
}

void plan_alias_free(struct plan_aliases *a)
{
	free(a->row);
	*a = (struct plan_aliases){ 0 };
}

const struct plan_alias *plan_alias_find(const struct plan_aliases *a, const char *path,
					 size_t len, size_t *count)
{
	size_t low = 0, high = a->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(path, len, &a->row[middle]) > 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (high = low; high < a->count && compare(path, len, &a->row[high]) == 0; high++)
		;
	*count = high - low;
	return *count > 0 ? &a->row[low] : NULL;
}

/*
 * memory_map, region, suspect: what they accept of any bytes is memory once and in order.  Half of
 * the input is /proc/iomem and lines of smaps, half the headers of /proc/kcore.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "collector/volatile/memory_map.h"
#include "collector/volatile/region.h"
#include "collector/volatile/suspect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void expect(int holds)
{
	if (!holds)
		abort();
}

static void check_order(const struct memory_runs *list)
{
	for (size_t i = 0; i < list->count; i++) {
		expect(list->run[i].first <= list->run[i].last);
		expect(i == 0 || list->run[i - 1].last < list->run[i].first);
	}
}

/* Segments and what is missing are together the memory. */
static void check_map(const char *text, size_t n, const uint8_t *head, size_t head_len)
{
	struct memory_runs ram = { .max = 512 }, load = ram, segment = { .max = 65536 },
			   missing = segment;

	memory_map_iomem(text, n, &ram);
	check_order(&ram);
	if (memory_map_kcore(head, head_len, &load) == 0) {
		memory_map_join(&ram, &load, &segment, &missing);
		check_order(&segment);
		check_order(&missing);
		expect(segment.full || missing.full || memory_map_bytes(&ram) == UINT64_MAX ||
		       memory_map_bytes(&segment) + memory_map_bytes(&missing) ==
		       memory_map_bytes(&ram));
	}
	memory_map_release(&ram);
	memory_map_release(&load);
	memory_map_release(&segment);
	memory_map_release(&missing);
}

static void check_lines(const char *text, size_t n)
{
	struct region r = { .name = "" };

	while (n > 0) {
		const char *stop = memchr(text, '\n', n);
		size_t len = stop == NULL ? n : (size_t)(stop - text);

		if (!region_begin(text, len, &r))
			region_detail(text, len, &r);
		else
			expect(r.first <= r.last && r.name_len <= len);
		expect((suspect_region(&r) >> SUSPECT_COUNT) == 0);
		expect((suspect_executable(text, len) >> SUSPECT_COUNT) == 0);
		r.name = "";		/* pointed into the line */
		r.name_len = 0;
		len += stop != NULL;
		text += len;
		n -= len;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	size_t half = n / 2;
	char *text = malloc(half + 1);

	expect(text != NULL);
	memcpy(text, data, half);
	check_map(text, half, data + half, n - half);
	check_lines(text, half);
	free(text);
	return 0;
}

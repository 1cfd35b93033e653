#include "collector/cmd/list.h"

#include <stddef.h>

#include "collector/select/artifact.h"
#include "collector/select/plan.h"
#include "collector/volatile/source.h"
#include "lib/base/text.h"

static void print_profiles(struct buf *out)
{
	const char *name;

	buf_puts(out, "PROFILES (the first is the default)\n");
	for (size_t i = 0; (name = plan_profile_name(i)) != NULL; i++) {
		buf_printf(out, "  %-8s %s\n          ", name, plan_profile_reason(i));
		for (unsigned c = 0; c < CATEGORY_COUNT; c++) {
			if (plan_profile_has(i, (enum category)c))
				buf_printf(out, " %s", artifact_category_word((enum category)c));
		}
		buf_putc(out, '\n');
	}
}

static void print_row(struct buf *out, const struct artifact *row)
{
	char cap[32] = "";

	if (row->depth == DEPTH_CONTENT && row->cap != 0 && row->cap != UINT64_MAX)
		text_size(cap, sizeof(cap), row->cap);
	buf_printf(out, "  %-26s %-8s %9s  %-44s  %s\n", row->id, item_depth_word(row->depth), cap,
		   row->glob, row->reason);
}

static void print_sources(struct buf *out, enum category c, enum source_when when)
{
	for (size_t i = 0; i < source_count; i++) {
		const struct source *s = &source_rows[i];

		if (s->category == c && s->when == when)
			buf_printf(out, "  %-26s %-8s %9s  %-44s  %s\n", s->id,
				   item_depth_word(DEPTH_CONTENT), "", "live/", s->reason);
	}
}

void list_print(struct buf *out)
{
	print_profiles(out);
	buf_puts(out, "\nCATALOGUE, in the order in which it is taken:\n"
		      "name, depth, limit for one file, where (~ is every home), why\n");
	for (unsigned c = 0; c < CATEGORY_COUNT; c++) {
		buf_printf(out, "\n%u %s: %s\n", c, artifact_category_word((enum category)c),
			   artifact_category_reason((enum category)c));
		print_sources(out, (enum category)c, SOURCE_BEFORE);
		for (size_t i = 0; i < artifact_count; i++) {
			if (artifact_rows[i].category == (enum category)c)
				print_row(out, &artifact_rows[i]);
		}
		print_sources(out, (enum category)c, SOURCE_AFTER);
	}
}

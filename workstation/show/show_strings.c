/*
 * strings(1) of one member of an archive, while it streams by.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "workstation/parse/strings.h"
#include "workstation/show/show_groups.h"

enum option { MIN, BIG, PATH };

static const struct show_option options[] = {
	[MIN] = { "min", "N", SHOW_NUMBER, NULL, "at least so many characters (default: 4)", NULL },
	[BIG] = { "big-endian", NULL, SHOW_FLAG, NULL, "UTF-16 with the high byte first", NULL },
	[PATH] = { "path", "PATH", SHOW_STRING, NULL, "the file, instead of the operand PATH",
		   NULL },
	{ NULL, NULL, SHOW_FLAG, NULL, NULL, NULL },
};

static const struct show_column columns[] = {
	{ "offset", SHOW_INT },
	{ "encoding", SHOW_TEXT },
	{ "text", SHOW_TEXT },
	{ NULL, 0 },
};

struct search {
	struct show *s;
	const char *typed;
	struct strings strings;
	struct buf text;
	bool inside, found, enough;
};

static int take(void *ctx, uint64_t offset, bool utf16, const char *text, size_t n)
{
	struct search *x = ctx;
	struct show_cell cells[3] = { { .n = CASE_NULL }, { .n = CASE_NULL }, { .n = CASE_NULL } };
	int r;

	buf_clear(&x->text);
	text_escape(&x->text, text, n);
	cells[0].n = (int64_t)offset;
	cells[1].text = utf16 ? (struct bytes){ "utf-16", 6 } : (struct bytes){ "ascii", 5 };
	cells[2].text = (struct bytes){ buf_cstr(&x->text), x->text.len };
	r = show_row(x->s, cells);
	x->enough = r > 0;
	return r;
}

static int on_member(void *ctx, const struct pax_member *m, enum bundle_kind kind)
{
	struct search *x = ctx;

	(void)kind;
	x->inside =
		!x->found && m->type == ITEM_FILE && !m->hardlink && x->s->picks(x->typed, m->name);
	x->found = x->found || x->inside;
	return BUNDLE_GO;
}

static int on_data(void *ctx, const void *data, size_t n, uint64_t offset)
{
	struct search *x = ctx;

	if (!x->inside || x->enough)
		return BUNDLE_GO;
	if (offset > x->strings.at) { /* a hole ends every run */
		if (strings_end(&x->strings) < 0)
			return -1;
		x->strings.at = offset;
		x->strings.last = 0;
	}
	return x->enough || strings_add(&x->strings, data, n) >= 0 ? BUNDLE_GO : -1;
}

static int on_member_end(void *ctx, const uint8_t *sha256)
{
	struct search *x = ctx;

	(void)sha256;
	if (!x->inside)
		return BUNDLE_GO;
	x->inside = false;
	return x->enough || strings_end(&x->strings) >= 0 ? BUNDLE_GO : -1;
}

static int run(struct show *s, const struct option_list *operands)
{
	static const struct bundle_visitor visitor = {
		.member = on_member,
		.data = on_data,
		.member_end = on_member_end,
	};
	const char *min = s->args->values[MIN];
	struct search *x = calloc(1, sizeof(*x));
	struct bundle_facts facts;
	int r;

	if (x == NULL)
		return err_set(s->e, 0, "no memory to look for strings");
	x->s = s;
	x->typed = operands->n > 0 ? operands->p[0] : s->args->values[PATH];
	buf_init(&x->text, 4 * STRINGS_MAX + 1);
	strings_begin(&x->strings, min == NULL ? 4 : (size_t)strtoull(min, NULL, 10),
		      s->args->flags[BIG], take, x);
	r = bundle_read(s->read, s->read_ctx, &visitor, x, &facts, s->e);
	s->verdict = facts.verdict;
	if (r == 0 && !x->found)
		r = err_set(s->e, 0,
			    "there is no file %.150s in the archive with content of its own",
			    x->typed);
	buf_release(&x->text);
	free(x);
	return r == 0 ? 0 : -1;
}

const struct show_verb show_strings_verbs[] = {
	{ .name = "strings",
	  .typed = "strings FILE",
	  .what = "Printable text in one file, ASCII and UTF-16, with its offset.",
	  .columns = columns,
	  .options = options,
	  .run = run,
	  .operands = "PATH",
	  .instead = "path",
	  .needs_archive = true },
	{ .name = NULL },
};

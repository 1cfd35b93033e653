#include "workstation/cmd/cmd_cat.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "workstation/cmd/cat_out.h"
#include "workstation/cmd/commands.h"
#include "workstation/cmd/confine.h"
#include "workstation/cmd/input.h"
#include "workstation/cmd/pick.h"

struct args {
	const char *identity;
	const char *at;		/* NULL: no line is asked for */
	struct cat_out_how how;
};

const struct option_row cmd_cat_options[] = {
	{ "identity", 'i', "FILE", OPTION_STRING, offsetof(struct args, identity),
	  INPUT_IDENTITY_HELP },
	{ "unpacked", 'u', NULL, OPTION_FLAG, offsetof(struct args, how.unpacked),
	  "unpack gzip, xz and zstd: what offsets in a case and a report are of" },
	{ "at", 0, "OFFSET", OPTION_STRING, offsetof(struct args, at),
	  "only the line at this offset, of packed content unpacked" },
	{ 0 }
};

/* What was found under the name that was asked for. */
enum found { NOTHING, CONTENT, HARD_LINK, NO_FILE };

struct cat {
	const char *typed;	/* name as the user typed it, or NULL: */
	struct buf target;	/* member that a hard link named */
	enum found found;
	bool writing;		/* inside the member */
	struct cat_out out;
	uint64_t written;	/* logical bytes */
	uint64_t size;
	bool proven;		/* a seal covers it */
	struct err *e;
};

static bool is_wanted(const struct cat *c, struct bytes name)
{
	if (c->typed != NULL)
		return pick_is(c->typed, name);
	return name.len == c->target.len && memcmp(name.p, c->target.p, name.len) == 0;
}

static int on_member(void *ctx, const struct pax_member *m, enum bundle_kind kind)
{
	struct cat *c = ctx;

	(void)kind;
	/* The first one of a name counts. */
	if (c->found != NOTHING || !is_wanted(c, m->name))
		return BUNDLE_GO;
	if (m->hardlink) {
		c->found = HARD_LINK;
		buf_clear(&c->target);
		buf_add(&c->target, m->link.p, m->link.len);
		return BUNDLE_STOP;
	}
	c->found = m->type == ITEM_FILE ? CONTENT : NO_FILE;
	c->writing = c->found == CONTENT;
	c->size = m->size;
	return c->writing ? BUNDLE_GO : BUNDLE_STOP;
}

static int put(struct cat *c, const void *data, size_t n)
{
	if (cat_out_add(&c->out, data, n) != 0)
		return -1;
	c->written += n;
	return BUNDLE_GO;
}

static int put_hole(struct cat *c, uint64_t until)
{
	static const char zeros[65536];
	int r = BUNDLE_GO;

	while (r == BUNDLE_GO && c->written < until)
		r = put(c, zeros, until - c->written < sizeof(zeros) ?
			(size_t)(until - c->written) : sizeof(zeros));
	return r;
}

static int on_data(void *ctx, const void *data, size_t n, uint64_t offset)
{
	struct cat *c = ctx;
	int r;

	if (!c->writing)
		return BUNDLE_GO;
	r = put_hole(c, offset);
	return r == BUNDLE_GO ? put(c, data, n) : r;
}

static int on_member_end(void *ctx, const uint8_t *sha256)
{
	struct cat *c = ctx;
	int r = BUNDLE_GO;

	(void)sha256;
	if (c->writing)
		r = put_hole(c, c->size);
	if (c->writing && r == BUNDLE_GO && cat_out_end(&c->out) != 0)
		r = -1;
	c->writing = false;
	return r;
}

static int on_sealed(void *ctx, const struct seal *s)
{
	struct cat *c = ctx;

	(void)s;
	if (c->found != CONTENT)
		return BUNDLE_GO;
	c->proven = true;
	return BUNDLE_STOP;
}

/* One pass.  -1 with the error set, else 0. */
static int pass(struct cat *c, struct input *in, struct bundle_facts *facts)
{
	static const struct bundle_visitor visitor = {
		.member = on_member, .data = on_data, .member_end = on_member_end,
		.sealed = on_sealed,
	};

	c->found = NOTHING;
	return bundle_read(input_read, in, &visitor, c, facts, c->e) < 0 ? -1 : 0;
}

static int report(struct cat *c, const struct bundle_facts *facts)
{
	struct err e = { 0 };

	if (facts->verdict == BUNDLE_ALTERED) {
		err_set(&e, 0, "ALTERED in segment %llu: %s; do not rely on this output",
			(unsigned long long)facts->first.segment, finding_text(facts->first.id));
		return commands_fail(&e, COMMANDS_ALTERED);
	}
	if (c->found == NO_FILE || c->found == HARD_LINK)
		err_set(&e, 0, c->found == NO_FILE ? "it is no file: nothing to write" :
			"a hard link to a hard link");
	if (c->found == NOTHING)
		err_set(&e, 0, "there is no such member; exhibit list shows what is there%s",
			facts->verdict == BUNDLE_TRUNCATED ? " (the archive is TRUNCATED)" : "");
	if (e.set)
		return commands_fail(&e, COMMANDS_FAILED);
	if (c->proven)
		return COMMANDS_OK;
	err_set(&e, 0, "TRUNCATED: no seal covers this file, it may be cut or changed");
	return commands_fail(&e, COMMANDS_TRUNCATED);
}

/* The content of a hard link lies under its first name, which came before it. */
static int follow(struct cat *c, struct input *in, struct bundle_facts *facts)
{
	if (c->found != HARD_LINK)
		return 0;
	if (in->is_stdin)
		return err_set(c->e, 0, "this is a hard link: ask for its first name (see list)");
	c->typed = NULL;
	if (input_rewind(in, c->e) != 0)
		return -1;
	return pass(c, in, facts);
}

static int cat_member(const char *archive, const char *path, const struct args *args)
{
	struct bundle_facts facts;
	struct err e = { 0 };
	struct cat c = { .typed = path, .e = &e };
	struct input in;
	int r;

	if (input_open(&in, archive, args->identity, &e) != 0)
		return commands_fail(&e, COMMANDS_FAILED);
	buf_init(&c.target, ITEM_PATH_MAX * 2);
	if (args->how.unpacked || args->how.line)
		confine_enter(); /* who unpacks looks into what somebody else wrote */
	else
		confine_enter_silently();
	if (cat_out_begin(&c.out, STDOUT_FILENO, &args->how, &e) != 0 ||
	    pass(&c, &in, &facts) != 0 || follow(&c, &in, &facts) != 0)
		r = commands_fail(&e, COMMANDS_FAILED);
	else
		r = report(&c, &facts);
	cat_out_release(&c.out);
	buf_release(&c.target);
	input_close(&in);
	return r;
}

/* The offset, of which every number may be one.  0, or -1 after saying what is wrong. */
static int read_at(struct args *args)
{
	struct err e = { 0 };

	args->how.line = args->at != NULL;
	args->how.escaped = isatty(STDOUT_FILENO) == 1;
	if (args->at == NULL || text_parse_size(args->at, &args->how.at) == 0)
		return 0;
	err_set(&e, 0, "--at needs a size such as 64M, not '%.80s'", args->at);
	commands_fail(&e, COMMANDS_USAGE);
	return -1;
}

int cmd_cat(char *const argv[])
{
	static const size_t limits[2] = { 2, 2 };
	struct args args = { 0 };
	struct option_list operands = { 0 };
	int r = COMMANDS_USAGE;

	if (commands_parse("cat", &args, argv, &operands, limits) == 0 && read_at(&args) == 0)
		r = cat_member(operands.p[0], operands.p[1], &args);
	option_list_release(&operands);
	return r;
}

#include "workstation/cmd/cmd_list.h"

#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "workstation/cmd/commands.h"
#include "workstation/cmd/confine.h"
#include "workstation/cmd/input.h"

#define FLUSH_AT 65536u
#define OUTPUT_MAX (16u << 20)		/* above the longest line in its longest form */

struct args {
	struct option_list category, artifact, gap, result, type, depth, path;
	const char *identity;
	bool json;
};

#define FIELD(f) offsetof(struct args, f)

const struct option_row cmd_list_options[] = {
	{ "category", 'c', "WORD", OPTION_LIST, FIELD(category), "only this category" },
	{ "artifact", 'a', "ID", OPTION_LIST, FIELD(artifact),
	  "only what this row of the catalogue found" },
	{ "gap", 'g', "WORD", OPTION_LIST, FIELD(gap),
	  "only objects with this gap (shrank, vanished, ...), or any for all gaps" },
	{ "result", 'r', "WORD", OPTION_LIST, FIELD(result),
	  "only ok, partial, skipped or error" },
	{ "type", 't', "WORD", OPTION_LIST, FIELD(type),
	  "only file, directory, symlink, fifo, socket, chardev, blockdev or unknown" },
	{ "depth", 'd', "WORD", OPTION_LIST, FIELD(depth), "only content, digest or metadata" },
	{ "path", 'p', "GLOB", OPTION_LIST, FIELD(path),
	  "only paths that match; * matches slashes, too" },
	{ "identity", 'i', "FILE", OPTION_STRING, FIELD(identity), INPUT_IDENTITY_HELP },
	{ "json", 0, NULL, OPTION_FLAG, FIELD(json), "print the manifest's lines as they are" },
	{ 0 }
};

struct list {
	const struct args *args;
	struct buf out;
	uint64_t shown;
};

static bool is_gap(const char *word)
{
	return strcmp(word, "any") == 0 || gap_by_word(word) != GAP_COUNT;
}

static bool is_result(const char *word)
{
	for (int r = 0; r < RESULT_COUNT; r++) {
		if (strcmp(gap_result_word((enum result)r), word) == 0)
			return true;
	}
	return false;
}

static bool is_type(const char *word)
{
	for (int t = 0; t < ITEM_TYPE_COUNT; t++) {
		if (strcmp(item_type_word((enum item_type)t), word) == 0)
			return true;
	}
	return false;
}

static bool is_depth(const char *word)
{
	for (int d = 0; d < DEPTH_COUNT; d++) {
		if (strcmp(item_depth_word((enum depth)d), word) == 0)
			return true;
	}
	return false;
}

/*
 * The filters whose words the format fixes.  A word with a slip of the pen would
 * show an empty list, and an empty list of gaps reads like good news.
 */
static const struct vocabulary {
	const char *option;
	size_t words;		/* offset of its option_list in struct args */
	bool (*knows)(const char *word);
} vocabularies[] = {
	{ "gap", FIELD(gap), is_gap },
	{ "result", FIELD(result), is_result },
	{ "type", FIELD(type), is_type },
	{ "depth", FIELD(depth), is_depth },
};

static int check_words(const struct args *a)
{
	struct err e = { 0 };

	for (size_t i = 0; i < sizeof(vocabularies) / sizeof(vocabularies[0]); i++) {
		const struct vocabulary *v = &vocabularies[i];
		const struct option_list *l = (const void *)((const char *)a + v->words);

		for (size_t k = 0; k < l->n && !e.set; k++) {
			if (!v->knows(l->p[k]))
				err_set(&e, 0, "--%s: the format has no word \"%.100s\"; "
					"exhibit help list", v->option, l->p[k]);
		}
	}
	return e.set ? commands_fail(&e, COMMANDS_USAGE) : COMMANDS_OK;
}

static bool accepts(const struct option_list *l, const char *word)
{
	for (size_t i = 0; i < l->n; i++) {
		if (strcmp(l->p[i], word) == 0)
			return true;
	}
	return l->n == 0;
}

static bool accepts_gap(const struct option_list *l, const char *word)
{
	for (size_t i = 0; i < l->n; i++) {
		if (strcmp(l->p[i], "any") == 0 && strcmp(word, "none") != 0)
			return true;
	}
	return accepts(l, word);
}

/* The path is NUL-terminated (manifest_read); what follows a NUL is not matched. */
static bool accepts_path(const struct option_list *l, const char *path)
{
	for (size_t i = 0; i < l->n; i++) {
		if (fnmatch(l->p[i], path, 0) == 0)
			return true;
	}
	return l->n == 0;
}

static bool selected(const struct args *a, const struct manifest_line *l)
{
	return accepts(&a->category, l->category) && accepts(&a->artifact, l->artifact) &&
	       accepts_gap(&a->gap, l->gap_word) &&
	       accepts(&a->result, gap_result_word(l->result)) &&
	       accepts(&a->type, item_type_word(l->type)) &&
	       accepts(&a->depth, item_depth_word(l->depth)) &&
	       accepts_path(&a->path, l->path.p);
}

/* "-rwsr-xr-x" as ls(1) writes it. */
static void show_mode(struct buf *b, const struct manifest_line *l)
{
	static const char types[] = "-dlpscb?", bits[] = "rwxrwxrwx";
	static const struct {
		uint32_t bit;
		size_t at;
		char with_x, without;
	} special[] = {
		{ 04000, 2, 's', 'S' }, { 02000, 5, 's', 'S' }, { 01000, 8, 't', 'T' },
	};
	char s[] = "---------";

	buf_putc(b, types[l->type]);
	if (!(l->has & MANIFEST_HAS_MODE)) {
		buf_puts(b, "?????????");
		return;
	}
	for (size_t i = 0; i < 9; i++) {
		if (l->mode >> (8 - i) & 1)
			s[i] = bits[i];
	}
	for (size_t i = 0; i < 3; i++) {
		if (l->mode & special[i].bit)
			s[special[i].at] = s[special[i].at] == 'x' ? special[i].with_x :
					   special[i].without;
	}
	buf_puts(b, s);
}

static void show_number(struct buf *b, int width, bool known, uint64_t v)
{
	if (known)
		buf_printf(b, " %*" PRIu64, width, v);
	else
		buf_printf(b, " %*s", width, "?");
}

static void show_names(struct buf *b, const struct manifest_line *l)
{
	text_escape(b, l->path.p, l->path.len);
	if (l->has & MANIFEST_HAS_LINK) {
		buf_puts(b, " -> ");
		text_escape(b, l->link.p, l->link.len);
	}
	if (l->has & MANIFEST_HAS_HARDLINK) {
		buf_puts(b, " == ");
		text_escape(b, l->hardlink.p, l->hardlink.len);
	}
	if (l->gap != GAP_NONE)
		buf_printf(b, "  [%s]", l->gap_word);
}

static void show_line(struct buf *b, const struct manifest_line *l)
{
	char utc[CLOCK_UTC_LEN];

	show_mode(b, l);
	show_number(b, 3, l->has & MANIFEST_HAS_NLINK, l->nlink);
	show_number(b, 5, l->has & MANIFEST_HAS_UID, l->uid);
	show_number(b, 5, l->has & MANIFEST_HAS_GID, l->gid);
	show_number(b, 12, l->has & MANIFEST_HAS_SIZE, l->size);
	buf_printf(b, " %-30s %-8s ", l->has & MANIFEST_HAS_MTIME ? clock_utc(utc, l->mtime) : "?",
		   item_depth_word(l->depth));
	show_names(b, l);
	buf_putc(b, '\n');
}

static int on_line(void *ctx, const struct manifest_line *l, const char *text, size_t n)
{
	struct list *list = ctx;

	if (!selected(list->args, l))
		return BUNDLE_GO;
	list->shown++;
	if (list->args->json) {
		buf_add(&list->out, text, n);
		buf_putc(&list->out, '\n');
	} else {
		show_line(&list->out, l);
	}
	if (list->out.len < FLUSH_AT && !list->out.failed)
		return BUNDLE_GO;
	return commands_print(STDOUT_FILENO, &list->out);
}

/* What is shown is no better than the archive: say so if it is not whole. */
static int finish(struct list *list, const struct bundle_facts *facts)
{
	struct err e = { 0 };

	if (commands_print(STDOUT_FILENO, &list->out) != 0)
		return COMMANDS_FAILED;
	if (facts->verdict == BUNDLE_TRUNCATED)
		err_set(&e, 0, "TRUNCATED at %" PRIu64 ": the list is not the whole one",
			facts->proven_bytes);
	if (facts->verdict == BUNDLE_ALTERED)
		err_set(&e, 0, "ALTERED: %s; see exhibit verify", finding_text(facts->first.id));
	if (!e.set && list->shown == 0)
		err_set(&e, 0, "no object fits");
	if (e.set)
		commands_fail(&e, COMMANDS_ALTERED);
	return (int)commands_verdict_exit(facts->verdict);
}

static int list_archive(const struct args *args, const char *name)
{
	static const struct bundle_visitor visitor = { .line = on_line };
	struct list list = { .args = args };
	struct bundle_facts facts;
	struct err e = { 0 };
	struct input in;
	int r;

	if (input_open(&in, name, args->identity, &e) != 0)
		return commands_fail(&e, COMMANDS_FAILED);
	confine_enter_silently();
	buf_init(&list.out, OUTPUT_MAX);
	r = bundle_read(input_read, &in, &visitor, &list, &facts, &e);
	if (r == 0)
		r = finish(&list, &facts);
	else
		r = e.set ? commands_fail(&e, COMMANDS_FAILED) : COMMANDS_FAILED;
	buf_release(&list.out);
	input_close(&in);
	return r;
}

int cmd_list(char *const argv[])
{
	static const size_t limits[2] = { 1, 1 };
	struct args args = { 0 };
	struct option_list operands = { 0 };
	struct option_list *const lists[] = { &args.category, &args.artifact, &args.gap,
					      &args.result, &args.type, &args.depth, &args.path,
					      &operands };
	int r = COMMANDS_USAGE;

	if (commands_parse("list", &args, argv, &operands, limits) == 0)
		r = check_words(&args);
	if (r == COMMANDS_OK)
		r = list_archive(&args, operands.p[0]);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		option_list_release(lists[i]);
	return r;
}

#include "workstation/parse/kernel.h"

#include <inttypes.h>
#include <string.h>

#include "workstation/parse/binary.h"
#include "workstation/parse/scan.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct bytes without(struct bytes b, size_t front, size_t behind)
{
	return (struct bytes){ (const char *)b.p + front, b.len - front - behind };
}

/* NAME SIZE REFS USERS, STATE ADDRESS [(TAINT)] */
bool kernel_module(struct bytes text, struct kernel_module *out)
{
	struct scan line = scan_begin(text.p, text.len);
	struct bytes refs, address, taint;

	if (!scan_word(&line, &out->name) || !scan_words_i64(&line, &out->size, 1) ||
	    !scan_word(&line, &refs) || !scan_word(&line, &out->users) ||
	    !scan_word(&line, &out->state) || !scan_word(&line, &address))
		return false;
	if (!scan_i64(refs, &out->refs))
		out->refs = -1;
	if (scan_is(out->users, "-"))
		out->users.len = 0;
	if (scan_ends(out->users, ","))
		out->users.len--;
	taint = scan_rest(&line);
	if (scan_begins(taint, "(") && scan_ends(taint, ")"))
		out->taint = without(taint, 1, 1);
	else
		out->taint = (struct bytes){ taint.p, 0 };
	return true;
}

static const char *const prog_types[] = {
#define PROG(word) word,
#define MAP(word)
#define LINK(word)
#include "workstation/parse/bpf_type.def"
#undef PROG
#undef MAP
#undef LINK
};

static const char *const map_types[] = {
#define PROG(word)
#define MAP(word) word,
#define LINK(word)
#include "workstation/parse/bpf_type.def"
#undef PROG
#undef MAP
#undef LINK
};

static const char *const link_types[] = {
#define PROG(word)
#define MAP(word)
#define LINK(word) word,
#include "workstation/parse/bpf_type.def"
#undef PROG
#undef MAP
#undef LINK
};

/* Where in the struct of a kind is what; 0 of all but type and id: it has none. */
static const struct layout {
	const char *kind;
	const char *const *types;
	size_t types_count;
	size_t id, name, loaded, uid, prog, tag, least;
} layouts[] = {
	{ "prog", prog_types, COUNT(prog_types), 4, 64, 40, 48, 0, 8, 8 },
	{ "map", map_types, COUNT(map_types), 4, 24, 0, 0, 0, 0, 8 },
	{ "link", link_types, COUNT(link_types), 4, 0, 0, 0, 8, 0, 8 },
	{ "btf", NULL, 0, 12, 0, 0, 0, 0, 0, 16 },
};

static const struct layout *layout_of(struct bytes kind)
{
	for (size_t i = 0; i < COUNT(layouts); i++)
		if (scan_is(kind, layouts[i].kind))
			return &layouts[i];
	return NULL;
}

/* A number of 32 bits that the kind has and the kernel filled, or -1. */
static int64_t u32_at(const uint8_t *p, size_t n, size_t at, bool big)
{
	return at != 0 && n >= at + 4 ? (int64_t)binary_u32(p + at, big) : -1;
}

bool kernel_bpf(struct bytes kind, const uint8_t *p, size_t n, struct kernel_bpf *out)
{
	const struct layout *l = layout_of(kind);
	bool big;

	*out = (struct kernel_bpf){ .id = -1, .loaded = -1, .uid = -1, .prog = -1 };
	if (l == NULL || n < l->least)
		return false;
	big = binary_u32(p + l->id, true) < binary_u32(p + l->id, false);
	out->id = binary_u32(p + l->id, big);
	if (l->types != NULL) {
		out->type_number = binary_u32(p, big);
		if (out->type_number < l->types_count)
			out->type = l->types[out->type_number];
	}
	if (l->name != 0 && n >= l->name + 16)
		out->name = (struct bytes){ p + l->name, strnlen((const char *)p + l->name, 16) };
	if (l->loaded != 0 && n >= l->loaded + 8)
		out->loaded = (int64_t)(binary_u64(p + l->loaded, big) & INT64_MAX);
	if (l->tag != 0 && n >= l->tag + 8)
		out->tag = (struct bytes){ p + l->tag, 8 };
	out->uid = u32_at(p, n, l->uid, big);
	out->prog = u32_at(p, n, l->prog, big);
	return true;
}

/* [SECONDS.MICROSECONDS] */
static bool take_time(struct scan *s, int64_t *out)
{
	struct scan inside, at = *s;
	struct bytes b, sec;
	uint64_t whole, micro;

	if (!scan_begins(scan_rest(&at), "[") || !scan_until(&at, ']', &b))
		return false;
	inside = scan_begin((const char *)b.p + 1, b.len - 1);
	scan_rest(&inside);
	if (!scan_until(&inside, '.', &sec) || !scan_u64(sec, 10, &whole) ||
	    !scan_u64(scan_rest(&inside), 10, &micro) || micro > 999999 ||
	    whole > INT64_MAX / 1000000000 - 1)
		return false;
	*out = (int64_t)(whole * 1000000000 + micro * 1000);
	*s = at;
	return true;
}

/* <PRIORITY>; facility in the bits above */
static bool take_priority(struct scan *s, int64_t *out)
{
	struct scan at = *s;
	struct bytes b;
	uint64_t v;

	if (!scan_begins((struct bytes){ at.p, (size_t)(at.end - at.p) }, "<") ||
	    !scan_until(&at, '>', &b) || !scan_u64(without(b, 1, 0), 10, &v))
		return false;
	*out = (int64_t)(v & 7);
	*s = at;
	return true;
}

struct kernel_line kernel_line(struct bytes line)
{
	struct kernel_line l = { .priority = -1, .boottime = -1 };
	struct scan s = scan_begin(line.p, line.len), at;
	struct bytes caller;

	take_priority(&s, &l.priority);
	if (take_time(&s, &l.boottime)) {
		at = s;
		if (scan_begins(scan_rest(&at), "[") && scan_until(&at, ']', &caller) &&
		    caller.len > 1 && strchr("TC ", ((const char *)caller.p)[1]) != NULL)
			s = at;
	}
	l.text = scan_rest(&s);
	return l;
}

static const struct taint {
	char letter;
	const char *what;
} taints[] = {
	{ 'P', "proprietary module" },
	{ 'F', "module loaded by force" },
	{ 'S', "processor out of specification" },
	{ 'R', "module unloaded by force" },
	{ 'M', "machine check" },
	{ 'B', "bad page" },
	{ 'U', "set by a program" },
	{ 'D', "the kernel died once" },
	{ 'A', "ACPI table overridden" },
	{ 'W', "warning" },
	{ 'C', "staging driver" },
	{ 'I', "workaround for firmware" },
	{ 'O', "out-of-tree module" },
	{ 'E', "unsigned module" },
	{ 'L', "soft lockup" },
	{ 'K', "live patch" },
	{ 'X', "set by the distribution" },
	{ 'T', "structure layouts randomised" },
	{ 'N', "test module" },
	{ 'J', "firmware interface used to change the machine" },
};

void kernel_taint(uint64_t mask, struct buf *out)
{
	const char *between = ": ";

	for (size_t i = 0; i < COUNT(taints); i++)
		if ((mask >> i & 1) != 0)
			buf_putc(out, taints[i].letter);
	for (size_t i = 0; i < COUNT(taints); i++) {
		if ((mask >> i & 1) == 0)
			continue;
		buf_puts(out, between);
		buf_puts(out, taints[i].what);
		between = ", ";
	}
	if (mask >> COUNT(taints) != 0)
		buf_printf(out, " bits not known here: %#" PRIx64,
			   mask >> COUNT(taints) << COUNT(taints));
}

#include <string.h>

#include "workstation/case/live.h"
#include "workstation/case/loaders.h"

static int take_pass(struct live *v, struct loading *l, unsigned pass, struct scan s)
{
	const char *start = s.p;
	struct procrecord r;
	int got;

	while ((got = procrecord_next(&s, &r)) == 1)
		if (r.whole ? live_take_record(v, l, pass, &r) != 0
			    : case_note(l, CASE_NULL, CASE_NULL, "partial",
					"the last record is cut") != 0)
			return -1;
	return got == 0 ? 0
			: case_note(l, s.p - start, CASE_NULL, "unreadable",
				    "before this stands no record of a file of a process");
}

static int take_first(struct live *v, struct loading *l, struct scan s)
{
	return take_pass(v, l, 0, s);
}

static int take_last(struct live *v, struct loading *l, struct scan s)
{
	return take_pass(v, l, 1, s);
}

static int take_lines(struct live *v, struct loading *l, struct scan s,
		      void (*take)(struct live *, const struct jline *))
{
	struct bytes line;
	struct jline *j;
	int64_t number = 0;

	while (scan_line(&s, &line)) {
		number++;
		j = jline_read(line.p, line.len);
		if (j != NULL)
			take(v, j);
		else if (case_note(l, CASE_NULL, number, "unreadable", "no JSON object") != 0)
			return -1;
		jline_free(&j);
	}
	return 0;
}

static int take_exe(struct live *v, struct loading *l, struct scan s)
{
	return take_lines(v, l, s, live_take_exe);
}

static int take_open(struct live *v, struct loading *l, struct scan s)
{
	return take_lines(v, l, s, live_take_held);
}

/* NAME, or NAME.1 and so on, which go on where it ended; not NAME.json. */
static bool is_part_of(struct bytes path, const char *name)
{
	struct scan s = scan_begin(path.p, path.len);
	uint64_t part;

	if (!scan_begins(path, name))
		return false;
	s.p += strlen(name);
	if (s.p == s.end)
		return true;
	return *s.p++ == '.' && scan_u64(scan_rest(&s), 10, &part);
}

static int take_threads(struct live *v, struct loading *l, struct scan s)
{
	return take_lines(v, l, s, live_take_elsewhere);
}

int load_live(struct loading *l, const uint8_t *p, size_t n)
{
	static const struct {
		const char *name;
		int (*take)(struct live *, struct loading *, struct scan);
	} lists[] = {
		{ "live/task/first", take_first },     { "live/task/last", take_last },
		{ "live/exe/index", take_exe },        { "live/open/index", take_open },
		{ "live/task/threads", take_threads },
	};
	struct live *v = live_of(l->run, l->e);
	struct live_file f;

	if (v == NULL)
		return -1;
	v->object = l->object;
	v->facts = l->facts;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (is_part_of(l->path, lists[i].name) &&
		    lists[i].take(v, l, scan_begin(p, n)) != 0)
			return -1;
	if (!live_file(l->path, &f))
		return 0;
	live_take_thread(v, &f, p, n);
	return live_take_process(v, l, &f, p, n) != 0 ? -1 : live_take_open(v, l, &f, p, n);
}

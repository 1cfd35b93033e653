#include "workstation/case/loader.h"

#include <stdarg.h>
#include <stdio.h>

#include "workstation/case/live.h"
#include "workstation/case/loaders.h"
#include "workstation/case/zones.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NOTE_MAX 4096u /* bytes of a note's text */

/* The field of struct loader for a form. */
#define WHOLE_FIELD whole
#define LINES_FIELD line
#define STREAM_FIELD stream

static const struct loader rows[] = {
#define LOADER(name, list, kind, bytes, text) \
	{ .id = #name,                        \
	  .patterns = list,                   \
	  .form = LOADER_##kind,              \
	  .max = bytes,                       \
	  .what = text,                       \
	  .kind##_FIELD = load_##name },
#define LOADER_STATE(name, list, kind, bytes, text) \
	{ .id = #name,                              \
	  .patterns = list,                         \
	  .form = LOADER_##kind,                    \
	  .max = bytes,                             \
	  .what = text,                             \
	  .kind##_FIELD = load_##name,              \
	  .begin = load_##name##_begin,             \
	  .end = load_##name##_end },
#include "workstation/case/loaders.def"
#undef LOADER
#undef LOADER_STATE
};

const struct loader *loader_at(size_t i)
{
	return i < COUNT(rows) ? &rows[i] : NULL;
}

int loader_finish(const struct finishing *f)
{
	static int (*const steps[])(const struct finishing *) = {
#define FINISH(id, what) finish_##id,
#include "workstation/case/finish.def"
#undef FINISH
	};

	for (size_t i = 0; i < COUNT(steps); i++)
		if (steps[i](f) != 0)
			return -1;
	return 0;
}

static int put_note(struct loading *l, int64_t pos, int64_t line, const char *kind,
		    struct bytes text)
{
	struct case_note row;

	case_init_note(&row);
	row.object = l->object;
	row.pos = pos;
	row.line = line;
	row.parser = l->id;
	row.kind = kind;
	row.text = text;
	return case_put_note(l->db, &row, l->e);
}

int loader_note(struct loading *l, int64_t pos, int64_t line, const char *kind, const char *format,
		...)
{
	char text[NOTE_MAX];
	va_list args;
	int n;

	if (++l->notes > LOADER_NOTES_MAX)
		return 0;
	va_start(args, format);
	n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (n < 0)
		n = 0;
	if ((size_t)n >= sizeof(text))
		n = sizeof(text) - 1;
	return put_note(l, pos, line, kind, (struct bytes){ text, (size_t)n });
}

int loader_notes_end(struct loading *l)
{
	char text[80];
	int n;

	if (l->notes <= LOADER_NOTES_MAX)
		return 0;
	n = snprintf(text, sizeof(text), "%u notes more of this kind are left out",
		     l->notes - LOADER_NOTES_MAX);
	return put_note(l, CASE_NULL, CASE_NULL, "more", (struct bytes){ text, (size_t)n });
}

void loader_run_end(struct loader_run *run)
{
	live_free(run->live);
	zones_free(run->zones);
	*run = (struct loader_run){ .live = NULL };
}

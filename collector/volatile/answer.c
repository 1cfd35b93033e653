#include "collector/volatile/answer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/text.h"

static const struct {
	int oserr;
	enum gap gap;
} by_errno[] = {
	{ EPERM, GAP_PERMISSION }, { EACCES, GAP_PERMISSION },
	{ ENOSYS, GAP_UNSUPPORTED }, { EOPNOTSUPP, GAP_UNSUPPORTED },
	{ EPROTONOSUPPORT, GAP_UNSUPPORTED }, { EAFNOSUPPORT, GAP_UNSUPPORTED },
	{ EINVAL, GAP_UNSUPPORTED }, { ECONNREFUSED, GAP_UNSUPPORTED },
	{ ENOENT, GAP_UNSUPPORTED }, { EAGAIN, GAP_HUNG },
};

void answer_begin(struct answer *a, struct source_env *env, const char *fmt, ...)
{
	va_list args;

	memset(a, 0, sizeof(*a));
	a->env = env;
	buf_init(&a->part, ANSWER_PART);
	buf_init(&a->note, ANSWER_NOTE_MAX);
	va_start(args, fmt);
	vsnprintf(a->name, sizeof(a->name), fmt, args);
	va_end(args);
	a->begun = clock_read();
}

void answer_note(struct answer *a, const char *fmt, ...)
{
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	a->with_note = true;
	buf_putc(&a->note, ',');
	buf_puts(&a->note, text);
}

void answer_note_bytes(struct answer *a, const char *key, const void *data, size_t n)
{
	answer_note(a, "\"%s\":\"", key);
	text_base64(&a->note, data, n);
	buf_putc(&a->note, '"');
}

/* May these bytes still be taken?  Then they are taken off. */
static bool afford(struct source_env *env, uint64_t n)
{
	uint64_t left;

	if (env->budget == NULL)
		return true;
	left = atomic_load(env->budget);
	while (left >= n)
		if (atomic_compare_exchange_weak(env->budget, &left, left - n))
			return true;
	return false;
}

static int give(struct source_env *env, struct item *it, const struct buf *b,
		struct item_end *how)
{
	struct sink *to = env->to;

	it->category = env->category;
	it->artifact = env->artifact;
	it->live = true;
	it->depth = DEPTH_CONTENT;
	if (b != NULL && !afford(env, b->len)) {
		*how = (struct item_end){ .gap = GAP_BUDGET };
		b = NULL;
	}
	it->type = b == NULL ? ITEM_UNKNOWN : ITEM_FILE;
	it->promise = b == NULL ? 0 : b->len;
	if (to->begin(to, it) < 0 ||
	    (b != NULL && b->len > 0 && to->write(to, b->p, b->len) < 0))
		return -1;
	how->closed = clock_read();
	return to->end(to, how);
}

/* What is gathered becomes the next member. */
static int give_part(struct answer *a, struct item_end how)
{
	char name[ANSWER_NAME_MAX + 16];
	struct item it = { .opened = a->begun };

	snprintf(name, sizeof(name), a->parts == 0 ? "%s" : "%s.%u", a->name, a->parts);
	it.path = (struct bytes){ name, strlen(name) };
	a->parts++;
	a->length += a->part.len;
	if (give(a->env, &it, &a->part, &how) < 0)
		return -1;
	buf_clear(&a->part);
	return 0;
}

int answer_add(struct answer *a, const void *data, size_t n)
{
	struct item_end how = { .gap = GAP_NONE };

	if (a->part.len + n > ANSWER_PART && a->part.len > 0 && give_part(a, how) < 0)
		return -1;
	buf_add(&a->part, data, n);
	if (a->part.failed)
		answer_fail(a, GAP_INTERNAL, ENOMEM, NULL);
	return 0;
}

int answer_add_long(struct answer *a, const void *data, size_t n)
{
	const unsigned char *p = data;

	for (size_t at = 0; at < n; at += ANSWER_PART) {
		size_t part = n - at < ANSWER_PART ? n - at : ANSWER_PART;

		if (answer_add(a, p + at, part) < 0)
			return -1;
	}
	return 0;
}

uint64_t answer_mark(const struct answer *a)
{
	return a->length + a->part.len;
}

bool answer_rewind(struct answer *a, uint64_t mark)
{
	if (mark < a->length)
		return false;
	a->part.len = (size_t)(mark - a->length);
	return true;
}

int answer_fail(struct answer *a, enum gap gap, int oserr, const char *syscall)
{
	if (a->gap == GAP_NONE) {
		a->gap = gap;
		a->oserr = oserr;
		a->syscall = syscall;
	}
	return 0;
}

static enum gap gap_of(int oserr)
{
	for (size_t i = 0; i < sizeof(by_errno) / sizeof(by_errno[0]); i++)
		if (by_errno[i].oserr == oserr)
			return by_errno[i].gap;
	return GAP_INCOMPLETE;
}

int answer_errno(struct answer *a, int oserr, const char *syscall)
{
	return answer_fail(a, gap_of(oserr), oserr, syscall);
}

int answer_refused(struct source_env *env, const char *name, int oserr, const char *syscall)
{
	return answer_gap(env, name, gap_of(oserr), oserr, syscall);
}

static void put_instant(struct buf *b, const char *name, struct instant t)
{
	buf_printf(b, "\"%s\":[%lld,%u]", name, (long long)t.sec, t.nsec);
}

static void put_clocks(struct buf *b, const char *key, struct clocks c)
{
	buf_printf(b, ",\"%s\":{", key);
	put_instant(b, "realtime", c.realtime);
	buf_putc(b, ',');
	put_instant(b, "monotonic", c.monotonic);
	buf_putc(b, ',');
	put_instant(b, "boottime", c.boottime);
	buf_putc(b, '}');
}

static void put_json(const struct answer *a, struct buf *b)
{
	buf_puts(b, "{\"source\":");
	text_json(b, a->env->artifact, strlen(a->env->artifact));
	buf_puts(b, ",\"kernel\":");
	text_json_escaped(b, a->env->release, strlen(a->env->release));
	buf_add(b, a->note.p, a->note.len);
	buf_printf(b, ",\"length\":%llu,\"parts\":%u,\"gap\":\"%s\"",
		   (unsigned long long)a->length, a->parts, gap_word(a->gap));
	if (a->oserr != 0)
		buf_printf(b, ",\"errno\":%d,\"errname\":\"%s\"", a->oserr, err_name(a->oserr));
	if (a->blanked != 0)
		buf_printf(b, ",\"keys_blanked\":%u", a->blanked);
	put_clocks(b, "begin", a->begun);
	put_clocks(b, "end", clock_read());
	buf_puts(b, "}\n");
}

static int give_json(struct answer *a)
{
	char name[ANSWER_NAME_MAX + 16];
	struct item it = { .opened = a->begun };
	struct item_end how = { .gap = GAP_NONE };
	struct buf b;
	int end;

	snprintf(name, sizeof(name), "%s.json", a->name);
	it.path = (struct bytes){ name, strlen(name) };
	buf_init(&b, ANSWER_NOTE_MAX + 4096);
	put_json(a, &b);
	end = give(a->env, &it, &b, &how);
	buf_release(&b);
	return end;
}

/* Something of it is there: then the rest is missing, whatever the reason. */
static enum gap gap_of_a_part(enum gap gap)
{
	enum result r = gap_result(gap);

	return r == RESULT_OK || r == RESULT_PARTIAL ? gap : GAP_INCOMPLETE;
}

int answer_end(struct answer *a)
{
	struct item_end how = { .oserr = a->oserr, .syscall = a->syscall, .offset = a->part.len };
	bool some = a->parts > 0 || a->part.len > 0;
	int end;

	if (a->gap != GAP_NONE && !some) {
		end = answer_gap(a->env, a->name, a->gap, a->oserr, a->syscall);
	} else {
		how.gap = a->gap = gap_of_a_part(a->gap);
		end = give_part(a, how);
		if (end == 0 && a->with_note)
			end = give_json(a);
	}
	buf_release(&a->part);
	buf_release(&a->note);
	return end;
}

int answer_gap(struct source_env *env, const char *name, enum gap gap, int oserr,
	       const char *syscall)
{
	struct item it = { .path = { name, strlen(name) }, .opened = clock_read() };
	struct item_end how = { .gap = gap, .oserr = oserr, .syscall = syscall };

	return give(env, &it, NULL, &how);
}

int answer_open_whole(struct answer *a, uint64_t promise)
{
	struct item it = { .path = { a->name, strlen(a->name) }, .category = a->env->category,
			   .artifact = a->env->artifact, .live = true, .type = ITEM_FILE,
			   .depth = DEPTH_CONTENT, .promise = promise, .opened = a->begun };

	if (!afford(a->env, promise)) {
		answer_fail(a, GAP_BUDGET, 0, NULL);
		return 1;
	}
	return a->env->to->begin(a->env->to, &it) < 0 ? -1 : 0;
}

/* The item that answer_open_whole began. */
static int end_whole(struct answer *a, uint64_t sent)
{
	struct item_end how = { .oserr = a->oserr, .syscall = a->syscall };

	a->length = sent;
	a->parts = 1;
	how.gap = a->gap = gap_of_a_part(a->gap);
	how.closed = clock_read();
	return a->env->to->end(a->env->to, &how);
}

int answer_end_whole(struct answer *a, bool open, uint64_t sent)
{
	int end = open ? end_whole(a, sent) :
		  answer_gap(a->env, a->name, a->gap, a->oserr, a->syscall);

	if (end == 0)
		end = give_json(a);
	buf_release(&a->part);
	buf_release(&a->note);
	return end;
}

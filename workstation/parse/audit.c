#include "workstation/parse/audit.h"

#include <stdlib.h>
#include <string.h>

#include "workstation/parse/line.h"

#define ENRICHED '\x1d'
#define SEC_MAX 9000000000u /* fits into nanoseconds of 64 bits */

/* Names in the order of enum audit_what; hex: the kernel or auditd may write it in hex. */
static const struct field {
	const char *name;
	bool hex;
} fields[AUDIT_FIELDS] = {
	[AUDIT_EXE] = { "exe", true },
	[AUDIT_COMM] = { "comm", true },
	[AUDIT_CMD] = { "cmd", true },
	[AUDIT_CWD] = { "cwd", true },
	[AUDIT_ACCT] = { "acct", true },
	[AUDIT_ADDR] = { "addr", false },
	[AUDIT_HOSTNAME] = { "hostname", false },
	[AUDIT_TERMINAL] = { "terminal", false },
	[AUDIT_TTY] = { "tty", false },
	[AUDIT_OP] = { "op", false },
	[AUDIT_RES] = { "res", false },
	[AUDIT_SUCCESS] = { "success", false },
	[AUDIT_EXIT] = { "exit", false },
	[AUDIT_SYSCALL] = { "syscall", false },
	[AUDIT_UID] = { "uid", false },
	[AUDIT_AUID] = { "auid", false },
	[AUDIT_PID] = { "pid", false },
	[AUDIT_PPID] = { "ppid", false },
	[AUDIT_SES] = { "ses", false },
	[AUDIT_KEY] = { "key", true },
	[AUDIT_UNIT] = { "unit", false },
	[AUDIT_PROCTITLE] = { "proctitle", true },
	[AUDIT_NAME] = { "name", true },
	[AUDIT_SYSCALL_NAME] = { "SYSCALL", false },
	[AUDIT_UID_NAME] = { "UID", false },
	[AUDIT_AUID_NAME] = { "AUID", false },
	[AUDIT_ARGV] = { "argv", true },
};

const char *audit_name(enum audit_what what)
{
	return fields[what].name;
}

bool audit_parse(const char *text, size_t n, struct audit_line *out)
{
	struct scan s = scan_begin(text, n);
	uint64_t sec;
	unsigned ms = 0;

	if (scan_begins((struct bytes){ s.p, n }, "node=") && !line_to(&s, " ", NULL))
		return false;
	if (!line_text(&s, "type="))
		return false;
	out->type = line_until(&s, " ");
	if (!line_text(&s, " msg=audit(") || !line_u64(&s, &sec) || sec > SEC_MAX ||
	    !line_char(&s, '.') || !line_digits(&s, 3, &ms) || !line_char(&s, ':') ||
	    !line_u64(&s, &out->serial) || !line_text(&s, "):"))
		return false;
	out->time_ns = (int64_t)sec * 1000000000 + (int64_t)ms * 1000000;
	out->fields = s;
	return true;
}

static bool is_between(char c)
{
	return c == ' ' || c == ',' || c == ENRICHED || c == '\'' || c == '\t' || c == '(';
}

bool audit_field(struct scan *s, struct bytes *key, struct bytes *value, bool *quoted)
{
	for (;;) {
		while (!line_ended(s) && is_between(*s->p))
			s->p++;
		if (line_ended(s))
			return false;
		*key = line_until(s, "= ,'\x1d\t");
		if (!line_char(s, '='))
			continue;
		/* the fields inside msg='...' are like others */
		if (line_char(s, '\''))
			continue;
		*quoted = line_char(s, '"');
		*value = line_until(s, *quoted ? "\"" : " '\x1d\t");
		line_char(s, '"');
		/* older writers put (hostname=?, addr=? res=success) */
		if (!*quoted && !scan_begins(*value, "(") &&
		    (scan_ends(*value, ")") || scan_ends(*value, ",")))
			value->len--;
		return true;
	}
}

static bool is_hex(struct bytes b)
{
	const char *p = b.p;

	for (size_t i = 0; i < b.len; i++)
		if (line_hex(p[i]) < 0)
			return false;
	return b.len >= 2 && b.len % 2 == 0;
}

static void put(struct buf *out, const char *p, size_t n)
{
	size_t room = out->max - out->len;

	buf_add(out, p, n < room ? n : room);
}

void audit_decode(struct bytes value, bool quoted, struct buf *out)
{
	const char *p = value.p;

	if (quoted || !is_hex(value)) {
		put(out, p, value.len);
		return;
	}
	for (size_t i = 0; i < value.len; i += 2) {
		char c = (char)(line_hex(p[i]) << 4 | line_hex(p[i + 1]));

		put(out, &c, 1);
	}
}

void audit_begin(struct audit *a, audit_emit *emit, void *ctx)
{
	memset(a, 0, sizeof(*a));
	a->emit = emit;
	a->ctx = ctx;
	for (unsigned i = 0; i < AUDIT_OPEN; i++)
		for (unsigned k = 0; k < AUDIT_FIELDS; k++)
			buf_init(&a->open[i].field[k], AUDIT_TEXT_MAX);
}

void audit_release(struct audit *a)
{
	for (unsigned i = 0; i < AUDIT_OPEN; i++)
		for (unsigned k = 0; k < AUDIT_FIELDS; k++)
			buf_release(&a->open[i].field[k]);
}

static int flush(struct audit *a, struct audit_event *ev)
{
	int r = 0;

	if (ev->used)
		r = a->emit(a->ctx, ev);
	ev->used = false;
	for (unsigned k = 0; k < AUDIT_FIELDS; k++)
		buf_clear(&ev->field[k]);
	return r < 0 ? r : -r;
}

static bool is_nothing(struct bytes v)
{
	return scan_is(v, "?") || scan_is(v, "(null)") || scan_is(v, "(none)");
}

/* a0, a1, ... of EXECVE, and their parts a1[0]; not the lengths a1_len. */
static bool is_argument(struct bytes key)
{
	struct scan s = line_of(key);
	uint64_t number;

	return line_char(&s, 'a') && line_u64(&s, &number) &&
	       (line_ended(&s) || line_char(&s, '['));
}

static void add_words(struct buf *b, struct bytes value, bool quoted)
{
	if (b->len > 0)
		put(b, " ", 1);
	audit_decode(value, quoted, b);
}

static void add_field(struct audit_event *ev, struct bytes key, struct bytes value, bool quoted)
{
	for (unsigned k = 0; k < AUDIT_FIELDS; k++) {
		struct buf *b = &ev->field[k];

		if (!scan_is(key, fields[k].name) || is_nothing(value))
			continue;
		if (k == AUDIT_NAME)
			add_words(b, value, quoted);
		else if (b->len == 0)
			audit_decode(value, quoted || !fields[k].hex, b);
	}
}

static void add_record(struct audit_event *ev, struct audit_line *l)
{
	bool quoted, executes = scan_is(l->type, "EXECVE");
	struct bytes key, value;
	struct buf *title = &ev->field[AUDIT_PROCTITLE];

	ev->executes |= executes;
	while (audit_field(&l->fields, &key, &value, &quoted)) {
		if (executes && is_argument(key))
			add_words(&ev->field[AUDIT_ARGV], value, quoted);
		else if (!executes)
			add_field(ev, key, value, quoted);
	}
	/* arguments with NUL between */
	for (size_t i = 0; i < title->len; i++)
		title->p[i] = title->p[i] == '\0' ? ' ' : title->p[i];
}

static struct audit_event *find(struct audit *a, const struct audit_line *l)
{
	for (unsigned i = 0; i < AUDIT_OPEN; i++) {
		struct audit_event *ev = &a->open[i];

		if (ev->used && ev->serial == l->serial && ev->time_ns == l->time_ns)
			return ev;
	}
	return NULL;
}

int audit_line(struct audit *a, const char *s, size_t n, uint64_t pos, uint64_t line)
{
	struct audit_line l;
	struct audit_event *ev;
	int r = 0;

	if (!audit_parse(s, n, &l))
		return 1;
	ev = find(a, &l);
	if (ev == NULL) {
		ev = &a->open[a->oldest];
		a->oldest = (a->oldest + 1) % AUDIT_OPEN;
		r = flush(a, ev);
		ev->used = true;
		ev->executes = false;
		ev->pos = pos;
		ev->line = line;
		ev->time_ns = l.time_ns;
		ev->serial = l.serial;
		n = l.type.len < sizeof(ev->type) - 1 ? l.type.len : sizeof(ev->type) - 1;
		memcpy(ev->type, l.type.p, n);
		ev->type[n] = '\0';
	}
	add_record(ev, &l);
	if (r == 0 && (scan_is(l.type, "EOE") || scan_is(l.type, "PROCTITLE")))
		r = flush(a, ev);
	return r;
}

int audit_finish(struct audit *a)
{
	int r = 0;

	for (unsigned i = 0; i < AUDIT_OPEN && r == 0; i++)
		r = flush(a, &a->open[(a->oldest + i) % AUDIT_OPEN]);
	return r;
}

#include "workstation/parse/history.h"

#include <string.h>

#include "workstation/parse/line.h"

#define NS 1000000000
#define SEC_MAX 9000000000u /* fits into nanoseconds of 64 bits */
#define META '\x83'

static const struct name {
	const char *file, *word;
	enum history_kind kind;
} names[] = {
	{ ".bash_history", "bash", HISTORY_BASH },
	{ ".zsh_history", "zsh", HISTORY_ZSH },
	{ ".zhistory", "zsh", HISTORY_ZSH },
	{ ".histfile", "zsh", HISTORY_ZSH },
	{ "fish_history", "fish", HISTORY_FISH },
	{ ".ash_history", "sh", HISTORY_PLAIN },
	{ ".sh_history", "sh", HISTORY_BASH },
	{ ".ksh_history", "sh", HISTORY_PLAIN },
	{ ".history", "sh", HISTORY_BASH },
	{ ".tcsh_history", "sh", HISTORY_BASH },
	{ ".python_history", "python", HISTORY_PLAIN },
	{ ".mysql_history", "mysql", HISTORY_PLAIN },
	{ ".mariadb_history", "mysql", HISTORY_PLAIN },
	{ ".psql_history", "psql", HISTORY_PLAIN },
	{ ".sqlite_history", "sqlite", HISTORY_PLAIN },
	{ ".rediscli_history", "redis", HISTORY_PLAIN },
	{ ".node_repl_history", "node", HISTORY_PLAIN },
	{ ".php_history", "php", HISTORY_PLAIN },
	{ ".irb_history", "ruby", HISTORY_PLAIN },
	{ ".gdb_history", "gdb", HISTORY_PLAIN },
	{ ".lesshst", "less", HISTORY_LESS },
	{ ".viminfo", "vim", HISTORY_VIM },
	{ ".wget-hsts", "wget", HISTORY_HSTS },
};

const char *history_kind_of(struct bytes path, enum history_kind *kind)
{
	struct bytes last = line_last(path);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!scan_is(last, names[i].file))
			continue;
		*kind = names[i].kind;
		return names[i].word;
	}
	return NULL;
}

void history_begin(struct history *h, enum history_kind kind, history_emit *emit, void *ctx)
{
	memset(h, 0, sizeof(*h));
	h->kind = kind;
	h->emit = emit;
	h->ctx = ctx;
	h->next_ns = HISTORY_NO_TIME;
	buf_init(&h->text, HISTORY_TEXT_MAX);
}

void history_release(struct history *h)
{
	buf_release(&h->text);
}

/* Hand out the command that waits. */
static int flush(struct history *h)
{
	if (!h->open)
		return 0;
	h->open = false;
	h->row.text = (struct bytes){ h->text.p, h->text.len };
	return h->text.len > 0 ? h->emit(h->ctx, &h->row) : 0;
}

static void begin_row(struct history *h, uint64_t pos, uint64_t line)
{
	buf_clear(&h->text);
	h->row = (struct history_row){ .pos = pos, .line = line, .time_ns = h->next_ns };
	h->next_ns = HISTORY_NO_TIME;
	h->open = true;
}

/* What does not fit is left out, and what was there stays. */
static void add(struct history *h, const char *s, size_t n)
{
	size_t room = h->text.max - h->text.len;

	buf_add(&h->text, s, n < room ? n : room);
}

static bool read_time(struct scan *s, int64_t *ns)
{
	struct scan at = *s;
	uint64_t sec;

	if (!line_u64(&at, &sec) || sec > SEC_MAX)
		return false;
	*ns = (int64_t)sec * NS;
	*s = at;
	return true;
}

/* Does the command go on after these bytes: a backslash at the end, or quotes that are open? */
static bool goes_on(struct history *h, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '\\' && h->quote != '\'') {
			if (i + 1 == n)
				return true;
			i++;
		} else if (h->quote != 0) {
			h->quote = s[i] == h->quote ? 0 : h->quote;
		} else if (s[i] == '\'' || s[i] == '"') {
			h->quote = s[i];
		}
	}
	return h->quote != 0;
}

static int line_bash(struct history *h, struct scan s, uint64_t pos, uint64_t line)
{
	struct scan at = s;
	int r = 0;

	if (line_char(&at, '#') && read_time(&at, &h->next_ns) && line_ended(&at))
		return flush(h);
	if (h->open && h->more) {
		add(h, "\n", 1);
	} else {
		r = flush(h);
		begin_row(h, pos, line);
		h->quote = 0;
	}
	add(h, s.p, (size_t)(s.end - s.p));
	/* without times, nothing tells where an entry ends: one line each */
	h->more = goes_on(h, s.p, (size_t)(s.end - s.p)) && h->row.time_ns != HISTORY_NO_TIME &&
		  h->text.len < h->text.max;
	return r;
}

static void add_unmeta(struct history *h, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char c = s[i];

		if (c == META && i + 1 < n)
			c = (char)(s[++i] ^ 0x20);
		add(h, &c, 1);
	}
}

static int line_zsh(struct history *h, struct scan s, uint64_t pos, uint64_t line)
{
	bool more = s.end > s.p && s.end[-1] == '\\';
	bool first = !h->open;
	struct scan at = s;
	uint64_t took;

	if (first) {
		if (line_text(&at, ": ") && read_time(&at, &h->next_ns) && line_char(&at, ':') &&
		    line_u64(&at, &took) && line_char(&at, ';'))
			s = at;
		else
			h->next_ns = HISTORY_NO_TIME;
		begin_row(h, pos, line);
	} else {
		add(h, "\n", 1);
	}
	add_unmeta(h, s.p, (size_t)(s.end - s.p) - (more && s.end > s.p));
	return more ? 0 : flush(h);
}

static void add_fish(struct history *h, struct bytes b)
{
	const char *s = b.p;

	for (size_t i = 0; i < b.len; i++) {
		char c = s[i];

		if (c == '\\' && i + 1 < b.len) {
			c = s[++i];
			c = c == 'n' ? '\n' : c;
		}
		add(h, &c, 1);
	}
}

static int line_fish(struct history *h, struct scan s, uint64_t pos, uint64_t line)
{
	int r = 0;

	if (line_text(&s, "- cmd: ")) {
		r = flush(h);
		begin_row(h, pos, line);
		add_fish(h, line_rest(&s));
	} else if (h->open && line_text(&s, "  when: ")) {
		read_time(&s, &h->row.time_ns);
	}
	return r;
}

/* Octal escapes of libedit's vis(3): \040 and the like. */
static void add_vis(struct history *h, struct scan s)
{
	for (; !line_ended(&s); s.p++) {
		char c = *s.p;

		if (c == '\\' && s.end - s.p >= 4 && s.p[1] >= '0' && s.p[1] <= '3' &&
		    s.p[2] >= '0' && s.p[2] <= '7' && s.p[3] >= '0' && s.p[3] <= '7') {
			c = (char)((s.p[1] - '0') << 6 | (s.p[2] - '0') << 3 | (s.p[3] - '0'));
			s.p += 3;
		}
		add(h, &c, 1);
	}
}

static int line_plain(struct history *h, struct scan s, uint64_t pos, uint64_t line)
{
	if (line == 1 && scan_is((struct bytes){ s.p, (size_t)(s.end - s.p) }, "_HiStOrY_V2_")) {
		h->escaped = true;
		return 0;
	}
	begin_row(h, pos, line);
	if (h->escaped)
		add_vis(h, s);
	else
		add(h, s.p, (size_t)(s.end - s.p));
	return flush(h);
}

/* Sections ".search" and ".shell", in which each line has a quote in front. */
static int line_less(struct history *h, struct scan s, uint64_t pos, uint64_t line)
{
	if (line_char(&s, '.')) {
		h->prefix = line_text(&s, "search") ? '/' : line_text(&s, "shell") ? '!' : 0;
		return 0;
	}
	if (h->prefix == 0 || !line_char(&s, '"'))
		return 0;
	begin_row(h, pos, line);
	add(h, &h->prefix, 1);
	add(h, s.p, (size_t)(s.end - s.p));
	return flush(h);
}

/* "|2,0,1700000000,,"text"" stands behind the line that it repeats and adds the time. */
static bool vim_time(struct scan s, int64_t *ns)
{
	uint64_t type;

	return line_text(&s, "|2,") && line_u64(&s, &type) && line_char(&s, ',') &&
	       read_time(&s, ns);
}

static int line_vim(struct history *h, struct scan s, uint64_t pos, uint64_t line)
{
	int64_t ns;
	int r;

	if (h->open && vim_time(s, &ns)) {
		h->row.time_ns = ns;
		return flush(h);
	}
	/* what follows "> FILE" is "\t*\tTIME\t0": when the file was left */
	if (h->open && line_text(&s, "\t*\t")) {
		read_time(&s, &h->row.time_ns);
		return flush(h);
	}
	r = flush(h);
	if (line_ended(&s) || strchr(":/?>", *s.p) == NULL || (*s.p == '>' && s.end - s.p < 3))
		return r;
	begin_row(h, pos, line);
	add(h, s.p, (size_t)(s.end - s.p));
	return r;
}

/* HOST, PORT, INCLUDE_SUBDOMAINS, CREATED, MAX_AGE with tabs between; # begins a comment. */
static int line_hsts(struct history *h, struct scan s, uint64_t pos, uint64_t line)
{
	struct bytes host = line_until(&s, "\t");
	uint64_t port, sub;

	if (host.len == 0 || *(const char *)host.p == '#' || !line_char(&s, '\t') ||
	    !line_u64(&s, &port) || !line_char(&s, '\t') || !line_u64(&s, &sub) ||
	    !line_char(&s, '\t') || !read_time(&s, &h->next_ns))
		return 0;
	begin_row(h, pos, line);
	add(h, "https://", 8);
	add(h, host.p, host.len);
	return flush(h);
}

int history_line(struct history *h, const char *s, size_t n, uint64_t pos, uint64_t line)
{
	static int (*const readers[])(struct history * h, struct scan s, uint64_t pos,
				      uint64_t line) = {
		[HISTORY_PLAIN] = line_plain, [HISTORY_BASH] = line_bash, [HISTORY_ZSH] = line_zsh,
		[HISTORY_FISH] = line_fish,   [HISTORY_LESS] = line_less, [HISTORY_VIM] = line_vim,
		[HISTORY_HSTS] = line_hsts,
	};

	return readers[h->kind](h, scan_begin(s, n), pos, line);
}

int history_finish(struct history *h)
{
	return flush(h);
}

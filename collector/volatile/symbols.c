#include "collector/volatile/symbols.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/fd.h"

#define CHUNK 65536u
#define LINE_MAX_KEPT 1024u		/* longer lines (none are known) are passed over */

_Static_assert(SYMBOL_COUNT <= 64, "a bit for each symbol");

static const struct {
	const char *name;
	size_t len;
} rows[] = {
#define SYMBOL(id, name) { name, sizeof(name) - 1 },
#include "collector/volatile/symbols.def"
#undef SYMBOL
};

static bool ends_name(const char *name, size_t n, size_t at)
{
	return at == n || name[at] == '.' || name[at] == '\t' || name[at] == ' ';
}

void symbols_line(struct symbols *s, const char *line, size_t n)
{
	const char *space = memchr(line, ' ', n);
	const char *name = space == NULL ? NULL : space + 3;	/* behind " t " */
	const char *end = line + n;

	if (name == NULL || name >= end)
		return;
	n = (size_t)(end - name);
	for (unsigned i = 0; i < SYMBOL_COUNT; i++)
		if (n >= rows[i].len && name[0] == rows[i].name[0] &&
		    memcmp(name, rows[i].name, rows[i].len) == 0 && ends_name(name, n, rows[i].len))
			s->seen |= UINT64_C(1) << i;
}

/* The whole lines of a chunk; returns the bytes of the line that is cut at its end. */
static size_t take_lines(struct symbols *s, const char *text, size_t n)
{
	const char *end = text + n;
	const char *newline;

	while ((newline = memchr(text, '\n', (size_t)(end - text))) != NULL) {
		symbols_line(s, text, (size_t)(newline - text));
		text = newline + 1;
	}
	return (size_t)(end - text);
}

static int read_all(struct symbols *s, int fd, struct pulse *pulse)
{
	char text[LINE_MAX_KEPT + CHUNK];
	size_t kept = 0;
	ssize_t n;

	for (;;) {
		pulse_call(pulse, PULSE_READ);
		n = read(fd, text + kept, CHUNK);
		pulse_idle(pulse);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return (int)n;
		n += (ssize_t)kept;
		kept = take_lines(s, text, (size_t)n);
		if (kept > LINE_MAX_KEPT)
			kept = 0;
		memmove(text, text + n - kept, kept);
	}
}

void symbols_load(struct symbols *s, int proc_fd, struct pulse *pulse)
{
	int fd CLEANUP(fd_close) = -1;

	if (s->state != SYMBOLS_UNREAD)
		return;
	pulse_call(pulse, PULSE_OPEN);
	fd = openat(proc_fd, "kallsyms", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	pulse_idle(pulse);
	s->seen = 0;
	s->state = SYMBOLS_READ;
	if (fd >= 0 && read_all(s, fd, pulse) == 0)
		return;
	s->oserr = errno;
	s->seen = 0;
	s->state = SYMBOLS_ABSENT;
}

bool symbols_has(const struct symbols *s, enum symbol which)
{
	return (s->seen >> which & 1) != 0;
}

const char *symbols_name(enum symbol which)
{
	return (unsigned)which < SYMBOL_COUNT ? rows[which].name : "?";
}

#include "workstation/custody/ask.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/fd.h"

bool ask_possible(void)
{
	return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

static int put_question(const char *question, const char *behind, struct err *e)
{
	struct buf b;
	int r;

	buf_init(&b, 4096);
	buf_printf(&b, "%s%s ", question, behind);
	r = fd_write_all(STDERR_FILENO, b.p != NULL ? b.p : "", b.len);
	buf_release(&b);
	return r == 0 ? 0 : err_set(e, errno, "asking on the terminal");
}

/* One line, byte by byte: what follows it belongs to the next question. */
static int get_line(char *line, size_t room, struct err *e)
{
	size_t n = 0;
	ssize_t got;

	while ((got = fd_read_full(STDIN_FILENO, line + n, 1)) == 1 && line[n] != '\n') {
		if (++n == room)
			return err_set(e, 0, "the answer is longer than %zu bytes", room);
	}
	if (got != 1)
		return err_set(e, 0, "the input ended before the questions did");
	line[n] = '\0';
	return 0;
}

static char *trimmed(char *s)
{
	size_t n;

	s += strspn(s, " \t");
	for (n = strlen(s); n > 0 && strchr(" \t\r", s[n - 1]) != NULL; n--)
		s[n - 1] = '\0';
	return s;
}

int ask_line(const char *question, bool needed, struct buf *out, struct err *e)
{
	char line[ASK_LINE_MAX + 1];
	const char *answer;

	do {
		if (put_question(question, needed ? ":" : " (may stay empty):", e) != 0 ||
		    get_line(line, ASK_LINE_MAX, e) != 0)
			return -1;
		answer = trimmed(line);
	} while (needed && *answer == '\0');
	buf_add(out, answer, strlen(answer) + 1);
	return out->failed ? err_set(e, 0, "the answers are too long") : 0;
}

int ask_yes(const char *question, bool *yes, struct err *e)
{
	char line[ASK_LINE_MAX + 1];
	const char *answer = "";

	while (strcmp(answer, "yes") != 0 && strcmp(answer, "no") != 0) {
		if (put_question(question, " (yes or no)", e) != 0 ||
		    get_line(line, ASK_LINE_MAX, e) != 0)
			return -1;
		answer = trimmed(line);
	}
	*yes = *answer == 'y';
	return 0;
}

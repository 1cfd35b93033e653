#include "workstation/receive/readback.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "lib/seal/key.h"

#define LINE_MAX_TYPED 1024u

int readback_terminal(void)
{
	return open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
}

static void say(int fd, const char *s)
{
	(void)fd_write_all(fd, s, strlen(s));
}

/* One line without its end; false when there is none.  A terminal gives whole lines. */
static bool read_line(int fd, struct buf *line)
{
	char c;
	ssize_t n;

	buf_clear(line);
	for (;;) {
		n = read(fd, &c, 1);
		if (n < 0 && errno == EINTR)
			return false;
		if (n <= 0)
			return line->len > 0;
		if (c == '\n')
			return true;
		if (c != '\r')
			buf_putc(line, c);
	}
}

static bool is_blank(const char *s)
{
	return s[strspn(s, " \t")] == '\0';
}

bool readback_ask(int in, int out, const char *what, struct buf *typed)
{
	static const uint8_t any[32];

	buf_init(typed, LINE_MAX_TYPED);
	for (unsigned i = 0; i < READBACK_TRIES; i++) {
		say(out, "Type ");
		say(out, what);
		say(out, " that the host showed (Enter: it is not at hand): ");
		if (!read_line(in, typed) || is_blank(buf_cstr(typed)))
			break;
		if (!typed->failed && key_short_match(buf_cstr(typed), any) >= 0)
			return true;
		say(out, "That is neither 64 hex digits nor the short form, or mistyped (the "
			 "check letter does not fit).\n");
	}
	buf_release(typed);
	return false;
}

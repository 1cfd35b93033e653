#include "collector/cmd/screen.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/text.h"

#define WIDTH_MIN 20u
#define WIDTH_USUAL 80u

/* A pipe that poll(2) calls writable takes at least so much without waiting. */
#define PIECE_MAX 4096u

void screen_open(struct screen *s, int fd)
{
	struct stat st;

	*s = (struct screen){ .fd = fd };
	if (fstat(fd, &st) != 0) {
		s->fd = -1;
		s->dead = true;
		return;
	}
	s->terminal = isatty(fd);
	s->is_socket = S_ISSOCK(st.st_mode);
}

/* A terminal or a socket takes part of a write and waits for room for the rest, whatever
 * poll said.  Its open description is shared with the shell, so that the mark
 * is set for the one call only. */
static ssize_t write_at_once(int fd, const char *p, size_t n)
{
	int flags = fcntl(fd, F_GETFL), saved;
	ssize_t k;

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0)
		return -1;
	k = write(fd, p, n);
	saved = errno;
	fcntl(fd, F_SETFL, flags);
	errno = saved;
	return k;
}

static ssize_t write_piece(const struct screen *s, const char *p, size_t n)
{
	if (n > PIECE_MAX)
		n = PIECE_MAX;
	return s->terminal || s->is_socket ? write_at_once(s->fd, p, n) : write(s->fd, p, n);
}

/* Waits until there is room or the time is over.  False: show nothing more now. */
static bool wait_room(struct screen *s, uint64_t until_ns)
{
	struct pollfd p = { .fd = s->fd, .events = POLLOUT };
	uint64_t now;
	int r;

	do {
		now = clock_monotonic_ns();
		r = poll(&p, 1, now < until_ns ? (int)((until_ns - now) / 1000000) : 0);
	} while (r < 0 && errno == EINTR);
	if (r > 0 && (p.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0)
		s->dead = true;
	return r > 0 && !s->dead;
}

bool screen_write(struct screen *s, const char *text, size_t n, int patience_ms)
{
	uint64_t until = clock_monotonic_ns() + (uint64_t)patience_ms * 1000000;

	while (n > 0 && !s->dead) {
		ssize_t k;

		if (!wait_room(s, until))
			return false;
		k = write_piece(s, text, n);
		if (k > 0) {
			text += k;
			n -= (size_t)k;
		} else if (errno != EINTR && errno != EAGAIN) {
			s->dead = true;
		} else if (clock_monotonic_ns() >= until) {
			return false;
		}
	}
	return n == 0;
}

void screen_sentence(struct buf *out, const char *s)
{
	while (*s != '\0') {
		size_t n = strcspn(s, "\\");

		text_escape(out, s, n);
		s += n;
		if (*s == '\\') {
			buf_putc(out, '\\');
			s++;
		}
	}
}

unsigned screen_width(const struct screen *s)
{
	struct winsize w = { 0 };

	if (!s->terminal || ioctl(s->fd, TIOCGWINSZ, &w) != 0 || w.ws_col == 0)
		return WIDTH_USUAL;
	return w.ws_col < WIDTH_MIN ? WIDTH_MIN : w.ws_col;
}

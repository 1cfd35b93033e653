#include "collector/volatile/proc_lines.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/fd.h"

int proc_lines_open(struct proc_lines *l, int at, const char *name, struct pulse *pulse)
{
	l->pulse = pulse;
	l->keep = NULL;
	l->oserr = 0;
	l->ended = l->skipping = l->sink_failed = false;
	l->begin = l->end = 0;
	pulse_call(pulse, PULSE_OPEN);
	l->fd = openat(at, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (l->fd < 0)
		l->oserr = errno;
	pulse_idle(pulse);
	return l->fd < 0 ? -1 : 0;
}

void proc_lines_close(struct proc_lines *l)
{
	fd_close(&l->fd);
}

/* More bytes behind those that are there, which move to the front. */
static void fill(struct proc_lines *l)
{
	ssize_t n;

	memmove(l->room, l->room + l->begin, l->end - l->begin);
	l->end -= l->begin;
	l->begin = 0;
	pulse_call(l->pulse, PULSE_READ);
	n = read(l->fd, l->room + l->end, PROC_LINES_ROOM - l->end);
	if (n < 0)
		l->oserr = errno;
	pulse_idle(l->pulse);
	if (n > 0 && l->keep != NULL && answer_add(l->keep, l->room + l->end, (size_t)n) < 0)
		l->sink_failed = true;
	l->ended = n <= 0 || l->sink_failed;
	l->end += n > 0 ? (size_t)n : 0;
}

/* The line up to ${feed}, or what there is of it. */
static char *cut(struct proc_lines *l, const char *feed)
{
	char *line = l->room + l->begin;
	size_t n = feed != NULL ? (size_t)(feed - line) : l->end - l->begin;

	line[n] = '\0';
	l->begin += feed != NULL ? n + 1 : n;
	return line;
}

char *proc_lines_next(struct proc_lines *l)
{
	for (;;) {
		const char *feed = memchr(l->room + l->begin, '\n', l->end - l->begin);
		bool full = l->end - l->begin == PROC_LINES_ROOM, skip = l->skipping;

		if (feed == NULL && !full && !l->ended) {
			fill(l);
			continue;
		}
		if (feed == NULL && l->begin == l->end)
			return NULL;
		l->skipping = feed == NULL && !l->ended;
		if (!skip)
			return cut(l, feed);
		cut(l, feed);
	}
}

char *proc_lines_word(char **line)
{
	char *word = *line + strspn(*line, " \t");
	size_t n = strcspn(word, " \t");

	if (n == 0)
		return NULL;
	*line = word + n + (word[n] != '\0');
	word[n] = '\0';
	return word;
}

bool proc_lines_number(const char **s, int base, char end, uint64_t *out)
{
	char *behind;

	if (!isxdigit((unsigned char)**s))
		return false;
	*out = strtoull(*s, &behind, base);
	if (behind == *s || *behind != end)
		return false;
	*s = behind + (end != '\0');
	return true;
}

#include "collector/volatile/proc_lines.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

struct lines {
	char text[PROC_LINES_MAX];
	size_t have;
	int (*line)(void *ctx, const char *text, size_t n);
	void *ctx;
};

/* The lines that are complete; the beginning of the next one moves to the front. */
static int tell_complete(struct lines *l)
{
	const char *at = l->text, *end = l->text + l->have, *stop;
	int told = 0;

	while (told == 0 && (stop = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		told = l->line(l->ctx, at, (size_t)(stop - at));
		at = stop + 1;
	}
	l->have = (size_t)(end - at);
	memmove(l->text, at, l->have);
	if (l->have == sizeof(l->text))
		l->have = 0;
	return told != 0;
}

static ssize_t fetch(struct source_env *env, int fd, struct lines *l)
{
	ssize_t n;
	int oserr;

	do {
		pulse_call(env->pulse, PULSE_READ);
		n = read(fd, l->text + l->have, sizeof(l->text) - l->have);
		oserr = errno;
		pulse_idle(env->pulse);
	} while (n < 0 && oserr == EINTR);
	errno = oserr;
	return n;
}

int proc_lines_each(struct source_env *env, int fd, struct answer *keep,
		    int (*line)(void *ctx, const char *text, size_t n), void *ctx)
{
	struct lines l = { .line = line, .ctx = ctx };

	for (;;) {
		ssize_t n;

		if (source_stopped(env))
			return 1;
		n = fetch(env, fd, &l);
		if (n <= 0)
			return n < 0 ? -1 : 0;
		if (keep != NULL && answer_add(keep, l.text + l.have, (size_t)n) < 0)
			return -2;
		l.have += (size_t)n;
		if (tell_complete(&l) != 0)
			return 1;
	}
}

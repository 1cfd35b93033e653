#include "collector/acquire/leases.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/clock.h"
#include "lib/base/fd.h"

#define TEXT_MAX (4u << 20)		/* bytes of the table that are looked at: 80,000 locks */
#define CHUNK 65536u
#define AGE_NS UINT64_C(1000000000)

/* A hexadecimal or decimal number before ${end}. */
static bool number(const char **s, int base, char end, uint64_t *out)
{
	char *behind;

	*out = strtoull(*s, &behind, base);
	if (behind == *s || *behind != end)
		return false;
	*s = behind + 1;
	return true;
}

/* A line "1: LEASE  ACTIVE    WRITE 712 08:01:131 0 EOF".  Reading breaks a lease for writing,
 * or one that is being broken. */
static bool parse(char *line, struct lease *out)
{
	enum { NUMBER, KIND, STATE, ACCESS, PID, FILE_ID, START, WORDS };
	const char *word[WORDS], *id;
	uint64_t major, minor;
	char *rest = line;

	for (int i = 0; i < WORDS; i++)
		if ((word[i] = strtok_r(i == 0 ? line : NULL, " ", &rest)) == NULL)
			return false;
	if (strcmp(word[KIND], "LEASE") != 0 && strcmp(word[KIND], "DELEG") != 0)
		return false;
	id = word[FILE_ID];
	if (!number(&id, 16, ':', &major) || !number(&id, 16, ':', &minor) ||
	    !number(&id, 10, '\0', &out->ino))
		return false;
	out->dev = major << 32 | minor;
	return strcmp(word[ACCESS], "READ") != 0 || strcmp(word[STATE], "ACTIVE") != 0;
}

static void read_text(struct buf *b, int at, const char *name, struct pulse *pulse)
{
	int fd CLEANUP(fd_close) = -1;
	ssize_t n = 0;
	char *room;

	pulse_call(pulse, PULSE_READ);
	fd = openat(at, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	while (fd >= 0 && (room = buf_room(b, CHUNK)) != NULL && (n = read(fd, room, CHUNK)) > 0)
		b->len += (size_t)n;
	pulse_idle(pulse);
	b->failed = false;	/* what fits is better than nothing */
	if (b->len > 0)
		b->p[b->len - 1] = '\0';
}

void leases_parse(struct leases *l, char *text)
{
	char *rest = NULL, *line = strtok_r(text, "\n", &rest);

	l->count = 0;
	for (; line != NULL && l->count < LEASES_MAX; line = strtok_r(NULL, "\n", &rest))
		l->count += parse(line, &l->row[l->count]);
}

void leases_read(struct leases *l, int at, const char *name, struct pulse *pulse)
{
	char none[] = "";
	struct buf b;

	l->read_ns = clock_monotonic_ns();
	buf_init(&b, TEXT_MAX);
	read_text(&b, at, name, pulse);
	leases_parse(l, b.len > 0 ? b.p : none);
	buf_release(&b);
}

void leases_refresh(struct leases *l, int at, const char *name, struct pulse *pulse)
{
	if (l->read_ns == 0 || clock_monotonic_ns() - l->read_ns > AGE_NS)
		leases_read(l, at, name, pulse);
}

bool leases_hold(const struct leases *l, uint64_t dev, uint64_t ino)
{
	for (uint32_t i = 0; i < l->count; i++)
		if (l->row[i].ino == ino && l->row[i].dev == dev)
			return true;
	return false;
}

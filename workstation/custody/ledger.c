#include "workstation/custody/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#include "build_id.h"
#include "lib/base/clock.h"
#include "lib/base/fd.h"

#define STAMP_LEN 128u

/* What the program itself says in every line. */
struct stamps {
	char utc[CLOCK_UTC_LEN], local[CLOCK_UTC_LEN], source[STAMP_LEN];
};

/* RFC 3339 with the offset of the zone in which the workstation stands. */
static void local_time(char *out, time_t t)
{
	struct tm tm;
	size_t n;

	localtime_r(&t, &tm);
	n = strftime(out, CLOCK_UTC_LEN - 4, "%Y-%m-%dT%H:%M:%S%z", &tm);
	if (n < 5)
		return;
	/* +0130 to +01:30 */
	memmove(out + n - 1, out + n - 2, 3);
	out[n - 2] = ':';
}

static void stamp(struct stamps *s)
{
	struct timex tx = { .modes = 0 };
	struct instant now = clock_realtime();
	int state = adjtimex(&tx);

	clock_utc(s->utc, now);
	local_time(s->local, (time_t)now.sec);
	if (state < 0 || state == TIME_ERROR)
		snprintf(s->source, sizeof(s->source), "workstation, not synchronised");
	else
		snprintf(s->source, sizeof(s->source),
			 "workstation, synchronised, error at most %ld us", tx.maxerror);
}

void ledger_lacks(const struct ledger_entry *entry, struct buf *out)
{
	for (int f = 0; f < LEDGER_FIELD_COUNT; f++) {
		const char *v = entry->value[f];

		if ((v != NULL && *v != '\0') ||
		    !ledger_line_needs(entry->event, (enum ledger_field)f))
			continue;
		buf_printf(out, "%s%s", out->len > 0 ? ", " : "",
			   ledger_line_key((enum ledger_field)f));
	}
}

static int check_entry(const struct ledger_entry *entry, struct err *e)
{
	struct buf lacks;
	int r = 0;

	if ((unsigned)entry->event >= LEDGER_EVENT_COUNT)
		return err_set(e, 0, "no such event");
	buf_init(&lacks, 4096);
	ledger_lacks(entry, &lacks);
	if (lacks.len > 0)
		r = err_set(e, 0, "an event \"%s\" needs %s",
			    ledger_line_event_word(entry->event), buf_cstr(&lacks));
	buf_release(&lacks);
	return r;
}

/* Write the line behind what is there.  What was written of it in vain is taken back. */
static int put(int fd, const struct buf *b, struct err *e)
{
	off_t end = lseek(fd, 0, SEEK_END);

	if (b->failed)
		return err_set(e, 0, "the entry is longer than a line may be");
	if (end >= 0 && fd_write_all(fd, b->p, b->len) == 0 && fsync(fd) == 0)
		return 0;
	err_set(e, errno, "writing the custody record");
	if (end >= 0 && ftruncate(fd, end) != 0)
		err_set(e, errno, "writing the custody record");
	return -1;
}

/* Complete the line, whose place in the chain is set, and write it. */
static int finish(int fd, struct ledger_line *l, const struct ledger_entry *entry,
		  struct ledger_added *added, struct err *e)
{
	struct stamps s;
	struct buf b;
	int r;

	stamp(&s);
	l->event = entry->event;
	memcpy(l->value, entry->value, sizeof(l->value));
	l->value[LEDGER_UTC] = s.utc;
	l->value[LEDGER_LOCAL] = s.local;
	l->value[LEDGER_TOOL] = "exhibit " EXHIBIT_VERSION " " EXHIBIT_COMMIT;
	if (l->value[LEDGER_TIME_SOURCE] == NULL)
		l->value[LEDGER_TIME_SOURCE] = s.source;
	buf_init(&b, 2 * LEDGER_LINE_MAX);
	ledger_line_write(&b, l);
	r = put(fd, &b, e);
	buf_release(&b);
	added->n = l->n;
	memcpy(added->sha256, l->sha256, sizeof(added->sha256));
	return r;
}

/* A file whose name can be lost is not written yet. */
static int sync_directory(const char *path, struct err *e)
{
	char *copy = strdup(path);
	int fd CLEANUP(fd_close) = -1;
	int r = -1;

	if (copy != NULL)
		fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		r = fsync(fd);
	free(copy);
	return r == 0 ? 0 : err_set(e, errno, "syncing the directory of %.180s", path);
}

int ledger_start(const char *path, const struct ledger_entry *entry,
		 struct ledger_added *added, struct err *e)
{
	struct ledger_line l = { .n = 1 };
	int fd CLEANUP(fd_close) = -1;

	if (check_entry(entry, e) != 0)
		return -1;
	if (getrandom(l.record, sizeof(l.record), 0) != (ssize_t)sizeof(l.record))
		return err_set(e, errno, "random numbers for the custody record");
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_set(e, errno, "making the custody record %.180s", path);
	if (finish(fd, &l, entry, added, e) == 0 && sync_directory(path, e) == 0)
		return 0;
	unlink(path);
	return -1;
}

/* The whole file, which must not be larger than a record can be. */
static int read_text(struct ledger *l, int fd, const char *path, struct err *e)
{
	ssize_t n;

	l->text = malloc(LEDGER_FILE_MAX + 1);
	if (l->text == NULL)
		return err_set(e, errno, "no memory for the custody record");
	n = fd_read_full(fd, l->text, LEDGER_FILE_MAX + 1);
	if (n < 0)
		return err_set(e, errno, "reading the custody record %.180s", path);
	if (n > (ssize_t)LEDGER_FILE_MAX)
		return err_set(e, 0, "%.180s is larger than a custody record can be", path);
	l->len = (size_t)n;
	return 0;
}

int ledger_read(struct ledger *l, int fd, const char *path, struct err *e)
{
	*l = (struct ledger){ 0 };
	if (read_text(l, fd, path, e) != 0)
		return -1;
	return ledger_check_run(&l->check, l->text, l->len, e);
}

int ledger_open(const char *path, bool append, struct err *e)
{
	static const int flags[] = { O_RDONLY, O_RDWR | O_APPEND };
	int fd;

	if (append)
		tzset();
	fd = !append && strcmp(path, "-") == 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) :
	     open(path, flags[append] | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	return fd >= 0 ? fd : err_set(e, errno, "opening the custody record %.180s", path);
}

int ledger_load(struct ledger *l, const char *path, struct err *e)
{
	int fd CLEANUP(fd_close) = ledger_open(path, false, e);

	*l = (struct ledger){ 0 };
	return fd < 0 ? -1 : ledger_read(l, fd, path, e);
}

void ledger_unload(struct ledger *l)
{
	ledger_check_release(&l->check);
	free(l->text);
	*l = (struct ledger){ 0 };
}

/* Set the place of the next line. */
static int follow(struct ledger_line *next, const struct ledger *l, struct err *e)
{
	const struct ledger_check *c = &l->check;
	const struct ledger_line *last;
	struct buf why;

	if (c->worst == LEDGER_NOTE) {
		last = &c->rows[c->count - 1].t.line;
		next->n = last->n + 1;
		memcpy(next->record, last->record, sizeof(next->record));
		memcpy(next->prev, last->sha256, sizeof(next->prev));
		return 0;
	}
	buf_init(&why, 4096);
	for (uint64_t i = 0; i < c->flaw_count && i < LEDGER_CHECK_FLAWS && why.len == 0; i++) {
		if (ledger_check_severity(c->flaws[i].flaw) > LEDGER_NOTE)
			ledger_check_sentence(&why, &c->flaws[i]);
	}
	err_set(e, 0, "nothing is added to a custody record that does not hold: %.150s",
		buf_cstr(&why));
	buf_release(&why);
	return -1;
}

/* Nobody else writes meanwhile, and it is still the file of that name. */
static int lock(int fd, const char *path, struct err *e)
{
	struct stat ours, named;
	int r;

	while ((r = flock(fd, LOCK_EX)) != 0 && errno == EINTR)
		;
	if (r != 0 || fstat(fd, &ours) != 0)
		return err_set(e, errno, "locking the custody record %.180s", path);
	if (stat(path, &named) == 0 && named.st_dev == ours.st_dev && named.st_ino == ours.st_ino)
		return 0;
	return err_set(e, 0, "nothing was written: the custody record %.180s is gone or another "
		       "file than it was", path);
}

int ledger_add(int fd, const char *path, const struct ledger_entry *entry,
	       struct ledger_added *added, struct err *e)
{
	struct ledger_line next = { 0 };
	struct ledger l;
	int r;

	if (check_entry(entry, e) != 0 || lock(fd, path, e) != 0)
		return -1;
	r = ledger_read(&l, fd, path, e);
	if (r == 0)
		r = follow(&next, &l, e);
	if (r == 0)
		r = finish(fd, &next, entry, added, e);
	ledger_unload(&l);
	return r;
}

static const char *value_at(const struct ledger_row *row, enum ledger_field f)
{
	return row->readable ? row->t.line.value[f] : NULL;
}

/* Does the line say what became of the plan?  Not if it is of another archive. */
static bool is_of_plan(const struct ledger_row *row)
{
	const char *match = value_at(row, LEDGER_MATCH);

	return value_at(row, LEDGER_PLAN) != NULL && (match == NULL || strcmp(match, "no") != 0);
}

const char *ledger_value(const struct ledger *l, enum ledger_field f)
{
	bool plan = f == LEDGER_PLAN || f == LEDGER_PLAN_MISSING;
	const char *v = NULL;

	for (size_t i = l->check.count; i > 0 && v == NULL; i--) {
		const struct ledger_row *row = &l->check.rows[i - 1];

		if (plan && is_of_plan(row))
			return value_at(row, f);
		if (!plan)
			v = value_at(row, f);
	}
	return v;
}

const char *ledger_first(const struct ledger *l, enum ledger_field f)
{
	bool heard = f == LEDGER_FINGERPRINT || f == LEDGER_ROOT;
	const char *v = NULL;

	for (size_t i = 0; i < l->check.count && v == NULL; i++)
		if (!heard || !ledger_check_superseded(&l->check.rows[i]))
			v = value_at(&l->check.rows[i], f);
	return v;
}

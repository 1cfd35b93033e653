#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "lib/base/text.h"
#include "workstation/receive/journal.h"

#define RESERVED (256 << 10)	/* bytes kept free for the last lines when a medium is full */

static int open_log(struct journal *j, const char *path, int flags, struct err *e)
{
	struct stat st;

	*j = (struct journal){ .fd = -1 };
	buf_init(&j->line, JOURNAL_LINE_MAX);
	j->fd = open(path, flags | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, 0600);
	if (j->fd < 0)
		return err_set(e, errno, "making the log %.150s", path);
	if (fstat(j->fd, &st) != 0 || !S_ISREG(st.st_mode))
		err_set(e, EINVAL, "%.150s is no file that could be a log", path);
	else if (flock(j->fd, LOCK_EX | LOCK_NB) != 0)
		err_set(e, errno, "another program has the log %.150s", path);
	else
		return 0;
	fd_close(&j->fd);
	return -1;
}

int journal_create(struct journal *j, const char *path, struct err *e)
{
	if (open_log(j, path, O_RDWR | O_CREAT | O_EXCL, e) != 0)
		return -1;
	/* Where it cannot be reserved the last lines may be lost, which is told then. */
	(void)fallocate(j->fd, FALLOC_FL_KEEP_SIZE, 0, RESERVED);
	return 0;
}

/* The whole file, and the state of its chain. */
static int load(struct journal *j, const char *path, struct buf *text, struct err *e)
{
	const char *begin;
	enum journal_fault fault;
	ssize_t n = -1;

	buf_init(text, JOURNAL_FILE_MAX);
	while (buf_room(text, 65536) != NULL &&
	       (n = fd_read_full(j->fd, text->p + text->len, 65536)) > 0)
		text->len += (size_t)n;
	if (n != 0)
		return err_set(e, text->failed ? EFBIG : errno, "reading the log %.150s", path);
	fault = journal_read(text->p, text->len, NULL, NULL, &j->lines);
	if (fault != JOURNAL_GOOD)
		return err_set(e, 0, "%.150s, line %" PRIu64 ": %s", path, j->lines + 1,
			       journal_fault_text(fault));
	if (j->lines == 0)
		return 0;
	begin = text->len > 1 ? memrchr(text->p, '\n', text->len - 1) : NULL;
	begin = begin != NULL ? begin + 1 : text->p;
	digest_of(begin, text->len - (size_t)(begin - text->p), j->last);
	return 0;
}

int journal_reopen(struct journal *j, const char *path, struct buf *text, struct err *e)
{
	if (open_log(j, path, O_RDWR, e) != 0)
		return -1;
	if (load(j, path, text, e) == 0)
		return 0;
	fd_close(&j->fd);
	buf_release(text);
	return -1;
}

void journal_release(struct journal *j)
{
	fd_close(&j->fd);
	buf_release(&j->line);
}

void journal_begin(struct journal *j, const char *event)
{
	struct clocks c = clock_read();

	buf_clear(&j->line);
	buf_printf(&j->line, "{\"n\":%" PRIu64 ",\"previous\":\"", j->lines);
	text_hex(&j->line, j->last, sizeof(j->last));
	buf_printf(&j->line, "\",\"event\":\"%s\"", event);
	journal_time(j, "utc", c.realtime);
	buf_printf(&j->line, ",\"boottime\":\"%" PRId64 ".%09" PRIu32 "\"", c.boottime.sec,
		   c.boottime.nsec);
}

void journal_text(struct journal *j, const char *key, const void *s, size_t n)
{
	buf_printf(&j->line, ",\"%s\":", key);
	text_json_escaped(&j->line, s, n);
}

void journal_json(struct journal *j, const char *key, const char *json)
{
	buf_printf(&j->line, ",\"%s\":%s", key, json);
}

void journal_number(struct journal *j, const char *key, int64_t v)
{
	buf_printf(&j->line, ",\"%s\":%" PRId64, key, v);
}

void journal_hex(struct journal *j, const char *key, const void *data, size_t n)
{
	buf_printf(&j->line, ",\"%s\":\"", key);
	text_hex(&j->line, data, n);
	buf_putc(&j->line, '"');
}

void journal_time(struct journal *j, const char *key, struct instant t)
{
	char utc[CLOCK_UTC_LEN];

	buf_printf(&j->line, ",\"%s\":\"%s\"", key, clock_utc(utc, t));
}

int journal_end(struct journal *j, struct err *e)
{
	buf_puts(&j->line, "}\n");
	if (j->line.failed)
		return err_set(e, ENOMEM, "writing the log");
	if (fd_write_all(j->fd, j->line.p, j->line.len) != 0)
		return err_set(e, errno, "writing the log");
	digest_of(j->line.p, j->line.len, j->last);
	j->lines++;
	return 0;
}

int journal_sync(struct journal *j, struct err *e)
{
	return fdatasync(j->fd) == 0 ? 0 : err_set(e, errno, "writing the log to the medium");
}

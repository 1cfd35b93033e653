#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "lib/base/text.h"
#include "workstation/receive/receive.h"

/* What an earlier call of receive_issue left in the log. */
struct issued {
	struct receive *r;
	uint64_t lines;
	bool other;		/* a line that is no nonce */
};

static int log_name(char name[PATH_MAX], const char *output, struct err *e)
{
	strlcpy(name, output, PATH_MAX);
	if (strlcat(name, RECEIVE_LOG_SUFFIX, PATH_MAX) >= PATH_MAX)
		return err_set(e, ENAMETOOLONG, "making the log of the archive");
	return 0;
}

int receive_issue(const char *output, char nonce[2 * RECEIVE_NONCE_LEN + 1], struct err *e)
{
	uint8_t random[RECEIVE_NONCE_LEN];
	char name[PATH_MAX];
	struct journal log;
	struct buf hex;
	int r;

	if (access(output, F_OK) == 0)
		return err_set(e, EEXIST, "%.150s", output);
	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return err_set(e, errno, "getting random numbers");
	if (log_name(name, output, e) != 0 || journal_create(&log, name, e) != 0)
		return -1;
	buf_init(&hex, 2 * sizeof(random) + 1);
	text_hex(&hex, random, sizeof(random));
	strlcpy(nonce, buf_cstr(&hex), 2 * sizeof(random) + 1);
	buf_release(&hex);
	journal_begin(&log, "nonce");
	journal_text(&log, "nonce", nonce, strlen(nonce));
	r = journal_end(&log, e) == 0 ? journal_sync(&log, e) : -1;
	journal_release(&log);
	return r;
}

static int take_issued(void *ctx, const struct journal_line *l)
{
	struct issued *i = ctx;
	struct bytes nonce = journal_get(l, "nonce");
	struct receive *r = i->r;

	i->lines++;
	i->other = i->lines > 1 || l->event.len != 5 || memcmp(l->event.p, "nonce", 5) != 0 ||
		   nonce.len == 0 || nonce.len >= sizeof(r->nonce);
	if (i->other)
		return 1;
	memcpy(r->nonce, nonce.p, nonce.len);
	r->nonce[nonce.len] = '\0';
	r->issued = l->utc;
	r->has_issued = true;
	return 0;
}

/* Goes on with the log that has a nonce, and nothing else: a log is of one receipt. */
static int continue_log(struct receive *r, const char *name, struct err *e)
{
	struct issued i = { .r = r };
	struct buf text;
	uint64_t line;

	if (journal_reopen(&r->log, name, &text, e) != 0)
		return -1;
	journal_read(text.p, text.len, take_issued, &i, &line);
	buf_release(&text);
	if (i.other)
		return err_set(e, 0, "%.150s is the log of an earlier receipt; give another "
			       "--output", name);
	if (r->options.nonce != NULL && i.lines > 0 && strcasecmp(r->options.nonce, r->nonce) != 0)
		return err_set(e, 0, "--nonce is not the one that was issued into %.150s", name);
	return 0;
}

static int open_log(struct receive *r, struct err *e)
{
	char name[PATH_MAX];
	struct stat st;

	r->log.fd = -1;
	if (log_name(name, r->options.output, e) != 0)
		return -1;
	if (lstat(name, &st) == 0 ? continue_log(r, name, e) : journal_create(&r->log, name, e))
		return -1;
	if (*r->nonce == '\0' && r->options.nonce != NULL) {
		strlcpy(r->nonce, r->options.nonce, sizeof(r->nonce));
		r->has_issued = r->options.issued != NULL;
		if (r->has_issued)
			r->issued = *r->options.issued;
	}
	return 0;
}

/* The archive's directory is kept open, to put its name on the medium. */
static int make_archive(struct receive *r, struct err *e)
{
	const char *output = r->options.output, *slash = strrchr(output, '/');
	char parent[PATH_MAX];

	strlcpy(parent, output, sizeof(parent));
	parent[slash == NULL ? 0 : slash == output ? 1 : slash - output] = '\0';
	r->dir = open(slash == NULL ? "." : parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r->dir < 0)
		return err_set(e, errno, "opening the folder of %.150s", output);
	r->out = open(output, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (r->out < 0)
		return err_set(e, errno, "making %.150s; nothing is ever overwritten", output);
	return 0;
}

static int note_begin(struct receive *r, struct err *e)
{
	const char *output = strrchr(r->options.output, '/');
	struct timex t = { 0 };
	int state = adjtimex(&t);

	output = output == NULL ? r->options.output : output + 1;
	journal_begin(&r->log, "begin");
	journal_text(&r->log, "tool", "exhibit", strlen("exhibit"));
	journal_text(&r->log, "version", r->options.version, strlen(r->options.version));
	journal_text(&r->log, "archive", output, strlen(output));
	journal_text(&r->log, "source", r->options.source, strlen(r->options.source));
	if (*r->nonce != '\0')
		journal_text(&r->log, "nonce", r->nonce, strlen(r->nonce));
	if (r->has_issued)
		journal_time(&r->log, "nonce_issued", r->issued);
	journal_json(&r->log, "clock_synchronised",
		     state >= 0 && state != TIME_ERROR ? "true" : "false");
	journal_number(&r->log, "clock_maxerror_us", t.maxerror);
	if (journal_end(&r->log, e) != 0)
		return -1;
	return journal_sync(&r->log, e);
}

int receive_open(struct receive *r, int in, const struct receive_options *options,
		 struct err *e)
{
	struct stat st;

	*r = (struct receive){ .options = *options, .in = in, .out = -1, .dir = -1 };
	r->log.fd = -1;
	if (options->nonce != NULL && strlen(options->nonce) >= sizeof(r->nonce))
		return err_set(e, 0, "no collector takes a nonce as long as this");
	r->hash = digest_new();
	if (r->hash == NULL)
		return err_set(e, ENOMEM, "receiving");
	if (lstat(options->output, &st) == 0)
		err_set(e, S_ISDIR(st.st_mode) ? EISDIR : EEXIST, "making %.150s; nothing is ever "
			"overwritten", options->output);
	if (e->set || open_log(r, e) != 0 || make_archive(r, e) != 0 || note_begin(r, e) != 0) {
		receive_release(r);
		return -1;
	}
	r->arrived = clock_realtime();
	r->arrived_ns = r->synced_ns = clock_monotonic_ns();
	return 0;
}

void receive_release(struct receive *r)
{
	journal_release(&r->log);
	fd_close(&r->out);
	fd_close(&r->dir);
	digest_free(r->hash);
	r->hash = NULL;
}

#include "workstation/cmd/archive_load.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "workstation/cmd/confine.h"
#include "workstation/cmd/input.h"

#define CLEAR "\r\033[K"

/* One archive being read, and who waits for it. */
struct loaded {
	struct input in;
	struct digest *digest; /* of the file; used up by the first pass */
	const char *name;
	bool live; /* progress is shown */
	uint64_t shown_ns;
};

static int sum(void *ctx, uint8_t sha256[DIGEST_LEN], uint64_t *bytes, bool *encrypted,
	       struct err *e)
{
	struct loaded *l = ctx;

	if (input_rest(&l->in, e) != 0)
		return -1;
	digest_finish(l->digest, sha256);
	l->in.sum = NULL;
	*bytes = l->in.summed;
	*encrypted = l->in.age != NULL;
	return 0;
}

static int go_back(void *ctx, struct err *e)
{
	struct loaded *l = ctx;

	return input_rewind(&l->in, e);
}

static ssize_t read_loaded(void *ctx, void *data, size_t n)
{
	struct loaded *l = ctx;

	return input_read(&l->in, data, n);
}

static void show_progress(void *ctx, const char *what, uint64_t objects)
{
	struct loaded *l = ctx;
	uint64_t now = clock_monotonic_ns();

	if (!l->live || now - l->shown_ns < UINT64_C(100000000))
		return;
	l->shown_ns = now;
	fprintf(stderr, CLEAR "%-9s %" PRIu64 " objects", what, objects);
}

/* Everything is open. */
static void enter(void *ctx)
{
	(void)ctx;
	confine_enter();
}

static int run(struct case_db *db, struct loaded *l, const struct archive_load *how,
	       struct intake_result *out, struct err *e)
{
	const struct intake_source source = { read_loaded, l, sum, go_back };
	const struct intake_options options = {
		.archive = l->name,
		.force = how->force,
		.expect = &how->expect,
		.enter = enter,
		.progress = show_progress,
		.ctx = l,
	};
	int r;

	l->in.sum = l->digest = digest_new();
	if (l->digest == NULL)
		return err_set(e, ENOMEM, "reading %.200s", l->name);
	r = input_rewind(&l->in, e) == 0 ? intake_run(db, &source, &options, out, e) : -1;
	l->in.sum = NULL;
	digest_free(l->digest);
	return r;
}

int archive_load_check(const struct archive_load *how, bool is_case, size_t n, struct err *e)
{
	if (how->expect.key == NULL && how->expect.root == NULL)
		return 0;
	if (is_case)
		return err_set(e, 0, "--key and --root are of an archive: a case is as it is");
	if (n != 1)
		return err_set(e, 0, "--key and --root are of one archive: load each by itself");
	return verify_check_expect(&how->expect, e);
}

/* A pipe cannot be read twice, and the case keeps the name of a file: standard input has none. */
static int refuse_stdin(struct err *e)
{
	static const struct {
		mode_t type;
		const char *what;
	} kinds[] = { { S_IFIFO, "a pipe" }, { S_IFSOCK, "a socket" }, { S_IFCHR, "a device" } };
	const char *what = "standard input";
	struct stat st;

	if (fstat(STDIN_FILENO, &st) != 0)
		return err_set(e, errno, "standard input");
	if (S_ISREG(st.st_mode))
		return err_set(e, 0,
			       "standard input is a file, of which the case keeps the name: "
			       "give its name instead of -");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if ((st.st_mode & S_IFMT) == kinds[i].type)
			what = kinds[i].what;
	return err_set(e, 0,
		       "an archive is read twice, so it cannot come from %s: store it with "
		       "exhibit receive",
		       what);
}

int archive_load_run(struct case_db *db, const char *name, const struct archive_load *how,
		     struct intake_result *out, struct err *e)
{
	struct loaded l = { .name = name, .live = !how->quiet && isatty(STDERR_FILENO) };
	int r;

	if (strcmp(name, "-") == 0)
		return refuse_stdin(e);
	if (input_open(&l.in, name, how->identity, e) != 0)
		return -1;
	r = run(db, &l, how, out, e);
	input_close(&l.in);
	if (l.live)
		(void)fd_write_all(STDERR_FILENO, CLEAR, sizeof(CLEAR) - 1);
	return r;
}

/* A better archive of the same run is in the case, or one of another. */
static int say_worse(const char *name, const struct intake_result *r, struct err *e)
{
	const char *now = bundle_read_verdict_word(r->facts.verdict);
	const char *had = bundle_read_verdict_word(r->had.verdict);

	switch (r->less) {
	case INTAKE_OTHER_KEY:
		return err_set(e, 0,
			       "%.80s was not loaded: the case has the same session sealed with "
			       "another key; --force puts this in its place",
			       name);
	case INTAKE_OTHER_ROOT:
		return err_set(
			e, 0,
			"%.80s was not loaded: the case has the same session and key COMPLETE "
			"with another root: the key of the seals was used twice; --force "
			"puts this in its place",
			name);
	case INTAKE_LESS_PROVEN:
		return err_set(e, 0,
			       "%.80s was not loaded: the case has the same session %s at %" PRId64
			       ", this is cut at %" PRIu64 "; --force puts it in its place",
			       name, had, r->had.proven_bytes, r->facts.proven_bytes);
	case INTAKE_LESS_IN_IT:
		return err_set(
			e, 0,
			"%.50s was not loaded: the case has the same session %s with more in "
			"it: objects %" PRId64 ", members %" PRId64 ", unproven %" PRId64
			" (here %" PRIu64 ", %" PRIu64 ", %" PRIu64
			") or bytes; --force puts it in its place",
			name, had, r->had.objects, r->had.members, r->had.unsealed,
			r->facts.objects, r->facts.members, r->facts.unsealed);
	default:
		return err_set(e, 0,
			       "%.80s was not loaded: it is %s, and the case has the same session "
			       "%s; --force puts it in its place",
			       name, now, had);
	}
}

int archive_load_refused(const char *name, const struct intake_result *r, struct err *e)
{
	if (r->end == INTAKE_NOT_OURS)
		return err_set(e, 0, "%.150s is no archive of exhibit, or its beginning is missing",
			       name);
	if (r->end == INTAKE_WORSE)
		return say_worse(name, r, e);
	return err_set(e, 0,
		       "%.80s is ALTERED and was not loaded (exhibit verify says more, --force "
		       "loads it): %s",
		       name, finding_text(r->facts.first.id));
}

int archive_load_temporary(struct case_db **db, const char *name, const struct archive_load *how,
			   struct intake_result *out, struct err *e)
{
	if (db_open(db, NULL, DB_TEMPORARY, e) != 0)
		return -1;
	if (archive_load_run(*db, name, how, out, e) == 0 &&
	    (out->end == INTAKE_LOADED || archive_load_refused(name, out, e) == 0))
		return 0;
	db_close(db);
	return -1;
}

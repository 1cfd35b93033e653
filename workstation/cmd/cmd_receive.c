#include "workstation/cmd/cmd_receive.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "build_id.h"
#include "lib/base/fd.h"
#include "lib/base/text.h"
#include "workstation/cmd/cmd_receipt.h"
#include "workstation/cmd/commands.h"
#include "workstation/cmd/confine.h"
#include "workstation/cmd/input.h"
#include "workstation/receive/meter.h"
#include "workstation/receive/readback.h"
#include "workstation/receive/receive.h"
#include "workstation/verify/verify_show.h"

struct args {
	struct verify_expect expect;
	const char *output, *identity, *issued;
	bool issue, no_ask, json, quiet;
	struct cmd_receipt_stamp stamp;	/* in place of all that is before it */
};

#define FIELD(f) offsetof(struct args, f)

const struct option_row cmd_receive_options[] = {
	{ "output", 'o', "FILE", OPTION_STRING, FIELD(output),
	  "the archive to make; beside it comes the log, FILE.receive.jsonl" },
	{ "identity", 'i', "FILE", OPTION_STRING, FIELD(identity), INPUT_IDENTITY_HELP },
	{ "issue-nonce", 0, NULL, OPTION_FLAG, FIELD(issue),
	  "begin the log with a fresh nonce, print it, and end: give it to the collector, then "
	  "receive with the same --output" },
	{ "nonce", 0, "HEX", OPTION_STRING, FIELD(expect.nonce),
	  "the nonce that was given to the collector, if it is not in the log" },
	{ "nonce-issued", 0, "UTC", OPTION_STRING, FIELD(issued),
	  "when that nonce was issued, as 2026-11-23T10:53:00.000000000Z: bounds the host's "
	  "clock" },
	{ "key", 'k', "FPR", OPTION_STRING, FIELD(expect.key),
	  "the fingerprint that the collector showed when it began; without it you are asked at "
	  "the end, if there is a terminal" },
	{ "root", 'r', "HASH", OPTION_STRING, FIELD(expect.root),
	  "the root that it showed when it ended; likewise" },
	{ "session", 0, "ID", OPTION_STRING, FIELD(expect.session), "the session id" },
	{ "no-ask", 0, NULL, OPTION_FLAG, FIELD(no_ask), "never ask on the terminal" },
	{ "json", 0, NULL, OPTION_FLAG, FIELD(json), "print the verification as one JSON object" },
	{ "quiet", 'q', NULL, OPTION_FLAG, FIELD(quiet),
	  "show no progress, print the verdict only" },
	{ NULL, 0, NULL, OPTION_HEADING, 0,
	  "Have a bag stamped, as exhibit receipt does (ARCHIVE is the bag)" },
	CMD_RECEIPT_STAMP_ROWS(FIELD(stamp)),
	{ 0 }
};

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
	(void)number;
	stop = 1;
}

/* What came must be concluded, whatever ends it; the second signal ends us. */
static void catch_signals(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction a = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		sigaction(numbers[i], &a, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* One receipt in progress. */
struct job {
	const struct args *args;
	struct receive r;
	struct verify v;
	struct verify_expect expect;
	struct buf key, root;		/* as typed on the terminal */
	struct meter meter;
	int terminal;			/* -1: nobody is asked */
	struct err unseen;		/* why the verifier saw nothing, or not all */
};

/* ------------------------------------------------------------ the end, for a person */

static void show_stored(struct buf *b, const struct job *j)
{
	char hex[DIGEST_HEX_LEN], utc[CLOCK_UTC_LEN];
	const struct receive *r = &j->r;

	buf_puts(b, "Stored         ");
	text_escape(b, r->options.output, strlen(r->options.output));
	buf_printf(b, "\n%-15s%" PRIu64 " bytes: %s", "", r->bytes, receive_end_text(r->end));
	if (r->failure.set) {
		buf_puts(b, "\n               ");
		text_escape(b, r->failure.what, strlen(r->failure.what));
		if (r->failure.oserr != 0)
			buf_printf(b, ": %s", strerror(r->failure.oserr));
	}
	buf_printf(b, "\n%-15ssha256 %s\n", "", digest_hex(hex, r->sha256));
	if (r->has_seal)
		buf_printf(b, "Last seal      arrived by %s, within the first %" PRIu64
			   " bytes of the file\n", clock_utc(utc, r->sealed), r->sealed_bytes);
	if (r->offset.has_low) {
		buf_puts(b, "Clock of host  ");
		offset_sentence(b, &r->offset);
		buf_putc(b, '\n');
	}
}

static void show(struct buf *b, const struct job *j)
{
	bool seen = !j->unseen.set;

	if (j->args->json && seen)
		verify_show_json(b, &j->v, j->r.options.output);
	if (!j->args->json && !j->args->quiet) {
		show_stored(b, j);
		if (seen)
			verify_show_text(b, &j->v, j->r.options.output);
	}
	if (!seen) {
		buf_puts(b, "UNSEEN: stored, but no seal could be seen: ");
		text_escape(b, j->unseen.what, strlen(j->unseen.what));
		buf_putc(b, '\n');
	} else if (j->args->quiet && !j->args->json) {
		verify_show_verdict(b, &j->v);
	}
}

static int report(const struct job *j)
{
	int code = j->unseen.set ? (int)COMMANDS_UNSEEN :
		   (int)commands_verdict_exit(j->v.verdict);
	struct buf b;

	buf_init(&b, 64u << 20);
	show(&b, j);
	if (commands_print(STDOUT_FILENO, &b) != 0)
		code = COMMANDS_FAILED;
	buf_release(&b);
	/* What could not be written or noted is worse than what was cut on the way. */
	if (!j->r.failure.set || j->r.end == RECEIVE_BROKEN || code == COMMANDS_ALTERED)
		return code;
	return commands_fail(&j->r.failure, COMMANDS_FAILED);
}

/* ------------------------------------------------------------ the read-back */

static const char *ask(int terminal, const char *what, const char *given, struct buf *typed)
{
	if (given != NULL || terminal < 0)
		return given;
	return readback_ask(terminal, terminal, what, typed) ? buf_cstr(typed) : NULL;
}

static void note(struct job *j, const char *what, const char *typed, enum verify_match match,
		 bool option)
{
	if (j->unseen.set && typed != NULL)
		match = VERIFY_NOT_COMPARED;
	receive_note_readback(&j->r, what, typed, match, option ? "option" : "terminal");
}

static void read_back(struct job *j)
{
	const struct args *args = j->args;

	j->expect.key = ask(j->terminal, "the fingerprint", args->expect.key, &j->key);
	j->expect.root = ask(j->terminal, "the root", args->expect.root, &j->root);
	if (j->expect.nonce == NULL && *j->r.nonce != '\0')
		j->expect.nonce = j->r.nonce;
	if (!j->unseen.set)
		verify_compare(&j->v, &j->expect);
	note(j, "key", j->expect.key, j->v.key, args->expect.key != NULL);
	note(j, "root", j->expect.root, j->v.root, args->expect.root != NULL);
}

/* ------------------------------------------------------------ the stream */

static void take_stream(struct job *j)
{
	struct input in;

	verify_begin(&j->v, &receive_watch, &j->r);
	if (input_from(&in, receive_read, &j->r, j->args->identity, &j->unseen) == 0) {
		confine_enter_silently();
		(void)verify_read(&j->v, input_read, &in, &j->unseen);
		input_close(&in);
	}
	receive_drain(&j->r);
	receive_store(&j->r);
	meter_clear(&j->meter);
}

static int take(const struct args *args, int in, const char *source, const struct instant *issued)
{
	struct job j = { .args = args, .expect = args->expect };
	struct receive_options options = {
		.output = args->output, .source = source, .version = EXHIBIT_VERSION,
		.nonce = args->expect.nonce, .issued = issued, .stop = &stop,
		.tick = meter_tick, .tick_ctx = &j.meter,
	};
	struct err e = { 0 };
	int r;

	if (receive_open(&j.r, in, &options, &e) != 0)
		return commands_fail(&e, COMMANDS_FAILED);
	j.terminal = args->no_ask ? -1 : readback_terminal();
	meter_open(&j.meter, STDERR_FILENO, args->quiet);
	take_stream(&j);
	read_back(&j);
	receive_note_end(&j.r, j.unseen.set ? NULL : &j.v, j.unseen.what);
	r = report(&j);
	verify_release(&j.v);
	buf_release(&j.key);
	buf_release(&j.root);
	fd_close(&j.terminal);
	receive_release(&j.r);
	return r;
}

static int open_source(const char *name, struct err *e)
{
	struct stat st;
	int fd;

	if (strcmp(name, "-") == 0 && isatty(STDIN_FILENO))
		return err_set(e, 0, "standard input is a terminal: send the archive there, or "
			       "name a file");
	fd = strcmp(name, "-") == 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) :
	     open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return err_set(e, errno, "opening %.200s", name);
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		fd_close(&fd);
		return err_set(e, EISDIR, "opening %.200s", name);
	}
	return fd;
}

static int issue_nonce(const struct args *args)
{
	char nonce[2 * RECEIVE_NONCE_LEN + 1];
	struct err e = { 0 };
	struct buf b;
	int r;

	if (receive_issue(args->output, nonce, &e) != 0)
		return commands_fail(&e, COMMANDS_FAILED);
	buf_init(&b, sizeof(nonce) + 1);
	buf_printf(&b, "%s\n", nonce);
	r = commands_print(STDOUT_FILENO, &b);
	buf_release(&b);
	return r == 0 ? COMMANDS_OK : COMMANDS_FAILED;
}

static int check(const struct args *args, struct instant *issued, struct err *e)
{
	if (args->output == NULL)
		return err_set(e, 0, "--output FILE is needed: the archive to make");
	if (args->issued != NULL &&
	    clock_parse_utc(args->issued, strlen(args->issued), issued) != 0)
		return err_set(e, 0, "--nonce-issued: a time such as "
			       "2026-11-23T10:53:00.000000000Z");
	if (args->issued != NULL && args->expect.nonce == NULL)
		return err_set(e, 0, "--nonce-issued is of a nonce: --nonce is missing");
	return verify_check_expect(&args->expect, e);
}

static int receive_archive(const struct args *args, const char *source)
{
	int fd CLEANUP(fd_close) = -1;
	struct instant issued;
	struct err e = { 0 };

	if (check(args, &issued, &e) != 0)
		return commands_fail(&e, COMMANDS_USAGE);
	if (args->issue)
		return issue_nonce(args);
	fd = open_source(source, &e);
	if (fd < 0)
		return commands_fail(&e, e.oserr == 0 ? COMMANDS_USAGE : COMMANDS_FAILED);
	catch_signals();
	return take(args, fd, strcmp(source, "-") == 0 ? "standard input" : source,
		    args->issued != NULL ? &issued : NULL);
}

/* ------------------------------------------------------------ a bag's time stamp */

/* The option that is given of those that are for receiving; NULL: none is. */
static const char *receiving(const struct args *args)
{
	const struct option_row *row = cmd_receive_options;

	for (; row->kind != OPTION_HEADING; row++) {
		const void *field = (const char *)args + row->offset;

		if (row->kind == OPTION_FLAG ? *(const bool *)field :
		    *(const char *const *)field != NULL)
			return row->name;
	}
	return NULL;
}

static int stamp_bag(const struct args *args, const char *bag)
{
	const char *other = receiving(args);
	struct err e = { 0 };

	if (!args->stamp.request && args->stamp.response == NULL)
		err_set(&e, 0, "--tsa-ca and --trust are for --tsa-request and --tsa-response");
	else if (other != NULL)
		err_set(&e, 0, "--%s is for receiving: not with --tsa-request or --tsa-response, "
			"which are for a bag", other);
	else if (strcmp(bag, "-") == 0)
		err_set(&e, 0, "--tsa-request and --tsa-response are for a bag, not for a stream: "
			"name its folder");
	return e.set ? commands_fail(&e, COMMANDS_USAGE) : cmd_receipt_stamp(&args->stamp, bag);
}

static int receive_given(const struct args *args, const char *source)
{
	const struct cmd_receipt_stamp *s = &args->stamp;

	return s->request || s->response != NULL || s->tsa_ca.n > 0 || s->trust.n > 0 ?
	       stamp_bag(args, source) : receive_archive(args, source);
}

int cmd_receive(char *const argv[])
{
	static const size_t limits[2] = { 0, 1 };
	struct args args = { 0 };
	struct option_list operands = { 0 };
	int r = COMMANDS_USAGE;

	if (commands_parse("receive", &args, argv, &operands, limits) == 0)
		r = receive_given(&args, operands.n > 0 ? operands.p[0] : "-");
	option_list_release(&operands);
	option_list_release(&args.stamp.trust);
	option_list_release(&args.stamp.tsa_ca);
	return r;
}

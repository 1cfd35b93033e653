#include "workstation/cmd/cmd_receipt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "lib/base/text.h"
#include "workstation/cmd/commands.h"
#include "workstation/cmd/input.h"
#include "workstation/receipt/receipt.h"
#include "workstation/receive/readback.h"
#include "workstation/receive/receive.h"

struct args {
	struct receipt_plan plan;
	const char *identity;
	struct cms_source source;
	const char *passphrase_file;
	struct cmd_receipt_stamp stamp;
	struct cms_key *signer_key;	/* opened before anything is made; NULL: nobody signs */
};

#define FIELD(f) offsetof(struct args, f)

const struct option_row cmd_receipt_options[] = {
	{ NULL, 0, NULL, OPTION_HEADING, 0, "Make the bag" },
	{ "archive", 'a', "FILE", OPTION_STRING, FIELD(plan.archive), "the archive to put in" },
	{ "log", 'l', "FILE", OPTION_STRING, FIELD(plan.log),
	  "the log of its arrival (ARCHIVE.receive.jsonl, if that is there)" },
	{ "record", 0, "FILE", OPTION_STRING, FIELD(plan.record), "the custody record so far" },
	{ "collector", 0, "FILE", OPTION_STRING, FIELD(plan.collector),
	  "the program that ran on the host" },
	{ "identity", 'i', "FILE", OPTION_STRING, FIELD(identity), INPUT_IDENTITY_HELP },
	{ "custodian", 0, "NAME", OPTION_STRING, FIELD(plan.custodian), "who has it in custody" },
	{ "organisation", 0, "NAME", OPTION_STRING, FIELD(plan.organisation), "for whom" },
	{ NULL, 0, NULL, OPTION_HEADING, 0, "Sign it" },
	{ "signer", 's', "FILE", OPTION_STRING, FIELD(source.signer),
	  "the custodian's certificate and key, RSA or ECDSA: PEM or PKCS#12" },
	{ "signer-key", 0, "FILE", OPTION_STRING, FIELD(source.key),
	  "the key, if it is in a file of its own" },
	{ "passphrase-file", 0, "FILE", OPTION_STRING, FIELD(passphrase_file),
	  "first line: the passphrase of the key; without it you are asked on the terminal" },
	{ NULL, 0, NULL, OPTION_HEADING, 0, "Have it stamped" },
	CMD_RECEIPT_STAMP_ROWS(FIELD(stamp)),
	{ 0 }
};

/* ------------------------------------------------------------ the passphrase */

static void strip(char *s)
{
	s[strcspn(s, "\r\n")] = '\0';
}

static int from_file(const char *name, char *out, int n, struct err *e)
{
	struct buf b;
	int len = -1;

	if (file_load(name, &b, 4096, e) == 0) {
		strlcpy(out, buf_cstr(&b), (size_t)n);
		strip(out);
		len = (int)strlen(out);
	}
	if (b.p != NULL)
		explicit_bzero(b.p, b.len);
	buf_release(&b);
	return len;
}

static int from_terminal(char *out, int n, struct err *e)
{
	static const char question[] = "Passphrase of the key: ";
	int terminal CLEANUP(fd_close) = readback_terminal();
	struct termios was, quiet;
	ssize_t got;

	if (terminal < 0 || tcgetattr(terminal, &was) != 0)
		return err_set(e, 0, "the key needs a passphrase, and there is no terminal to ask "
			       "on: --passphrase-file");
	quiet = was;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	(void)tcsetattr(terminal, TCSAFLUSH, &quiet);
	(void)fd_write_all(terminal, question, sizeof(question) - 1);
	got = read(terminal, out, (size_t)n - 1);
	(void)tcsetattr(terminal, TCSAFLUSH, &was);
	(void)fd_write_all(terminal, "\n", 1);
	if (got < 0)
		return err_set(e, errno, "reading the passphrase");
	out[got] = '\0';
	strip(out);
	return (int)strlen(out);
}

/* A cms_passphrase. */
static int passphrase(void *ctx, char *out, int n, struct err *e)
{
	const struct args *args = ctx;

	return args->passphrase_file != NULL ? from_file(args->passphrase_file, out, n, e) :
	       from_terminal(out, n, e);
}

/* ------------------------------------------------------------ the steps */

static int open_bag(const char *bag, struct err *e)
{
	int dir = open(bag, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return dir >= 0 ? dir : err_set(e, errno, "opening the bag %.150s", bag);
}

static int sign(const struct args *args, struct file_set *made, struct err *e)
{
	struct buf tags, der;
	int r;

	buf_init(&der, CMS_SIGNATURE_MAX);
	r = file_load_below(made->dir, BAG_TAGS, &tags, BAG_LIST_MAX, e);
	if (r == 0)
		r = cms_make(args->signer_key, tags.p, tags.len, &der, e);
	if (r == 0)
		r = file_set_make(made, BAG_SIGNATURE, der.p, der.len, e);
	buf_release(&tags);
	buf_release(&der);
	return r;
}

static int hash_tags(int dir, uint8_t hash[DIGEST_LEN], struct err *e)
{
	struct buf tags;
	int r = file_load_below(dir, BAG_TAGS, &tags, BAG_LIST_MAX, e);

	if (r == 0)
		digest_of(tags.p, tags.len, hash);
	buf_release(&tags);
	return r;
}

static int request(struct file_set *made, struct err *e)
{
	uint8_t hash[DIGEST_LEN];
	struct buf der;
	int r;

	buf_init(&der, STAMP_MAX);
	r = hash_tags(made->dir, hash, e);
	if (r == 0)
		r = stamp_request(hash, &der, e);
	if (r == 0)
		r = file_set_make(made, BAG_REQUEST, der.p, der.len, e);
	buf_release(&der);
	return r;
}

/* Does the answer hold, and is it of an authority that was named? */
static int judge_response(const struct args *args, const struct buf *der,
			  const uint8_t hash[DIGEST_LEN], const struct stamp_expect *x,
			  struct err *e)
{
	static const char *const reasons[] = {
		[STAMP_NONE] = "it is no response of RFC 3161",
		[STAMP_REFUSED] = "the authority refused the request",
		[STAMP_BAD] = "its signature does not hold",
		[STAMP_FOREIGN] = "it stamps something else",
		[STAMP_NONCE] = "it answers another request",
		[STAMP_OUTSIDE] = "its authority's certificate was not valid at its time",
		[STAMP_FUTURE] = "its time is yet to come",
	};
	struct stamp_checked got;

	stamp_check(der->p, der->len, hash, x, &got);
	buf_release(&got.authority);
	if (got.state != STAMP_HOLDS)
		return err_set(e, 0, "the time stamp is not kept: %s",
			       got.state == STAMP_BAD ? got.why : reasons[got.state]);
	if (args->stamp.tsa_ca.n > 0 && got.trust != TRUST_ANCHORED)
		return err_set(e, 0, "the time stamp is not kept: its authority is not trusted: %s",
			       got.why);
	return 0;
}

/* An answer that does not hold is not kept, so that a better one can be asked for. */
static int take_response(const struct args *args, struct file_set *made, const struct buf *der,
			 struct err *e)
{
	struct trust anchors = { 0 }, helpers = { 0 };
	struct stamp_expect x = { .anchors = &anchors, .helpers = &helpers, .own = &anchors,
				  .at = time(NULL),
				  .now = time(NULL) };
	uint8_t hash[DIGEST_LEN];
	struct buf query;
	int r;

	r = trust_init(&anchors, e) != 0 || trust_init(&helpers, e) != 0 ? -1 : 0;
	for (size_t i = 0; r == 0 && i < args->stamp.tsa_ca.n; i++)
		r = trust_add_file(&anchors, args->stamp.tsa_ca.p[i], e);
	trust_add_folder(&helpers, made->dir, BAG_TRUST, NULL);
	if (file_load_below(made->dir, BAG_REQUEST, &query, STAMP_MAX, NULL) == 0) {
		x.request = query.p;
		x.request_len = query.len;
	}
	if (r == 0)
		r = hash_tags(made->dir, hash, e);
	if (r == 0)
		r = judge_response(args, der, hash, &x, e);
	buf_release(&query);
	trust_release(&anchors);
	trust_release(&helpers);
	return r == 0 ? file_set_make(made, BAG_RESPONSE, der->p, der->len, e) : -1;
}

static int response(const struct args *args, struct file_set *made, struct err *e)
{
	struct buf der;
	int r = file_load(args->stamp.response, &der, STAMP_MAX, e);

	if (r == 0)
		r = take_response(args, made, &der, e);
	buf_release(&der);
	return r;
}

/* All that was asked for, or nothing. */
static int prove(void *ctx, int dir, struct err *e)
{
	const struct args *args = ctx;
	struct file_set made = { .dir = dir };
	int r = 0;

	if (receipt_add_trust(&made, &args->stamp.trust, e) != 0 ||
	    (args->signer_key != NULL && sign(args, &made, e) != 0) ||
	    (args->stamp.request && request(&made, e) != 0) ||
	    (args->stamp.response != NULL && response(args, &made, e) != 0))
		r = -1;
	else if (fsync(dir) != 0 && errno != EINVAL)
		r = err_set(e, errno, "writing the bag");
	if (r != 0)
		file_set_undo(&made);
	file_set_release(&made);
	return r;
}

static int add_proofs(struct args *args, const char *bag, struct err *e)
{
	int dir CLEANUP(fd_close) = open_bag(bag, e);

	return dir < 0 ? -1 : prove(args, dir, e);
}

static void say_not_compared(const char *collector, const struct err *unseen)
{
	struct buf b;

	buf_init(&b, 65536);
	buf_puts(&b, "exhibit: ");
	text_escape(&b, collector, strlen(collector));
	buf_puts(&b, " was not compared: neither the archive, as far as it could be read, nor a "
		 "custody record names the program that ran");
	buf_printf(&b, "%s%s\n", unseen->what[0] != '\0' ? ": " : "", unseen->what);
	(void)commands_print(STDERR_FILENO, &b);
	buf_release(&b);
}

/* Verifies the archive first: what it says of itself goes into the bag's description. */
static int make(struct args *args, struct err *e)
{
	char log[FILE_NAME_MAX_LEN];
	struct err unseen = { 0 };
	struct input in;
	struct verify v;
	struct receipt_plan plan = args->plan;
	bool compared = false;
	int r;

	if (plan.log == NULL &&
	    (size_t)snprintf(log, sizeof(log), "%s%s", args->plan.archive, RECEIVE_LOG_SUFFIX) <
	    sizeof(log) && access(log, F_OK) == 0)
		plan.log = log;
	plan.prove = prove;
	plan.prove_ctx = args;
	plan.compared = &compared;
	verify_begin(&v, NULL, NULL);
	if (input_open(&in, plan.archive, args->identity, &unseen) == 0) {
		if (verify_read(&v, input_read, &in, &unseen) == 0)
			plan.v = &v;
		input_close(&in);
	}
	r = receipt_make(&plan, e);
	if (r == 0 && plan.collector != NULL && !compared)
		say_not_compared(plan.collector, &unseen);
	verify_release(&v);
	return r;
}

static int work(struct args *args, const char *bag)
{
	struct err e = { 0 };
	int r = 0;

	args->plan.bag = bag;
	args->source.passphrase = passphrase;
	args->source.passphrase_ctx = args;
	if (args->plan.archive == NULL && args->source.signer == NULL && !args->stamp.request &&
	    args->stamp.response == NULL && args->stamp.trust.n == 0) {
		err_set(&e, 0, "nothing to do: --archive, --signer, --tsa-request, "
			"--tsa-response or --trust");
		return commands_fail(&e, COMMANDS_USAGE);
	}
	if (args->source.signer != NULL) {
		args->signer_key = cms_load(&args->source, &e);
		r = args->signer_key == NULL ? -1 : 0;
	}
	if (r == 0)
		r = args->plan.archive != NULL ? make(args, &e) : add_proofs(args, bag, &e);
	cms_free(args->signer_key);
	return r == 0 ? COMMANDS_OK : commands_fail(&e, COMMANDS_FAILED);
}

int cmd_receipt_stamp(const struct cmd_receipt_stamp *stamp, const char *bag)
{
	struct args args = { .stamp = *stamp };

	return work(&args, bag);
}

int cmd_receipt(char *const argv[])
{
	static const size_t limits[2] = { 1, 1 };
	struct args args = { 0 };
	struct option_list operands = { 0 };
	int r = COMMANDS_USAGE;

	if (commands_parse("receipt", &args, argv, &operands, limits) == 0)
		r = work(&args, operands.p[0]);
	option_list_release(&operands);
	option_list_release(&args.stamp.trust);
	option_list_release(&args.stamp.tsa_ca);
	return r;
}

#include "workstation/cmd/cmd_verify.h"

#include <stdbool.h>
#include <unistd.h>

#include "workstation/cmd/cmd_verify_bag.h"
#include "workstation/cmd/commands.h"
#include "workstation/cmd/confine.h"
#include "workstation/cmd/input.h"
#include "workstation/verify/verify_show.h"

struct args {
	struct verify_expect expect;
	const char *identity, *signer, *at;
	struct option_list ca, tsa_ca;
	bool json, quiet, bag;
};

#define FIELD(f) offsetof(struct args, f)

const struct option_row cmd_verify_options[] = {
	{ "key", 'k', "FPR", OPTION_STRING, FIELD(expect.key),
	  "the fingerprint that the collector showed when it began: 64 hex digits or the short "
	  "form" },
	{ "root", 'r', "HASH", OPTION_STRING, FIELD(expect.root),
	  "the root that it showed when it ended, in either form" },
	{ "session", 0, "ID", OPTION_STRING, FIELD(expect.session), "the session id" },
	{ "nonce", 0, "HEX", OPTION_STRING, FIELD(expect.nonce),
	  "the nonce that was given to the collector" },
	{ "identity", 'i', "FILE", OPTION_STRING, FIELD(identity), INPUT_IDENTITY_HELP },
	{ "json", 0, NULL, OPTION_FLAG, FIELD(json), "print one JSON object" },
	{ "quiet", 'q', NULL, OPTION_FLAG, FIELD(quiet), "print the verdict only" },
	{ NULL, 0, NULL, OPTION_HEADING, 0, "A receipt" },
	{ "bag", 'b', NULL, OPTION_FLAG, FIELD(bag),
	  "ARCHIVE is the folder of a receipt: check it with all that is in it" },
	{ "ca", 0, "FILE", OPTION_LIST, FIELD(ca),
	  "roots that you trust for the custodian's signature (PEM)" },
	{ "tsa-ca", 0, "FILE", OPTION_LIST, FIELD(tsa_ca),
	  "roots that you trust for the time stamp (PEM)" },
	{ "signer", 0, "FILE", OPTION_STRING, FIELD(signer),
	  "the certificate of who must have signed" },
	{ "at", 0, "UTC", OPTION_STRING, FIELD(at),
	  "when certificates must be valid, as 2026-11-23T10:53:00.000000000Z (now)" },
	{ 0 }
};

static int show(const struct verify *v, const struct args *args, const char *name)
{
	struct buf b;
	int r;

	buf_init(&b, 64u << 20);
	if (args->json)
		verify_show_json(&b, v, name);
	else if (args->quiet)
		verify_show_verdict(&b, v);
	else
		verify_show_text(&b, v, name);
	r = commands_print(STDOUT_FILENO, &b);
	buf_release(&b);
	return r == 0 ? (int)commands_verdict_exit(v->verdict) : COMMANDS_FAILED;
}

static int verify_archive(const struct args *args, const char *name)
{
	struct err e = { 0 };
	struct input in;
	struct verify v;
	int r;

	if (verify_check_expect(&args->expect, &e) != 0)
		return commands_fail(&e, COMMANDS_USAGE);
	if (input_open(&in, name, args->identity, &e) != 0)
		return commands_fail(&e, COMMANDS_FAILED);
	confine_enter_silently();
	r = verify_run(&v, input_read, &in, &args->expect, &e) == 0 ?
	    show(&v, args, name) : commands_fail(&e, COMMANDS_FAILED);
	verify_release(&v);
	input_close(&in);
	return r;
}

static int verify_bag(const struct args *args, const char *name)
{
	struct cmd_verify_bag x = {
		.expect = { .ca = &args->ca, .tsa_ca = &args->tsa_ca, .signer = args->signer,
			    .archive = args->expect },
		.identity = args->identity, .at = args->at, .json = args->json,
		.quiet = args->quiet,
	};

	return cmd_verify_bag(&x, name);
}

static int verify_given(const struct args *args, const char *name)
{
	struct err e = { 0 };

	if (args->bag)
		return verify_bag(args, name);
	if (args->ca.n == 0 && args->tsa_ca.n == 0 && args->signer == NULL && args->at == NULL)
		return verify_archive(args, name);
	err_set(&e, 0, "--ca, --tsa-ca, --signer and --at are for --bag");
	return commands_fail(&e, COMMANDS_USAGE);
}

int cmd_verify(char *const argv[])
{
	static const size_t limits[2] = { 1, 1 };
	struct args args = { 0 };
	struct option_list operands = { 0 };
	int r = COMMANDS_USAGE;

	if (commands_parse("verify", &args, argv, &operands, limits) == 0)
		r = verify_given(&args, operands.p[0]);
	option_list_release(&operands);
	option_list_release(&args.ca);
	option_list_release(&args.tsa_ca);
	return r;
}

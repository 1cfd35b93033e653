#include "workstation/cmd/cmd_verify.h"

#include <stdbool.h>
#include <unistd.h>

#include "workstation/cmd/commands.h"
#include "workstation/cmd/input.h"
#include "workstation/verify/verify_show.h"

struct args {
	struct verify_expect expect;
	const char *identity;
	bool json, quiet;
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
	r = verify_run(&v, input_read, &in, &args->expect, &e) == 0 ?
	    show(&v, args, name) : commands_fail(&e, COMMANDS_FAILED);
	verify_release(&v);
	input_close(&in);
	return r;
}

int cmd_verify(char *const argv[])
{
	static const size_t limits[2] = { 1, 1 };
	struct args args = { 0 };
	struct option_list operands = { 0 };
	int r = COMMANDS_USAGE;

	if (commands_parse("verify", &args, argv, &operands, limits) == 0)
		r = verify_archive(&args, operands.p[0]);
	option_list_release(&operands);
	return r;
}

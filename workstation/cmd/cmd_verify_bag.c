#include "workstation/cmd/cmd_verify_bag.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "workstation/cmd/commands.h"
#include "workstation/cmd/confine.h"
#include "workstation/cmd/input.h"

static int exit_of(enum receipt_severity s)
{
	static const enum commands_exit codes[] = {
		[RECEIPT_HOLDS] = COMMANDS_OK, [RECEIPT_LACKS] = COMMANDS_TRUNCATED,
		[RECEIPT_FAILS] = COMMANDS_ALTERED,
	};

	return (int)codes[s];
}

static int show(const struct receipt *r, const struct verify *v,
		const struct cmd_verify_bag *x, const char *name)
{
	struct buf b;
	int printed;

	buf_init(&b, 64u << 20);
	if (x->json)
		receipt_show_json(&b, r, v, name);
	else if (x->quiet)
		buf_printf(&b, "%s\n", receipt_verdict_word(receipt_verdict(r)));
	else
		receipt_show_text(&b, r, v, name);
	printed = commands_print(STDOUT_FILENO, &b);
	buf_release(&b);
	return printed == 0 ? exit_of(receipt_verdict(r)) : COMMANDS_FAILED;
}

/* What the checker knows himself counts, otherwise what the log has. */
static struct verify_expect expect_of(const struct receipt *r, const struct verify_expect *given)
{
	struct verify_expect x = *given;
	struct err e = { 0 };

	if (x.key == NULL && *r->key != '\0')
		x.key = r->key;
	if (x.root == NULL && *r->root != '\0')
		x.root = r->root;
	if (x.nonce == NULL && *r->nonce != '\0')
		x.nonce = r->nonce;
	/* What a forged log says may have no form at all. */
	return verify_check_expect(&x, &e) == 0 ? x : *given;
}

static int verify_archive(struct receipt *r, struct verify *v, const struct cmd_verify_bag *x,
			  struct err *unseen)
{
	struct verify_expect expect = expect_of(r, &x->expect.archive);
	struct input in;
	int result;

	if (receipt_open_archive(r, unseen) != 0 ||
	    input_from(&in, receipt_read, r, x->identity, unseen) != 0)
		return -1;
	result = verify_read(v, input_read, &in, unseen);
	input_close(&in);
	if (result == 0)
		verify_compare(v, &expect);
	return result;
}

static int parse_at(struct cmd_verify_bag *x, struct err *e)
{
	struct instant at = clock_realtime();

	if (x->at != NULL && clock_parse_utc(x->at, strlen(x->at), &at) != 0)
		return err_set(e, 0, "--at: a time such as 2026-11-23T10:53:00.000000000Z");
	x->expect.at = (time_t)at.sec;
	return verify_check_expect(&x->expect.archive, e);
}

/* What is read from here on is the bag, and what the checker himself trusts. */
static void confine_to(const struct cmd_verify_bag *x, const char *name)
{
	const struct option_list *lists[] = { x->expect.ca, x->expect.tsa_ca };
	struct confine_paths paths = { .n = 0 };

	confine_allow(&paths, name);
	confine_allow(&paths, x->identity);
	confine_allow(&paths, x->expect.signer);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		for (size_t k = 0; k < lists[i]->n; k++)
			confine_allow(&paths, lists[i]->p[k]);
	confine_enter_paths(&paths);
}

int cmd_verify_bag(struct cmd_verify_bag *x, const char *name)
{
	struct err e = { 0 }, unseen = { 0 };
	struct receipt r;
	struct verify v;
	int code;

	if (parse_at(x, &e) != 0)
		return commands_fail(&e, COMMANDS_USAGE);
	confine_to(x, name);
	if (receipt_open(&r, name, &x->expect, &e) != 0) {
		receipt_release(&r);
		return commands_fail(&e, COMMANDS_FAILED);
	}
	verify_begin(&v, &receipt_watch, &r);
	if (verify_archive(&r, &v, x, &unseen) == 0) {
		receipt_finish(&r, &v, NULL);
		code = show(&r, &v, x, name);
	} else {
		receipt_finish(&r, NULL, unseen.what);
		code = show(&r, NULL, x, name);
	}
	verify_release(&v);
	receipt_release(&r);
	return code;
}

/* exhibit custody form: the custody record on paper. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "workstation/cmd/cmd_custody.h"
#include "workstation/cmd/commands.h"
#include "workstation/custody/form.h"
#include "workstation/custody/sign.h"

struct args {
	const char *record, *output, *paper;
};

#define FIELD(f) offsetof(struct args, f)

const struct option_row cmd_custody_form_options[] = {
	{ "record", 'R', "FILE", OPTION_STRING, FIELD(record), CMD_CUSTODY_RECORD_HELP },
	{ "output", 'o', "FILE", OPTION_STRING, FIELD(output),
	  "a new file, or - for standard output (default)" },
	{ "paper", 0, "a4|letter", OPTION_STRING, FIELD(paper),
	  "what the page is made for (default: what the printer has)" },
	{ 0 }
};

static int parse_paper(const char *word, enum form_paper *paper, struct err *e)
{
	static const char *const words[] = { "any", "a4", "letter" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (word == NULL || strcmp(words[i], word) == 0) {
			*paper = (enum form_paper)i;
			return 0;
		}
	}
	return err_set(e, 0, "--paper is a4 or letter");
}

static int put_page(const char *output, const struct buf *page, struct err *e)
{
	int fd CLEANUP(fd_close) = -1;

	if (page->failed)
		return err_set(e, ENOMEM, "making the page");
	if (output != NULL && strcmp(output, "-") == 0)
		output = NULL;
	if (output != NULL)
		fd = open(output, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (output != NULL && fd < 0)
		return err_set(e, errno, "making %.200s", output);
	if (fd_write_all(output != NULL ? fd : STDOUT_FILENO, page->p, page->len) != 0)
		return err_set(e, errno, "writing the page");
	return 0;
}

static int form(const struct args *a, enum form_paper paper)
{
	struct err e = { 0 };
	struct ledger l;
	struct buf page;
	int r = COMMANDS_OK;
	uint64_t hold;

	buf_init(&page, FORM_MAX);
	/* A form of signatures that nobody looked at would say too much. */
	if (ledger_load(&l, a->record, &e) == 0 &&
	    sign_check_all(&l.check, NULL, 0, &hold, &e) == 0) {
		form_write(&page, &l, paper, clock_realtime());
		put_page(a->output, &page, &e);
	}
	if (e.set) {
		r = commands_fail(&e, COMMANDS_FAILED);
	} else if (l.check.worst > LEDGER_NOTE) {
		err_set(&e, 0, "the record does not hold, and the form says so");
		r = commands_fail(&e, l.check.worst == LEDGER_TORN ? COMMANDS_TRUNCATED :
				  COMMANDS_ALTERED);
	}
	buf_release(&page);
	ledger_unload(&l);
	return r;
}

int cmd_custody_form(char *const argv[])
{
	static const size_t limits[2] = { 0, 0 };
	struct args args = { .record = CMD_CUSTODY_RECORD };
	struct option_list operands = { 0 };
	enum form_paper paper = FORM_ANY;
	struct err e = { 0 };
	int r = COMMANDS_USAGE;

	if (commands_parse("custody form", &args, argv, &operands, limits) == 0)
		r = parse_paper(args.paper, &paper, &e) == 0 ? form(&args, paper) :
		    commands_fail(&e, COMMANDS_USAGE);
	option_list_release(&operands);
	return r;
}

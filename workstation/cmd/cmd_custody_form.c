/* exhibit custody form: the custody record on paper. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "workstation/cmd/cmd_custody.h"
#include "workstation/cmd/commands.h"
#include "workstation/cmd/confine.h"
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

/* Where the page goes: a new file in a folder, or what is open. */
struct place {
	const char *path;	/* NULL: standard output */
	const char *name;	/* in the folder */
	int folder;
};

static int open_place(struct place *p, const char *output, struct err *e)
{
	const char *slash;
	struct buf folder;

	*p = (struct place){ .folder = -1 };
	if (output == NULL || strcmp(output, "-") == 0)
		return 0;
	slash = strrchr(output, '/');
	p->path = output;
	p->name = slash != NULL ? slash + 1 : output;
	buf_init(&folder, 16384);
	buf_add(&folder, output, (size_t)(p->name - output));
	buf_puts(&folder, ".");
	p->folder = open(buf_cstr(&folder), O_PATH | O_DIRECTORY | O_CLOEXEC);
	buf_release(&folder);
	return p->folder >= 0 ? 0 : err_set(e, errno, "making %.200s", output);
}

/* What others wrote is read when nothing is left but to make a file there. */
static void confine_to(const struct place *p)
{
	if (p->path != NULL)
		confine_enter_folder(p->folder, CONFINE_PLACES);
	else
		confine_enter_silently();
}

static int put_page(const struct place *p, const struct buf *page, struct err *e)
{
	int fd CLEANUP(fd_close) = -1;

	if (page->failed)
		return err_set(e, ENOMEM, "making the page");
	if (p->path != NULL)
		fd = openat(p->folder, p->name,
			    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (p->path != NULL && fd < 0)
		return err_set(e, errno, "making %.200s", p->path);
	if (fd_write_all(p->path != NULL ? fd : STDOUT_FILENO, page->p, page->len) != 0)
		return err_set(e, errno, "writing the page");
	return 0;
}

static int form(const struct args *a, enum form_paper paper)
{
	int fd CLEANUP(fd_close) = -1;
	struct ledger l = { 0 };
	struct err e = { 0 };
	struct place place;
	struct buf page;
	int r = COMMANDS_OK;
	uint64_t hold;

	buf_init(&page, FORM_MAX);
	if (open_place(&place, a->output, &e) == 0)
		fd = ledger_open(a->record, false, &e);
	if (fd >= 0)
		confine_to(&place);
	/* A form of signatures that nobody looked at would say too much. */
	if (fd >= 0 && ledger_read(&l, fd, a->record, &e) == 0 &&
	    sign_check_all(&l.check, NULL, 0, &hold, &e) == 0) {
		form_write(&page, &l, paper, clock_realtime());
		put_page(&place, &page, &e);
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
	fd_close(&place.folder);
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

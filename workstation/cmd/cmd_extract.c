#include "workstation/cmd/cmd_extract.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "lib/base/text.h"
#include "workstation/cmd/commands.h"
#include "workstation/cmd/confine.h"
#include "workstation/cmd/input.h"
#include "workstation/cmd/pick.h"
#include "workstation/extract/extract.h"
#include "workstation/verify/verify_show.h"

struct args {
	const char *directory, *identity;
	bool symlinks, raw_names, force, quiet;
	struct option_list operands;	/* ARCHIVE PATH... */
};

#define FIELD(f) offsetof(struct args, f)

const struct option_row cmd_extract_options[] = {
	{ "directory", 'C', "DIR", OPTION_STRING, FIELD(directory),
	  "put it there, made if it is missing (default: the current directory)" },
	{ "identity", 'i', "FILE", OPTION_STRING, FIELD(identity), INPUT_IDENTITY_HELP },
	{ "symlinks", 0, NULL, OPTION_FLAG, FIELD(symlinks),
	  "make symbolic links that are relative and stay inside; without this, and for all "
	  "others, NAME.symlink is a text file with the target" },
	{ "raw-names", 0, NULL, OPTION_FLAG, FIELD(raw_names),
	  "keep the bytes of file names as they were, control characters included; sha256sum -c "
	  "needs it where names are odd" },
	{ "force", 0, NULL, OPTION_FLAG, FIELD(force),
	  "extract from an ALTERED archive, too, and what no seal covers" },
	{ "quiet", 'q', NULL, OPTION_FLAG, FIELD(quiet),
	  "do not tell what was renamed or not made" },
	{ 0 }
};

static bool on_wants(void *ctx, struct bytes member)
{
	const struct args *a = ctx;

	for (size_t i = 1; i < a->operands.n; i++) {
		if (pick_holds(a->operands.p[i], member))
			return true;
	}
	return a->operands.n == 1;
}

static void on_report(void *ctx, struct bytes member, const char *why, int oserr)
{
	const struct args *a = ctx;
	struct buf b;

	if (a->quiet && oserr == 0)
		return;
	buf_init(&b, ITEM_PATH_MAX * 8);
	buf_puts(&b, oserr != 0 ? "FAILED " : "note   ");
	text_escape(&b, member.p, member.len);
	buf_printf(&b, ": %s", why);
	if (oserr != 0)
		buf_printf(&b, ": %s", strerror(oserr));
	buf_putc(&b, '\n');
	commands_print(STDERR_FILENO, &b);
	buf_release(&b);
}

/* First pass.  Returns the exit code if nothing must be extracted, else -1. */
static int judge(const struct args *a, struct input *in, struct verify *v, struct err *e)
{
	static const struct verify_expect nothing = { 0 };
	struct buf b;

	if (verify_run(v, input_read, in, &nothing, e) != 0)
		return commands_fail(e, COMMANDS_FAILED);
	buf_init(&b, ITEM_PATH_MAX * 8);
	verify_show_verdict(&b, v);
	commands_print(STDERR_FILENO, &b);
	buf_release(&b);
	if (v->verdict != BUNDLE_ALTERED || a->force)
		return -1;
	err_set(e, 0, "nothing was extracted; exhibit verify tells more, --force extracts anyway");
	return commands_fail(e, COMMANDS_ALTERED);
}

static int summary(const struct extract_counts *n, const struct bundle_facts *facts)
{
	struct buf b;
	int r;

	buf_init(&b, 4096);
	buf_printf(&b, "%" PRIu64 " files, %" PRIu64 " directories, %" PRIu64 " links made, ",
		   n->files, n->directories, n->links);
	buf_printf(&b, "%" PRIu64 " under other names; %" PRIu64 " not made by rule, %" PRIu64
		   " failed\n", n->renamed, n->skipped, n->failed);
	r = commands_print(STDOUT_FILENO, &b);
	buf_release(&b);
	if (n->failed > 0 || r != 0)
		return COMMANDS_FAILED;
	return (int)commands_verdict_exit(facts->verdict);
}

static int unpack(const struct args *a, struct input *in, int top, const struct verify *v)
{
	struct extract_options o = {
		.top = top, .raw_names = a->raw_names, .symlinks = a->symlinks,
		.until = a->force || v->verdict == BUNDLE_COMPLETE ? UINT64_MAX :
			 v->facts.proven_bytes,
		.wants = on_wants, .report = on_report, .ctx = (void *)(uintptr_t)a,
	};
	struct extract_counts counts;
	struct bundle_facts facts;
	struct err e = { 0 };

	if (input_rewind(in, &e) != 0 ||
	    extract_run(&o, input_read, in, &counts, &facts, &e) != 0)
		return commands_fail(&e, COMMANDS_FAILED);
	if (facts.verdict != v->facts.verdict)
		err_set(&e, 0, "the archive changed while it was read: rely on nothing of this");
	else if (counts.files + counts.directories + counts.links + counts.skipped +
		 counts.failed == 0)
		err_set(&e, 0, "no member matches");
	if (e.set)
		return commands_fail(&e, COMMANDS_FAILED);
	return summary(&counts, &facts);
}

static int extract_archive(const struct args *a)
{
	const char *directory = a->directory != NULL ? a->directory : ".";
	int top CLEANUP(fd_close) = -1;
	struct err e = { 0 };
	struct input in;
	struct verify v;
	int r;

	if (strcmp(a->operands.p[0], "-") == 0) {
		err_set(&e, 0, "extract verifies before it writes, so it reads twice: save the "
			"stream to a file first");
		return commands_fail(&e, COMMANDS_USAGE);
	}
	/* One new directory, private: what comes out of a compromised host is nobody else's. */
	if (mkdir(directory, 0700) != 0 && errno != EEXIST) {
		err_set(&e, errno, "making the directory %.200s", directory);
		return commands_fail(&e, COMMANDS_FAILED);
	}
	top = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (top < 0) {
		err_set(&e, errno, "opening the directory %.200s", directory);
		return commands_fail(&e, COMMANDS_FAILED);
	}
	if (input_open(&in, a->operands.p[0], a->identity, &e) != 0)
		return commands_fail(&e, COMMANDS_FAILED);
	confine_enter_folder(top, CONFINE_PLACES);
	r = judge(a, &in, &v, &e);
	if (r < 0)
		r = unpack(a, &in, top, &v);
	verify_release(&v);
	input_close(&in);
	return r;
}

int cmd_extract_root(const char *archive, const char *directory, const struct archive_load *how)
{
	const char *operands[] = { archive, "[root]" };
	const struct args args = {
		.directory = directory, .identity = how->identity, .symlinks = true,
		.force = how->force, .quiet = how->quiet, .operands = { operands, 2 },
	};

	return extract_archive(&args);
}

int cmd_extract(char *const argv[])
{
	static const size_t limits[2] = { 1, SIZE_MAX };
	struct args args = { 0 };
	int r = COMMANDS_USAGE;

	if (commands_parse("extract", &args, argv, &args.operands, limits) == 0)
		r = extract_archive(&args);
	option_list_release(&args.operands);
	return r;
}

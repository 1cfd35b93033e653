#include "collector/cmd/args.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "collector/select/plan.h"
#include "lib/base/text.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define FIELD(f) offsetof(struct args, f)
#define HEADING(text) { NULL, 0, NULL, OPTION_HEADING, 0, text }
#define END { NULL, 0, NULL, OPTION_END, 0, NULL }

#define MARKER "exhibit-config"

static const struct option_row rows[] = {
	HEADING("Output"),
	{ "output", 'o', "DEST", OPTION_STRING, FIELD(output),
	  "a directory (the file gets a name), a new file, or - for standard output" },
	{ "compress", 0, "HOW", OPTION_STRING, FIELD(compress_word),
	  "zstd, zstd:LEVEL (-7 to 19), gzip, gzip:LEVEL (1 to 9) or none (default zstd:1)" },
	{ "recipient", 0, "age1...", OPTION_LIST, FIELD(recipient),
	  "encrypt to this public key of age-keygen before a byte leaves the process; may be given "
	  "many times, to the lab and to a second holder, say (default: not encrypted)" },
	{ "seal-bytes", 0, "SIZE", OPTION_SIZE, FIELD(seal_bytes),
	  "seal what was taken after so much of the archive (default 64M)" },
	{ "seal-seconds", 0, "TIME", OPTION_SECONDS, FIELD(seal_seconds),
	  "and after so much time (default 5s)" },
	HEADING("What is taken"),
	{ "profile", 'p', "NAME", OPTION_STRING, FIELD(profile), "one of the profiles below" },
	{ "include", 'i', "GLOB", OPTION_LIST, FIELD(include),
	  "take these files too, of each at most 64 GiB or what --file-size says; absolute, with "
	  "* ? [a-z] in a component and ** for any number of them, ~ for every home; may be given "
	  "many times" },
	{ "exclude", 'x', "GLOB", OPTION_LIST, FIELD(exclude),
	  "leave these out, whatever else is said; recorded; may be given many times" },
	{ "private-keys", 0, NULL, OPTION_FLAG, FIELD(private_keys),
	  "take private keys with content: of files, not only metadata and hash, and those "
	  "that the kernel gives of tunnels" },
	{ "raw-ext4", 0, NULL, OPTION_FLAG, FIELD(raw_ext4),
	  "read ext4 from its block devices too and tell where the kernel's listings differ; opens "
	  "devices, for reading" },
	{ "memory", 0, NULL, OPTION_FLAG, FIELD(memory),
	  "take physical memory too, from /proc/kcore: as large as the memory of the host, and "
	  "full of secrets" },
	{ "process-memory", 0, "WHOM", OPTION_STRING, FIELD(process_memory),
	  "take the private memory of processes: their numbers, or the word suspicious (executable "
	  "deleted, in memory or in an odd place, code in anonymous memory, ...), separated by "
	  "commas" },
	{ "root", 'r', "DIR", OPTION_STRING, FIELD(root),
	  "collect what is mounted at DIR, not the live host" },
	HEADING("Limits"),
	{ "file-size", 0, "SIZE", OPTION_SIZE, FIELD(file_size),
	  "of larger files take metadata only; it lowers the limits of the catalogue, and is "
	  "the limit of what --include names (default: those limits, and 64 GiB; never more than "
	  "1 TiB)" },
	{ "budget", 0, "SIZE", OPTION_SIZE, FIELD(budget),
	  "take so much content in the whole run, then metadata only (default: no limit)" },
	{ "deadline", 0, "TIME", OPTION_SECONDS, FIELD(deadline),
	  "end the run after so long, and seal (default: no limit)" },
	{ "item-deadline", 0, "TIME", OPTION_SECONDS, FIELD(item_deadline),
	  "give up an object that does not answer for so long (default 10s)" },
	HEADING("For the record (kept as typed)"),
	{ "case", 'c', "ID", OPTION_STRING, FIELD(case_id), "case" },
	{ "exhibit", 'e', "ID", OPTION_STRING, FIELD(exhibit), "exhibit; part of the file name" },
	{ "examiner", 0, "NAME", OPTION_STRING, FIELD(examiner_name), "who collects" },
	{ "examiner-id", 0, "ID", OPTION_STRING, FIELD(examiner_id), "badge or staff number" },
	{ "examiner-organisation", 0, "NAME", OPTION_STRING, FIELD(examiner_organisation),
	  "for whom" },
	{ "authority", 0, "TEXT", OPTION_STRING, FIELD(authority),
	  "warrant, consent or policy that permits it" },
	{ "witness", 0, "NAME", OPTION_STRING, FIELD(witness), "who watches" },
	{ "location", 0, "TEXT", OPTION_STRING, FIELD(location), "where the host stands" },
	{ "notes", 0, "TEXT", OPTION_STRING, FIELD(notes), "anything else" },
	{ "nonce", 0, "HEX", OPTION_STRING, FIELD(nonce),
	  "challenge of the workstation, 8 to 128 bytes" },
	HEADING("What the reporter says"),
	{ "discovered", 0, "TEXT", OPTION_STRING, FIELD(discovered), "how it was discovered" },
	{ "occurred", 0, "TEXT", OPTION_STRING, FIELD(occurred),
	  "when it is thought to have happened" },
	{ "changed", 0, "TEXT", OPTION_STRING, FIELD(changed), "what was changed since" },
	{ "important", 0, "TEXT", OPTION_STRING, FIELD(important), "what seems important" },
	{ "config", 0, "FILE", OPTION_STRING, FIELD(config_path),
	  "take options from this file of exhibit prepare, or standard input (-); those of the "
	  "command line win" },
	HEADING("Without collecting"),
	{ "plan", 'n', NULL, OPTION_FLAG, FIELD(plan),
	  "print what would be taken, in what order, why, how much, and which rights are missing" },
	{ "list", 'l', NULL, OPTION_FLAG, FIELD(list), "print the catalogue and the profiles" },
	{ "version", 'V', NULL, OPTION_FLAG, FIELD(version), "print version and origin" },
	{ "help", 'h', NULL, OPTION_FLAG, FIELD(help), "print this" },
	HEADING("On the screen (standard error)"),
	{ "progress", 0, "HOW", OPTION_STRING, FIELD(progress_word),
	  "auto: a live line on a terminal, else one every ten seconds; json: JSON lines; none" },
	{ "verbose", 'v', NULL, OPTION_FLAG, FIELD(verbose), "with --plan: every object" },
	{ "quiet", 'q', NULL, OPTION_FLAG, FIELD(quiet), "only begin, end and errors" },
	END
};

#define NOT_GIVEN UINT64_MAX
#define ARGV_MAX (384u << 10)	/* bytes: all of it, escaped, has to fit the session */

/* Numbers that would make a run that cannot work, or that mean the opposite of what
 * they say: no limit is said by no option, not by 0. */
static const struct range {
	const char *name;
	size_t offset;
	uint64_t min, max;
	const char *text;
} ranges[] = {
	{ "item-deadline", FIELD(item_deadline), 1, 86400, "1s to 1d" },
	{ "file-size", FIELD(file_size), 1, UINT64_C(1) << 60, "1 byte to 1048576T" },
	{ "budget", FIELD(budget), 1, UINT64_C(1) << 60, "1 byte to 1048576T" },
	{ "deadline", FIELD(deadline), 1, UINT64_C(86400) * 3650, "1s to 3650d" },
	{ "seal-bytes", FIELD(seal_bytes), 64u << 10, UINT64_C(1) << 40, "64k to 1T" },
	{ "seal-seconds", FIELD(seal_seconds), 1, 86400, "1s to 1d" },
};

static const struct method {
	const char *word;
	enum compress_kind kind;
	int min, max, usual;
} methods[] = {
	{ "zstd", COMPRESS_ZSTD, -7, 19, ARGS_ZSTD_LEVEL },
	{ "gzip", COMPRESS_GZIP, 1, 9, ARGS_GZIP_LEVEL },
	{ "none", COMPRESS_NONE, 0, 0, 0 },
};

static const char *const progress_words[] = {
	[ARGS_PROGRESS_AUTO] = "auto",
	[ARGS_PROGRESS_JSON] = "json",
	[ARGS_PROGRESS_NONE] = "none",
};

static int check_ranges(struct args *a, struct err *e)
{
	for (size_t i = 0; i < COUNT(ranges); i++) {
		uint64_t *v = (uint64_t *)((char *)a + ranges[i].offset);

		if (*v == NOT_GIVEN)
			*v = 0;
		else if (*v < ranges[i].min || *v > ranges[i].max)
			return err_set(e, 0, "--%s goes from %s", ranges[i].name, ranges[i].text);
	}
	return 0;
}

static int parse_level(const char *s, const struct method *m, int *level)
{
	char *end;
	long v = strtol(s, &end, 10);

	if (end == s || *end != '\0' || *s == ' ' || v < m->min || v > m->max)
		return -1;
	*level = (int)v;
	return 0;
}

static int parse_compress(struct args *a, struct err *e)
{
	const char *s = a->compress_word;
	size_t n = strcspn(s, ":");

	for (size_t i = 0; i < COUNT(methods); i++) {
		const struct method *m = &methods[i];

		if (strlen(m->word) != n || strncmp(m->word, s, n) != 0)
			continue;
		a->compress.kind = m->kind;
		a->compress.level = m->usual;
		if (s[n] == '\0')
			return 0;
		if (m->min == m->max)
			return err_set(e, 0, "--compress %s has no levels", m->word);
		if (parse_level(s + n + 1, m, &a->compress.level) == 0)
			return 0;
		return err_set(e, 0, "--compress %s takes levels from %d to %d, not '%s'", m->word,
			       m->min, m->max, s + n + 1);
	}
	return err_set(e, 0, "--compress needs zstd, gzip or none, not '%s'", s);
}

static int parse_progress(struct args *a, struct err *e)
{
	for (size_t i = 0; i < COUNT(progress_words); i++) {
		if (strcmp(a->progress_word, progress_words[i]) == 0) {
			a->progress = (enum args_progress)i;
			return 0;
		}
	}
	return err_set(e, 0, "--progress needs auto, json or none, not '%s'", a->progress_word);
}

static int parse_recipients(struct args *a, struct err *e)
{
	struct err why = { 0 };

	a->recipient_count = a->recipient.n;
	if (age_recipient_list(a->recipients, a->recipient.p, a->recipient.n, &why) == 0)
		return 0;
	return err_set(e, 0, "--recipient: %s", why.what);
}

static int check_nonce(const char *s, struct err *e)
{
	size_t n = strlen(s);

	if (n >= 16 && n <= 256 && n % 2 == 0 && strspn(s, "0123456789abcdefABCDEF") == n)
		return 0;
	return err_set(e, 0, "--nonce needs 16 to 256 hex digits, an even number");
}

/* Numbers of processes, and the word. */
static int check_processes(const char *s, struct err *e)
{
	static const char word[] = "suspicious";

	for (;;) {
		size_t n = strcspn(s, ",");
		bool number = n > 0 && n <= 9 && *s != '0' && strspn(s, "0123456789") == n;

		if (!number && (n != sizeof(word) - 1 || strncmp(s, word, n) != 0))
			return err_set(e, 0, "--process-memory needs numbers of processes or "
					     "suspicious, separated by commas");
		if (s[n] == '\0')
			return 0;
		s += n + 1;
	}
}

/* What only a live host has. */
static int check_live(const struct args *a, struct err *e)
{
	if (a->root != NULL && a->raw_ext4)
		return err_set(e, 0, "--raw-ext4 is of the live host: --root has none");
	if (a->root != NULL && a->profile != NULL && strcmp(a->profile, "live") == 0)
		return err_set(e, 0, "--profile live is what dies with a host: --root has "
				     "nothing of it");
	if (a->root != NULL && (a->memory || a->process_memory != NULL))
		return err_set(e, 0, "--memory and --process-memory are of the live host: "
				     "--root has none");
	return a->process_memory != NULL ? check_processes(a->process_memory, e) : 0;
}

static int check(struct args *a, const struct option_list *operands, struct err *e)
{
	if (operands->n > 0)
		return err_set(e, 0, "'%s' belongs to no option", operands->p[0]);
	if (a->output == NULL && !a->plan && !a->list && !a->version && !a->help)
		return err_set(e, 0, "--output is missing: where shall the archive go?");
	if (a->output != NULL && *a->output == '\0')
		return err_set(e, 0, "--output needs a directory, a file or -");
	if (a->root != NULL && *a->root == '\0')
		return err_set(e, 0, "--root needs a directory");
	if (parse_compress(a, e) != 0 || parse_progress(a, e) != 0 || check_ranges(a, e) != 0 ||
	    parse_recipients(a, e) != 0 || check_live(a, e) != 0)
		return -1;
	return a->nonce != NULL ? check_nonce(a->nonce, e) : 0;
}

static void set_defaults(struct args *a)
{
	*a = (struct args){
		.compress_word = "zstd",
		.progress_word = "auto",
		.item_deadline = ARGS_ITEM_SECONDS,
		.file_size = NOT_GIVEN, .budget = NOT_GIVEN, .deadline = NOT_GIVEN,
		.seal_bytes = ARGS_SEAL_BYTES,
		.seal_seconds = ARGS_SEAL_SECONDS,
	};
}

static void release_lists(struct args *a)
{
	option_list_release(&a->recipient);
	option_list_release(&a->include);
	option_list_release(&a->exclude);
}

/* The file gives what makes a run, not what asks something. */
static int read_file(struct args *a, const char *path, struct err *e)
{
	static const char *const asks[] = { "config", "help", "version", "list", NULL };
	struct err why = { 0 };
	const char *name;

	if (config_read(&a->config, path, MARKER, &why) != 0)
		return err_set(e, why.oserr, "--config %.60s: %.150s", path, why.what);
	name = config_names(&a->config, asks);
	return name == NULL ? 0 : err_set(e, 0, "--config %.60s: %s is for the command line",
					  path, name);
}

/* All over again, with the file before the command line. */
static int parse_with_file(struct args *a, char *const argv[], struct option_list *operands,
			   struct err *e)
{
	const char *path = a->config_path;
	struct err why = { 0 };

	release_lists(a);
	option_list_release(operands);
	set_defaults(a);
	if (read_file(a, path, e) != 0)
		return -1;
	if (config_apply(&a->config, rows, a, argv, operands, &why) == 0)
		return 0;
	return err_set(e, 0, "with --config %.60s: %.150s", path, why.what);
}

int args_parse(struct args *a, char *const argv[], struct err *e)
{
	struct option_list operands = { 0 };
	size_t bytes = 0;
	int r;

	set_defaults(a);
	for (size_t i = 0; argv[i] != NULL; i++)
		bytes += strlen(argv[i]) + 1;
	if (bytes > ARGV_MAX)
		return err_set(e, 0, "the command line is longer than %u KiB", ARGV_MAX >> 10);
	if (argv[0] != NULL)
		argv++;
	r = option_parse(rows, a, argv, &operands, e);
	if (r == 0 && a->config_path != NULL && !a->help && !a->version && !a->list)
		r = parse_with_file(a, argv, &operands, e);
	if (r == 0)
		r = check(a, &operands, e);
	option_list_release(&operands);
	return r;
}

void args_release(struct args *a)
{
	release_lists(a);
	config_release(&a->config);
}

void args_help(struct buf *out)
{
	buf_puts(out,
		 "Usage: exhibit-collect -o DEST [options]\n"
		 "       exhibit-collect --plan | --list | --version | --help\n"
		 "\n"
		 "Collects evidence from this host into one sealed archive. Runs nothing, writes\n"
		 "nothing but DEST, and records what it could not take.\n"
		 "\n");
	option_help(out, rows);
	buf_puts(out, "\nSIZE takes k, M, G, T; TIME takes s, m, h, d.\n\n"
		 "Profiles, the first is the default:\n");
	for (size_t i = 0; plan_profile_name(i) != NULL; i++)
		buf_printf(out, "  %-8s %s\n", plan_profile_name(i), plan_profile_reason(i));
	buf_puts(out,
		 "\nExamples:\n"
		 "  exhibit-collect -o /mnt/usb --case 2026-17 --exhibit A1 --examiner 'N. N.'\n"
		 "  ssh root@web01 ./exhibit-collect -o - > A1.tar.zst\n"
		 "  exhibit-collect -o /mnt/usb --recipient age1... --recipient age1...\n"
		 "  exhibit-collect -o /mnt/usb --config /mnt/usb/collect.json\n"
		 "  exhibit-collect --plan --profile full\n"
		 "  exhibit-collect -o . --root /mnt/image --include '/opt/shop/**'\n"
		 "\nExit codes:\n"
		 "  0  the plan was completed and sealed; what could not be read is recorded\n"
		 "  1  sealed, but the plan was not completed: limit, signal, missing rights\n"
		 "  2  the command line was wrong, or DEST cannot be made; nothing was done\n"
		 "  3  a promise was broken (output full, ...); what was sealed before is valid\n");
}

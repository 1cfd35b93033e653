#include "workstation/cmd/cmd_prepare.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/fd.h"
#include "lib/base/keymem.h"
#include "lib/base/text.h"
#include "lib/custody/config.h"
#include "workstation/cmd/cmd_custody.h"
#include "workstation/cmd/commands.h"
#include "workstation/custody/ask.h"
#include "workstation/custody/identity.h"
#include "workstation/custody/plan_text.h"
#include "workstation/custody/release.h"

#define NONCE_LEN 32u
#define COLLECTOR "exhibit-collect"
#define CONFIG "collect.json"

struct args {
	const char *from, *directory, *collector, *sums, *profile, *target, *folder;
	struct option_list recipient, recipient_of, new_identity, with;
	bool yes;
	struct ledger_entry entry;
};

#define FIELD(f) offsetof(struct args, f)
#define VALUE(id) (offsetof(struct args, entry.value) + LEDGER_##id * sizeof(const char *))
#define HEADING(text) { NULL, 0, NULL, OPTION_HEADING, 0, text }

const struct option_row cmd_prepare_options[] = {
	{ "from", 'f', "FILE", OPTION_STRING, FIELD(from),
	  "take options from this JSON file, {\"exhibit-prepare\":1,\"case\":\"...\"}; those of "
	  "the command line win" },
	{ "directory", 'C', "DIR", OPTION_STRING, FIELD(directory),
	  "put the record and the configuration there, made if it is missing (default: the "
	  "current directory)" },
	{ "yes", 'y', NULL, OPTION_FLAG, FIELD(yes), "ask nothing" },
	HEADING("The collector"),
	{ "collector", 0, "FILE", OPTION_STRING, FIELD(collector),
	  "the program that will be run on the host; its hash goes into the record" },
	{ "sums", 0, "FILE", OPTION_STRING, FIELD(sums),
	  "SHA256SUMS of the release: without a line of that hash nothing is prepared" },
	{ "profile", 'p', "NAME", OPTION_STRING, FIELD(profile), "what is taken" },
	{ "with", 'w', "NAME[=VALUE]", OPTION_LIST, FIELD(with),
	  "another option of exhibit-collect; may be given many times" },
	{ "ssh", 0, "TARGET", OPTION_STRING, FIELD(target),
	  "how ssh reaches the host (default: root@ and the host)" },
	{ "host-directory", 0, "DIR", OPTION_STRING, FIELD(folder),
	  "where scp puts the collector (default: /dev/shm, which is memory)" },
	HEADING("Encryption"),
	{ "recipient", 0, "age1...", OPTION_LIST, FIELD(recipient),
	  "encrypt to this public key; may be given many times" },
	{ "recipient-of", 0, "FILE", OPTION_LIST, FIELD(recipient_of),
	  "to the key in this identity file" },
	{ "new-identity", 0, "FILE", OPTION_LIST, FIELD(new_identity),
	  "to a new key, and make this identity file, which must not exist" },
	HEADING("The case"),
	{ "case", 'c', "ID", OPTION_STRING, VALUE(CASE), "case" },
	{ "exhibit", 'e', "ID", OPTION_STRING, VALUE(EXHIBIT), "exhibit" },
	{ "root-exhibit", 0, "ID", OPTION_STRING, VALUE(ROOT_EXHIBIT), "of which it is a part" },
	{ "description", 0, "TEXT", OPTION_STRING, VALUE(DESCRIPTION), "what it is" },
	{ "host", 0, "NAME", OPTION_STRING, VALUE(HOST), "where it comes from" },
	{ "offence", 0, "TEXT", OPTION_STRING, VALUE(OFFENCE), "offence or incident" },
	{ "owner", 0, "NAME", OPTION_STRING, VALUE(OWNER), "victim or owner" },
	{ "suspect", 0, "NAME", OPTION_STRING, VALUE(SUSPECT), "if there is one" },
	{ "medium", 0, "TEXT", OPTION_STRING, VALUE(MEDIUM),
	  "make, model, serial number of the disk that will carry it" },
	{ "examiner", 0, "NAME", OPTION_STRING, VALUE(EXAMINER), "who collects" },
	{ "examiner-id", 0, "ID", OPTION_STRING, VALUE(EXAMINER_ID), "badge or staff number" },
	{ "examiner-organisation", 0, "NAME", OPTION_STRING, VALUE(EXAMINER_ORGANISATION),
	  "for whom" },
	{ "authority", 0, "TEXT", OPTION_STRING, VALUE(AUTHORITY),
	  "warrant, consent or policy that permits it, with its number" },
	{ "witness", 0, "NAME", OPTION_STRING, VALUE(WITNESS), "who watches" },
	{ "location", 0, "TEXT", OPTION_STRING, VALUE(LOCATION), "where the host stands" },
	{ "notes", 0, "TEXT", OPTION_STRING, VALUE(COMMENTS), "anything else" },
	{ "time-source", 0, "TEXT", OPTION_STRING, VALUE(TIME_SOURCE),
	  "what the workstation's clock is set by (default: what the kernel says)" },
	HEADING("What the reporter says"),
	{ "discovered", 0, "TEXT", OPTION_STRING, VALUE(DISCOVERED), "how it was discovered" },
	{ "occurred", 0, "TEXT", OPTION_STRING, VALUE(OCCURRED),
	  "when it is thought to have happened" },
	{ "changed", 0, "TEXT", OPTION_STRING, VALUE(CHANGED), "what was changed since" },
	{ "important", 0, "TEXT", OPTION_STRING, VALUE(IMPORTANT), "what seems important" },
	{ 0 }
};

/* In the order in which a person is asked; the first ones must be answered. */
static const enum ledger_field questions[] = {
	LEDGER_CASE, LEDGER_EXHIBIT, LEDGER_EXAMINER, LEDGER_EXAMINER_ID,
	LEDGER_EXAMINER_ORGANISATION, LEDGER_AUTHORITY, LEDGER_HOST, LEDGER_LOCATION,
	LEDGER_DESCRIPTION, LEDGER_OWNER, LEDGER_WITNESS, LEDGER_DISCOVERED, LEDGER_OCCURRED,
	LEDGER_CHANGED, LEDGER_IMPORTANT,
};

#define QUESTIONS (sizeof(questions) / sizeof(questions[0]))
#define MUST_ANSWER 3u
#define HOLDERS 2u

/* Everything that is made on the way. */
struct job {
	struct args *args;
	struct buf answers;		/* of the terminal, one behind the other with NULs */
	bool asked_holders;
	size_t holder_at[HOLDERS];	/* where their answers are */
	struct config file;		/* of --from */
	struct age_recipient recipients[AGE_RECIPIENT_MAX];
	const char *texts[AGE_RECIPIENT_MAX];
	size_t recipient_count;
	char nonce[2 * NONCE_LEN + 1], issued[CLOCK_UTC_LEN];
	char collector_sha256[DIGEST_HEX_LEN], config_sha256[DIGEST_HEX_LEN];
	struct buf record, config, keys;	/* paths of files; text of the recipients */
	struct plan_text plan;
	struct err e;
};

/* ------------------------------------------------------------ what was typed */

/* Whom an archive is for, unless an option says it. */
static const char *const holders[] = {
	"Encrypt to the laboratory: age1..., or a name for the file of a new key",
	"And to a second holder: the same",
};

static bool has_recipients(const struct args *a)
{
	return a->recipient.n + a->recipient_of.n + a->new_identity.n > 0;
}

static int ask_recipients(struct job *j)
{
	if (has_recipients(j->args))
		return 0;
	j->asked_holders = true;
	for (size_t i = 0; i < HOLDERS; i++) {
		j->holder_at[i] = j->answers.len;
		if (ask_line(holders[i], false, &j->answers, &j->e) != 0)
			return -1;
	}
	return 0;
}

/* What was answered: a public key, or the name of a file to be made. */
static int keep_holders(struct job *j)
{
	for (size_t i = 0; j->asked_holders && i < HOLDERS; i++) {
		const char *s = j->answers.p + j->holder_at[i];
		struct option_list *l = strncmp(s, "age1", 4) == 0 ? &j->args->recipient :
								     &j->args->new_identity;

		if (*s != '\0' && option_list_add(l, s) != 0)
			return err_set(&j->e, ENOMEM, "keeping the answers");
	}
	return 0;
}

static int ask_all(struct job *j)
{
	struct ledger_entry *entry = &j->args->entry;
	size_t at[QUESTIONS];

	for (size_t i = 0; i < QUESTIONS; i++) {
		at[i] = j->answers.len;
		if (entry->value[questions[i]] != NULL)
			continue;
		if (ask_line(ledger_line_label(questions[i]), i < MUST_ANSWER, &j->answers,
			     &j->e) != 0)
			return -1;
	}
	if (ask_recipients(j) != 0)
		return -1;
	for (size_t i = 0; i < QUESTIONS; i++) {
		if (entry->value[questions[i]] == NULL && j->answers.p != NULL)
			entry->value[questions[i]] = j->answers.p + at[i];
	}
	return keep_holders(j);
}

static bool is_missing(const char *s)
{
	return s == NULL || *s == '\0';
}

/* It goes into JSON and command lines as it is, so it must be text. */
static int check_texts(struct job *j)
{
	const struct args *a = j->args;

	for (int f = 0; f < LEDGER_FIELD_COUNT; f++) {
		const char *v = a->entry.value[f];

		if (v != NULL && !text_is_shown(v, strlen(v)))
			return err_set(&j->e, 0, "%s: control characters, or no UTF-8",
				       ledger_line_key((enum ledger_field)f));
	}
	for (size_t i = 0; i < a->with.n; i++) {
		if (!text_is_shown(a->with.p[i], strlen(a->with.p[i])))
			return err_set(&j->e, 0, "with: control characters, or no UTF-8");
	}
	if (is_missing(a->entry.value[LEDGER_CASE]) || is_missing(a->entry.value[LEDGER_EXHIBIT]) ||
	    is_missing(a->entry.value[LEDGER_EXAMINER]))
		return err_set(&j->e, 0, "--case, --exhibit and --examiner are needed");
	if (a->target != NULL && *a->target == '-')
		return err_set(&j->e, 0, "--ssh is no target");
	return 0;
}

/* ------------------------------------------------------------ what is looked at */

/* Return an exit code: a collector that is not the released one must not be used. */
static int check_collector(struct job *j)
{
	struct args *a = j->args;
	uint8_t hash[DIGEST_LEN];
	int listed = 1;

	if (a->collector == NULL && a->sums == NULL)
		return COMMANDS_OK;
	if (a->collector == NULL) {
		err_set(&j->e, 0, "--sums needs --collector");
		return COMMANDS_USAGE;
	}
	if (release_hash(a->collector, hash, &j->e) != 0)
		return COMMANDS_FAILED;
	if (a->sums != NULL)
		listed = release_check(a->sums, hash, &j->e);
	if (listed == 0)
		err_set(&j->e, 0, "%.100s is not what the release lists: nothing was prepared",
			a->collector);
	if (listed <= 0)
		return listed == 0 ? COMMANDS_ALTERED : COMMANDS_FAILED;
	a->entry.value[LEDGER_COLLECTOR] = a->collector;
	a->entry.value[LEDGER_COLLECTOR_SHA256] = digest_hex(j->collector_sha256, hash);
	a->entry.value[LEDGER_COLLECTOR_LISTED] = a->sums != NULL ? "yes" : "not compared";
	return COMMANDS_OK;
}

static void under(struct buf *out, const char *directory, const char *name)
{
	if (directory != NULL)
		buf_printf(out, "%s/", directory);
	buf_puts(out, name);
	buf_cstr(out);
}

static int check_places(struct job *j)
{
	const char *paths[] = { buf_cstr(&j->record), buf_cstr(&j->config) };

	for (size_t i = 0; i < 2; i++) {
		if (access(paths[i], F_OK) == 0)
			return err_set(&j->e, 0, "%.180s is there already: one directory for each "
				       "exhibit", paths[i]);
	}
	return 0;
}

/* ------------------------------------------------------------ what is made */

static int keep_recipient(struct job *j, const struct age_recipient *r)
{
	for (size_t i = 0; i < j->recipient_count; i++) {
		if (strcmp(j->recipients[i].text, r->text) == 0)
			return err_set(&j->e, 0, "the recipient %s twice", r->text);
	}
	j->recipients[j->recipient_count] = *r;
	j->texts[j->recipient_count] = j->recipients[j->recipient_count].text;
	j->recipient_count++;
	buf_printf(&j->keys, "%s%s", j->keys.len > 0 ? " " : "", r->text);
	return 0;
}

static int parse_recipient(const char *text, struct age_recipient *r, struct err *e)
{
	return age_recipient_parse(r, text, e);
}

/* New keys come last: whatever is wrong with the others, nothing was made yet. */
static int make_recipients(struct job *j)
{
	const struct {
		const struct option_list *list;
		int (*get)(const char *s, struct age_recipient *r, struct err *e);
	} kinds[] = {
		{ &j->args->recipient, parse_recipient },
		{ &j->args->recipient_of, identity_recipient },
		{ &j->args->new_identity, identity_new },
	};
	struct age_recipient r;

	if (j->args->recipient.n + j->args->recipient_of.n + j->args->new_identity.n >
	    AGE_RECIPIENT_MAX)
		return err_set(&j->e, 0, "more than %u recipients", AGE_RECIPIENT_MAX);
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		for (size_t i = 0; i < kinds[k].list->n; i++) {
			if (kinds[k].get(kinds[k].list->p[i], &r, &j->e) != 0 ||
			    keep_recipient(j, &r) != 0)
				return -1;
		}
	}
	return 0;
}

static int make_nonce(struct job *j)
{
	uint8_t random[NONCE_LEN];
	struct buf hex;

	if (keymem_random(random, sizeof(random)) != 0)
		return err_set(&j->e, errno, "random numbers for the nonce");
	buf_init(&hex, sizeof(j->nonce));
	text_hex(&hex, random, sizeof(random));
	snprintf(j->nonce, sizeof(j->nonce), "%s", buf_cstr(&hex));
	buf_release(&hex);
	clock_utc(j->issued, clock_realtime());
	j->args->entry.value[LEDGER_NONCE] = j->nonce;
	return 0;
}

/* The collector will refuse what this refuses: better now than there. */
static int check_config(struct job *j, const struct buf *text)
{
	struct config c;
	struct err why = { 0 };

	if (text->failed)
		return err_set(&j->e, 0, "the configuration is too long");
	if (config_parse(&c, text->p, text->len, "exhibit-config", &why) != 0)
		err_set(&j->e, 0, "the configuration %.150s: see --with", why.what);
	digest_hex(j->config_sha256, c.sha256);
	config_release(&c);
	return why.set ? -1 : 0;
}

static int write_config(struct job *j, const struct buf *text)
{
	const char *path = buf_cstr(&j->config);
	int fd CLEANUP(fd_close) = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 || fd_write_all(fd, text->p, text->len) != 0 || fsync(fd) != 0)
		return err_set(&j->e, errno, "writing %.200s", path);
	j->args->entry.value[LEDGER_CONFIG_SHA256] = j->config_sha256;
	return 0;
}

static int make_files(struct job *j, struct ledger_added *added)
{
	struct args *a = j->args;
	struct buf text;
	int r;

	j->plan = (struct plan_text){
		.entry = &a->entry, .with = &a->with, .recipients = j->texts,
		.recipient_count = j->recipient_count, .profile = a->profile,
		.collector = a->collector != NULL ? a->collector : COLLECTOR,
		.config = buf_cstr(&j->config), .target = a->target,
		.folder = a->folder != NULL ? a->folder : "/dev/shm", .issued = j->issued,
		.identity = a->recipient_of.n > 0 ? a->recipient_of.p[0] :
			    a->new_identity.n > 0 ? a->new_identity.p[0] : NULL,
	};
	buf_init(&text, CONFIG_FILE_MAX);
	plan_text_config(&text, &j->plan);
	r = check_config(j, &text) == 0 && write_config(j, &text) == 0 ? 0 : -1;
	buf_release(&text);
	if (r == 0)
		r = ledger_start(buf_cstr(&j->record), &a->entry, added, &j->e);
	return r;
}

/* ------------------------------------------------------------ the whole */

static void put_advice(struct buf *b, const struct job *j)
{
	if (j->recipient_count == 0)
		buf_puts(b, "The archive will NOT be encrypted.\n\n");
	if (j->recipient_count == 1)
		buf_puts(b, "One recipient only: if that key is lost, so is the archive.\n\n");
	for (size_t i = 0; i < j->args->new_identity.n; i++) {
		buf_puts(b, "Keep secret, and off every disk that goes to the host: ");
		text_escape(b, j->args->new_identity.p[i], strlen(j->args->new_identity.p[i]));
		buf_putc(b, '\n');
	}
	if (j->args->new_identity.n > 0)
		buf_putc(b, '\n');
	if (j->args->collector == NULL)
		buf_puts(b, "The collector was not compared: --collector, --sums.\n\n");
}

static int show(const struct job *j, const struct ledger_added *added)
{
	struct buf b;
	int r = cmd_custody_written("planned", added);

	buf_init(&b, 1u << 20);
	buf_putc(&b, '\n');
	put_advice(&b, j);
	plan_text_commands(&b, &j->plan);
	if (commands_print(STDOUT_FILENO, &b) != 0)
		r = COMMANDS_FAILED;
	buf_release(&b);
	return r;
}

static int prepare(struct job *j)
{
	struct args *a = j->args;
	struct ledger_added added;
	int r;

	if (!a->yes && ask_possible() && ask_all(j) != 0)
		return COMMANDS_FAILED;
	if (check_texts(j) != 0)
		return COMMANDS_USAGE;
	r = check_collector(j);
	if (r != COMMANDS_OK)
		return r;
	under(&j->record, a->directory, CMD_CUSTODY_RECORD);
	under(&j->config, a->directory, CONFIG);
	if (a->directory != NULL && mkdir(a->directory, 0700) != 0 && errno != EEXIST)
		err_set(&j->e, errno, "making the directory %.200s", a->directory);
	if (j->e.set || check_places(j) != 0 || make_recipients(j) != 0 || make_nonce(j) != 0)
		return COMMANDS_FAILED;
	a->entry.event = LEDGER_EVENT_PLANNED;
	a->entry.value[LEDGER_BY] = a->entry.value[LEDGER_EXAMINER];
	a->entry.value[LEDGER_BY_ID] = a->entry.value[LEDGER_EXAMINER_ID];
	a->entry.value[LEDGER_RECIPIENTS] = buf_cstr(&j->keys);
	return make_files(j, &added) == 0 ? show(j, &added) : COMMANDS_FAILED;
}

static void drop_lists(struct args *a)
{
	option_list_release(&a->recipient);
	option_list_release(&a->recipient_of);
	option_list_release(&a->new_identity);
	option_list_release(&a->with);
}

/* Options of the file, then of the command line. */
static int apply_file(struct job *j, char *const argv[])
{
	static const char *const asks[] = { "from", NULL };
	struct option_list operands = { 0 };
	struct args *a = j->args;
	const char *path = a->from;
	struct err why = { 0 };
	int r;

	drop_lists(a);
	*a = (struct args){ 0 };
	r = config_read(&j->file, path, "exhibit-prepare", &why);
	if (r == 0 && config_names(&j->file, asks) != NULL)
		r = err_set(&why, 0, "from is for the command line");
	if (r == 0)
		r = config_apply(&j->file, cmd_prepare_options, a, argv, &operands, &why);
	option_list_release(&operands);
	return r == 0 ? 0 : err_set(&j->e, why.oserr, "--from %.60s: %.150s", path, why.what);
}

int cmd_prepare(char *const argv[])
{
	static const size_t limits[2] = { 0, 0 };
	struct option_list operands = { 0 };
	struct args args = { 0 };
	struct job j = { .args = &args };
	int r = COMMANDS_USAGE;

	buf_init(&j.answers, 1u << 20);
	buf_init(&j.record, 8192);
	buf_init(&j.config, 8192);
	buf_init(&j.keys, 8192);
	if (commands_parse("prepare", &args, argv, &operands, limits) == 0)
		r = args.from == NULL || apply_file(&j, argv) == 0 ? prepare(&j) : COMMANDS_USAGE;
	if (j.e.set)
		commands_fail(&j.e, (enum commands_exit)r);
	option_list_release(&operands);
	drop_lists(&args);
	config_release(&j.file);
	buf_release(&j.answers);
	buf_release(&j.record);
	buf_release(&j.config);
	buf_release(&j.keys);
	return r;
}

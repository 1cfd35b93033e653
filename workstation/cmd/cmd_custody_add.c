/* exhibit custody add: one more line of the custody record. */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "lib/base/text.h"
#include "lib/seal/key.h"
#include "workstation/cmd/archive_check.h"
#include "workstation/cmd/arrival_note.h"
#include "workstation/cmd/cmd_custody.h"
#include "workstation/cmd/commands.h"
#include "workstation/cmd/confine.h"
#include "workstation/cmd/input.h"
#include "workstation/custody/ask.h"
#include "workstation/receive/receive.h"

struct args {
	const char *record, *archive, *identity, *log;
	bool no_archive, no_log, yes;
	bool asks;	/* there is somebody to ask */
	int fd;		/* of the record, to append to */
	struct ledger_entry entry;
};

#define FIELD(f) offsetof(struct args, f)
#define VALUE(id) (offsetof(struct args, entry.value) + LEDGER_##id * sizeof(const char *))
#define HEADING(text) { NULL, 0, NULL, OPTION_HEADING, 0, text }

const struct option_row cmd_custody_add_options[] = {
	{ "record", 'R', "FILE", OPTION_STRING, FIELD(record), CMD_CUSTODY_RECORD_HELP },
	{ "archive", 'a', "FILE", OPTION_STRING, FIELD(archive),
	  "read this archive anew and compare (default: the one that the record names, beside "
	  "the record)" },
	{ "no-archive", 0, NULL, OPTION_FLAG, FIELD(no_archive),
	  "the archive is not at hand: compare nothing" },
	{ "identity", 'i', "FILE", OPTION_STRING, FIELD(identity), INPUT_IDENTITY_HELP },
	{ "log", 'l', "FILE", OPTION_STRING, FIELD(log),
	  "received: take the host's clock and the time of arrival from this log (default: "
	  "ARCHIVE.receive.jsonl, if that is there)" },
	{ "no-log", 0, NULL, OPTION_FLAG, FIELD(no_log), "take them from nowhere" },
	{ "yes", 'y', NULL, OPTION_FLAG, FIELD(yes), "ask nothing, write the line" },
	HEADING("Who"),
	{ "by", 0, "NAME", OPTION_STRING, VALUE(BY), "who did it" },
	{ "by-id", 0, "ID", OPTION_STRING, VALUE(BY_ID), "badge or staff number" },
	{ "released-by", 0, "NAME", OPTION_STRING, VALUE(RELEASED_BY), "who gave it away" },
	{ "released-by-id", 0, "ID", OPTION_STRING, VALUE(RELEASED_BY_ID), "that person's number" },
	{ "received-by", 0, "NAME", OPTION_STRING, VALUE(RECEIVED_BY), "who took it" },
	{ "received-by-id", 0, "ID", OPTION_STRING, VALUE(RECEIVED_BY_ID), "that person's number" },
	{ "witness", 0, "NAME", OPTION_STRING, VALUE(WITNESS), "who watched" },
	HEADING("When, why, how, where"),
	{ "when", 0, "TIME", OPTION_STRING, VALUE(WHEN),
	  "when it happened, with its zone, if that is not now" },
	{ "purpose", 0, "TEXT", OPTION_STRING, VALUE(PURPOSE), "why" },
	{ "method", 0, "TEXT", OPTION_STRING, VALUE(METHOD), "ssh, USB disk, courier, by hand" },
	{ "tracking", 0, "NUMBER", OPTION_STRING, VALUE(TRACKING), "of the courier" },
	{ "location", 0, "TEXT", OPTION_STRING, VALUE(LOCATION), "where" },
	{ "authority", 0, "TEXT", OPTION_STRING, VALUE(AUTHORITY), "what permits it" },
	{ "time-source", 0, "TEXT", OPTION_STRING, VALUE(TIME_SOURCE),
	  "what the workstation's clock is set by (default: what the kernel says)" },
	HEADING("Seals, condition, changes"),
	{ "sealed", 0, "yes|no", OPTION_STRING, VALUE(SEALED), "was it under seal" },
	{ "seal-old", 0, "NUMBER", OPTION_STRING, VALUE(SEAL_OLD), "of the seal that was there" },
	{ "seal-new", 0, "NUMBER", OPTION_STRING, VALUE(SEAL_NEW), "of the one that is there now" },
	{ "condition", 0, "TEXT", OPTION_STRING, VALUE(CONDITION), "of the medium and its seals" },
	{ "medium", 0, "TEXT", OPTION_STRING, VALUE(MEDIUM), "make, model, serial number" },
	{ "changes", 0, "TEXT", OPTION_STRING, VALUE(CHANGES), "what was changed" },
	{ "justification", 0, "TEXT", OPTION_STRING, VALUE(JUSTIFICATION), "why that had to be" },
	{ "comments", 0, "TEXT", OPTION_STRING, VALUE(COMMENTS), "anything else" },
	{ "corrects", 0, "LINE", OPTION_STRING, VALUE(CORRECTS),
	  "number of the line that is wrong" },
	HEADING("What was read from the screen of the host"),
	{ "fingerprint", 0, "FPR", OPTION_STRING, VALUE(FINGERPRINT), "when it began" },
	{ "root", 0, "HASH", OPTION_STRING, VALUE(ROOT), "when it ended" },
	{ "read-by", 0, "NAME", OPTION_STRING, VALUE(READ_BY), "who read it aloud" },
	{ "heard-by", 0, "NAME", OPTION_STRING, VALUE(HEARD_BY), "who wrote it down" },
	{ "channel", 0, "TEXT", OPTION_STRING, VALUE(CHANNEL), "telephone, same room, photograph" },
	{ 0 }
};

/* Answers are kept one behind the other; the buffer may move, so places are noted. */
struct answers {
	struct buf text;
	size_t at[LEDGER_FIELD_COUNT];	/* plus one; 0: not asked, or empty */
};

static int ask_field(struct answers *a, enum ledger_field f, bool needed, struct err *e)
{
	size_t at = a->text.len;

	if (ask_line(ledger_line_label(f), needed, &a->text, e) != 0)
		return -1;
	if (a->text.p[at] != '\0')
		a->at[f] = at + 1;
	return 0;
}

static int ask_missing(struct ledger_entry *entry, struct answers *a, struct err *e)
{
	for (int i = 0; i < LEDGER_FIELD_COUNT; i++) {
		enum ledger_field f = (enum ledger_field)i;
		bool needed = ledger_line_needs(entry->event, f);

		if (entry->value[i] != NULL || (!needed && !ledger_line_asks(entry->event, f)))
			continue;
		if (ask_field(a, f, needed, e) != 0)
			return -1;
	}
	for (int i = 0; i < LEDGER_FIELD_COUNT; i++) {
		if (a->at[i] > 0)
			entry->value[i] = a->text.p + a->at[i] - 1;
	}
	return 0;
}

/* Values whose form can be wrong.  A mistyped letter is told before it is written for good. */
static int check_values(const struct ledger_entry *entry, const struct ledger *l, struct err *e)
{
	static const enum ledger_field hashes[] = { LEDGER_FINGERPRINT, LEDGER_ROOT };
	static const uint8_t any[DIGEST_LEN];
	const char *corrects = entry->value[LEDGER_CORRECTS], *sealed = entry->value[LEDGER_SEALED];
	char *end;

	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++) {
		const char *v = entry->value[hashes[i]];

		if (v != NULL && key_short_match(v, any) < 0)
			return err_set(e, 0, "%s: neither 64 hex digits nor the short form, or a "
				       "letter is wrong", ledger_line_key(hashes[i]));
	}
	if (sealed != NULL && strcmp(sealed, "yes") != 0 && strcmp(sealed, "no") != 0)
		return err_set(e, 0, "sealed: yes or no");
	if (corrects != NULL && (*corrects < '1' || *corrects > '9' ||
				 strtoull(corrects, &end, 10) > l->check.count || *end != '\0'))
		return err_set(e, 0, "corrects: there is no line of that number");
	return 0;
}

/* The archive that the record names lies beside the record. */
static void beside(struct buf *out, const char *record, const char *name)
{
	const char *slash = strrchr(record, '/');

	if (slash != NULL)
		buf_add(out, record, (size_t)(slash + 1 - record));
	text_unescape(out, name, strlen(name));
	buf_cstr(out);
}

/* Which archive is to be read: "" for none.  Return 0, or -1 with ${e}. */
static int find_archive(const struct args *a, const struct ledger *l, struct buf *name,
			struct err *e)
{
	const char *known = ledger_value(l, LEDGER_ARCHIVE);

	if (a->no_archive)
		return 0;
	if (a->archive != NULL)
		buf_puts(name, a->archive);
	else if (known != NULL)
		beside(name, a->record, known);
	if (name->len == 0 || a->archive != NULL || access(buf_cstr(name), F_OK) == 0)
		return 0;
	return err_set(e, errno, "the archive %.120s is not beside the record; --archive FILE "
		       "or --no-archive", buf_cstr(name));
}

/* Of a receipt, the log that tells of it: "" for none. */
static void find_log(const struct args *a, const char *archive, struct buf *name)
{
	if (a->entry.event != LEDGER_EVENT_RECEIVED || a->no_log)
		return;
	if (a->log != NULL)
		buf_puts(name, a->log);
	else if (*archive != '\0')
		buf_printf(name, "%s%s", archive, RECEIVE_LOG_SUFFIX);
	if (a->log == NULL && !name->failed && access(buf_cstr(name), F_OK) != 0)
		buf_clear(name);
}

/* What the log tells. */
static int note_arrival(struct args *a, const char *log, const struct archive_check *c,
			struct arrival_note *note, struct err *e)
{
	if (*log == '\0')
		return 0;
	if (arrival_note_read(note, log, c->observed, e) != 0)
		return -1;
	arrival_note_say(note, &a->entry);
	return 0;
}

static void show(const struct ledger_entry *entry, struct buf *b)
{
	buf_printf(b, "\n%s: %s\n", ledger_line_event_word(entry->event),
		   ledger_line_event_text(entry->event));
	for (int i = 0; i < LEDGER_FIELD_COUNT; i++) {
		const char *v = entry->value[i];

		if (v == NULL || *v == '\0')
			continue;
		buf_printf(b, "  %s: ", ledger_line_label((enum ledger_field)i));
		text_escape(b, v, strlen(v));
		buf_putc(b, '\n');
	}
}

/* Lines are never taken back, so they are shown before. */
static int confirm(const struct ledger_entry *entry, struct err *e)
{
	struct buf b;
	bool yes = false;

	buf_init(&b, 1u << 20);
	show(entry, &b);
	commands_print(STDERR_FILENO, &b);
	buf_release(&b);
	if (ask_yes("Write this line? It cannot be taken back.", &yes, e) != 0)
		return -1;
	return yes ? 0 : err_set(e, 0, "nothing was written");
}

int cmd_custody_written(const char *word, const struct ledger_added *added)
{
	char hex[DIGEST_HEX_LEN], shortly[KEY_SHORT_LEN];
	struct buf b;
	int r;

	buf_init(&b, 4096);
	buf_printf(&b, "line %" PRIu64 ": %s\nhead   %s\nshort  %s\n", added->n, word,
		   digest_hex(hex, added->sha256), key_short_form(shortly, added->sha256));
	r = commands_print(STDOUT_FILENO, &b);
	buf_release(&b);
	return r == 0 ? COMMANDS_OK : COMMANDS_FAILED;
}

/* What was read from the screen against the archive, or else against what the record has.
 * The line is written whatever comes out: that it was said so is a fact. */
static bool read_back_differs(struct ledger_entry *entry, const struct ledger *l,
			      const struct archive_check *c)
{
	bool key = entry->event == LEDGER_EVENT_KEY_READBACK;
	enum ledger_field f = key ? LEDGER_FINGERPRINT : LEDGER_ROOT;
	const char *sealed = key ? c->fingerprint : c->root;
	const char *known = *sealed != '\0' ? sealed : ledger_first(l, f);

	if ((!key && entry->event != LEDGER_EVENT_ROOT_READBACK) || known == NULL)
		return false;
	if (key_short_same(entry->value[f], known) == 1) {
		if (entry->value[LEDGER_MATCH] == NULL)
			entry->value[LEDGER_MATCH] = "yes";
		return false;
	}
	entry->value[LEDGER_MATCH] = "no";
	return true;
}

static int write_line(struct args *a, const struct ledger *l, const struct archive_check *c)
{
	bool read_other = read_back_differs(&a->entry, l, c);
	struct ledger_added added;
	struct err e = { 0 };
	int r;

	if (ledger_add(a->fd, a->record, &a->entry, &added, &e) != 0)
		return commands_fail(&e, COMMANDS_FAILED);
	r = cmd_custody_written(ledger_line_event_word(a->entry.event), &added);
	if (r != COMMANDS_OK || (!c->differs && !read_other))
		return r;
	err_set(&e, 0, "%s; the line says so", c->differs ?
		"the archive is NOT what the record says" :
		"what was read from the screen is NOT what was known of it");
	return commands_fail(&e, COMMANDS_ALTERED);
}

/* Everything that is known is known now, or nothing is written. */
static int complete(struct args *a, const struct ledger *l, struct answers *answers,
		    struct err *e)
{
	struct buf lacks;
	int r = 0;

	if (check_values(&a->entry, l, e) != 0 ||
	    (a->asks && ask_missing(&a->entry, answers, e) != 0) ||
	    check_values(&a->entry, l, e) != 0)
		return -1;
	buf_init(&lacks, 4096);
	ledger_lacks(&a->entry, &lacks);
	if (lacks.len > 0)
		r = err_set(e, 0, "an event \"%s\" needs %s",
			    ledger_line_event_word(a->entry.event), buf_cstr(&lacks));
	buf_release(&lacks);
	return r == 0 && a->asks ? confirm(&a->entry, e) : r;
}

/* The record is open for the line, and named the archive; what is read from here on is that, its
 * log, and what was given. */
static void confine_to(const struct args *a, const char *archive, const char *log)
{
	const char *const files[] = { a->record, a->identity, archive, log };
	struct confine_paths paths = { .n = 0 };

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		confine_allow(&paths, files[i]);
	confine_enter_paths(&paths);
}

static int add_line(struct args *a, const struct ledger *l, struct answers *answers,
		    const char *archive, const char *log)
{
	struct archive_check c = { 0 };
	struct arrival_note note;
	struct err e = { 0 };

	confine_to(a, archive, log);
	if ((*archive != '\0' && archive_check_run(&c, l, archive, a->identity, &e) != 0) ||
	    note_arrival(a, log, &c, &note, &e) != 0)
		return commands_fail(&e, COMMANDS_FAILED);
	if (*archive != '\0')
		archive_check_say(&c, archive, &a->entry);
	if (complete(a, l, answers, &e) != 0)
		return commands_fail(&e, COMMANDS_USAGE);
	return write_line(a, l, &c);
}

/* What has to be found before rights are given up. */
static int add_to(struct args *a, const struct ledger *l, struct answers *answers)
{
	const char *archive_name, *log_name;
	struct err e = { 0 };
	struct buf archive, log;
	int r;

	buf_init(&archive, 8192);
	buf_init(&log, 16384);
	a->asks = !a->yes && ask_possible();
	a->fd = ledger_open(a->record, true, &e);
	if (a->fd >= 0 && find_archive(a, l, &archive, &e) == 0)
		find_log(a, buf_cstr(&archive), &log);
	archive_name = buf_cstr(&archive);
	log_name = buf_cstr(&log);
	if (archive.failed || log.failed)
		err_set(&e, ENOMEM, "the names of the archive and its log");
	r = e.set ? commands_fail(&e, COMMANDS_FAILED) :
	    add_line(a, l, answers, archive_name, log_name);
	fd_close(&a->fd);
	buf_release(&archive);
	buf_release(&log);
	return r;
}

static int add(struct args *a, const char *word)
{
	struct answers answers = { 0 };
	struct err e = { 0 };
	struct ledger l;
	int r;

	a->entry.event = ledger_line_event(word);
	if (a->entry.event == LEDGER_EVENT_UNKNOWN || a->entry.event == LEDGER_EVENT_PLANNED ||
	    a->entry.event == LEDGER_EVENT_SIGNED) {
		err_set(&e, 0, "there is no event %.60s to add; exhibit help custody add lists "
			"them", word);
		return commands_fail(&e, COMMANDS_USAGE);
	}
	buf_init(&answers.text, 1u << 20);
	r = ledger_load(&l, a->record, &e) == 0 ? add_to(a, &l, &answers) :
	    commands_fail(&e, COMMANDS_FAILED);
	ledger_unload(&l);
	buf_release(&answers.text);
	return r;
}

int cmd_custody_add(char *const argv[])
{
	static const size_t limits[2] = { 1, 1 };
	struct args args = { .record = CMD_CUSTODY_RECORD };
	struct option_list operands = { 0 };
	int r = COMMANDS_USAGE;

	if (commands_parse("custody add", &args, argv, &operands, limits) == 0)
		r = add(&args, operands.p[0]);
	option_list_release(&operands);
	return r;
}

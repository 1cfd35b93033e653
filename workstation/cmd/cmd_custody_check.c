/* exhibit custody check: does the chain of the custody record hold? */
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "lib/seal/key.h"
#include "workstation/cmd/cmd_custody.h"
#include "workstation/cmd/commands.h"
#include "workstation/cmd/confine.h"
#include "workstation/custody/sign.h"

struct args {
	const char *record, *head;
	struct option_list keys;
	bool json, quiet;
};

#define FIELD(f) offsetof(struct args, f)

const struct option_row cmd_custody_check_options[] = {
	{ "record", 'R', "FILE", OPTION_STRING, FIELD(record), CMD_CUSTODY_RECORD_HELP },
	{ "head", 0, "HASH", OPTION_STRING, FIELD(head),
	  "the hash of a line that was written down elsewhere, on the form, say: 64 hex digits or "
	  "the short form" },
	{ "key", 'k', "FILE", OPTION_LIST, FIELD(keys),
	  "a public key or certificate, PEM: every signature must be by one of those that are "
	  "given; may be given many times" },
	{ "json", 0, NULL, OPTION_FLAG, FIELD(json), "print one JSON object" },
	{ "quiet", 'q', NULL, OPTION_FLAG, FIELD(quiet), "print the verdict only" },
	{ 0 }
};

/* What is known beyond the chain. */
struct proof {
	int64_t head_line;	/* where the head that was given stands; 0: nowhere, or not given */
	uint64_t signatures;	/* that hold */
	struct sign_key *keys[16];
	size_t key_count;
};

static int read_keys(struct proof *p, const struct args *a, struct err *e)
{
	if (a->keys.n > sizeof(p->keys) / sizeof(p->keys[0]))
		return err_set(e, 0, "more keys than can be compared");
	for (size_t i = 0; i < a->keys.n; i++) {
		p->keys[i] = sign_key_public(a->keys.p[i], e);
		if (p->keys[i] == NULL)
			return -1;
		p->key_count++;
	}
	return 0;
}

static const char *verdict(const struct ledger *l)
{
	static const char *const words[] = {
		[LEDGER_NOTE] = "HOLDS", [LEDGER_TORN] = "TRUNCATED", [LEDGER_BROKEN] = "ALTERED",
	};

	return words[l->check.worst];
}

static const struct ledger_line *last_line(const struct ledger *l)
{
	const struct ledger_check *c = &l->check;

	return c->count > 0 && c->rows[c->count - 1].readable ?
	       &c->rows[c->count - 1].t.line : NULL;
}

static const char *or_dash(const char *s)
{
	return s != NULL ? s : "-";
}

static void show_line(struct buf *b, const struct ledger *l, size_t i)
{
	const struct ledger_row *row = &l->check.rows[i];
	const char *const *v = row->t.line.value;
	const char *who = v[LEDGER_BY], *from = v[LEDGER_RELEASED_BY];
	uint8_t print[DIGEST_LEN];
	char hex[DIGEST_HEX_LEN];

	if (!row->readable) {
		buf_printf(b, "%4zu  (cannot be read)\n", i + 1);
		return;
	}
	if (who == NULL)
		who = v[LEDGER_RECEIVED_BY] != NULL ? v[LEDGER_RECEIVED_BY] : v[LEDGER_READ_BY];
	buf_printf(b, "%4" PRIu64 "  %.19sZ  %-13s  %s%s%s", row->t.line.n, or_dash(v[LEDGER_UTC]),
		   v[LEDGER_EVENT], from != NULL ? from : "", from != NULL ? " -> " : "",
		   or_dash(who));
	if (row->t.line.event == LEDGER_EVENT_SIGNED) {
		sign_check(&l->check, i, NULL, 0, print);
		buf_printf(b, "  line %s as %s, key %.16s...", or_dash(v[LEDGER_SIGNS]),
			   or_dash(v[LEDGER_ROLE]), digest_hex(hex, print));
	}
	if (v[LEDGER_MATCH] != NULL && strcmp(v[LEDGER_MATCH], "no") == 0)
		buf_puts(b, "  IT DID NOT MATCH");
	buf_putc(b, '\n');
}

static void show_head(struct buf *b, const struct ledger *l, const struct proof *p)
{
	const struct ledger_line *last = last_line(l);
	char hex[DIGEST_HEX_LEN], shortly[KEY_SHORT_LEN];

	if (last != NULL)
		buf_printf(b, "\nHead           %s\n               %s\n",
			   digest_hex(hex, last->sha256), key_short_form(shortly, last->sha256));
	buf_printf(b, "Signatures     %" PRIu64 " hold\n", p->signatures);
	if (p->head_line > 0)
		buf_printf(b, "Compared       line %" PRId64 " has the hash that you gave: all up "
			   "to it is as it was then\n", p->head_line);
	else
		buf_puts(b, "Not compared   that no line is missing at the end is not proven: give "
			 "--head from the form\n");
}

static void show_text(struct buf *b, const struct ledger *l, const struct proof *p)
{
	const struct ledger_check *c = &l->check;

	buf_printf(b, "Case           %s\nExhibit        %s\nLines          %zu\n\n",
		   or_dash(ledger_first(l, LEDGER_CASE)), or_dash(ledger_first(l, LEDGER_EXHIBIT)),
		   c->count);
	for (size_t i = 0; i < c->count; i++)
		show_line(b, l, i);
	show_head(b, l, p);
	for (uint64_t i = 0; i < c->flaw_count && i < LEDGER_CHECK_FLAWS; i++) {
		buf_printf(b, "%-15s", ledger_check_word(c->flaws[i].flaw));
		ledger_check_sentence(b, &c->flaws[i]);
		buf_putc(b, '\n');
	}
	if (c->flaw_count > LEDGER_CHECK_FLAWS)
		buf_printf(b, "and %" PRIu64 " more\n", c->flaw_count - LEDGER_CHECK_FLAWS);
}

static void json_text(struct buf *b, const char *key, const char *value)
{
	buf_printf(b, ",\"%s\":", key);
	if (value == NULL)
		buf_puts(b, "null");
	else
		text_json(b, value, strlen(value));
}

static void show_json(struct buf *b, const struct ledger *l, const struct proof *p)
{
	const struct ledger_line *last = last_line(l);
	const struct ledger_check *c = &l->check;
	char hex[DIGEST_HEX_LEN];

	buf_printf(b, "{\"verdict\":\"%s\",\"lines\":%zu", verdict(l), c->count);
	json_text(b, "case", ledger_first(l, LEDGER_CASE));
	json_text(b, "exhibit", ledger_first(l, LEDGER_EXHIBIT));
	json_text(b, "head", last != NULL ? digest_hex(hex, last->sha256) : NULL);
	buf_printf(b, ",\"head_line\":%" PRId64 ",\"signatures\":%" PRIu64 ",\"findings\":[",
		   p->head_line, p->signatures);
	for (uint64_t i = 0; i < c->flaw_count && i < LEDGER_CHECK_FLAWS; i++) {
		buf_printf(b, "%s{\"finding\":\"%s\",\"line\":%" PRIu64, i > 0 ? "," : "",
			   ledger_check_word(c->flaws[i].flaw), c->flaws[i].place);
		if (c->flaws[i].from > 0)
			buf_printf(b, ",\"from\":%" PRIu64 ",\"to\":%" PRIu64, c->flaws[i].from,
				   c->flaws[i].to);
		buf_putc(b, '}');
	}
	buf_printf(b, "],\"more\":%" PRIu64 "}\n", c->flaw_count > LEDGER_CHECK_FLAWS ?
		   c->flaw_count - LEDGER_CHECK_FLAWS : 0);
}

static int show(const struct args *a, const struct ledger *l, const struct proof *p)
{
	static const int codes[] = {
		[LEDGER_NOTE] = COMMANDS_OK, [LEDGER_TORN] = COMMANDS_TRUNCATED,
		[LEDGER_BROKEN] = COMMANDS_ALTERED,
	};
	struct buf b;
	int r;

	buf_init(&b, 2 * LEDGER_FILE_MAX);
	if (a->json)
		show_json(&b, l, p);
	else if (!a->quiet)
		show_text(&b, l, p);
	if (!a->json)
		buf_printf(&b, "%s\n", verdict(l));
	r = commands_print(STDOUT_FILENO, &b);
	buf_release(&b);
	return r == 0 ? codes[l->check.worst] : COMMANDS_FAILED;
}

static void confine_to(const struct args *a)
{
	struct confine_paths paths = { .n = 0 };

	confine_allow(&paths, a->record);
	for (size_t i = 0; i < a->keys.n; i++)
		confine_allow(&paths, a->keys.p[i]);
	confine_enter_paths(&paths);
}

static int check(const struct args *a)
{
	struct proof p = { 0 };
	struct err e = { 0 };
	struct ledger l;
	int r = COMMANDS_OK;

	confine_to(a);
	if (ledger_load(&l, a->record, &e) != 0 || read_keys(&p, a, &e) != 0)
		r = commands_fail(&e, COMMANDS_FAILED);
	if (r == COMMANDS_OK && a->head != NULL)
		p.head_line = ledger_check_head(&l.check, a->head);
	if (p.head_line < 0) {
		err_set(&e, 0, "--head: neither 64 hex digits nor the short form, or a letter is "
			"wrong");
		r = commands_fail(&e, COMMANDS_USAGE);
	}
	if (r == COMMANDS_OK)
		r = sign_check_all(&l.check, p.keys, p.key_count, &p.signatures, &e) == 0 ?
		    show(a, &l, &p) : commands_fail(&e, COMMANDS_FAILED);
	for (size_t i = 0; i < p.key_count; i++)
		sign_key_free(p.keys[i]);
	ledger_unload(&l);
	return r;
}

int cmd_custody_check(char *const argv[])
{
	static const size_t limits[2] = { 0, 0 };
	struct args args = { .record = CMD_CUSTODY_RECORD };
	struct option_list operands = { 0 };
	int r = COMMANDS_USAGE;

	if (commands_parse("custody check", &args, argv, &operands, limits) == 0)
		r = check(&args);
	option_list_release(&operands);
	option_list_release(&args.keys);
	return r;
}

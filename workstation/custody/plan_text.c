#include "workstation/custody/plan_text.h"

#include <string.h>

#include "lib/custody/config.h"

/* Names that never need quotes. */
#define SAFE "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789%+,-./:=@_"
#define NAME "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._"

/* Fields of the first line that the collector records, too, under the name of its option. */
static const struct {
	const char *option;
	enum ledger_field field;
} options[] = {
	{ "case", LEDGER_CASE },
	{ "exhibit", LEDGER_EXHIBIT },
	{ "examiner", LEDGER_EXAMINER },
	{ "examiner-id", LEDGER_EXAMINER_ID },
	{ "examiner-organisation", LEDGER_EXAMINER_ORGANISATION },
	{ "authority", LEDGER_AUTHORITY },
	{ "witness", LEDGER_WITNESS },
	{ "location", LEDGER_LOCATION },
	{ "notes", LEDGER_COMMENTS },
	{ "discovered", LEDGER_DISCOVERED },
	{ "occurred", LEDGER_OCCURRED },
	{ "changed", LEDGER_CHANGED },
	{ "important", LEDGER_IMPORTANT },
	{ "nonce", LEDGER_NONCE },
};

void plan_text_quote(struct buf *out, const char *s)
{
	if (*s != '\0' && s[strspn(s, SAFE)] == '\0') {
		buf_puts(out, s);
		return;
	}
	buf_putc(out, '\'');
	for (; *s != '\0'; s++) {
		if (*s == '\'')
			buf_puts(out, "'\\''");
		else
			buf_putc(out, *s);
	}
	buf_putc(out, '\'');
}

/* Is the name of option ${i} that of an earlier one? */
static bool is_repeated(const struct option_list *with, size_t i)
{
	size_t n = strcspn(with->p[i], "=");

	for (size_t k = 0; k < i; k++) {
		if (strcspn(with->p[k], "=") == n && memcmp(with->p[k], with->p[i], n) == 0)
			return true;
	}
	return false;
}

/* All values of the option that ${with} names at ${i}: a flag, a text, or an array. */
static void put_with(struct buf *out, const struct option_list *with, size_t i)
{
	const char *values[CONFIG_ARGS_MAX];
	size_t n = strcspn(with->p[i], "="), count = 0;
	struct buf name;

	buf_init(&name, 4096);
	buf_add(&name, with->p[i], n);
	for (size_t k = i; k < with->n && count < CONFIG_ARGS_MAX; k++) {
		if (strcspn(with->p[k], "=") == n && memcmp(with->p[k], with->p[i], n) == 0 &&
		    with->p[k][n] == '=')
			values[count++] = with->p[k] + n + 1;
	}
	if (count == 0)
		buf_printf(out, ",\n\"%s\":true", buf_cstr(&name));
	else if (count == 1)
		config_text(out, buf_cstr(&name), values[0]);
	else
		config_list(out, buf_cstr(&name), values, count);
	buf_release(&name);
}

void plan_text_config(struct buf *out, const struct plan_text *t)
{
	config_begin(out, "exhibit-config");
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		config_text(out, options[i].option, t->entry->value[options[i].field]);
	config_text(out, "profile", t->profile);
	config_list(out, "recipient", t->recipients, t->recipient_count);
	for (size_t i = 0; i < t->with->n; i++) {
		if (!is_repeated(t->with, i))
			put_with(out, t->with, i);
	}
	config_end(out);
}

static const char *suffix(const struct plan_text *t)
{
	return t->recipient_count > 0 ? ".tar.zst.age" : ".tar.zst";
}

void plan_text_archive(struct buf *out, const struct plan_text *t)
{
	const char *s = t->entry->value[LEDGER_EXHIBIT];

	buf_puts(out, *s == '.' || *s == '-' ? "_" : "");
	for (; *s != '\0'; s++)
		buf_putc(out, strchr(NAME, *s) != NULL ? *s : '_');
	buf_puts(out, suffix(t));
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* ssh takes a word that begins with - for an option. */
static void put_target(struct buf *out, const struct plan_text *t)
{
	struct buf b;
	const char *host = t->entry->value[LEDGER_HOST];

	buf_init(&b, 4096);
	if (t->target != NULL)
		buf_puts(&b, t->target);
	else
		buf_printf(&b, "root@%s", host != NULL && *host != '\0' ? host : "HOST");
	plan_text_quote(out, buf_cstr(&b));
	buf_release(&b);
}

/* Two shells read it: the one here, and that of the host. */
static void put_twice_quoted(struct buf *out, const char *s)
{
	struct buf once;

	buf_init(&once, 16384);
	plan_text_quote(&once, s);
	plan_text_quote(out, buf_cstr(&once));
	buf_release(&once);
}

/* ${name} in the directory of ${path}, where the record is. */
static void put_beside(struct buf *out, const char *path, const char *name)
{
	struct buf b;

	buf_init(&b, 16384);
	buf_add(&b, path, (size_t)(last_part(path) - path));
	buf_puts(&b, name);
	plan_text_quote(out, buf_cstr(&b));
	buf_release(&b);
}

/* What notes the arrival, whatever it arrives on. */
static void put_receive(struct buf *out, const struct plan_text *t, const char *archive)
{
	buf_puts(out, "exhibit receive -o ");
	put_beside(out, t->config, archive);
	if (t->identity != NULL) {
		buf_puts(out, " --identity ");
		plan_text_quote(out, t->identity);
	}
	buf_printf(out, " --nonce %s --nonce-issued %s", t->entry->value[LEDGER_NONCE],
		   t->issued);
}

static void put_disk(struct buf *out, const struct plan_text *t, const char *archive)
{
	buf_puts(out, "Onto a USB disk. Here, with the disk at /media/usb:\n\n  cp -- ");
	plan_text_quote(out, t->collector);
	buf_putc(out, ' ');
	plan_text_quote(out, t->config);
	buf_puts(out, " /media/usb/\n\non the host, as root, in the disk's directory:\n\n  ./");
	plan_text_quote(out, last_part(t->collector));
	buf_puts(out, " --config ");
	plan_text_quote(out, last_part(t->config));
	buf_puts(out, " -o .\n\nand here again:\n\n  ");
	put_receive(out, t, archive);
	buf_printf(out, " /media/usb/*%s\n\n", suffix(t));
}

static void put_stream(struct buf *out, const struct plan_text *t, const char *archive)
{
	struct buf there;

	buf_init(&there, 8192);
	buf_printf(&there, "%s/%s", t->folder, last_part(t->collector));
	buf_puts(out, "Through ssh to this workstation. Only the collector is written to the host:"
		 "\n\n  scp -q -- ");
	plan_text_quote(out, t->collector);
	buf_putc(out, ' ');
	put_target(out, t);
	buf_putc(out, ':');
	plan_text_quote(out, t->folder);
	buf_puts(out, "/ && ssh -- ");
	put_target(out, t);
	buf_putc(out, ' ');
	put_twice_quoted(out, buf_cstr(&there));
	buf_puts(out, " --config - -o - <");
	plan_text_quote(out, t->config);
	buf_puts(out, " | ");
	put_receive(out, t, archive);
	buf_puts(out, "\n\n");
	buf_release(&there);
}

static void put_file(struct buf *out, const struct plan_text *t, const char *archive)
{
	buf_puts(out, "Into a file. On the host, as root, where ");
	plan_text_quote(out, last_part(t->collector));
	buf_puts(out, " and ");
	plan_text_quote(out, last_part(t->config));
	buf_puts(out, " are, on a file system that is no evidence:\n\n  ./");
	plan_text_quote(out, last_part(t->collector));
	buf_puts(out, " --config ");
	plan_text_quote(out, last_part(t->config));
	buf_puts(out, " -o ");
	plan_text_quote(out, archive);
	buf_putc(out, '\n');
}

void plan_text_commands(struct buf *out, const struct plan_text *t)
{
	struct buf archive;

	buf_init(&archive, 8192);
	plan_text_archive(&archive, t);
	put_disk(out, t, buf_cstr(&archive));
	put_stream(out, t, buf_cstr(&archive));
	put_file(out, t, buf_cstr(&archive));
	buf_release(&archive);
}

#include "collector/session.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "collector/session_host.h"
#include "lib/base/text.h"
#include "lib/custody/record.h"
#include "lib/hash/checksum.h"
#include "lib/hash/digest.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define PLAN_TEXT_MAX (16u << 20)	/* bytes of the rows in force as text */
#define LINE_MAX (128u << 10)

/* What the operator typed, in the order of the format. */
static const struct {
	const char *name;
	size_t offset;
} typed[] = {
	{ "case", offsetof(struct args, case_id) },
	{ "exhibit", offsetof(struct args, exhibit) },
	{ "examiner-name", offsetof(struct args, examiner_name) },
	{ "examiner-id", offsetof(struct args, examiner_id) },
	{ "examiner-organisation", offsetof(struct args, examiner_organisation) },
	{ "authority", offsetof(struct args, authority) },
	{ "witness", offsetof(struct args, witness) },
	{ "location", offsetof(struct args, location) },
	{ "notes", offsetof(struct args, notes) },
	{ "intake-discovered", offsetof(struct args, discovered) },
	{ "intake-when", offsetof(struct args, occurred) },
	{ "intake-changed", offsetof(struct args, changed) },
	{ "intake-important", offsetof(struct args, important) },
	{ "nonce", offsetof(struct args, nonce) },
};

const char *session_profile(const struct args *a)
{
	return a->profile != NULL ? a->profile : plan_profile_name(0);
}

static void add_custody(const struct session *s, struct buf *out)
{
	record_u64(out, "format", 1);
	record_hex(out, "session", s->id, 16);
	for (size_t i = 0; i < COUNT(typed); i++) {
		const char *const *field =
			(const void *)((const char *)s->args + typed[i].offset);

		record_text(out, typed[i].name, *field);
	}
}

/* A value that is escaped text already: record_bytes would escape it once more. */
static void add_escaped(struct buf *out, const char *name, const char *s, size_t n)
{
	struct buf raw;

	buf_init(&raw, LINE_MAX);
	if (text_unescape(&raw, s, n) != 0 || raw.failed)
		out->failed = true;
	record_bytes(out, name, raw.p != NULL ? raw.p : "", raw.len);
	buf_release(&raw);
}

/* A name for each line of ${n} bytes of text, the last of which ends without LF. */
static void add_lines(struct buf *out, const char *name, const char *text, size_t n)
{
	if (n == 0)
		record_text(out, name, NULL);
	for (size_t at = 0; at < n; ) {
		const char *line = text + at, *stop = memchr(line, '\n', n - at);
		size_t len = stop != NULL ? (size_t)(stop - line) : n - at;

		record_bytes(out, name, line, len);
		at += len + 1;
	}
}

/* Which file the rest of the options came from: the workstation noted its hash. */
static void add_config(const struct args *a, struct buf *out)
{
	if (a->config_path == NULL)
		record_text(out, "config-sha256", NULL);
	else
		record_hex(out, "config-sha256", a->config.sha256, DIGEST_LEN);
}

static void add_tool(const struct session *s, struct buf *out)
{
	const struct tool *t = s->tool;
	char caps[32];

	record_text(out, "tool", t->name);
	record_text(out, "tool-version", t->version);
	record_text(out, "tool-commit", t->commit);
	record_text(out, "tool-source-sha256", t->source_sha256);
	record_text(out, "tool-compiler", t->compiler);
	record_text(out, "tool-libraries", t->libraries);
	record_text(out, "tool-sha256", t->exe_sha256);
	record_text(out, "tool-path", s->self->exe_path);
	for (char *const *arg = s->argv; *arg != NULL; arg++)
		record_text(out, "argv", *arg);
	add_config(s->args, out);
	record_u64(out, "uid", s->self->euid);
	record_u64(out, "gid", s->self->egid);
	snprintf(caps, sizeof(caps), "%016llx", (unsigned long long)s->self->caps_effective);
	record_text(out, "capabilities", caps);
	record_u64(out, "pid", (uint64_t)s->self->pid);
	record_u64(out, "ppid", (uint64_t)s->self->ppid);
	record_text(out, "cwd", s->self->cwd);
	add_escaped(out, "inherited", s->self->inherited, strlen(s->self->inherited));
	add_lines(out, "cgroup", s->self->cgroup, strlen(s->self->cgroup));
}

/* A line of a name that may stand there many times. */
static void add_line(struct buf *out, const char *name, const char *first, const char *second)
{
	struct buf b;

	buf_init(&b, LINE_MAX);
	buf_printf(&b, "%s %s", first, second);
	record_bytes(out, name, b.p != NULL ? b.p : "", b.len);
	buf_release(&b);
}

static void add_number(struct buf *out, const char *name, const char *first, uint64_t n)
{
	char number[32];

	snprintf(number, sizeof(number), "%llu", (unsigned long long)n);
	add_line(out, name, first, number);
}

static void add_list(struct buf *out, const char *name, const struct option_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		record_text(out, name, l->p[i]);
	if (l->n == 0)
		record_text(out, name, NULL);
}

/* The hash of the canonical text of all rows in force: two runs with the same
 * hash looked for the same things. */
static int add_plan_hash(const struct session *s, struct buf *out)
{
	uint8_t hash[DIGEST_LEN];
	struct buf text;
	bool failed;

	buf_init(&text, PLAN_TEXT_MAX);
	plan_describe(s->plan, &text);
	failed = text.failed;
	digest_of(text.p != NULL ? text.p : "", text.len, hash);
	buf_release(&text);
	record_hex(out, "profile-sha256", hash, sizeof(hash));
	return failed ? -1 : 0;
}

static int add_plan(const struct session *s, struct buf *out)
{
	const struct args *a = s->args;
	const struct {
		const char *word;
		uint64_t value;
	} limits[] = {
		{ "file-size", a->file_size },		{ "budget", a->budget },
		{ "deadline", a->deadline },		{ "item-deadline", a->item_deadline },
		{ "private-keys", a->private_keys },	{ "raw-ext4", a->raw_ext4 },
		{ "memory", a->memory },
	};
	unsigned number = 0;

	record_text(out, "profile", session_profile(a));
	if (add_plan_hash(s, out) != 0)
		return -1;
	for (unsigned c = 0; c < CATEGORY_COUNT; c++) {
		char first[64];

		if (!plan_has(s->plan, (enum category)c))
			continue;
		/* Facts are not archived and have the number 0. */
		number += c != CATEGORY_FACTS;
		snprintf(first, sizeof(first), "%u %s", number,
			 artifact_category_word((enum category)c));
		add_line(out, "plan", first, artifact_category_reason((enum category)c));
	}
	for (size_t i = 0; i < COUNT(limits); i++) {
		if (limits[i].value != 0)
			add_number(out, "limit", limits[i].word, limits[i].value);
	}
	if (a->process_memory != NULL)
		add_line(out, "limit", "process-memory", a->process_memory);
	add_list(out, "include", &a->include);
	add_list(out, "exclude", &a->exclude);
	return 0;
}

#define UNENFORCED "unenforced: "

/* The notes of glass that are, or are not, about something that was not done. */
static unsigned add_notes(const struct glass *g, struct buf *out, const char *name,
			  bool unenforced)
{
	size_t prefix = strlen(UNENFORCED), at = 0;
	unsigned n = 0;

	while (at < g->notes_len) {
		const char *line = g->notes + at;
		const char *stop = memchr(line, '\n', g->notes_len - at);
		size_t len = stop != NULL ? (size_t)(stop - line) : g->notes_len - at;
		bool is = len >= prefix && memcmp(line, UNENFORCED, prefix) == 0;

		at += len + 1;
		if (is != unenforced)
			continue;
		add_escaped(out, name, line + (is ? prefix : 0), len - (is ? prefix : 0));
		n++;
	}
	return n;
}

/* What each kind of process may do, of those that began before the session was written.  The
 * number of lines about what could not be enforced. */
static unsigned add_sandbox(const struct session *s, struct buf *held, struct buf *missing)
{
	unsigned n = 0;

	for (unsigned i = 0; i < SANDBOX_STAGES && s->sandbox != NULL; i++)
		sandbox_tell(s->sandbox, (enum sandbox_stage)i, held, missing);
	for (size_t i = 0; i < missing->len; i++)
		n += missing->p[i] == '\n';
	return n + (missing->len > 0);
}

static void add_glass(const struct session *s, struct buf *out)
{
	const struct {
		bool full;
		const char *text;
	} marks[] = {
		{ s->glass->notes_full, "not all notes on mounts fitted here" },
		{ facts_full(s->facts), "not all facts of the host could be kept" },
		{ s->plan_facts != NULL && s->plan_facts->homes_full,
		  "not all homes fitted: files of some users are taken by the inventory only" },
		{ s->plan_facts != NULL && s->plan_facts->aliases_full,
		  "not all linked directories fitted: what lies behind some was not looked for" },
	};
	struct buf held, missing;
	unsigned n = 0;

	buf_init(&held, LINE_MAX);
	buf_init(&missing, LINE_MAX);
	if (add_notes(s->glass, out, "glass", false) == 0)
		record_text(out, "glass", NULL);
	n = add_sandbox(s, &held, &missing);
	add_lines(out, "sandbox", held.p, held.len);
	n += add_notes(s->glass, out, "unenforced", true);
	if (missing.len > 0)
		add_lines(out, "unenforced", missing.p, missing.len);
	buf_release(&held);
	buf_release(&missing);
	for (size_t i = 0; i < COUNT(marks); i++) {
		if (marks[i].full)
			record_text(out, "unenforced", marks[i].text);
		n += marks[i].full;
	}
	if (n == 0)
		record_text(out, "unenforced", NULL);
}

/* What the kernel lacks, and what was done instead. */
static void add_fallbacks(const struct self *self, struct buf *out)
{
	const char *at = self->fallbacks;

	if (*at == '\0')
		record_text(out, "fallback", NULL);
	while (*at != '\0') {
		size_t n = strcspn(at, "\n");

		record_bytes(out, "fallback", at, n);
		at += n + (at[n] == '\n');
	}
}

/* A recipient is a public key, and its own fingerprint. */
static void add_recipients(const struct args *a, struct buf *out)
{
	record_text(out, "encryption", a->recipient_count > 0 ? "age-v1 X25519" : "none");
	for (size_t i = 0; i < a->recipient_count; i++)
		record_text(out, "recipient", a->recipients[i].text);
	if (a->recipient_count == 0)
		record_text(out, "recipient", NULL);
}

/* The first is what everything is proven by; others are what package databases keep. */
static void put_hashes(const struct session *s, struct buf *out)
{
	unsigned kinds = facts_checksums(s->facts);
	struct buf text;

	buf_init(&text, 256);
	buf_puts(&text, "sha256");
	for (unsigned k = 0; k < CHECKSUM_COUNT; k++) {
		if ((kinds & CHECKSUM_BIT(k)) == 0)
			continue;
		buf_putc(&text, ' ');
		buf_puts(&text, checksum_word((enum checksum_kind)k));
	}
	record_text(out, "hashes", buf_cstr(&text));
	buf_release(&text);
}

static void add_seal(const struct session *s, struct buf *out)
{
	static const char *const kinds[] = {
		[COMPRESS_NONE] = "none", [COMPRESS_GZIP] = "gzip", [COMPRESS_ZSTD] = "zstd",
	};
	const struct args *a = s->args;
	uint8_t hash[DIGEST_LEN];
	char level[32];

	snprintf(level, sizeof(level), "%d", a->compress.level);
	if (a->compress.kind == COMPRESS_NONE)
		record_text(out, "compression", "none");
	else
		add_line(out, "compression", kinds[a->compress.kind], level);
	add_recipients(a, out);
	record_u64(out, "seal-bytes", a->seal_bytes);
	record_u64(out, "seal-seconds", a->seal_seconds);
	record_hex(out, "seal-key", s->public_key, KEY_PUBLIC_LEN);
	digest_of(s->public_key, KEY_PUBLIC_LEN, hash);
	record_hex(out, "seal-key-sha256", hash, sizeof(hash));
	record_flag(out, "seal-key-locked", s->key_locked);
	put_hashes(s, out);
}

int session_text(const struct session *s, struct buf *out)
{
	bool live = s->root == NULL;

	record_begin(out, "exhibit-session-v1");
	add_custody(s, out);
	add_tool(s, out);
	session_host(out, s->self, s->facts, live);
	record_text(out, "mode", live ? "live" : "directory");
	record_text(out, "root", s->root);
	session_host_time(out, s->self, s->facts);
	if (add_plan(s, out) != 0)
		return -1;
	add_glass(s, out);
	add_fallbacks(s->self, out);
	add_seal(s, out);
	return out->failed ? -1 : 0;
}

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "build_id.h"
#include "lib/base/fd.h"
#include "lib/base/text.h"
#include "lib/custody/session_read.h"
#include "workstation/custody/ledger.h"
#include "workstation/receipt/receipt.h"

/* The bag in the making, and what was learned of the archive. */
struct making {
	const struct receipt_plan *plan;
	struct bag_maker bag;
	struct file_hash archive, collector;
	const char *archive_name;
	bool compared;			/* the collector, with a hash that somebody else noted */
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

static int copy_in(struct making *m, const char *path, const char *name, struct file_hash *hash,
		   struct err *e)
{
	int fd CLEANUP(fd_close) = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return err_set(e, errno, "opening %.150s", path);
	return bag_copy(&m->bag, fd, name, hash, e);
}

/* What the log's last line says of the archive that came. */
struct end {
	char sha256[DIGEST_HEX_LEN];	/* of ours */
	bool other;
};

static int check_end(void *ctx, const struct journal_line *l)
{
	struct bytes is = journal_get(l, "sha256");
	struct end *end = ctx;

	if (l->event.len == 3 && memcmp(l->event.p, "end", 3) == 0)
		end->other = is.len != strlen(end->sha256) ||
			     memcmp(is.p, end->sha256, is.len) != 0;
	return 0;
}

/* A log that was changed, or is of another archive, has no place in this bag. */
static int check_log(const struct making *m, const struct buf *text, struct err *e)
{
	struct end end = { .other = false };
	enum journal_fault fault;
	uint64_t line;

	digest_hex(end.sha256, m->archive.sha256);
	fault = journal_read(text->p, text->len, check_end, &end, &line);
	if (fault != JOURNAL_GOOD && fault != JOURNAL_CUT)
		return err_set(e, 0, "%.120s: %s", m->plan->log, journal_fault_text(fault));
	return end.other ? err_set(e, 0, "%.120s is the log of another archive", m->plan->log) : 0;
}

static int put_log(struct making *m, struct err *e)
{
	struct buf text;
	int r;

	if (m->plan->log == NULL)
		return 0;
	r = file_load(m->plan->log, &text, JOURNAL_FILE_MAX, e);
	if (r == 0)
		r = check_log(m, &text, e);
	if (r == 0)
		r = bag_put(&m->bag, text.p, text.len, base_name(RECEIPT_LOG), e);
	buf_release(&text);
	return r;
}

/* Without a key the archive does not say which program made it; the record may say which was
 * sent, to each of the hosts that it is about. */
static int meet_planned(struct making *m, const struct ledger *l, struct err *e)
{
	char hex[DIGEST_HEX_LEN];
	bool named = false;

	if (m->plan->collector == NULL || m->compared)
		return 0;
	digest_hex(hex, m->collector.sha256);
	for (size_t i = 0; i < l->check.count; i++) {
		const struct ledger_line *line = &l->check.rows[i].t.line;

		if (!l->check.rows[i].readable || line->event != LEDGER_EVENT_PLANNED ||
		    line->value[LEDGER_COLLECTOR_SHA256] == NULL)
			continue;
		named = true;
		if (strcasecmp(line->value[LEDGER_COLLECTOR_SHA256], hex) == 0)
			m->compared = true;
	}
	return !named || m->compared ? 0 :
	       err_set(e, 0, "%.120s is not the program that the custody record names",
		       m->plan->collector);
}

static int put_record(struct making *m, struct err *e)
{
	struct ledger l;
	int r;

	if (m->plan->record == NULL)
		return 0;
	r = ledger_load(&l, m->plan->record, e);
	if (r == 0 && l.check.worst == LEDGER_BROKEN)
		r = err_set(e, 0, "the custody record %.120s does not hold", m->plan->record);
	if (r == 0)
		r = meet_planned(m, &l, e);
	if (r == 0)
		r = bag_put(&m->bag, l.text, l.len, base_name(RECEIPT_RECORD), e);
	ledger_unload(&l);
	return r;
}

static struct bytes fact(const struct making *m, const char *name)
{
	const struct verify *v = m->plan->v;
	struct bytes b = { NULL, 0 };

	if (v != NULL)
		b = session_read_find(v->session.p, v->session.len, name);
	return b.len == 1 && *(const char *)b.p == '-' ? (struct bytes){ NULL, 0 } : b;
}

static int put_collector(struct making *m, struct err *e)
{
	struct bytes named = fact(m, "tool-sha256");
	char hex[DIGEST_HEX_LEN];

	if (m->plan->collector == NULL)
		return 0;
	if (copy_in(m, m->plan->collector, base_name(RECEIPT_COLLECTOR), &m->collector, e) != 0)
		return -1;
	digest_hex(hex, m->collector.sha256);
	if (named.len > 0 && (named.len != strlen(hex) || memcmp(named.p, hex, named.len) != 0))
		return err_set(e, 0, "%.120s is not the program that made the archive",
			       m->plan->collector);
	m->compared = named.len > 0;
	return 0;
}

/* ------------------------------------------------------------ what the bag says of itself */

static void key_fact(struct buf *b, const struct making *m, const char *name)
{
	struct bytes value = fact(m, name);

	buf_printf(b, ",\"%s\":", name);
	if (value.len > 0)
		text_json(b, value.p, value.len);
	else
		buf_puts(b, "null");
}

static int own_hash(char hex[DIGEST_HEX_LEN], struct err *e)
{
	int fd CLEANUP(fd_close) = open("/proc/self/exe", O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct file_hash hash;

	if (fd < 0)
		return err_set(e, errno, "opening this program");
	if (file_hash(fd, -1, &hash, e) != 0)
		return -1;
	digest_hex(hex, hash.sha256);
	return 0;
}

/* Which programs made archive and receipt. */
static int put_provenance(struct making *m, struct err *e)
{
	static const char *const facts[] = {
		"tool", "tool-version", "tool-commit", "tool-source-sha256", "tool-compiler",
		"tool-libraries", "tool-sha256",
	};
	char utc[CLOCK_UTC_LEN], hex[DIGEST_HEX_LEN];
	struct buf b;
	int r;

	if (own_hash(hex, e) != 0)
		return -1;
	buf_init(&b, 1u << 20);
	buf_printf(&b, "{\"receipt\":1,\"made\":\"%s\",\"made_by\":{\"tool\":\"exhibit\","
		   "\"version\":\"%s\",\"commit\":\"%s\",\"source_sha256\":\"%s\","
		   "\"compiler\":\"%s\",\"libraries\":\"%s\",\"sha256\":\"%s\"},"
		   "\"archive_made_by\":{\"format\":1",
		   clock_utc(utc, clock_realtime()), EXHIBIT_VERSION, EXHIBIT_COMMIT,
		   EXHIBIT_SOURCE_SHA256, EXHIBIT_COMPILER, EXHIBIT_LIBS, hex);
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
		key_fact(&b, m, facts[i]);
	buf_puts(&b, "}}\n");
	r = b.failed ? err_set(e, ENOMEM, "making the bag") :
	    bag_put(&m->bag, b.p, b.len, base_name(RECEIPT_PROVENANCE), e);
	buf_release(&b);
	return r;
}

/* A value is one line, escaped. */
static void label(struct buf *b, const char *name, const void *value, size_t n)
{
	if (n == 0)
		return;
	buf_printf(b, "%s: ", name);
	text_escape(b, value, n);
	buf_putc(b, '\n');
}

static void label_text(struct buf *b, const char *name, const char *value)
{
	label(b, name, value, value == NULL ? 0 : strlen(value));
}

static void label_fact(struct buf *b, const struct making *m, const char *name, const char *key)
{
	struct bytes value = fact(m, key);

	/* It is escaped text already. */
	if (value.len > 0) {
		buf_printf(b, "%s: ", name);
		buf_add(b, value.p, value.len);
		buf_putc(b, '\n');
	}
}

static void label_proof(struct buf *b, const struct verify *v)
{
	char hex[DIGEST_HEX_LEN];

	label_text(b, "Exhibit-Verdict", bundle_read_verdict_word(v->verdict));
	label_text(b, "Exhibit-Plan", receipt_plan_word(v));
	if (v->facts.has_key)
		label_text(b, "Exhibit-Fingerprint", digest_hex(hex, v->facts.fingerprint));
	if (v->facts.has_root)
		label_text(b, "Exhibit-Root", digest_hex(hex, v->facts.root));
}

static void make_info(struct buf *b, const struct making *m)
{
	char utc[CLOCK_UTC_LEN], hex[DIGEST_HEX_LEN];

	label_text(b, "Source-Organization", m->plan->organisation);
	label_text(b, "Contact-Name", m->plan->custodian);
	buf_printf(b, "Bagging-Date: %.10s\n", clock_utc(utc, clock_realtime()));
	label_text(b, "Bag-Software-Agent", "exhibit " EXHIBIT_VERSION);
	label_fact(b, m, "External-Identifier", "exhibit");
	label_text(b, "External-Description", "Files and state of a running Linux system as read "
		   "by exhibit-collect, sealed on the host, with the papers of its receipt");
	label_fact(b, m, "Exhibit-Case", "case");
	label_fact(b, m, "Exhibit-Session", "session");
	label_text(b, "Exhibit-Archive", m->archive_name);
	label_text(b, "Exhibit-Archive-SHA256", digest_hex(hex, m->archive.sha256));
	if (m->plan->v != NULL)
		label_proof(b, m->plan->v);
}

/* ------------------------------------------------------------ all of it */

int receipt_add_trust(struct file_set *s, const struct option_list *files, struct err *e)
{
	struct trust t;
	int r = 0;

	for (size_t i = 0; i < files->n && r == 0; i++) {
		char name[FILE_NAME_MAX_LEN];
		struct buf b;

		if (!bag_is_name(base_name(files->p[i])))
			return err_set(e, 0, "%.150s cannot be the name of a file in a bag: "
				       "letters, digits and ._- only", base_name(files->p[i]));
		snprintf(name, sizeof(name), "%s/%s", BAG_TRUST, base_name(files->p[i]));
		r = trust_init(&t, e);
		if (r == 0)
			r = trust_add_file(&t, files->p[i], e);
		trust_release(&t);
		if (r != 0)
			return -1;
		r = file_load(files->p[i], &b, TRUST_FILE_MAX, e);
		if (r == 0)
			r = file_set_make(s, name, b.p, b.len, e);
		buf_release(&b);
	}
	return r;
}

static int fill(struct making *m, struct err *e)
{
	struct buf info;
	int r;

	if (copy_in(m, m->plan->archive, m->archive_name, &m->archive, e) != 0 ||
	    put_log(m, e) != 0 || put_collector(m, e) != 0 || put_record(m, e) != 0 ||
	    put_provenance(m, e) != 0)
		return -1;
	buf_init(&info, 1u << 20);
	make_info(&info, m);
	r = info.failed ? err_set(e, ENOMEM, "making the bag") : bag_list(&m->bag, &info, e);
	buf_release(&info);
	if (r != 0 || m->plan->prove(m->plan->prove_ctx, m->bag.dir, e) != 0)
		return -1;
	return bag_end(&m->bag, e);
}

int receipt_make(const struct receipt_plan *plan, struct err *e)
{
	struct making m = { .plan = plan, .archive_name = base_name(plan->archive) };
	int r;

	if (bag_begin(&m.bag, plan->bag, e) != 0)
		return -1;
	r = fill(&m, e);
	bag_abandon(&m.bag);
	if (plan->compared != NULL)
		*plan->compared = m.compared;
	return r;
}

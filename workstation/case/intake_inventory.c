/*
 * The first pass: verify, and put what the archive says of itself and of every object.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/custody/session_read.h"
#include "workstation/case/intake_state.h"
#include "workstation/case/zones.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Findings that are put; a hostile archive has as many as it likes. */
#define FINDINGS_MAX 10000u

static const struct bytes absent;

static struct bytes of_string(const char *s)
{
	struct bytes b = { s, 0 };

	if (s != NULL)
		b.len = strlen(s);
	return b;
}

/* TEXT of something that is absent if it is empty. */
static struct bytes of_bytes(struct bytes b)
{
	return b.len == 0 ? absent : b;
}

static int64_t of_u64(bool has, uint64_t v)
{
	return !has ? CASE_NULL : v > INT64_MAX ? INT64_MAX : (int64_t)v;
}

/* Lines of the session that have a column: text as it is. */
static const struct {
	const char *name;
	size_t column;
} facts[] = {
	{ "session", offsetof(struct case_host, session) },
	{ "case", offsetof(struct case_host, case_name) },
	{ "exhibit", offsetof(struct case_host, exhibit) },
	{ "host", offsetof(struct case_host, name) },
	{ "host-arch", offsetof(struct case_host, arch) },
	{ "host-kernel", offsetof(struct case_host, kernel) },
	{ "host-os", offsetof(struct case_host, os) },
	{ "host-boot-id", offsetof(struct case_host, boot_id) },
	{ "host-machine-id", offsetof(struct case_host, machine_id) },
	{ "root", offsetof(struct case_host, directory) },
	{ "time-zone", offsetof(struct case_host, tz) },
	{ "tool-version", offsetof(struct case_host, tool_version) },
};

static bool is(struct bytes b, const char *s)
{
	return b.len == strlen(s) && memcmp(b.p, s, b.len) == 0;
}

/* Whole seconds since 1970, of /proc/stat. */
static int64_t read_seconds(struct bytes b)
{
	const char *s = b.p;
	int64_t n = 0;

	if (b.len == 0 || b.len > 10)
		return CASE_NULL;
	for (size_t i = 0; i < b.len; i++) {
		if (s[i] < '0' || s[i] > '9')
			return CASE_NULL;
		n = n * 10 + (s[i] - '0');
	}
	return intake_ns((struct instant){ n, 0 });
}

static void keep_fact(struct intake *in, struct bytes name, struct bytes raw)
{
	struct instant t;

	for (size_t i = 0; i < COUNT(facts); i++)
		if (is(name, facts[i].name))
			*(struct bytes *)(void *)((char *)&in->host + facts[i].column) = raw;
	if (is(name, "mode"))
		in->host.mode = is(raw, "live") ? "live" : "directory";
	if (is(name, "time-realtime") && clock_parse_utc(raw.p, raw.len, &t) == 0)
		in->host.begin = intake_ns(t);
	if (is(name, "time-btime"))
		in->host.btime = read_seconds(raw);
}

/* Back to raw bytes, in memory that stays. */
static int unescape(struct intake *in, struct bytes value, struct bytes *raw)
{
	size_t at = in->text.len;

	if (text_unescape(&in->text, value.p, value.len) != 0)
		return -1;
	*raw = (struct bytes){ in->text.p + at, in->text.len - at };
	return 0;
}

static int on_session(void *ctx, const char *text, size_t n)
{
	struct intake *in = ctx;
	struct session_read r;
	int64_t line = 1;

	if (session_read_begin(&r, text, n) != 0)
		return BUNDLE_GO; /* bundle_read has a finding for that */
	if (buf_room(&in->text, n + 1) == NULL)
		return err_set(in->e, 0, "no memory for the session");
	in->has_session = true;
	planned_session(&in->plan, text, n);
	while (session_read_next(&r)) {
		struct case_session row;
		struct bytes raw;

		case_init_session(&row);
		row.line = ++line;
		row.name = r.name;
		if (unescape(in, r.value, &raw) != 0)
			continue;
		row.value = is(raw, "-") ? absent : raw;
		if (row.value.p != NULL)
			keep_fact(in, r.name, raw);
		if (case_put_session(in->db, &row, in->e) != 0)
			return -1;
	}
	return BUNDLE_GO;
}

static int64_t of_time(const struct manifest_line *l, unsigned bit, struct instant t)
{
	return l->has & bit ? intake_ns(t) : CASE_NULL;
}

static void fill_stat(struct case_object *row, const struct manifest_line *l)
{
	row->dev = of_string(l->dev);
	row->ino = of_u64(l->has & MANIFEST_HAS_INO, l->ino);
	row->fstype = of_bytes(l->fstype);
	row->nlink = of_u64(l->has & MANIFEST_HAS_NLINK, l->nlink);
	row->mode = of_u64(l->has & MANIFEST_HAS_MODE, l->mode);
	row->uid = of_u64(l->has & MANIFEST_HAS_UID, l->uid);
	row->gid = of_u64(l->has & MANIFEST_HAS_GID, l->gid);
	row->size = of_u64(l->has & MANIFEST_HAS_SIZE, l->size);
	row->mtime = of_time(l, MANIFEST_HAS_MTIME, l->mtime);
	row->atime = of_time(l, MANIFEST_HAS_ATIME, l->atime);
	row->ctime = of_time(l, MANIFEST_HAS_CTIME, l->ctime);
	row->btime = of_time(l, MANIFEST_HAS_BTIME, l->btime);
	row->attr = of_bytes(l->attr);
	row->xattr = of_bytes(l->xattr);
}

static int on_line(void *ctx, const struct manifest_line *l, const char *text, size_t n)
{
	struct intake *in = ctx;
	struct case_object row;

	(void)text;
	(void)n;
	planned_line(&in->plan, l->category);
	case_init_object(&row);
	row.seq = of_u64(true, l->seq);
	row.category = of_string(l->category);
	row.artifact = of_string(l->artifact);
	row.path = l->path;
	row.member = of_bytes(l->member);
	row.type = item_type_word(l->type);
	row.depth = item_depth_word(l->depth);
	row.result = gap_result_word(l->result);
	row.gap = of_string(l->gap_word);
	row.errname = of_string(l->errname);
	fill_stat(&row, l);
	row.stored = of_u64(l->has & MANIFEST_HAS_STORED, l->stored);
	if (l->has & MANIFEST_HAS_SHA256)
		row.sha256 = (struct bytes){ l->sha256, sizeof(l->sha256) };
	if (l->has & MANIFEST_HAS_MD5)
		row.md5 = (struct bytes){ l->md5, sizeof(l->md5) };
	if (l->has & MANIFEST_HAS_SHA1)
		row.sha1 = (struct bytes){ l->sha1, sizeof(l->sha1) };
	row.link = of_bytes(l->link);
	row.hardlink_of = of_bytes(l->hardlink);
	row.container = of_bytes(l->container);
	row.changed = of_string(l->changed);
	row.opened = of_time(l, MANIFEST_HAS_OPENED, l->opened);
	row.segment = in->segment;
	if (++in->objects % INTAKE_PROGRESS_EVERY == 0)
		intake_tell(in, "verifying");
	return case_put_object(in->db, &row, in->e) == 0 ? BUNDLE_GO : -1;
}

static int on_sealed(void *ctx, const struct seal *s)
{
	struct intake *in = ctx;

	in->segment = (int64_t)s->seq + 1;
	return BUNDLE_GO;
}

static int on_finding(void *ctx, const struct finding *f)
{
	static const char *const severities[] = {
		[FINDING_NOTE] = "NOTE",
		[FINDING_STOPPED] = "TRUNCATED",
		[FINDING_ALTERED] = "ALTERED",
	};
	struct intake *in = ctx;
	struct case_finding row;
	char text[512];
	int n;

	if (++in->findings > FINDINGS_MAX)
		return BUNDLE_GO;
	n = snprintf(text, sizeof(text), "%s%s%s", finding_text(f->id), f->detail[0] ? ": " : "",
		     f->detail);
	case_init_finding(&row);
	row.severity = severities[finding_severity(f->id)];
	row.word = finding_word(f->id);
	row.member = of_bytes(f->member);
	row.text = (struct bytes){ text, (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1 };
	return case_put_finding(in->db, &row, in->e) == 0 ? BUNDLE_GO : -1;
}

/* A log may lie before the file of the zone that its times are in: the second pass is to have
 * it from the beginning. */
static int on_member(void *ctx, const struct pax_member *m, enum bundle_kind kind)
{
	struct intake *in = ctx;

	planned_member(&in->plan, m->name);
	if (kind == BUNDLE_EVIDENCE && m->type == ITEM_FILE && m->size <= TZIF_FILE_MAX)
		zones_member(in->run.zones, m->name);
	return BUNDLE_GO;
}

static int on_data(void *ctx, const void *data, size_t n, uint64_t offset)
{
	struct intake *in = ctx;

	planned_data(&in->plan, data, n);
	zones_data(in->run.zones, data, n, offset);
	return BUNDLE_GO;
}

static int on_member_end(void *ctx, const uint8_t *sha256)
{
	struct intake *in = ctx;

	(void)sha256;
	zones_end(in->run.zones);
	return BUNDLE_GO;
}

/* As exhibit verify does: a plan that was not done is no whole archive. */
static int check_plan(struct intake *in)
{
	struct bundle_facts *f = &in->out->facts;
	struct finding broken;

	in->read = f->verdict;
	planned_finish(&in->plan, f);
	/* what was read with less memory than needed says nothing of the plan */
	if (err_starved())
		return err_set(in->e, ENOMEM, "reading the archive");
	if (!planned_broken(&in->plan, f, &broken))
		return 0;
	f->verdict = BUNDLE_ALTERED;
	f->first = broken;
	f->findings++;
	return on_finding(in, &broken) == BUNDLE_GO ? 0 : -1;
}

int intake_inventory(struct intake *in)
{
	static const struct bundle_visitor visitor = {
		.session = on_session,
		.member = on_member,
		.data = on_data,
		.member_end = on_member_end,
		.line = on_line,
		.sealed = on_sealed,
		.finding = on_finding,
	};

	in->run.zones = zones_new();
	if (in->run.zones == NULL)
		return err_set(in->e, 0, "no memory for time zones");
	intake_tell(in, "verifying");
	return bundle_read(in->source->read, in->source->ctx, &visitor, in, &in->out->facts,
			   in->e) == 0
		       ? check_plan(in)
		       : -1;
}

/*
 * Journal files of systemd.
 */
#include "workstation/case/load_message.h"
#include "workstation/case/loaders.h"
#include "workstation/parse/line.h"
#include "workstation/parse/sdjournal.h"

#define FIELDS_MAX 256u /* of one entry that are looked at */
#define KEPT_MAX 65536u /* bytes of one field that are kept */
#define MICRO 1000

/* Fields that are wanted; a field that was unpacked is gone with the next: each is copied. */
enum { MESSAGE, IDENTIFIER, COMM, PID, SYSLOG_PID, PRIORITY, HOSTNAME, TRANSPORT, WANTED };
static const char *const names[WANTED] = { "MESSAGE",   "SYSLOG_IDENTIFIER", "_COMM",
					   "_PID",      "SYSLOG_PID",        "PRIORITY",
					   "_HOSTNAME", "_TRANSPORT" };

static void copy(struct buf kept[WANTED], struct bytes name, struct bytes value)
{
	for (unsigned k = 0; k < WANTED; k++)
		if (kept[k].len == 0 && scan_is(name, names[k]))
			buf_add(&kept[k], value.p, value.len < KEPT_MAX ? value.len : KEPT_MAX);
}

static struct bytes kept_bytes(const struct buf *b)
{
	return (struct bytes){ b->p, b->len };
}

static int64_t kept_number(const struct buf *b)
{
	uint64_t v;

	return scan_u64(kept_bytes(b), 10, &v) && v <= INT32_MAX ? (int64_t)v : CASE_NULL;
}

static int put(struct loading *l, const struct sdjournal_entry *e, const struct buf kept[WANTED])
{
	struct load_message m = {
		.pos = (int64_t)e->pos,
		.line = CASE_NULL,
		.source = scan_is(kept_bytes(&kept[TRANSPORT]), "kernel") ? "kernel" : "journal",
		.time = e->realtime > INT64_MAX / MICRO ? CASE_NULL : (int64_t)e->realtime * MICRO,
		.time_from = "exact",
		.host = kept_bytes(&kept[HOSTNAME]),
		.program = kept_bytes(&kept[kept[IDENTIFIER].len > 0 ? IDENTIFIER : COMM]),
		.text = kept_bytes(&kept[MESSAGE]),
		.pid = kept_number(&kept[PID]),
		.priority = kept_number(&kept[PRIORITY]),
	};

	if (m.pid == CASE_NULL)
		m.pid = kept_number(&kept[SYSLOG_PID]);
	return load_message_put(l, &m);
}

static int read_entry(struct loading *l, struct sdjournal *j, const struct sdjournal_entry *e,
		      struct buf kept[WANTED])
{
	struct bytes name, value;
	size_t lost = 0;

	for (unsigned k = 0; k < WANTED; k++)
		buf_clear(&kept[k]);
	for (size_t i = 0; i < e->count && i < FIELDS_MAX; i++) {
		if (sdjournal_field(j, e, i, &name, &value))
			copy(kept, name, value);
		else
			lost++;
	}
	if (lost > 0 && case_note(l, (int64_t)e->pos, CASE_NULL, "unreadable",
				  "%zu fields of an entry cannot be read", lost) != 0)
		return -1;
	return put(l, e, kept);
}

static int read_all(struct loading *l, struct sdjournal *j)
{
	struct buf kept[WANTED];
	struct sdjournal_entry e;
	uint64_t count = 0;
	int r = 0;

	for (unsigned k = 0; k < WANTED; k++)
		buf_init(&kept[k], KEPT_MAX);
	for (; r == 0 && sdjournal_next(j, &e); count++)
		r = read_entry(l, j, &e, kept);
	for (unsigned k = 0; k < WANTED; k++)
		buf_release(&kept[k]);
	if (r == 0 && j->damaged)
		r = case_note(l, (int64_t)j->at, CASE_NULL, "unreadable",
			      "no object of a journal stands here: what follows was not read");
	if (r == 0 && count != j->entries)
		r = case_note(l, 0, CASE_NULL, "gap",
			      "%llu entries are there, the header counts %llu",
			      (unsigned long long)count, (unsigned long long)j->entries);
	return r;
}

int load_sdjournal(struct loading *l, const uint8_t *p, size_t n)
{
	struct sdjournal j;
	int r;

	switch (sdjournal_open(&j, p, n)) {
	case SDJOURNAL_OK:
		r = read_all(l, &j);
		break;
	case SDJOURNAL_UNKNOWN:
		r = case_note(l, 0, CASE_NULL, "unreadable", "a journal of a newer version");
		break;
	default:
		r = n == 0 ? 0 : case_note(l, 0, CASE_NULL, "unreadable", "this is no journal");
	}
	sdjournal_close(&j);
	return r;
}

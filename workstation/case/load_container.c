/*
 * What the collector says of containers and namespaces (docs/FORMAT.md section 10).
 */
#include <string.h>

#include "lib/base/buf.h"
#include "workstation/case/load_message.h"
#include "workstation/case/loaders.h"
#include "workstation/parse/jline.h"

#define TEXT_MAX 65536u

static int unreadable(struct loading *l, int64_t line)
{
	return case_note(l, CASE_NULL, line, "unreadable", "no JSON object");
}

/* Text of a key, unescaped into ${b}; p NULL: there is none. */
static struct bytes text(const struct jline *j, const char *key, struct buf *b)
{
	buf_init(b, TEXT_MAX);
	return jline_raw(j, key, b) ? load_message_some((struct bytes){ b->p, b->len })
				    : (struct bytes){ NULL, 0 };
}

int load_container(struct loading *l, const uint8_t *p, size_t n)
{
	struct jline *j = jline_read(p, n);
	struct case_container row;
	struct buf runtime, id, cgroup;
	int r;

	if (j == NULL)
		return unreadable(l, CASE_NULL);
	case_init_container(&row);
	row.object = l->object;
	row.pid = jline_i64(j, "pid", CASE_NULL);
	row.start_ticks = jline_i64(j, "start", CASE_NULL);
	row.processes = jline_i64(j, "processes", CASE_NULL);
	row.ns_mnt = jline_i64(j, "mnt", CASE_NULL);
	row.root_dev = load_message_some(jline_text(j, "root_dev"));
	row.root_ino = jline_i64(j, "root_ino", CASE_NULL);
	row.host_root = jline_true(j, "host_root");
	row.runtime = text(j, "runtime", &runtime);
	row.cid = text(j, "id", &id);
	row.cgroup = text(j, "cgroup", &cgroup);
	r = case_put_container(l->db, &row, l->e);
	buf_release(&runtime);
	buf_release(&id);
	buf_release(&cgroup);
	jline_free(&j);
	return r;
}

/* One of the types that the kernel has; NULL: another. */
static const char *type_of(const struct jline *j)
{
	static const char *const types[] = { "cgroup", "ipc",  "mnt",  "net",
					     "pid",    "time", "user", "uts" };
	struct bytes type = jline_text(j, "type");

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (type.p != NULL && scan_is(type, types[i]))
			return types[i];
	return NULL;
}

int load_container_namespaces(struct loading *l, const char *s, size_t n, uint64_t pos,
			      uint64_t line)
{
	struct jline *j = jline_read(s, n);
	struct case_namespace row;
	uint64_t first;
	int r;

	if (j == NULL)
		return unreadable(l, (int64_t)line);
	case_init_namespace(&row);
	row.object = l->object;
	row.pos = (int64_t)pos;
	row.line = (int64_t)line;
	row.type = type_of(j);
	row.ns = jline_i64(j, "ns", CASE_NULL);
	row.of_init = jline_true(j, "of_init");
	row.mounted = jline_true(j, "mounted");
	row.user_ns = jline_i64(j, "user", CASE_NULL);
	row.parent = jline_i64(j, "parent", CASE_NULL);
	row.owner_uid = jline_i64(j, "owner_uid", CASE_NULL);
	row.pids = (int64_t)jline_count(j, "pids");
	row.threads = (int64_t)jline_count(j, "threads");
	if (jline_array(j, "pids", 0, &first))
		row.pid = (int64_t)first;
	r = case_put_namespace(l->db, &row, l->e);
	jline_free(&j);
	return r;
}

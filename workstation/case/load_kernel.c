#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"
#include "workstation/case/loaders.h"
#include "workstation/parse/jline.h"
#include "workstation/parse/kernel.h"
#include "workstation/parse/scan.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct bytes of(const char *text)
{
	return (struct bytes){ text, strlen(text) };
}

/* ${path} without ${before}; an empty one if it begins otherwise. */
static struct bytes behind(struct bytes path, const char *before)
{
	size_t n = strlen(before);

	if (!scan_begins(path, before))
		return of("");
	return (struct bytes){ (const char *)path.p + n, path.len - n };
}

static int64_t since_boot(const struct loading *l, int64_t ns)
{
	if (ns < 0 || l->facts->btime == CASE_NULL || ns > INT64_MAX - l->facts->btime)
		return CASE_NULL;
	return l->facts->btime + ns;
}

/* ===== modules ===== */

int load_kernel_modules(struct loading *l, const char *p, size_t n, uint64_t pos, uint64_t line)
{
	struct kernel_module m;
	struct case_module row;

	if (!kernel_module((struct bytes){ p, n }, &m))
		return case_note(l, (int64_t)pos, (int64_t)line, "unreadable",
				 "no line about a module");
	case_init_module(&row);
	row.object = l->object;
	row.pos = (int64_t)pos;
	row.line = (int64_t)line;
	row.source = "modules";
	row.name = m.name;
	row.size = m.size;
	row.refs = m.refs >= 0 ? m.refs : CASE_NULL;
	row.users = m.users;
	row.state = m.state;
	row.taint = m.taint;
	return case_put_module(l->db, &row, l->e);
}

/* /sys/module/NAME/initstate: only what was loaded has one. */
int load_kernel_sysmodule(struct loading *l, const uint8_t *p, size_t n)
{
	struct scan s = scan_begin(p, n);
	struct scan path = scan_begin(l->path.p, l->path.len);
	struct case_module row;
	struct bytes part, state;

	if (!scan_line(&s, &state))
		return 0;
	case_init_module(&row);
	row.object = l->object;
	row.source = "sysfs";
	row.state = state;
	while (scan_until(&path, '/', &part))
		row.name = part;
	return case_put_module(l->db, &row, l->e);
}

/* ===== bpf ===== */

static int put_bpf(struct loading *l, struct bytes kind, const struct kernel_bpf *b)
{
	static const char *const kinds[] = { "prog", "map", "link" };
	char type[24], detail[80];
	struct case_bpf row;
	struct buf tag;
	int r;

	case_init_bpf(&row);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (scan_is(kind, kinds[i]))
			row.kind = kinds[i];
	if (row.kind == NULL)
		return 0;
	snprintf(type, sizeof(type), "%u", b->type_number);
	row.object = l->object;
	row.number = b->id;
	row.name = b->name.len > 0 ? b->name : (struct bytes){ NULL, 0 };
	row.type = of(b->type != NULL ? b->type : type);
	row.uid = b->uid >= 0 ? b->uid : CASE_NULL;
	row.time = since_boot(l, b->loaded);
	buf_init(&tag, 64);
	if (b->tag.p != NULL) {
		buf_puts(&tag, "tag ");
		text_hex(&tag, b->tag.p, b->tag.len);
		row.detail = (struct bytes){ tag.p, tag.len };
	} else if (b->prog >= 0) {
		snprintf(detail, sizeof(detail), "program %lld", (long long)b->prog);
		row.detail = of(detail);
	}
	r = case_put_bpf(l->db, &row, l->e);
	buf_release(&tag);
	return r;
}

/* live/bpf/KIND/ID.info */
static int load_info(struct loading *l, struct bytes name, const uint8_t *p, size_t n)
{
	struct scan s = scan_begin(name.p, name.len);
	struct kernel_bpf b;
	struct bytes kind;

	if (!scan_until(&s, '/', &kind))
		return 0;
	if (!kernel_bpf(kind, p, n, &b))
		return case_note(l, 0, CASE_NULL, "unreadable",
				 "too short for what bpf(2) gives, or of a kind not known");
	return put_bpf(l, kind, &b);
}

/* Words of enum bpf_attach_type (linux/bpf.h) for control groups, by number. */
static struct bytes attach_word(const struct jline *j, char *number, size_t room)
{
	static const char *const words[] = {
		"cgroup_inet_ingress", "cgroup_inet_egress", "cgroup_inet_sock_create",
		"cgroup_sock_ops", "sk_skb_stream_parser", "sk_skb_stream_verdict",
		"cgroup_device", "sk_msg_verdict", "cgroup_inet4_bind", "cgroup_inet6_bind",
		"cgroup_inet4_connect", "cgroup_inet6_connect", "cgroup_inet4_post_bind",
		"cgroup_inet6_post_bind", "cgroup_udp4_sendmsg", "cgroup_udp6_sendmsg",
		"lirc_mode2", "flow_dissector", "cgroup_sysctl", "cgroup_udp4_recvmsg",
		"cgroup_udp6_recvmsg", "cgroup_getsockopt", "cgroup_setsockopt",
	};
	int64_t type = jline_i64(j, "type", -1);

	if (type >= 0 && type < (int64_t)COUNT(words))
		return of(words[type]);
	snprintf(number, room, "%lld", (long long)type);
	return of(number);
}

/* A line of live/bpf/attached/...: programs at a control group or a network namespace. */
static int load_attached(struct loading *l, const struct jline *j, int64_t line)
{
	char number[24], place[64];
	struct case_bpf row;
	struct buf path;
	uint64_t id, netns;
	int r = 0;

	buf_init(&path, 1u << 16);
	case_init_bpf(&row);
	row.object = l->object;
	row.line = line;
	row.kind = "attached";
	row.type = attach_word(j, number, sizeof(number));
	if (jline_raw(j, "cgroup", &path)) {
		row.detail = (struct bytes){ path.p, path.len };
	} else if (jline_u64(j, "netns", &netns)) {
		snprintf(place, sizeof(place), "network namespace %llu", (unsigned long long)netns);
		row.detail = of(place);
	}
	for (size_t i = 0; r == 0 && jline_array(j, "programs", i, &id); i++) {
		row.number = (int64_t)(id & INT64_MAX);
		r = case_put_bpf(l->db, &row, l->e);
	}
	buf_release(&path);
	return r;
}

/* A line of live/bpf/pinned: a file that keeps something loaded. */
static int load_pinned(struct loading *l, const struct jline *j, int64_t line)
{
	struct bytes kind = jline_text(j, "kind");
	struct case_bpf row;
	struct buf path;
	int r;

	buf_init(&path, 1u << 16);
	case_init_bpf(&row);
	row.object = l->object;
	row.line = line;
	row.kind = "pin";
	row.number = jline_i64(j, "id", CASE_NULL);
	row.type = kind;
	row.uid = jline_i64(j, "uid", CASE_NULL);
	if (jline_raw(j, "path", &path))
		row.detail = (struct bytes){ path.p, path.len };
	r = case_put_bpf(l->db, &row, l->e);
	buf_release(&path);
	return r;
}

static int load_lines(struct loading *l, const uint8_t *p, size_t n,
		      int (*take)(struct loading *, const struct jline *, int64_t))
{
	struct scan s = scan_begin(p, n);
	struct bytes line;
	struct jline *j;
	int r = 0;

	for (int64_t number = 1; r == 0 && scan_line(&s, &line); number++) {
		j = jline_read(line.p, line.len);
		r = j != NULL ? take(l, j, number) :
				case_note(l, CASE_NULL, number, "unreadable", "no JSON object");
		jline_free(&j);
	}
	return r;
}

int load_kernel_bpf(struct loading *l, const uint8_t *p, size_t n)
{
	if (scan_ends(l->path, ".json"))
		return 0;
	if (scan_begins(l->path, "live/bpf/attached/"))
		return load_lines(l, p, n, load_attached);
	if (scan_begins(l->path, "live/bpf/pinned"))
		return load_lines(l, p, n, load_pinned);
	return load_info(l, behind(l->path, "live/bpf/"), p, n);
}

/* ===== views ===== */

/* Does the line tell something that one side has and the other has not? */
static bool disagrees(const struct jline *j, struct bytes view)
{
	int64_t listed = jline_i64(j, "listed", -1);

	if (jline_text(j, "only").p != NULL || jline_i64(j, "outside", 0) != 0)
		return true;
	if (scan_begins(view, "links/"))
		return true;
	if (scan_is(view, "module/links"))
		return listed != jline_i64(j, "counted_before", listed) &&
		       listed != jline_i64(j, "counted_after", listed);
	if (scan_is(view, "procfs/mounts"))
		return jline_i64(j, "id", -1) > 0;
	if (scan_begins(view, "under"))
		return jline_i64(j, "objects", 0) > 0;
	view = jline_text(j, "view");
	return scan_is(view, "entry") || scan_is(view, "inode");
}

/* What the line is about: the first of these keys that it has. */
static void put_subject(const struct jline *j, struct buf *out)
{
	static const char *const keys[] = { "id", "module", "path", "local", "directory", "check" };
	struct bytes text;
	uint64_t v;

	for (size_t i = 0; i < COUNT(keys) && out->len == 0; i++) {
		text = jline_text(j, keys[i]);
		if (jline_u64(j, keys[i], &v))
			buf_u64(out, v);
		else if (text.p != NULL && !jline_raw(j, keys[i], out))
			buf_add(out, text.p, text.len);
	}
	if (jline_text(j, "local").p != NULL && jline_u64(j, "port", &v))
		buf_printf(out, " %llu", (unsigned long long)v);
}

static int put_disagreement(struct loading *l, const struct jline *j, struct bytes view,
			    struct case_disagreement *row)
{
	static const char *const kinds[] = { "check", "view" };
	struct buf subject;
	int r;

	buf_init(&subject, 1u << 16);
	put_subject(j, &subject);
	row->object = l->object;
	row->view = view;
	for (size_t i = 0; i < COUNT(kinds) && row->kind.p == NULL; i++)
		row->kind = jline_text(j, kinds[i]);
	if (row->kind.p == NULL)
		row->kind = view;
	row->subject = (struct bytes){ subject.p, subject.len };
	r = case_put_disagreement(l->db, row, l->e);
	buf_release(&subject);
	return r;
}

int load_kernel_view(struct loading *l, const char *p, size_t n, uint64_t pos, uint64_t line)
{
	struct bytes view = behind(l->path, "live/view/");
	struct case_disagreement row;
	struct jline *j = jline_read(p, n);
	int r = 0;

	if (view.len == 0)
		view = of("ext4");
	if (j == NULL)
		return case_note(l, (int64_t)pos, (int64_t)line, "unreadable", "no JSON object");
	case_init_disagreement(&row);
	row.pos = (int64_t)pos;
	row.line = (int64_t)line;
	row.text = (struct bytes){ p, n };
	if (disagrees(j, view))
		r = put_disagreement(l, j, view, &row);
	jline_free(&j);
	return r;
}

/* ===== the kernel's log ===== */

int load_kernel_log(struct loading *l, const char *p, size_t n, uint64_t pos, uint64_t line)
{
	struct kernel_line k = kernel_line((struct bytes){ p, n });
	struct case_log row;

	if (n == 0)
		return 0;
	case_init_log(&row);
	row.object = l->object;
	row.pos = (int64_t)pos;
	row.line = (int64_t)line;
	row.source = "kernel";
	row.time = since_boot(l, k.boottime);
	row.time_from = row.time != CASE_NULL ? "exact" : "none";
	row.program = of("kernel");
	row.priority = k.priority >= 0 ? k.priority : CASE_NULL;
	row.text = k.text;
	return case_put_log(l->db, &row, l->e);
}

#include <stdio.h>

#include "workstation/case/loaders.h"
#include "workstation/parse/nlread.h"
#include "workstation/parse/order.h"
#include "workstation/parse/scan.h"
#include "workstation/parse/sock.h"

/* What a path says of the sockets in it. */
struct where {
	const struct sock_kind *kind;
	int64_t netns;		/* CASE_NULL: that of process 1 */
	bool diag;
};

/* live/net/INODE/socket_diag/NAME[.PART], live/net/INODE/proc/NAME, /proc/1/net/NAME */
static bool find(struct bytes path, struct where *w)
{
	struct scan s = scan_begin(path.p, path.len);
	struct bytes part, name = { "", 0 };

	w->netns = CASE_NULL;
	w->diag = false;
	while (scan_until(&s, '/', &part)) {
		if (w->netns == CASE_NULL && scan_is(name, "net") && !scan_i64(part, &w->netns))
			return false;
		w->diag = scan_is(part, "socket_diag");
		name = part;
	}
	part = scan_rest(&s);
	if (w->diag) {
		if (!scan_until(&s, '.', &name))
			name = part;
		else if (!scan_u64(scan_rest(&s), 10, &(uint64_t){ 0 }))
			return false;
		w->kind = sock_kind_diag(name);
	} else {
		w->kind = sock_kind_proc(part);
	}
	return w->kind != NULL;
}

static int64_t known(int64_t v)
{
	return v >= 0 ? v : CASE_NULL;
}

static int put(struct loading *l, const struct where *w, const struct sock *s, int64_t pos,
	       int64_t line)
{
	struct case_socket row;
	char number[24];

	case_init_socket(&row);
	row.object = l->object;
	row.pos = pos;
	row.line = line;
	row.netns = w->netns;
	row.source = w->diag ? "diag" : "proc";
	row.protocol = s->protocol;
	row.state = s->state;
	if (s->local_len > 0)
		row.local = (struct bytes){ s->local, s->local_len };
	if (s->remote_len > 0)
		row.remote = (struct bytes){ s->remote, s->remote_len };
	row.local_port = known(s->local_port);
	row.remote_port = known(s->remote_port);
	row.ino = known(s->ino);
	row.uid = known(s->uid);
	row.rx = known(s->rx);
	row.tx = known(s->tx);
	if (s->interface > 0)
		row.interface = (struct bytes){ number, (size_t)snprintf(number, sizeof(number),
									 "%lld",
									 (long long)s->interface) };
	return case_put_socket(l->db, &row, l->e);
}

static int load_diag(struct loading *l, const struct where *w, const uint8_t *p, size_t n)
{
	struct nlread nl = nlread_begin(p, n);
	struct nlread_message m;
	struct sock s;
	int got;

	while ((got = nlread_next(&nl, &m)) == 1) {
		if (m.type < NLREAD_FIRST)
			continue;
		if (sock_diag(w->kind, &nl, &m, &s) ?
			    put(l, w, &s, (int64_t)m.pos, CASE_NULL) != 0 :
			    case_note(l, (int64_t)m.pos, CASE_NULL, "unreadable",
				      "no message about a socket of kind %s",
				      w->kind->protocol) != 0)
			return -1;
	}
	return got == 0 ? 0 : case_note(l, nl.p - nl.start, CASE_NULL, "unreadable",
					"what comes is no netlink message");
}

static int load_lines(struct loading *l, const struct where *w, const uint8_t *p, size_t n)
{
	struct scan s = scan_begin(p, n);
	bool big = order_is_big(l->facts->arch);
	struct bytes line;
	struct sock one;
	int64_t number = 1, pos;
	int r = 0;

	for (; scan_line(&s, &line); number++) {
		pos = (const char *)line.p - (const char *)p;
		if (sock_line(w->kind, line, big, &one))
			r = put(l, w, &one, pos, number);
		else if (number > 1)
			r = case_note(l, pos, number, "unreadable", "no line about a socket");
		if (r != 0)
			return -1;
	}
	return 0;
}

int load_socket(struct loading *l, const uint8_t *p, size_t n)
{
	struct where w;

	if (!find(l->path, &w))
		return 0;
	return w.diag ? load_diag(l, &w, p, n) : load_lines(l, &w, p, n);
}

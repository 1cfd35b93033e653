/* The parsers of the live state: the first byte picks one, the rest is its input. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "workstation/parse/jline.h"
#include "workstation/parse/kernel.h"
#include "workstation/parse/nlread.h"
#include "workstation/parse/procfd.h"
#include "workstation/parse/procrecord.h"
#include "workstation/parse/procstat.h"
#include "workstation/parse/rtnet.h"
#include "workstation/parse/scan.h"
#include "workstation/parse/sock.h"
#include "workstation/parse/syscall.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Touch every byte, so that one outside of the input is noticed. */
static void touch(struct bytes b)
{
	volatile uint8_t sum = 0;

	for (size_t i = 0; i < b.len; i++)
		sum = (uint8_t)(sum + ((const uint8_t *)b.p)[i]);
}

static void sock(const struct sock *s)
{
	if (s->local_len > SOCK_NAME_MAX || s->remote_len > SOCK_NAME_MAX)
		abort();
	touch((struct bytes){ s->local, s->local_len });
	touch((struct bytes){ s->remote, s->remote_len });
}

static void stat_of(const uint8_t *p, size_t n)
{
	char tty[PROCSTAT_TTY_LEN];
	struct procstatus status;
	struct procstat s;

	if (procstat_read(p, n, &s)) {
		touch(s.name);
		if (strlen(procstat_tty(s.tty, tty)) >= sizeof(tty))
			abort();
	}
	if (procstat_status(p, n, &status))
		touch(status.cap_eff);
}

static void records(const uint8_t *p, size_t n)
{
	struct scan s = scan_begin(p, n);
	struct procrecord r;

	while (procrecord_next(&s, &r) == 1) {
		touch(r.file);
		touch(r.content);
	}
}

static void descriptors(const uint8_t *p, size_t n)
{
	struct scan s = scan_begin(p, n);
	struct procfd_info info;
	struct procfd_map m;
	char access[5];
	uint64_t bad = 0;

	touch(procfd_link((struct bytes){ p, n }).target);
	if (procfd_info(p, n, &info)) {
		touch(info.flags);
		procfd_access(info.flags);
	}
	while (procfd_maps_next(&s, &m, access, &bad) == 1)
		touch(m.path);
}

static void calls(const uint8_t *p, size_t n)
{
	static const char *const arch[] = { "x86_64", "i686", "aarch64", "s390x", "none" };
	struct syscall_line l = syscall_read(p, n);

	for (size_t i = 0; i < sizeof(arch) / sizeof(arch[0]); i++)
		syscall_name((struct bytes){ arch[i], strlen(arch[i]) }, &l);
}

static void diag(const uint8_t *p, size_t n)
{
	static const char *const names[] = { "tcp4", "tcp6", "unix", "packet", "netlink", "vsock", "xdp" };
	struct nlread nl = nlread_begin(p, n);
	struct nlread_message m;
	struct sock s;

	while (nlread_next(&nl, &m) == 1)
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if (sock_diag(sock_kind_diag((struct bytes){ names[i], strlen(names[i]) }),
				      &nl, &m, &s))
				sock(&s);
}

static void network(const uint8_t *p, size_t n)
{
	struct nlread nl = nlread_begin(p, n);
	struct rtnet_neighbour neighbour;
	struct rtnet_connection c;
	struct rtnet_address address;
	struct rtnet_route route;
	struct nlread_message m;
	struct rtnet_link l;

	while (nlread_next(&nl, &m) == 1) {
		if (rtnet_link(&nl, &m, &l))
			touch(l.name);
		rtnet_address(&nl, &m, &address);
		rtnet_neighbour(&nl, &m, &neighbour);
		rtnet_route(&nl, &m, &route);
		rtnet_connection(&nl, &m, &c);
	}
}

static void lines(const uint8_t *p, size_t n)
{
	static const char *const names[] = { "tcp", "udp6", "unix", "packet", "netlink" };
	struct scan s = scan_begin(p, n);
	struct kernel_module module;
	struct bytes line;
	struct sock one;

	while (scan_line(&s, &line)) {
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if (sock_line(sock_kind_proc((struct bytes){ names[i], strlen(names[i]) }),
				      line, i % 2 == 0, &one))
				sock(&one);
		touch(kernel_line(line).text);
		if (kernel_module(line, &module)) {
			touch(module.users);
			touch(module.taint);
		}
	}
}

static void bpf(const uint8_t *p, size_t n)
{
	static const char *const kinds[] = { "prog", "map", "link", "btf" };
	struct kernel_bpf b;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kernel_bpf((struct bytes){ kinds[i], strlen(kinds[i]) }, p, n, &b)) {
			touch(b.name);
			touch(b.tag);
		}
}

static void json(const uint8_t *p, size_t n)
{
	struct jline *j = jline_read(p, n);
	struct buf b;
	uint64_t v;

	if (j == NULL)
		return;
	buf_init(&b, 1u << 20);
	touch(jline_text(j, "link"));
	jline_raw(j, "link", &b);
	jline_array(j, "start", 1, &v);
	if (jline_word(j, "own", jline_count(j, "own")).p != NULL)
		abort();
	touch(jline_word(j, "own", 0));
	jline_i64(j, "pid", -1);
	buf_release(&b);
	jline_free(&j);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static void (*const parsers[])(const uint8_t *, size_t) = {
		stat_of, records, descriptors, calls, diag, lines, bpf, json, network,
	};
	uint8_t *copy;

	if (n == 0)
		return 0;
	/* A copy as long as the input, so that the byte behind it is nobody's. */
	copy = malloc(n > 1 ? n - 1 : 1);
	if (copy == NULL)
		return 0;
	memcpy(copy, data + 1, n - 1);
	parsers[(uint8_t)(data[0] - '0') % (sizeof(parsers) / sizeof(parsers[0]))](copy, n - 1);
	free(copy);
	return 0;
}

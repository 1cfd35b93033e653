#include "collector/session_host.h"

#include <arpa/inet.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/custody/record.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ADDRESSES_MAX 256u		/* of each kind */
#define DMI "/sys/devices/virtual/dmi/id/"

static const struct bytes none = { NULL, 0 };

/* The first line of a fact without blanks around it; empty if there is none. */
static struct bytes first_line(struct bytes b)
{
	const char *p = b.p, *end;

	if (p == NULL || b.len == 0)
		return none;
	end = memchr(p, '\n', b.len);
	if (end == NULL)
		end = p + b.len;
	while (end > p && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\0'))
		end--;
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return (struct bytes){ p, (size_t)(end - p) };
}

static struct bytes line_of(const struct facts *f, const char *path)
{
	return first_line(facts_get(f, path));
}

static void record(struct buf *out, const char *name, struct bytes b)
{
	record_bytes(out, name, b.p != NULL ? b.p : "", b.len);
}

/* The rest of the line that begins with ${key}. */
static struct bytes value_of(struct bytes text, const char *key)
{
	const char *p = text.len > 0 ? text.p : "", *end = p + text.len;
	size_t n = strlen(key);

	while (p < end) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));

		if (stop == NULL)
			stop = end;
		if ((size_t)(stop - p) >= n && memcmp(p, key, n) == 0)
			return first_line((struct bytes){ p + n, (size_t)(stop - p) - n });
		p = stop + 1;
	}
	return none;
}

/* PRETTY_NAME of os-release(5), without its quotes. */
static struct bytes os_name(const struct facts *f)
{
	static const char *const paths[] = { "/etc/os-release", "/usr/lib/os-release" };
	struct bytes v = none;

	for (size_t i = 0; i < COUNT(paths) && v.len == 0; i++)
		v = value_of(facts_get(f, paths[i]), "PRETTY_NAME=");
	if (v.len >= 2 && ((const char *)v.p)[0] == '"' && ((const char *)v.p)[v.len - 1] == '"')
		v = (struct bytes){ (const char *)v.p + 1, v.len - 2 };
	return v;
}

/* Vendor and product in one value. */
static void record_product(struct buf *out, const struct facts *f)
{
	static const char *const paths[] = { DMI "sys_vendor", DMI "product_name",
					     DMI "product_version" };
	struct buf b;

	buf_init(&b, 4096);
	for (size_t i = 0; i < COUNT(paths); i++) {
		struct bytes v = line_of(f, paths[i]);

		if (v.len == 0)
			continue;
		if (b.len > 0)
			buf_putc(&b, ' ');
		buf_add(&b, v.p, v.len);
	}
	record_bytes(out, "host-product", b.p != NULL ? b.p : "", b.len);
	buf_release(&b);
}

/* ".../net/eth0/address" and its content: "eth0 52:54:00:12:34:56". */
static unsigned record_hardware(struct buf *out, const struct facts *f)
{
	struct bytes path = none, mac;
	size_t from = 0;
	unsigned n = 0;

	while (n < ADDRESSES_MAX &&
	       (mac = facts_next(f, &from, "/sys/devices/", "/address", &path)).p != NULL) {
		const char *end = (const char *)path.p + path.len - strlen("/address"), *p = end;
		struct buf b;

		mac = first_line(mac);
		if (mac.len == 0 || (mac.len == 17 && memcmp(mac.p, "00:00:00:00:00:00", 17) == 0))
			continue;
		while (p > (const char *)path.p && p[-1] != '/')
			p--;
		buf_init(&b, 8192);
		buf_add(&b, p, (size_t)(end - p));
		buf_putc(&b, ' ');
		buf_add(&b, mac.p, mac.len);
		record_bytes(out, "host-address", b.p != NULL ? b.p : "", b.len);
		buf_release(&b);
		n++;
	}
	return n;
}

/* Copies the line at *${at} of ${text} and advances.  False at the end. */
static bool next_line(struct bytes text, size_t *at, char *line, size_t size)
{
	const char *p, *stop;
	size_t n;

	if (*at >= text.len)
		return false;
	p = (const char *)text.p + *at;
	stop = memchr(p, '\n', text.len - *at);
	n = stop != NULL ? (size_t)(stop - p) : text.len - *at;
	*at += n + 1;
	if (n >= size)
		n = size - 1;
	memcpy(line, p, n);
	line[n] = '\0';
	return true;
}

static bool is_new(uint32_t *seen, unsigned n, uint32_t address)
{
	for (unsigned i = 0; i < n; i++) {
		if (seen[i] == address)
			return false;
	}
	seen[n] = address;
	return true;
}

/* fib_trie names an address, "|-- 192.0.2.7", and then what it is: "/32 host LOCAL".
 * Each stands there once for every table. */
static unsigned record_ipv4(struct buf *out, struct bytes trie)
{
	uint32_t seen[ADDRESSES_MAX];
	char line[128], address[128] = "";
	struct in_addr parsed;
	unsigned n = 0;
	size_t at = 0;

	while (n < ADDRESSES_MAX && next_line(trie, &at, line, sizeof(line))) {
		const char *leaf = strstr(line, "|-- ");

		if (leaf != NULL)
			strlcpy(address, leaf + 4, sizeof(address));
		if (strstr(line, "/32 host LOCAL") == NULL ||
		    inet_pton(AF_INET, address, &parsed) != 1)
			continue;
		if (ntohl(parsed.s_addr) >> 24 == 127 || !is_new(seen, n, parsed.s_addr))
			continue;
		record_text(out, "host-address", address);
		n++;
	}
	return n;
}

/* if_inet6: 32 hex digits, interface number, prefix length, scope, flags (all hex), name. */
static unsigned record_ipv6(struct buf *out, struct bytes table)
{
	char line[128], shown[INET6_ADDRSTRLEN];
	unsigned char raw[16];
	unsigned n = 0;
	size_t at = 0;

	while (n < ADDRESSES_MAX && next_line(table, &at, line, sizeof(line))) {
		const char *name = strrchr(line, ' ');
		struct buf b;

		if (strlen(line) < 34 || line[32] != ' ' || name == NULL)
			continue;
		line[32] = '\0';
		if (text_unhex(raw, sizeof(raw), line) != 0 ||
		    inet_ntop(AF_INET6, raw, shown, sizeof(shown)) == NULL ||
		    strcmp(shown, "::1") == 0)
			continue;
		buf_init(&b, 256);
		buf_printf(&b, "%s %s", name + 1, shown);
		record_bytes(out, "host-address", b.p != NULL ? b.p : "", b.len);
		buf_release(&b);
		n++;
	}
	return n;
}

static void record_addresses(struct buf *out, const struct facts *f)
{
	unsigned n = record_hardware(out, f);

	n += record_ipv4(out, facts_get(f, "/proc/1/net/fib_trie"));
	n += record_ipv6(out, facts_get(f, "/proc/1/net/if_inet6"));
	if (n == 0)
		record_text(out, "host-address", NULL);
}

/* What a fact holds that hints at a container or a virtual machine.  A word of
 * NULL: that the file exists. */
static const struct hint {
	const char *path, *word;
} hints[] = {
	{ "/.dockerenv", NULL },
	{ "/run/.containerenv", NULL },
	{ "/proc/1/cgroup", "docker" },
	{ "/proc/1/cgroup", "kubepods" },
	{ "/proc/1/cgroup", "containerd" },
	{ "/proc/1/cgroup", "libpod" },
	{ "/proc/1/cgroup", "lxc" },
	{ "/proc/1/cgroup", "machine.slice" },
	{ DMI "sys_vendor", "QEMU" },
	{ DMI "sys_vendor", "VMware" },
	{ DMI "sys_vendor", "Xen" },
	{ DMI "sys_vendor", "innotek" },
	{ DMI "sys_vendor", "Microsoft" },
	{ DMI "sys_vendor", "Amazon" },
	{ DMI "sys_vendor", "Google" },
	{ DMI "sys_vendor", "Parallels" },
	{ DMI "product_name", "KVM" },
	{ DMI "product_name", "VirtualBox" },
	{ DMI "product_name", "Virtual Machine" },
	{ DMI "product_name", "Bochs" },
	{ DMI "product_name", "BHYVE" },
	{ DMI "product_name", "OpenStack" },
};

static void record_container(struct buf *out, const struct facts *f)
{
	struct buf b;

	buf_init(&b, 4096);
	for (size_t i = 0; i < COUNT(hints); i++) {
		const char *word = hints[i].word;
		struct bytes v = facts_get(f, hints[i].path);

		if (v.p == NULL || (word != NULL && memmem(v.p, v.len, word, strlen(word)) == NULL))
			continue;
		buf_printf(&b, "%s%s%s%s", b.len > 0 ? ", " : "", hints[i].path,
			   word != NULL ? " says " : " exists", word != NULL ? word : "");
	}
	record_bytes(out, "host-container", b.p != NULL ? b.p : "", b.len);
	buf_release(&b);
}

/* Names that are one fact each, in the order of the format. */
static const struct single {
	const char *name, *path;
} host_facts[] = {
	{ "host-machine-id", "/etc/machine-id" },
	{ "host-boot-id", "/proc/sys/kernel/random/boot_id" },
	{ "host-cmdline", "/proc/cmdline" },
}, machine_facts[] = {
	{ "host-serial", DMI "product_serial" },
	{ "host-board-serial", DMI "board_serial" },
	{ "host-chassis-serial", DMI "chassis_serial" },
	{ "host-uuid", DMI "product_uuid" },
}, kernel_facts[] = {
	{ "host-taint", "/proc/sys/kernel/tainted" },
	{ "host-lsm", "/sys/kernel/security/lsm" },
	{ "host-lockdown", "/sys/kernel/security/lockdown" },
};

static void record_singles(struct buf *out, const struct facts *f, const struct single *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		record(out, s[i].name, line_of(f, s[i].path));
}

void session_host(struct buf *out, const struct self *self, const struct facts *facts, bool live)
{
	if (live)
		record_text(out, "host", self->uts.nodename);
	else
		record(out, "host", line_of(facts, "/etc/hostname"));
	record_text(out, "host-kernel", live ? self->uts.release : NULL);
	record_text(out, "host-version", live ? self->uts.version : NULL);
	record_text(out, "host-arch", live ? self->uts.machine : NULL);
	record(out, "host-os", os_name(facts));
	record_singles(out, facts, host_facts, COUNT(host_facts));
	record_product(out, facts);
	record_singles(out, facts, machine_facts, COUNT(machine_facts));
	record_addresses(out, facts);
	record_singles(out, facts, kernel_facts, COUNT(kernel_facts));
	record_container(out, facts);
	record_text(out, "host-namespaces", live ? self->namespaces : NULL);
}

/* Clocks that do not count from 1970 are seconds since their own beginning. */
static void record_seconds(struct buf *out, const char *name, struct instant t)
{
	struct buf b;

	buf_init(&b, 64);
	if (t.sec != 0 || t.nsec != 0)
		buf_printf(&b, "%lld.%09u", (long long)t.sec, t.nsec);
	record_text(out, name, buf_cstr(&b));
	buf_release(&b);
}

/* The target of /etc/localtime, or what /etc/timezone names. */
static struct bytes time_zone(const struct facts *f)
{
	struct bytes link = facts_get(f, "/etc/localtime");

	/* A copy of a zone file is kept as an empty fact: it has no name. */
	return link.len > 0 ? link : line_of(f, "/etc/timezone");
}

void session_host_time(struct buf *out, const struct self *self, const struct facts *facts)
{
	bool known = self->sync_state >= 0;
	size_t from = 0;

	record_time(out, "time-realtime", self->clocks.realtime);
	record_seconds(out, "time-monotonic", self->clocks.monotonic);
	record_seconds(out, "time-boottime", self->clocks.boottime);
	record_seconds(out, "time-tai", self->clocks.tai);
	/* TIME_ERROR (5) of adjtimex(2). */
	record_text(out, "time-sync",
		    !known ? NULL : self->sync_state == 5 ? "not synchronised" : "synchronised");
	if (known) {
		record_u64(out, "time-maxerror-us", (uint64_t)self->maxerror_us);
		record_u64(out, "time-esterror-us", (uint64_t)self->esterror_us);
	} else {
		record_text(out, "time-maxerror-us", NULL);
		record_text(out, "time-esterror-us", NULL);
	}
	record(out, "time-rtc",
	       first_line(facts_next(facts, &from, "/sys/", "/since_epoch", NULL)));
	record(out, "time-btime", value_of(facts_get(facts, "/proc/stat"), "btime "));
	record(out, "time-zone", time_zone(facts));
}

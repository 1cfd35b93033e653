/*
 * Packet filter rules of the older kind by getsockopt(2), as iptables-legacy reads them
 * (linux/netfilter_ipv4/ip_tables.h and its kin).  The kernel makes a table that it is asked
 * for and does not have, with hooks, and loads its module: so only those are asked for that
 * it lists in /proc/net/FAMILY_tables_names of that network namespace.  ebtables has
 * no such list, and is not asked.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/netfilter_arp/arp_tables.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>

#include "collector/volatile/answer.h"
#include "collector/volatile/netns.h"
#include "collector/volatile/source.h"
#include "lib/base/fd.h"

#define NAMES_MAX 1024u			/* bytes of the list of tables; there are five known */
#define RULES_MAX (16u << 20)		/* bytes of one table: 50,000 rules */
#define INFO_ROOM 128u			/* more than any of the families answers */
#define TRIES 3u			/* how often a table is read that changes meanwhile */

static const struct family {
	const char *word;
	const char *names;		/* list of its tables, a file of /proc/net */
	int domain, level, info, entries;
	socklen_t info_len;
	size_t size_at;			/* where the answer to info has the size of the rules */
} families[] = {
	{ "ip", "ip_tables_names", AF_INET, IPPROTO_IP, IPT_SO_GET_INFO, IPT_SO_GET_ENTRIES,
	  sizeof(struct ipt_getinfo), offsetof(struct ipt_getinfo, size) },
	{ "ip6", "ip6_tables_names", AF_INET6, IPPROTO_IPV6, IP6T_SO_GET_INFO,
	  IP6T_SO_GET_ENTRIES, sizeof(struct ip6t_getinfo), offsetof(struct ip6t_getinfo, size) },
	{ "arp", "arp_tables_names", AF_INET, IPPROTO_IP, ARPT_SO_GET_INFO, ARPT_SO_GET_ENTRIES,
	  sizeof(struct arpt_getinfo), offsetof(struct arpt_getinfo, size) },
};

_Static_assert(sizeof(struct ipt_get_entries) == sizeof(struct arpt_get_entries) &&
	       sizeof(struct ipt_get_entries) == sizeof(struct ip6t_get_entries),
	       "one head for all of them");

/* The answers to both questions about one table. */
struct table {
	struct source_env *env;
	const struct netns *ns;
	const struct family *family;
	const char *name;
	int socket;
};

static int ask(const struct table *t, int option, void *room, socklen_t *len)
{
	int got, oserr;

	pulse_call(t->env->pulse, PULSE_OPTION);
	got = getsockopt(t->socket, t->family->level, option, room, len);
	oserr = errno;
	pulse_idle(t->env->pulse);
	errno = oserr;
	return got;
}

static void begin(struct answer *a, const struct table *t, const char *what, const char *request)
{
	unsigned long long ino = t->ns->ino;

	answer_begin(a, t->env, "net/%llu/xtables/%s.%s.%s", ino, t->family->word, t->name, what);
	answer_note(a, "\"request\":\"getsockopt %s\",\"netns\":%llu", request, ino);
}

static int ask_info(const struct table *t, unsigned char info[INFO_ROOM], socklen_t *len)
{
	memset(info, 0, INFO_ROOM);
	snprintf((char *)info, XT_TABLE_MAXNAMELEN, "%s", t->name);
	*len = t->family->info_len;
	return ask(t, t->family->info, info, len);
}

static uint32_t size_in(const struct table *t, const unsigned char *info)
{
	uint32_t size;

	memcpy(&size, info + t->family->size_at, sizeof(size));
	return size;
}

/* All rules, to be freed; or NULL with errno.  EAGAIN: the table has another size by now. */
static void *read_rules(const struct table *t, uint32_t size, socklen_t *len)
{
	unsigned char info[INFO_ROOM];
	struct ipt_get_entries *room;

	for (unsigned i = 0; i < TRIES; i++) {
		*len = (socklen_t)sizeof(*room) + size;
		room = size > RULES_MAX ? NULL : calloc(1, *len);
		if (room == NULL) {
			errno = size > RULES_MAX ? EFBIG : ENOMEM;
			return NULL;
		}
		snprintf(room->name, sizeof(room->name), "%s", t->name);
		room->size = size;
		if (ask(t, t->family->entries, room, len) == 0)
			return room;
		free(room);
		if (errno != EAGAIN || ask_info(t, info, len) < 0)
			return NULL;
		size = size_in(t, info);
	}
	errno = EAGAIN;
	return NULL;
}

static int take_rules(const struct table *t, uint32_t size)
{
	struct answer a;
	socklen_t len;
	void *rules;
	int end = 0;

	begin(&a, t, "entries", "GET_ENTRIES");
	rules = read_rules(t, size, &len);
	if (rules != NULL)
		end = answer_add_long(&a, rules, len);
	else if (errno == EFBIG)
		answer_fail(&a, GAP_SIZE_LIMIT, 0, NULL);
	else if (errno == EAGAIN)
		answer_fail(&a, GAP_INCONSISTENT, errno, "getsockopt");
	else
		answer_errno(&a, errno, "getsockopt");
	free(rules);
	return answer_end(&a) < 0 ? -1 : end;
}

static int take_table(const struct table *t)
{
	unsigned char info[INFO_ROOM];
	struct answer a;
	socklen_t len;
	int end = 0, got = ask_info(t, info, &len);

	begin(&a, t, "info", "GET_INFO");
	if (got < 0)
		answer_errno(&a, errno, "getsockopt");
	else
		end = answer_add(&a, info, len);
	if (answer_end(&a) < 0)
		return -1;
	return got < 0 || end < 0 ? end : take_rules(t, size_in(t, info));
}

/* Names of tables are words of the kernel; anything else is no name to ask for. */
static bool plain(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-");

	return n > 0 && n < XT_TABLE_MAXNAMELEN && name[n] == '\0';
}

static int take_tables(struct table *t, char *names)
{
	char *rest = names;
	int end = 0;

	while (end == 0 && (t->name = strsep(&rest, "\n")) != NULL) {
		if (source_stopped(t->env))
			return 1;
		if (plain(t->name))
			end = take_table(t);
	}
	return end;
}

/* The tables that this namespace has, a line each.  Their bytes; -1 with errno. */
static ssize_t read_names(struct source_env *env, const char *file, char names[NAMES_MAX])
{
	static const char *const ways[] = { "thread-self/net", "self/net" };
	int fd CLEANUP(fd_close) = -1;
	char path[64];
	ssize_t n;

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]) && fd < 0; i++) {
		snprintf(path, sizeof(path), "%s/%s", ways[i], file);
		fd = openat(env->proc_fd, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	}
	n = fd < 0 ? -1 : fd_read_full(fd, names, NAMES_MAX - 1);
	names[n < 0 ? 0 : n] = '\0';
	return n;
}

static int take_family(struct source_env *env, const struct netns *ns, const struct family *f)
{
	struct table t = { .env = env, .ns = ns, .family = f };
	int s CLEANUP(fd_close) = -1;
	char names[NAMES_MAX], name[ANSWER_NAME_MAX];
	ssize_t n = read_names(env, f->names, names);

	if (n == 0 || (n < 0 && errno == ENOENT))
		return 0;		/* no tables; not even the part of the kernel */
	snprintf(name, sizeof(name), "net/%llu/xtables/%s", (unsigned long long)ns->ino, f->word);
	if (n < 0)
		return answer_refused(env, name, errno, "openat");
	s = t.socket = socket(f->domain, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return s < 0 ? answer_refused(env, name, errno, "socket") : take_tables(&t, names);
}

static int in_namespace(struct source_env *env, const struct netns *ns)
{
	int end = 0;

	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]) && end == 0; i++)
		end = take_family(env, ns, &families[i]);
	return end;
}

int xtables_run(struct source_env *env)
{
	int end;

	symbols_load(&env->symbols, env->proc_fd, env->pulse);
	end = netns_each(env, in_namespace);
	if (end != 0 || !symbols_has(&env->symbols, SYMBOL_EBTABLES))
		return end;
	return answer_gap(env, "xtables/eb", GAP_UNSUPPORTED, 0, NULL);
}

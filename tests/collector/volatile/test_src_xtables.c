#include <check.h>
#include <grp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/netfilter_ipv4/ip_tables.h>

#include "collector/volatile/netns.h"
#include "tests/support/live_box.h"

Suite *suite_src_xtables(void);

#define VERDICT_DROP (-1)		/* -NF_DROP - 1 */
#define INPUT NF_INET_LOCAL_IN

static struct live_box *box;
static uint64_t netns;
static pid_t child;

static unsigned char room[65536];

/* Where the entry of a chain's policy has its verdict. */
static int *verdict(struct ipt_entry *first, uint32_t offset)
{
	struct ipt_entry *e = (struct ipt_entry *)((char *)first + offset);
	struct xt_standard_target *t = (struct xt_standard_target *)((char *)e + e->target_offset);

	return &t->verdict;
}

/* The table filter, made by asking for it, and the policy of INPUT set to DROP. */
static void drop_input(void)
{
	struct ipt_get_entries *have = (struct ipt_get_entries *)room;
	struct ipt_replace *want = (struct ipt_replace *)(room + sizeof(room) / 2);
	struct xt_counters counters[16];
	struct ipt_getinfo info = { .name = "filter" };
	socklen_t len = sizeof(info);
	int s = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);

	if (getsockopt(s, IPPROTO_IP, IPT_SO_GET_INFO, &info, &len) < 0 || info.num_entries > 16)
		_exit(1);
	strcpy(have->name, "filter");
	have->size = info.size;
	len = (socklen_t)(sizeof(*have) + info.size);
	if (getsockopt(s, IPPROTO_IP, IPT_SO_GET_ENTRIES, have, &len) < 0)
		_exit(1);
	strcpy(want->name, "filter");
	want->valid_hooks = info.valid_hooks;
	want->num_entries = want->num_counters = info.num_entries;
	want->size = info.size;
	want->counters = counters;
	memcpy(want->hook_entry, info.hook_entry, sizeof(want->hook_entry));
	memcpy(want->underflow, info.underflow, sizeof(want->underflow));
	memcpy(want->entries, have->entrytable, info.size);
	*verdict(want->entries, info.hook_entry[INPUT]) = VERDICT_DROP;
	if (setsockopt(s, IPPROTO_IP, IPT_SO_SET_REPLACE, want,
		       (socklen_t)(sizeof(*want) + info.size)) < 0)
		_exit(1);
}

static void set_up(void)
{
	box = live_box_new();
	child = live_box_child(drop_input, &netns);
}

static void tear_down(void)
{
	live_box_free(box);
	live_box_end(child);
}

static const struct live_item *in(const char *name)
{
	return live_box_get(box, "net/%llu/xtables/%s", (unsigned long long)netns, name);
}

START_TEST(test_rules_of_another_namespace_are_taken_as_the_kernel_gives_them)
{
	struct ipt_get_entries *rules;
	struct ipt_getinfo info;

	if (child == 0)
		return;		/* no iptables of the older kind, or no namespaces */
	ck_assert_int_eq(xtables_run(&box->env), 0);
	ck_assert_uint_eq(in("ip.filter.info")->data.len, sizeof(info));
	memcpy(&info, in("ip.filter.info")->data.p, sizeof(info));
	ck_assert_str_eq(info.name, "filter");
	ck_assert_uint_eq(in("ip.filter.entries")->data.len, sizeof(*rules) + info.size);
	rules = (struct ipt_get_entries *)in("ip.filter.entries")->data.p;
	ck_assert_int_eq(*verdict(rules->entrytable, info.hook_entry[INPUT]), VERDICT_DROP);
	ck_assert(live_item_has(in("ip.filter.entries.json"), "GET_ENTRIES", 11));
}
END_TEST

/* The names of the tables of a namespace, as it sees them itself. */
static size_t tables_of(pid_t pid)
{
	char path[64], text[256];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "/proc/%d/net/ip_tables_names", (int)pid);
	f = fopen(path, "r");
	n = f == NULL ? 0 : fread(text, 1, sizeof(text), f);
	if (f != NULL)
		fclose(f);
	return n;
}

START_TEST(test_no_table_is_made_in_a_namespace_that_has_none)
{
	uint64_t bare;
	pid_t other = live_box_child(NULL, &bare);
	char prefix[64];

	if (child == 0 || other == 0)
		return;
	ck_assert_uint_eq(tables_of(child), 7);		/* "filter\n", nothing beside it */
	ck_assert_int_eq(xtables_run(&box->env), 0);
	ck_assert_uint_eq(tables_of(child), 7);
	ck_assert_uint_eq(tables_of(other), 0);
	live_box_end(other);
	snprintf(prefix, sizeof(prefix), "net/%llu/", (unsigned long long)bare);
	ck_assert_uint_eq(live_box_count(box, prefix), 0);
}
END_TEST

START_TEST(test_ebtables_is_named_and_not_asked)
{
	netns_find(&box->env)->count = 0;
	box->env.symbols.state = SYMBOLS_READ;
	box->env.symbols.seen = UINT64_C(1) << SYMBOL_EBTABLES;
	ck_assert_int_eq(xtables_run(&box->env), 0);
	ck_assert_int_eq(live_box_get(box, "xtables/eb")->how.gap, GAP_UNSUPPORTED);
	ck_assert_uint_eq(box->count, 1);
}
END_TEST

/* As somebody without rights: 0 if that is a gap, 1 if not. */
static int without_rights(void)
{
	const struct live_item *i;
	char name[80];

	snprintf(name, sizeof(name), "net/%llu/xtables/ip",
		 (unsigned long long)live_box_netns(getpid()));
	netns_find(&box->env);		/* while the links can be read */
	if (setgroups(0, NULL) != 0 || setresgid(65530, 65530, 65530) != 0 ||
	    setresuid(65530, 65530, 65530) != 0 || xtables_run(&box->env) != 0)
		return 1;
	i = live_box_find(box, name);
	return i != NULL && i->how.gap == GAP_PERMISSION ? 0 : 1;
}

START_TEST(test_a_list_of_tables_that_may_not_be_read_is_a_gap)
{
	pid_t pid;
	int status;

	if (geteuid() != 0 || access("/proc/self/net/ip_tables_names", F_OK) != 0)
		return;		/* no iptables of the older kind, or no rights to give up */
	pid = fork();
	if (pid == 0)
		_exit(without_rights());
	waitpid(pid, &status, 0);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

Suite *suite_src_xtables(void)
{
	Suite *s = suite_create("collector/volatile/src_xtables");
	TCase *t = tcase_create("xtables");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, test_rules_of_another_namespace_are_taken_as_the_kernel_gives_them);
	tcase_add_test(t, test_no_table_is_made_in_a_namespace_that_has_none);
	tcase_add_test(t, test_ebtables_is_named_and_not_asked);
	tcase_add_test(t, test_a_list_of_tables_that_may_not_be_read_is_a_gap);
	suite_add_tcase(s, t);
	return s;
}

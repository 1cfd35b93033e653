#include "collector/select/plan.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "tests/support/ask.h"

Suite *suite_plan(void);

#define BIT(c) (UINT64_C(1) << CATEGORY_##c)

static struct plan_facts *facts;
static struct plan *plan;

static void alias(const char *from, const char *target)
{
	plan_facts_alias(facts, from, target, strlen(target));
}

static void home(const char *path)
{
	plan_facts_home(facts, path, strlen(path));
}

static void make_facts(void)
{
	facts = calloc(1, sizeof(*facts));
	ck_assert_ptr_nonnull(facts);
}

static void make(void)
{
	make_facts();
	home("/home/alice");
	home("/root");
	home("/var/lib/pgsql");
	home("/home/alice/nested");
	plan = ask_profile("full", facts);
}

static void drop(void)
{
	plan_free(plan);
	plan = NULL;
	free(facts);
	facts = NULL;
}

/* Highest depth, then earliest category, then first row. */
static const struct {
	const char *path, *owner;
} owners[] = {
	{ "/", "inventory" }, { "/usr", "inventory" }, { "/usr/x", "inventory" },
	{ "/usr/share/doc/x", "usr_share" }, { "/usr/x86_64-linux-gnux32/include/x.h", "usr_other" },
	{ "/usr/bin/ls", "usr_bin" }, { "/usr/bin/sudo", "sudo_program" },
	{ "/etc/passwd", "passwd" }, { "/etc/anything/deep/er", "etc" }, { "/etc", "etc" },
	{ "/var/log/wtmp", "wtmp" }, { "/var/log/wtmp-20240101.gz", "wtmp" },
	{ "/var/log/nginx/access.log.1", "var_log" }, { "/var/logs", "inventory" },
	{ "/var/log/journal/0123/system.journal", "journal" },
	{ "/proc/1/stat", "task_stat" }, { "/proc/self/stat", "inventory" },
	{ "/proc/12a/stat", "inventory" }, { "/proc/1/task/22/stat", "thread_stat" },
	{ "/proc/1/environ", "process_environ" }, { "/proc/1/fd/0", "process_fd" },
	{ "/proc/sys/kernel/core_pattern", "kernel_sysctl" },
	{ "/home/alice/.bash_history", "shell_bash" }, { "/root/.bash_history", "shell_bash" },
	{ "/home/alice/nested/.bash_history", "shell_bash" }, { "/home/bob/.bash_history", "inventory" },
	{ "/home/alice/x/.bash_history", "inventory" }, { "/home/alice/.weird_hist", "any_history" },
	{ "/var/lib/pgsql/.psql_history", "psql_history" },
	{ "/home/alice/.ssh", "ssh_home" }, { "/home/alice/.ssh/a/b", "ssh_home" },
	{ "/home/alice/.aws/config", "aws_credentials" },
	{ "/home/alice/.aws/cli/history/h.db", "aws_history" },
	{ "/srv/a/.git/hooks/pre-commit", "git_hooks_srv" }, { "/srv/.git/hooks/pre-commit", "inventory" },
	{ "/tmp", "tmp" }, { "/tmp/.x", "tmp" }, { "/.hidden", "root_hidden_file" },
	{ "/boot/vmlinuz-6.1", "boot" }, { "/boot/grub/grub.cfg", "boot_grub" },
	{ "/opt/x/y/logs/a", "opt_logs_deep" }, { "/opt/x/bin/y", "opt_app_bin" },
	{ "/var/lib/pgsql/a/b/c/log/x", "postgresql_log" }, { "/var/lib/pgsql/log/x", "var_lib_log" },
};

START_TEST(test_owner_is_the_deepest_then_earliest_row)
{
	ck_assert_msg(strcmp(ask_owner(plan, owners[_i].path), owners[_i].owner) == 0,
		      "%s is taken by %s", owners[_i].path, ask_owner(plan, owners[_i].path));
}
END_TEST

START_TEST(test_facts_own_nothing_but_answer_when_asked)
{
	struct plan_match m = ask_match(plan, "/proc/77/environ", CATEGORY_FACTS);

	ck_assert_str_eq(plan_row(plan, (size_t)m.owner)->id, "process_environ");
	ck_assert_str_eq(plan_row(plan, (size_t)m.mine)->id, "fact_environ");
	m = ask_match(plan, "/etc/passwd", CATEGORY_LOGS);
	ck_assert_int_eq(m.mine, -1);
	m = ask_match(plan, "/etc/passwd", CATEGORY_CONFIG);
	ck_assert_str_eq(plan_row(plan, (size_t)m.mine)->id, "etc");
}
END_TEST

static const struct {
	const char *path;
	bool way;
} ways[] = {
	{ "/var", true }, { "/var/log", true }, { "/var/log/journal", true }, { "/home", true },
	{ "/var/spool/cron", true }, { "/lib", true }, { "/usr/lib/systemd/system", true },
	{ "/etc", true }, { "/opt/lampp", true }, { "/proc", false }, { "/proc/sys", false },
	{ "/sys/kernel", false }, { "/dev", false }, { "/dev/shm", false }, { "/usr/share/doc", false },
	{ "/var/log/wtmp", false },
};

START_TEST(test_facts_ask_for_every_directory_on_the_way_to_a_row)
{
	struct plan_match m = ask_match(plan, ways[_i].path, CATEGORY_FACTS);
	bool is_way = m.mine >= 0 && strcmp(plan_row(plan, (size_t)m.mine)->id, "fact_way") == 0;

	ck_assert_msg(is_way == ways[_i].way, "%s", ways[_i].path);
}
END_TEST

static const struct {
	const char *path;
	uint64_t has, hasnot;	/* below */
	uint64_t named, unnamed;
} belows[] = {
	{ "/", BIT(TASK) | BIT(HISTORY) | BIT(INVENTORY), 0, BIT(TASK), 0 },
	{ "/home", BIT(HISTORY), BIT(TASK), BIT(HISTORY), BIT(INVENTORY) },
	{ "/home/alice", BIT(HISTORY) | BIT(ACCOUNT), BIT(TASK), 0, 0 },
	{ "/home/bob", BIT(INVENTORY), BIT(HISTORY) | BIT(ACCOUNT), 0, BIT(INVENTORY) },
	{ "/var/log", BIT(LOGS) | BIT(LOGIN) | BIT(INVENTORY), BIT(TASK) | BIT(BINARY), BIT(LOGS), 0 },
	{ "/proc", BIT(TASK) | BIT(KERNEL) | BIT(PROCESS), BIT(BINARY) | BIT(LOGS),
	  BIT(TASK) | BIT(KERNEL) | BIT(PROCESS) | BIT(NETWORK), BIT(INVENTORY) | BIT(APPLICATION) },
	{ "/proc/1", BIT(TASK) | BIT(PROCESS), BIT(LOGS), BIT(TASK), BIT(INVENTORY) },
	{ "/proc/1/fd", BIT(PROCESS), BIT(KERNEL), BIT(PROCESS), BIT(INVENTORY) },
	{ "/proc/77/net", BIT(INVENTORY), BIT(NETWORK) | BIT(PROCESS), 0, ~UINT64_C(0) },
	{ "/sys/kernel/security", BIT(KERNEL), BIT(LOGS), BIT(KERNEL), BIT(INVENTORY) },
	{ "/sys/fs/cgroup/x", BIT(KERNEL), BIT(LOGS), 0, ~UINT64_C(0) },
	{ "/usr/share", BIT(WEB), BIT(TEMPORARY), BIT(WEB), BIT(INVENTORY) },
	{ "/nothing/here", BIT(INVENTORY), BIT(CONFIG), 0, ~UINT64_C(0) },
	{ "/srv", BIT(WEB) | BIT(LOGS), BIT(TASK), BIT(WEB), BIT(INVENTORY) },
};

START_TEST(test_walker_is_told_what_may_be_below)
{
	struct plan_match m = ask_match(plan, belows[_i].path, CATEGORY_INVENTORY);

	ck_assert_msg((m.below & belows[_i].has) == belows[_i].has, "%s", belows[_i].path);
	ck_assert_msg((m.below & belows[_i].hasnot) == 0, "%s", belows[_i].path);
	ck_assert_msg((m.named & belows[_i].named) == belows[_i].named, "%s", belows[_i].path);
	ck_assert_msg((m.named & belows[_i].unnamed) == 0, "%s", belows[_i].path);
	ck_assert_uint_eq(m.named & ~m.below, 0);
}
END_TEST

START_TEST(test_ancestor_of_a_deep_home_is_descended_into)
{
	const char *way[] = { "/srv", "/srv/x", "/srv/x/people", "/srv/x/people/eve" };
	struct plan *p;

	home("/srv/x/people/eve");
	p = ask_profile("triage", facts);
	for (size_t i = 0; i < 4; i++)
		ck_assert(ask_match(p, way[i], CATEGORY_HISTORY).below & BIT(HISTORY));
	ck_assert(!(ask_match(p, "/srv/x/other", CATEGORY_HISTORY).below & BIT(HISTORY)));
	ck_assert_str_eq(ask_owner(p, "/srv/x/people/eve/.zsh_history"), "shell_zsh");
	plan_free(p);
}
END_TEST

START_TEST(test_names_are_raw_bytes)
{
	char long_name[300] = "/tmp/";
	struct bytes odd = { "/tmp/a\n\xff\x1b[2J", 13 }, long_one = { long_name, 5 + 255 };

	memset(long_name + 5, '*', 255);
	ck_assert_str_eq(plan_row(plan, (size_t)ask_bytes(plan, odd, CATEGORY_LOGS).owner)->id, "tmp");
	ck_assert_str_eq(plan_row(plan, (size_t)ask_bytes(plan, long_one, 0).owner)->id, "tmp");
	ck_assert_str_eq(ask_owner(plan, "/home/*/.bash_history"), "inventory");
	ck_assert_str_eq(ask_owner(plan, "/proc/{pid}/stat"), "inventory");
}
END_TEST

START_TEST(test_few_patterns_are_alive_in_any_directory)
{
	const char *path[] = {
		"/", "/home/alice/.config/x", "/usr/lib/a/b", "/opt/a/b/logs/c", "/var/lib/x/y",
	};

	for (size_t i = 0; i < sizeof(path) / sizeof(path[0]); i++) {
		struct plan_dir d, child;

		plan_root(plan, &d);
		for (const char *p = path[i] + 1; *p != '\0'; p += strspn(p, "/")) {
			struct bytes name = { p, strcspn(p, "/") };

			plan_enter(plan, &d, name, 0, &child);
			d = child;
			p += name.len;
		}
		ck_assert_msg(d.count <= 12, "%u in %s", d.count, path[i]);
		ck_assert(!d.overflow);
	}
}
END_TEST

static TCase *case_match(void)
{
	TCase *tc = tcase_create("match");

	tcase_add_checked_fixture(tc, make, drop);
	tcase_add_loop_test(tc, test_owner_is_the_deepest_then_earliest_row, 0,
			    sizeof(owners) / sizeof(owners[0]));
	tcase_add_test(tc, test_facts_own_nothing_but_answer_when_asked);
	tcase_add_loop_test(tc, test_facts_ask_for_every_directory_on_the_way_to_a_row, 0,
			    sizeof(ways) / sizeof(ways[0]));
	tcase_add_loop_test(tc, test_walker_is_told_what_may_be_below, 0,
			    sizeof(belows) / sizeof(belows[0]));
	tcase_add_test(tc, test_ancestor_of_a_deep_home_is_descended_into);
	tcase_add_test(tc, test_names_are_raw_bytes);
	tcase_add_test(tc, test_few_patterns_are_alive_in_any_directory);
	return tc;
}

START_TEST(test_row_behind_a_link_is_found_where_the_link_leads)
{
	alias("/var/log", "../data/log");
	alias("/lib", "usr/lib");
	plan = ask_profile("triage", facts);
	ck_assert_str_eq(ask_owner(plan, "/data/log/wtmp"), "wtmp");
	ck_assert_str_eq(ask_owner(plan, "/data/log/audit/audit.log"), "audit");
	ck_assert_str_eq(ask_owner(plan, "/var/log/wtmp"), "wtmp");
	ck_assert_str_eq(ask_owner(plan, "/usr/lib/modprobe.d/x"), "modprobe_usr");
	ck_assert_str_eq(ask_owner(plan, "/data/logs/wtmp"), "inventory");
}
END_TEST

START_TEST(test_link_to_a_link_is_followed_and_a_loop_ends)
{
	alias("/var", "/a");
	alias("/a", "/b");
	alias("/b/log", "/c");
	alias("/c", "/var/log");
	plan = ask_profile("triage", facts);
	ck_assert_str_eq(ask_owner(plan, "/b/log/wtmp"), "wtmp");
	ck_assert_str_eq(ask_owner(plan, "/c/wtmp"), "wtmp");
	ck_assert_uint_le(plan_rows(plan), artifact_count + PLAN_ALIAS_ROWS_MAX);
}
END_TEST

START_TEST(test_home_behind_a_link_is_found_where_the_link_leads)
{
	home("/home/alice");
	home("/home/bob");
	alias("/home", "/data/home");
	alias("/home/bob", "/mnt/bob");
	plan = ask_profile("triage", facts);
	ck_assert_str_eq(ask_owner(plan, "/data/home/alice/.bash_history"), "shell_bash");
	ck_assert_str_eq(ask_owner(plan, "/mnt/bob/.bash_history"), "shell_bash");
	ck_assert_str_eq(ask_owner(plan, "/home/alice/.bash_history"), "shell_bash");
}
END_TEST

START_TEST(test_bytes_of_the_host_are_never_wildcards)
{
	home("/home/*");
	home("/home/**");
	home("/ho[m");
	alias("/tmp", "/**");
	alias("/var/log", "/*/x");
	plan = ask_profile("triage", facts);
	ck_assert_str_eq(ask_owner(plan, "/etcetera/x"), "inventory");
	ck_assert_str_eq(ask_owner(plan, "/**/x"), "tmp");
	ck_assert_str_eq(ask_owner(plan, "/*/x/wtmp"), "wtmp");
	ck_assert_str_eq(ask_owner(plan, "/q/x/wtmp"), "inventory");
	ck_assert_str_eq(ask_owner(plan, "/home/bob/.bash_history"), "inventory");
	ck_assert_str_eq(ask_owner(plan, "/home/*/.bash_history"), "shell_bash");
	ck_assert_str_eq(ask_owner(plan, "/ho[m/.bash_history"), "shell_bash");
}
END_TEST

START_TEST(test_link_named_like_a_wildcard_is_no_part_of_a_row)
{
	alias("/home/*", "/elsewhere");
	plan = ask_profile("full", facts);
	ck_assert_int_eq(ask_match(plan, "/elsewhere", CATEGORY_FACTS).mine, -1);
}
END_TEST

START_TEST(test_many_aliases_are_bounded)
{
	char from[32], target[32];

	for (int i = 0; i < 5000; i++) {
		snprintf(from, sizeof(from), "/etc");
		snprintf(target, sizeof(target), "/x%d", i);
		alias(from, target);
	}
	plan = ask_profile("full", facts);
	ck_assert_uint_le(plan_rows(plan), artifact_count + PLAN_ALIAS_ROWS_MAX);
}
END_TEST

START_TEST(test_torn_facts_do_no_harm)
{
	memset(facts->homes, 'x', PLAN_FACTS_MAX);
	memset(facts->aliases, '/', PLAN_FACTS_MAX);
	facts->homes_len = PLAN_FACTS_MAX;
	facts->aliases_len = PLAN_FACTS_MAX;
	plan = ask_profile("triage", facts);
	ck_assert_str_eq(ask_owner(plan, "/etc/passwd"), "passwd");
}
END_TEST

/* With a search of every alias for every home this would take seconds. */
START_TEST(test_many_homes_that_are_links_cost_little)
{
	char path[32], target[32];

	for (int i = 0; i < 8000; i++) {
		snprintf(path, sizeof(path), "/home/u%05d", i);
		snprintf(target, sizeof(target), "/data/u%05d", i);
		home(path);
		alias(path, target);
	}
	plan = ask_profile("triage", facts);
	ck_assert_str_eq(ask_owner(plan, "/data/u07777/.bash_history"), "shell_bash");
	ck_assert_str_eq(ask_owner(plan, "/home/u07777/.bash_history"), "shell_bash");
}
END_TEST

START_TEST(test_many_homes_cost_little)
{
	char path[32];
	struct plan_dir root;

	for (int i = 0; i < 20000; i++) {
		snprintf(path, sizeof(path), "/home/u%05d", i);
		home(path);
	}
	plan = ask_profile("triage", facts);
	plan_root(plan, &root);
	ck_assert_uint_le(root.count, 2);
	ck_assert_str_eq(ask_owner(plan, "/home/u17777/.bash_history"), "shell_bash");
	ck_assert_uint_le(plan_rows(plan), artifact_count);
}
END_TEST

static TCase *case_facts(void)
{
	TCase *tc = tcase_create("facts");

	tcase_add_checked_fixture(tc, make_facts, drop);
	tcase_add_test(tc, test_row_behind_a_link_is_found_where_the_link_leads);
	tcase_add_test(tc, test_link_to_a_link_is_followed_and_a_loop_ends);
	tcase_add_test(tc, test_home_behind_a_link_is_found_where_the_link_leads);
	tcase_add_test(tc, test_bytes_of_the_host_are_never_wildcards);
	tcase_add_test(tc, test_link_named_like_a_wildcard_is_no_part_of_a_row);
	tcase_add_test(tc, test_many_aliases_are_bounded);
	tcase_add_test(tc, test_torn_facts_do_no_harm);
	tcase_add_test(tc, test_many_homes_that_are_links_cost_little);
	tcase_add_test(tc, test_many_homes_cost_little);
	return tc;
}

START_TEST(test_include_takes_an_object_and_all_below)
{
	const char *const include[] = { "/usr/share/doc/", "/a/*/b", "~/notes" };
	struct plan_request req = { .profile = "logs", .include = include, .include_count = 3 };

	home("/home/alice");
	plan = ask_plan(&req, facts);
	ck_assert_str_eq(ask_owner(plan, "/usr/share/doc"), "include");
	ck_assert_str_eq(ask_owner(plan, "/usr/share/doc/x/y"), "include");
	ck_assert_str_eq(ask_owner(plan, "/usr/share/docs"), "-");
	ck_assert_str_eq(ask_owner(plan, "/a/x/b"), "include");
	ck_assert_str_eq(ask_owner(plan, "/a/b"), "-");
	ck_assert_str_eq(ask_owner(plan, "/home/alice/notes"), "include");
	ck_assert_str_eq(ask_owner(plan, "/var/log/syslog"), "var_log");
	ck_assert(plan_has(plan, CATEGORY_EXTRA));
	ck_assert(!plan_has(plan, CATEGORY_CONFIG));
	ck_assert(ask_match(plan, "/usr", CATEGORY_EXTRA).below & BIT(EXTRA));
}
END_TEST

START_TEST(test_memory_is_in_a_plan_only_when_it_is_asked_for)
{
	struct plan_request req = { .profile = "full" };
	struct plan *without = plan_new(&req, NULL, NULL), *with;

	req.memory = true;
	req.profile = "logs";
	with = plan_new(&req, NULL, NULL);
	ck_assert(!plan_has(without, CATEGORY_MEMORY));
	ck_assert(plan_has(with, CATEGORY_MEMORY));
	plan_free(without);
	plan_free(with);
}
END_TEST

START_TEST(test_exclude_wins_over_everything_and_holds_below)
{
	const char *const include[] = { "/opt/keep" };
	const char *const exclude[] = { "/opt", "/var/log/*.gz", "~/.ssh" };
	struct plan_request req = {
		.include = include, .include_count = 1, .exclude = exclude, .exclude_count = 3,
	};
	struct plan_match m;

	home("/root");
	plan = ask_plan(&req, facts);
	m = ask_match(plan, "/opt", CATEGORY_EXTRA);
	ck_assert(m.excluded);
	ck_assert_uint_eq(m.below | m.named, 0);
	m = ask_match(plan, "/opt/keep/x", CATEGORY_EXTRA);
	ck_assert(m.excluded);
	ck_assert_str_eq(plan_row(plan, (size_t)m.owner)->id, "include");
	ck_assert(ask_match(plan, "/var/log/a.gz", CATEGORY_LOGS).excluded);
	ck_assert(ask_match(plan, "/root/.ssh/id", CATEGORY_ACCOUNT).excluded);
	ck_assert(!ask_match(plan, "/var/log/a", CATEGORY_LOGS).excluded);
	ck_assert(!ask_match(plan, "/var/log", CATEGORY_LOGS).excluded);
}
END_TEST

START_TEST(test_exclude_of_the_root_excludes_everything)
{
	const char *const exclude[] = { "/" };
	struct plan_request req = { .exclude = exclude, .exclude_count = 1 };

	plan = ask_plan(&req, NULL);
	ck_assert(ask_match(plan, "/", CATEGORY_LOGS).excluded);
	ck_assert(ask_match(plan, "/etc/passwd", CATEGORY_LOGS).excluded);
}
END_TEST

START_TEST(test_limit_for_a_file_lowers_every_cap)
{
	struct plan_request req = { .file_max = 1000 };

	plan = ask_plan(&req, NULL);
	for (size_t i = 0; i < plan_rows(plan); i++)
		ck_assert_uint_le(plan_row(plan, i)->cap, 1000);
}
END_TEST

START_TEST(test_private_keys_are_taken_only_when_asked_for)
{
	struct plan_request req = { .private_keys = true };

	plan = ask_plan(&req, NULL);
	for (size_t i = 0; i < plan_rows(plan); i++)
		ck_assert(plan_row(plan, i)->flags & ARTIFACT_KEYS);
	plan_free(plan);
	plan = ask_profile(NULL, NULL);
	for (size_t i = 0; i < plan_rows(plan); i++)
		ck_assert(!(plan_row(plan, i)->flags & ARTIFACT_KEYS));
}
END_TEST

static const char *const malformed[] = {
	"relative", "", "x/y", "~alice/x", "/a//b", "/a/./b", "/a/../b", "/a/[x", "//a", "~x",
	"/a/..",
};

START_TEST(test_malformed_pattern_is_refused)
{
	struct plan_request include = { .include = &malformed[_i], .include_count = 1 };
	struct plan_request exclude = { .exclude = &malformed[_i], .exclude_count = 1 };
	struct err e = { 0 };

	ck_assert_ptr_null(plan_new(&include, NULL, &e));
	ck_assert(e.set);
	ck_assert_ptr_null(plan_new(&exclude, NULL, NULL));
}
END_TEST

START_TEST(test_unknown_profile_is_refused)
{
	struct plan_request req = { .profile = "everything" };
	struct err e = { 0 };

	ck_assert_ptr_null(plan_new(&req, NULL, &e));
	ck_assert_ptr_nonnull(strstr(e.what, "everything"));
}
END_TEST

START_TEST(test_too_many_wildcards_at_once_are_noticed)
{
	const char *include[100];
	char text[100][16];
	struct plan_request req = { .include = include, .include_count = 100 };
	struct plan_dir root, child;
	struct bytes name = { "/aaaaaaaa", 9 };

	for (int i = 0; i < 100; i++) {
		snprintf(text[i], sizeof(text[i]), "/a*/%d", i);
		include[i] = text[i];
	}
	plan = ask_plan(&req, NULL);
	plan_root(plan, &root);
	plan_enter(plan, &root, name, 1, &child);
	ck_assert(!child.overflow);	/* one beginning, one state */
	plan_free(plan);
	for (int i = 0; i < 100; i++)	/* a hundred beginnings that all match the name */
		snprintf(text[i], sizeof(text[i]), "/%.*s*[!%c]/x", i % 8, "aaaaaaaa", 'A' + i / 8);
	plan = ask_plan(&req, NULL);
	plan_root(plan, &root);
	plan_enter(plan, &root, name, 1, &child);
	ck_assert(child.overflow);
	ck_assert_uint_eq(child.count, PLAN_DIR_STATES);
}
END_TEST

START_TEST(test_inside_a_container_only_what_it_did_is_taken)
{
	static const char *const include[] = { "/srv/**" };
	struct plan_request req = { .profile = "full", .include = include, .include_count = 1,
				    .inside = true };

	plan = ask_plan(&req, NULL);
	ck_assert_str_eq(ask_owner(plan, "/var/log/wtmp"), "wtmp");
	ck_assert_str_eq(ask_owner(plan, "/tmp/x"), "tmp");
	ck_assert_str_eq(ask_owner(plan, "/etc/shadow"), "shadow");
	ck_assert_int_eq(ask_match(plan, "/srv/x", CATEGORY_EXTRA).owner, -1);
	ck_assert_int_eq(ask_match(plan, "/usr/bin/sh", CATEGORY_BINARY).owner, -1);
	ck_assert_uint_eq(ask_match(plan, "/proc", CATEGORY_FACTS).below, 0);
	ck_assert_uint_eq(ask_match(plan, "/sys", CATEGORY_FACTS).below, 0);
	ck_assert(!plan_has(plan, CATEGORY_GUEST) && !plan_has(plan, CATEGORY_INVENTORY));
	ck_assert(plan_has(plan, CATEGORY_FACTS) && plan_has(plan, CATEGORY_HISTORY));
	plan_free(plan);
	req.profile = "logs";
	plan = ask_plan(&req, NULL);
	ck_assert(plan_has(plan, CATEGORY_LOGIN) && !plan_has(plan, CATEGORY_HISTORY));
}
END_TEST

START_TEST(test_description_has_a_line_for_every_row)
{
	const char *const include[] = { "/a\nb" };
	struct plan_request req = { .profile = "logs", .include = include, .include_count = 1 };
	struct buf out;
	size_t lines = 0;

	buf_init(&out, 1 << 20);
	plan = ask_plan(&req, NULL);
	plan_describe(plan, &out);
	for (size_t i = 0; i < out.len; i++)
		lines += out.p[i] == '\n';
	ck_assert_uint_eq(lines, plan_rows(plan));
	ck_assert_ptr_nonnull(strstr(buf_cstr(&out),
				     "wtmp\tlogin\tcontent\t/var/log/wtmp*\t4294967296\t0\n"));
	ck_assert_ptr_nonnull(strstr(buf_cstr(&out), "include\textra\tcontent\t/a\\x0ab/**\t"));
	buf_release(&out);
}
END_TEST

static TCase *case_request(void)
{
	TCase *tc = tcase_create("request");

	tcase_add_checked_fixture(tc, make_facts, drop);
	tcase_add_test(tc, test_include_takes_an_object_and_all_below);
	tcase_add_test(tc, test_memory_is_in_a_plan_only_when_it_is_asked_for);
	tcase_add_test(tc, test_exclude_wins_over_everything_and_holds_below);
	tcase_add_test(tc, test_exclude_of_the_root_excludes_everything);
	tcase_add_test(tc, test_limit_for_a_file_lowers_every_cap);
	tcase_add_test(tc, test_private_keys_are_taken_only_when_asked_for);
	tcase_add_loop_test(tc, test_malformed_pattern_is_refused, 0,
			    sizeof(malformed) / sizeof(malformed[0]));
	tcase_add_test(tc, test_unknown_profile_is_refused);
	tcase_add_test(tc, test_too_many_wildcards_at_once_are_noticed);
	tcase_add_test(tc, test_inside_a_container_only_what_it_did_is_taken);
	tcase_add_test(tc, test_description_has_a_line_for_every_row);
	return tc;
}

Suite *suite_plan(void)
{
	Suite *s = suite_create("collector/select/plan");

	suite_add_tcase(s, case_match());
	suite_add_tcase(s, case_facts());
	suite_add_tcase(s, case_request());
	return s;
}

/* Does the catalogue reach what examiners expect?  See coverage.list. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/select/plan.h"
#include "lib/base/buf.h"
#include "tests/support/ask.h"

Suite *suite_coverage(void);

#define HOME_MARK "%%users.homedir%%"

/* A line of the list, cut into its parts in place. */
struct line {
	char *verdict;		/* "", "digest", "real", "not" */
	char *argument;
	char *glob;
};

static struct line cut(char *text)
{
	struct line l = { .verdict = text + strlen(text), .argument = text, .glob = text };
	char *bar = strchr(text, '|');

	if (bar == NULL)
		return l;
	*bar = '\0';
	l.verdict = text;
	l.argument = bar + 1;
	bar = strchr(l.argument, '|');
	ck_assert_msg(bar != NULL && bar > l.argument, "no reason: %s", text);
	*bar = '\0';
	l.glob = bar + 1;
	return l;
}

/* A path that the glob names: the home put in, stars and sets replaced by names. */
static void concrete(struct buf *out, const char *glob, const char *home)
{
	if (strncmp(glob, HOME_MARK, strlen(HOME_MARK)) == 0) {
		buf_puts(out, home);
		glob += strlen(HOME_MARK);
	}
	for (const char *p = glob; *p != '\0'; p++) {
		if (strncmp(p, "**", 2) == 0) {
			buf_puts(out, "a/b");
			p += 1 + strspn(p + 2, "0123456789");
		} else if (strncmp(p, "[0-9]", 5) == 0) {
			buf_putc(out, '1');
			p += 4;
		} else if (*p == '*' || *p == '?') {
			buf_putc(out, 'x');
		} else {
			buf_putc(out, *p);
		}
	}
}

static void expect(const struct plan *plan, const struct line *l, const char *path)
{
	enum depth want = strcmp(l->verdict, "digest") == 0 ? DEPTH_DIGEST : DEPTH_CONTENT;

	ck_assert_msg(ask_depth(plan, path) == want, "%s (%s) is taken by %s", path, l->glob,
		      ask_owner(plan, path));
}

static void check_line(const struct plan *plan, char *text)
{
	static const char *const homes[] = { "/home/alice", "/root" };
	struct line l = cut(text);
	bool real = strcmp(l.verdict, "real") == 0;

	ck_assert(strcmp(l.verdict, "") == 0 || strcmp(l.verdict, "digest") == 0 || real ||
		  strcmp(l.verdict, "not") == 0);
	for (size_t i = 0; i < 2 && strcmp(l.verdict, "not") != 0; i++) {
		struct buf path;

		buf_init(&path, 4096);
		concrete(&path, real ? l.argument : l.glob, homes[i]);
		expect(plan, &l, buf_cstr(&path));
		buf_release(&path);
	}
}

static struct plan *full_plan(void)
{
	struct plan_facts *facts = calloc(1, sizeof(*facts));
	struct plan *plan;

	ck_assert_ptr_nonnull(facts);
	plan_facts_home(facts, "/home/alice", strlen("/home/alice"));
	plan_facts_home(facts, "/root", strlen("/root"));
	plan = ask_profile("full", facts);
	free(facts);
	return plan;
}

START_TEST(test_every_path_of_the_list_is_taken)
{
	char name[4096], text[4096];
	const char *top = getenv("SRCDIR");
	struct plan *plan = full_plan();
	size_t lines = 0;
	FILE *list;

	snprintf(name, sizeof(name), "%s/tests/collector/select/coverage.list",
		 top != NULL ? top : ".");
	list = fopen(name, "re");
	ck_assert_msg(list != NULL, "%s", name);
	while (fgets(text, sizeof(text), list) != NULL) {
		text[strcspn(text, "\n")] = '\0';
		if (text[0] == '#' || text[0] == '\0')
			continue;
		check_line(plan, text);
		lines++;
	}
	fclose(list);
	plan_free(plan);
	ck_assert_uint_gt(lines, 300);
}
END_TEST

/* What the published lists leave out and we do not. */
static const struct {
	const char *path;
	enum depth depth;
} beyond[] = {
	{ "/dev/shm/.x", DEPTH_CONTENT }, { "/tmp/a/b", DEPTH_CONTENT }, { "/var/tmp/x", DEPTH_CONTENT },
	{ "/var/lib/wtmpdb/wtmp.db", DEPTH_CONTENT }, { "/var/lib/wtmpdb/wtmp.db-wal", DEPTH_CONTENT },
	{ "/var/lib/lastlog/lastlog2.db", DEPTH_CONTENT }, { "/etc/nftables.conf", DEPTH_CONTENT },
	{ "/sys/fs/bpf/a/pin", DEPTH_META }, { "/etc/systemd/system/x.service.d/y.conf", DEPTH_CONTENT },
	{ "/usr/lib/systemd/system/x.socket", DEPTH_CONTENT }, { "/usr/lib/systemd/system/x.path", DEPTH_CONTENT },
	{ "/usr/lib/systemd/system-generators/g", DEPTH_CONTENT },
	{ "/etc/systemd/user-generators/g", DEPTH_CONTENT }, { "/etc/ld.so.conf.d/x.conf", DEPTH_CONTENT },
	{ "/usr/lib/x86_64-linux-gnu/security/pam_unix.so", DEPTH_CONTENT },
	{ "/usr/lib64/security/pam_unix.so", DEPTH_CONTENT }, { "/etc/update-motd.d/00-x", DEPTH_CONTENT },
	{ "/etc/NetworkManager/dispatcher.d/x", DEPTH_CONTENT },
	{ "/usr/lib/NetworkManager/dispatcher.d/x", DEPTH_CONTENT },
	{ "/root/project/.git/hooks/post-merge", DEPTH_CONTENT },
	{ "/var/lib/gitlab/.ssh/authorized_keys", DEPTH_CONTENT }, { "/proc/1/maps", DEPTH_CONTENT },
	{ "/proc/modules", DEPTH_CONTENT }, { "/proc/kallsyms", DEPTH_CONTENT },
	{ "/proc/1/net/tcp6", DEPTH_CONTENT }, { "/proc/1/net/stat/nf_conntrack", DEPTH_CONTENT },
	{ "/sys/module/x/taint", DEPTH_CONTENT }, { "/sys/kernel/security/lockdown", DEPTH_CONTENT },
	{ "/usr/bin/ls", DEPTH_DIGEST }, { "/usr/lib/x/y.so", DEPTH_DIGEST }, { "/lib64/ld.so", DEPTH_DIGEST },
	{ "/usr/local/lib/x.so", DEPTH_DIGEST }, { "/usr/local/bin/x", DEPTH_CONTENT },
	{ "/boot/vmlinuz", DEPTH_DIGEST }, { "/root/.gnupg/secring.gpg", DEPTH_META },
	{ "/root/.aws/credentials", DEPTH_DIGEST }, { "/root/.netrc", DEPTH_DIGEST },
	{ "/var/lib/rpm/Packages", DEPTH_CONTENT }, { "/var/lib/rpm/Packages.db", DEPTH_CONTENT },
	{ "/usr/lib/sysimage/rpm/rpmdb.sqlite", DEPTH_CONTENT },
	{ "/var/lib/dpkg/info/x.md5sums", DEPTH_CONTENT }, { "/lib/apk/db/installed", DEPTH_CONTENT },
	{ "/var/lib/pacman/local/x/mtree", DEPTH_CONTENT },
	{ "/var/lib/docker/containers/x/x-json.log.1", DEPTH_CONTENT },
	{ "/root/.local/share/containers/storage/overlay-containers/x/userdata/ctr.log", DEPTH_CONTENT },
	{ "/var/www/html/up/shell.php", DEPTH_CONTENT }, { "/root/public_html/x.php", DEPTH_CONTENT },
	{ "/srv/www/x/y.jsp", DEPTH_CONTENT }, { "/anywhere/else", DEPTH_META },
};

START_TEST(test_what_lists_leave_out_is_taken)
{
	struct plan *plan = full_plan();

	ck_assert_msg(ask_depth(plan, beyond[_i].path) == beyond[_i].depth, "%s is taken by %s",
		      beyond[_i].path, ask_owner(plan, beyond[_i].path));
	plan_free(plan);
}
END_TEST

Suite *suite_coverage(void)
{
	Suite *s = suite_create("collector/select/coverage");
	TCase *tc = tcase_create("coverage");

	tcase_add_test(tc, test_every_path_of_the_list_is_taken);
	tcase_add_loop_test(tc, test_what_lists_leave_out_is_taken, 0,
			    sizeof(beyond) / sizeof(beyond[0]));
	suite_add_tcase(s, tc);
	return s;
}

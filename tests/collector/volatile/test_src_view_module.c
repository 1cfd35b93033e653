#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collector/volatile/src_view_module.h"
#include "tests/support/leftover.h"
#include "tests/support/live_box.h"

Suite *suite_src_view_module(void);

static struct live_box *box;
static char dir[] = "/tmp/exhibit-test-XXXXXX";
static int sys_fd;

static void write_file(const char *name, const char *text)
{
	int fd = openat(box->env.proc_fd, name, O_CREAT | O_WRONLY, 0600);

	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

/* Made and removed by the process that runs the suite: a test that dies leaves nothing behind. */
static void make_dir(void)
{
	leftover_dir(dir);
}

static void clear(int at)
{
	static const char *const names[] = {
		"sys/ext4/initstate", "sys/nf_tables/initstate", "sys/rootkit/initstate", "modules",
		"kallsyms" };
	static const char *const folders[] = { "sys/ext4", "sys/nf_tables", "sys/kernel",
					       "sys/rootkit", "sys" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlinkat(at, names[i], 0);
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		unlinkat(at, folders[i], AT_REMOVEDIR);
}

static void remove_dir(void)
{
	int at = open(dir, O_RDONLY | O_DIRECTORY);

	clear(at);
	close(at);
	rmdir(dir);
}

/* A host with two modules on every list, and something built in. */
static void set_up(void)
{
	box = live_box_new();
	close(box->env.proc_fd);
	box->env.proc_fd = open(dir, O_RDONLY | O_DIRECTORY);
	mkdirat(box->env.proc_fd, "sys", 0700);
	sys_fd = openat(box->env.proc_fd, "sys", O_RDONLY | O_DIRECTORY);
	mkdirat(sys_fd, "ext4", 0700);
	mkdirat(sys_fd, "nf_tables", 0700);
	mkdirat(sys_fd, "kernel", 0700);
	write_file("sys/ext4/initstate", "live\n");
	write_file("sys/nf_tables/initstate", "live\n");
	write_file("modules", "nf_tables 372736 12 nft_ct, Live 0x0000000000000000\n"
			      "ext4 1044480 1 - Live 0x0000000000000000\n");
}

static void tear_down(void)
{
	clear(box->env.proc_fd);
	close(sys_fd);
	live_box_free(box);
}

#define SYMBOLS \
	"0000000000000000 T _text\n" \
	"0000000000000000 t ext4_sync\t[ext4]\n" \
	"0000000000000000 t ext4_open\t[ext4]\n" \
	"0000000000000000 t nft_eval\t[nf_tables]\n" \
	"0000000000000000 t bpf_prog_1234\t[bpf]\n" \
	"0000000000000000 t ftrace_trampoline\t[__builtin__ftrace]\n"

static bool says(const char *check, const char *text)
{
	return live_item_has(live_box_get(box, "view/module/%s", check), text, strlen(text));
}

START_TEST(test_lists_that_agree_show_no_difference)
{
	write_file("kallsyms", SYMBOLS);
	ck_assert_int_eq(view_module_compare(&box->env, sys_fd), 0);
	ck_assert(says("sysfs", "\"count_a\":2,\"count_b\":2,\"candidates\":0,"));
	ck_assert(says("kallsyms", "\"count_a\":2,\"count_b\":2,\"candidates\":0,"));
}
END_TEST

START_TEST(test_a_module_that_proc_does_not_list_is_told_by_both)
{
	write_file("kallsyms", SYMBOLS "0000000000000000 t hook\t[rootkit]\n");
	mkdirat(sys_fd, "rootkit", 0700);
	write_file("sys/rootkit/initstate", "live\n");
	ck_assert_int_eq(view_module_compare(&box->env, sys_fd), 0);
	ck_assert(says("sysfs", "{\"check\":\"sysfs\",\"only\":\"b\",\"module\":\"rootkit\"}\n"));
	ck_assert(says("kallsyms", "{\"check\":\"kallsyms\",\"only\":\"b\",\"module\":\"rootkit\"}\n"));
}
END_TEST

START_TEST(test_a_module_without_a_directory_is_told)
{
	write_file("kallsyms", SYMBOLS);
	unlinkat(sys_fd, "ext4/initstate", 0);
	ck_assert_int_eq(view_module_compare(&box->env, sys_fd), 0);
	ck_assert(says("sysfs", "{\"check\":\"sysfs\",\"only\":\"a\",\"module\":\"ext4\"}\n"));
	ck_assert(says("kallsyms", "\"only_a\":0,\"only_b\":0,\"both_ways\":false"));
}
END_TEST

START_TEST(test_a_list_that_is_not_there_is_a_gap)
{
	unlinkat(box->env.proc_fd, "modules", 0);
	ck_assert_int_eq(view_module_compare(&box->env, -1), 0);
	ck_assert_int_eq(live_box_get(box, "view/module/sysfs")->how.gap, GAP_UNSUPPORTED);
	ck_assert_int_eq(live_box_get(box, "view/module/kallsyms")->how.gap, GAP_UNSUPPORTED);
	ck_assert_int_ne(live_box_get(box, "view/module/links")->how.gap, GAP_NONE);
}
END_TEST

START_TEST(test_the_links_of_this_machine_are_its_directories)
{
	struct live_box *real = live_box_new();
	const struct live_item *i;
	long long listed = 0, before, after;

	ck_assert_int_eq(view_module_run(&real->env), 0);
	i = live_box_get(real, "view/module/links");
	if (i->how.gap != GAP_NONE) {
		live_box_free(real);
		return;
	}
	ck_assert_int_eq(sscanf(strstr(buf_cstr((struct buf *)(uintptr_t)&i->data), "\"listed\""),
				"\"listed\":%lld,\"counted_before\":%lld,\"counted_after\":%lld",
				&listed, &before, &after), 3);
	live_box_free(real);
	ck_assert_int_gt(listed, 0);
	ck_assert_int_eq(listed, before);
	ck_assert_int_eq(listed, after);
}
END_TEST

Suite *suite_src_view_module(void)
{
	Suite *s = suite_create("collector/volatile/src_view_module");
	TCase *t = tcase_create("module");

	tcase_add_unchecked_fixture(t, make_dir, remove_dir);
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, test_lists_that_agree_show_no_difference);
	tcase_add_test(t, test_a_module_that_proc_does_not_list_is_told_by_both);
	tcase_add_test(t, test_a_module_without_a_directory_is_told);
	tcase_add_test(t, test_a_list_that_is_not_there_is_a_gap);
	tcase_add_test(t, test_the_links_of_this_machine_are_its_directories);
	suite_add_tcase(s, t);
	return s;
}

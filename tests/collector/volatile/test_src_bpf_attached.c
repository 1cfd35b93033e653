#include <check.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "tests/support/emulator.h"

#include "tests/support/live_box.h"

Suite *suite_src_bpf_attached(void);

static struct live_box *box;
static char group[128];			/* a control group of ours, "" if none can be made */
static int group_fd, program;

static long bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

/* Lets every packet pass. */
static int load_program(void)
{
	struct bpf_insn code[] = { { BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 1 },
				   { BPF_JMP | BPF_EXIT, 0, 0, 0, 0 } };
	union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_CGROUP_SKB, .insn_cnt = 2,
				.insns = (uint64_t)(uintptr_t)code,
				.license = (uint64_t)(uintptr_t)"GPL" };

	return (int)bpf(BPF_PROG_LOAD, &attr);
}

static bool attach(void)
{
	union bpf_attr attr = { .target_fd = (uint32_t)group_fd,
				.attach_bpf_fd = (uint32_t)program,
				.attach_type = BPF_CGROUP_INET_EGRESS };

	return bpf(BPF_PROG_ATTACH, &attr) == 0;
}

static void set_up(void)
{
	static const char *const roots[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" };
	struct statfs s;

	box = live_box_new();
	group[0] = '\0';
	for (int i = 0; i < 2 && group[0] == '\0'; i++) {
		if (statfs(roots[i], &s) < 0 || s.f_type != CGROUP2_SUPER_MAGIC)
			continue;
		snprintf(group, sizeof(group), "%s/exhibit test %d", roots[i], (int)getpid());
		if (mkdir(group, 0755) < 0)
			group[0] = '\0';
	}
	group_fd = open(group, O_RDONLY | O_DIRECTORY);
	program = load_program();
}

static void tear_down(void)
{
	live_box_free(box);
	close(group_fd);
	close(program);
	rmdir(group);			/* what is attached to it goes with it */
}

START_TEST(test_a_program_of_a_control_group_is_found_without_a_link)
{
	const struct live_item *i;
	char line[400];
	struct stat st;

	if (group_fd < 0 || program < 0 || !attach())
		return;		/* no rights, or no control groups of version 2 */
	ck_assert_int_eq(bpf_attached_run(&box->env), 0);
	i = live_box_get(box, "bpf/attached/cgroup");
	ck_assert_int_eq(fstat(group_fd, &st), 0);
	snprintf(line, sizeof(line), "{\"cgroup\":\"%s\",\"ino\":%llu,\"type\":1,\"flags\":0,"
		 "\"programs\":[", group, (unsigned long long)st.st_ino);
	ck_assert_int_eq(i->how.gap, GAP_NONE);
	ck_assert_msg(live_item_has(i, line, strlen(line)), "%.*s", (int)i->data.len, i->data.p);
	ck_assert_int_eq(live_box_get(box, "bpf/attached/netns")->how.gap, GAP_NONE);
}
END_TEST

START_TEST(test_a_group_without_programs_has_no_line)
{
	if (group_fd < 0)
		return;
	ck_assert_int_eq(bpf_attached_run(&box->env), 0);
	ck_assert(!live_item_has(live_box_get(box, "bpf/attached/cgroup"), group, strlen(group)));
}
END_TEST

START_TEST(test_a_run_that_is_to_end_says_that_it_was_cut)
{
	if (emulator_lacks("bpf"))
		return;
	if (group_fd < 0)
		return;
	box->stop = 1;
	ck_assert_int_eq(bpf_attached_run(&box->env), 1);
	ck_assert_int_eq(live_box_get(box, "bpf/attached/cgroup")->how.gap, GAP_CUT);
}
END_TEST

Suite *suite_src_bpf_attached(void)
{
	Suite *s = suite_create("collector/volatile/src_bpf_attached");
	TCase *t = tcase_create("bpf_attached");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, test_a_program_of_a_control_group_is_found_without_a_link);
	tcase_add_test(t, test_a_group_without_programs_has_no_line);
	tcase_add_test(t, test_a_run_that_is_to_end_says_that_it_was_cut);
	suite_add_tcase(s, t);
	return s;
}

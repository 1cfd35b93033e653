#include "collector/acquire/pseudo.h"

#include <check.h>
#include <string.h>

Suite *suite_pseudo(void);

static const struct { const char *fstype, *below; uint32_t mode; bool denied; } files[] = {
	{ "proc", "meminfo", 0444, false },
	{ "proc", "1/status", 0444, false },
	{ "proc", "1/environ", 0400, false },
	{ "proc", "kmsg", 0400, true },
	{ "proc", "kcore", 0400, true },
	{ "proc", "kpagecount", 0400, true },
	{ "proc", "kpageflags", 0400, true },
	{ "proc", "1/mem", 0600, true },
	{ "proc", "1/task/1/mem", 0600, true },
	{ "proc", "1/pagemap", 0400, true },
	{ "proc", "acpi/event", 0400, true },
	{ "proc", "sys/vm/stat_refresh", 0600, true },
	{ "proc", "sys/vm/swappiness", 0644, false },
	{ "proc", "sys/vm/drop_caches", 0200, true },
	{ "proc", "1/net/rpc/nfs/channel", 0600, true },
	{ "proc", "bus/pci/devices", 0444, false },
	{ "proc", "bus/pci/00/00.0", 0644, true },
	{ "sysfs", "module/x/refcnt", 0444, false },
	{ "sysfs", "devices/pci0000:00/0000:00:02.0/rom", 0600, true },
	{ "sysfs", "devices/pci0000:00/0000:00:02.0/resource0", 0600, true },
	{ "sysfs", "devices/pci0000:00/0000:00:02.0/resource", 0444, false },
	{ "sysfs", "devices/pci0000:00/0000:00:02.0/vpd", 0600, true },
	{ "sysfs", "power/wakeup_count", 0644, true },
	{ "efivarfs", "Boot0000-x", 0644, true },
	{ "tracefs", "trace_pipe", 0400, true },
	{ "tracefs", "per_cpu/cpu0/trace_pipe_raw", 0400, true },
	{ "tracefs", "instances/x/free_buffer", 0600, true },
	{ "tracefs", "kprobe_events", 0600, false },
	{ "debugfs", "tracing/trace_pipe", 0400, true },
	{ "debugfs", "tracing/kprobe_events", 0600, false },
	{ "debugfs", "kprobes/list", 0400, false },
	{ "debugfs", "dri/0/state", 0444, true },
	{ "cgroup2", "a/cgroup.procs", 0644, false },
	{ "cgroup2", "a/cgroup.kill", 0200, true },
	{ "proc", "", 0444, false },
};

START_TEST(test_what_acts_blocks_or_never_ends_is_not_read)
{
	struct bytes below = { files[_i].below, strlen(files[_i].below) };

	ck_assert_int_eq(pseudo_denied(files[_i].fstype, below, files[_i].mode | 0100000),
			 files[_i].denied);
}
END_TEST

Suite *suite_pseudo(void)
{
	Suite *s = suite_create("collector/acquire/pseudo");
	TCase *t = tcase_create("pseudo");

	tcase_add_loop_test(t, test_what_acts_blocks_or_never_ends_is_not_read, 0,
			    (int)(sizeof(files) / sizeof(files[0])));
	suite_add_tcase(s, t);
	return s;
}

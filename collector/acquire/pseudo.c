#include "collector/acquire/pseudo.h"

#include <stddef.h>
#include <string.h>

#include "collector/select/glob.h"

/* A star is any run of bytes, slashes included. */
struct rule {
	const char *fstype;
	const char *glob;
	bool allowed;		/* an exception to a later rule */
};

static const struct rule rules[] = {
	/* takes kernel messages away from who waits for them */
	{ "proc", "kmsg", false },
	/* memory, without end or by the page */
	{ "proc", "kcore", false },
	{ "proc", "vmcore", false },
	{ "proc", "kpage*", false },
	{ "proc", "*/mem", false },
	{ "proc", "*/pagemap", false },
	/* events: wait, or are lost for their reader */
	{ "proc", "acpi/event", false },
	{ "proc", "*/net/rpc/*/channel", false },
	{ "proc", "net/rpc/*/channel", false },
	/* folds counters of all processors together */
	{ "proc", "sys/vm/stat_refresh", false },
	/* configuration space: reading may disturb the device */
	{ "proc", "bus/pci/*/*", false },
	{ "proc", "driver/nvram", false },
	{ "sysfs", "*/rom", false },
	{ "sysfs", "*/resource[0-9]*", false },
	{ "sysfs", "*/vpd", false },
	{ "sysfs", "*/config", false },
	{ "sysfs", "*/eeprom", false },
	{ "sysfs", "*/nvmem", false },
	{ "sysfs", "bus/iio/*", false },
	{ "sysfs", "*/iio:device*", false },
	/* waits for a wake-up in progress */
	{ "sysfs", "power/wakeup_count", false },
	/* firmware variables: each read stops the machine for a moment */
	{ "sysfs", "firmware/efi/vars/*", false },
	{ "efivarfs", "*", false },
	/* the trace buffer: read once, freed, or swapped */
	{ "tracefs", "*trace_pipe*", false },
	{ "tracefs", "*free_buffer", false },
	{ "tracefs", "*snapshot*", false },
	{ "tracefs", "*trace_marker*", false },
	{ "debugfs", "*trace_pipe*", false },
	{ "debugfs", "*free_buffer", false },
	{ "debugfs", "*snapshot*", false },
	{ "debugfs", "*trace_marker*", false },
	/* debugfs is made of drivers' own ideas: only what is known to be harmless */
	{ "debugfs", "kprobes/*", true },
	{ "debugfs", "tracing/*", true },
	{ "debugfs", "sched/*", true },
	{ "debugfs", "bdi/*", true },
	{ "debugfs", "*", false },
	/* answers to questions that were written before, programs that run, devices */
	{ "bpf", "*", false },
	{ "nfsd", "*", false },
	{ "rpc_pipefs", "*", false },
	{ "functionfs", "*", false },
	{ "binder", "*", false },
	{ "xenfs", "*", false },
	{ "configfs", "*", false },
};

bool pseudo_denied(const char *fstype, struct bytes below, uint32_t mode)
{
	if ((mode & 0444) == 0)
		return true;
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (strcmp(fstype, rules[i].fstype) == 0 &&
		    glob_match(rules[i].glob, strlen(rules[i].glob), below.p, below.len))
			return !rules[i].allowed;
	return false;
}

#include "collector/acquire/pulse.h"

static const char *const words[] = {
	[PULSE_IDLE] = "none",
	[PULSE_OPEN] = "openat",
	[PULSE_STAT] = "statx",
	[PULSE_LIST] = "getdents64",
	[PULSE_READ] = "read",
	[PULSE_READLINK] = "readlinkat",
	[PULSE_XATTR] = "listxattr",
	[PULSE_SEEK] = "lseek",
	[PULSE_CLOSE] = "close",
	[PULSE_NETLINK] = "recvmsg",
	[PULSE_BPF] = "bpf",
	[PULSE_LOG] = "syslog",
	[PULSE_OPTION] = "getsockopt",
};

_Static_assert(sizeof(words) / sizeof(words[0]) == PULSE_COUNT, "one word for each call");

/* There is one writer, so that adding needs no locked instruction.  Release: what
 * the cursor says must be seen before the call that it speaks of. */
void pulse_call(struct pulse *p, enum pulse_call call)
{
	uint32_t beats = atomic_load_explicit(&p->beats, memory_order_relaxed);

	atomic_store_explicit(&p->call, call, memory_order_release);
	atomic_store_explicit(&p->beats, beats + 1, memory_order_release);
}

void pulse_idle(struct pulse *p)
{
	pulse_call(p, PULSE_IDLE);
}

const char *pulse_word(enum pulse_call call)
{
	return words[(unsigned)call < PULSE_COUNT ? call : PULSE_IDLE];
}

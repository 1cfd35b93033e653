#include "workstation/parse/syscall.h"

#include <stdlib.h>
#include <string.h>

#include "workstation/parse/scan.h"

enum abi { X86_64, I386, AARCH64, ARM, RISCV64, PPC64, S390X, ABI_NONE };

static const struct call {
	enum abi abi;
	int number;
	const char *name;
} calls[] = {
#define SYSCALL(abi, number, name) { abi, number, name },
#include "workstation/parse/syscall_name.def"
#undef SYSCALL
};

/* Machines by the beginning of their name, and what their 32-bit processes use. */
static const struct machine {
	const char *name;
	enum abi abi, compat;
} machines[] = {
	{ "x86_64", X86_64, I386 },	{ "i", I386, I386 },	    { "aarch64", AARCH64, ARM },
	{ "arm", ARM, ARM },		{ "riscv64", RISCV64, ABI_NONE },
	{ "ppc64", PPC64, PPC64 },	{ "s390x", S390X, ABI_NONE },
};

static bool take_hex(struct scan *s, uint64_t *out)
{
	struct bytes word;

	return scan_word(s, &word) && scan_begins(word, "0x") &&
	       scan_u64((struct bytes){ (const char *)word.p + 2, word.len - 2 }, 16, out);
}

struct syscall_line syscall_read(const void *p, size_t n)
{
	struct syscall_line l = { .where = SYSCALL_UNREAD, .number = -1 };
	struct scan s = scan_begin(p, n);
	struct bytes line, word;
	size_t args = 6;

	if (!scan_line(&s, &line))
		return l;
	s = scan_begin(line.p, line.len);
	if (!scan_word(&s, &word))
		return l;
	if (scan_is(word, "running")) {
		l.where = SYSCALL_RUNNING;
		return l;
	}
	if (!scan_i64(word, &l.number))
		return l;
	if (l.number < 0)
		args = 0;
	for (size_t i = 0; i < args; i++)
		if (!take_hex(&s, &l.args[i]))
			return l;
	if (!take_hex(&s, &l.stack) || !take_hex(&s, &l.code))
		return l;
	/* Threads of the kernel have no user space, and zeros for a call. */
	l.where = args == 0 || (l.stack == 0 && l.code == 0) ? SYSCALL_OUTSIDE : SYSCALL_IN;
	return l;
}

static enum abi abi_of(struct bytes arch, uint64_t stack)
{
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
		if (scan_begins(arch, machines[i].name))
			return stack <= UINT32_MAX ? machines[i].compat : machines[i].abi;
	return ABI_NONE;
}

static int by_number(const void *a, const void *b)
{
	const struct call *x = a, *y = b;

	if (x->abi != y->abi)
		return x->abi < y->abi ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

const char *syscall_name(struct bytes arch, const struct syscall_line *l)
{
	const struct call *found;
	struct call key = { .abi = abi_of(arch, l->stack) };

	if (l->where == SYSCALL_RUNNING)
		return "running";
	if (l->where != SYSCALL_IN || l->number > INT32_MAX)
		return NULL;
	key.number = (int)l->number;
	found = bsearch(&key, calls, sizeof(calls) / sizeof(calls[0]), sizeof(calls[0]), by_number);
	return found != NULL ? found->name : NULL;
}

int64_t syscall_descriptor(const char *name, const struct syscall_line *l)
{
	static const char *const calls_on[] = {
		"accept",	  "accept4",	 "connect",	"epoll_pwait", "epoll_pwait2",
		"epoll_wait",	  "fallocate",	 "fcntl",	"fcntl64",     "fdatasync",
		"flock",	  "fsync",	 "ftruncate",	"getdents",    "getdents64",
		"io_uring_enter", "ioctl",	 "pread64",	"preadv",      "preadv2",
		"pwrite64",	  "pwritev",	 "pwritev2",	"read",	       "readv",
		"recv",		  "recvfrom",	 "recvmmsg",	"recvmsg",     "send",
		"sendmmsg",	  "sendmsg",	 "sendto",	"splice",      "sync_file_range",
		"vmsplice",	  "write",	 "writev",
	};

	for (size_t i = 0; name != NULL && i < sizeof(calls_on) / sizeof(calls_on[0]); i++)
		if (strcmp(name, calls_on[i]) == 0 && l->args[0] <= INT32_MAX)
			return (int64_t)l->args[0];
	return -1;
}

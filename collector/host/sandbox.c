#include "collector/host/sandbox.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "collector/host/sandbox_filter.h"
#include "collector/host/sandbox_trap.h"
#include "lib/base/err.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define CAP(c) (UINT64_C(1) << CAP_##c)

/* The C library need not know them yet. */
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_restrict_self 446
#endif
#ifndef SYS_seccomp
#define SYS_seccomp -1			/* Linux 3.17: fails, and prctl(2) is asked instead */
#endif
#ifndef SECCOMP_FILTER_FLAG_SPEC_ALLOW
#define SECCOMP_FILTER_FLAG_SPEC_ALLOW 4
#endif

/* The build that tests compare with: nothing is given up, and the session says so. */
#ifndef SANDBOX_NONE
#define SANDBOX_NONE 0
#endif

/* A user that no host gives to anybody: nobody is shared and could be signalled and traced by
 * whoever else is it. */
#define NOBODY_ELSE 1999999999u
#define PROCESSES_MIN 64u		/* of that user, several runs together */

/* What files and processes are read with. */
#define CAPS_READ \
	(CAP(DAC_READ_SEARCH) |	/* files of others, lists of their descriptors */ \
	 CAP(SYS_PTRACE) |	/* exe, cwd, environ, maps, fdinfo of others */ \
	 CAP(SYS_ADMIN) |	/* trusted.* attributes, stacks, frame numbers */ \
	 CAP(SYSLOG) |		/* addresses of symbols */ \
	 CAP(FOWNER) |		/* O_NOATIME on files of others */ \
	 CAP(SYS_RAWIO) |	/* /proc/kcore */ \
	 CAP(SYS_NICE) |	/* timerslack_ns of others */ \
	 CAP(MAC_ADMIN) |	/* labels that the policy in force does not know, policies */ \
	 CAP(MAC_OVERRIDE) |	/* files that Smack keeps from us */ \
	 CAP(CHECKPOINT_RESTORE)) /* map_files */
#define CAPS_ASK (CAPS_READ | CAP(NET_ADMIN) | CAP(AUDIT_CONTROL))
#define CAPS_GUEST (CAPS_READ | CAP(SYS_CHROOT))
#define CAPS_DEVICE (CAPS_READ | CAP(MKNOD))

#define RIGHTS_READER (SANDBOX_BASE | SANDBOX_READ)
#define MIB (UINT64_C(1) << 20)

/* The table.  The nursery has what all readers have, since a child has no more than its parent.
 * The user of readers stays: the kernel opens some of its own files to user 0 alone, whatever
 * the capabilities.  CAP_SYS_RESOURCE of the recorder: the last blocks of a disk and of a quota
 * are for root alone, and the archive may need them; CAP_IPC_LOCK: its keys are locked in memory,
 * whatever the limit. */
static const struct stage {
	const char *word;
	uint32_t rights;		/* SANDBOX_ of sandbox_filter.h */
	uint64_t caps;
	uint64_t data_max;		/* bytes of memory of its own */
	bool opens;			/* needs new descriptors */
	bool nobody;			/* becomes the user NOBODY_ELSE */
} stages[] = {
	[SANDBOX_ASKS] = { "asking reader", RIGHTS_READER | SANDBOX_ASK | SANDBOX_UNDER |
			   SANDBOX_SHED, CAPS_ASK, 256 * MIB, true, false },
	[SANDBOX_COPIES] = { "reader of files and copies of mounts", RIGHTS_READER |
			     SANDBOX_UNDER | SANDBOX_SHED, CAPS_READ, 256 * MIB, true, false },
	[SANDBOX_FILES] = { "reader of files", RIGHTS_READER, CAPS_READ, 256 * MIB, true, false },
	[SANDBOX_GUEST] = { "reader of containers", RIGHTS_READER | SANDBOX_STEP |
			    SANDBOX_SHED, CAPS_GUEST, 256 * MIB, true, false },
	[SANDBOX_DEVICE] = { "reader of devices", RIGHTS_READER | SANDBOX_NODE |
			     SANDBOX_SHED, CAPS_DEVICE, 256 * MIB, true, false },
	[SANDBOX_NURSERY] = { "nursery", RIGHTS_READER | SANDBOX_ASK | SANDBOX_UNDER |
			      SANDBOX_STEP | SANDBOX_NODE | SANDBOX_SHED | SANDBOX_BREED,
			      CAPS_ASK | CAP(SYS_CHROOT) | CAP(MKNOD) | CAP(SETPCAP), 256 * MIB,
			      true, false },
	[SANDBOX_RECORDER] = { "recorder", SANDBOX_BASE | SANDBOX_RECORD,
			       CAP(SYS_RESOURCE) | CAP(IPC_LOCK), 2048 * MIB, false, true },
};

_Static_assert(COUNT(stages) == SANDBOX_STAGES, "a row for each stage");

/* ===== layers: 0, or -1 with errno ===== */

/* Never more than the hard limit, which may be less. */
static int limit(int resource, rlim_t most)
{
	struct rlimit l;

	if (getrlimit(resource, &l) != 0)
		return -1;
	l.rlim_max = l.rlim_max < most ? l.rlim_max : most;
	l.rlim_cur = l.rlim_cur < l.rlim_max ? l.rlim_cur : l.rlim_max;
	return setrlimit(resource, &l);
}

/* One descriptor, the first, is always open, so none can be had where the limit is 1; with 0
 * poll(2) would refuse to wait for any. */
static int enter_limits(const struct stage *s)
{
	int end = 0;

	end |= limit(RLIMIT_CORE, 0);
	end |= limit(RLIMIT_DATA, s->data_max);
	if (s->opens)
		end |= limit(RLIMIT_FSIZE, 0) | limit(RLIMIT_MEMLOCK, 0);
	else
		end |= limit(RLIMIT_NOFILE, 1);
	return end;
}

/* Processes of other users than 0 are counted: the threads of the compressor need room. */
static bool has_room_for_threads(void)
{
	struct rlimit l;

	return getrlimit(RLIMIT_NPROC, &l) == 0 && l.rlim_cur >= PROCESSES_MIN;
}

static int enter_user(const struct stage *s)
{
	if (!s->nobody)
		return 0;
	if (!has_room_for_threads()) {
		errno = EAGAIN;
		return -1;
	}
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0 || setgroups(0, NULL) != 0 ||
	    setresgid(NOBODY_ELSE, NOBODY_ELSE, NOBODY_ELSE) != 0)
		return -1;
	return setresuid(NOBODY_ELSE, NOBODY_ELSE, NOBODY_ELSE);
}

struct caps {
	struct __user_cap_header_struct head;
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
};

static int get_caps(struct caps *c)
{
	*c = (struct caps){ .head = { .version = _LINUX_CAPABILITY_VERSION_3 } };
	return (int)syscall(SYS_capget, &c->head, c->data);
}

static uint64_t effective(const struct caps *c)
{
	return (uint64_t)c->data[1].effective << 32 | c->data[0].effective;
}

/* The bounding set counts when a program is executed, and none is.  Who may not change it has
 * nothing to lose in it that no_new_privs does not hold. */
static void drop_bounding(uint64_t keep)
{
	for (unsigned i = 0; i < 64; i++)
		if ((keep >> i & 1) == 0 && prctl(PR_CAPBSET_DROP, i, 0, 0, 0) != 0)
			return;
}

static int enter_caps(const struct stage *s)
{
	uint64_t keep = s->caps;
	struct caps c;

	if (get_caps(&c) != 0)
		return -1;
	/* Container engines leave the right to read all files only together with writing. */
	if ((keep & CAP(DAC_READ_SEARCH)) != 0 && (effective(&c) & CAP(DAC_READ_SEARCH)) == 0)
		keep |= CAP(DAC_OVERRIDE);
	drop_bounding(keep);
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	for (unsigned i = 0; i < COUNT(c.data); i++) {
		c.data[i].permitted &= (uint32_t)(keep >> (32 * i));
		c.data[i].effective = c.data[i].permitted;
		c.data[i].inheritable = 0;
	}
	return (int)syscall(SYS_capset, &c.head, c.data);
}

static int enter_no_new_privs(const struct stage *s)
{
	(void)s;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

static int enter_dumpable(const struct stage *s)
{
	(void)s;
	return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/* struct landlock_ruleset_attr as of ABI 4, and the rights of each ABI.  Without a rule there
 * is no path that may be used.  Readers have no Landlock: it keeps from them what they read of
 * other processes. */
static int enter_paths(const struct stage *s)
{
	static const uint64_t by_abi[] = { 0x1fff, 0x3fff, 0x7fff, 0x7fff, 0xffff };
	struct {
		uint64_t fs, net;
	} rules = { 0, 0 };
	long abi, fd, end;

	if (s->opens)
		return 0;
	abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1);	/* ..._VERSION */
	if (abi <= 0)
		return -1;
	rules.fs = by_abi[(size_t)abi < COUNT(by_abi) ? abi - 1 : (long)COUNT(by_abi) - 1];
	rules.net = abi >= 4 ? 3 : 0;
	fd = syscall(SYS_landlock_create_ruleset, &rules, abi >= 4 ? sizeof(rules) : 8, 0);
	if (fd < 0)
		return -1;
	end = syscall(SYS_landlock_restrict_self, fd, 0);
	close((int)fd);
	return (int)end;
}

/* What a reader that asks needs besides where sockets have no call of their own.  The question
 * is one that every filter lets through that lets it ask at all. */
static uint32_t old_sockets(uint32_t rights)
{
#ifdef SYS_socketcall
	if ((rights & SANDBOX_ASK) != 0 &&
	    syscall(SYS_socket, AF_NETLINK, -1, NETLINK_ROUTE) < 0 && errno == ENOSYS)
		return SANDBOX_OLD_SOCKETS;
#else
	(void)rights;
#endif
	return 0;
}

/* SPEC_ALLOW: before Linux 5.16 a filter would otherwise slow the processor down, to guard
 * against code of others in our process, of which there is none. */
static int enter_calls(const struct stage *s)
{
	static struct sock_filter code[SANDBOX_FILTER_MAX];	/* too large for the stack */
	struct sock_fprog program = { .filter = code };
	uint32_t rights = s->rights | old_sockets(s->rights);
	size_t n = sandbox_filter_make(rights, sandbox_trap_action(), code);

	if (n == 0) {
		errno = ENOSYS;
		return -1;
	}
	program.len = (unsigned short)n;
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW,
		    &program) == 0)
		return 0;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}

/* In this order: paths need no_new_privs and a descriptor, limits and the user capabilities,
 * and the filter would stop all of them. */
static const struct layer {
	enum sandbox_layer layer;
	int (*enter)(const struct stage *s);
	const char *lacking;
} layers[] = {
	{ SANDBOX_NO_NEW_PRIVS, enter_no_new_privs, "no no_new_privs" },
	{ SANDBOX_PATHS, enter_paths, "no Landlock" },
	{ SANDBOX_LIMITS, enter_limits, "limits are not set" },
	{ SANDBOX_USER, enter_user, "keeps the user it was started by" },
	{ SANDBOX_CAPABILITIES, enter_caps, "keeps its capabilities" },
	{ SANDBOX_DUMPABLE, enter_dumpable, "can be dumped" },
	{ SANDBOX_CALLS, enter_calls, "system calls are not filtered" },
};

void sandbox_enter(struct sandbox *s, enum sandbox_stage stage)
{
	struct sandbox *mine = &s[stage];
	struct caps left;

	sandbox_trap_begin(mine);
	for (size_t i = 0; i < COUNT(layers); i++) {
		int end;

		errno = SANDBOX_NONE ? ENOSYS : 0;
		end = SANDBOX_NONE ? -1 : layers[i].enter(&stages[stage]);
		mine->oserr[layers[i].layer] = end == 0 ? 0 : errno != 0 ? errno : EINVAL;
		if (layers[i].layer == SANDBOX_CAPABILITIES)
			mine->caps = get_caps(&left) == 0 ? effective(&left) : 0;
	}
	mine->entered++;
}

/* ===== what is told ===== */

const char *sandbox_word(enum sandbox_stage stage)
{
	return stages[stage].word;
}

static void new_line(struct buf *b)
{
	if (b->len > 0)
		buf_putc(b, '\n');
}

static void tell_held(const struct sandbox *mine, const struct stage *s, struct buf *b)
{
	const int32_t *oserr = mine->oserr;

	new_line(b);
	buf_printf(b, "%s: capabilities %016llx", s->word, (unsigned long long)mine->caps);
	if (s->nobody && oserr[SANDBOX_USER] == 0)
		buf_printf(b, ", user %u", NOBODY_ELSE);
	if (oserr[SANDBOX_CALLS] == 0)
		buf_printf(b, ", %u system calls", sandbox_filter_calls(s->rights));
	if (oserr[SANDBOX_NO_NEW_PRIVS] == 0)
		buf_puts(b, ", no_new_privs");
	if (!s->opens && oserr[SANDBOX_PATHS] == 0)
		buf_puts(b, ", Landlock");
	if (oserr[SANDBOX_LIMITS] == 0)
		buf_puts(b, ", limits");
}

void sandbox_tell(const struct sandbox *s, enum sandbox_stage stage, struct buf *held,
		  struct buf *missing)
{
	const struct sandbox *mine = &s[stage];

	if (mine->entered == 0)
		return;
	if (held != NULL)
		tell_held(mine, &stages[stage], held);
	for (size_t i = 0; i < COUNT(layers) && missing != NULL; i++) {
		if (mine->oserr[layers[i].layer] == 0)
			continue;
		new_line(missing);
		buf_printf(missing, "sandbox of the %s: %s (%s)", stages[stage].word,
			   layers[i].lacking, err_name(mine->oserr[layers[i].layer]));
	}
}

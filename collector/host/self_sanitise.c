#include "collector/host/self.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "lib/base/text.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define FD_COUNT_MAX 65536u	/* descriptors that are counted; all are closed */

#ifndef SYS_close_range		/* Linux 5.9 */
#define SYS_close_range 436
#endif

extern char **environ;

/* Notes are joined by "; ". */
static void begin_note(struct buf *b)
{
	if (b->len > 0)
		buf_puts(b, "; ");
}

/* An end of a pipe (0 to read, 1 to write) whose other end is closed: reading
 * ends at once, writing fails.  Above 2; -1 if there is none to be had. */
static int dead_end(int side)
{
	int ends[2], fd;

	if (pipe(ends) != 0)
		return -1;
	fd = fcntl(ends[side], F_DUPFD, 3);
	close(ends[0]);
	close(ends[1]);
	return fd;
}

/* Closed standard descriptors become dead ends.  Otherwise the output would be
 * descriptor 1 or 2 and get our messages; and /dev/null may be anything here. */
static void fill_standard(struct buf *notes)
{
	bool closed[3];

	for (int fd = 0; fd <= 2; fd++)
		closed[fd] = fcntl(fd, F_GETFD) < 0 && errno == EBADF;
	for (int fd = 0; fd <= 2; fd++) {
		int end CLEANUP(fd_close) = closed[fd] ? dead_end(fd == 0 ? 0 : 1) : -1;

		if (end < 0)
			continue;
		dup2(end, fd);
		begin_note(notes);
		buf_printf(notes, "descriptor %d was closed", fd);
	}
}

static void close_rest(struct buf *notes)
{
	struct rlimit limit = { .rlim_cur = FD_COUNT_MAX };
	unsigned open_fds = 0;
	rlim_t end;

	getrlimit(RLIMIT_NOFILE, &limit);
	end = limit.rlim_max < FD_COUNT_MAX ? limit.rlim_max : FD_COUNT_MAX;
	for (rlim_t fd = 3; fd < end; fd++)
		open_fds += fcntl((int)fd, F_GETFD) >= 0;
	if (open_fds > 0) {
		begin_note(notes);
		buf_printf(notes, "%u descriptors closed", open_fds);
	}
	if (syscall(SYS_close_range, 3u, ~0u, 0u) == 0)
		return;
	for (rlim_t fd = 3; fd < end; fd++)
		close((int)fd);
}

/* SIGHUP stays ignored if it was: whoever said nohup means it. */
static void reset_signals(struct buf *notes)
{
	struct sigaction old, def = { .sa_handler = SIG_DFL };
	sigset_t blocked;
	unsigned ignored = 0;

	for (int sig = 1; sig < NSIG; sig++) {
		if (sigaction(sig, NULL, &old) != 0 || old.sa_handler == SIG_DFL)
			continue;
		if (old.sa_handler == SIG_IGN && ignored++ == 0) {
			begin_note(notes);
			buf_puts(notes, "ignored signals");
		}
		if (old.sa_handler == SIG_IGN)
			buf_printf(notes, " %d", sig);
		if (sig != SIGHUP)
			sigaction(sig, &def, NULL);
	}
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	/* A message from the background must not stop us (stty tostop). */
	signal(SIGTTOU, SIG_IGN);
	if (sigprocmask(SIG_BLOCK, NULL, &blocked) == 0 && !sigisemptyset(&blocked)) {
		begin_note(notes);
		buf_puts(notes, "signals were blocked");
	}
}

/* Timers survive exec, and so does what one of them sent while that was blocked: an alarm set by
 * our parent would kill us.  A signal that is ignored waits no longer. */
static void stop_timers(struct buf *notes)
{
	static const struct {
		int timer, sig;
	} timers[] = {
		{ ITIMER_REAL, SIGALRM }, { ITIMER_VIRTUAL, SIGVTALRM }, { ITIMER_PROF, SIGPROF },
	};
	struct itimerval off = { 0 }, old;

	for (size_t i = 0; i < COUNT(timers); i++) {
		bool running = setitimer(timers[i].timer, &off, &old) == 0 &&
			       (old.it_value.tv_sec != 0 || old.it_value.tv_usec != 0);
		sigset_t sent;
		bool rang = sigpending(&sent) == 0 && sigismember(&sent, timers[i].sig) == 1;

		signal(timers[i].sig, SIG_IGN);
		signal(timers[i].sig, SIG_DFL);
		if (!running && !rang)
			continue;
		begin_note(notes);
		if (running)
			buf_printf(notes, "timer %d was running", timers[i].timer);
		else
			buf_printf(notes, "signal %d was waiting", timers[i].sig);
	}
}

/* Behind the timers, or what they had sent would end us. */
static void unblock_signals(void)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* What a run wants; a hard limit of less is worth a note, and raised where we may. */
static const struct limit {
	int resource;
	const char *name;
	rlim_t want;
} limits[] = {
	{ RLIMIT_NOFILE, "NOFILE", 1024 },	{ RLIMIT_FSIZE, "FSIZE", RLIM_INFINITY },
	{ RLIMIT_AS, "AS", RLIM_INFINITY },	{ RLIMIT_DATA, "DATA", RLIM_INFINITY },
	{ RLIMIT_CPU, "CPU", RLIM_INFINITY },	{ RLIMIT_STACK, "STACK", 8u << 20 },
	{ RLIMIT_NPROC, "NPROC", 256 },		{ RLIMIT_MEMLOCK, "MEMLOCK", 65536 },
};

static void raise_limit(const struct limit *wanted, struct buf *notes)
{
	struct rlimit l, more = { wanted->want, wanted->want };

	if (getrlimit(wanted->resource, &l) != 0)
		return;
	if (l.rlim_max >= wanted->want) {
		l.rlim_cur = wanted->resource == RLIMIT_STACK ? wanted->want : l.rlim_max;
		setrlimit(wanted->resource, &l);
		return;
	}
	begin_note(notes);
	buf_printf(notes, "limit %s %llu", wanted->name, (unsigned long long)l.rlim_max);
	if (setrlimit(wanted->resource, &more) == 0) {
		buf_puts(notes, " raised");
		return;
	}
	l.rlim_cur = l.rlim_max;
	setrlimit(wanted->resource, &l);
}

static void raise_limits(struct buf *notes)
{
	for (size_t i = 0; i < COUNT(limits); i++)
		raise_limit(&limits[i], notes);
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
}

/* What else makes calls of ours differ. */
static void note_circumstances(struct buf *notes)
{
	int persona = personality(0xffffffff);

	if (persona > 0) {
		/* UNAME26 and PER_LINUX32 make uname(2) lie. */
		personality(PER_LINUX);
		begin_note(notes);
		buf_printf(notes, "personality 0x%x", (unsigned)persona);
	}
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1) {
		begin_note(notes);
		buf_puts(notes, "no_new_privs");
	}
	if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) > 0) {
		begin_note(notes);
		buf_puts(notes, "seccomp filter");
	}
}

/* Notes variables that try to steer a program, and forgets all. */
static void drop_environment(struct buf *notes)
{
	static const char *const suspicious[] = {
		"LD_", "GCONV_PATH=", "LOCPATH=", "MALLOC_", "GLIBC_TUNABLES=", "OPENSSL_", "SSL_",
		"TZ=", "TZDIR=", "NLSPATH=", "RES_OPTIONS=", "HOSTALIASES=",
	};
	unsigned n = 0;

	for (char **v = environ; v != NULL && *v != NULL; v++, n++) {
		for (size_t i = 0; i < COUNT(suspicious); i++) {
			if (strncmp(*v, suspicious[i], strlen(suspicious[i])) != 0)
				continue;
			begin_note(notes);
			buf_puts(notes, "environment has ");
			text_escape(notes, *v, strcspn(*v, "="));
		}
	}
	begin_note(notes);
	buf_printf(notes, "%u environment variables", n);
	clearenv();
}

void self_sanitise(struct buf *inherited)
{
	raise_limits(inherited);	/* first: what follows needs descriptors */
	fill_standard(inherited);
	close_rest(inherited);
	reset_signals(inherited);
	stop_timers(inherited);
	unblock_signals();
	self_yield(inherited);
	note_circumstances(inherited);
	drop_environment(inherited);
	umask(077);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

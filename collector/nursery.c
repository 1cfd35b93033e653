#include "collector/nursery.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/fd.h"

#define SECOND_NS 1000000000ull
#define DESCRIPTORS 4096		/* more than this program ever inherits or opens */
#define STATUS_MAX 8192u		/* bytes of /proc/PID/status; it has two thousand */

_Static_assert(STATION_COUNT <= NURSERY_LOOK && NURSERY_LOOK + STATION_COUNT <= 256,
	       "one byte");

/* Only wakes ppoll; the work is done in reap. */
static void on_child(int sig)
{
	(void)sig;
}

/* Which reader sits where. */
struct brood {
	struct board *board;
	const struct reader_setup *setup;
	pid_t pid[STATION_COUNT];
	int proc_fd;			/* a procfs of our own; -1: there is none */
};

static void set_state(struct station *s, enum station_state state)
{
	atomic_store(&s->state, state);
	ring_wake(&s->ring.tail_word);
}

static void reap(struct brood *b)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		for (size_t i = 0; i < STATION_COUNT; i++)
			if (b->pid[i] == pid) {
				b->pid[i] = 0;
				set_state(&b->board->station[i], STATION_GONE);
			}
}

/* A reader keeps no descriptor of ours: a stuck one must not hold anything open. */
static void hatch(struct brood *b, size_t i, int request_fd)
{
	struct station *s = &b->board->station[i];
	pid_t self = getpid();
	pid_t pid = fork();

	if (pid < 0) {
		set_state(s, STATION_GONE);
		return;
	}
	if (pid > 0) {
		b->pid[i] = pid;
		return;
	}
	close(request_fd);
	fd_close(&b->proc_fd);
	signal(SIGCHLD, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, "exhibit-reader");
	if (getppid() != self)		/* it died before its death would be told */
		_exit(0);
	set_state(s, STATION_MANNED);
	reader_main(b->setup, b->board, s);
}

/* Its own state, which no file system can keep from us. */
static bool see(const struct brood *b, size_t i, struct patience_sight *out)
{
	int fd CLEANUP(fd_close) = -1;
	char name[32], text[STATUS_MAX];
	ssize_t n;

	if (b->proc_fd < 0 || b->pid[i] == 0)
		return false;
	snprintf(name, sizeof(name), "%d/status", (int)b->pid[i]);
	fd = openat(b->proc_fd, name, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return false;
	text[n] = '\0';
	return patience_parse(text, (uint64_t)getpid(), out);
}

static void look(const struct brood *b, size_t i)
{
	struct station *s = &b->board->station[i];
	uint32_t asked = atomic_load(&s->asked);

	s->seen = see(b, i, &s->sight);
	atomic_store(&s->looked, asked);
}

/* Nothing of the operator's stays open here: a reader stuck in the kernel would
 * hold the archive, the pipe to the workstation or the terminal for ever. */
static void close_all_but(int keep)
{
	int ends[2];

	/* Not /dev/null: on this host it may be anything, and nobody reads or writes here. */
	if (pipe2(ends, O_CLOEXEC) == 0)
		for (int fd = 0; fd < 3; fd++)
			dup2(ends[fd != 0], fd);
	/* Not up to sysconf(3): musl gives anything where the limit cannot be asked, and our own
	 * end of the wishes, left open, would keep this process for ever. */
	for (int fd = 3; fd < DESCRIPTORS; fd++)
		if (fd != keep)
			close(fd);
}

/* Signals of a terminal reach the whole group; only the recorder decides what they mean. */
static void ignore_terminal(void)
{
	static const int ignored[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };

	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		signal(ignored[i], SIG_IGN);
}

static _Noreturn void nursery_main(struct brood *b, int request_fd, bool glass)
{
	struct sigaction child = { .sa_handler = on_child };
	sigset_t block, open_mask;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, "exhibit-nursery");
	close_all_but(request_fd);
	ignore_terminal();
	sigaction(SIGCHLD, &child, NULL);
	sigemptyset(&block);
	sigprocmask(SIG_SETMASK, &block, &open_mask);
	sigemptyset(&open_mask);
	sigaddset(&block, SIGCHLD);
	sigprocmask(SIG_BLOCK, &block, NULL);
	if (glass)
		glass_enter(&b->board->glass, b->setup->root);
	/* Any other could be a file system that never answers. */
	if (b->board->glass.own_proc)
		b->proc_fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	sandbox_enter(b->board->sandbox, SANDBOX_NURSERY);
	atomic_store(&b->board->state, BOARD_READY);
	ring_wake(&b->board->state_word);
	for (;;) {
		struct pollfd p = { request_fd, POLLIN, 0 };
		unsigned char wish;

		reap(b);
		if (ppoll(&p, 1, NULL, &open_mask) <= 0)
			continue;
		if (read(request_fd, &wish, 1) != 1)
			_exit(0);
		if (wish < STATION_COUNT)
			hatch(b, wish, request_fd);
		else if (wish >= NURSERY_LOOK && wish < NURSERY_LOOK + STATION_COUNT)
			look(b, wish - NURSERY_LOOK);
	}
}

static int start(struct nursery *n, const struct reader_setup *setup, bool glass, struct err *e)
{
	struct brood brood = { n->board, setup, { 0 }, -1 };
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_set(e, errno, "making a pipe to the readers");
	atomic_store(&n->board->state, BOARD_STARTING);
	n->pid = fork();
	if (n->pid < 0) {
		close(ends[0]);
		close(ends[1]);
		return err_set(e, errno, "starting the reader process");
	}
	if (n->pid == 0)
		nursery_main(&brood, ends[0], glass);
	close(ends[0]);
	n->request_fd = ends[1];
	return 0;
}

static bool wait_ready(struct nursery *n, uint64_t seconds)
{
	uint64_t until = clock_monotonic_ns() + seconds * SECOND_NS;

	while (atomic_load(&n->board->state) != BOARD_READY) {
		uint32_t seen = atomic_load(&n->board->state_word);

		if (clock_monotonic_ns() > until || !nursery_alive(n))
			return false;
		ring_wait(&n->board->state_word, seen, SECOND_NS / 10);
	}
	return true;
}

int nursery_start(struct nursery *n, const struct reader_setup *setup, struct board *board,
		  uint64_t glass_seconds, struct err *e)
{
	*n = (struct nursery){ .board = board, .setup = setup, .request_fd = -1 };
	if (start(n, setup, true, e) < 0)
		return -1;
	if (wait_ready(n, glass_seconds))
		return 0;
	nursery_end(n);
	n->abandoned++;
	glass_unavailable(&board->glass, "the private mount namespace was not ready in time");
	if (start(n, setup, false, e) < 0)
		return -1;
	if (wait_ready(n, glass_seconds))
		return 0;
	return err_set(e, ETIMEDOUT, "starting the reader process");
}

static bool wish_for(struct nursery *n, uint32_t station, enum sandbox_stage stage)
{
	unsigned char wish = (unsigned char)station;

	n->board->station[station].stage = stage;
	if (fd_write_all(n->request_fd, &wish, 1) < 0)
		return false;
	n->hatched++;
	return true;
}

/* A station that nobody had, or one that was given up and whose reader has ended since;
 * STATION_COUNT: none. */
static uint32_t find_station(struct nursery *n)
{
	if (n->stations < STATION_COUNT)
		return n->stations++;
	for (uint32_t i = 0; i < STATION_COUNT; i++) {
		struct station *s = &n->board->station[i];

		if (atomic_load(&s->ring.closed) == 0 || atomic_load(&s->state) != STATION_GONE)
			continue;
		station_clear(s);
		return i;
	}
	return STATION_COUNT;
}

struct station *nursery_hatch(struct nursery *n, enum sandbox_stage stage)
{
	uint32_t i = n->request_fd < 0 || n->hatched >= NURSERY_READERS_MAX ? STATION_COUNT :
		     find_station(n);

	return i < STATION_COUNT && wish_for(n, i, stage) ? &n->board->station[i] : NULL;
}

bool nursery_ample(const struct nursery *n)
{
	return n->stations <= STATION_COUNT / 2;
}

bool nursery_renew(struct nursery *n, struct station *s, enum sandbox_stage stage)
{
	uint64_t until = clock_monotonic_ns() + SECOND_NS;

	while (atomic_load(&s->state) != STATION_GONE) {
		uint32_t seen = atomic_load(&s->ring.tail_word);

		if (clock_monotonic_ns() > until || !nursery_alive(n))
			return false;
		ring_wait(&s->ring.tail_word, seen, SECOND_NS / 100);
	}
	station_clear(s);
	return wish_for(n, (uint32_t)(s - n->board->station), stage);
}

void nursery_look(struct nursery *n, struct station *s)
{
	unsigned char wish = (unsigned char)(NURSERY_LOOK + (uint32_t)(s - n->board->station));

	if (n->request_fd < 0 || atomic_load(&s->looked) != atomic_load(&s->asked))
		return;
	atomic_fetch_add(&s->asked, 1);
	(void)fd_write_all(n->request_fd, &wish, 1);
}

bool nursery_alive(struct nursery *n)
{
	if (n->pid > 0 && waitpid(n->pid, NULL, WNOHANG) == n->pid)
		n->pid = -1;
	return n->pid > 0;
}

void nursery_end(struct nursery *n)
{
	static const struct timespec moment = { 0, SECOND_NS / 500 };

	fd_close(&n->request_fd);
	if (n->pid > 0 && !n->locked)
		kill(n->pid, SIGKILL);
	for (unsigned i = 0; i < 50 && n->locked && nursery_alive(n); i++)
		nanosleep(&moment, NULL);
	n->pid = -1;
}

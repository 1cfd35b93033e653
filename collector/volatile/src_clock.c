/*
 * All clocks back to back, how the kernel keeps time (adjtimex(2), asked, not set), and the
 * clock of the board.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/timex.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "collector/volatile/answer.h"
#include "collector/volatile/source.h"
#include "lib/base/fd.h"

#define ROUNDS 3u			/* so that the time between two readings shows */
#define RTC_COUNT 4

static const struct {
	const char *word;
	clockid_t id;
} clocks[] = {
	{ "realtime", CLOCK_REALTIME }, { "monotonic", CLOCK_MONOTONIC },
	{ "monotonic_raw", CLOCK_MONOTONIC_RAW }, { "boottime", CLOCK_BOOTTIME },
	{ "tai", CLOCK_TAI }, { "realtime_coarse", CLOCK_REALTIME_COARSE },
	{ "monotonic_coarse", CLOCK_MONOTONIC_COARSE },
};

#define CLOCK_COUNT (sizeof(clocks) / sizeof(clocks[0]))

static void put_clocks(struct buf *b)
{
	struct timespec t[ROUNDS][CLOCK_COUNT];

	memset(t, 0, sizeof(t));
	for (unsigned r = 0; r < ROUNDS; r++)
		for (size_t i = 0; i < CLOCK_COUNT; i++)
			clock_gettime(clocks[i].id, &t[r][i]);
	buf_puts(b, "\"clocks\":[");
	for (unsigned r = 0; r < ROUNDS; r++) {
		for (size_t i = 0; i < CLOCK_COUNT; i++)
			buf_printf(b, "%s\"%s\":[%lld,%ld]", i == 0 ? r == 0 ? "{" : ",{" : ",",
				   clocks[i].word, (long long)t[r][i].tv_sec, t[r][i].tv_nsec);
		buf_putc(b, '}');
	}
	buf_putc(b, ']');
}

static void put_timex(struct buf *b)
{
	struct timex t = { .modes = 0 };
	int state = adjtimex(&t);

	if (state < 0) {
		buf_printf(b, ",\"adjtimex_errno\":%d", errno);
		return;
	}
	buf_printf(b, ",\"adjtimex\":{\"state\":%d,\"offset\":%lld,\"freq\":%lld,\"maxerror\":%lld,"
		   "\"esterror\":%lld,\"status\":%d,\"constant\":%lld,\"precision\":%lld,"
		   "\"tolerance\":%lld,\"tick\":%lld,\"tai\":%d}", state, (long long)t.offset,
		   (long long)t.freq, (long long)t.maxerror, (long long)t.esterror, t.status,
		   (long long)t.constant, (long long)t.precision, (long long)t.tolerance,
		   (long long)t.tick, t.tai);
}

/* Seconds since the epoch by the clock of the board, if sysfs shows one. */
static void put_rtc(struct buf *b, struct source_env *env, int number)
{
	char path[64], text[32] = "";
	struct clocks before;
	struct statfs fs;
	ssize_t n;
	int fd CLEANUP(fd_close) = -1;

	snprintf(path, sizeof(path), "/sys/class/rtc/rtc%d/since_epoch", number);
	pulse_call(env->pulse, PULSE_OPEN);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || fstatfs(fd, &fs) < 0 || fs.f_type != SYSFS_MAGIC)
		return;
	before = clock_read();
	pulse_call(env->pulse, PULSE_READ);
	n = read(fd, text, sizeof(text) - 1);
	text[n < 0 ? 0 : n] = '\0';
	text[strspn(text, "0123456789")] = '\0';
	if (text[0] != '\0')
		buf_printf(b, ",\"rtc%d\":{\"since_epoch\":%s,\"realtime_before\":[%lld,%u]}",
			   number, text, (long long)before.realtime.sec, before.realtime.nsec);
}

static int take(struct source_env *env, const char *name)
{
	struct answer a;
	struct buf b;
	int end;

	answer_begin(&a, env, "clock/%s.json", name);
	buf_init(&b, 16384);
	buf_putc(&b, '{');
	put_clocks(&b);
	put_timex(&b);
	for (int i = 0; i < RTC_COUNT; i++)
		put_rtc(&b, env, i);
	pulse_idle(env->pulse);
	buf_puts(&b, "}\n");
	end = answer_add(&a, b.p, b.len);
	buf_release(&b);
	return answer_end(&a) < 0 || end < 0 ? -1 : 0;
}

int clock_run_begin(struct source_env *env)
{
	return take(env, "begin");
}

int clock_run_end(struct source_env *env)
{
	return take(env, "end");
}

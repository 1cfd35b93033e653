#include "workstation/parse/procstat.h"

#include <stdio.h>
#include <string.h>

#include "workstation/parse/scan.h"

/* Numbers behind the state, in their order (proc(5), fields 4 to 23). */
enum {
	F_PPID, F_PGRP, F_SESSION, F_TTY, F_TPGID, F_FLAGS, F_MINFLT, F_CMINFLT, F_MAJFLT,
	F_CMAJFLT, F_UTIME, F_STIME, F_CUTIME, F_CSTIME, F_PRIORITY, F_NICE, F_THREADS, F_ITREAL,
	F_START, F_VSIZE, F_COUNT
};

static const char *last_bracket(const char *p, size_t n)
{
	while (n > 0 && p[n - 1] != ')')
		n--;
	return n > 0 ? p + n - 1 : NULL;
}

bool procstat_read(const void *p, size_t n, struct procstat *out)
{
	struct scan s = scan_begin(p, n);
	const char *end = last_bracket(p, n);
	struct bytes pid, state;
	int64_t f[F_COUNT];

	if (end == NULL || !scan_until(&s, '(', &pid) || s.p > end ||
	    pid.len < 2 || !scan_i64((struct bytes){ pid.p, pid.len - 1 }, &out->pid))
		return false;
	out->name = (struct bytes){ s.p, (size_t)(end - s.p) };
	s.p = end + 1;
	if (!scan_word(&s, &state) || state.len != 1 || !scan_words_i64(&s, f, F_COUNT))
		return false;
	out->state = *(const char *)state.p;
	out->ppid = f[F_PPID];
	out->pgrp = f[F_PGRP];
	out->session = f[F_SESSION];
	out->tty = f[F_TTY];
	out->flags = (uint64_t)f[F_FLAGS];
	out->utime = f[F_UTIME];
	out->stime = f[F_STIME];
	out->nice = f[F_NICE];
	out->threads = f[F_THREADS];
	out->start = f[F_START];
	out->vsize = f[F_VSIZE];
	return true;
}

/* Names of terminals by device number: from the minor on, counted from first. */
static const struct terminal {
	unsigned major, minor, count;
	const char *name;
	bool numbered;
} terminals[] = {
	{ 4, 0, 64, "tty", true },	{ 4, 64, 192, "ttyS", true },
	{ 5, 0, 1, "tty", false },	{ 5, 1, 1, "console", false },
	{ 136, 0, 1u << 20, "pts/", true },
	{ 188, 0, 256, "ttyUSB", true },{ 166, 0, 256, "ttyACM", true },
	{ 204, 64, 16, "ttyAMA", true },{ 229, 0, 256, "hvc", true },
};

const char *procstat_tty(int64_t tty, char *out)
{
	uint32_t packed = (uint32_t)tty;
	unsigned major = packed >> 8 & 0xfff, minor = (packed & 0xff) | (packed >> 12 & 0xfff00);

	out[0] = '\0';
	if (packed == 0)
		return out;
	for (size_t i = 0; i < sizeof(terminals) / sizeof(terminals[0]); i++) {
		const struct terminal *t = &terminals[i];

		if (major != t->major || minor < t->minor || minor - t->minor >= t->count)
			continue;
		if (t->numbered)
			snprintf(out, PROCSTAT_TTY_LEN, "%s%u", t->name, minor - t->minor);
		else
			snprintf(out, PROCSTAT_TTY_LEN, "%s", t->name);
		return out;
	}
	snprintf(out, PROCSTAT_TTY_LEN, "%u:%u", major, minor);
	return out;
}

/* Lines of status: which of the numbers behind the colon is which member. */
static const struct number {
	const char *name;
	unsigned at;		/* how many numbers stand before it */
	size_t offset;
	int64_t unit;
} numbers[] = {
	{ "Tgid", 0, offsetof(struct procstatus, tgid), 1 },
	{ "PPid", 0, offsetof(struct procstatus, ppid), 1 },
	{ "Uid", 0, offsetof(struct procstatus, uid), 1 },
	{ "Uid", 1, offsetof(struct procstatus, euid), 1 },
	{ "Gid", 0, offsetof(struct procstatus, gid), 1 },
	{ "TracerPid", 0, offsetof(struct procstatus, tracer), 1 },
	{ "VmRSS", 0, offsetof(struct procstatus, rss), 1024 },
	{ "Threads", 0, offsetof(struct procstatus, threads), 1 },
	{ "Seccomp", 0, offsetof(struct procstatus, seccomp), 1 },
};

static void take_number(const struct number *n, struct scan s, struct procstatus *out)
{
	int64_t v[2];

	if (!scan_words_i64(&s, v, n->at + 1) || v[n->at] < 0 || v[n->at] > INT64_MAX / n->unit)
		return;
	v[0] = v[n->at] * n->unit;
	memcpy((char *)out + n->offset, &v[0], sizeof(v[0]));
}

bool procstat_status(const void *p, size_t n, struct procstatus *out)
{
	struct scan s = scan_begin(p, n), line;
	struct bytes text, name;

	*out = (struct procstatus){ .tgid = -1, .ppid = -1, .uid = -1, .euid = -1, .gid = -1,
				    .tracer = -1, .rss = -1, .threads = -1, .seccomp = -1 };
	if (!scan_begins((struct bytes){ p, n }, "Name:"))
		return false;
	while (scan_line(&s, &text)) {
		line = scan_begin(text.p, text.len);
		if (!scan_until(&line, ':', &name))
			continue;
		for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
			if (scan_is(name, numbers[i].name))
				take_number(&numbers[i], line, out);
		if (scan_is(name, "CapEff"))
			out->cap_eff = scan_rest(&line);
	}
	return true;
}

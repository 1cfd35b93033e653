/*
 * Texts of /proc and links that the collector itself reads, to know what must not be touched and
 * what may be asked: leases, proc_lines, symbols, nsmap, held, chosen, keyfile, risk, procfs.  The
 * first byte picks one.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "collector/acquire/keyfile.h"
#include "collector/acquire/leases.h"
#include "collector/host/risk.h"
#include "collector/volatile/chosen.h"
#include "collector/volatile/held.h"
#include "collector/volatile/nsmap.h"
#include "collector/volatile/procfs.h"
#include "collector/volatile/symbols.h"

#define MOUNTS 64u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static void check_leases(char *text, size_t n)
{
	static struct leases l;

	(void)n;
	leases_parse(&l, text);
	for (uint32_t i = 0; i < l.count; i++)
		expect(leases_hold(&l, l.row[i].dev, l.row[i].ino));
}

/* A file that is read line by line, words and numbers in it. */
static void check_lines(char *text, size_t n)
{
	static struct proc_lines l;
	static struct pulse pulse;
	char *line, *word;
	size_t seen = 0;
	uint64_t number;

	l = (struct proc_lines){ .fd = memfd_create("lines", MFD_CLOEXEC), .pulse = &pulse };
	expect(l.fd >= 0 && pwrite(l.fd, text, n, 0) == (ssize_t)n);
	for (; (line = proc_lines_next(&l)) != NULL; seen++) {
		expect(strlen(line) <= PROC_LINES_ROOM);
		while ((word = proc_lines_word(&line)) != NULL) {
			const char *at = word;

			proc_lines_number(&at, seen % 2 == 0 ? 16 : 10, ':', &number);
			proc_lines_number(&at, 10, '\0', &number);
			expect(at >= word && at <= word + strlen(word));
		}
	}
	expect(seen <= n + 1 && l.oserr == 0);
	proc_lines_close(&l);
}

static void check_symbols(char *text, size_t n)
{
	struct symbols s = { .state = SYMBOLS_READ };

	symbols_line(&s, text, n);
	expect(s.seen >> SYMBOL_COUNT == 0);
}

static void check_nsmap(char *text, size_t n)
{
	struct nsmap *m = calloc(1, sizeof(*m));

	(void)n;
	expect(m != NULL);
	nsmap_add_mounts(m, text);
	expect(m->mounteds <= NSMAP_MOUNTED_MAX);
	for (size_t i = 0; i < m->mounteds; i++)
		expect(m->mounted[i].ino != 0 && m->mounted[i].type < NSMAP_PID_CHILDREN);
	free(m);
}

static void check_held(char *text, size_t n)
{
	static struct held h;
	struct buf b;

	held_text(&h, text, n);
	expect(h.path.len <= h.link.len && h.link.len <= PATH_MAX && h.link.len <= n);
	buf_init(&b, 1 << 20);
	held_json(&b, &h);
	for (size_t i = 0; i < b.len; i++)
		expect((unsigned char)b.p[i] >= ' ');
	buf_release(&b);
}

/* What is typed, and what a file says that is known by its number. */
static void check_numbers(char *text, size_t n)
{
	(void)chosen_by_number(text, 7);
	(void)chosen_by_facts(text);
	(void)procfs_number(text, "Tgid:");
	if (keyfile_is_private(text, n))
		expect(n > 8);
}

/* Nothing that lies on a mount which is gone is asked for by its path. */
static void check_risk(char *text, size_t n)
{
	struct mountinfo m[MOUNTS];
	enum risk out[MOUNTS];
	size_t count = 0;
	int got;

	(void)n;
	while (count < MOUNTS && (got = mountinfo_next(&text, &m[count])) != 0)
		count += got > 0;
	risk_decide(m, count, count > 0 && count % 2 == 0 ? m[0].path : NULL, out);
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < count && out[i] == RISK_DETACH; k++)
			expect(out[k] != RISK_DETACH || strcmp(m[k].path, m[i].path) == 0 ||
			       !mountinfo_below(m[i].path, m[k].path));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static void (*const checks[])(char *text, size_t n) = {
		check_leases, check_lines, check_symbols, check_nsmap, check_held, check_numbers,
		check_risk,
	};
	char *text;

	if (n == 0)
		return 0;
	text = malloc(n);	/* as long as it is, and its NUL */
	expect(text != NULL);
	memcpy(text, data + 1, n - 1);
	text[n - 1] = '\0';
	checks[data[0] % (sizeof(checks) / sizeof(checks[0]))](text, n - 1);
	free(text);
	return 0;
}

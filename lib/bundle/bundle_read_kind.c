#include "lib/bundle/bundle_read.h"

#include <string.h>

static const struct fixed_name {
	const char *name;
	enum bundle_kind kind;
} fixed_names[] = {
	{ "CUSTODY/session.txt", BUNDLE_SESSION },
	{ "CUSTODY/README.txt", BUNDLE_README },
	{ "CUSTODY/actions.jsonl", BUNDLE_TEXT },
	{ "CUSTODY/footprint.json", BUNDLE_TEXT },
	{ "CUSTODY/summary.txt", BUNDLE_TEXT },
}, segment_names[] = {
	{ "/manifest.jsonl", BUNDLE_MANIFEST },
	{ "/SHA256SUMS", BUNDLE_SUMS },
	{ "/seal.txt", BUNDLE_SEAL },
	{ "/seal.txt.sig", BUNDLE_SIG },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static enum bundle_kind by_name(const struct fixed_name *rows, size_t n, struct bytes name)
{
	for (size_t i = 0; i < n; i++) {
		if (strlen(rows[i].name) == name.len && memcmp(rows[i].name, name.p, name.len) == 0)
			return rows[i].kind;
	}
	return BUNDLE_OTHER;
}

static bool begins(struct bytes name, const char *with)
{
	size_t n = strlen(with);

	return name.len > n && memcmp(name.p, with, n) == 0;
}

enum bundle_kind bundle_read_kind(struct bytes name, uint64_t *segment)
{
	static const char folder[] = "CUSTODY/segments/";
	const char *p = name.p;
	size_t at = sizeof(folder) - 1, digits = 0;
	uint64_t n = 0;

	*segment = 0;
	if (begins(name, "[root]/") || begins(name, "live/"))
		return BUNDLE_EVIDENCE;
	if (name.len == 7 && memcmp(name.p, "[root]/", 7) == 0)
		return BUNDLE_EVIDENCE;
	if (!begins(name, folder))
		return by_name(fixed_names, COUNT(fixed_names), name);
	for (; at < name.len && p[at] >= '0' && p[at] <= '9' && digits < 18; at++, digits++)
		n = n * 10 + (uint64_t)(p[at] - '0');
	/* One number has one name: six digits, more only if it needs more. */
	if (digits < 6 || (digits > 6 && p[sizeof(folder) - 1] == '0'))
		return BUNDLE_OTHER;
	*segment = n;
	return by_name(segment_names, COUNT(segment_names),
		       (struct bytes){ p + at, name.len - at });
}

const char *bundle_read_verdict_word(enum bundle_verdict v)
{
	static const char *const words[] = {
		[BUNDLE_COMPLETE] = "COMPLETE",
		[BUNDLE_TRUNCATED] = "TRUNCATED",
		[BUNDLE_ALTERED] = "ALTERED",
	};

	return words[v];
}

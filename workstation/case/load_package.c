#include "workstation/case/load_package.h"

#include "lib/base/text.h"

struct bytes load_package_text(struct buf *scratch, struct bytes raw)
{
	if (raw.p == NULL || raw.len == 0)
		return (struct bytes){ "", 0 };
	if (text_is_plain(raw.p, raw.len))
		return raw;
	buf_clear(scratch);
	text_escape(scratch, raw.p, raw.len);
	return (struct bytes){ buf_cstr(scratch), scratch->failed ? 0 : scratch->len };
}

bool load_package_outside(const struct loading *l)
{
	return l->container.p != NULL;
}

int load_package_bad(struct loading *l, uint64_t count)
{
	if (count == 0)
		return 0;
	return case_note(l, CASE_NULL, CASE_NULL, "unreadable",
			 "%llu records are none of this format and were left out",
			 (unsigned long long)count);
}

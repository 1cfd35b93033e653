#include "workstation/parse/userpath.h"

#include "workstation/parse/line.h"

struct bytes userpath_inside(struct bytes path)
{
	struct scan s = line_of(path);
	uint64_t pid;

	if (line_text(&s, "/proc/") && line_u64(&s, &pid) && line_text(&s, "/root") &&
	    (line_ended(&s) || *s.p == '/'))
		return line_rest(&s);
	return path;
}

struct bytes userpath_user(struct bytes path)
{
	static const char *const spools[] = { "/var/spool/cron/crontabs/", "/var/spool/cron/tabs/",
					      "/var/spool/cron/" };
	struct scan s = line_of(userpath_inside(path));
	struct bytes name;

	if (line_text(&s, "/root/"))
		return (struct bytes){ "root", 4 };
	if (line_text(&s, "/home/")) {
		name = line_until(&s, "/");
		return line_ended(&s) ? (struct bytes){ NULL, 0 } : name;
	}
	for (size_t i = 0; i < sizeof(spools) / sizeof(spools[0]); i++) {
		if (line_text(&s, spools[i]))
			return line_rest(&s);
	}
	return (struct bytes){ NULL, 0 };
}

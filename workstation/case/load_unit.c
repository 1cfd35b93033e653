/*
 * Units of systemd, and entries of desktops that start with a session.
 */
#include "workstation/case/load_job.h"
#include "workstation/case/loaders.h"
#include "workstation/parse/line.h"
#include "workstation/parse/unitfile.h"
#include "workstation/parse/userpath.h"

static const struct unit_kind {
	const char *suffix, *kind;
} kinds[] = {
	{ ".service", "service" }, { ".timer", "timer" }, { ".socket", "socket" },
	{ ".path", "path" },       { ".desktop", "xdg" }, { ".automount", "automount" },
};

/* Keys that run something, and those that say when. */
static const char *const commands[] = { "ExecStart",    "ExecStartPre", "ExecStartPost", "ExecStop",
					"ExecStopPost", "ExecReload",   "ExecCondition", "Exec" };
static const char *const times[] = { "OnCalendar",      "OnBootSec",         "OnStartupSec",
				     "OnUnitActiveSec", "OnUnitInactiveSec", "OnActiveSec",
				     "ListenStream",    "ListenDatagram",    "ListenFIFO",
				     "PathExists",      "PathChanged",       "PathModified",
				     "PathExistsGlob",  "DirectoryNotEmpty" };

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool is_one(struct bytes key, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (scan_is(key, list[i]))
			return true;
	return false;
}

/* A drop-in names its unit by its folder: NAME.service.d/x.conf. */
static struct bytes unit_of(struct bytes name)
{
	struct bytes last = line_last(name), folder;

	if (!scan_ends(last, ".conf"))
		return last;
	folder = line_last((struct bytes){ name.p, name.len - last.len - (name.len > last.len) });
	if (scan_ends(folder, ".d"))
		folder.len -= 2;
	return folder;
}

static const char *kind_of(struct bytes unit)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (scan_ends(unit, kinds[i].suffix))
			return kinds[i].kind;
	return "unit";
}

/* The value that a key has last in the file. */
static struct bytes value_of(const uint8_t *p, size_t n, const char *key)
{
	struct bytes found = { NULL, 0 };
	struct unitfile u;

	unitfile_begin(&u, p, n);
	while (unitfile_next(&u))
		if (scan_is(u.key, key))
			found = u.value;
	return found;
}

int load_unit(struct loading *l, const uint8_t *p, size_t n)
{
	struct load_job job = { .name = unit_of(l->name) };
	struct bytes user = value_of(p, n, "User"), unit = value_of(p, n, "Unit");
	struct unitfile u;

	job.kind = kind_of(job.name);
	job.owner = user.len > 0 ? user : userpath_user(l->name);
	unitfile_begin(&u, p, n);
	while (unitfile_next(&u)) {
		bool runs = is_one(u.key, commands, COUNT(commands));

		if (!runs && !is_one(u.key, times, COUNT(times)))
			continue;
		/* an empty value takes back what other files said */
		if (u.value.len == 0)
			continue;
		job.schedule = runs ? u.key
				    : (struct bytes){ u.key.p, (size_t)((const char *)u.value.p +
									u.value.len -
									(const char *)u.key.p) };
		job.command = runs ? u.value : unit;
		if (load_job_put(l, u.pos, u.line, &job) != 0)
			return -1;
	}
	return 0;
}

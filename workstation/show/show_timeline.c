#include "workstation/show/show_groups.h"

static const struct show_column columns[] = {
	{ "time", SHOW_TIME },
	{ "kind", SHOW_TEXT },
	{ "text", SHOW_TEXT },
	{ "subject", SHOW_TEXT | SHOW_MORE },
	{ "time_from", SHOW_TEXT | SHOW_MORE },
	{ NULL, 0 },
};

static const struct show_option options[] = {
	{ "kind", "WORD", SHOW_STRING, "v.kind = :kind",
	  "only this kind: login, failed, logout, command, request, web-error, log, process, "
	  "package, "
	  "bpf, file-made, file-modified, file-changed, file-read",
	  NULL },
	{ "no-files", NULL, SHOW_FLAG, "v.kind NOT GLOB 'file-*'", "without the times of files",
	  NULL },
	{ NULL, NULL, SHOW_FLAG, NULL, NULL, NULL },
};

const struct show_verb show_timeline_verbs[] = {
	{ .name = "timeline",
	  .typed = "log2timeline, mactime",
	  .what = "everything that has a time, in its order: logins, commands, requests, logs, "
		  "processes, "
		  "packages, times of files",
	  .sql = "SELECT host, time, kind, subject, text, object, pos, line, time_from FROM event",
	  .order = "v.time, v.object, v.pos",
	  .columns = columns,
	  .options = options },
	{ .name = NULL },
};

#include "collector/footprint.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"

/* What no collector on a live host can avoid; read by people. */
static const char *const unavoidable[] = {
	"page cache: what was read may have displaced other cached pages",
	"kernel counters of reads, forks and context switches",
	"login, sudo and accounting records of starting this program are made by others",
	"the executable and the output occupy space where the operator put them",
};

static void number(struct buf *out, const char *name, uint64_t value)
{
	buf_printf(out, "    \"%s\": %llu", name, (unsigned long long)value);
}

static void string(struct buf *out, const char *name, const char *raw)
{
	buf_printf(out, "    \"%s\": ", name);
	text_json_escaped(out, raw, strlen(raw));
}

static void file(struct buf *out, const char *name, const char *path, const uint32_t dev[2],
		 uint64_t ino, uint64_t size)
{
	buf_printf(out, "  \"%s\": {\n", name);
	string(out, "path", path);
	buf_printf(out, ",\n    \"dev\": \"%u:%u\",\n", dev[0], dev[1]);
	number(out, "ino", ino);
	buf_puts(out, ",\n");
	number(out, "size", size);
	buf_puts(out, "\n  },\n");
}

static void usage(struct buf *out, const struct footprint *f)
{
	const struct { const char *name; uint64_t value; } rows[] = {
		{ "processes_made", f->processes },
		{ "readers_left_behind", f->readers_lost },
		{ "evidence_bytes_read", f->evidence_bytes },
		{ "output_bytes_before_this", f->output->written },
		{ "recorder_peak_rss_bytes", f->usage->peak_rss },
		{ "recorder_cpu_us", f->usage->cpu_us },
	};

	buf_puts(out, "  \"used\": {\n");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		number(out, rows[i].name, rows[i].value);
		buf_puts(out, i + 1 < sizeof(rows) / sizeof(rows[0]) ? ",\n" : "\n  },\n");
	}
}

static void times(struct buf *out, const struct glass *g)
{
	buf_printf(out, "  \"access_times\": {\n    \"kernel_forbids_change\": %s,\n",
		   g->noatime ? "true" : "false");
	string(out, "otherwise", g->noatime ? "" :
	       "O_NOATIME with CAP_FOWNER or on our own files; links and directories can change");
	buf_printf(out, "\n  },\n  \"mounts\": { \"private_namespace\": %s, \"own_procfs\": %s, "
		   "\"read_only\": %u, \"detached\": %u, \"failed\": %u },\n",
		   g->namespace_private ? "true" : "false", g->own_proc ? "true" : "false",
		   g->mounts_readonly, g->mounts_detached, g->mounts_failed);
}

void footprint_json(const struct footprint *f, struct buf *out)
{
	const uint32_t exe[2] = { f->self->exe_dev_major, f->self->exe_dev_minor };
	const uint32_t dest[2] = { f->output->dev_major, f->output->dev_minor };

	buf_puts(out, "{\n");
	buf_printf(out, "  \"mode\": \"%s\",\n", f->directory ? "directory" : "live");
	file(out, "executable", f->self->exe_path, exe, f->self->exe_ino, f->self->exe_size);
	file(out, "output", f->output->path, dest, f->output->ino, f->output->written);
	usage(out, f);
	times(out, f->glass);
	buf_puts(out, "  \"unavoidable\": [\n");
	for (size_t i = 0; i < sizeof(unavoidable) / sizeof(unavoidable[0]); i++)
		buf_printf(out, "    \"%s\"%s\n", unavoidable[i],
			   i + 1 < sizeof(unavoidable) / sizeof(unavoidable[0]) ? "," : "");
	buf_puts(out, "  ]\n}\n");
}

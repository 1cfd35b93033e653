/*
 * What bpf(2) has loaded (4.13): every program, map, link and BTF object by number.  Only
 * GET_NEXT_ID, GET_FD_BY_ID and OBJ_GET_INFO_BY_FD are used: a reference is taken and
 * given back, nothing is created, no map is read.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collector/volatile/answer.h"
#include "collector/volatile/bpf_query.h"
#include "collector/volatile/source.h"
#include "lib/base/fd.h"

#define OBJECTS_MAX 16384u		/* of one kind */
#define INFO_ROOM 512u			/* larger than any struct bpf_*_info so far */
#define CODE_MAX (16u << 20)		/* bytes: a million instructions are 8 MiB */
#define MAP_IDS_MAX 1024u		/* maps of one program */
#define BTF_MAX (4u << 20)		/* bytes of the types of a program */

/* Raw struct bpf_*_info, as long as the kernel says. */
struct info {
	union {
		unsigned char raw[INFO_ROOM];
		struct bpf_prog_info prog;
		struct bpf_btf_info btf;
	};
	uint32_t len;
};

static long get_info(struct source_env *env, int fd, struct info *about)
{
	union bpf_attr attr;
	long r;

	memset(&attr, 0, sizeof(attr));
	attr.info.bpf_fd = (uint32_t)fd;
	attr.info.info_len = INFO_ROOM;
	attr.info.info = (uint64_t)(uintptr_t)about->raw;
	r = bpf_query_call(env, BPF_OBJ_GET_INFO_BY_FD, &attr);
	about->len = attr.info.info_len;
	return r;
}

static void begin(struct answer *a, struct source_env *env, const char *kind, uint32_t id,
		  const char *what)
{
	answer_begin(a, env, "bpf/%s/%u%s", kind, id, what);
	answer_note(a, "\"request\":\"BPF_OBJ_GET_INFO_BY_FD\",\"kind\":\"%s\",\"id\":%u", kind,
		    id);
}

/* Ask once more with ${want}, which points the kernel to ${n} bytes of room, and keep them. */
static int take_array(struct source_env *env, struct answer *a, int fd, struct info *want,
		      const void *room, size_t n)
{
	int end = 0;

	if (get_info(env, fd, want) < 0)
		answer_errno(a, errno, "bpf");
	else
		end = answer_add_long(a, room, n);
	return answer_end(a) < 0 ? -1 : end;
}

/* Instructions of a program, as the verifier left them; hidden from those without rights. */
static int take_code(struct source_env *env, uint32_t id, int fd, const struct info *about)
{
	uint32_t n = about->prog.xlated_prog_len;
	struct info want = { .len = 0 };
	struct answer a;
	void *room;
	int end;

	if (n == 0 || n > CODE_MAX)
		return 0;
	begin(&a, env, "prog", id, ".xlated");
	room = calloc(1, n);
	want.prog.xlated_prog_len = n;
	want.prog.xlated_prog_insns = (uint64_t)(uintptr_t)room;
	end = take_array(env, &a, fd, &want, room, room == NULL ? 0 : n);
	free(room);
	return end;
}

static int take_maps(struct source_env *env, uint32_t id, int fd, const struct info *about)
{
	uint32_t ids[MAP_IDS_MAX] = { 0 };
	struct info want = { .len = 0 };
	uint32_t n = about->prog.nr_map_ids < MAP_IDS_MAX ? about->prog.nr_map_ids : MAP_IDS_MAX;
	struct answer a;

	if (n == 0)
		return 0;
	begin(&a, env, "prog", id, ".maps");
	want.prog.nr_map_ids = n;
	want.prog.map_ids = (uint64_t)(uintptr_t)ids;
	return take_array(env, &a, fd, &want, ids, n * sizeof(ids[0]));
}

static int take_program(struct source_env *env, uint32_t id, int fd, const struct info *about)
{
	int end = take_code(env, id, fd, about);

	return end == 0 ? take_maps(env, id, fd, about) : end;
}

/* Types of programs only: those of the kernel and its modules come with the kernel. */
static int take_types(struct source_env *env, uint32_t id, int fd, const struct info *about)
{
	bool of_kernel = about->len >= sizeof(about->btf) && about->btf.kernel_btf != 0;
	uint32_t n = about->btf.btf_size;
	struct info want = { .len = 0 };
	struct answer a;
	void *room;
	int end;

	if (of_kernel || n == 0 || n > BTF_MAX)
		return 0;
	begin(&a, env, "btf", id, ".btf");
	room = calloc(1, n);
	want.btf.btf_size = n;
	want.btf.btf = (uint64_t)(uintptr_t)room;
	end = take_array(env, &a, fd, &want, room, room == NULL ? 0 : n);
	free(room);
	return end;
}

static const struct kind {
	const char *word;
	int next, open;
	int (*more)(struct source_env *env, uint32_t id, int fd, const struct info *about);
} kinds[] = {
	{ "prog", BPF_PROG_GET_NEXT_ID, BPF_PROG_GET_FD_BY_ID, take_program },
	{ "map", BPF_MAP_GET_NEXT_ID, BPF_MAP_GET_FD_BY_ID, NULL },
	{ "link", BPF_LINK_GET_NEXT_ID, BPF_LINK_GET_FD_BY_ID, NULL },
	{ "btf", BPF_BTF_GET_NEXT_ID, BPF_BTF_GET_FD_BY_ID, take_types },
};

static int take_object(struct source_env *env, const struct kind *k, uint32_t id)
{
	int fd CLEANUP(fd_close) = -1;
	struct info about = { .len = 0 };
	union bpf_attr attr;
	struct answer a;
	int end = 0;

	memset(&attr, 0, sizeof(attr));
	attr.prog_id = id;		/* the same place for every kind */
	begin(&a, env, k->word, id, ".info");
	fd = (int)bpf_query_call(env, k->open, &attr);
	if (fd < 0 || get_info(env, fd, &about) < 0)
		answer_errno(&a, errno, "bpf");
	else
		end = answer_add(&a, about.raw, about.len < INFO_ROOM ? about.len : INFO_ROOM);
	if (answer_end(&a) < 0)
		return -1;
	return end == 0 && about.len != 0 && k->more != NULL ? k->more(env, id, fd, &about) : end;
}

/* By number, upwards, until there is no next one. */
static int take_kind(struct source_env *env, const struct kind *k)
{
	char name[64];
	union bpf_attr attr;
	int end = 0;

	memset(&attr, 0, sizeof(attr));
	for (unsigned i = 0; end == 0; i++) {
		snprintf(name, sizeof(name), "bpf/%s", k->word);
		if (source_stopped(env))
			return 1;
		if (i == OBJECTS_MAX)
			return answer_gap(env, name, GAP_ENTRY_LIMIT, 0, NULL);
		if (bpf_query_call(env, k->next, &attr) < 0)
			return errno == ENOENT ? 0 : answer_refused(env, name, errno, "bpf");
		end = take_object(env, k, attr.next_id);
		attr.start_id = attr.next_id;
	}
	return end;
}

int bpf_run(struct source_env *env)
{
	int end = 0;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && end == 0; i++)
		end = take_kind(env, &kinds[i]);
	return end;
}

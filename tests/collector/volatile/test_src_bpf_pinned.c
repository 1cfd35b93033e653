#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/live_box.h"

#include "tests/support/leftover.h"

Suite *suite_src_bpf_pinned(void);

#define CANNOT 77			/* exit code: no namespaces, no rights, no bpf here */
#define NOBODY 65534
#define TOO_DEEP 20			/* directories in directories: more than are looked at */
#define TOO_MANY 16500			/* names: more than are looked at */

static struct live_box *box;
static char dir[] = "/tmp/exhibit-test-XXXXXX";
static int program, map, attached;	/* -1: this kernel does not give it */

static long bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static const char *in_dir(const char *name)
{
	static char path[2][256];
	static unsigned turn;

	turn ^= 1;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", dir, name);
	return path[turn];
}

/* ===== what is there to be found ===== */

/* Lets every socket be found. */
static int load_program(void)
{
	struct bpf_insn code[] = { { BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 1 },
				   { BPF_JMP | BPF_EXIT, 0, 0, 0, 0 } };
	union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_SK_LOOKUP, .insn_cnt = 2,
				.insns = (uint64_t)(uintptr_t)code,
				.license = (uint64_t)(uintptr_t)"GPL",
				.expected_attach_type = BPF_SK_LOOKUP };

	return (int)bpf(BPF_PROG_LOAD, &attr);
}

static int make_map(void)
{
	union bpf_attr attr = { .map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 8,
				.max_entries = 1 };

	return (int)bpf(BPF_MAP_CREATE, &attr);
}

/* A link of the program to our own network namespace. */
static int attach(void)
{
	int ns = open("/proc/self/ns/net", O_RDONLY);
	union bpf_attr attr = { .link_create = { .prog_fd = (uint32_t)program,
						 .target_fd = (uint32_t)ns,
						 .attach_type = BPF_SK_LOOKUP } };
	int fd = (int)bpf(BPF_LINK_CREATE, &attr);

	close(ns);
	return fd;
}

static bool pin(int fd, const char *name)
{
	union bpf_attr attr = { .pathname = (uint64_t)(uintptr_t)in_dir(name),
				.bpf_fd = (uint32_t)fd };

	return fd >= 0 && bpf(BPF_OBJ_PIN, &attr) == 0;
}

static uint32_t id_of(int fd)
{
	struct bpf_prog_info about = { 0 };	/* every kind has its number at the same place */
	union bpf_attr attr = { 0 };

	attr.info.bpf_fd = (uint32_t)fd;
	attr.info.info_len = 16;
	attr.info.info = (uint64_t)(uintptr_t)&about;
	return bpf(BPF_OBJ_GET_INFO_BY_FD, &attr) == 0 ? about.id : 0;
}

/* A folder of it, since some kernels put files of their own into each. */
static bool mount_bpffs(void)
{
	return mount("bpf", dir, "bpf", 0, NULL) == 0 && mkdir(in_dir("top"), 0755) == 0 &&
	       mount(in_dir("top"), "/mnt", NULL, MS_BIND, NULL) == 0 && umount(dir) == 0 &&
	       mount("/mnt", dir, NULL, MS_MOVE, NULL) == 0;
}

/* A bpffs of our own, out of sight for everybody else, that goes with this process. */
static int make_pins(void)
{
	if (unshare(CLONE_NEWNS | CLONE_NEWNET) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 || !mount_bpffs())
		return CANNOT;
	program = load_program();
	map = make_map();
	attached = attach();
	mkdir(in_dir("a folder"), 0700);
	if (!pin(program, "program") || !pin(map, "a folder/map\n\xff"))
		return CANNOT;
	pin(attached, "link");
	return symlink("program", in_dir("symlink")) < 0 ? CANNOT : 0;
}

/* As it is behind the glass. */
static bool remount(unsigned long flags)
{
	return mount(NULL, dir, NULL, MS_REMOUNT | MS_BIND | MS_NODEV | MS_NOEXEC | MS_NOSUID | flags,
		     NULL) == 0;
}

/* ===== what was found ===== */

static int run(void)
{
	if (box != NULL)
		live_box_free(box);
	box = live_box_new();
	return bpf_pinned_run(&box->env);
}

static const struct live_item *pinned(void)
{
	return live_box_get(box, "bpf/pinned");
}

/* The line of that file, NUL-terminated, or NULL; ${name} as it is written. */
static const char *line_of(const char *name)
{
	static char line[2048];
	struct buf *all = (struct buf *)(uintptr_t)&pinned()->data;
	char key[400];
	const char *at;

	snprintf(key, sizeof(key), ",\"path\":\"%s\",", in_dir(name));
	at = memmem(all->p, all->len, key, strlen(key));
	if (at == NULL)
		return NULL;
	snprintf(line, sizeof(line), "%.*s", (int)((const char *)memchr(at, '\n', 1024) - at), at);
	return line;
}

static bool ends(const char *name, const char *text)
{
	const char *line = line_of(name);
	size_t n = line == NULL ? 0 : strlen(line);

	return n >= strlen(text) && strcmp(line + n - strlen(text), text) == 0;
}

static bool is(const char *name, const char *kind, int fd)
{
	char text[100];

	snprintf(text, sizeof(text), ",\"kind\":\"%s\",\"id\":%u}", kind, id_of(fd));
	return ends(name, text);
}

/* ===== judges: 0, 1 or CANNOT, in the namespace ===== */

static int judge_kinds(void)
{
	if (!remount(MS_RDONLY | MS_NOATIME) || run() != 0)
		return 1;
	return id_of(program) != 0 && pinned()->how.gap == GAP_NONE && is("program", "prog", program) &&
	       is("a folder/map\\\\x0a\\\\xff", "map", map) &&
	       (attached < 0 || is("link", "link", attached)) && line_of("symlink") == NULL ? 0 : 1;
}

static int judge_atime(void)
{
	struct stat before, after;

	if (!remount(MS_STRICTATIME) || run() != 0 || stat(in_dir("program"), &before) < 0 ||
	    strstr(line_of("program"), "\"noatime\":false") == NULL)
		return 1;
	usleep(20000);
	if (!remount(MS_RDONLY | MS_NOATIME) || run() != 0 || stat(in_dir("program"), &after) < 0)
		return 1;
	return strstr(line_of("program"), "\"noatime\":true") != NULL &&
	       before.st_atim.tv_sec == after.st_atim.tv_sec &&
	       before.st_atim.tv_nsec == after.st_atim.tv_nsec ? 0 : 1;
}

/* The pin is all that keeps it. */
static int judge_survival(void)
{
	uint32_t id = id_of(map);
	union bpf_attr attr = { .map_id = id };

	close(map);
	if (run() != 0)
		return 1;
	map = (int)bpf(BPF_MAP_GET_FD_BY_ID, &attr);
	return map >= 0 && access(in_dir("a folder/map\n\xff"), F_OK) == 0 ? 0 : 1;
}

/* One mount over all of it, or over a folder; the same tree a second time. */
static int judge_mounts(void)
{
	char root[100];

	if (mount("none", in_dir("a folder"), "tmpfs", 0, NULL) < 0)
		return CANNOT;
	if (run() != 0 || !ends("a folder", "\"errno\":16}") || !is("program", "prog", program) ||
	    pinned()->how.gap != GAP_INCOMPLETE)
		return 1;
	if (umount(in_dir("a folder")) < 0 || mount(dir, in_dir("a folder"), NULL, MS_BIND, NULL) < 0)
		return CANNOT;
	if (run() != 0 || !is("program", "prog", program) || line_of("a folder/program") != NULL)
		return 1;
	if (umount(in_dir("a folder")) < 0 || mount("none", dir, "tmpfs", 0, NULL) < 0)
		return CANNOT;
	snprintf(root, sizeof(root), ",\"path\":\"%s\",\"errno\":16}\n", dir);
	return run() == 0 && live_item_has(pinned(), root, strlen(root)) &&
	       line_of("program") == NULL ? 0 : 1;
}

static int judge_refusal(void)
{
	if (setgid(NOBODY) < 0 || setuid(NOBODY) < 0)
		return CANNOT;
	if (run() != 0)
		return 1;
	return pinned()->how.gap == GAP_INCOMPLETE && pinned()->how.oserr == EACCES && (ends("program", ",\"errno\":13}") ||
	       ends("program", ",\"errno\":1}")) && ends("a folder", "\"errno\":13}") ? 0 : 1;
}

static int judge_depth(void)
{
	int at = open(dir, O_RDONLY | O_DIRECTORY);

	for (int i = 0; i < TOO_DEEP; i++) {
		if (mkdirat(at, "d", 0700) < 0 || (at = openat(at, "d", O_RDONLY)) < 0)
			return CANNOT;
	}
	return run() == 0 && pinned()->how.gap == GAP_INCOMPLETE && pinned()->how.oserr == 0 &&
	       is("program", "prog", program) ? 0 : 1;
}

static int judge_count(void)
{
	char name[32];

	for (int i = 0; i < TOO_MANY; i++) {
		snprintf(name, sizeof(name), "a folder/%d", i);
		if (symlink("x", in_dir(name)) < 0)
			return CANNOT;
	}
	return run() == 0 && pinned()->how.gap == GAP_INCOMPLETE &&
	       pinned()->how.oserr == 0 ? 0 : 1;
}

static int judge_stop(void)
{
	if (box != NULL)
		live_box_free(box);
	box = live_box_new();
	box->stop = 1;
	return bpf_pinned_run(&box->env) == 1 && pinned()->how.gap == GAP_CUT ? 0 : 1;
}

static void in_namespace(int (*judge)(void))
{
	int status = 0;
	pid_t pid;

	memcpy(dir + strlen(dir) - 6, "XXXXXX", 6);
	leftover_dir(dir);
	pid = fork();
	if (pid == 0) {
		int made = make_pins();

		_exit(made != 0 ? made : judge());
	}
	waitpid(pid, &status, 0);
	rmdir(dir);
	ck_assert(WIFEXITED(status));
	ck_assert(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == CANNOT);
}

START_TEST(test_a_pin_is_told_with_the_kind_and_number_of_what_it_holds)
{
	in_namespace(judge_kinds);
}
END_TEST

START_TEST(test_asking_about_a_pin_leaves_its_access_time_behind_noatime_and_says_where_not)
{
	in_namespace(judge_atime);
}
END_TEST

START_TEST(test_what_only_a_pin_keeps_is_still_there_afterwards)
{
	in_namespace(judge_survival);
}
END_TEST

START_TEST(test_a_mount_over_pins_is_told_and_what_two_mounts_show_is_told_once)
{
	in_namespace(judge_mounts);
}
END_TEST

START_TEST(test_a_refused_pin_has_a_line_with_the_errno)
{
	in_namespace(judge_refusal);
}
END_TEST

START_TEST(test_directories_too_deep_are_a_gap_and_the_others_are_looked_at)
{
	in_namespace(judge_depth);
}
END_TEST

START_TEST(test_more_names_than_are_looked_at_are_a_gap)
{
	in_namespace(judge_count);
}
END_TEST

START_TEST(test_a_run_that_is_to_end_says_that_the_pins_were_cut)
{
	in_namespace(judge_stop);
}
END_TEST

Suite *suite_src_bpf_pinned(void)
{
	Suite *s = suite_create("collector/volatile/src_bpf_pinned");
	TCase *t = tcase_create("bpf_pinned");

	tcase_add_test(t, test_a_pin_is_told_with_the_kind_and_number_of_what_it_holds);
	tcase_add_test(t, test_asking_about_a_pin_leaves_its_access_time_behind_noatime_and_says_where_not);
	tcase_add_test(t, test_what_only_a_pin_keeps_is_still_there_afterwards);
	tcase_add_test(t, test_a_mount_over_pins_is_told_and_what_two_mounts_show_is_told_once);
	tcase_add_test(t, test_a_refused_pin_has_a_line_with_the_errno);
	tcase_add_test(t, test_directories_too_deep_are_a_gap_and_the_others_are_looked_at);
	tcase_add_test(t, test_more_names_than_are_looked_at_are_a_gap);
	tcase_add_test(t, test_a_run_that_is_to_end_says_that_the_pins_were_cut);
	suite_add_tcase(s, t);
	return s;
}

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collector/volatile/held.h"
#include "tests/support/holder.h"
#include "tests/support/live_box.h"

Suite *suite_held(void);

static struct live_box *box;
static struct held_room *room;
static struct held h;
static struct process self;

static void set_up(void)
{
	box = live_box_new();
	room = calloc(1, sizeof(*room));
	self = (struct process){ .pid = getpid(), .fd = open("/proc/self", O_PATH) };
}

static void tear_down(void)
{
	close(self.fd);
	free(room);
	live_box_free(box);
}

static bool look(int fd)
{
	char name[32];

	snprintf(name, sizeof(name), "fd/%d", fd);
	return held_link(&box->env, &self, name, &h) &&
	       held_look(&box->env, room, &self, name, &h);
}

static bool has_text(struct bytes b, const char *text)
{
	return b.len == strlen(text) && memcmp(b.p, text, b.len) == 0;
}

START_TEST(test_a_deleted_file_is_known_by_its_former_name)
{
	int fd = holder_deleted("x", 1);

	ck_assert(look(fd));
	ck_assert(h.unlinked);
	ck_assert_int_eq(memcmp(h.path.p, "/tmp/exhibit-held-", 18), 0);
	ck_assert_uint_eq(h.link.len, h.path.len + strlen(" (deleted)"));
	ck_assert_uint_eq(h.st.nlink, 0);
	ck_assert(!h.memfd);
	ck_assert(h.mount.listed);
	ck_assert_int_eq(h.mount.kind, MOUNT_LOCAL);
	ck_assert_uint_gt(strlen(h.mount.fstype), 0);
	close(fd);
}
END_TEST

START_TEST(test_a_memfd_is_known_by_its_name_and_is_on_no_mount_of_the_table)
{
	int fd = memfd_create("x", 0);

	ck_assert(look(fd));
	ck_assert(h.memfd);
	ck_assert(!h.mount.listed);
	ck_assert(has_text(h.link, "/memfd:x (deleted)"));
	close(fd);
}
END_TEST

START_TEST(test_memory_that_the_kernel_shares_is_anonymous)
{
	char *p = mmap(NULL, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char name[80];

	ck_assert_ptr_ne(p, MAP_FAILED);
	snprintf(name, sizeof(name), "map_files/%lx-%lx", (unsigned long)p, (unsigned long)p + 4096);
	if (held_link(&box->env, &self, name, &h) && held_look(&box->env, room, &self, name, &h)) {
		ck_assert(h.anonymous);
		ck_assert(!h.memfd);
	}
	munmap(p, 4096);
}
END_TEST

/* Whoever opens one of these changes something. */
START_TEST(test_pipes_and_sockets_are_looked_at_and_not_opened)
{
	int ends[2], pair[2];

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(write(ends[1], "kept", 5), 5);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	ck_assert(look(ends[0]));
	ck_assert(S_ISFIFO(h.st.mode));
	ck_assert(look(pair[0]));
	ck_assert(S_ISSOCK(h.st.mode));
	ck_assert_int_eq(memcmp(h.link.p, "socket:[", 8), 0);
	for (int i = 0; i < 2; i++) {
		close(ends[i]);
		close(pair[i]);
	}
}
END_TEST

START_TEST(test_what_cannot_be_read_says_why)
{
	ck_assert(!held_link(&box->env, &self, "fd/999999", &h));
	ck_assert_int_eq(h.oserr, ENOENT);
	ck_assert_str_eq(h.syscall, "readlinkat");
	ck_assert(!h.has_stat);
	ck_assert_uint_eq(h.link.len, 0);
}
END_TEST

/* A file that is there, seen as what the row says. */
static const struct {
	const char *path;
	bool listed;
	enum mount_kind kind;
	bool ours, hung;
	enum gap gap;
} rows[] = {
	{ "/srv/a", true, MOUNT_LOCAL, false, false, GAP_NONE },
	{ "/srv/a", false, MOUNT_LOCAL, false, false, GAP_NONE },
	{ "/srv/a", true, MOUNT_REMOTE, false, false, GAP_NETWORK_FS },
	{ "/srv/a", true, MOUNT_OTHER, false, false, GAP_OTHER_FS },
	{ "/srv/a", true, MOUNT_KERNEL, false, false, GAP_OTHER_FS },
	{ "/srv/secret/a", true, MOUNT_LOCAL, false, false, GAP_EXCLUDED },
	{ "/srv/secret", true, MOUNT_LOCAL, false, false, GAP_EXCLUDED },
	{ "/srv/a", true, MOUNT_LOCAL, true, false, GAP_OWN_OUTPUT },
	{ "/srv/a", true, MOUNT_LOCAL, false, true, GAP_HUNG_MOUNT },
};

START_TEST(test_what_must_not_be_opened_has_its_gap)
{
	int fd = holder_deleted("x", 1);
	struct found_file f;

	live_box_exclude(box, "/srv/secret");
	ck_assert(look(fd));
	h.path = (struct bytes){ rows[_i].path, strlen(rows[_i].path) };
	h.mount.listed = rows[_i].listed;
	h.mount.kind = rows[_i].kind;
	if (rows[_i].ours) {
		box->walk.self_count = 1;
		box->walk.self[0] = (struct walk_self){ h.st.ino, h.st.dev_major, h.st.dev_minor };
	}
	if (rows[_i].hung) {
		box->walk.hung_count = 1;
		box->walk.hung[0] = h.st.mnt_id;
	}
	held_file(&box->env, &h, FOUND_FD, self.pid, &f);
	ck_assert_int_eq(f.gap, rows[_i].gap);
	ck_assert_uint_eq(f.ino, h.st.ino);
	ck_assert_int_eq(f.depth, DEPTH_CONTENT);
	close(fd);
}
END_TEST

START_TEST(test_the_line_escapes_what_the_host_wrote)
{
	struct buf b;

	buf_init(&b, 65536);
	held_text(&h, "/tmp/a\nb\"c", 10);
	held_json(&b, &h);
	ck_assert_str_eq(buf_cstr(&b),
			 ",\"link\":\"/tmp/a\\\\x0ab\\\"c\",\"link_b64\":\"L3RtcC9hCmIiYw==\"");
	buf_release(&b);
}
END_TEST

Suite *suite_held(void)
{
	Suite *s = suite_create("collector/volatile/held");
	TCase *t = tcase_create("held");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, test_a_deleted_file_is_known_by_its_former_name);
	tcase_add_test(t, test_a_memfd_is_known_by_its_name_and_is_on_no_mount_of_the_table);
	tcase_add_test(t, test_memory_that_the_kernel_shares_is_anonymous);
	tcase_add_test(t, test_pipes_and_sockets_are_looked_at_and_not_opened);
	tcase_add_test(t, test_what_cannot_be_read_says_why);
	tcase_add_loop_test(t, test_what_must_not_be_opened_has_its_gap, 0,
			    sizeof(rows) / sizeof(rows[0]));
	tcase_add_test(t, test_the_line_escapes_what_the_host_wrote);
	suite_add_tcase(s, t);
	return s;
}

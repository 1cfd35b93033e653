#include "workstation/parse/procfd.h"

#include <check.h>
#include <string.h>

Suite *suite_procfd(void);

static struct bytes of(const char *text)
{
	return (struct bytes){ text, strlen(text) };
}

START_TEST(test_links_say_what_they_lead_to)
{
	static const struct {
		const char *text, *kind, *target;
		bool deleted, has_ino;
		uint64_t ino;
	} rows[] = {
		{ "/usr/sbin/sshd", "file", "/usr/sbin/sshd", false, false, 0 },
		{ "/var/tmp/.x/y (deleted)", "file", "/var/tmp/.x/y", true, false, 0 },
		{ "/memfd:a b (deleted)", "memfd", "/memfd:a b", true, false, 0 },
		{ "/dev/null", "device", "/dev/null", false, false, 0 },
		{ "/dev/shm/k", "file", "/dev/shm/k", false, false, 0 },
		{ "pipe:[12]", "pipe", "pipe:[12]", false, true, 12 },
		{ "socket:[4026531992]", "socket", "socket:[4026531992]", false, true, 4026531992u },
		{ "socket:[x]", "socket", "socket:[x]", false, false, 0 },
		{ "socket:[1] ", "socket", "socket:[1] ", false, false, 0 },
		{ "anon_inode:[eventpoll]", "anon", "anon_inode:[eventpoll]", false, false, 0 },
		{ "mnt:[4026531841]", "anon", "mnt:[4026531841]", false, true, 4026531841u },
		{ "", "anon", "", false, false, 0 },
		{ " (deleted)", "anon", " (deleted)", false, false, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct procfd_link l = procfd_link(of(rows[i].text));

		ck_assert_str_eq(l.kind, rows[i].kind);
		ck_assert_msg(scan_is(l.target, rows[i].target), "%s", rows[i].text);
		ck_assert_msg(l.deleted == rows[i].deleted, "%s", rows[i].text);
		ck_assert_msg(l.has_ino == rows[i].has_ino, "%s", rows[i].text);
		ck_assert(!l.has_ino || l.ino == rows[i].ino);
	}
}
END_TEST

START_TEST(test_fdinfo_gives_position_flags_and_inode)
{
	static const char text[] = "pos:\t42\nflags:\t0100002\nmnt_id:\t9\nino:\t77\ntfd: 1 : 2\nx\n";
	struct procfd_info i;

	ck_assert(procfd_info(text, strlen(text), &i));
	ck_assert_int_eq(i.pos, 42);
	ck_assert_int_eq(i.ino, 77);
	ck_assert(scan_is(i.flags, "0100002"));
	ck_assert_str_eq(procfd_access(i.flags), "rw");
	ck_assert_str_eq(procfd_access(of("0100000")), "r");
	ck_assert_str_eq(procfd_access(of("02000001")), "w");
	ck_assert_ptr_null(procfd_access(of("012000000")));
	ck_assert_ptr_null(procfd_access(of("9")));
	ck_assert(procfd_info("pos: 0\nino: x\n", 14, &i) && i.ino == -1 && i.flags.p == NULL);
	ck_assert(!procfd_info("pos: x\n", 7, &i));
}
END_TEST

START_TEST(test_mappings_of_one_file_are_one_row)
{
	static const char text[] =
		"55d0-55d8 r--p 00000000 fe:00 131 /usr/bin/cat\n"
		"55d8-55e0 r-xp 00008000 fe:00 131 /usr/bin/cat\n"
		"nonsense\n"
		"55e0-55e8 rw-p 00010000 fe:00 131                   /usr/bin/cat\n"
		"55f0-55f8 rw-p 00000000 00:00 0 [heap]\n"
		"6000-6100 rw-p 00000000 00:00 0 \n"
		"7000-7100 rwxp 00000000 00:00 0 \n"
		"7100-7200 rwxp 00000000 00:00 0\n"
		"7f00-7f10 r-xp 00000000 00:01 9 /memfd: a (deleted)\n"
		"7ffd-7fff r-xp 00000000 00:00 0 [vdso]";
	static const struct {
		uint64_t first, behind, ino;
		const char *access, *path;
	} rows[] = {
		{ 0x55d0, 0x55e8, 131, "r-xp", "/usr/bin/cat" },
		{ 0x7000, 0x7100, 0, "rwxp", "" },
		{ 0x7100, 0x7200, 0, "rwxp", "" },
		{ 0x7f00, 0x7f10, 9, "r-xp", "/memfd: a (deleted)" },
	};
	struct scan s = scan_begin(text, strlen(text));
	struct procfd_map m;
	char access[5];
	uint64_t bad = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ck_assert_int_eq(procfd_maps_next(&s, &m, access, &bad), 1);
		ck_assert_uint_eq(m.first, rows[i].first);
		ck_assert_uint_eq(m.behind, rows[i].behind);
		ck_assert_uint_eq(m.ino, rows[i].ino);
		ck_assert_str_eq(access, rows[i].access);
		ck_assert(scan_is(m.path, rows[i].path));
	}
	ck_assert_int_eq(procfd_maps_next(&s, &m, access, &bad), 0);
	ck_assert_uint_eq(bad, 1);
}
END_TEST

Suite *suite_procfd(void)
{
	Suite *s = suite_create("workstation/parse/procfd");
	TCase *t = tcase_create("procfd");

	tcase_add_test(t, test_links_say_what_they_lead_to);
	tcase_add_test(t, test_fdinfo_gives_position_flags_and_inode);
	tcase_add_test(t, test_mappings_of_one_file_are_one_row);
	suite_add_tcase(s, t);
	return s;
}

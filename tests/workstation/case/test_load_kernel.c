#include <check.h>
#include <string.h>

#include "tests/support/case_box.h"

Suite *suite_load_kernel(void);

static struct case_box box;

static void setup(void)
{
	case_box_open(&box);
	box.facts.btime = INT64_C(1000000000000000000);
}

static void teardown(void)
{
	case_box_close(&box);
}

static void give(const char *path, const char *text)
{
	ck_assert_msg(case_box_give(&box, path, text, strlen(text)) > 0, "nobody reads %s", path);
}

static void says(const char *sql, const char *text)
{
	ck_assert_str_eq(case_box_text(&box, sql), text);
}

START_TEST(test_modules_come_from_both_lists)
{
	give("/proc/modules", "nft 8192 1 a,b, Live 0xffffffffc0 (OE)\nx\n");
	give("/sys/module/nft/initstate", "live\n");
	says("SELECT source || name || size || refs || users || state || taint || line FROM module "
	     "WHERE source = 'modules'", "modulesnft81921a,bLiveOE1");
	says("SELECT name || state FROM module WHERE source = 'sysfs'", "nftlive");
	says("SELECT kind || line FROM note", "unreadable2");
}
END_TEST

START_TEST(test_bpf_is_listed_with_what_it_hangs_on)
{
	char info[80] = "\2\0\0\0\x29\0\0\0\1\2\3\4\5\6\7\x08";

	memcpy(info + 40, "\0\xca\x9a\x3b\0\0\0\0\xe8\3", 10);
	memcpy(info + 64, "hook", 4);
	ck_assert(case_box_give(&box, "live/bpf/prog/41.info", info, sizeof(info)) > 0);
	case_box_give(&box, "live/bpf/prog/41.info.json", "{}", 2);
	give("live/bpf/attached/cgroup",
	     "{\"cgroup\":\"/a\\\\x0a\",\"ino\":1,\"type\":1,\"flags\":0,\"programs\":[41,42]}\n");
	give("live/bpf/pinned", "{\"path\":\"/sys/fs/bpf/p\",\"uid\":0,\"kind\":\"prog\",\"id\":41}\n{\n");
	says("SELECT number || name || type || uid || time || detail FROM bpf WHERE kind = 'prog'",
	     "41hookkprobe10001000000001000000000tag 0102030405060708");
	says("SELECT group_concat(number) || type || detail FROM bpf WHERE kind = 'attached'",
	     "41,42cgroup_inet_egress/a\\x0a");
	says("SELECT number || type || detail FROM bpf WHERE kind = 'pin'", "41prog/sys/fs/bpf/p");
	says("SELECT count(*) FROM bpf", "4");
	says("SELECT count(*) || min(line) FROM note", "12");
}
END_TEST

START_TEST(test_only_what_disagrees_is_a_disagreement)
{
	give("live/view/task/kill",
	     "{\"check\":\"kill\",\"only_a\":0,\"only_b\":1}\n"
	     "{\"check\":\"kill\",\"only\":\"b\",\"id\":4711,\"name\":\"x\"}\n");
	give("live/view/count/tasks", "{\"check\":\"tasks\",\"outside\":0}\n");
	give("live/view/count/processes", "{\"check\":\"processes\",\"outside\":-1}\n");
	give("live/view/module/links", "{\"check\":\"links\",\"listed\":7,\"counted_before\":7,"
				       "\"counted_after\":7}\n");
	give("live/view/procfs/mounts", "{\"check\":\"mounts\",\"path\":\"/proc\"}\n"
					"{\"check\":\"mounts\",\"path\":\"/proc/9\",\"id\":9}\n");
	give("live/view/socket/4026531840",
	     "{\"check\":\"tcp4\",\"only\":\"b\",\"local\":\"0.0.0.0\",\"port\":31337}\n");
	give("live/view/under", "{\"mnt\":1,\"path\":\"/run\",\"objects\":0}\n"
				"{\"mnt\":2,\"path\":\"/mnt\",\"objects\":2}\n");
	give("live/raw/8-1/ext4", "{\"view\":\"totals\",\"told\":1}\n"
				  "{\"view\":\"entry\",\"path\":\"/tmp/.h\",\"directory\":2}\n");
	says("SELECT group_concat(view || '=' || kind || '=' || subject || '=' || line, ';') "
	     "FROM (SELECT * FROM disagreement ORDER BY id)",
	     "task/kill=kill=4711=2;count/processes=processes=processes=1;"
	     "procfs/mounts=mounts=9=2;socket/4026531840=tcp4=0.0.0.0 31337=1;"
	     "under=under=/mnt=2;ext4=entry=/tmp/.h=2");
}
END_TEST

START_TEST(test_the_kernel_log_gets_times_from_the_boot)
{
	give("live/kernel_log", "<6>[   12.000001] eth0: up\nodd\n");
	says("SELECT group_concat(ifnull(time, '-') || time_from || ifnull(priority, '-') || text, ';') "
	     "FROM (SELECT * FROM log WHERE source = 'kernel' ORDER BY line)",
	     "1000000012000001000exact6eth0: up;-none-odd");
}
END_TEST

START_TEST(test_taint_of_the_session_is_noted_in_words)
{
	case_box_sql(&box, "INSERT INTO session (host, name, value) VALUES (1, 'host-taint', '4096')");
	case_box_finish(&box);
	says("SELECT text FROM note WHERE kind = 'taint'",
	     "the kernel is tainted, O: out-of-tree module");
	case_box_sql(&box, "DELETE FROM note; UPDATE session SET value = '0'");
	case_box_finish(&box);
	says("SELECT count(*) FROM note", "0");
}
END_TEST

Suite *suite_load_kernel(void)
{
	Suite *s = suite_create("workstation/case/load_kernel");
	TCase *t = tcase_create("load_kernel");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_modules_come_from_both_lists);
	tcase_add_test(t, test_bpf_is_listed_with_what_it_hangs_on);
	tcase_add_test(t, test_only_what_disagrees_is_a_disagreement);
	tcase_add_test(t, test_the_kernel_log_gets_times_from_the_boot);
	tcase_add_test(t, test_taint_of_the_session_is_noted_in_words);
	suite_add_tcase(s, t);
	return s;
}

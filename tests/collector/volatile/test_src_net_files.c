#include <arpa/inet.h>
#include <check.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "collector/volatile/netns.h"
#include "tests/support/live_box.h"

Suite *suite_src_net_files(void);

#define ODD_NAME "e\x1b[1m!"		/* what an interface may be called */

static void listen_here(void)
{
	struct ifreq rename = { .ifr_name = "lo" };
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(0xb26e) };
	int s = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(s, (struct sockaddr *)&in, sizeof(in)) < 0 || listen(s, 5) < 0)
		_exit(1);
	strcpy(rename.ifr_newname, ODD_NAME);
	if (ioctl(s, SIOCSIFNAME, &rename) < 0)
		_exit(1);
}

START_TEST(test_files_of_other_namespaces_are_taken_and_those_of_process_1_are_not)
{
	struct live_box *box = live_box_new();
	unsigned long long own = live_box_netns(getpid());
	char prefix[64];
	uint64_t netns;
	pid_t child = live_box_child(listen_here, &netns);

	if (child != 0) {
		netns_find(&box->env)->ns[0].of_init = true;
		ck_assert_int_eq(net_files_run(&box->env), 0);
		ck_assert(live_item_has(live_box_get(box, "net/%llu/proc/tcp", (unsigned long long)netns),
					":B26E 00000000", 14));
		live_box_get(box, "net/%llu/proc/netstat", (unsigned long long)netns);
		if (access("/proc/net/dev_snmp6", F_OK) == 0)
			live_box_get(box, "net/%llu/proc/dev_snmp6/" ODD_NAME,
				     (unsigned long long)netns);
		snprintf(prefix, sizeof(prefix), "net/%llu/", own);
		ck_assert_uint_eq(live_box_count(box, prefix), 0);
	}
	live_box_end(child);
	live_box_free(box);
}
END_TEST

Suite *suite_src_net_files(void)
{
	Suite *s = suite_create("collector/volatile/src_net_files");
	TCase *t = tcase_create("net_files");

	tcase_add_test(t, test_files_of_other_namespaces_are_taken_and_those_of_process_1_are_not);
	suite_add_tcase(s, t);
	return s;
}

#include <check.h>
#include <string.h>

#include "lib/item/runtime.h"

Suite *suite_runtime(void);

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* As hosts have them; an id of NULL is no guess at all. */
static const struct {
	const char *cgroup, *runtime, *id;
} cases[] = {
	{ "0::/system.slice/docker-" HEX ".scope\n", "docker", HEX },
	{ "0::/docker/" HEX "\n", "docker", HEX },
	{ "12:pids:/\n11:memory:/docker/" HEX "\n", "docker", HEX },
	{ "0::/docker/" HEX "/init.scope\n", "docker", HEX },
	{ "0::/machine.slice/libpod-" HEX ".scope/container\n", "podman", HEX },
	{ "0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" HEX ".scope\n",
	  "podman", HEX },
	{ "0::/machine.slice/libpod-conmon-" HEX ".scope\n", NULL, NULL },
	{ "0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1_2.slice/"
	  "cri-containerd-" HEX ".scope\n", "containerd", HEX },
	{ "0::/system.slice/containerd.service/kubepods-besteffort-pod3.slice:cri-containerd:" HEX
	  "\n", "containerd", HEX },
	{ "0::/kubepods.slice/kubepods-pod4.slice/crio-" HEX ".scope\n", "cri-o", HEX },
	{ "0::/kubepods/besteffort/pod5/" HEX "\n", "kubernetes", HEX },
	{ "0::/lxc.payload.web01/system.slice/cron.service\n", "lxc", "web01" },
	{ "0::/lxc.payload/web01\n", "lxc", "web01" },
	{ "0::/lxc/web01\n", "lxc", "web01" },
	{ "0::/lxc.monitor.web01\n", NULL, NULL },
	{ "0::/machine.slice/systemd-nspawn@web01.service/payload\n", "systemd-nspawn", "web01" },
	{ "0::/machine.slice/machine-web01.scope\n", "machine", "web01" },
	{ "0::/system.slice/snap.lxd.daemon.service\n", "snap", "lxd.daemon.service" },
	{ "0::/user.slice/app.slice/app-flatpak-org.x-12.scope\n", "flatpak", "org.x-12" },
	{ "0::/system.slice/docker.service\n", NULL, NULL },
	{ "0::/docker/short\n", NULL, NULL },
	{ "0::/" HEX "\n", NULL, NULL },
	{ "0::/init.scope\n", NULL, NULL },
	{ "0::/\n", NULL, NULL },
	{ "0::/lxc.payload.\n", NULL, NULL },
	{ "docker-" HEX ".scope", NULL, NULL },
	{ "", NULL, NULL },
};

START_TEST(test_a_control_group_names_the_runtime_and_the_container)
{
	const char *text = cases[_i].cgroup;
	struct item_container c = { .pid = 7 };

	ck_assert_msg(runtime_guess(text, strlen(text), &c) == (cases[_i].id != NULL), "%s", text);
	ck_assert_str_eq(c.runtime, cases[_i].runtime == NULL ? "" : cases[_i].runtime);
	ck_assert_str_eq(c.id, cases[_i].id == NULL ? "" : cases[_i].id);
	ck_assert_uint_eq(c.pid, 7);
}
END_TEST

START_TEST(test_a_long_name_is_cut_and_ended)
{
	char text[600] = "0::/lxc.payload.";
	struct item_container c = { .pid = 0 };
	size_t n = strlen(text);

	memset(text + n, 'x', sizeof(text) - n);
	memset(&c.id, 'y', sizeof(c.id));
	ck_assert(runtime_guess(text, sizeof(text), &c));
	ck_assert_uint_eq(strlen(c.id), sizeof(c.id) - 1);
}
END_TEST

Suite *suite_runtime(void)
{
	Suite *s = suite_create("lib/item/runtime");
	TCase *t = tcase_create("runtime");

	tcase_add_loop_test(t, test_a_control_group_names_the_runtime_and_the_container, 0,
			    sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(t, test_a_long_name_is_cut_and_ended);
	suite_add_tcase(s, t);
	return s;
}

#include "collector/session.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/host/sandbox_filter.h"
#include "lib/base/text.h"
#include "lib/custody/session_read.h"
#include "lib/hash/digest.h"

/* Everything that a session is made of, fixed. */
static struct {
	struct args args;
	struct tool tool;
	struct self self;
	struct glass glass;
	struct sandbox sandbox[SANDBOX_STAGES];
	struct plan_facts plan_facts;
	struct facts *facts;
	struct plan *plan;
	struct session session;
} world;

static const uint8_t id[16] = { 0x3f, 0x9a, 0x12, 0xcc };
static const uint8_t public_key[KEY_PUBLIC_LEN] = { 1, 2, 3 };
static const char *argv[] = { "exhibit-collect", "-o", "/mnt/\x1b", NULL };

static void fact(const char *path, const char *content)
{
	struct sink *to = facts_sink(world.facts);
	struct item it = { .path = { path, strlen(path) }, .type = ITEM_FILE,
			   .depth = DEPTH_CONTENT };
	struct item_end end = { .gap = GAP_NONE };

	to->begin(to, &it);
	to->write(to, content, strlen(content));
	to->end(to, &end);
}

static void fill_self(struct self *s)
{
	strcpy(s->exe_path, "/mnt/usb/exhibit-collect");
	strcpy(s->cwd, "/root");
	strcpy(s->namespaces, "mnt:[1] pid:[2]");
	strcpy(s->inherited, "environment has LD_\\x1b; 7 environment variables");
	strcpy(s->uts.nodename, "web01");
	strcpy(s->uts.release, "6.1.0-9");
	strcpy(s->uts.version, "#1 SMP");
	strcpy(s->uts.machine, "x86_64");
	s->pid = 42;
	s->ppid = 41;
	s->caps_effective = 0x1ffffffffff;
	s->clocks.realtime = (struct instant){ 1795431180, 123456789 };
	s->clocks.monotonic = (struct instant){ 51234, 5 };
	s->clocks.boottime = (struct instant){ 51235, 6 };
	s->maxerror_us = 1500;
	s->esterror_us = 20;
}

static void fill_facts(void)
{
	fact("/etc/os-release", "NAME=x\nPRETTY_NAME=\"Debian GNU/Linux 12\"\n");
	fact("/etc/hostname", "image01\n");
	fact("/etc/machine-id", "0123456789abcdef\n");
	fact("/proc/sys/kernel/random/boot_id", "b007\n");
	fact("/proc/cmdline", "root=/dev/vda ro\x1b[31m\n");
	fact("/sys/devices/virtual/dmi/id/sys_vendor", "QEMU\n");
	fact("/sys/devices/virtual/dmi/id/product_name", "Standard PC\n");
	fact("/sys/devices/virtual/dmi/id/board_serial", "B-1\n");
	fact("/sys/devices/virtual/dmi/id/product_uuid", "  4711 \n");
	fact("/sys/devices/pci0000:00/0000:00:03.0/virtio0/net/eth0/address", "52:54:00:12:34:56\n");
	fact("/sys/devices/virtual/net/lo/address", "00:00:00:00:00:00\n");
	fact("/proc/1/net/fib_trie",
	     "Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 192.0.2.7\n        /32 host LOCAL\n"
	     "     |-- 192.0.2.255\n        /32 link BROADCAST\n     |-- 127.0.0.1\n"
	     "        /32 host LOCAL\nLocal:\n     |-- 192.0.2.7\n        /32 host LOCAL\n"
	     "     |-- nonsense\n        /32 host LOCAL\n");
	fact("/proc/1/net/if_inet6",
	     "00000000000000000000000000000001 01 80 10 80       lo\n"
	     "fe80000000000000505400fffe123456 02 40 20 80     eth0\n"
	     "short\nfe80000000000000505400fffe12345g 02 40 20 80     eth1\n");
	fact("/proc/sys/kernel/tainted", "4096\n");
	fact("/sys/kernel/security/lsm", "lockdown,capability");
	fact("/.dockerenv", "");
	fact("/proc/1/cgroup", "0::/kubepods/x\n");
	fact("/sys/devices/pnp0/00:03/rtc/rtc0/since_epoch", "1795431179\n");
	fact("/proc/stat", "cpu 1 2\nintr 5\nbtime 1795380000\nprocesses 9\n");
	fact("/etc/timezone", "Europe/Berlin\n");
}

static void setup(void)
{
	static const char notes[] = "mounts: 3 found\nunenforced: /a\\x0ab is still writable\n"
				    "proc: own procfs instance\n";
	struct plan_request request = { .profile = "logs" };
	struct err e = { 0 };

	memset(&world, 0, sizeof(world));
	ck_assert_int_eq(digest_start(), 0);
	world.args = (struct args){
		.output = "/mnt", .case_id = "2026-17", .exhibit = "A\n1", .nonce = "00112233",
		.profile = "logs", .item_deadline = 10, .file_size = 1 << 30, .seal_bytes = 64 << 20,
		.seal_seconds = 5, .compress = { COMPRESS_ZSTD, 1, 0 },
	};
	world.tool = (struct tool){ "exhibit-collect", "0.1.0", "c0ffee", "50ce", "gcc", "musl",
				    "e8e8" };
	fill_self(&world.self);
	strlcpy(world.self.fallbacks, "statx, Linux 4.11: fstatat\nkcmp, Linux 3.5: none\n",
		sizeof(world.self.fallbacks));
	memcpy(world.glass.notes, notes, sizeof(notes) - 1);
	world.glass.notes_len = sizeof(notes) - 1;
	world.sandbox[SANDBOX_RECORDER].entered = 1;
	world.sandbox[SANDBOX_RECORDER].caps = 1 << 24;
	world.sandbox[SANDBOX_RECORDER].oserr[SANDBOX_PATHS] = ENOSYS;
	world.facts = facts_new(&world.plan_facts, &e);
	fill_facts();
	world.plan = plan_new(&request, &world.plan_facts, &e);
	ck_assert_ptr_nonnull(world.plan);
	ck_assert_int_eq(option_list_add(&world.args.exclude, "/var/log/journal/**"), 0);
	world.session = (struct session){
		.id = id, .args = &world.args, .argv = (char *const *)(uintptr_t)argv,
		.tool = &world.tool, .self = &world.self, .facts = world.facts,
		.plan = world.plan, .glass = &world.glass, .sandbox = world.sandbox,
		.plan_facts = &world.plan_facts,
		.public_key = public_key, .key_locked = true,
	};
}

static void teardown(void)
{
	option_list_release(&world.args.exclude);
	plan_free(world.plan);
	facts_free(world.facts);
}

/* The whole text, but for what the catalogue decides: %s is the hash of its rows,
 * the reasons of four categories, and the fingerprint of the key. */
static const char golden[] =
	"exhibit-session-v1\n"
	"format: 1\n"
	"session: 3f9a12cc000000000000000000000000\n"
	"case: 2026-17\n"
	"exhibit: A\\x0a1\n"
	"examiner-name: -\n"
	"examiner-id: -\n"
	"examiner-organisation: -\n"
	"authority: -\n"
	"witness: -\n"
	"location: -\n"
	"notes: -\n"
	"intake-discovered: -\n"
	"intake-when: -\n"
	"intake-changed: -\n"
	"intake-important: -\n"
	"nonce: 00112233\n"
	"tool: exhibit-collect\n"
	"tool-version: 0.1.0\n"
	"tool-commit: c0ffee\n"
	"tool-source-sha256: 50ce\n"
	"tool-compiler: gcc\n"
	"tool-libraries: musl\n"
	"tool-sha256: e8e8\n"
	"tool-path: /mnt/usb/exhibit-collect\n"
	"argv: exhibit-collect\n"
	"argv: -o\n"
	"argv: /mnt/\\x1b\n"
	"config-sha256: -\n"
	"uid: 0\n"
	"gid: 0\n"
	"capabilities: 000001ffffffffff\n"
	"pid: 42\n"
	"ppid: 41\n"
	"cwd: /root\n"
	"inherited: environment has LD_\\x1b; 7 environment variables\n"
	"cgroup: -\n"
	"host: web01\n"
	"host-kernel: 6.1.0-9\n"
	"host-version: #1 SMP\n"
	"host-arch: x86_64\n"
	"host-os: Debian GNU/Linux 12\n"
	"host-machine-id: 0123456789abcdef\n"
	"host-boot-id: b007\n"
	"host-cmdline: root=/dev/vda ro\\x1b[31m\n"
	"host-product: QEMU Standard PC\n"
	"host-serial: -\n"
	"host-board-serial: B-1\n"
	"host-chassis-serial: -\n"
	"host-uuid: 4711\n"
	"host-address: eth0 52:54:00:12:34:56\n"
	"host-address: 192.0.2.7\n"
	"host-address: eth0 fe80::5054:ff:fe12:3456\n"
	"host-taint: 4096\n"
	"host-lsm: lockdown,capability\n"
	"host-lockdown: -\n"
	"host-container: /.dockerenv exists, /proc/1/cgroup says kubepods, "
	"/sys/devices/virtual/dmi/id/sys_vendor says QEMU\n"
	"host-namespaces: mnt:[1] pid:[2]\n"
	"mode: live\n"
	"root: -\n"
	"time-realtime: 2026-11-23T10:53:00.123456789Z\n"
	"time-monotonic: 51234.000000005\n"
	"time-boottime: 51235.000000006\n"
	"time-tai: -\n"
	"time-sync: synchronised\n"
	"time-maxerror-us: 1500\n"
	"time-esterror-us: 20\n"
	"time-rtc: 1795431179\n"
	"time-btime: 1795380000\n"
	"time-zone: Europe/Berlin\n"
	"profile: logs\n"
	"profile-sha256: %s\n"
	"plan: 0 facts %s\n"
	"plan: 1 login %s\n"
	"plan: 2 guest %s\n"
	"plan: 3 logs %s\n"
	"plan: 4 extra %s\n"
	"limit: file-size 1073741824\n"
	"limit: item-deadline 10\n"
	"include: -\n"
	"exclude: /var/log/journal/**\n"
	"glass: mounts: 3 found\n"
	"glass: proc: own procfs instance\n"
	"sandbox: recorder: capabilities 0000000001000000, user 1999999999, %u system calls, "
		"no_new_privs, limits\n"
	"unenforced: /a\\x0ab is still writable\n"
	"unenforced: sandbox of the recorder: no Landlock (ENOSYS)\n"
	"fallback: statx, Linux 4.11: fstatat\n"
	"fallback: kcmp, Linux 3.5: none\n"
	"compression: zstd 1\n"
	"encryption: none\n"
	"recipient: -\n"
	"seal-bytes: 67108864\n"
	"seal-seconds: 5\n"
	"seal-key: 0102030000000000000000000000000000000000000000000000000000000000\n"
	"seal-key-sha256: %s\n"
	"seal-key-locked: yes\n"
	"hashes: sha256\n";

static void hex_of(char hex[DIGEST_HEX_LEN], const void *p, size_t n)
{
	uint8_t hash[DIGEST_LEN];

	digest_of(p, n, hash);
	digest_hex(hex, hash);
}

START_TEST(test_the_text_is_that_of_the_format)
{
	char plan_hash[DIGEST_HEX_LEN], key_hash[DIGEST_HEX_LEN], want[8192];
	struct buf b, plan_text;

	buf_init(&plan_text, 16u << 20);
	plan_describe(world.plan, &plan_text);
	hex_of(plan_hash, plan_text.p, plan_text.len);
	hex_of(key_hash, public_key, sizeof(public_key));
	snprintf(want, sizeof(want), golden, plan_hash, artifact_category_reason(CATEGORY_FACTS),
		 artifact_category_reason(CATEGORY_LOGIN),
		 artifact_category_reason(CATEGORY_GUEST), artifact_category_reason(CATEGORY_LOGS),
		 artifact_category_reason(CATEGORY_EXTRA),
		 sandbox_filter_calls(SANDBOX_BASE | SANDBOX_RECORD), key_hash);
	buf_init(&b, 1u << 20);
	ck_assert_int_eq(session_text(&world.session, &b), 0);
	ck_assert_str_eq(buf_cstr(&b), want);
	buf_release(&plan_text);
	buf_release(&b);
}
END_TEST

static void expect(const char *name, const char *value)
{
	struct bytes got;
	struct buf b;

	buf_init(&b, 1u << 20);
	ck_assert_int_eq(session_text(&world.session, &b), 0);
	got = session_read_find(b.p, b.len, name);
	ck_assert_msg(got.len == strlen(value) && memcmp(got.p, value, got.len) == 0,
		      "%s: %.*s", name, (int)got.len, (const char *)got.p);
	buf_release(&b);
}

START_TEST(test_of_a_directory_our_own_kernel_says_nothing)
{
	world.session.root = "/mnt/image";
	expect("mode", "directory");
	expect("root", "/mnt/image");
	expect("host", "image01");
	expect("host-kernel", "-");
	expect("host-namespaces", "-");
	expect("host-os", "Debian GNU/Linux 12");
}
END_TEST

START_TEST(test_what_did_not_fit_is_said)
{
	world.glass.notes_len = 0;
	world.sandbox[SANDBOX_RECORDER].entered = 0;
	expect("glass", "-");
	expect("sandbox", "-");
	expect("unenforced", "-");
	world.plan_facts.homes_full = true;
	expect("unenforced", "not all homes fitted: files of some users are taken by the inventory only");
	world.glass.notes_full = true;
	expect("unenforced", "not all notes on mounts fitted here");
}
END_TEST

START_TEST(test_no_facts_at_all_leave_every_name_in_place)
{
	struct facts *empty = facts_new(NULL, NULL);
	unsigned lines = 0, wanted = 0;
	struct buf b;

	world.session.facts = empty;
	world.self.sync_state = -1;
	world.self.fallbacks[0] = '\0';
	expect("fallback", "-");
	expect("host-address", "-");
	expect("host-container", "-");
	expect("time-sync", "-");
	expect("time-maxerror-us", "-");
	expect("time-zone", "-");
	world.self.sync_state = 5;
	expect("time-sync", "not synchronised");
	buf_init(&b, 1u << 20);
	ck_assert_int_eq(session_text(&world.session, &b), 0);
	for (size_t i = 0; i < b.len; i++)
		lines += b.p[i] == '\n';
	for (const char *p = golden; *p != '\0'; p++)
		wanted += *p == '\n';
	/* one line for the addresses in place of three, one for the fallbacks in place of two */
	ck_assert_uint_eq(lines, wanted - 3);
	buf_release(&b);
	facts_free(empty);
}
END_TEST

START_TEST(test_a_linked_zone_goes_before_a_named_one)
{
	struct sink *to = facts_sink(world.facts);
	struct item it = { .path = { "/etc/localtime", 14 }, .type = ITEM_SYMLINK,
			   .depth = DEPTH_META, .link = { "/usr/share/zoneinfo/UTC", 23 } };
	struct item_end end = { .gap = GAP_NONE };

	to->begin(to, &it);
	to->end(to, &end);
	expect("time-zone", "/usr/share/zoneinfo/UTC");
}
END_TEST

START_TEST(test_a_buffer_that_is_too_small_is_an_error)
{
	struct buf b;

	buf_init(&b, 1000);
	ck_assert_int_eq(session_text(&world.session, &b), -1);
	buf_release(&b);
}
END_TEST

START_TEST(test_recipients_are_named)
{
	age_recipient_of(&world.args.recipients[0], (const uint8_t[PRIM_KEY_LEN]){ 9 });
	world.args.recipient_count = 1;
	expect("encryption", "age-v1 X25519");
	expect("recipient", world.args.recipients[0].text);
}
END_TEST

START_TEST(test_compression_and_profile_are_those_in_force)
{
	world.args.compress.kind = COMPRESS_NONE;
	expect("compression", "none");
	world.args.compress = (struct compress_options){ COMPRESS_GZIP, 9, 0 };
	expect("compression", "gzip 9");
	world.args.profile = NULL;
	ck_assert_str_eq(session_profile(&world.args), "triage");
}
END_TEST

Suite *suite_session(void);

Suite *suite_session(void)
{
	Suite *s = suite_create("collector/session");
	TCase *t = tcase_create("session");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, test_the_text_is_that_of_the_format);
	tcase_add_test(t, test_of_a_directory_our_own_kernel_says_nothing);
	tcase_add_test(t, test_what_did_not_fit_is_said);
	tcase_add_test(t, test_no_facts_at_all_leave_every_name_in_place);
	tcase_add_test(t, test_a_linked_zone_goes_before_a_named_one);
	tcase_add_test(t, test_a_buffer_that_is_too_small_is_an_error);
	tcase_add_test(t, test_recipients_are_named);
	tcase_add_test(t, test_compression_and_profile_are_those_in_force);
	suite_add_tcase(s, t);
	return s;
}

#include "collector/acquire/mounts.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

Suite *suite_mounts(void);

static struct bytes path(const char *s)
{
	return (struct bytes){ s, strlen(s) };
}

static struct mounts *parse(const char *text, const char *root)
{
	struct mounts *m = mounts_parse(text, strlen(text), (struct bytes){ NULL, 0 }, root, NULL);

	ck_assert_ptr_nonnull(m);
	return m;
}

static uint64_t id_of(const struct mount *m)
{
	return m == NULL ? 0 : m->id;
}

/* A host: kernel file systems, a disk, NFS, an automount, a name with a space, and
 * what became of /proc being mounted before the root was pivoted. */
static const char host[] =
	"22 27 0:21 / /proc rw - proc proc rw\n"
	"23 27 0:22 / /sys rw - sysfs sysfs rw\n"
	"27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n"
	"this line is nothing\n"
	"28 27 0:40 / /mnt/nfs rw - nfs4 server:/x rw\n"
	"29 27 0:41 / /misc rw - autofs auto rw\n"
	"30 27 8:1 / /srv/with\\040space rw - xfs /dev/sda1 rw\n"
	"31 27 8:1 /logs /var/log rw - xfs /dev/sda1 rw\n"
	"32 23 0:30 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n";

static const struct { const char *path; uint64_t at, of; } lookups[] = {
	{ "/", 27, 27 }, { "/proc", 22, 22 }, { "/proc/1/maps", 0, 22 }, { "/etc/passwd", 0, 27 },
	{ "/mnt", 0, 27 }, { "/mnt/nfs", 28, 28 }, { "/mnt/nfs2", 0, 27 }, { "/mnt/nfs/a", 0, 28 },
	{ "/srv/with space", 30, 30 }, { "/srv/with space/x", 0, 30 }, { "/var/log", 31, 31 },
	{ "/sys/fs/cgroup/cpu", 0, 32 }, { "/sys/fs", 0, 23 },
};

START_TEST(test_a_path_is_on_the_mount_that_holds_it)
{
	struct mounts *m = parse(host, NULL);

	ck_assert_uint_eq(mounts_count(m), 8);
	ck_assert_uint_eq(id_of(mounts_at(m, path(lookups[_i].path))), lookups[_i].at);
	ck_assert_uint_eq(id_of(mounts_of(m, path(lookups[_i].path))), lookups[_i].of);
	mounts_free(m);
}
END_TEST

START_TEST(test_what_is_gone_is_known_and_hides_nothing)
{
	static const char gone[] = "/srv/with space\0/home/u/cloud";
	struct mounts *m = mounts_parse(host, strlen(host), (struct bytes){ gone, sizeof(gone) },
					NULL, NULL);
	size_t from = 0;

	ck_assert_ptr_nonnull(m);
	ck_assert_ptr_nonnull(mounts_gone(m, path("/home/u/cloud")));
	ck_assert_ptr_nonnull(mounts_gone(m, path("/srv/with space")));
	ck_assert_ptr_null(mounts_gone(m, path("/mnt/nfs")));
	ck_assert_ptr_null(mounts_gone(m, path("/home/u/cloud/x")));
	ck_assert_ptr_null(mounts_at(m, path("/home/u/cloud")));
	ck_assert_uint_eq(id_of(mounts_at(m, path("/srv/with space"))), 30);
	ck_assert_uint_eq(id_of(mounts_of(m, path("/home/u/cloud/x"))), 27);
	ck_assert_str_eq(mounts_below(m, path("/home"), &from)->path, "/home/u/cloud");
	mounts_free(m);
}
END_TEST

START_TEST(test_mounts_below_a_path_come_in_order_and_once)
{
	struct mounts *m = parse(host, NULL);
	static const uint64_t all[] = { 28, 29, 22, 30, 23, 32, 31 };	/* by path, without "/" */
	uint64_t seen = 0;
	size_t from = 0;

	for (const struct mount *k; (k = mounts_below(m, path("/"), &from)) != NULL; )
		seen += k->id;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		seen -= all[i];
	ck_assert_uint_eq(seen, 0);
	from = 0;
	ck_assert_uint_eq(id_of(mounts_below(m, path("/sys"), &from)), 32);
	ck_assert_ptr_null(mounts_below(m, path("/sys"), &from));
	ck_assert_ptr_null(mounts_below(m, path("/sys"), &from));
	from = 0;
	ck_assert_ptr_null(mounts_below(m, path("/mnt/nfs"), &from));
	from = 0;
	ck_assert_ptr_null(mounts_below(m, path("/va"), &from));
	ck_assert_uint_eq(id_of(mounts_by_id(m, 31)), 31);
	ck_assert_ptr_null(mounts_by_id(m, 99));
	mounts_free(m);
}
END_TEST

START_TEST(test_which_paths_lead_to_a_mount)
{
	struct mounts *m = parse(host, NULL);
	const struct mount *sys = mounts_by_id(m, 32);
	char below[64], beside[64];

	snprintf(below, sizeof(below), "%s/x", sys->path);
	snprintf(beside, sizeof(beside), "%.*s", (int)sys->path_len - 1, sys->path);
	ck_assert(mounts_lead(m, path("/"), 32));
	ck_assert(mounts_lead(m, path("/sys"), 32));
	ck_assert(mounts_lead(m, path(sys->path), 32));
	ck_assert(!mounts_lead(m, path(below), 32));
	ck_assert(!mounts_lead(m, path(beside), 32));
	ck_assert(!mounts_lead(m, path("/sy"), 32));
	ck_assert(!mounts_lead(m, path("/var"), 32));
	ck_assert(mounts_lead(m, path("/var"), 99));
	mounts_free(m);
}
END_TEST

START_TEST(test_what_is_behind_a_mount_is_out_of_reach_with_it)
{
	struct mounts *m = parse("1 0 8:1 / / rw - ext4 /dev/a rw\n"
				 "2 1 8:2 / /srv rw - ext4 /dev/b rw\n"
				 "3 2 8:3 / /srv/in rw - ext4 /dev/c rw\n", NULL);

	ck_assert(mounts_behind(m, path("/srv/in"), 2) && mounts_behind(m, path("/srv/x"), 2));
	ck_assert(!mounts_behind(m, path("/srv"), 2) && !mounts_behind(m, path("/srvx/y"), 2));
	ck_assert(!mounts_behind(m, path("/home/y"), 2) && !mounts_behind(m, path("/srv/in"), 99));
	/* the root directory is walked entry by entry */
	ck_assert(!mounts_behind(m, path("/"), 1) && !mounts_behind(m, path("/srv"), 1));
	ck_assert(mounts_behind(m, path("/mnt/data"), 1));
	mounts_free(m);
}
END_TEST

static const struct { const char *word; enum mount_kind kind; } kinds[] = {
	{ "ext4", MOUNT_LOCAL }, { "tmpfs", MOUNT_LOCAL }, { "overlay", MOUNT_LOCAL },
	{ "btrfs", MOUNT_LOCAL }, { "devtmpfs", MOUNT_LOCAL }, { "zfs", MOUNT_LOCAL },
	{ "proc", MOUNT_KERNEL }, { "sysfs", MOUNT_KERNEL }, { "cgroup2", MOUNT_KERNEL },
	{ "tracefs", MOUNT_KERNEL }, { "nsfs", MOUNT_KERNEL }, { "efivarfs", MOUNT_KERNEL },
	{ "nfs", MOUNT_REMOTE }, { "nfs4", MOUNT_REMOTE }, { "cifs", MOUNT_REMOTE },
	{ "smb3", MOUNT_REMOTE }, { "fuse", MOUNT_REMOTE }, { "fuse.sshfs", MOUNT_REMOTE },
	{ "fuseblk", MOUNT_REMOTE }, { "autofs", MOUNT_REMOTE }, { "9p", MOUNT_REMOTE },
	{ "virtiofs", MOUNT_REMOTE }, { "ceph", MOUNT_REMOTE }, { "afs", MOUNT_REMOTE },
	{ "lustre", MOUNT_REMOTE }, { "glusterfs", MOUNT_REMOTE }, { "fuse.glusterfs", MOUNT_REMOTE },
	{ "never-heard-of", MOUNT_OTHER }, { "", MOUNT_OTHER },
};

START_TEST(test_the_type_tells_the_kind)
{
	ck_assert_int_eq(mounts_kind(kinds[_i].word), kinds[_i].kind);
}
END_TEST

/* What lies over what; the id of the mount that is covered must not be found. */
static const struct { const char *text; const char *path; uint64_t at; uint64_t covered; } covers[] = {
	/* one on the root of another */
	{ "1 0 8:1 / / rw - ext4 a rw\n2 1 8:2 / /mnt rw - ext4 b rw\n3 2 8:3 / /mnt rw - ext4 c rw\n",
	  "/mnt", 3, 2 },
	/* a later mount over a directory on the way */
	{ "1 0 8:1 / / rw - ext4 a rw\n2 1 8:2 / /a/b rw - ext4 b rw\n3 1 8:3 / /a rw - ext4 c rw\n",
	  "/a/b", 0, 2 },
	/* what is mounted on a covered one goes with it */
	{ "1 0 8:1 / / rw - ext4 a rw\n2 1 8:2 / /a/b rw - ext4 b rw\n4 2 8:4 / /a/b/c rw - ext4 d rw\n"
	  "3 1 8:3 / /a rw - ext4 c rw\n", "/a/b/c", 0, 4 },
	/* the root of the first days below the root of today */
	{ "1 1 0:1 / / rw - rootfs r rw\n2 1 8:2 / / rw - ext4 b rw\n", "/", 2, 1 },
	/* a mount within the mount above it is not covered by that */
	{ "1 0 8:1 / / rw - ext4 a rw\n2 1 8:2 / /a rw - ext4 b rw\n3 2 8:3 / /a/b rw - ext4 c rw\n",
	  "/a/b", 3, 0 },
};

START_TEST(test_what_is_mounted_over_cannot_be_reached)
{
	struct mounts *m = parse(covers[_i].text, NULL);

	ck_assert_uint_eq(id_of(mounts_at(m, path(covers[_i].path))), covers[_i].at);
	for (size_t i = 0; i < mounts_count(m); i++)
		ck_assert_int_eq(mounts_get(m, i)->covered, mounts_get(m, i)->id == covers[_i].covered ||
				 (_i == 2 && mounts_get(m, i)->id == 2));
	mounts_free(m);
}
END_TEST

#define ROOT "1 0 8:1 / / rw - ext4 a rw\n"

static const struct { const char *text; uint64_t duplicate; } twice[] = {
	/* a directory of the root shown again */
	{ ROOT "2 1 8:1 /srv /mnt rw - ext4 a rw\n", 2 },
	/* the whole disk again: the shorter path counts */
	{ ROOT "2 1 8:2 / /data/deep rw - ext4 b rw\n3 1 8:2 / /data2 rw - ext4 b rw\n", 2 },
	/* a part that nothing else shows */
	{ ROOT "2 1 8:2 /part /mnt rw - ext4 b rw\n", 0 },
	/* a part and the whole: the whole shows it */
	{ ROOT "2 1 8:2 /part /a rw - ext4 b rw\n3 1 8:2 / /long/path rw - ext4 b rw\n", 2 },
	/* what the root would show is hidden there under another mount */
	{ ROOT "2 1 8:1 /srv /mnt rw - ext4 a rw\n3 1 0:9 / /srv rw - tmpfs t rw\n", 0 },
	/* names alike are not below each other */
	{ ROOT "2 1 8:2 /part /a rw - ext4 b rw\n3 1 8:2 /part2 /c rw - ext4 b rw\n", 0 },
	/* the other one is never walked */
	{ ROOT "2 1 0:9 / /a rw - fuse.x f rw\n3 1 0:9 / /bb rw - fuse.x f rw\n", 0 },
};

START_TEST(test_a_tree_shown_twice_is_walked_once)
{
	struct mounts *m = parse(twice[_i].text, NULL);

	for (size_t i = 0; i < mounts_count(m); i++)
		ck_assert_msg(mounts_get(m, i)->duplicate == (mounts_get(m, i)->id == twice[_i].duplicate),
			      "mount %d", (int)mounts_get(m, i)->id);
	mounts_free(m);
}
END_TEST

START_TEST(test_a_root_prefix_moves_the_table)
{
	struct mounts *m = parse(host, "/srv/with space");

	ck_assert_uint_eq(mounts_count(m), 1);
	ck_assert_uint_eq(id_of(mounts_at(m, path("/"))), 30);
	ck_assert_uint_eq(id_of(mounts_of(m, path("/any/thing"))), 30);
	mounts_free(m);

	m = parse(host, "/var/");
	ck_assert_uint_eq(mounts_count(m), 2);
	ck_assert_uint_eq(id_of(mounts_at(m, path("/"))), 27);
	ck_assert_str_eq(mounts_at(m, path("/"))->root, "/var");
	ck_assert_uint_eq(id_of(mounts_at(m, path("/log"))), 31);
	mounts_free(m);

	m = parse(host, "/");
	ck_assert_uint_eq(mounts_count(m), 8);
	mounts_free(m);
}
END_TEST

/* What a container on that host may show: its own, and things of the host under the same
 * path, under another one, and under the same path but of another directory. */
static const char container[] =
	"50 1 0:50 / / rw - overlay overlay rw\n"
	"51 50 8:1 /logs /var/log rw - xfs /dev/sda1 rw\n"
	"52 50 254:0 /etc/hosts /etc/hosts rw - ext4 /dev/vda rw\n"
	"53 50 254:0 /var/lib/x/hostname /etc/hostname rw - ext4 /dev/vda rw\n"
	"54 50 254:0 /home /mnt/home rw - ext4 /dev/vda rw\n"
	"55 50 8:1 / /srv/with\\040space rw - xfs /dev/sda1 rw\n"
	"56 50 0:21 / /proc rw - proc proc rw\n"
	"57 50 254:1 /etc/passwd /etc/passwd rw - ext4 /dev/vdb rw\n"
	"58 50 8:1 /logs2 /var/log2 rw - xfs /dev/sda1 rw\n"
	"59 50 8:1 /logs/a /var/log/a rw - xfs /dev/sda1 rw\n";

static const struct { uint64_t id; bool of_host; } shared[] = {
	{ 50, false }, { 51, true }, { 52, true }, { 53, false }, { 54, false }, { 55, true },
	{ 56, false }, { 57, false }, { 58, false }, { 59, true },
};

START_TEST(test_what_a_container_shows_of_the_host_at_the_same_path_is_the_host_s)
{
	struct mounts *on_host = parse(host, NULL), *inside = parse(container, NULL);

	mounts_mark_host(inside, on_host);
	ck_assert_int_eq(mounts_by_id(inside, shared[_i].id)->of_host, shared[_i].of_host);
	mounts_free(inside);
	mounts_free(on_host);
}
END_TEST

/* A namespace with the host's root: what of it can the host reach somewhere? */
static const char view[] =
	"60 1 254:0 / / rw - ext4 /dev/vda rw\n"
	"61 60 8:1 /logs /var/log rw - xfs /dev/sda1 rw\n"
	"62 60 254:0 /tmp/private-1/tmp /tmp rw - ext4 /dev/vda rw\n"
	"63 60 0:77 / /var/tmp rw - tmpfs tmpfs rw\n"
	"64 60 254:1 / /data rw - ext4 /dev/vdb rw\n"
	"65 60 254:0 /mnt/nfs/under /under rw - ext4 /dev/vda rw\n"
	"66 60 8:1 /other /other rw - xfs /dev/sda1 rw\n";

static const struct { uint64_t id; bool passed; } passed[] = {
	{ 60, true }, { 61, true }, { 62, true }, { 63, false }, { 64, false },
	{ 65, false },	/* under the host's NFS */
	{ 66, true },
};

START_TEST(test_what_the_host_can_reach_under_any_path_is_passed_in_a_view)
{
	struct mounts *on_host = parse(host, NULL), *inside = parse(view, NULL);

	mounts_mark_view(inside, on_host);
	ck_assert_int_eq(mounts_by_id(inside, passed[_i].id)->passed, passed[_i].passed);
	mounts_free(inside);
	mounts_free(on_host);
}
END_TEST

START_TEST(test_nothing_is_a_table_too)
{
	struct mounts *m = mounts_parse(NULL, 0, (struct bytes){ NULL, 0 }, NULL, NULL);
	size_t from = 0;

	ck_assert_ptr_nonnull(m);
	ck_assert_ptr_null(mounts_at(m, path("/")));
	ck_assert_ptr_null(mounts_of(m, path("/x")));
	ck_assert_ptr_null(mounts_below(m, path("/"), &from));
	mounts_free(m);
	mounts_free(NULL);
}
END_TEST

/* The same file system bound ten thousand times must not take minutes. */
START_TEST(test_ten_thousand_mounts_are_parsed_at_once)
{
	static char text[1 << 20];
	size_t n = (size_t)snprintf(text, sizeof(text), ROOT);
	struct mounts *m;

	for (int i = 0; i < 10000; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
				      "%d 1 8:2 /v/%d /pods/%d/data rw - ext4 b rw\n", i + 2, i % 50, i);
	m = mounts_parse(text, n, (struct bytes){ NULL, 0 }, NULL, NULL);
	ck_assert_uint_eq(mounts_count(m), 10001);
	ck_assert_uint_eq(id_of(mounts_of(m, path("/pods/77/data/x"))), 79);
	mounts_free(m);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof((table)[0]))

Suite *suite_mounts(void)
{
	Suite *s = suite_create("collector/acquire/mounts");
	TCase *t = tcase_create("mounts");

	tcase_add_loop_test(t, test_a_path_is_on_the_mount_that_holds_it, 0, COUNT(lookups));
	tcase_add_test(t, test_which_paths_lead_to_a_mount);
	tcase_add_test(t, test_what_is_behind_a_mount_is_out_of_reach_with_it);
	tcase_add_test(t, test_what_is_gone_is_known_and_hides_nothing);
	tcase_add_test(t, test_mounts_below_a_path_come_in_order_and_once);
	tcase_add_loop_test(t, test_the_type_tells_the_kind, 0, COUNT(kinds));
	tcase_add_loop_test(t, test_what_is_mounted_over_cannot_be_reached, 0, COUNT(covers));
	tcase_add_loop_test(t, test_a_tree_shown_twice_is_walked_once, 0, COUNT(twice));
	tcase_add_test(t, test_a_root_prefix_moves_the_table);
	tcase_add_loop_test(t, test_what_a_container_shows_of_the_host_at_the_same_path_is_the_host_s,
			    0, sizeof(shared) / sizeof(shared[0]));
	tcase_add_loop_test(t, test_what_the_host_can_reach_under_any_path_is_passed_in_a_view, 0,
			    sizeof(passed) / sizeof(passed[0]));
	tcase_add_test(t, test_nothing_is_a_table_too);
	tcase_add_test(t, test_ten_thousand_mounts_are_parsed_at_once);
	suite_add_tcase(s, t);
	return s;
}

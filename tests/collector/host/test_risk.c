#include "collector/host/risk.h"

#include <check.h>

#define MOUNTS_MAX 5

/* A table of mounts and what becomes of each; ids are the positions plus one. */
static const struct {
	const char *root;
	struct { uint64_t parent; const char *path, *fstype; enum risk want; } m[MOUNTS_MAX];
} tables[] = {
	/* local ones stay, remote ones go */
	{ NULL, { { 0, "/", "ext4", RISK_STAY }, { 1, "/proc", "proc", RISK_STAY },
		  { 1, "/home/u/x", "fuse.sshfs", RISK_DETACH }, { 1, "/mnt", "nfs4", RISK_DETACH } } },
	/* an automounter and what it mounted over itself: both, from the top */
	{ NULL, { { 0, "/", "ext4", RISK_STAY }, { 1, "/net", "autofs", RISK_DETACH },
		  { 2, "/net", "nfs", RISK_DETACH } } },
	/* a local file system over an automounter hides it */
	{ NULL, { { 0, "/", "ext4", RISK_STAY }, { 1, "/b", "autofs", RISK_COVERED },
		  { 2, "/b", "binfmt_misc", RISK_STAY } } },
	/* a local one under the remote one shows again */
	{ NULL, { { 0, "/", "ext4", RISK_STAY }, { 1, "/b", "ext4", RISK_STAY },
		  { 2, "/b", "fuse", RISK_DETACH } } },
	/* nothing is looked up through a remote mount */
	{ NULL, { { 0, "/", "ext4", RISK_STAY }, { 1, "/n", "nfs", RISK_DETACH },
		  { 2, "/n/a", "nfs", RISK_BELOW }, { 3, "/n/a/b", "ext4", RISK_BELOW },
		  { 1, "/na", "nfs", RISK_DETACH } } },
	/* a local mount over a directory on the way hides the remote one */
	{ NULL, { { 0, "/", "ext4", RISK_STAY }, { 1, "/a/n", "nfs", RISK_COVERED },
		  { 1, "/a", "tmpfs", RISK_STAY } } },
	/* a moved parent, listed after its child, does not */
	{ NULL, { { 0, "/", "ext4", RISK_STAY }, { 3, "/a/n", "nfs", RISK_DETACH },
		  { 1, "/a", "tmpfs", RISK_STAY } } },
	/* a host whose root is remote: it must stay, what is on it is judged for itself */
	{ NULL, { { 0, "/", "nfs", RISK_NEEDED }, { 1, "/home", "ext4", RISK_STAY },
		  { 1, "/x", "nfs", RISK_DETACH } } },
	/* --root on FUSE, and a remote mount inside it */
	{ "/img/fs/root", { { 0, "/", "ext4", RISK_STAY }, { 1, "/img", "fuse.ewf", RISK_NEEDED },
			    { 2, "/img/fs", "fuseblk", RISK_NEEDED },
			    { 3, "/img/fs/root/net", "nfs", RISK_DETACH },
			    { 2, "/img/other", "fuse", RISK_DETACH } } },
	{ "/image", { { 0, "/", "ext4", RISK_STAY }, { 1, "/img", "fuse", RISK_DETACH } } },
};

START_TEST(test_each_mount_stays_or_goes)
{
	struct mountinfo m[MOUNTS_MAX] = { 0 };
	enum risk got[MOUNTS_MAX];
	size_t n = 0;

	for (; n < MOUNTS_MAX && tables[_i].m[n].path != NULL; n++) {
		m[n].id = n + 1;
		m[n].parent = tables[_i].m[n].parent;
		m[n].path = tables[_i].m[n].path;
		m[n].fstype = tables[_i].m[n].fstype;
	}
	risk_decide(m, n, tables[_i].root, got);
	for (size_t i = 0; i < n; i++)
		ck_assert_msg(got[i] == tables[_i].m[i].want, "%s %s: %d", m[i].path, m[i].fstype,
			      got[i]);
}
END_TEST

START_TEST(test_only_what_lies_under_a_later_mount_is_covered)
{
	const struct mountinfo m[] = {
		{ .id = 1, .path = "/" },	       { .id = 2, .parent = 1, .path = "/proc" },
		{ .id = 3, .parent = 2, .path = "/proc/sys" }, { .id = 4, .parent = 1, .path = "/p" },
		{ .id = 5, .parent = 2, .path = "/proc" },
	};
	static const bool want[] = { false, true, true, false, false };

	for (size_t i = 0; i < 5; i++)
		ck_assert_int_eq(risk_covered(m, 5, i), want[i]);
}
END_TEST

Suite *suite_risk(void);

Suite *suite_risk(void)
{
	Suite *s = suite_create("collector/host/risk");
	TCase *t = tcase_create("risk");

	tcase_add_loop_test(t, test_each_mount_stays_or_goes, 0,
			    (int)(sizeof(tables) / sizeof(tables[0])));
	tcase_add_test(t, test_only_what_lies_under_a_later_mount_is_covered);
	suite_add_tcase(s, t);
	return s;
}

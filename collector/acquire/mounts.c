#include "collector/acquire/mounts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mountinfo.h"

#define CANDIDATES_MAX 8u	/* mounts of one tree that are asked whether they show it */

static const char *const kernel_types[] = {
	"proc", "sysfs", "cgroup", "cgroup2", "cpuset", "securityfs", "debugfs", "tracefs",
	"pstore", "bpf", "configfs", "efivarfs", "selinuxfs", "smackfs", "fusectl",
	"binfmt_misc", "mqueue", "nsfs", "rpc_pipefs", "nfsd", "resctrl", "hugetlbfs",
	"functionfs", "binder", "xenfs", "spufs", "openpromfs", "usbfs", "dlmfs", "ocfs2_dlmfs",
};

static const char *const local_types[] = {
	"ext2", "ext3", "ext4", "ext4dev", "xfs", "btrfs", "tmpfs", "ramfs", "rootfs", "devtmpfs",
	"devpts", "overlay", "overlayfs", "aufs", "unionfs", "squashfs", "iso9660", "udf", "vfat",
	"msdos", "exfat", "ntfs", "ntfs3", "hfs", "hfsplus", "apfs", "jfs", "reiserfs", "reiser4",
	"nilfs2", "f2fs", "zfs", "bcachefs", "erofs", "cramfs", "romfs", "minix", "sysv", "ufs",
	"jffs2", "ubifs", "yaffs2", "ecryptfs", "shiftfs", "vxfs", "zonefs", "befs", "affs", "efs",
	"hpfs", "qnx4", "qnx6", "omfs", "bfs",
};

struct mounts {
	char *text;
	struct mount *list;		/* in the order of the text */
	uint64_t *parent;		/* of each */
	char *holder_root;		/* root of the mount that became "/" */
	uint32_t *by_path, *by_id, *by_root;
	size_t count;
};

static bool listed(const char *const *words, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i], word) == 0)
			return true;
	return false;
}

enum mount_kind mounts_kind(const char *fstype)
{
	if (listed(kernel_types, sizeof(kernel_types) / sizeof(kernel_types[0]), fstype))
		return MOUNT_KERNEL;
	if (mountinfo_is_remote(fstype))
		return MOUNT_REMOTE;
	if (listed(local_types, sizeof(local_types) / sizeof(local_types[0]), fstype))
		return MOUNT_LOCAL;
	return MOUNT_OTHER;
}

/* ===== three orders of the list ===== */

static int compare_bytes(const void *a, size_t an, const void *b, size_t bn)
{
	int c = memcmp(a, b, an < bn ? an : bn);

	return c != 0 ? c : (an > bn) - (an < bn);
}

static int compare_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_path(const void *a, const void *b, void *list)
{
	const struct mount *x = (const struct mount *)list + *(const uint32_t *)a;
	const struct mount *y = (const struct mount *)list + *(const uint32_t *)b;

	return compare_bytes(x->path, x->path_len, y->path, y->path_len);
}

static int compare_id(const void *a, const void *b, void *list)
{
	const struct mount *x = (const struct mount *)list + *(const uint32_t *)a;
	const struct mount *y = (const struct mount *)list + *(const uint32_t *)b;

	return compare_u64(x->id, y->id);
}

static uint64_t device_of(const struct mount *m)
{
	return (uint64_t)m->dev_major << 32 | m->dev_minor;
}

/* By device, then the directory shown; the one with the shortest path comes first. */
static int compare_root(const void *a, const void *b, void *list)
{
	const struct mount *x = (const struct mount *)list + *(const uint32_t *)a;
	const struct mount *y = (const struct mount *)list + *(const uint32_t *)b;
	int c = compare_u64(device_of(x), device_of(y));

	if (c == 0)
		c = strcmp(x->root, y->root);
	if (c == 0)
		c = compare_u64(x->path_len, y->path_len);
	return c != 0 ? c : compare_bytes(x->path, x->path_len, y->path, y->path_len);
}

static void sort(struct mounts *m, uint32_t *order,
		 int (*compare)(const void *, const void *, void *))
{
	for (size_t i = 0; i < m->count; i++)
		order[i] = (uint32_t)i;
	qsort_r(order, m->count, sizeof(*order), compare, m->list);
}

/* First place in by_path that is not before path (followed by a slash if asked). */
static size_t lower_path(const struct mounts *m, struct bytes path, bool slash)
{
	size_t low = 0, high = m->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct mount *k = &m->list[m->by_path[mid]];
		size_t common = k->path_len < path.len ? k->path_len : path.len;
		int c = memcmp(k->path, path.p, common);

		if (c == 0 && k->path_len <= path.len)
			c = k->path_len < path.len || slash ? -1 : 0;
		else if (c == 0 && slash)
			c = (unsigned char)k->path[path.len] < '/' ? -1 : 1;
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static const struct mount *at_place(const struct mounts *m, size_t i, struct bytes path)
{
	const struct mount *k = i < m->count ? &m->list[m->by_path[i]] : NULL;

	if (k == NULL || compare_bytes(k->path, k->path_len, path.p, path.len) != 0)
		return NULL;
	return k;
}

static const struct mount *find_at(const struct mounts *m, struct bytes path, bool gone)
{
	const struct mount *k;

	for (size_t i = lower_path(m, path, false); (k = at_place(m, i, path)) != NULL; i++)
		if (!k->covered && k->gone == gone)
			return k;
	return NULL;
}

const struct mount *mounts_at(const struct mounts *m, struct bytes path)
{
	return find_at(m, path, false);
}

const struct mount *mounts_gone(const struct mounts *m, struct bytes path)
{
	return find_at(m, path, true);
}

/* The directory above; "/" is above everything, and nothing above it. */
static struct bytes parent_of(struct bytes path)
{
	const char *p = path.p;
	size_t n = path.len;

	while (n > 0 && p[n - 1] != '/')
		n--;
	return (struct bytes){ p, n > 1 ? n - 1 : path.len > 1 ? n : 0 };
}

const struct mount *mounts_of(const struct mounts *m, struct bytes path)
{
	for (; path.len > 0; path = parent_of(path)) {
		const struct mount *k = mounts_at(m, path);

		if (k != NULL)
			return k;
	}
	return NULL;
}

static size_t find_id(const struct mounts *m, uint64_t id)
{
	size_t low = 0, high = m->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (m->list[m->by_id[mid]].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low < m->count && m->list[m->by_id[low]].id == id ? m->by_id[low] : SIZE_MAX;
}

const struct mount *mounts_by_id(const struct mounts *m, uint64_t id)
{
	size_t i = find_id(m, id);

	return i == SIZE_MAX ? NULL : &m->list[i];
}

bool mounts_lead(const struct mounts *m, struct bytes path, uint64_t id)
{
	const struct mount *to = mounts_by_id(m, id);
	size_t n = path.len == 1 ? 0 : path.len;	/* "/": its slash is the next */

	if (to == NULL || path.len == 1)
		return true;
	return to->path_len >= n && memcmp(to->path, path.p, n) == 0 &&
	       (to->path_len == n || to->path[n] == '/');
}

bool mounts_behind(const struct mounts *m, struct bytes path, uint64_t id)
{
	const struct mount *at = mounts_by_id(m, id);
	const char *p = path.p;

	if (at == NULL || path.len <= at->path_len)
		return false;
	if (at->path_len == 1)
		return memchr(p + 1, '/', path.len - 1) != NULL;
	return memcmp(p, at->path, at->path_len) == 0 && p[at->path_len] == '/';
}

const struct mount *mounts_below(const struct mounts *m, struct bytes path, size_t *from)
{
	if (path.len == 1)		/* "/": everything but itself begins with a slash */
		path.len = 0;
	if (*from == 0)
		*from = lower_path(m, path, true);
	while (*from < m->count) {
		const struct mount *k = &m->list[m->by_path[(*from)++]];

		if (k->path_len <= path.len || memcmp(k->path, path.p, path.len) != 0 ||
		    k->path[path.len] != '/')
			break;
		if (!k->covered && k->path_len > 1)
			return k;
	}
	*from = m->count;
	return NULL;
}

/* ===== what can be reached, and what is shown twice ===== */

/* Is there a mount on the same parent over a directory on the way to this one? */
static bool hidden_by_sibling(const struct mounts *m, size_t i)
{
	struct bytes path = { m->list[i].path, m->list[i].path_len };
	const struct mount *k;

	while ((path = parent_of(path)).len > 0) {
		size_t at = lower_path(m, path, false);

		for (; (k = at_place(m, at, path)) != NULL; at++)
			if (m->parent[k - m->list] == m->parent[i] && k->id != m->parent[i] &&
			    k->id != m->list[i].id)
				return true;
	}
	return false;
}

/* Mark what lies below mounts that lie over it.  A mount is hidden with its parent. */
static void mark_covered(struct mounts *m)
{
	bool changed = true;

	for (size_t i = 0; i < m->count; i++)
		m->list[i].covered = hidden_by_sibling(m, i);
	while (changed) {
		changed = false;
		for (size_t i = 0; i < m->count; i++) {
			size_t p = find_id(m, m->parent[i]);

			if (p == SIZE_MAX || p == i || !m->list[p].covered || m->list[i].covered)
				continue;
			m->list[i].covered = changed = true;
		}
	}
	/* Only now those with a mount on their own root, which hides no sibling of it. */
	for (size_t i = 0; i < m->count; i++) {
		size_t p = find_id(m, m->parent[i]);

		if (p != SIZE_MAX && p != i && m->list[p].path_len == m->list[i].path_len &&
		    memcmp(m->list[p].path, m->list[i].path, m->list[i].path_len) == 0)
			m->list[p].covered = true;
	}
}

/* Does mount k, walked, show the directory root of its file system to us? */
static bool shows(const struct mounts *m, const struct mount *k, const char *root)
{
	size_t skip = strlen(k->root), len;
	const struct mount *holder;
	char *path;

	if (k->covered || k->kind != MOUNT_LOCAL)
		return false;
	skip = k->root[skip - 1] == '/' ? skip - 1 : skip;
	len = strlen(root + skip);
	path = malloc(k->path_len + len + 1);
	if (path == NULL)
		return false;
	memcpy(path, k->path, k->path_len);
	memcpy(path + k->path_len, root + skip, len);
	len += k->path_len;
	if (k->path_len == 1 && len > 1)	/* "/" and "/var" */
		memmove(path, path + 1, --len);
	while (len > 1 && path[len - 1] == '/')
		len--;
	holder = mounts_of(m, (struct bytes){ path, len });
	free(path);
	return holder == k;
}

/* First place in by_root of this device and directory. */
static size_t lower_root(const struct mounts *m, uint64_t device, const char *root, size_t len)
{
	size_t low = 0, high = m->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct mount *k = &m->list[m->by_root[mid]];
		int c = compare_u64(device_of(k), device);

		if (c == 0)
			c = compare_bytes(k->root, strlen(k->root), root, len);
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool shown_elsewhere(const struct mounts *m, const struct mount *me)
{
	struct bytes root = { me->root, strlen(me->root) };

	for (; root.len > 0; root = parent_of(root)) {
		size_t at = lower_root(m, device_of(me), root.p, root.len);

		for (size_t n = 0; at + n < m->count && n < CANDIDATES_MAX; n++) {
			const struct mount *k = &m->list[m->by_root[at + n]];

			if (k == me || device_of(k) != device_of(me) ||
			    compare_bytes(k->root, strlen(k->root), root.p, root.len) != 0)
				break;
			if (shows(m, k, me->root))
				return true;
		}
	}
	return false;
}

/* ===== parsing ===== */

/* The mount that holds the first cut bytes of prefix, made to look mounted there. */
static void make_holder_root(struct mounts *m, struct mount *k, const char *prefix, size_t cut)
{
	size_t skip = k->path_len == 1 ? 0 : k->path_len;
	size_t root = strcmp(k->root, "/") == 0 ? 0 : strlen(k->root);
	char *longer = malloc(root + cut - skip + 1);

	k->path = "/";
	if (longer == NULL)
		return;
	memcpy(longer, k->root, root);
	memcpy(longer + root, prefix + skip, cut - skip);
	longer[root + cut - skip] = '\0';
	m->holder_root = longer;
	k->root = longer;
}

/* What lies at or below prefix moves up; what holds it becomes "/". */
static void move_root(struct mounts *m, const char *prefix)
{
	size_t cut = strlen(prefix), n = 0;
	const struct mount *holder;

	while (cut > 0 && prefix[cut - 1] == '/')
		cut--;
	if (cut == 0)
		return;
	holder = mounts_of(m, (struct bytes){ prefix, cut });
	for (size_t i = 0; i < m->count; i++) {
		struct mount *k = &m->list[i];

		if (k == holder && k->path_len < cut)
			make_holder_root(m, k, prefix, cut);
		else if (mountinfo_below(k->path, prefix) && !k->covered)
			k->path = k->path[cut] == '\0' ? "/" : k->path + cut;
		else
			continue;
		k->path_len = strlen(k->path);
		m->list[n++] = *k;
	}
	m->count = n;
}

static void parse_lines(struct mounts *m)
{
	struct mountinfo line;
	char *text = m->text;
	int r;

	while ((r = mountinfo_next(&text, &line)) != 0) {
		if (r < 0)
			continue;
		m->parent[m->count] = line.parent;
		m->list[m->count++] = (struct mount){
			.path = line.path, .path_len = strlen(line.path), .fstype = line.fstype,
			.root = line.root, .dev_major = line.dev_major, .dev_minor = line.dev_minor,
			.id = line.id, .kind = mounts_kind(line.fstype),
		};
	}
}

/* What is gone follows the table's text in ours.  Each has an id and a parent of its
 * own, so that it neither hides nor shows anything. */
static void add_gone(struct mounts *m, const char *p, const char *end)
{
	for (; p < end; p += strlen(p) + 1) {
		uint64_t id = UINT64_MAX - m->count;

		m->parent[m->count] = id;
		m->list[m->count++] = (struct mount){
			.path = p, .path_len = strlen(p), .fstype = "", .root = "/",
			.id = id, .kind = MOUNT_REMOTE, .gone = true,
		};
	}
}

static int allocate(struct mounts *m, const char *text, size_t n, struct bytes gone)
{
	size_t lines = 1;

	m->text = malloc(n + gone.len + 2);
	if (m->text == NULL)
		return -1;
	if (n > 0)
		memcpy(m->text, text, n);
	m->text[n] = '\0';
	if (gone.len > 0)
		memcpy(m->text + n + 1, gone.p, gone.len);
	m->text[n + 1 + gone.len] = '\0';
	for (size_t i = 0; i < n; i++)
		lines += text[i] == '\n';
	for (size_t i = 0; i < gone.len; i++)
		lines += m->text[n + 1 + i] == '\0';
	m->list = calloc(lines, sizeof(*m->list));
	m->parent = calloc(lines, sizeof(*m->parent));
	m->by_path = calloc(lines, sizeof(*m->by_path));
	m->by_id = calloc(lines, sizeof(*m->by_id));
	m->by_root = calloc(lines, sizeof(*m->by_root));
	return m->list == NULL || m->parent == NULL || m->by_path == NULL || m->by_id == NULL ||
	       m->by_root == NULL ? -1 : 0;
}

struct mounts *mounts_parse(const char *text, size_t n, struct bytes gone, const char *root_prefix,
			    struct err *e)
{
	struct mounts *m = calloc(1, sizeof(*m));

	if (m == NULL || allocate(m, text, n, gone) != 0) {
		mounts_free(m);
		err_set(e, ENOMEM, "reading the table of mounts");
		return NULL;
	}
	parse_lines(m);
	add_gone(m, m->text + n + 1, m->text + n + 1 + gone.len);
	sort(m, m->by_path, compare_path);
	sort(m, m->by_id, compare_id);
	mark_covered(m);
	if (root_prefix != NULL) {
		move_root(m, root_prefix);
		sort(m, m->by_path, compare_path);
		sort(m, m->by_id, compare_id);
	}
	sort(m, m->by_root, compare_root);
	for (size_t i = 0; i < m->count; i++)
		m->list[i].duplicate = !m->list[i].covered && shown_elsewhere(m, &m->list[i]);
	return m;
}

void mounts_free(struct mounts *m)
{
	if (m == NULL)
		return;
	free(m->text);
	free(m->list);
	free(m->parent);
	free(m->holder_root);
	free(m->by_path);
	free(m->by_id);
	free(m->by_root);
	free(m);
}

/* Does the host's mount show, at this path, the directory that k shows there? */
static bool same_tree(const struct mount *host, const struct mount *k)
{
	size_t root = strcmp(host->root, "/") == 0 ? 0 : strlen(host->root);
	const char *below = k->path + (host->path_len == 1 ? 0 : host->path_len);
	const char *shown = k->root + root;

	if (host->dev_major != k->dev_major || host->dev_minor != k->dev_minor ||
	    strncmp(k->root, host->root, root) != 0)
		return false;
	below += strcmp(below, "/") == 0;
	shown += strcmp(shown, "/") == 0;
	return strcmp(below, shown) == 0;
}

void mounts_mark_host(struct mounts *m, const struct mounts *host)
{
	for (size_t i = 0; i < m->count; i++) {
		struct mount *k = &m->list[i];
		const struct mount *h = mounts_of(host, (struct bytes){ k->path, k->path_len });

		k->of_host = h != NULL && !k->gone && k->kind == MOUNT_LOCAL && same_tree(h, k);
	}
}

void mounts_mark_view(struct mounts *m, const struct mounts *host)
{
	for (size_t i = 0; i < m->count; i++) {
		struct mount *k = &m->list[i];

		k->passed = !k->gone && k->kind == MOUNT_LOCAL && shown_elsewhere(host, k);
	}
}

size_t mounts_count(const struct mounts *m)
{
	return m->count;
}

const struct mount *mounts_get(const struct mounts *m, size_t i)
{
	return &m->list[i];
}

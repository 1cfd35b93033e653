#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "collector/acquire/keyfile.h"
#include "collector/acquire/meta.h"
#include "collector/select/plan.h"
#include "collector/volatile/raw_view.h"
#include "lib/base/err.h"
#include "lib/base/text.h"

#define LINE_MAX_BYTES (1u << 19)	/* a path of 4 KiB escaped has some 50,000 */
#define ORPHANS_MAX 1000u

static const struct {
	uint8_t type;
	const char *word;
} types[] = {
	{ DT_REG, "file" }, { DT_DIR, "directory" }, { DT_LNK, "symlink" }, { DT_FIFO, "fifo" },
	{ DT_SOCK, "socket" }, { DT_CHR, "chardev" }, { DT_BLK, "blockdev" },
};

static const char *type_word(uint8_t type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].type == type)
			return types[i].word;
	return "unknown";
}

static int give_line(struct raw_view *v, struct buf *b)
{
	int end = 0;

	buf_puts(b, "}\n");
	if (!b->failed)
		end = answer_add(v->lines, b->p, b->len);
	else
		answer_fail(v->lines, GAP_INTERNAL, ENOMEM, NULL);
	buf_release(b);
	v->broken = v->broken || end < 0;
	return end;
}

static void begin_line(struct buf *b, const char *view)
{
	buf_init(b, LINE_MAX_BYTES);
	buf_printf(b, "{\"view\":\"%s\"", view);
}

/* The absolute path of the entry; of the directory itself without a name. */
static void put_path(struct buf *b, const struct raw_spot *s, struct bytes name)
{
	struct buf path;

	buf_init(&path, ITEM_PATH_MAX);
	buf_add(&path, s->path.p, s->path.len);
	if (name.len > 0 || s->path.len == 0)
		buf_putc(&path, '/');
	buf_add(&path, name.p, name.len);
	buf_puts(b, ",\"path\":");
	text_json_escaped(b, path.p, path.len);
	buf_printf(b, ",\"directory\":%u", s->ino);
	buf_release(&path);
}

static void put_side(struct buf *b, const char *side, uint32_t ino, uint8_t type)
{
	if (ino == 0)
		buf_printf(b, ",\"%s\":null", side);
	else
		buf_printf(b, ",\"%s\":{\"ino\":%u,\"type\":\"%s\"}", side, ino, type_word(type));
}

static void put_raw(struct buf *b, const char *key, const struct ext4_inode *i)
{
	buf_printf(b, ",\"%s\":{\"mode\":%u,\"uid\":%u,\"gid\":%u,\"links\":%u,\"size\":%llu,"
		   "\"flags\":%u,\"mtime\":[%lld,%u],\"ctime\":[%lld,%u],\"dtime\":%u}", key,
		   i->mode, i->uid, i->gid, i->links, (unsigned long long)i->size, i->flags,
		   (long long)i->mtime.sec, i->mtime.nsec, (long long)i->ctime.sec, i->ctime.nsec,
		   i->dtime);
}

static void put_live(struct buf *b, const char *key, const struct item_stat *st)
{
	buf_printf(b, ",\"%s\":{\"mode\":%u,\"uid\":%u,\"gid\":%u,\"links\":%u,\"size\":%llu,"
		   "\"attributes\":%llu,\"mtime\":[%lld,%u],\"ctime\":[%lld,%u]}", key, st->mode,
		   st->uid, st->gid, st->nlink, (unsigned long long)st->size,
		   (unsigned long long)st->attributes, (long long)st->mtime.sec, st->mtime.nsec,
		   (long long)st->ctime.sec, st->ctime.nsec);
}

/* Does the kernel find by name what it does or does not list? */
static void put_lookup(struct buf *b, const struct raw_spot *s, struct bytes name)
{
	struct item_stat st;
	char text[256];

	if (s->fd < 0 || name.len >= sizeof(text) || memchr(name.p, '\0', name.len) != NULL ||
	    memchr(name.p, '/', name.len) != NULL)
		return;
	memcpy(text, name.p, name.len);
	text[name.len] = '\0';
	if (meta_stat(s->fd, text, &st) != 0)
		buf_printf(b, ",\"lookup\":{\"errname\":\"%s\"}", err_name(errno));
	else
		buf_printf(b, ",\"lookup\":{\"ino\":%llu,\"device\":[%u,%u]}",
			   (unsigned long long)st.ino, st.dev_major, st.dev_minor);
}

int raw_tell_file_system(struct raw_view *v)
{
	struct ext4_about a;
	struct buf b;

	ext4_tell(v->fs, &a);
	begin_line(&b, "file-system");
	buf_printf(&b, ",\"device\":[%u,%u],\"uuid\":\"", v->dev_major, v->dev_minor);
	text_hex(&b, a.uuid, sizeof(a.uuid));
	buf_printf(&b, "\",\"block_size\":%u,\"blocks\":%llu,\"inodes\":%u,\"state\":%u,"
		   "\"features\":[%u,%u,%u]", a.block_size, (unsigned long long)a.blocks, a.inodes,
		   a.state, a.compatible, a.incompatible, a.read_only);
	return give_line(v, &b);
}

/* Content of a file on its way from the device. */
struct keep {
	struct raw_view *v;
	struct answer a;
	bool may_be_key;		/* private keys were asked for, or it is none */
	bool is_key;
};

static int keep_piece(void *ctx, const void *data, size_t n)
{
	struct keep *k = ctx;

	if (!k->may_be_key && keyfile_is_private(data, n)) {
		k->is_key = true;
		return 1;
	}
	k->may_be_key = true;
	k->v->kept_bytes += n;
	if (answer_add(&k->a, data, n) < 0)
		k->v->broken = true;
	return k->v->broken;
}

/* What the plan says of the object: a row's flags, or that it is excluded. */
static bool allowed(const struct source_env *env, const struct buf *path, bool *keys)
{
	struct plan_dir d[2];
	struct plan_match m = { .owner = -1 };
	struct bytes whole = { path->p, path->len };
	size_t from = 1, which = 0;

	*keys = false;
	if (env->plan == NULL)
		return true;
	plan_root(env->plan, &d[0]);
	for (size_t i = 1; i < path->len; i++) {
		if (path->p[i] != '/')
			continue;
		whole.len = i;
		plan_enter(env->plan, &d[which], whole, from, &d[!which]);
		which = !which;
		from = i + 1;
	}
	whole.len = path->len;
	plan_match(env->plan, &d[which], whole, from, CATEGORY_EXTRA, &m);
	*keys = m.owner >= 0 && (plan_row(env->plan, (size_t)m.owner)->flags & ARTIFACT_KEYS);
	return !m.excluded;
}

static bool kept_before(const struct raw_view *v, uint32_t ino)
{
	for (uint32_t i = 0; i < v->kept_count; i++)
		if (v->kept[i] == ino)
			return true;
	return false;
}

static void note_end(struct keep *k, const struct ext4_inode *inode, enum ext4_end end)
{
	if (k->is_key)
		answer_fail(&k->a, GAP_PRIVATE_KEY, 0, NULL);
	else if (end == EXT4_READ)
		answer_fail(&k->a, GAP_IO_ERROR, k->v->watch->oserr, "pread");
	else if (end != EXT4_DONE)
		answer_fail(&k->a, end == EXT4_STOPPED ? GAP_CUT : GAP_INCOMPLETE, 0, NULL);
	else if (inode->size > RAW_KEPT_FILE)
		answer_fail(&k->a, GAP_SPOOL_LIMIT, 0, NULL);
}

/* A file that only the device has becomes a member.  False: it does not. */
static bool keep(struct raw_view *v, uint32_t ino, const struct ext4_inode *inode,
		 const struct buf *path)
{
	struct keep k = { .v = v };
	bool take = allowed(v->env, path, &k.may_be_key);

	if (!S_ISREG(inode->mode) || kept_before(v, ino))
		return S_ISREG(inode->mode);
	if (v->kept_count == RAW_KEPT_MAX || v->kept_bytes >= RAW_KEPT_BYTES)
		return false;
	v->kept[v->kept_count++] = ino;
	answer_begin(&k.a, v->env, "raw/%u-%u/inode/%u", v->dev_major, v->dev_minor, ino);
	if (!take)
		answer_fail(&k.a, GAP_EXCLUDED, 0, NULL);
	else
		note_end(&k, inode, ext4_read(v->fs, ino, RAW_KEPT_FILE, keep_piece, &k));
	if (answer_end(&k.a) < 0)
		v->broken = true;
	return true;
}

static void put_and_keep(struct raw_view *v, struct buf *b, const struct raw_spot *s,
			 struct bytes name, const struct raw_odd *odd)
{
	struct ext4_inode inode;
	enum ext4_end end = ext4_look(v->fs, odd->raw_ino, &inode);
	struct buf path;

	if (end != EXT4_DONE) {
		buf_printf(b, ",\"inode\":\"%s\"", ext4_word(end));
		return;
	}
	put_raw(b, "inode", &inode);
	if (odd->live_ino != 0)
		return;
	buf_init(&path, ITEM_PATH_MAX);
	buf_add(&path, s->path.p, s->path.len);
	buf_putc(&path, '/');
	buf_add(&path, name.p, name.len);
	if (!path.failed && keep(v, odd->raw_ino, &inode, &path))
		buf_printf(b, ",\"member\":\"raw/%u-%u/inode/%u\"", v->dev_major, v->dev_minor,
			   odd->raw_ino);
	buf_release(&path);
}

int raw_tell_entry(struct raw_view *v, const struct raw_spot *s, struct bytes name,
		   const struct raw_odd *odd)
{
	struct buf b;

	v->told++;
	begin_line(&b, "entry");
	put_path(&b, s, name);
	put_side(&b, "raw", odd->raw_ino, odd->raw_type);
	put_side(&b, "live", odd->live_ino, odd->live_type);
	if (s->under != NULL)
		buf_printf(&b, ",\"under\":\"%s\"", s->under);
	put_lookup(&b, s, name);
	if (odd->raw_ino != 0)
		put_and_keep(v, &b, s, name, odd);
	return give_line(v, &b);
}

int raw_tell_file(struct raw_view *v, const struct raw_spot *s, struct bytes name,
		  const struct ext4_inode *raw, const struct item_stat *live)
{
	struct buf b;

	v->told++;
	begin_line(&b, "inode");
	put_path(&b, s, name);
	buf_printf(&b, ",\"ino\":%llu", (unsigned long long)live->ino);
	put_raw(&b, "raw", raw);
	put_live(&b, "live", live);
	return give_line(v, &b);
}

int raw_tell_unreadable(struct raw_view *v, const struct raw_spot *s, const char *why)
{
	struct buf b;

	v->told++;
	v->unreadable++;
	begin_line(&b, "unreadable");
	put_path(&b, s, (struct bytes){ NULL, 0 });
	buf_printf(&b, ",\"why\":\"%s\"", why);
	return give_line(v, &b);
}

static int tell_orphan(void *ctx, uint32_t ino)
{
	struct raw_view *v = ctx;
	struct ext4_inode inode;
	struct buf b;

	v->told++;
	begin_line(&b, "orphan");
	buf_printf(&b, ",\"ino\":%u", ino);
	if (ext4_look(v->fs, ino, &inode) == EXT4_DONE)
		put_raw(&b, "inode", &inode);
	return give_line(v, &b);
}

int raw_tell_orphans(struct raw_view *v)
{
	ext4_orphans(v->fs, ORPHANS_MAX, tell_orphan, v);
	return v->broken ? -1 : 0;
}

int raw_tell_totals(struct raw_view *v)
{
	const struct {
		const char *key;
		uint64_t value;
	} counts[] = {
		{ "directories", v->directories }, { "entries", v->entries },
		{ "files", v->files }, { "told", v->told }, { "kept", v->kept_count },
		{ "kept_bytes", v->kept_bytes }, { "moved", v->moved },
		{ "unreadable", v->unreadable }, { "encrypted", v->encrypted },
		{ "bytes_read", RAW_READ_MAX - v->watch->bytes_left },
	};
	struct buf b;

	begin_line(&b, "totals");
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		buf_printf(&b, ",\"%s\":%llu", counts[i].key, (unsigned long long)counts[i].value);
	if (v->limit == NULL)
		buf_puts(&b, ",\"limit\":null");
	else
		buf_printf(&b, ",\"limit\":\"%s\"", v->limit);
	return give_line(v, &b);
}

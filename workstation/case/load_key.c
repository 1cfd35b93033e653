/*
 * authorized_keys.
 */
#include "lib/base/text.h"
#include "lib/crypt/base64.h"
#include "lib/hash/digest.h"
#include "workstation/case/load_message.h"
#include "workstation/case/loaders.h"
#include "workstation/parse/keyline.h"
#include "workstation/parse/line.h"
#include "workstation/parse/userpath.h"

#define KEY_MAX 16384u /* bytes of a key; RSA of 16384 bits has 2 KiB */
#define PRINT_LEN 64u  /* "SHA256:" and 43 characters */

/* As ssh-keygen -l prints it: base64 of the hash without padding. False: the key is no base64. */
static bool fingerprint(struct bytes key, struct buf *out)
{
	uint8_t raw[KEY_MAX], hash[DIGEST_LEN];
	ssize_t n;

	while (key.len > 0 && ((const char *)key.p)[key.len - 1] == '=')
		key.len--;
	n = base64_read(raw, sizeof(raw), key.p, key.len);
	if (n <= 0)
		return false;
	digest_of(raw, (size_t)n, hash);
	buf_puts(out, "SHA256:");
	base64_add(out, hash, sizeof(hash));
	return true;
}

int load_key(struct loading *l, const char *s, size_t n, uint64_t pos, uint64_t line)
{
	struct keyline k;
	struct case_authkey row;
	struct buf print;
	int r;

	switch (keyline_parse(s, n, &k)) {
	case KEYLINE_NOTHING:
		return 0;
	case KEYLINE_DAMAGED:
		return case_note(l, (int64_t)pos, (int64_t)line, "unreadable", "this is no key");
	default:
		break;
	}
	buf_init(&print, PRINT_LEN);
	case_init_authkey(&row);
	row.object = l->object;
	row.pos = (int64_t)pos;
	row.line = (int64_t)line;
	row.user = userpath_user(l->name);
	row.type = k.type;
	if (fingerprint(k.key, &print))
		row.fingerprint = (struct bytes){ print.p, print.len };
	row.options = load_message_some(k.options);
	row.comment = load_message_some(k.comment);
	r = case_put_authkey(l->db, &row, l->e);
	buf_release(&print);
	return r;
}

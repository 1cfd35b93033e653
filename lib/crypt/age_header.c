#include "lib/crypt/age_header.h"

#include <string.h>

#include "lib/base/keymem.h"
#include "lib/crypt/base64.h"

#define X25519_INFO "age-encryption.org/v1/X25519"
#define LINE_LEN 64u		/* characters of a full line of a body */

const char age_header_intro[] = "age-encryption.org/v1\n";

/* The file key is sealed with a key that is used once, so the nonce may be zero. */
static const uint8_t zero_nonce[PRIM_NONCE_LEN];

/* ===== parsing ===== */

struct cursor {
	const char *p;
	size_t left;
};

struct line {
	const char *p;
	size_t n;		/* without the line feed */
};

/* AGE_HEADER_SHORT if the line feed is not there yet. */
static enum age_header_end next_line(struct cursor *c, struct line *l)
{
	const char *end = memchr(c->p, '\n', c->left);

	if (end == NULL)
		return AGE_HEADER_SHORT;
	l->p = c->p;
	l->n = (size_t)(end - c->p);
	c->p += l->n + 1;
	c->left -= l->n + 1;
	return AGE_HEADER_WHOLE;
}

static bool begins(const struct line *l, const char *with)
{
	size_t n = strlen(with);

	return l->n >= n && memcmp(l->p, with, n) == 0;
}

/* The arguments of a stanza: visible characters, one blank between two. */
static bool are_arguments(const struct line *l)
{
	for (size_t i = 0; i < l->n; i++) {
		bool blank = l->p[i] == ' ';

		if (blank && (i == 0 || i + 1 == l->n || l->p[i - 1] == ' '))
			return false;
		if (!blank && (l->p[i] < 33 || l->p[i] > 126))
			return false;
	}
	return l->n > 0;
}

/* A body ends with its first line that is not full; nothing says how long it is. */
static enum age_header_end take_body(struct cursor *c, struct line *first)
{
	uint8_t bytes[LINE_LEN];
	struct line l;
	enum age_header_end end;
	bool more = false;

	do {
		end = next_line(c, &l);
		if (end != AGE_HEADER_WHOLE)
			return end;
		if (l.n > LINE_LEN || base64_read(bytes, sizeof(bytes), l.p, l.n) < 0)
			return AGE_HEADER_BAD;
		if (!more)
			*first = l;
		more = true;
	} while (l.n == LINE_LEN);
	return AGE_HEADER_WHOLE;
}

/* One argument, the share, and 32 bytes of body: the only form of the type. */
static enum age_header_end take_x25519(struct age_header *h, const struct line *arguments,
				       const struct line *body)
{
	const char *share = arguments->p + strlen("X25519 ");
	size_t n = arguments->n - strlen("X25519 ");
	struct age_header_stanza *s = &h->x25519[h->count++];

	if (base64_read(s->share, sizeof(s->share), share, n) != (ssize_t)sizeof(s->share) ||
	    base64_read(s->body, sizeof(s->body), body->p, body->n) != (ssize_t)sizeof(s->body))
		return AGE_HEADER_BAD;
	return AGE_HEADER_WHOLE;
}

static enum age_header_end take_stanza(struct age_header *h, struct cursor *c, struct line *l)
{
	struct line body = { NULL, 0 };
	enum age_header_end end;

	l->p += 3;
	l->n -= 3;
	if (!are_arguments(l) || h->count + h->others == AGE_HEADER_STANZAS)
		return AGE_HEADER_BAD;
	end = take_body(c, &body);
	if (end != AGE_HEADER_WHOLE)
		return end;
	if (begins(l, "X25519 "))
		return take_x25519(h, l, &body);
	if (l->n == strlen("X25519") && begins(l, "X25519"))
		return AGE_HEADER_BAD;
	h->others++;
	h->passphrase |= begins(l, "scrypt ");
	return AGE_HEADER_WHOLE;
}

static enum age_header_end take_mac(struct age_header *h, const struct line *l)
{
	ssize_t n = base64_read(h->mac, sizeof(h->mac), l->p + 4, l->n - 4);

	return n == (ssize_t)sizeof(h->mac) && h->count + h->others > 0 ? AGE_HEADER_WHOLE :
	       AGE_HEADER_BAD;
}

/* Is what is there, without a line feed, too long to become the header's next line? */
static enum age_header_end judge_short(size_t n)
{
	return n < AGE_HEADER_MAX ? AGE_HEADER_SHORT : AGE_HEADER_BAD;
}

enum age_header_end age_header_parse(struct age_header *h, const char *data, size_t n)
{
	size_t intro = strlen(age_header_intro);
	struct cursor c;
	struct line l;
	enum age_header_end end = AGE_HEADER_WHOLE;

	*h = (struct age_header){ .count = 0 };
	n = n < AGE_HEADER_MAX ? n : AGE_HEADER_MAX;
	if (memcmp(data, age_header_intro, n < intro ? n : intro) != 0)
		return AGE_HEADER_BAD;
	if (n < intro)
		return AGE_HEADER_SHORT;
	c = (struct cursor){ data + intro, n - intro };
	while (end == AGE_HEADER_WHOLE) {
		end = next_line(&c, &l);
		if (end == AGE_HEADER_WHOLE && begins(&l, "--- ")) {
			h->mac_over = (size_t)(l.p - data) + 3;
			h->length = (size_t)(c.p - data);
			return take_mac(h, &l);
		}
		if (end == AGE_HEADER_WHOLE)
			end = begins(&l, "-> ") ? take_stanza(h, &c, &l) : AGE_HEADER_BAD;
	}
	return end == AGE_HEADER_SHORT ? judge_short(n) : end;
}

/* ===== wrapping ===== */

/* Secrets on their way, together so that they are wiped together. */
struct wrap {
	uint8_t secret[PRIM_KEY_LEN];	/* of the share */
	uint8_t shared[PRIM_KEY_LEN];
	uint8_t key[PRIM_KEY_LEN];	/* that seals the file key */
};

static int derive(struct wrap *w, const uint8_t share[PRIM_KEY_LEN],
		  const uint8_t recipient[PRIM_KEY_LEN])
{
	uint8_t salt[2 * PRIM_KEY_LEN];

	memcpy(salt, share, PRIM_KEY_LEN);
	memcpy(salt + PRIM_KEY_LEN, recipient, PRIM_KEY_LEN);
	return prim_hkdf(w->key, w->shared, sizeof(w->shared), salt, sizeof(salt), X25519_INFO);
}

static int wrap_with(struct wrap *w, const struct age_recipient *r, const uint8_t *file_key,
		     struct age_header_stanza *s)
{
	struct prim_aead *a;
	int result;

	if (keymem_random(w->secret, sizeof(w->secret)) != 0 ||
	    prim_x25519_public(s->share, w->secret) != 0 ||
	    prim_x25519(w->shared, w->secret, r->public) != 0 ||
	    derive(w, s->share, r->public) != 0)
		return -1;
	a = prim_aead_new(w->key);
	result = a == NULL ? -1 :
		 prim_aead_seal(a, zero_nonce, file_key, AGE_HEADER_FILE_KEY, s->body);
	prim_aead_free(a);
	return result;
}

static int add_stanza(struct buf *b, const struct age_recipient *r, const uint8_t *file_key)
{
	struct wrap *w = keymem_new(sizeof(*w), NULL, NULL);
	struct age_header_stanza s;
	int result = w == NULL ? -1 : wrap_with(w, r, file_key, &s);

	keymem_free(w, sizeof(*w));
	if (result != 0)
		return -1;
	buf_puts(b, "-> X25519 ");
	base64_add(b, s.share, sizeof(s.share));
	buf_putc(b, '\n');
	base64_add(b, s.body, sizeof(s.body));
	buf_putc(b, '\n');
	return 0;
}

static int make_mac(uint8_t mac[PRIM_KEY_LEN], const char *data, size_t n,
		    const uint8_t file_key[AGE_HEADER_FILE_KEY])
{
	uint8_t key[PRIM_KEY_LEN];
	int r = prim_hkdf(key, file_key, AGE_HEADER_FILE_KEY, NULL, 0, "header");

	if (r == 0)
		r = prim_hmac(mac, key, data, n);
	keymem_wipe(key, sizeof(key));
	return r;
}

int age_header_add(struct buf *b, const struct age_recipient *r, size_t n,
		   const uint8_t file_key[AGE_HEADER_FILE_KEY])
{
	size_t begin = b->len;
	uint8_t mac[PRIM_KEY_LEN];

	buf_puts(b, age_header_intro);
	for (size_t i = 0; i < n; i++) {
		if (add_stanza(b, &r[i], file_key) != 0)
			return -1;
	}
	buf_puts(b, "---");
	if (b->failed || make_mac(mac, b->p + begin, b->len - begin, file_key) != 0)
		return -1;
	buf_putc(b, ' ');
	base64_add(b, mac, sizeof(mac));
	buf_putc(b, '\n');
	return b->failed ? -1 : 0;
}

/* ===== opening ===== */

/* A share of low order fits nobody. */
static int unwrap_one(struct wrap *w, const struct age_header_stanza *s,
		      const struct age_identity *id, uint8_t *file_key)
{
	struct prim_aead *a;
	int result;

	if (prim_x25519(w->shared, id->secret, s->share) != 0 ||
	    derive(w, s->share, id->public) != 0)
		return -1;
	a = prim_aead_new(w->key);
	result = a == NULL ? -1 : prim_aead_open(a, zero_nonce, s->body, sizeof(s->body), file_key);
	prim_aead_free(a);
	return result;
}

const struct age_identity *age_header_unwrap(const struct age_header *h,
					     const struct age_identities *ids,
					     uint8_t file_key[AGE_HEADER_FILE_KEY])
{
	const struct age_identity *found = NULL;
	struct wrap *w = keymem_new(sizeof(*w), NULL, NULL);

	for (size_t i = 0; w != NULL && i < ids->count && found == NULL; i++) {
		for (size_t k = 0; k < h->count && found == NULL; k++) {
			if (unwrap_one(w, &h->x25519[k], &ids->p[i], file_key) == 0)
				found = &ids->p[i];
		}
	}
	keymem_free(w, sizeof(*w));
	return found;
}

bool age_header_holds(const struct age_header *h, const char *data,
		      const uint8_t file_key[AGE_HEADER_FILE_KEY])
{
	uint8_t mac[PRIM_KEY_LEN];

	return make_mac(mac, data, h->mac_over, file_key) == 0 && prim_same(mac, h->mac);
}

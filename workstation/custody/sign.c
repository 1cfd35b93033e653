#include "workstation/custody/sign.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/fd.h"
#include "lib/base/keymem.h"
#include "lib/base/text.h"

#define RSA_BITS_MIN 2048
#define SIGNATURE_MAX 4096u	/* bytes; RSA of 32768 bits */

struct sign_key {
	EVP_PKEY *p;
	uint8_t print[DIGEST_LEN];
};

/* Of a passphrase there is no way to ask: the sentence says what to do. */
static int no_passphrase(char *out, int room, int writing, void *ctx)
{
	(void)out;
	(void)room;
	(void)writing;
	(void)ctx;
	return -1;
}

static bool is_supported(const EVP_PKEY *p)
{
	if (EVP_PKEY_is_a(p, "RSA"))
		return EVP_PKEY_get_bits(p) >= RSA_BITS_MIN;
	return EVP_PKEY_is_a(p, "EC") || EVP_PKEY_is_a(p, "ED25519");
}

/* Take over ${p}. */
static struct sign_key *wrap(EVP_PKEY *p)
{
	struct sign_key *k = p != NULL ? calloc(1, sizeof(*k)) : NULL;
	unsigned char *der = NULL;
	int n = k != NULL && is_supported(p) ? i2d_PUBKEY(p, &der) : -1;

	ERR_clear_error();
	if (n <= 0) {
		EVP_PKEY_free(p);
		free(k);
		return NULL;
	}
	k->p = p;
	digest_of(der, (size_t)n, k->print);
	OPENSSL_free(der);
	return k;
}

void sign_key_free(struct sign_key *k)
{
	if (k == NULL)
		return;
	EVP_PKEY_free(k->p);
	free(k);
}

void sign_key_print(const struct sign_key *k, uint8_t out[DIGEST_LEN])
{
	memcpy(out, k->print, DIGEST_LEN);
}

static EVP_PKEY *parse_private(BIO *bio)
{
	return PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
}

static EVP_PKEY *parse_public(BIO *bio)
{
	EVP_PKEY *p = PEM_read_bio_PUBKEY(bio, NULL, no_passphrase, NULL);
	X509 *x;

	if (p != NULL || BIO_reset(bio) < 0)
		return p;
	x = PEM_read_bio_X509(bio, NULL, no_passphrase, NULL);
	p = x != NULL ? X509_get_pubkey(x) : NULL;
	X509_free(x);
	return p;
}

/* The file in memory of its own, which is wiped. */
static struct sign_key *read_key(const char *path, EVP_PKEY *(*parse)(BIO *), struct err *e)
{
	int fd CLEANUP(fd_close) = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	char *text = fd < 0 ? NULL : keymem_new(SIGN_FILE_MAX, NULL, e);
	ssize_t n = text == NULL ? -1 : fd_read_full(fd, text, SIGN_FILE_MAX);
	BIO *bio = n > 0 ? BIO_new_mem_buf(text, (int)n) : NULL;
	struct sign_key *k = NULL;

	if (n < 0)
		err_set(e, errno, "reading the key %.200s", path);
	else if (bio != NULL)
		k = wrap(parse(bio));
	BIO_free(bio);
	keymem_free(text, SIGN_FILE_MAX);
	return k;
}

struct sign_key *sign_key_private(const char *path, struct err *e)
{
	struct sign_key *k = read_key(path, parse_private, e);

	if (k == NULL)
		err_set(e, 0, "%.100s is no private key that can be used: PEM, not encrypted, "
			"Ed25519, ECDSA or RSA of 2048 bits", path);
	return k;
}

struct sign_key *sign_key_public(const char *path, struct err *e)
{
	struct sign_key *k = read_key(path, parse_public, e);

	if (k == NULL)
		err_set(e, 0, "%.100s is no public key or certificate that can be used: PEM, "
			"Ed25519, ECDSA or RSA of 2048 bits", path);
	return k;
}

void sign_message(struct buf *out, const struct ledger_line *l, const char *role)
{
	buf_puts(out, "exhibit-custody-signature-v1\nrecord: ");
	text_hex(out, l->record, sizeof(l->record));
	buf_printf(out, "\nline: %" PRIu64 "\nsha256: ", l->n);
	text_hex(out, l->sha256, sizeof(l->sha256));
	buf_printf(out, "\nrole: %s\n", role);
}

/* Ed25519 hashes by itself, the others need to be told. */
static const char *hash_of(const struct sign_key *k)
{
	return EVP_PKEY_is_a(k->p, "ED25519") ? NULL : "SHA256";
}

int sign_make(const struct sign_key *k, const struct buf *message, struct buf *out,
	      struct err *e)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char sig[SIGNATURE_MAX];
	size_t n = sizeof(sig);
	bool good;

	good = ctx != NULL &&
	       EVP_DigestSignInit_ex(ctx, NULL, hash_of(k), NULL, NULL, k->p, NULL) == 1 &&
	       EVP_DigestSign(ctx, sig, &n, (const unsigned char *)message->p, message->len) == 1;
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	if (!good)
		return err_set(e, 0, "this key does not sign");
	buf_add(out, sig, n);
	return 0;
}

bool sign_holds(const struct sign_key *k, const struct buf *message, const struct buf *sig)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good;

	good = ctx != NULL && sig->len > 0 && message->len > 0 &&
	       EVP_DigestVerifyInit_ex(ctx, NULL, hash_of(k), NULL, NULL, k->p, NULL) == 1 &&
	       EVP_DigestVerify(ctx, (const unsigned char *)sig->p, sig->len,
				(const unsigned char *)message->p, message->len) == 1;
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return good;
}

void sign_key_write(const struct sign_key *k, struct buf *out)
{
	unsigned char *der = NULL;
	int n = i2d_PUBKEY(k->p, &der);

	if (n > 0)
		buf_add(out, der, (size_t)n);
	else
		out->failed = true;
	OPENSSL_free(der);
}

/* Strict base64 with padding. */
static int read_base64(const char *s, struct buf *out)
{
	size_t n = strlen(s);
	char *to = buf_room(out, n + 3);
	int got;

	if (to == NULL || n == 0 || n % 4 != 0 || n > SIGN_FILE_MAX)
		return -1;
	got = EVP_DecodeBlock((unsigned char *)to, (const unsigned char *)s, (int)n);
	ERR_clear_error();
	if (got < 0)
		return -1;
	out->len += (size_t)got - (s[n - 1] == '=') - (s[n - 2] == '=');
	return 0;
}

static struct sign_key *key_in(const char *base64)
{
	struct sign_key *k = NULL;
	const unsigned char *p;
	struct buf der;

	buf_init(&der, SIGN_FILE_MAX);
	if (base64 != NULL && read_base64(base64, &der) == 0) {
		p = (const unsigned char *)der.p;
		k = wrap(d2i_PUBKEY(NULL, &p, (long)der.len));
	}
	ERR_clear_error();
	buf_release(&der);
	return k;
}

/* The line that a signature names, unless it is not there or another. */
static const struct ledger_line *signed_line(const struct ledger_check *c, size_t row)
{
	const struct ledger_line *s = &c->rows[row].t.line;
	const char *number = s->value[LEDGER_SIGNS], *hash = s->value[LEDGER_SIGNS_SHA256];
	uint8_t want[DIGEST_LEN];
	uint64_t n = number != NULL ? strtoull(number, NULL, 10) : 0;

	if (hash == NULL || text_unhex(want, sizeof(want), hash) != 0)
		return NULL;
	for (size_t i = 0; i < row; i++) {
		const struct ledger_row *r = &c->rows[i];

		if (r->readable && !r->t.edited && r->t.line.n == n &&
		    memcmp(r->t.line.sha256, want, sizeof(want)) == 0)
			return &r->t.line;
	}
	return NULL;
}

static bool check_text(const struct sign_key *k, const struct ledger_line *of,
		       const struct ledger_line *s)
{
	struct buf message, sig;
	bool good;

	buf_init(&message, 1024);
	buf_init(&sig, SIGN_FILE_MAX);
	sign_message(&message, of, s->value[LEDGER_ROLE]);
	good = !message.failed && read_base64(s->value[LEDGER_SIGNATURE], &sig) == 0 &&
	       sign_holds(k, &message, &sig);
	buf_release(&message);
	buf_release(&sig);
	return good;
}

static bool is_known(const struct sign_key *k, struct sign_key *const *keys, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (memcmp(keys[i]->print, k->print, DIGEST_LEN) == 0)
			return true;
	}
	return count == 0;
}

static bool same_key(const struct sign_key *k, const char *base64)
{
	struct sign_key *other = key_in(base64);
	bool same = other != NULL && memcmp(other->print, k->print, DIGEST_LEN) == 0;

	sign_key_free(other);
	return same;
}

const char *sign_other_role(const struct ledger_check *c, size_t rows,
			    const struct ledger_line *of, const char *role,
			    const struct sign_key *k)
{
	for (size_t i = 0; i < rows; i++) {
		const struct ledger_line *s = &c->rows[i].t.line;
		const char *other = s->value[LEDGER_ROLE];

		if (c->rows[i].readable && s->event == LEDGER_EVENT_SIGNED && other != NULL &&
		    strcmp(other, role) != 0 && signed_line(c, i) == of &&
		    same_key(k, s->value[LEDGER_PUBLIC_KEY]))
			return other;
	}
	return NULL;
}

enum sign_state sign_check(const struct ledger_check *c, size_t row,
			   struct sign_key *const *keys, size_t count,
			   uint8_t print[DIGEST_LEN])
{
	const struct ledger_line *s = &c->rows[row].t.line, *of = signed_line(c, row);
	struct sign_key *k = key_in(s->value[LEDGER_PUBLIC_KEY]);
	enum sign_state state = SIGN_WRONG;

	memset(print, 0, DIGEST_LEN);
	if (k != NULL)
		sign_key_print(k, print);
	if (k != NULL && of != NULL && s->value[LEDGER_ROLE] != NULL &&
	    s->value[LEDGER_SIGNATURE] != NULL && check_text(k, of, s))
		state = is_known(k, keys, count) ? SIGN_HOLDS : SIGN_STRANGER;
	sign_key_free(k);
	return state;
}

/* A signature that holds. */
struct held {
	const struct ledger_line *line;
	uint8_t print[DIGEST_LEN];
};

/* Has its key signed the same line in another role before? */
static bool is_second_role(const struct held *held, size_t n)
{
	const struct held *s = &held[n];

	for (size_t i = 0; i < n; i++)
		if (memcmp(held[i].print, s->print, DIGEST_LEN) == 0 &&
		    strcmp(held[i].line->value[LEDGER_SIGNS_SHA256],
			   s->line->value[LEDGER_SIGNS_SHA256]) == 0 &&
		    strcmp(held[i].line->value[LEDGER_ROLE], s->line->value[LEDGER_ROLE]) != 0)
			return true;
	return false;
}

int sign_check_all(struct ledger_check *c, struct sign_key *const *keys, size_t count,
		   uint64_t *hold, struct err *e)
{
	struct held *held = calloc(c->count + 1, sizeof(*held));
	size_t n = 0;

	*hold = 0;
	for (size_t i = 0; held != NULL && i < c->count; i++) {
		enum sign_state state;

		held[n].line = &c->rows[i].t.line;
		if (!c->rows[i].readable || held[n].line->event != LEDGER_EVENT_SIGNED)
			continue;
		state = sign_check(c, i, keys, count, held[n].print);
		if (state != SIGN_HOLDS)
			ledger_check_add(c, state == SIGN_WRONG ? LEDGER_FLAW_SIGNATURE :
					 LEDGER_FLAW_SIGNER, i + 1);
		else if (is_second_role(held, n++))
			ledger_check_add(c, LEDGER_FLAW_ONE_KEY, i + 1);
		else
			(*hold)++;
	}
	free(held);
	return held != NULL ? 0 : err_set(e, ENOMEM, "checking the signatures");
}

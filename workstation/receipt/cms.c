#include "workstation/receipt/cms.h"

#include <errno.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "workstation/receipt/file.h"

#define KEY_FILE_MAX (1u << 20)
#define PASSPHRASE_MAX 1024

/* Small and streamed by nobody: NO_SIGNER_CERT_VERIFY when only the signature is looked at. */
#define FLAGS (CMS_DETACHED | CMS_BINARY | CMS_CADES | CMS_NOSMIMECAP)

struct cms_key {
	EVP_PKEY *key;
	X509 *cert;
	STACK_OF(X509) *chain;
};

void cms_free(struct cms_key *k)
{
	if (k == NULL)
		return;
	EVP_PKEY_free(k->key);
	X509_free(k->cert);
	sk_X509_pop_free(k->chain, X509_free);
	free(k);
}

/* A key that is being opened: how far it came. */
struct opening {
	const struct cms_source *source;
	struct err *e;
	bool asked, told;		/* a passphrase was needed, and given */
};

/* A pem_password_cb. */
static int ask(char *out, int n, int writing, void *ctx)
{
	struct opening *o = ctx;
	int len;

	(void)writing;
	o->asked = true;
	if (o->source->passphrase == NULL) {
		err_set(o->e, 0, "the key needs a passphrase");
		return -1;
	}
	len = o->source->passphrase(o->source->passphrase_ctx, out, n, o->e);
	o->told = len >= 0;
	return len;
}

static int not_opened(const struct opening *o, const char *why)
{
	const struct cms_source *s = o->source;

	return err_set(o->e, 0, "%.100s: %s", s->key != NULL ? s->key : s->signer, why);
}

/* What libcrypto says of a cipher or a function that it has not. */
static bool is_unsupported(void)
{
	unsigned long code;
	bool found = false;

	while ((code = ERR_get_error()) != 0)
		found = found || ERR_GET_REASON(code) == ERR_R_UNSUPPORTED ||
			ERR_GET_REASON(code) == ERR_R_FETCH_FAILED ||
			(ERR_GET_LIB(code) == ERR_LIB_PEM &&
			 (ERR_GET_REASON(code) == PEM_R_UNSUPPORTED_ENCRYPTION ||
			  ERR_GET_REASON(code) == PEM_R_UNSUPPORTED_CIPHER)) ||
			(ERR_GET_LIB(code) == ERR_LIB_EVP &&
			 (ERR_GET_REASON(code) == EVP_R_UNKNOWN_PBE_ALGORITHM ||
			  ERR_GET_REASON(code) == EVP_R_UNSUPPORTED_CIPHER));
	return found;
}

static const char no_cipher[] = "it is encrypted with a cipher other than AES, which this "
				"program does not have";
static const char wrong_phrase[] = "the passphrase is wrong, or the key is damaged";

static int parse_pkcs12(struct cms_key *k, PKCS12 *p, struct opening *o)
{
	char phrase[PASSPHRASE_MAX] = "";
	int n = 0, r = 0;

	if (PKCS12_verify_mac(p, NULL, 0) != 1 && PKCS12_verify_mac(p, "", 0) != 1) {
		n = ask(phrase, sizeof(phrase) - 1, 0, o);
		phrase[n > 0 ? n : 0] = '\0';
	}
	if (n < 0)
		r = -1;
	else if (o->told && PKCS12_verify_mac(p, phrase, -1) != 1)
		r = not_opened(o, wrong_phrase);
	else if (PKCS12_parse(p, phrase, &k->key, &k->cert, &k->chain) != 1)
		r = not_opened(o, no_cipher);
	OPENSSL_cleanse(phrase, sizeof(phrase));
	return r;
}

static bool has_word(const struct buf *b, const char *word)
{
	return memmem(b->p, b->len, word, strlen(word)) != NULL;
}

static int parse_key(struct cms_key *k, const struct buf *pem, struct opening *o)
{
	BIO *in = BIO_new_mem_buf(pem->p, (int)pem->len);

	ERR_clear_error();
	k->key = in == NULL ? NULL : PEM_read_bio_PrivateKey(in, NULL, ask, o);
	BIO_free(in);
	if (k->key != NULL || (o->asked && !o->told))
		return k->key != NULL ? 0 : -1;
	if (!has_word(pem, "PRIVATE KEY-----"))
		return not_opened(o, "there is no private key in it");
	if (has_word(pem, "ENCRYPTED") && is_unsupported())
		return not_opened(o, no_cipher);
	return not_opened(o, o->told ? wrong_phrase : "the private key in it cannot be read");
}

/* The certificate of the key; all others are for the chain. */
static void pick_cert(struct cms_key *k, struct trust *t)
{
	X509 *cert;

	while ((cert = sk_X509_shift(t->certs)) != NULL) {
		if (k->cert == NULL && k->key != NULL && X509_check_private_key(cert, k->key) == 1)
			k->cert = cert;
		else if (sk_X509_push(k->chain, cert) <= 0)
			X509_free(cert);
	}
}

static int parse_pem(struct cms_key *k, const struct buf *b, struct opening *o)
{
	struct trust t;
	struct buf other;
	int r;

	if (trust_init(&t, o->e) != 0)
		return -1;
	(void)trust_add(&t, b->p, b->len);
	if (o->source->key != NULL) {
		r = file_load(o->source->key, &other, KEY_FILE_MAX, o->e);
		if (r == 0)
			r = parse_key(k, &other, o);
		OPENSSL_cleanse(other.p, other.len);
		buf_release(&other);
	} else {
		r = parse_key(k, b, o);
	}
	pick_cert(k, &t);
	trust_release(&t);
	return r;
}

/* Would others take its signatures, and we? */
static int check_key(const struct cms_key *k, const struct cms_source *source, struct err *e)
{
	const char *weak;

	if (k->cert == NULL)
		return err_set(e, 0, "%.100s: no certificate of the private key", source->signer);
	weak = trust_weakness(k->cert, NID_sha256);
	if (weak != NULL || !trust_may_sign(k->cert))
		return err_set(e, 0, "%.100s: nobody should accept its signature: %s",
			       source->signer, weak != NULL ? weak :
			       "its certificate is not for signatures (keyUsage)");
	if (EVP_PKEY_is_a(k->key, "RSA") != 1 && EVP_PKEY_is_a(k->key, "EC") != 1)
		return err_set(e, 0, "the key is neither RSA nor ECDSA: many programs could not "
			       "verify its CMS signatures");
	return 0;
}

static int parse(struct cms_key *k, const struct buf *b, const struct cms_source *source,
		 struct err *e)
{
	const unsigned char *p = (const unsigned char *)b->p;
	PKCS12 *p12 = d2i_PKCS12(NULL, &p, (long)b->len);
	struct opening o = { .source = source, .e = e };
	int r;

	r = p12 != NULL ? parse_pkcs12(k, p12, &o) : parse_pem(k, b, &o);
	PKCS12_free(p12);
	ERR_clear_error();
	if (r == 0 && k->key == NULL)
		r = not_opened(&o, "there is no private key in it");
	return r == 0 ? check_key(k, source, e) : -1;
}

struct cms_key *cms_load(const struct cms_source *source, struct err *e)
{
	struct cms_key *k = calloc(1, sizeof(*k));
	struct buf b;
	int r = -1;

	if (k == NULL || (k->chain = sk_X509_new_null()) == NULL)
		err_set(e, ENOMEM, "reading the key");
	else if ((r = file_load(source->signer, &b, KEY_FILE_MAX, e)) == 0)
		r = parse(k, &b, source, e);
	if (k != NULL && k->chain != NULL) {
		OPENSSL_cleanse(b.p, b.len);
		buf_release(&b);
	}
	if (r == 0)
		return k;
	cms_free(k);
	return NULL;
}

int cms_make(const struct cms_key *k, const void *data, size_t n, struct buf *out,
	      struct err *e)
{
	BIO *in = BIO_new_mem_buf(data, (int)n);
	CMS_ContentInfo *cms = in == NULL ? NULL :
			       CMS_sign(k->cert, k->key, k->chain, in, FLAGS);
	unsigned char *der = NULL;
	int len = cms == NULL ? -1 : i2d_CMS_ContentInfo(cms, &der);

	if (len > 0)
		buf_add(out, der, (size_t)len);
	OPENSSL_free(der);
	CMS_ContentInfo_free(cms);
	BIO_free(in);
	ERR_clear_error();
	return len > 0 && !out->failed ? 0 : err_set(e, 0, "libcrypto could not sign");
}

/* ------------------------------------------------------------ checking */

static CMS_ContentInfo *parse_cms(const struct cms_bytes *b)
{
	const unsigned char *p = b->der;
	CMS_ContentInfo *cms = b->len > 0 && b->len <= CMS_SIGNATURE_MAX ?
			       d2i_CMS_ContentInfo(NULL, &p, (long)b->len) : NULL;

	if (cms != NULL && OBJ_obj2nid(CMS_get0_type(cms)) == NID_pkcs7_signed &&
	    p == (const unsigned char *)b->der + b->len && CMS_is_detached(cms) == 1)
		return cms;
	CMS_ContentInfo_free(cms);
	return NULL;
}

/* By the certificates inside it, whoever they are. */
static bool signature_holds(CMS_ContentInfo *cms, const struct cms_bytes *b,
			    const struct cms_expect *x)
{
	BIO *data = BIO_new_mem_buf(b->data, (int)b->n);
	bool holds = data != NULL &&
		     CMS_verify(cms, x->helpers->certs, NULL, data, NULL,
				CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) == 1;

	BIO_free(data);
	return holds;
}

static void check_signer(X509 *signer, STACK_OF(X509) *inside, const struct cms_expect *x,
			 struct cms_checked *out)
{
	struct trust_question q = {
		.cert = signer, .purpose = X509_PURPOSE_ANY, .anchors = x->anchors,
		.helpers = x->helpers, .extra = inside, .at = x->at,
	};
	const char *why;
	enum trust_state state = trust_check(&q, &why);
	enum trust_list list;

	if (state >= out->trust) {
		out->trust = state;
		out->why = why;
	}
	list = trust_list_of(x->helpers, signer, x->at);
	out->list = list < out->list ? list : out->list;
	out->kept = out->kept && trust_is_kept(&q, x->own);
	out->may_sign = out->may_sign && trust_may_sign(signer);
	out->expected = out->expected && (x->signer == NULL || X509_cmp(signer, x->signer) == 0);
}

static int64_t seconds_of(const ASN1_TIME *t)
{
	struct tm tm;

	return t != NULL && ASN1_TIME_to_tm(t, &tm) == 1 ? timegm(&tm) : -1;
}

/* When it was made, by its own word: -1 if it does not say. */
static int64_t signing_time(CMS_SignerInfo *info)
{
	static const int types[] = { V_ASN1_UTCTIME, V_ASN1_GENERALIZEDTIME };
	const ASN1_OBJECT *name = OBJ_nid2obj(NID_pkcs9_signingTime);
	const ASN1_TIME *t = NULL;

	for (size_t i = 0; t == NULL && i < sizeof(types) / sizeof(types[0]); i++)
		t = CMS_signed_get0_data_by_OBJ(info, name, -3, types[i]);
	return seconds_of(t);
}

static void check_times(CMS_ContentInfo *cms, struct cms_checked *out)
{
	STACK_OF(CMS_SignerInfo) *infos = CMS_get0_SignerInfos(cms);

	out->until = INT64_MAX;
	for (int i = 0; i < sk_CMS_SignerInfo_num(infos); i++) {
		CMS_SignerInfo *info = sk_CMS_SignerInfo_value(infos, i);
		int64_t made = signing_time(info), from, until, outside;
		X509 *cert = NULL;

		CMS_SignerInfo_get0_algs(info, NULL, &cert, NULL, NULL);
		if (cert == NULL)
			continue;
		from = seconds_of(X509_get0_notBefore(cert));
		until = seconds_of(X509_get0_notAfter(cert));
		out->until = until < out->until ? until : out->until;
		outside = made < 0 ? 0 : made < from ? from - made : made - until;
		out->outside = outside > out->outside ? outside : out->outside;
	}
}

/* Of the first of its signatures that has one. */
static const char *weakness(CMS_ContentInfo *cms)
{
	STACK_OF(CMS_SignerInfo) *infos = CMS_get0_SignerInfos(cms);
	const char *why = NULL;

	for (int i = 0; why == NULL && i < sk_CMS_SignerInfo_num(infos); i++) {
		X509_ALGOR *digest = NULL;
		const ASN1_OBJECT *name = NULL;
		X509 *cert = NULL;

		CMS_SignerInfo_get0_algs(sk_CMS_SignerInfo_value(infos, i), NULL, &cert, &digest,
					 NULL);
		X509_ALGOR_get0(&name, NULL, NULL, digest);
		why = cert == NULL ? "no certificate of its signer" :
		      trust_weakness(cert, OBJ_obj2nid(name));
	}
	return why;
}

static void check_signers(CMS_ContentInfo *cms, const struct cms_expect *x,
			  struct cms_checked *out)
{
	STACK_OF(X509) *signers = CMS_get0_signers(cms), *inside = CMS_get1_certs(cms);

	out->trust = TRUST_ANCHORED;
	out->expected = out->may_sign = out->kept = true;
	out->list = TRUST_LIST_FRESH;
	out->weak = weakness(cms);
	check_times(cms, out);
	out->holds = sk_X509_num(signers) > 0;
	for (int i = 0; i < sk_X509_num(signers); i++)
		check_signer(sk_X509_value(signers, i), inside, x, out);
	if (out->holds)
		trust_subject(&out->signer, sk_X509_value(signers, 0));
	sk_X509_free(signers);
	sk_X509_pop_free(inside, X509_free);
}

void cms_check(const struct cms_bytes *b, const struct cms_expect *x,
		struct cms_checked *out)
{
	CMS_ContentInfo *cms = parse_cms(b);

	*out = (struct cms_checked){ .trust = TRUST_NONE, .why = "not a detached CMS signature" };
	buf_init(&out->signer, 4096);
	if (cms != NULL) {
		out->why = "it is of other bytes, or was changed";
		if (signature_holds(cms, b, x))
			check_signers(cms, x, out);
	}
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
}

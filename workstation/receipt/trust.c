#include "workstation/receipt/trust.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "lib/base/dir.h"
#include "lib/base/fd.h"
#include "lib/base/text.h"
#include "workstation/receipt/file.h"

#define STRENGTH 112		/* bits: RSA 2048, P-224, and no SHA-1 */
#define LEVEL 2			/* what X509_VERIFY_PARAM_set_auth_level(3) calls that */

int trust_init(struct trust *t, struct err *e)
{
	t->certs = sk_X509_new_null();
	t->crls = sk_X509_CRL_new_null();
	return t->certs != NULL && t->crls != NULL ? 0 : err_set(e, ENOMEM, "certificates");
}

void trust_release(struct trust *t)
{
	sk_X509_pop_free(t->certs, X509_free);
	sk_X509_CRL_pop_free(t->crls, X509_CRL_free);
	*t = (struct trust){ NULL, NULL };
}

static bool add_cert(struct trust *t, X509 *cert)
{
	if (cert != NULL && sk_X509_push(t->certs, cert) > 0)
		return true;
	X509_free(cert);
	return false;
}

static bool add_crl(struct trust *t, X509_CRL *crl)
{
	if (crl != NULL && sk_X509_CRL_push(t->crls, crl) > 0)
		return true;
	X509_CRL_free(crl);
	return false;
}

static size_t add_der(struct trust *t, const void *data, size_t n)
{
	const unsigned char *p = data;

	if (add_cert(t, d2i_X509(NULL, &p, (long)n)))
		return 1;
	p = data;
	return add_crl(t, d2i_X509_CRL(NULL, &p, (long)n));
}

/* One block of PEM; what is neither is passed over. */
static size_t add_block(struct trust *t, const char *name, const unsigned char *der, long n)
{
	if (strcmp(name, PEM_STRING_X509) == 0)
		return add_cert(t, d2i_X509(NULL, &der, n));
	if (strcmp(name, PEM_STRING_X509_CRL) == 0)
		return add_crl(t, d2i_X509_CRL(NULL, &der, n));
	return 0;
}

size_t trust_add(struct trust *t, const void *data, size_t n)
{
	BIO *in = n <= TRUST_FILE_MAX ? BIO_new_mem_buf(data, (int)n) : NULL;
	char *name = NULL, *header = NULL;
	unsigned char *der = NULL;
	size_t count = 0;
	long len = 0;

	while (in != NULL && PEM_read_bio(in, &name, &header, &der, &len) == 1) {
		count += add_block(t, name, der, len);
		OPENSSL_free(name);
		OPENSSL_free(header);
		OPENSSL_free(der);
	}
	if (in != NULL && count == 0)
		count = add_der(t, data, n);
	BIO_free(in);
	ERR_clear_error();
	return count;
}

int trust_add_file(struct trust *t, const char *path, struct err *e)
{
	struct buf b;
	int r = file_load(path, &b, TRUST_FILE_MAX, e);

	if (r == 0 && trust_add(t, b.p, b.len) == 0)
		r = err_set(e, 0, "%.150s: no certificate and no revocation list in it", path);
	buf_release(&b);
	return r;
}

static bool add_entry(struct trust *t, int folder, const char *name)
{
	struct err e = { 0 };
	size_t count = 0;
	struct buf b;

	if (file_load_below(folder, name, &b, TRUST_FILE_MAX, &e) == 0)
		count = trust_add(t, b.p, b.len);
	buf_release(&b);
	return count > 0;
}

void trust_add_folder(struct trust *t, int dir, const char *name, struct buf *odd)
{
	DIR *d CLEANUP(dir_close) = dir_open(dir, name);
	const struct dirent *entry;
	unsigned i = 0;

	while (d != NULL && (entry = readdir(d)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if ((i++ < TRUST_FILES_MAX && add_entry(t, dirfd(d), entry->d_name)) ||
		    odd == NULL || odd->len > 0)
			continue;
		text_escape(odd, entry->d_name, strlen(entry->d_name));
	}
}

int trust_roots_of(struct trust *to, const struct trust *from, struct err *e)
{
	if (trust_init(to, e) != 0)
		return -1;
	for (int i = 0; i < sk_X509_num(from->certs); i++) {
		X509 *cert = sk_X509_value(from->certs, i);

		if (X509_self_signed(cert, 1) == 1 && X509_up_ref(cert) == 1)
			(void)add_cert(to, cert);
	}
	ERR_clear_error();
	return 0;
}

/* ------------------------------------------------------------ a chain */

static X509_STORE *store_of(const struct trust_question *q)
{
	X509_STORE *store = X509_STORE_new();

	for (int i = 0; store != NULL && i < sk_X509_num(q->anchors->certs); i++)
		(void)X509_STORE_add_cert(store, sk_X509_value(q->anchors->certs, i));
	if (store != NULL) {
		X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), q->at);
		(void)X509_STORE_set_purpose(store, q->purpose);
		X509_VERIFY_PARAM_set_auth_level(X509_STORE_get0_param(store), LEVEL);
	}
	return store;
}

static STACK_OF(X509) *chain_of(const struct trust_question *q)
{
	STACK_OF(X509) *all = sk_X509_dup(q->helpers->certs);

	for (int i = 0; all != NULL && i < sk_X509_num(q->extra); i++)
		(void)sk_X509_push(all, sk_X509_value(q->extra, i));
	return all;
}

/* Has a list whose issuer is the one of ${cert}, and signed by it, the certificate? */
static bool revoked_by(X509_CRL *crl, X509 *cert, X509 *issuer, time_t at)
{
	X509_REVOKED *row = NULL;
	time_t when = at;

	if (X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_issuer_name(cert)) != 0 ||
	    X509_CRL_verify(crl, X509_get0_pubkey(issuer)) != 1 ||
	    X509_CRL_get0_by_cert(crl, &row, cert) != 1)
		return false;
	return X509_cmp_time(X509_REVOKED_get0_revocationDate(row), &when) < 0;
}

static bool is_revoked(const struct trust_question *q, STACK_OF(X509) *chain)
{
	const STACK_OF(X509_CRL) *crls = q->helpers->crls;

	for (int i = 0; i + 1 < sk_X509_num(chain); i++)
		for (int j = 0; j < sk_X509_CRL_num(crls); j++)
			if (revoked_by(sk_X509_CRL_value(crls, j), sk_X509_value(chain, i),
				       sk_X509_value(chain, i + 1), q->at))
				return true;
	return false;
}

static bool is_early(const struct trust_question *q, STACK_OF(X509) *chain)
{
	time_t at = q->at;

	for (int i = 0; i < sk_X509_num(chain); i++)
		if (X509_cmp_time(X509_get0_notBefore(sk_X509_value(chain, i)), &at) > 0)
			return true;
	return false;
}

void trust_timeless(X509_VERIFY_PARAM *param)
{
	/* a time that is set counts before the flag */
	X509_VERIFY_PARAM_clear_flags(param, X509_V_FLAG_USE_CHECK_TIME);
	X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_NO_CHECK_TIME);
}

/* What libcrypto says of a chain. */
struct chain_said {
	int error;		/* X509_V_...; X509_V_OK: it holds */
	bool revoked, early;	/* a certificate of one that holds is */
};

static void ask_chain(const struct trust_question *q, bool timeless, struct chain_said *out)
{
	X509_STORE *store = store_of(q);
	STACK_OF(X509) *helpers = chain_of(q);
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();

	*out = (struct chain_said){ .error = X509_V_ERR_OUT_OF_MEM };
	if (store != NULL && helpers != NULL && ctx != NULL &&
	    X509_STORE_CTX_init(ctx, store, q->cert, helpers) == 1) {
		if (timeless)
			trust_timeless(X509_STORE_CTX_get0_param(ctx));
		out->error = X509_verify_cert(ctx) == 1 ? X509_V_OK :
							  X509_STORE_CTX_get_error(ctx);
		out->revoked = is_revoked(q, X509_STORE_CTX_get0_chain(ctx));
		out->early = is_early(q, X509_STORE_CTX_get0_chain(ctx));
	}
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	sk_X509_free(helpers);
	ERR_clear_error();
}

enum trust_state trust_check(const struct trust_question *q, const char **why)
{
	struct chain_said now, ever;

	ask_chain(q, false, &now);
	*why = X509_verify_cert_error_string(now.error);
	if (now.error == X509_V_OK)
		return now.revoked ? TRUST_REVOKED : TRUST_ANCHORED;
	if (now.error != X509_V_ERR_CERT_HAS_EXPIRED &&
	    now.error != X509_V_ERR_CERT_NOT_YET_VALID)
		return TRUST_NONE;
	/* libcrypto stops at the first thing that is wrong: is it the only one? */
	ask_chain(q, true, &ever);
	if (ever.error != X509_V_OK) {
		*why = X509_verify_cert_error_string(ever.error);
		return TRUST_NONE;
	}
	return ever.revoked ? TRUST_REVOKED : ever.early ? TRUST_EARLY : TRUST_EXPIRED;
}

bool trust_is_kept(const struct trust_question *q, const struct trust *own)
{
	struct trust_question kept = *q;
	const char *why;

	kept.anchors = own;
	return trust_check(&kept, &why) != TRUST_NONE;
}

static bool is_fresh(const X509_CRL *crl, time_t at)
{
	const ASN1_TIME *next = X509_CRL_get0_nextUpdate(crl);

	return next != NULL && X509_cmp_time(next, &at) > 0;
}

enum trust_list trust_list_of(const struct trust *t, X509 *cert, time_t at)
{
	enum trust_list best = TRUST_LIST_NONE;

	for (int i = 0; i < sk_X509_CRL_num(t->crls) && best != TRUST_LIST_FRESH; i++) {
		const X509_CRL *crl = sk_X509_CRL_value(t->crls, i);

		if (X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_issuer_name(cert)) == 0)
			best = is_fresh(crl, at) ? TRUST_LIST_FRESH : TRUST_LIST_OLD;
	}
	return best;
}

const char *trust_list_word(enum trust_list l)
{
	static const char *const words[] = {
		[TRUST_LIST_NONE] = "no-list", [TRUST_LIST_OLD] = "old-list",
		[TRUST_LIST_FRESH] = "checked",
	};

	return words[l];
}

const char *trust_weakness(X509 *cert, int digest)
{
	static const int digests[] = { NID_sha256, NID_sha384, NID_sha512 };
	size_t i = 0;

	while (i < sizeof(digests) / sizeof(digests[0]) && digests[i] != digest)
		i++;
	if (i == sizeof(digests) / sizeof(digests[0]))
		return "its digest is not SHA-256, SHA-384 or SHA-512";
	return EVP_PKEY_get_security_bits(X509_get0_pubkey(cert)) < STRENGTH ?
	       "the key of its certificate is too short" : NULL;
}

bool trust_may_sign(X509 *cert)
{
	return (X509_get_key_usage(cert) & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) != 0;
}

void trust_subject(struct buf *out, X509 *cert)
{
	BIO *text = BIO_new(BIO_s_mem());
	char *p = NULL;
	long n;

	if (text == NULL)
		return;
	X509_NAME_print_ex(text, X509_get_subject_name(cert), 0,
			   XN_FLAG_SEP_CPLUS_SPC | XN_FLAG_FN_SN | ASN1_STRFLGS_UTF8_CONVERT);
	n = BIO_get_mem_data(text, &p);
	if (n > 0)
		text_escape(out, p, (size_t)n);
	BIO_free(text);
}

#include "workstation/receipt/stamp.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pkcs7.h>
#include <openssl/ts.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#define NONCE_LEN 8

static bool set_imprint(TS_REQ *req, const uint8_t hash[DIGEST_LEN])
{
	TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
	X509_ALGOR *algo = X509_ALGOR_new();
	uint8_t copy[DIGEST_LEN];
	bool good;

	memcpy(copy, hash, sizeof(copy));
	good = imprint != NULL && algo != NULL &&
	       X509_ALGOR_set0(algo, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL) == 1 &&
	       TS_MSG_IMPRINT_set_algo(imprint, algo) == 1 &&
	       TS_MSG_IMPRINT_set_msg(imprint, copy, sizeof(copy)) == 1 &&
	       TS_REQ_set_msg_imprint(req, imprint) == 1;
	X509_ALGOR_free(algo);
	TS_MSG_IMPRINT_free(imprint);
	return good;
}

static bool set_nonce(TS_REQ *req)
{
	uint8_t random[NONCE_LEN];
	ASN1_INTEGER *nonce = NULL;
	BIGNUM *number = NULL;
	bool good = false;

	if (getrandom(random, sizeof(random), 0) == (ssize_t)sizeof(random)) {
		/* A number that begins with a zero byte would be shorter. */
		random[0] |= 0x40;
		number = BN_bin2bn(random, sizeof(random), NULL);
		nonce = number == NULL ? NULL : BN_to_ASN1_INTEGER(number, NULL);
		good = nonce != NULL && TS_REQ_set_nonce(req, nonce) == 1;
	}
	ASN1_INTEGER_free(nonce);
	BN_free(number);
	return good;
}

int stamp_request(const uint8_t hash[DIGEST_LEN], struct buf *out, struct err *e)
{
	TS_REQ *req = TS_REQ_new();
	unsigned char *der = NULL;
	int len = -1;

	if (req != NULL && TS_REQ_set_version(req, 1) == 1 && set_imprint(req, hash) &&
	    set_nonce(req) && TS_REQ_set_cert_req(req, 1) == 1)
		len = i2d_TS_REQ(req, &der);
	if (len > 0)
		buf_add(out, der, (size_t)len);
	OPENSSL_free(der);
	TS_REQ_free(req);
	ERR_clear_error();
	return len > 0 && !out->failed ? 0 :
	       err_set(e, 0, "libcrypto could not make the time stamp request");
}

/* ------------------------------------------------------------ checking */

static bool same_imprint(TS_TST_INFO *info, const uint8_t hash[DIGEST_LEN])
{
	TS_MSG_IMPRINT *imprint = TS_TST_INFO_get_msg_imprint(info);
	const ASN1_OBJECT *algo = NULL;
	const ASN1_OCTET_STRING *msg;

	if (imprint == NULL)
		return false;
	X509_ALGOR_get0(&algo, NULL, NULL, TS_MSG_IMPRINT_get_algo(imprint));
	msg = TS_MSG_IMPRINT_get_msg(imprint);
	return OBJ_obj2nid(algo) == NID_sha256 && ASN1_STRING_length(msg) == DIGEST_LEN &&
	       memcmp(ASN1_STRING_get0_data(msg), hash, DIGEST_LEN) == 0;
}

/* The request's nonce comes back; a request that cannot be read has none. */
static bool same_nonce(TS_TST_INFO *info, const struct stamp_expect *x)
{
	const unsigned char *p = x->request;
	const ASN1_INTEGER *sent, *got = TS_TST_INFO_get_nonce(info);
	TS_REQ *req;
	bool same;

	if (x->request == NULL)
		return true;
	req = x->request_len <= STAMP_MAX ? d2i_TS_REQ(NULL, &p, (long)x->request_len) : NULL;
	sent = req == NULL ? NULL : TS_REQ_get_nonce(req);
	same = sent != NULL && got != NULL && ASN1_INTEGER_cmp(sent, got) == 0;
	TS_REQ_free(req);
	return same;
}

static void take_time(TS_TST_INFO *info, struct stamp_checked *out)
{
	TS_ACCURACY *accuracy = TS_TST_INFO_get_accuracy(info);
	const ASN1_INTEGER *seconds = accuracy == NULL ? NULL : TS_ACCURACY_get_seconds(accuracy);
	struct tm tm;
	int64_t v;

	if (ASN1_TIME_to_tm(TS_TST_INFO_get_time(info), &tm) == 1)
		out->time = (struct instant){ timegm(&tm), 0 };
	out->accuracy_s = seconds != NULL && ASN1_INTEGER_get_int64(&v, seconds) == 1 ? v : -1;
}

static int digest_of_token(PKCS7 *token)
{
	STACK_OF(PKCS7_SIGNER_INFO) *infos = PKCS7_get_signer_info(token);
	const ASN1_OBJECT *name = NULL;

	X509_ALGOR_get0(&name, NULL, NULL, sk_PKCS7_SIGNER_INFO_value(infos, 0)->digest_alg);
	return OBJ_obj2nid(name);
}

/* The signature alone, by the certificate that comes with it; then whose that is. */
static void check_signature(PKCS7 *token, const struct stamp_expect *x,
			    struct stamp_checked *out, struct trust_question *q)
{
	const char *weak;
	STACK_OF(X509) *signers = PKCS7_get0_signers(token, x->helpers->certs, 0);
	BIO *sink = BIO_new(BIO_s_null());

	*q = (struct trust_question){
		.purpose = X509_PURPOSE_TIMESTAMP_SIGN, .anchors = x->anchors,
		.helpers = x->helpers, .at = x->at, .extra = token->d.sign->cert,
	};
	if (sk_X509_num(signers) == 1 && sink != NULL &&
	    PKCS7_verify(token, x->helpers->certs, NULL, NULL, sink, PKCS7_NOVERIFY) == 1) {
		q->cert = sk_X509_value(signers, 0);
		weak = trust_weakness(q->cert, digest_of_token(token));
		out->trust = trust_check(q, &out->why);
		out->kept = trust_is_kept(q, x->own);
		out->list = trust_list_of(x->helpers, q->cert, x->at);
		out->why = weak != NULL ? weak : out->why;
		out->state = weak != NULL ? STAMP_BAD : STAMP_HOLDS;
		trust_subject(&out->authority, q->cert);
	}
	BIO_free(sink);
	sk_X509_free(signers);
}

/* Is the time of a certificate all that is wrong with its chain? */
static bool is_untimely(enum trust_state trust)
{
	return trust == TRUST_EXPIRED || trust == TRUST_EARLY;
}

/* libcrypto's own way, which looks at the attribute that names the certificate, too.  That the
 * time of a certificate is over, or yet to come, is known by then. */
static bool signed_as_a_stamp(PKCS7 *token, const struct stamp_expect *x, enum trust_state trust)
{
	X509_STORE *store = X509_STORE_new();
	bool good = false;

	for (int i = 0; store != NULL && i < sk_X509_num(x->anchors->certs); i++)
		(void)X509_STORE_add_cert(store, sk_X509_value(x->anchors->certs, i));
	if (store != NULL) {
		X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), x->at);
		if (is_untimely(trust))
			trust_timeless(X509_STORE_get0_param(store));
		good = TS_RESP_verify_signature(token, x->helpers->certs, store, NULL) == 1;
	}
	X509_STORE_free(store);
	return good;
}

/* An authority stamps while its certificate is valid, and not before it is time.  Of a chain that
 * is not valid when it is checked, all of it must have been valid then. */
static void check_time(struct trust_question *q, const struct stamp_expect *x,
		       struct stamp_checked *out)
{
	time_t time = (time_t)out->time.sec;
	const char *why;

	q->at = time;
	if (ASN1_TIME_cmp_time_t(X509_get0_notBefore(q->cert), time) > 0 ||
	    ASN1_TIME_cmp_time_t(X509_get0_notAfter(q->cert), time) < 0 ||
	    (is_untimely(out->trust) && trust_check(q, &why) != TRUST_ANCHORED))
		out->state = STAMP_OUTSIDE;
	else if (time > x->now + STAMP_AHEAD)
		out->state = STAMP_FUTURE;
}

static void check_token(PKCS7 *token, TS_TST_INFO *info, const uint8_t hash[DIGEST_LEN],
			const struct stamp_expect *x, struct stamp_checked *out)
{
	struct trust_question q;

	out->state = STAMP_BAD;
	out->why = "its signature does not hold";
	if (TS_TST_INFO_get_version(info) != 1 || !PKCS7_type_is_signed(token))
		return;
	check_signature(token, x, out, &q);
	if (out->state == STAMP_HOLDS &&
	    (out->trust == TRUST_ANCHORED || is_untimely(out->trust)) &&
	    !signed_as_a_stamp(token, x, out->trust))
		out->state = STAMP_BAD;
	if (out->state != STAMP_HOLDS)
		return;
	take_time(info, out);
	if (!same_imprint(info, hash))
		out->state = STAMP_FOREIGN;
	else if (!same_nonce(info, x))
		out->state = STAMP_NONCE;
	else
		check_time(&q, x, out);
}

static bool is_granted(TS_RESP *resp)
{
	const ASN1_INTEGER *status = TS_STATUS_INFO_get0_status(TS_RESP_get_status_info(resp));
	int64_t v = -1;

	return ASN1_INTEGER_get_int64(&v, status) == 1 &&
	       (v == TS_STATUS_GRANTED || v == TS_STATUS_GRANTED_WITH_MODS);
}

bool stamp_is_whole(enum stamp_state s)
{
	return s == STAMP_HOLDS || s == STAMP_FUTURE;
}

void stamp_check(const void *der, size_t len, const uint8_t hash[DIGEST_LEN],
		 const struct stamp_expect *x, struct stamp_checked *out)
{
	const unsigned char *p = der;
	TS_RESP *resp = len > 0 && len <= STAMP_MAX ? d2i_TS_RESP(NULL, &p, (long)len) : NULL;

	*out = (struct stamp_checked){ .state = STAMP_NONE, .trust = TRUST_NONE, .accuracy_s = -1,
				       .why = "it is no response of RFC 3161" };
	out->asked = x->request != NULL;
	buf_init(&out->authority, 4096);
	if (resp != NULL && p == (const unsigned char *)der + len && !is_granted(resp)) {
		out->state = STAMP_REFUSED;
		out->why = "the authority refused the request";
	} else if (resp != NULL && p == (const unsigned char *)der + len &&
		   TS_RESP_get_token(resp) != NULL && TS_RESP_get_tst_info(resp) != NULL) {
		check_token(TS_RESP_get_token(resp), TS_RESP_get_tst_info(resp), hash, x, out);
	}
	TS_RESP_free(resp);
	ERR_clear_error();
}

#include "lib/hash/provider.h"

#include <openssl/core_dispatch.h>
#include <openssl/types.h>
#include <stddef.h>

/* Of libcrypto's inside, as 3.5 has it (providers/common/include/prov): no header
 * that is installed declares these. */
struct prov_ctx_st;
struct prov_ctx_st *ossl_prov_ctx_new(void);
void ossl_prov_ctx_free(struct prov_ctx_st *ctx);
void ossl_prov_ctx_set0_libctx(struct prov_ctx_st *ctx, OSSL_LIB_CTX *libctx);
void ossl_prov_ctx_set0_handle(struct prov_ctx_st *ctx, const OSSL_CORE_HANDLE *handle);
extern const OSSL_DISPATCH ossl_md5_functions[];
extern const OSSL_DISPATCH ossl_sha1_functions[];
extern const OSSL_DISPATCH ossl_sha256_functions[];
extern const OSSL_DISPATCH ossl_sha512_functions[];
extern const OSSL_DISPATCH ossl_hmac_functions[];
extern const OSSL_DISPATCH ossl_kdf_hkdf_functions[];
extern const OSSL_DISPATCH ossl_x25519_keyexch_functions[];
extern const OSSL_DISPATCH ossl_x25519_keymgmt_functions[];
extern const OSSL_DISPATCH ossl_ed25519_keymgmt_functions[];
extern const OSSL_DISPATCH ossl_ed25519_signature_functions[];
extern const OSSL_DISPATCH ossl_chacha20_ossl_poly1305_functions[];

#define ALGORITHM(names, functions) { names, "provider=exhibit", functions, NULL }
#define END { NULL, NULL, NULL, NULL }

/* The names are libcrypto's (prov/names.h): its inside fetches by some of them. */
static const OSSL_ALGORITHM digests[] = {
	ALGORITHM("SHA2-256:SHA-256:SHA256:2.16.840.1.101.3.4.2.1", ossl_sha256_functions),
	ALGORITHM("SHA2-512:SHA-512:SHA512:2.16.840.1.101.3.4.2.3", ossl_sha512_functions),
	/* For comparison with a package database alone. */
	ALGORITHM("MD5:SSL3-MD5:1.2.840.113549.2.5", ossl_md5_functions),
	ALGORITHM("SHA1:SHA-1:SSL3-SHA1:1.3.14.3.2.26", ossl_sha1_functions),
	END
};
static const OSSL_ALGORITHM ciphers[] = {
	ALGORITHM("ChaCha20-Poly1305", ossl_chacha20_ossl_poly1305_functions),
	END
};
static const OSSL_ALGORITHM macs[] = { ALGORITHM("HMAC", ossl_hmac_functions), END };
static const OSSL_ALGORITHM kdfs[] = { ALGORITHM("HKDF", ossl_kdf_hkdf_functions), END };
static const OSSL_ALGORITHM exchanges[] = {
	ALGORITHM("X25519:1.3.101.110", ossl_x25519_keyexch_functions),
	END
};
static const OSSL_ALGORITHM keys[] = {
	ALGORITHM("X25519:1.3.101.110", ossl_x25519_keymgmt_functions),
	ALGORITHM("ED25519:1.3.101.112", ossl_ed25519_keymgmt_functions),
	END
};
static const OSSL_ALGORITHM signatures[] = {
	ALGORITHM("ED25519:1.3.101.112", ossl_ed25519_signature_functions),
	END
};

static const struct {
	int operation;
	const OSSL_ALGORITHM *algorithms;
} offers[] = {
	{ OSSL_OP_DIGEST, digests },
	{ OSSL_OP_CIPHER, ciphers },
	{ OSSL_OP_MAC, macs },
	{ OSSL_OP_KDF, kdfs },
	{ OSSL_OP_KEYEXCH, exchanges },
	{ OSSL_OP_KEYMGMT, keys },
	{ OSSL_OP_SIGNATURE, signatures },
};

static OSSL_FUNC_provider_teardown_fn teardown;
static OSSL_FUNC_provider_query_operation_fn query;

static const OSSL_DISPATCH functions[] = {
	{ OSSL_FUNC_PROVIDER_TEARDOWN, (void (*)(void))teardown },
	{ OSSL_FUNC_PROVIDER_QUERY_OPERATION, (void (*)(void))query },
	OSSL_DISPATCH_END
};

static void teardown(void *ctx)
{
	ossl_prov_ctx_free(ctx);
}

static const OSSL_ALGORITHM *query(void *ctx, int operation, int *do_not_cache)
{
	(void)ctx;
	*do_not_cache = 0;
	for (size_t i = 0; i < sizeof(offers) / sizeof(offers[0]); i++)
		if (offers[i].operation == operation)
			return offers[i].algorithms;
	return NULL;
}

/* The library context that asks: the implementations fetch from the same. */
static OSSL_LIB_CTX *context_of(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in)
{
	for (; in->function_id != 0; in++)
		if (in->function_id == OSSL_FUNC_CORE_GET_LIBCTX)
			return (OSSL_LIB_CTX *)OSSL_FUNC_core_get_libctx(in)(handle);
	return NULL;
}

int provider_init(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in,
		  const OSSL_DISPATCH **out, void **ctx)
{
	struct prov_ctx_st *made = ossl_prov_ctx_new();

	if (made == NULL)
		return 0;
	ossl_prov_ctx_set0_libctx(made, context_of(handle, in));
	ossl_prov_ctx_set0_handle(made, handle);
	*ctx = made;
	*out = functions;
	return 1;
}

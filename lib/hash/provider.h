/*
 * provider: what the collector takes of libcrypto, as a provider (provider(7)).
 *
 * libcrypto's own default provider names every algorithm there is, and the
 * linker keeps what is named: 1.3 MiB that the host never needs, a third of the
 * limit of exhibit-collect.  This one names the algorithms of a seal and of an
 * age file, and the checksums of package databases, and hands out libcrypto's
 * implementations of them, unchanged.
 * exhibit-collect is linked with it in the place of the default provider
 * (build.mk); exhibit and the tests keep libcrypto's (docs/decisions/).
 */
#ifndef EXHIBIT_HASH_PROVIDER_H
#define EXHIBIT_HASH_PROVIDER_H

#include <openssl/core.h>

/**
 * provider_init(handle, in, out, ctx):
 * The entry point of the provider, an OSSL_provider_init_fn, called by libcrypto
 * alone.  It offers SHA-256, SHA-512, MD5, SHA-1, HMAC, HKDF, X25519, Ed25519 and
 * ChaCha20-Poly1305, and no random numbers: a key is made from getrandom(2) and
 * handed over raw (EVP_PKEY_new_raw_private_key_ex).  Fetching anything else,
 * encoding a key or making one inside libcrypto fails in the collector, though
 * it works in the tests.  Return 1, or 0: no memory.
 */
int provider_init(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in,
		  const OSSL_DISPATCH **out, void **ctx);

#endif

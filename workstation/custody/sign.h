/*
 * sign: both sides of a hand-over sign the line that tells of it.
 *
 * What is signed is a small text that names record, line, its hash and the role, so that
 * openssl alone can make and check a signature, with a key that never comes near this program
 * too (a token):
 *
 *	exhibit-custody-signature-v1
 *	record: 32 hex
 *	line: 5
 *	sha256: 64 hex
 *	role: received_by
 *
 * RSA of 2048 bits or more (PKCS #1 v1.5 with SHA-256, RFC 8017), ECDSA (P-256, P-384, P-521,
 * with SHA-256, DER), Ed25519 (RFC 8032).  The signature is a line of its own behind the
 * line that it signs; key and signature are in it, in base64.  Whose key it is is not proven
 * by the record.
 */
#ifndef EXHIBIT_CUSTODY_SIGN_H
#define EXHIBIT_CUSTODY_SIGN_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "workstation/custody/ledger.h"

#define SIGN_FILE_MAX 65536u	/* bytes of a file of a key or a signature */

/* A key, public or both halves. */
struct sign_key;

/**
 * sign_key_private(path, e) / sign_key_public(path, e):
 * Read PEM: PKCS #8 or the older forms, not encrypted; a public key or a certificate, whose
 * key is taken and whose chain is not looked at.  Return it, or NULL with a sentence.
 */
struct sign_key *sign_key_private(const char *path, struct err *e);
struct sign_key *sign_key_public(const char *path, struct err *e);
void sign_key_free(struct sign_key *k);

/* SHA-256 of the public half as SubjectPublicKeyInfo in DER (RFC 5280): its fingerprint. */
void sign_key_print(const struct sign_key *k, uint8_t out[DIGEST_LEN]);

/* Append the text that is signed.  ${role} is a key: by, released_by, received_by, witness. */
void sign_message(struct buf *out, const struct ledger_line *l, const char *role);

/**
 * sign_make(k, message, out, e):
 * Sign the text; append the raw signature.  Return 0, or -1 with ${e}.
 */
int sign_make(const struct sign_key *k, const struct buf *message, struct buf *out,
	      struct err *e);

/* True if ${sig} is the signature of ${message} by ${k}. */
bool sign_holds(const struct sign_key *k, const struct buf *message, const struct buf *sig);

/* Append the public half, as SubjectPublicKeyInfo in DER. */
void sign_key_write(const struct sign_key *k, struct buf *out);

/* What became of a line that is a signature. */
enum sign_state { SIGN_HOLDS, SIGN_WRONG, SIGN_STRANGER };

/**
 * sign_check(c, row, keys, count, print):
 * Check the signature in row ${row} of the record: the line that it names is there, with that
 * hash, and key and signature belong to it.  Were ${count} keys given, it has to be one of them.
 * ${print} becomes the fingerprint of its key, zeros if there is none.
 */
enum sign_state sign_check(const struct ledger_check *c, size_t row,
			   struct sign_key *const *keys, size_t count,
			   uint8_t print[DIGEST_LEN]);

/**
 * sign_check_all(c, keys, count, hold, e):
 * Check every signature of the record, and that no key signed one line in two roles; add a
 * finding for each that is not so.  *${hold} is how many are as they should be.  Return 0, or
 * -1: no memory.
 */
int sign_check_all(struct ledger_check *c, struct sign_key *const *keys, size_t count,
		   uint64_t *hold, struct err *e);

/**
 * sign_other_role(c, rows, of, role, k):
 * In which other role than ${role} has the key ${k} signed the line ${of}, among the first
 * ${rows} rows?  NULL: in none.  The two sides of a hand-over are two people, with two keys.
 */
const char *sign_other_role(const struct ledger_check *c, size_t rows,
			    const struct ledger_line *of, const char *role,
			    const struct sign_key *k);

#endif

/* rsa.h: whether an RSA signature is right: PKCS #1 v1.5 over SHA-256, as in CloudTrail's digests.
 *
 * Ownership: rsa_key_read makes a key that rsa_key_free frees.
 * Threads:   a key serves any number of threads, each with its own call.
 *
 * Example:   struct rsa_key *key = rsa_key_read(der);
 *            if (key != NULL && rsa_verify(key, text, signature)) { ... }
 *            rsa_key_free(key); */
#ifndef CRYPTO_RSA_H
#define CRYPTO_RSA_H

#include <stdbool.h>

#include "base/compiler.h"
#include "base/str.h"

struct rsa_key;

/* A public key in DER: an RSAPublicKey of PKCS #1, or one in a SubjectPublicKeyInfo. NULL when it
 * is neither. */
struct rsa_key *rsa_key_read(struct str der);
void rsa_key_free(struct rsa_key *key); /* NULL is fine */

MUST_USE bool rsa_verify(const struct rsa_key *key, struct str text, struct str signature);

#endif

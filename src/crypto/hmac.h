/* hmac.h: HMAC-SHA-256 (RFC 2104, FIPS 198-1) of a text under a key: what signs requests to AWS.
 *
 * Ownership: nothing is kept; what the computation leaves on the stack is wiped.
 * Threads:   pure function.
 *
 * Example:   unsigned char digest[SHA256_SIZE];
 *            hmac_sha256(key, sizeof key, STR("aws4_request"), digest); */
#ifndef CRYPTO_HMAC_H
#define CRYPTO_HMAC_H

#include <stddef.h>

#include "base/str.h"
#include "crypto/sha256.h"

/* `digest` may be the key itself: chains of keys are derived in place. */
void hmac_sha256(const void *key, size_t key_size, struct str text,
                 unsigned char digest[SHA256_SIZE]);

#endif

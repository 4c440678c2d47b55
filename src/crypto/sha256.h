/* sha256.h: SHA-256 (FIPS 180-4) of texts: names for findings that nobody can forge.
 *
 * hash.h is for tables and changes with each process; this is for identities that leave it. The
 * work is libsodium's, and this module is the only one that includes it.
 *
 * Threads:   one thread at a time per state.
 *
 * Example:   struct sha256 sha;
 *            sha256_init(&sha);
 *            sha256_add(&sha, user);
 *            sha256_end(&sha, digest); */
#ifndef CRYPTO_SHA256_H
#define CRYPTO_SHA256_H

#include <sodium/crypto_hash_sha256.h>

#include "base/str.h"

enum { SHA256_SIZE = crypto_hash_sha256_BYTES, SHA256_HEX_SIZE = 2 * SHA256_SIZE };

struct sha256 {
    crypto_hash_sha256_state state;
};

void sha256_init(struct sha256 *sha);
void sha256_add(struct sha256 *sha, struct str text);
/* The digest of all that was added; the state is used up. */
void sha256_end(struct sha256 *sha, unsigned char digest[SHA256_SIZE]);

/* A digest in lower-case hexadecimal, NUL-terminated. */
void sha256_hex(const unsigned char digest[SHA256_SIZE], char hex[SHA256_HEX_SIZE + 1]);
/* The digest of one text, in hexadecimal. */
void sha256_text_hex(struct str text, char hex[SHA256_HEX_SIZE + 1]);

#endif

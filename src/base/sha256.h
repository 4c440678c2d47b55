/* sha256.h: SHA-256 (FIPS 180-4) of short texts: names for findings that nobody can forge.
 *
 * hash.h is for tables and changes with each process; this is for identities that leave it.
 *
 * Threads:   one thread at a time per state.
 *
 * Example:   struct sha256 sha;
 *            sha256_init(&sha);
 *            sha256_add(&sha, user);
 *            sha256_end(&sha, digest); */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum { SHA256_SIZE = 32, SHA256_BLOCK_SIZE = 64 };

struct sha256 {
    uint32_t state[8];
    uint64_t size; /* bytes added */
    unsigned char block[SHA256_BLOCK_SIZE];
};

void sha256_init(struct sha256 *sha);
void sha256_add(struct sha256 *sha, struct str text);
/* The digest of all that was added; the state is used up. */
void sha256_end(struct sha256 *sha, unsigned char digest[SHA256_SIZE]);

#endif

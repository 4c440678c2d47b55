#include "crypto/sha256.h"

#include <sodium/utils.h>

/* libsodium's functions return 0 always; the C runtime's memory is all they need, so sodium_init,
 * which seeds random numbers, is not called. */

void sha256_init(struct sha256 *sha)
{
    (void)crypto_hash_sha256_init(&sha->state);
}

void sha256_add(struct sha256 *sha, struct str text)
{
    if (text.n > 0) {
        (void)crypto_hash_sha256_update(&sha->state, (const unsigned char *)text.p, text.n);
    }
}

void sha256_end(struct sha256 *sha, unsigned char digest[SHA256_SIZE])
{
    (void)crypto_hash_sha256_final(&sha->state, digest);
}

void sha256_hex(const unsigned char digest[SHA256_SIZE], char hex[SHA256_HEX_SIZE + 1])
{
    (void)sodium_bin2hex(hex, SHA256_HEX_SIZE + 1, digest, SHA256_SIZE);
}

void sha256_text_hex(struct str text, char hex[SHA256_HEX_SIZE + 1])
{
    struct sha256 sha;
    unsigned char digest[SHA256_SIZE];

    sha256_init(&sha);
    sha256_add(&sha, text);
    sha256_end(&sha, digest);
    sha256_hex(digest, hex);
}

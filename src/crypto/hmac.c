#include "crypto/hmac.h"

#include <sodium/crypto_auth_hmacsha256.h>
#include <sodium/utils.h>

void hmac_sha256(const void *key, size_t key_size, struct str text,
                 unsigned char digest[SHA256_SIZE])
{
    crypto_auth_hmacsha256_state state;

    (void)crypto_auth_hmacsha256_init(&state, key, key_size);
    if (text.n > 0) {
        (void)crypto_auth_hmacsha256_update(&state, (const unsigned char *)text.p, text.n);
    }
    (void)crypto_auth_hmacsha256_final(&state, digest);
    sodium_memzero(&state, sizeof state);
}

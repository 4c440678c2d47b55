#include "crypto/sha1.h"

#include <openssl/sha.h>
#include <sodium/utils.h>

void sha1_hex(struct str text, char hex[SHA1_HEX_SIZE + 1])
{
    unsigned char digest[SHA_DIGEST_LENGTH];

    (void)SHA1((const unsigned char *)text.p, text.n, digest);
    (void)sodium_bin2hex(hex, SHA1_HEX_SIZE + 1, digest, sizeof digest);
}

/* sha1.h: SHA-1 (FIPS 180-4), only because AWS's tools name cache files by it. It proves nothing.
 *
 * Threads:   pure function.
 *
 * Example:   char hex[SHA1_HEX_SIZE + 1];
 *            sha1_hex(start_url, hex);      // ~/.aws/sso/cache/<hex>.json */
#ifndef CRYPTO_SHA1_H
#define CRYPTO_SHA1_H

#include "base/str.h"

enum { SHA1_HEX_SIZE = 40 };

/* The digest in lower-case hexadecimal, NUL-terminated. */
void sha1_hex(struct str text, char hex[SHA1_HEX_SIZE + 1]);

#endif

/* base64.h: RFC 4648 base64 with padding; line breaks and blanks between groups are skipped.
 *
 * Example:   size_t n;
 *            if (!base64_decode(text, bytes, &n, &err)) { ... }   // may decode in place
 */
#ifndef CODEC_BASE64_H
#define CODEC_BASE64_H

#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"

/* Decodes into `to`, which has room for text.n / 4 * 3 + 3 bytes and may be text.p itself. Errors
 * name the offset of the bad byte; missing or misplaced padding and non-zero spare bits are
 * errors. */
MUST_USE bool base64_decode(struct str text, char *to, size_t *n_out, struct err *err);

#endif

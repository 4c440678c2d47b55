/* secret.h: text that must not leave this process: keys, tokens, codes.
 *
 * It lies in memory of its own that is locked (never swapped), kept out of core dumps, fenced by
 * pages that end the program when touched, and wiped when it is released. No function here or
 * elsewhere prints a struct secret; secret_text is for signing, sending and comparing only.
 *
 * Ownership: the struct owns its memory; a zeroed one is an empty secret and may be released.
 * Threads:   one thread at a time while it changes, any number that read.
 *
 * Example:   struct secret key = {0};
 *            if (!secret_set(&key, typed, &err)) { return false; }
 *            secret_wipe(typed_buffer, sizeof typed_buffer);
 *            ... secret_text(&key) ...
 *            secret_release(&key); */
#ifndef CRYPTO_SECRET_H
#define CRYPTO_SECRET_H

#include <stddef.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"

enum { SECRET_SIZE_MAX = 64 << 10 };

struct secret {
    char *p;
    size_t n;
};

/* Copies `text`; what was there before is released. Errors (ERR_INPUT): longer than
 * SECRET_SIZE_MAX; the system gives no such memory. The caller wipes its own copy. */
MUST_USE bool secret_set(struct secret *secret, struct str text, struct err *err);
void secret_release(struct secret *secret);
/* Borrowed until the secret changes. */
struct str secret_text(const struct secret *secret);
/* Takes as long for equal texts as for different ones of that length. */
bool secret_equal(struct str a, struct str b);

/* Overwrites memory in a way that no compiler leaves out. */
void secret_wipe(void *p, size_t size);
/* Wipes all that the buffer ever held since it was allocated, and releases it. A buffer that is to
 * hold a secret gets its full room at the start: growing leaves a copy behind. */
void secret_wipe_buf(struct buf *buf);

#endif

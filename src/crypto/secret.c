#include "crypto/secret.h"

#include <sodium/core.h>
#include <sodium/utils.h>
#include <string.h>

bool secret_set(struct secret *secret, struct str text, struct err *err)
{
    char *copy = NULL;

    if (text.n > SECRET_SIZE_MAX) {
        return err_set(err, ERR_INPUT, "a secret of %zu bytes, more than %d", text.n,
                       SECRET_SIZE_MAX);
    }
    if (text.n > 0) {
        /* Harmless when done before; it learns the size of a page and draws the canary. */
        copy = sodium_init() < 0 ? NULL : sodium_malloc(text.n);
        if (copy == NULL) {
            return err_set(err, ERR_INPUT, "no protected memory for a secret of %zu bytes", text.n);
        }
        memcpy(copy, text.p, text.n);
    }
    secret_release(secret);
    *secret = (struct secret){.p = copy, .n = text.n};
    return true;
}

void secret_release(struct secret *secret)
{
    sodium_free(secret->p); /* wipes first; NULL is fine */
    *secret = (struct secret){0};
}

struct str secret_text(const struct secret *secret)
{
    return (struct str){secret->p, secret->n};
}

bool secret_equal(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || sodium_memcmp(a.p, b.p, a.n) == 0);
}

void secret_wipe(void *p, size_t size)
{
    sodium_memzero(p, size);
}

void secret_wipe_buf(struct buf *buf)
{
    if (buf->p != NULL) {
        sodium_memzero(buf->p, buf->capacity);
    }
    buf_release(buf);
}

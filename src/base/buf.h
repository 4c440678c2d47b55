/* buf.h: bytes under construction: grows up to a cap set at the start.
 *
 * Past the cap nothing is written and `overflowed` stays set, so that a writer may append without
 * checking and look once at the end.
 *
 * Ownership: the buffer owns its bytes until buf_release.
 * Threads:   one thread at a time.
 *
 * Example:   struct buf out;
 *            buf_init(&out, 64 << 20);
 *            buf_str(&out, STR("account,"));
 *            buf_printf(&out, "%u\n", 7u);
 *            buf_release(&out); */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/compiler.h"
#include "base/str.h"

struct buf {
    char *p;
    size_t n;
    size_t capacity;
    size_t size_max;
    bool overflowed;
};

void buf_init(struct buf *buf, size_t size_max);
void buf_release(struct buf *buf); /* a zeroed buf is fine */
void buf_clear(struct buf *buf);   /* keeps the memory */

/* Room for `extra` more bytes; NULL (and overflowed) past the cap. Write there, then add to n. */
char *buf_reserve_slow(struct buf *buf, size_t extra);

/* The comparison is strict so that a buf without memory, whose p is NULL, takes the slow way. */
static inline char *buf_reserve(struct buf *buf, size_t extra)
{
    return likely(extra < buf->capacity - buf->n) ? buf->p + buf->n : buf_reserve_slow(buf, extra);
}

static inline void buf_bytes(struct buf *buf, const void *p, size_t n)
{
    char *to = buf_reserve(buf, n);

    if (likely(to != NULL) && p != NULL && n > 0) {
        memcpy(to, p, n);
        buf->n += n;
    }
}

static inline void buf_str(struct buf *buf, struct str s)
{
    buf_bytes(buf, s.p, s.n);
}

static inline void buf_char(struct buf *buf, char c)
{
    char *to = buf_reserve(buf, 1);

    if (likely(to != NULL)) {
        *to = c;
        buf->n++;
    }
}

void buf_u64(struct buf *buf, uint64_t value);
void buf_i64(struct buf *buf, int64_t value);
void buf_fill(struct buf *buf, char c, size_t count);
void buf_printf(struct buf *buf, const char *format, ...) PRINTF(2, 3);

static inline struct str buf_text(const struct buf *buf)
{
    return (struct str){buf->p, buf->n};
}

#endif

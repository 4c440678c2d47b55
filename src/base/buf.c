#include "base/buf.h"

#include <stdio.h>

#include "base/arena.h"

void buf_init(struct buf *buf, size_t size_max)
{
    *buf = (struct buf){.size_max = size_max};
}

void buf_release(struct buf *buf)
{
    mem_free(buf->p);
    buf->p = NULL;
    buf->n = 0;
    buf->capacity = 0;
}

void buf_clear(struct buf *buf)
{
    buf->n = 0;
    buf->overflowed = false;
}

char *buf_reserve_slow(struct buf *buf, size_t extra)
{
    size_t capacity = buf->capacity < 128 ? 256 : buf->capacity + buf->capacity / 2;

    if (buf->p != NULL && extra <= buf->capacity - buf->n) {
        return buf->p + buf->n;
    }
    if (extra > buf->size_max || buf->size_max - extra < buf->n) {
        buf->overflowed = true;
        return NULL;
    }
    if (capacity < buf->n + extra) {
        capacity = buf->n + extra;
    }
    if (capacity > buf->size_max) {
        capacity = buf->size_max;
    }
    buf->p = mem_resize(buf->p, capacity);
    buf->capacity = capacity;
    return buf->p + buf->n;
}

void buf_u64(struct buf *buf, uint64_t value)
{
    char digits[20];
    size_t at = sizeof digits;

    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    buf_bytes(buf, digits + at, sizeof digits - at);
}

void buf_i64(struct buf *buf, int64_t value)
{
    if (value < 0) {
        buf_char(buf, '-');
        buf_u64(buf, (uint64_t)0 - (uint64_t)value);
    } else {
        buf_u64(buf, (uint64_t)value);
    }
}

void buf_fill(struct buf *buf, char c, size_t count)
{
    char *to = buf_reserve(buf, count);

    if (to != NULL && count > 0) {
        memset(to, c, count);
        buf->n += count;
    }
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    char small[512];
    va_list args;
    int n = 0;

    va_start(args, format);
    n = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (n < 0) {
        return;
    }
    if ((size_t)n < sizeof small) {
        buf_bytes(buf, small, (size_t)n);
        return;
    }
    char *to = buf_reserve(buf, (size_t)n + 1);
    if (to == NULL) {
        return;
    }
    va_start(args, format);
    (void)vsnprintf(to, (size_t)n + 1, format, args);
    va_end(args);
    buf->n += (size_t)n;
}

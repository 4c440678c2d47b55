#include "render/csv.h"

#include <stdbool.h>
#include <string.h>

#include "codec/formula.h"

static const bool csv_special[256] = {[','] = true, ['"'] = true, ['\r'] = true, ['\n'] = true};

static bool needs_quotes(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (unlikely(csv_special[(unsigned char)p[i]])) {
            return true;
        }
    }
    return false;
}

void csv_field(struct buf *out, struct str text)
{
    size_t start = out->n;

    buf_str(out, text);
    csv_field_close(out, start);
}

void csv_field_close(struct buf *out, size_t start)
{
    size_t size = out->n - start;
    size_t quote_count = 0;

    if (likely(size == 0 || !needs_quotes(out->p + start, size))) {
        return;
    }
    for (size_t i = start; i < out->n; i++) {
        quote_count += out->p[i] == '"' ? 1 : 0;
    }
    if (buf_reserve(out, quote_count + 2) == NULL) {
        return;
    }
    /* From the back, so that every byte moves to its place before that place is needed. */
    char *to = out->p + out->n + quote_count + 2;
    const char *from = out->p + out->n;
    *--to = '"';
    for (size_t i = 0; i < size; i++) {
        *--to = *--from;
        if (*to == '"') {
            *--to = '"';
        }
    }
    *--to = '"';
    out->n += quote_count + 2;
}

void csv_field_guard(struct buf *out, size_t start)
{
    size_t size = out->n - start;

    if (!formula_is(str_sub(buf_text(out), start, out->n)) || buf_reserve(out, 1) == NULL) {
        return;
    }
    memmove(out->p + start + 1, out->p + start, size);
    out->p[start] = '\'';
    out->n++;
}

#include "trail/fields.h"

#include <assert.h>
#include <string.h>

/* A NUL is written as NUL 255, the end as NUL 0. */
void field_key_text(struct buf *out, struct str text)
{
    static const char nul[] = {0, (char)255}, end[] = {0, 0};

    while (text.n > 0) {
        size_t plain = str_find(text, '\0');
        buf_str(out, str_sub(text, 0, plain));
        if (plain < text.n) {
            buf_bytes(out, nul, sizeof nul);
        }
        text = str_sub(text, plain + 1, text.n);
    }
    buf_bytes(out, end, sizeof end);
}

void field_key_number(struct buf *out, uint32_t number)
{
    for (unsigned shift = 32; shift > 0; shift -= 8) {
        buf_char(out, (char)(number >> (shift - 8)));
    }
}

void field_write(struct buf *out, struct str text)
{
    uint32_t size = (uint32_t)text.n;

    buf_bytes(out, &size, sizeof size);
    buf_str(out, text);
}

struct str field_read(struct str *rest)
{
    uint32_t size = 0;
    struct str text;

    assert(rest->n >= sizeof size);
    memcpy(&size, rest->p, sizeof size);
    text = str_sub(*rest, sizeof size, sizeof size + (size_t)size);
    assert(text.n == size);
    *rest = str_sub(*rest, sizeof size + text.n, rest->n);
    return text;
}

/* A text is accepted only if encoding what came out gives it back, white space aside; every encoded
 * text is accepted; decoding in place makes no difference. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "codec/base64.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* The plainest encoder there is; returns the length. */
static size_t encode(const uint8_t *from, size_t n, char *to)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t length = 0;

    for (size_t i = 0; i < n; i += 3) {
        uint32_t value = (uint32_t)from[i] << 16;
        value |= i + 1 < n ? (uint32_t)from[i + 1] << 8 : 0;
        value |= i + 2 < n ? from[i + 2] : 0;
        to[length++] = digits[value >> 18];
        to[length++] = digits[value >> 12 & 63];
        to[length++] = i + 1 < n ? digits[value >> 6 & 63] : '=';
        to[length++] = i + 2 < n ? digits[value & 63] : '=';
    }
    return length;
}

static void check_text(struct str text)
{
    /* Exactly the room the contract asks for, so that one byte too many is seen. */
    char *to = mem_alloc(text.n / 4 * 3 + 3), *place = mem_alloc(text.n + 3);
    char *back = mem_alloc(text.n + 4);
    struct err err = {0}, err_in_place = {0};
    size_t n = 0, n_in_place = 0, length = 0, at = 0;
    bool ok = base64_decode(text, to, &n, &err);

    if (text.n > 0) {
        memcpy(place, text.p, text.n);
    }
    check(base64_decode((struct str){place, text.n}, place, &n_in_place, &err_in_place) == ok);
    check(strcmp(err.text, err_in_place.text) == 0);
    if (ok) {
        check(n == n_in_place && memcmp(to, place, n) == 0);
        length = encode((const uint8_t *)to, n, back);
        for (size_t i = 0; i < text.n; i++) {
            if (strchr(" \t\r\n", text.p[i]) == NULL || text.p[i] == '\0') {
                check(at < length && back[at] == text.p[i]);
                at++;
            }
        }
        check(at == length);
    }
    mem_free(to);
    mem_free(place);
    mem_free(back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *encoded = mem_alloc(size / 3 * 4 + 4), *to = mem_alloc(size + 3);
    size_t encoded_n = encode(data, size, encoded), n = 0;
    struct err err = {0};

    check_text((struct str){(const char *)data, size});
    check(base64_decode((struct str){encoded, encoded_n}, to, &n, &err));
    check(n == size && (size == 0 || memcmp(to, data, size) == 0));
    mem_free(encoded);
    mem_free(to);
    return 0;
}

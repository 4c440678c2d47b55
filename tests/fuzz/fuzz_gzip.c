/* However a stream is cut, the verdict is the same, and so is the text, up to damage too; what
 * ISA-L deflated comes back. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <isa-l/igzip_lib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "codec/gzip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { OUTPUT_MAX = 1 << 18 };

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

struct pieces {
    struct str rest;
    size_t step;
};

static bool pieces_read(void *context, void *to, size_t size, size_t *got, struct err *err)
{
    struct pieces *pieces = context;
    size_t n = pieces->rest.n < size ? pieces->rest.n : size;

    (void)err;
    n = n < pieces->step ? n : pieces->step;
    if (n > 0) {
        memcpy(to, pieces->rest.p, n);
    }
    pieces->rest = str_sub(pieces->rest, n, pieces->rest.n);
    *got = n;
    return true;
}

/* Inflates at most OUTPUT_MAX bytes of it; `already` of its bytes are known before. */
static bool inflate(struct gzip *gzip, struct str packed, size_t step, size_t out_step,
                    size_t already, struct buf *out, struct err *err)
{
    struct pieces pieces = {.rest = str_sub(packed, already, packed.n), .step = step};
    size_t got = 1;

    gzip_reset(gzip, (struct byte_source){pieces_read, &pieces}, str_sub(packed, 0, already));
    while (got > 0 && out->n < OUTPUT_MAX) {
        size_t room = OUTPUT_MAX - out->n < out_step ? OUTPUT_MAX - out->n : out_step;
        char *to = buf_reserve(out, room);
        if (!gzip_read(gzip, to, room, &got, err)) {
            return false;
        }
        out->n += got;
    }
    return true;
}

static void check_cuts(struct str packed, size_t already, const struct str *expected)
{
    static const struct {
        size_t step, out_step;
    } cuts[] = {{SIZE_MAX, OUTPUT_MAX}, {1, OUTPUT_MAX}, {SIZE_MAX, 1 << 12}, {1, 7}, {13, 1}};
    struct gzip *gzip = gzip_new(simd_level_detect());
    struct buf first, other;
    struct err first_err = {0};
    bool ok = false;

    buf_init(&first, OUTPUT_MAX);
    buf_init(&other, OUTPUT_MAX);
    ok = inflate(gzip, packed, cuts[0].step, cuts[0].out_step, 0, &first, &first_err);
    check(expected == NULL || (ok && str_eq(buf_text(&first), *expected)));
    for (size_t i = 1; i < sizeof cuts / sizeof cuts[0]; i++) {
        struct err err = {0};
        if (first.n > 1 << 14 && cuts[i].out_step < 100) {
            continue; /* slow, and long outputs were cut above */
        }
        buf_clear(&other);
        check(inflate(gzip, packed, cuts[i].step, cuts[i].out_step, i % 2 == 0 ? already : 0,
                      &other, &err) == ok);
        check(str_eq(buf_text(&first), buf_text(&other)));
        check(ok || err.kind == ERR_INPUT);
    }
    buf_release(&first);
    buf_release(&other);
    gzip_free(gzip);
}

static void check_deflated(struct str text)
{
    struct isal_zstream *deflate = mem_alloc(sizeof *deflate);
    size_t room = text.n + text.n / 100 + 1024;
    uint8_t *packed = mem_alloc(room), *copy = mem_alloc(text.n);

    if (text.n > 0) {
        memcpy(copy, text.p, text.n);
    }
    isal_deflate_init(deflate);
    deflate->gzip_flag = IGZIP_GZIP;
    deflate->end_of_stream = 1;
    deflate->next_in = copy;
    deflate->avail_in = (uint32_t)text.n;
    deflate->next_out = packed;
    deflate->avail_out = (uint32_t)room;
    check(isal_deflate(deflate) == COMP_OK && deflate->avail_in == 0);
    check_cuts((struct str){(const char *)packed, deflate->total_out}, deflate->total_out / 2,
               &text);
    mem_free(deflate);
    mem_free(packed);
    mem_free(copy);
}

/* The first byte says how many bytes are known before the source is read. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};

    if (size == 0) {
        return 0;
    }
    text = str_sub(text, 1, text.n);
    check_cuts(text, data[0] < text.n ? data[0] : text.n, NULL);
    if (data[0] % 8 == 0) {
        check_deflated(text);
    }
    return 0;
}

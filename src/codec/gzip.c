#include "codec/gzip.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include <isa-l/crc.h>

#include "base/arena.h"
#include "codec/deflate.h"

/* Header and trailer are read byte by byte, so that every defect has its own message and nothing
 * depends on how the source cuts its pieces. */

enum { INPUT_SIZE = 64 << 10, WINDOW_SIZE = 256 << 10 };

/* The flags of a member's header (RFC 1952, 2.3.1). */
enum { FLAG_CRC = 2, FLAG_EXTRA = 4, FLAG_NAME = 8, FLAG_COMMENT = 16, FLAG_RESERVED = 0xE0 };

enum state { STATE_HEADER, STATE_DATA, STATE_TRAILER, STATE_END, STATE_FAILED };

struct gzip {
    struct byte_source source;
    enum state state;
    bool source_is_over;
    uint64_t member_count;
    uint64_t read; /* compressed bytes up to in_end */

    unsigned char *input;
    size_t input_capacity;
    const unsigned char *in, *in_end; /* of it: what was read and not used */

    /* [from, to) is shown; the 32 KiB in front of `to` are kept. Matches stay in their member. */
    unsigned char *window;
    size_t capacity, from, to, member_begin;

    uint64_t member_size; /* inflated bytes of this member */
    uint32_t header_crc, crc;
    struct err failure;
    struct deflate *deflate;
};

struct gzip *gzip_new(enum simd_level simd)
{
    struct gzip *gzip = mem_alloc(sizeof *gzip);

    gzip->input_capacity = INPUT_SIZE;
    gzip->input = mem_alloc(INPUT_SIZE);
    gzip->capacity = WINDOW_SIZE;
    gzip->window = mem_alloc(WINDOW_SIZE);
    gzip->deflate = deflate_new(simd);
    gzip->state = STATE_END;
    return gzip;
}

void gzip_reset(struct gzip *gzip, struct byte_source source, struct str already)
{
    if (gzip->input_capacity < already.n) {
        gzip->input_capacity = already.n;
        gzip->input = mem_resize(gzip->input, already.n);
    }
    if (already.n > 0) {
        memcpy(gzip->input, already.p, already.n);
    }
    gzip->in = gzip->input;
    gzip->in_end = gzip->input + already.n;
    gzip->read = already.n;
    gzip->from = gzip->to = 0;
    gzip->source = source;
    gzip->state = STATE_HEADER;
    gzip->source_is_over = false;
    gzip->member_count = 0;
    gzip->failure = (struct err){0};
}

void gzip_free(struct gzip *gzip)
{
    if (gzip != NULL) {
        deflate_free(gzip->deflate);
        mem_free(gzip->input);
        mem_free(gzip->window);
        mem_free(gzip);
    }
}

bool gzip_recognise(struct str start)
{
    return str_starts(start, STR("\x1f\x8b"));
}

/* Where in the compressed stream we are, for messages. */
static unsigned long long stream_offset(const struct gzip *gzip)
{
    return gzip->read - (uint64_t)(gzip->in_end - gzip->in);
}

/* Puts one more piece of the source behind what is left of the input. */
static bool input_more(struct gzip *gzip, struct err *err)
{
    size_t left = (size_t)(gzip->in_end - gzip->in), got = 0;

    assert(left < gzip->input_capacity);
    if (left > 0) {
        memmove(gzip->input, gzip->in, left);
    }
    gzip->in = gzip->input;
    gzip->in_end = gzip->input + left;
    if (!gzip->source.read(gzip->source.context, gzip->input + left, gzip->input_capacity - left,
                           &got, err)) {
        return false;
    }
    gzip->in_end += got;
    gzip->read += got;
    gzip->source_is_over = got == 0;
    return true;
}

/* At least `n` bytes, unless the source is over. */
static bool input_fill(struct gzip *gzip, size_t n, struct err *err)
{
    while ((size_t)(gzip->in_end - gzip->in) < n && !gzip->source_is_over) {
        if (!input_more(gzip, err)) {
            return false;
        }
    }
    return true;
}

static bool is_cut(struct err *err, const char *part)
{
    (void)err_set(err, ERR_INPUT, "gzip: the file ends early, in a member's %s", part);
    err_hint(err, "the file was cut off: fetch or copy it again");
    return false;
}

/* One byte of header or trailer; an early end is an error that names `part`. */
static bool take_byte(struct gzip *gzip, const char *part, unsigned char *out, struct err *err)
{
    if (!input_fill(gzip, 1, err)) {
        return false;
    }
    if (gzip->in == gzip->in_end) {
        return is_cut(err, part);
    }
    *out = *gzip->in++;
    return true;
}

static bool take_header_byte(struct gzip *gzip, unsigned char *out, struct err *err)
{
    if (!take_byte(gzip, "header", out, err)) {
        return false;
    }
    gzip->header_crc = crc32_gzip_refl(gzip->header_crc, out, 1);
    return true;
}

static bool skip_header_bytes(struct gzip *gzip, size_t count, struct err *err)
{
    unsigned char ignored = 0;

    for (; count > 0; count--) {
        if (!take_header_byte(gzip, &ignored, err)) {
            return false;
        }
    }
    return true;
}

static bool skip_header_text(struct gzip *gzip, struct err *err)
{
    unsigned char c = 0;

    do {
        if (!take_header_byte(gzip, &c, err)) {
            return false;
        }
    } while (c != '\0');
    return true;
}

static bool check_header_crc(struct gzip *gzip, struct err *err)
{
    uint32_t wanted = gzip->header_crc & 0xFFFF;
    unsigned char low = 0, high = 0;

    if (!take_byte(gzip, "header", &low, err) || !take_byte(gzip, "header", &high, err)) {
        return false;
    }
    return ((uint32_t)high << 8 | low) == wanted ||
           err_set(err, ERR_INPUT, "gzip: a member's header has a wrong checksum (offset %llu)",
                   stream_offset(gzip));
}

static bool take_header(struct gzip *gzip, struct err *err)
{
    unsigned char fixed[10] = {0}, low = 0, high = 0, flags = 0;
    unsigned long long begin = stream_offset(gzip);

    gzip->header_crc = 0;
    for (size_t i = 0; i < sizeof fixed; i++) {
        if (!take_header_byte(gzip, &fixed[i], err)) {
            return false;
        }
        if (i == 1 && (fixed[0] != 0x1F || fixed[1] != 0x8B)) {
            return err_set(err, ERR_INPUT,
                           gzip->member_count == 0
                               ? "gzip: no gzip data (offset %llu)"
                               : "gzip: other bytes behind the last member (offset %llu)",
                           begin);
        }
    }
    flags = fixed[3];
    if (fixed[2] != 8 || (flags & FLAG_RESERVED) != 0) {
        return err_set(err, ERR_INPUT, "gzip: unknown compression method or flag (offset %llu)",
                       begin);
    }
    if ((flags & FLAG_EXTRA) != 0 &&
        (!take_header_byte(gzip, &low, err) || !take_header_byte(gzip, &high, err) ||
         !skip_header_bytes(gzip, (size_t)high << 8 | low, err))) {
        return false;
    }
    if ((flags & FLAG_NAME) != 0 && !skip_header_text(gzip, err)) {
        return false;
    }
    if ((flags & FLAG_COMMENT) != 0 && !skip_header_text(gzip, err)) {
        return false;
    }
    return (flags & FLAG_CRC) == 0 || check_header_crc(gzip, err);
}

/* Behind a member: padding, the end, or the next member's header. */
static bool begin_member(struct gzip *gzip, struct err *err)
{
    if (gzip->member_count > 0) {
        do {
            if (!input_fill(gzip, 1, err)) {
                return false;
            }
            while (gzip->in < gzip->in_end && *gzip->in == '\0') {
                gzip->in++;
            }
        } while (gzip->in == gzip->in_end && !gzip->source_is_over);
        if (gzip->in == gzip->in_end) {
            gzip->state = STATE_END;
            return true;
        }
    }
    if (!take_header(gzip, err)) {
        return false;
    }
    deflate_begin(gzip->deflate);
    gzip->crc = 0;
    gzip->member_begin = gzip->to;
    gzip->member_size = 0;
    gzip->member_count++;
    gzip->state = STATE_DATA;
    return true;
}

static bool take_u32(struct gzip *gzip, uint32_t *out, struct err *err)
{
    *out = 0;
    for (unsigned shift = 0; shift < 32; shift += 8) {
        unsigned char c = 0;
        if (!take_byte(gzip, "trailer", &c, err)) {
            return false;
        }
        *out |= (uint32_t)c << shift;
    }
    return true;
}

static bool end_member(struct gzip *gzip, struct err *err)
{
    uint32_t crc = 0, size = 0;

    if (!take_u32(gzip, &crc, err) || !take_u32(gzip, &size, err)) {
        return false;
    }
    if (crc != gzip->crc || size != (uint32_t)gzip->member_size) {
        (void)err_set(err, ERR_INPUT, "gzip: a member has a wrong %s (it ends at offset %llu)",
                      crc != gzip->crc ? "checksum" : "length", stream_offset(gzip));
        err_hint(err, "the file is damaged: fetch or copy it again");
        return false;
    }
    gzip->state = STATE_HEADER;
    return true;
}

/* Inflates up to `end` of the window or a little further. The checksum is taken of what is still in
 * the nearest cache. */
static bool inflate_step(struct gzip *gzip, size_t end, struct err *err)
{
    struct deflate_io io = {
        .in = gzip->in,
        .in_end = gzip->in_end,
        .in_is_all = gzip->source_is_over,
        .window = gzip->window + gzip->member_begin,
        .out = gzip->window + gzip->to,
        .out_end = gzip->window + end,
    };
    enum deflate_step step = deflate_decode(gzip->deflate, &io);
    size_t made = (size_t)(io.out - (gzip->window + gzip->to));

    gzip->crc = crc32_gzip_refl(gzip->crc, gzip->window + gzip->to, made);
    gzip->to += made;
    gzip->member_size += made;
    gzip->in = io.in;
    switch (step) {
    case DEFLATE_INPUT:
        return input_fill(gzip, DEFLATE_INPUT_MIN, err);
    case DEFLATE_ROOM:
        return true;
    case DEFLATE_END:
        gzip->state = STATE_TRAILER;
        return true;
    case DEFLATE_CUT:
        return is_cut(err, "data");
    case DEFLATE_DAMAGED:
        break;
    }
    (void)err_set(err, ERR_INPUT, "gzip: damaged data near offset %llu", stream_offset(gzip));
    err_hint(err, "the file is damaged: fetch or copy it again");
    return false;
}

/* One step of whatever comes next. */
static bool gzip_step(struct gzip *gzip, size_t end, struct err *err)
{
    switch (gzip->state) {
    case STATE_HEADER:
        return begin_member(gzip, err);
    case STATE_DATA:
        return inflate_step(gzip, end, err);
    case STATE_TRAILER:
        return end_member(gzip, err);
    case STATE_END:
    case STATE_FAILED:
        break;
    }
    return true;
}

/* Room for a piece behind what is shown. What matches may reach back to, stays. */
static void make_room(struct gzip *gzip)
{
    size_t shown = gzip->to - gzip->from, keep = shown, dropped = 0;

    if (gzip->capacity - gzip->to >= GZIP_PIECE + DEFLATE_SLACK) {
        return;
    }
    keep = keep > DEFLATE_WINDOW ? keep : DEFLATE_WINDOW;
    if (keep > gzip->capacity / 2) {
        gzip->capacity *= 2;
        gzip->window = mem_resize(gzip->window, gzip->capacity);
    }
    dropped = gzip->to - keep;
    memmove(gzip->window, gzip->window + dropped, keep);
    gzip->to = keep;
    gzip->from = keep - shown;
    gzip->member_begin = gzip->member_begin > dropped ? gzip->member_begin - dropped : 0;
}

bool gzip_more(struct gzip *gzip, size_t dropped, struct str *text, struct err *err)
{
    size_t end = 0;

    assert(dropped <= gzip->to - gzip->from);
    gzip->from += dropped;
    make_room(gzip);
    end = gzip->to + GZIP_PIECE;
    while (gzip->to < end && gzip->state != STATE_END && gzip->state != STATE_FAILED) {
        struct err failure = {0};
        if (!gzip_step(gzip, end, &failure)) {
            gzip->failure = failure;
            gzip->state = STATE_FAILED;
        }
    }
    *text = (struct str){(const char *)gzip->window + gzip->from, gzip->to - gzip->from};
    if (gzip->state == STATE_FAILED && err->kind == ERR_NONE) {
        *err = gzip->failure;
    }
    return gzip->state != STATE_FAILED;
}

bool gzip_read(struct gzip *gzip, void *to, size_t size, size_t *got, struct err *err)
{
    struct str text = {(const char *)gzip->window + gzip->from, gzip->to - gzip->from};
    struct err failure = {0};

    assert(size > 0);
    if (text.n == 0 && !gzip_more(gzip, 0, &text, &failure) && text.n == 0) {
        if (err->kind == ERR_NONE) {
            *err = failure;
        }
        return false;
    }
    *got = text.n < size ? text.n : size;
    memcpy(to, text.p, *got);
    gzip->from += *got;
    return true;
}

uint32_t gzip_crc(uint32_t crc, struct str bytes)
{
    return crc32_gzip_refl(crc, (const unsigned char *)bytes.p, bytes.n);
}
